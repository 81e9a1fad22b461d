"""The consistency report in plain words."""

import streamlit as st

from mmm_groups.consistency import ConsistencyReport
from mmm_groups.curve_file import CurveFile
from mmm_groups.planning_source import PlanningSource
from mmm_groups.ui.format import plain


def check_panel(report: ConsistencyReport, source: PlanningSource) -> None:
    """One line for each check, green or red."""
    label = "All checks hold" if report.holds else "Some checks do not hold"
    icon = ":material/verified:" if report.holds else ":material/warning:"
    with st.expander(label, icon=icon, expanded=not report.holds):
        for check in report.checks:
            mark = ":green[:material/check_circle:]" if check.holds else ":red[:material/cancel:]"
            st.markdown(f"{mark} **{check.name}.** {plain(check.finding)}")
        if isinstance(source, CurveFile):
            st.caption("The curves come from a file without a model: the plan cannot be verified on a model.")

"""The consistency report in plain words."""

import streamlit as st

from mmm_groups.consistency import consistency
from mmm_groups.plan import Plan
from mmm_groups.ui.format import plain


def check_panel(plan: Plan) -> None:
    """One line for each check, green or red."""
    report = consistency(plan)
    label = "All checks hold" if report.holds else "Some checks do not hold"
    icon = ":material/verified:" if report.holds else ":material/warning:"
    with st.expander(label, icon=icon, expanded=not report.holds):
        for check in report.checks:
            mark = ":green[:material/check_circle:]" if check.holds else ":red[:material/cancel:]"
            st.markdown(f"{mark} **{check.name}.** {plain(check.finding)}")

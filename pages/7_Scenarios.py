"""Scenarios: save, open, share and compare plans."""

import streamlit as st

from mmm_groups.ui.frame.page import LINKED, open_page
from mmm_groups.ui.scenarios.compare_panel import compare_panel
from mmm_groups.ui.scenarios.opening_panel import mapping_panel, upload_panel
from mmm_groups.ui.scenarios.saving_panel import saving_panel, share_panel
from mmm_groups.ui.scenarios.scenario_list import scenario_list, work_list

HERE = "pages/7_Scenarios.py"
THIS, SAVED, COMPARE = "This plan", "Saved scenarios", "Compare"

with open_page(
    HERE,
    "Keep this plan under a name, open saved ones, share them with a link and hold them against each other.",
    needs_curves=False,
) as planner:
    mapping_panel(planner)
    part = st.segmented_control(
        "Part", [THIS, SAVED, COMPARE], default=THIS, required=True, key="scenarios-part", label_visibility="collapsed"
    )
    if part == THIS:
        saving_panel(planner)
        st.subheader("Share", anchor=False)
        share_panel(planner, LINKED)
    elif part == SAVED:
        scenario_list(planner)
        work_list(planner)
        upload_panel()
    else:
        compare_panel(planner)

"""Everything on the Response curves page that follows its choices: one group's curve, all groups, and the methods."""

import streamlit as st

from mmm_groups.curves.spend_table import reference_table
from mmm_groups.display.source_words import exactness_in_words
from mmm_groups.ui.frame.page import page_part
from mmm_groups.ui.panels.curve_panel import (
    curve_panel,
    method_notes,
    pick_all_methods,
    pick_group,
    pick_method,
    pick_view,
)
from mmm_groups.ui.panels.spend_tables import spend_view
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.response_curves.method_panel import method_panel
from mmm_groups.ui.response_curves.overview import overview


@page_part
def curves_part(planner: Planner) -> None:
    """Choose a group and how to look at it; below, every group, the reference spend, and what the method changes."""
    groups = planner.groups
    chosen = pick_group(planner, list(groups))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        pick_view(planner, key="curves")
        pick_method(planner)
        pick_all_methods(planner)
    method_notes(planner)
    curve_panel(planner, chosen, key="curves", height=400, wide=True)
    overview(planner)
    if planner.known_curves.has_reference:
        st.subheader("All groups at the reference spend", anchor=False)
        spend_view(reference_table(planner.known_curves, groups, planner.interval), planner, name="Group", key="today")
    st.caption(exactness_in_words(planner.source, planner.known_curves))
    method_panel(planner)

"""Response curves: what each group earns at every spend, with uncertainty."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.summary import reference_table
from mmm_groups.ui.curve_panel import curve_panel, method_notes, pick_method
from mmm_groups.ui.format import plain
from mmm_groups.ui.page import next_step, open_page, stop_with
from mmm_groups.ui.source_words import exactness_in_words
from mmm_groups.ui.state import Planner, tied
from mmm_groups.ui.tables import spend_view

HERE = "pages/2_Response_curves.py"

planner = open_page(
    HERE,
    "What a group earns at every spend over the window. The band is the model's uncertainty, the dot is the reference "
    "spend, the dashed part has never been spent before.",
)

try:
    groups = planner.groups
    names = list(groups)
    chosen = planner.shown_group(names)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.pills("Group", names, required=True, format_func=plain, **tied("curve-group", chosen, Planner.touch))
        pick_method(planner)
    method_notes(planner)
    curve_panel(planner, chosen, key="curves", height=400)
    if planner.known_curves.has_reference:
        st.subheader("All groups at the reference spend", anchor=False)
        spend_view(reference_table(planner.known_curves, groups, planner.interval), planner, name="Group", key="today")
    st.caption(exactness_in_words(planner.source, planner.known_curves))
except MmmGroupsError as error:
    stop_with(error)

next_step(HERE)

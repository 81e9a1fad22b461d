"""Everything on the Split page that follows a slider: figures, sentences, the channel plan and the sliders."""

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import SplitError
from mmm_groups.ui.frame.page import page_part
from mmm_groups.ui.panels.check_panel import check_panel
from mmm_groups.ui.panels.spend_tables import spend_view
from mmm_groups.ui.planner.open_planners import tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.split.split_panel import ready_splits, split_figures, split_place


@page_part
def split_part(planner: Planner) -> None:
    """One group's split with what it earns, and the channel plan of all groups."""
    shared = [name for name, members in planner.groups.items() if len(members) > 1]
    chosen = planner.shown_group(shared) if shared else None
    if shared:
        own = tied("split-group", chosen, Planner.touch)
        st.pills("Group", shared, required=True, format_func=plain, label_visibility="collapsed", **own)
    else:
        st.info("No group has more than one channel, so there is nothing to split: the plan is the channels' plan.")
    try:
        final = planner.final()
    except SplitError as error:
        final = None
        st.error(plain(error), icon=":material/error:")
    said = split_figures(planner, final, chosen) if chosen and final else ""
    if chosen:
        ready_splits(planner, chosen)
        put_sliders = split_place(planner, final, chosen)
        st.markdown(said)
    if final:
        st.subheader("The channel plan", anchor=False)
        order = [channel for members in planner.groups.values() for channel in members]
        spend_view(final.plan.channels.loc[order], planner, name="Channel", key="channels")
        check_panel(planner, final)
    if chosen:
        put_sliders()

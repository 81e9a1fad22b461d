"""The start page's offer to go on with the latest work of this browser, for those who come without its address."""

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.display.scenario_words import ago, summary_in_words
from mmm_groups.errors import StoreError
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.work.arrival import go_on, my_work
from mmm_groups.ui.work.browser_token import is_new_browser


def offer_last_work(planner: Planner) -> None:
    """Offer the latest work of this browser, as long as nothing is begun in this session."""
    if planner.work.kept_at is not None or planner.work.is_read_only or is_new_browser():
        return
    try:
        found, _ = my_work()  # what cannot be read is told on the Scenarios page
    except StoreError:
        return  # nothing can be offered; `say_not_kept` says so where there is work to save
    if not found:
        return
    work = found[0]
    with st.container(key="last-work", border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/history: You left **{plain(work.scenario.name)}** {plain(ago(work.kept_at))}. "
            f"{plain(summary_in_words(work.scenario))}.",
            width="stretch",
        )
        st.button(
            "Go on with it", key="go-on", icon=":material/arrow_forward:", on_click=safe_change(go_on), args=(work.id,)
        )

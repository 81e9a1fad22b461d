"""Everything on the page Plans over time, which runs alone after a change inside it."""

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MediaPlanError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.ui.frame.page import page_part
from mmm_groups.ui.planner.plan_findings import prepare, shown_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.beliefs_panel import beliefs_panel
from mmm_groups.ui.plans_over_time.bring_plan import bring_plan, plan_bar
from mmm_groups.ui.plans_over_time.elbow_room_panel import elbow_room_panel
from mmm_groups.ui.plans_over_time.money_grid import money_grid
from mmm_groups.ui.plans_over_time.over_time import over_time, totals_table
from mmm_groups.ui.plans_over_time.plan_headline import plan_headline
from mmm_groups.ui.plans_over_time.small_change_panel import small_change_panel
from mmm_groups.ui.plans_over_time.understood import understood_panel


@page_part
def plans_part(current: Planner) -> None:
    """Bring a plan; what was understood; what it delivers; its money and response by date; what it rests on."""
    bring_plan(current)
    understood_panel(current)
    if current.scenario.media_plans.shown is None:
        prepare(current)
        elbow_room_panel(current)
        return
    plan_bar(current)
    try:
        plan = shown_plan(current)
    except MediaPlanError as error:
        st.warning(plain(error), icon=":material/date_range:")
        _offer_window(current)
        return
    if plan is None:
        return
    found = plan_headline(current, plan)
    if found is None:
        return
    over_time(current, found)
    totals_table(current, found)
    money_grid(current, plan)
    small_change_panel(current, found)
    beliefs_panel(current, plan)
    elbow_room_panel(current)


def _offer_window(current: Planner) -> None:
    """Plan the window that the shown plan is for, where that is another one and a model is open."""
    kept = current.scenario.media_plans.shown_plan
    if kept is None or kept.window is None or not isinstance(current.source, FittedModel):
        return
    start, end = pd.Timestamp(kept.window.start), pd.Timestamp(kept.window.end)
    if current.horizon is not None and (current.horizon.start, current.horizon.end) == (start, end):
        return
    if st.button(f"Plan {kept.window.start} to {kept.window.end}", key="plan-its-window"):
        current.change_window(current.source.horizon(start, end))
        st.rerun()

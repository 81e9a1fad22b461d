"""Everything on the page Plans over time, which runs alone after a change inside it."""

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MediaPlanError
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

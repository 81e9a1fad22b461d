"""Optimise: the best spend per group for a goal under limits."""

import streamlit as st

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.optimise.cost_of_grouping_panel import grouping_panel
from mmm_groups.ui.optimise.feasibility import feasibility_of, show_feasibility
from mmm_groups.ui.optimise.goal_form import goal_form
from mmm_groups.ui.optimise.headline import headline, no_plan_yet, optimise_button, optimum_table, sentences, stale_note
from mmm_groups.ui.optimise.limits_import import limits_from_table
from mmm_groups.ui.optimise.limits_table import limits_table
from mmm_groups.ui.optimise.result_views import result_views
from mmm_groups.ui.optimise.set_limits import set_limits
from mmm_groups.ui.optimise.what_if_panel import what_if_panel
from mmm_groups.ui.panels.check_panel import check_panel
from mmm_groups.ui.panels.read_curves import offer_further

HERE = "pages/3_Optimise.py"

with open_page(
    HERE, "Set the goal and the limits, then optimise: the page says how good the plan is, and why it is so."
) as planner:
    feasibility = feasibility_of(planner)
    inputs, results = st.columns([3, 4], gap="large")
    with inputs, st.container(key="inputs"):
        goal_form(planner)
        if planner.goal_inputs.kind == "fixed_budget":
            offer_further(planner)
        show_feasibility(feasibility)
        optimise_button(planner, feasibility.is_possible)
        st.subheader("Limits", anchor=False)
        limits_table(planner, feasibility)
        set_limits(planner, feasibility)
        limits_from_table(planner)
    result = planner.shown
    with results:
        if result is None:
            no_plan_yet(planner)
        else:
            stale_note(planner)
            headline(planner, result)
            result_views()
    if result is not None:
        what_if_panel()
        optimum_table(planner, result)
        sentences(planner, result)
        grouping_panel(planner, result)
        check_panel(planner, result)

    next_step(HERE)

"""Optimise: the best spend per group under a budget and limits."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.charts import CONFIG, spend_bars
from mmm_groups.ui.format import plain
from mmm_groups.ui.limits_form import bounds_table, budget_input, set_constraints
from mmm_groups.ui.page import next_step, open_page, stop_with
from mmm_groups.ui.reading import offer_further
from mmm_groups.ui.results import headline, sentences, spends_to_compare, stale_note
from mmm_groups.ui.source_words import budget_in_words
from mmm_groups.ui.tables import spend_view

HERE = "pages/3_Optimise.py"

planner = open_page(
    HERE, "Set the money and the limits, then optimise: the plan is proven to be the best, and the page says why."
)

try:
    inputs, results = st.columns([2, 3], gap="large")
    with inputs:
        budget_input(planner)
        st.caption(plain(budget_in_words(planner.budget, planner.known_curves, planner.currency)))
        offer_further(planner)
        bounds_table(planner)
        set_constraints(planner)
        try:
            planner.problem()
            st.success("These limits can be met.", icon=":material/check_circle:")
            is_possible = True
        except MmmGroupsError as error:
            st.error(plain(str(error)), icon=":material/error:")
            is_possible = False
        if st.button("Optimise", type="primary", disabled=not is_possible, width="stretch", key="optimise"):
            planner.optimise()
    result = planner.result
    with results:
        if result is None:
            st.info("Press “Optimise” to see the best plan here.", icon=":material/lightbulb:")
        else:
            stale_note(planner)
            headline(planner, result)
            table = result.plan.groups
            st.plotly_chart(
                spend_bars(
                    spends_to_compare(table),
                    planner.colors_for(table.index),
                    planner.currency,
                ),
                key="spends",
                config=CONFIG,
                alt="Spend by group: what was spent and the optimum.",
            )
    if result is not None:
        spend_view(result.plan.groups, planner, name="Group", key="optimum")
        sentences(planner, result.plan)
except MmmGroupsError as error:
    stop_with(error)

next_step(HERE)

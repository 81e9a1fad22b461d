"""The charts of a result, one at a time: only the one that is looked at is worked out."""

import streamlit as st

from mmm_groups.display.charts.frame import config_for, spend_bars
from mmm_groups.display.charts.results import frontier_chart, stability_chart, waterfall
from mmm_groups.display.numbers import in_style, plain
from mmm_groups.display.plan_words import frontier_in_words, stability_in_words
from mmm_groups.display.source_words import NO_REFERENCE
from mmm_groups.errors import MmmGroupsError
from mmm_groups.plan.explain import reference_sentence
from mmm_groups.plan.measures import measure_of
from mmm_groups.plan.uplift import OTHERS, TOGETHER, response_steps
from mmm_groups.ui.optimise.alternatives import alternatives
from mmm_groups.ui.optimise.headline import spends_to_compare
from mmm_groups.ui.planner.last_net import session_fragment
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result, ResultView
from mmm_groups.ui.widgets.downloads import download_data

_VIEWS: dict[ResultView, str] = {
    "spend": "Spend",
    "response": "Response",
    "budgets": "Other budgets",
    "certainty": "How sure",
}

_SEARCHING = "Finding the best plan of each budget …"


@session_fragment
def result_views() -> None:
    """Choose a chart and draw it, without running the rest of the page again."""
    current = planner()
    result = current.shown
    if result is None:
        return
    st.segmented_control(
        "Chart",
        list(_VIEWS),
        format_func=lambda view: _VIEWS[view],
        required=True,
        label_visibility="collapsed",
        **tied("result-view", current.result_view, lambda own, view: setattr(own, "result_view", view)),
    )
    draw = {"spend": _spend, "response": _response, "budgets": _budgets, "certainty": _certainty}
    try:
        draw[current.result_view](current, result)
    except MmmGroupsError as error:
        st.info(plain(error), icon=":material/info:")


def _spend(current: Planner, result: Result) -> None:
    table = result.plan.groups
    st.plotly_chart(
        spend_bars(spends_to_compare(table), current.colors_for(table.index), current.currency),
        key="spends",
        config=config_for("spend by group"),
        alt="Spend by group: what was spent and the optimum.",
    )
    download_data(lambda: table[["reference_spend", "spend", "change"]], "spend by group", key="spends-csv")


def _response(current: Planner, result: Result) -> None:
    plan = result.plan
    if not plan.has_reference:
        st.info(f"There is nothing to compare the response with: {NO_REFERENCE}.", icon=":material/info:")
        return
    steps = response_steps(plan)
    ends = (float(plan.reference_response.mean()), float(plan.response.mean()))
    st.plotly_chart(
        waterfall(steps, ends, current.colors_for(plan.groups.index), current.source.target),
        key="waterfall",
        config=config_for("response by group"),
        alt=in_style(reference_sentence(plan, current.currency)),
    )
    download_data(lambda: steps, "response by group", key="waterfall-csv")
    if TOGETHER in steps.index:
        st.caption(
            f"The channels of this model do not add up: “{TOGETHER}” is what the groups' changes bring only jointly."
        )
    if OTHERS in steps.index:
        st.caption(f"“{OTHERS.capitalize()}” are the groups whose response changes least.")


def _budgets(current: Planner, result: Result) -> None:
    if result.is_slow and result.answers.frontier is None:
        st.caption("Each budget takes a search of its own here, so they are worked out when you ask for them.")
        if not st.button("Work out other budgets", key="frontier", icon=":material/query_stats:"):
            return
        bar = st.progress(0.0, _SEARCHING)

        def tell(share: float) -> None:
            bar.progress(share, _SEARCHING)

        result.frontier(tell)
        bar.empty()
    frontier, plan = result.frontier(), result.plan
    table = frontier.table
    if len(table) < 2:
        st.info("The limits leave this one budget only, so there is no other to compare.", icon=":material/info:")
        return
    spent = float(plan.reference_spend.sum(skipna=False))
    marks = {"Plan": plan.total, "Reference": spent}
    if abs(spent - plan.total) < 1e-3 * plan.total:
        marks = {"Plan and reference": plan.total}
    inside = {name: budget for name, budget in marks.items() if table.budget.min() <= budget <= table.budget.max()}
    st.plotly_chart(
        frontier_chart(table, inside, current.source.target, current.currency, in_style(measure_of(plan))),
        key="frontier-chart",
        config=config_for("budgets"),
        alt=frontier_in_words(frontier, current.source.target, current.currency),
    )
    st.caption(plain(frontier_in_words(frontier, current.source.target, current.currency)))
    download_data(lambda: table, "budgets", key="frontier-csv")
    alternatives(current, result)


def _certainty(current: Planner, result: Result) -> None:
    with st.spinner("Finding the best plan of every draw …"):
        found = result.stability
    table = found.table
    st.plotly_chart(
        stability_chart(table, current.colors_for(table.index), current.currency, found.plan.interval),
        key="stability",
        config=config_for("how sure"),
        alt="Spread of each group's best spend over the model's draws.",
    )
    download_data(lambda: table, "how sure", key="stability-csv")
    for sentence in stability_in_words(found, current.currency):
        st.caption(plain(sentence))

"""An optimised plan in headline figures and sentences."""

import math
from contextlib import suppress

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmm_groups.display.media_plan_words import room_in_words
from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, percent, plain, ratio, signed
from mmm_groups.display.plan_words import bound_in_words, cost_of_grouping_in_words, honest_in_words, utility_in_words
from mmm_groups.display.source_words import NO_DRAWS, NO_REFERENCE, unknown_of_a_plan
from mmm_groups.errors import MmmGroupsError
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.binding_limits import dearest_limits
from mmm_groups.plan.explain import reference_sentence
from mmm_groups.plan.measures import probability_of_goal
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.uplift import roi_of, uplift_of
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.ui.panels.spend_tables import spend_view
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result

_NEAR, _MOST_ROOMS = 0.01, 40  # of the response that elbow room may cost; groups whose rooms take no noticeable time
_LABEL, _TROUBLE = "Optimise", "optimise-trouble"


def optimise_button(current: Planner, is_possible: bool) -> None:
    """Optimise, and say in words why there is no plan if there is none; the last result stays."""
    if not current.takes_a_search:
        # In a callback, so that the page is drawn once, and its step bar with it.
        st.button(
            _LABEL,
            key="optimise",
            type="primary",
            width="stretch",
            disabled=not is_possible,
            on_click=safe_change(_optimise),
        )
        if trouble := st.session_state.pop(_TROUBLE, None):
            st.error(plain(trouble), icon=":material/error:")
        return
    if st.button(_LABEL, key="optimise", type="primary", width="stretch", disabled=not is_possible):
        with st.spinner("Looking for the best plan; this takes some seconds …", show_time=True):
            _optimise()
        st.rerun()
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")


def _optimise() -> None:
    try:
        planner().optimise()
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text


def no_plan_yet(planner: Planner) -> None:
    """What to do while there is no plan to show."""
    if planner.work.is_read_only:
        st.info(
            "This scenario holds no plan that can be shown here. Press “Duplicate to edit” above, then “Optimise”.",
            icon=":material/lock:",
        )
    else:
        st.info("Press “Optimise” to see the best plan here.", icon=":material/lightbulb:")


def stale_note(planner: Planner) -> None:
    """Mark a result that no longer answers to what is typed."""
    if planner.is_stale:
        st.warning("Inputs changed since this result: run again.", icon=":material/update:")
    elif planner.is_resplit and planner.shown is planner.result:
        st.warning(
            "The present shares break a limit, as the split page says. The figures below are those of the optimum with "
            "its own split.",
            icon=":material/call_split:",
        )
    elif planner.is_resplit:
        st.info(
            "The split was changed since. The figures below are those of the plan with the present shares; optimise "
            "again to plan the groups for them.",
            icon=":material/call_split:",
        )


def headline(planner: Planner, result: Result) -> None:
    """Budget where the goal found it, response, uplift over the reference, how sure that is, what grouping costs."""
    plan = result.plan
    found_budget = not isinstance(plan.problem.goal, FixedBudget)
    likely = probability_of_goal(plan)
    second = 4 if math.isfinite(likely) else 3
    places = iter(
        [*st.columns(3, gap="small"), *st.columns(second, gap="small")] if found_budget else st.columns(4, gap="xsmall")
    )
    if found_budget:
        next(places).metric(
            "Budget",
            compact_money(plan.total, planner.currency),
            help="The money that reaches the goal best, over the whole window.",
            border=True,
        )
    next(places).metric(
        "Response",
        compact(float(plan.response.mean())),
        help=f"Incremental {plain(planner.source.target)} that the plan causes, mean.",
        border=True,
    )
    if found_budget:
        next(places).metric(
            "ROI",
            ratio(roi_of(plan)),
            help=f"Incremental {plain(planner.source.target)} per unit of money.",
            border=True,
        )
    _against_reference(planner, plan, next(places), next(places))
    if math.isfinite(likely):
        next(places).metric(
            "P(goal)",
            percent(likely),
            help="Share of posterior draws in which the plan reaches the target that is asked for.",
            border=True,
        )
    cost, explained = _cost_of_grouping(planner, result)
    next(places).metric("Grouping costs", cost, help=explained, border=True)
    _in_words(planner, result)


def _against_reference(planner: Planner, plan: Plan, gain: DeltaGenerator, better: DeltaGenerator) -> None:
    curves, uplift = plan.problem.channel_curves, uplift_of(plan)
    spent = compact_money(plan.groups["reference_spend"].sum(skipna=False), planner.currency)
    between = (
        f"with {percent(plan.interval)} probability between {compact(uplift.low)} and {compact(uplift.high)}"
        if curves.has_draws
        else f"its interval is not available, because {NO_DRAWS}"
    )
    gain.metric(
        "vs reference",
        signed(compact(uplift.mean), uplift.mean),
        help=f"The plan's response minus that of the reference spend ({spent}); {between}."
        if curves.has_reference
        else f"Not available: {NO_REFERENCE}.",
        border=True,
    )
    missing = NO_REFERENCE if not curves.has_reference else NO_DRAWS
    better.metric(
        "P(better)",
        percent(plan.probability_better),
        help="Share of posterior draws in which the plan earns more than the reference spend."
        if curves.has_draws and curves.has_reference
        else f"Not available: {missing}.",
        border=True,
    )


def _cost_of_grouping(planner: Planner, result: Result) -> tuple[str, str]:
    """The cost of grouping, and what it means."""
    if not result.has_report:
        return UNKNOWN, "Takes a while here: ask for it below, under “What grouping costs”."
    explained = plain(cost_of_grouping_in_words(result.report, planner.currency))
    return compact(result.report.cost_of_grouping), explained


def _in_words(planner: Planner, result: Result) -> None:
    """What the plan brings, what is proven, and what is only promised."""
    plan = result.plan
    curves = plan.problem.channel_curves
    if curves.has_reference and curves.has_draws:
        st.markdown(plain(reference_sentence(plan, planner.currency)))
    if chosen_for := utility_in_words(plan):
        st.markdown(plain(chosen_for))
    said = [bound_in_words(plan, planner.currency)]
    if curves.has_reference and curves.has_draws and result.has_honest:
        said.append(honest_in_words(result.honest, plan))
    for sentence in [*said, *unknown_of_a_plan(curves)]:
        st.caption(plain(sentence))


def spends_to_compare(table: pd.DataFrame) -> dict[str, Numbers]:
    """The plan's spend by group, beside the reference where that is known."""
    reference = {} if table["reference_spend"].isna().any() else {"Reference": table["reference_spend"]}
    return reference | {"Optimised": table["spend"]}


def optimum_table(planner: Planner, result: Result) -> None:
    """One row a group: what it spends and earns, its elbow room, what holds it, and what that limit is worth."""
    plan = result.plan
    table = plan.groups.assign(limit_price=dearest_limits(plan)["price"])
    if not result.is_slow and len(table) <= _MOST_ROOMS:
        with suppress(MmmGroupsError):  # the page of plans over time says why there is none
            room = result.elbow_room(_NEAR).loc[table.index]
            ends = zip(room["lower"], room["upper"], strict=True)
            table["room"] = [room_in_words(float(low), float(high), planner.currency) for low, high in ends]
    spend_view(table, planner, name="Group", key="optimum")


def sentences(planner: Planner, result: Result) -> None:
    """Why each group gets what it gets, and what every limit that holds the plan back is worth."""
    with st.expander("Why these spends?", expanded=True):
        reasons, limits = result.sentences(planner.currency)
        st.markdown("\n".join(f"- {_emphasised(sentence)}" for sentence in reasons))
        if limits:
            st.markdown("**What the limits are worth**")
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in limits))


def _emphasised(sentence: MarkedText) -> str:
    """A sentence with its group in bold, and nothing else read as markup."""
    _, group, rest = sentence.marked.split("**", 2) if sentence.startswith("**") else ("", "", sentence)
    return f"**{plain(group)}**{plain(rest)}" if group else plain(sentence)

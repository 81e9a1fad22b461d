"""The first answer about a plan: what it delivers, beside the reference, beside the best use of its money."""

import math

import streamlit as st

from mmm_groups.display.media_plan_words import (
    beside_in_words,
    beyond_in_words,
    chance,
    delivers_in_words,
    inside_in_words,
    left_in_words,
    moves_in_words,
    reference_name,
)
from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, percent, plain, ratio, signed
from mmm_groups.errors import MmmGroupsError
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanComparison, PlanEvaluation
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.ui.planner.plan_findings import best_of, evaluation_of, reference_plan
from mmm_groups.ui.planner.planner import Planner

_ASKED = "plan-best-asked"


def plan_headline(current: Planner, plan: MediaPlan) -> PlanEvaluation | None:
    """Five figures and three sentences; None, with the reason, if the plan cannot be evaluated."""
    with st.container(border=True, key="plan-headline"):
        try:
            with st.spinner("Evaluating the plan …", show_time=True):
                found = evaluation_of(current, plan)
        except MmmGroupsError as error:
            st.error(plain(error), icon=":material/error:")
            return None
        beside, missing = _beside(current, found)
        left, refused = _left(current, plan)
        _figures(current, found, beside, left)
        _sentences(current, found, beside, missing)
        _best(current, plan, left, refused)
        if notes := (*plan.notes, *found.notes):
            st.caption(plain(MarkedText.joined(" ", notes).marked))
    return found


def _beside(current: Planner, found: PlanEvaluation) -> tuple[PlanComparison | None, str]:
    """The plan beside the reference, or why that is not known."""
    try:
        return found.compare(evaluation_of(current, reference_plan(current))), ""
    except MmmGroupsError as error:
        return None, error.text.marked


def _left(current: Planner, plan: MediaPlan) -> tuple[LeftOnTheTable | None, str]:
    """What the plan leaves on the table, or why that is not known; a search waits until it is asked for."""
    if plan.total <= 0:
        return None, ""
    if current.takes_a_search and st.session_state.get(_ASKED) != plan.name:
        return None, ""
    try:
        return best_of(current, plan), ""
    except MmmGroupsError as error:
        return None, error.text.marked


def _figures(
    current: Planner, found: PlanEvaluation, beside: PlanComparison | None, left: LeftOnTheTable | None
) -> None:
    mean, total = float(found.response.mean()), found.plan.total
    between = ""
    if found.has_draws:
        low, high = hdi(found.response.values, found.interval)
        between = f"{compact(float(low))} to {compact(float(high))}"
    delivers, roi, more, better, table = st.columns(5, gap="small")
    target = plain(found.target)
    delivers.metric(
        f"Delivers ({target})",
        compact(mean),
        delta=between or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"Incremental {target} that this plan's money causes, carry-over after the window included: mean"
        + (f" and {percent(found.interval)} interval." if between else "."),
    )
    roi.metric(
        "ROI",
        ratio(mean / total) if total > 0 else UNKNOWN,
        delta=f"for {compact_money(total, current.currency)}",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"{target} for each {current.currency or 'unit of money'} of the plan's spend.",
    )
    name = plain(reference_name(current.scenario.reference, current.known_curves))
    gain = beside.total.mean if beside else math.nan
    more.metric(
        "vs reference",
        signed(compact(gain), gain),
        delta=plain(f"{compact_money(beside.reference.plan.total, current.currency)} spent") if beside else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"What this plan delivers more than {name}, draw by draw.",
    )
    better.metric(
        "Chance of beating it",
        chance(beside.total.probability_better) if beside else UNKNOWN,
        delta=name,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"Share of the model's draws in which this plan delivers more than {name}.",
    )
    lost = max(left.total.mean, 0.0) if left else math.nan
    worth = left.total.in_money(lost) if left else math.nan
    table.metric(
        "Left on the table",
        compact(lost),
        delta=f"worth {compact_money(worth, current.currency)}" if math.isfinite(worth) else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"What the best use of the same money under the same limits delivers more, in {target}, and the extra "
        "budget that would be needed to deliver as much.",
    )


def _sentences(current: Planner, found: PlanEvaluation, beside: PlanComparison | None, missing: str) -> None:
    st.markdown(plain(delivers_in_words(found, current.currency)))
    if beside is not None:
        name = reference_name(current.scenario.reference, current.known_curves)
        st.markdown(plain(beside_in_words(beside, name, current.currency)))
    elif missing:
        st.caption(plain(f"No comparison with a reference: {missing}"))
    if said := beyond_in_words(found):
        st.caption(f":material/warning: {plain(said)}")


def _best(current: Planner, plan: MediaPlan, left: LeftOnTheTable | None, refused: str) -> None:
    if refused:
        st.caption(plain(f"What it leaves on the table is not known. {refused}"))
    if left is None:
        asks = not refused and plan.total > 0
        if asks and st.button("Find the best use of this money", key="plan-best", icon=":material/search:"):
            st.session_state[_ASKED] = plan.name
            with st.spinner("Looking for the best use of this money; this takes some seconds …", show_time=True):
                _left(current, plan)
            st.rerun(scope="fragment")
        return
    st.markdown(plain(left_in_words(left, current.currency)))
    if left.broken:
        limits = "; ".join(label.marked for label in left.broken)
        st.warning(plain(f"The plan itself misses limits that are typed: {limits}."), icon=":material/rule:")
    moves = moves_in_words(left, current.currency) if left.total.mean > 0 else []
    if moves:
        st.markdown("\n".join(f"{place}. {plain(said)}" for place, said in enumerate(moves, 1)))
    if said := inside_in_words(left):
        st.caption(plain(said))

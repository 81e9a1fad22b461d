"""An optimised plan in headline figures and sentences."""

import pandas as pd
import streamlit as st

from mmm_groups.explain import sentences_of
from mmm_groups.plan import Plan
from mmm_groups.ui.format import compact, compact_money, percent, plain, signed
from mmm_groups.ui.source_words import NO_DRAWS, NO_REFERENCE, unknown_of_a_plan
from mmm_groups.ui.state import Planner, Result


def stale_note(planner: Planner) -> None:
    """Mark a result that no longer answers to what is typed."""
    if planner.is_stale:
        st.warning("Inputs changed since this result: run again.", icon=":material/update:")
    elif planner.is_resplit:
        st.info(
            "The split was changed since. The figures below are those of the optimum with its own split; optimise "
            "again to plan the groups for the new one.",
            icon=":material/call_split:",
        )


def headline(planner: Planner, result: Result) -> None:
    """Response, uplift over the reference with its interval, and what grouping costs."""
    plan, report = result.plan, result.report
    curves = plan.problem.curves.curves
    target = plain(planner.source.target)
    low, high = report.uplift_interval
    uplift = float(report.uplift.mean())
    response, gain, better, cost = st.columns(4)
    response.metric(
        "Response",
        compact(float(plan.response.mean())),
        help=f"Incremental {target} that the plan causes, posterior mean. No plan under these limits can exceed "
        f"{compact(plan.upper_bound)} (proven; this one misses at most {plan.gap:.4%} of it).",
        border=True,
    )
    spent = compact_money(plan.groups["reference_spend"].sum(skipna=False), planner.currency)
    between = (
        f"with {percent(plan.interval)} probability between {compact(low)} and {compact(high)}"
        if curves.has_draws
        else f"its interval is not available, because {NO_DRAWS}"
    )
    gain.metric(
        "vs reference",
        signed(compact(uplift), uplift),
        help=f"The plan's response minus that of the reference spend ({spent}); {between}."
        if curves.has_reference
        else f"Not available: {NO_REFERENCE}.",
        border=True,
    )
    better.metric(
        "P(better)",
        percent(report.probability_better),
        help="Share of posterior draws in which the plan earns more than the reference spend."
        if curves.has_draws
        else f"Not available: {NO_DRAWS}.",
        border=True,
    )
    cost.metric(
        "Grouping costs",
        compact(report.cost_of_grouping),
        help="What deciding channel by channel under the same limits could earn more. At the plan's marginal return "
        f"this equals {compact_money(report.cost_of_grouping_money, planner.currency)} of budget.",
        border=True,
    )
    for sentence in unknown_of_a_plan(curves):
        st.caption(sentence)


def spends_to_compare(table: pd.DataFrame) -> dict[str, pd.Series]:
    """The plan's spend by group, beside the reference where that is known."""
    reference = {} if table["reference_spend"].isna().any() else {"Reference": table["reference_spend"]}
    return reference | {"Optimised": table["spend"]}


def sentences(planner: Planner, plan: Plan) -> None:
    """Why each group gets what it gets."""
    with st.expander("Why these spends?", expanded=True):
        st.markdown("\n".join(f"- {_emphasised(sentence)}" for sentence in sentences_of(plan, planner.currency)))


def _emphasised(sentence: str) -> str:
    """A sentence with its group in bold, and nothing else read as markup."""
    _, *parts = sentence.split("**") if sentence.startswith("**") else ("", "", sentence)
    return f"**{plain(parts[0])}**{plain('**'.join(parts[1:]))}" if parts[0] else plain(sentence)

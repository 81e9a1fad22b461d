"""What deciding over groups costs: the ways of deciding side by side, and what each group gives up."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, in_style, number, plain, ratio, signed
from mmm_groups.evaluation.decision_levels import (
    BEST_INSIDE,
    BY_CHANNEL,
    PLAN,
    REFERENCE,
    decision_levels,
)
from mmm_groups.numerics.labelled import number_at
from mmm_groups.numerics.tolerances import WORTHLESS
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.utilities import MeanResponse, cases_of
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result

_MODES = {
    REFERENCE: "As it was (reference spend)",
    PLAN: "This plan: groups with their split",
    BEST_INSIDE: "The same money for each group, split best inside",
    BY_CHANNEL: "Channel by channel under the same limits",
}


def grouping_panel(planner: Planner, result: Result) -> None:
    """A sentence, the modes compared, and one row a group; where it takes long, when asked for."""
    with st.expander("What grouping costs", icon=":material/account_tree:"):
        if not result.has_report:
            st.caption("The best channel plan takes a search of its own here, so it is worked out when you ask for it.")
            if not st.button("Work out what grouping costs", key="grouping"):
                return
            with st.spinner("Finding the best channel plan …"):
                _ = result.report
            st.rerun()  # the headline shows it as well
        table = decision_levels(result.report)
        st.markdown(plain(modes_in_words(table, result.plan)))
        _modes(planner, table, result.plan)
        _groups(planner, result)


def modes_in_words(table: pd.DataFrame, plan: Plan) -> str:
    """What deciding channel by channel would bring against the plan, in the measure that the plan was chosen by."""
    more, target = number_at(table, BY_CHANNEL, "over_plan"), plan.target
    cases = in_style(cases_of(plan.problem.utility))
    earned = f"{compact(number_at(table, BY_CHANNEL, 'utility'))} {target}{cases}"
    if abs(more) < 1e-6 * abs(number_at(table, PLAN, "utility")):
        return f"Deciding channel by channel would bring the same {earned}: grouping costs nothing here."
    word = "more" if more > 0 else "less"
    return f"Deciding channel by channel would bring {earned}, {compact(abs(more))} {word} than this plan."


def _modes(planner: Planner, table: pd.DataFrame, plan: Plan) -> None:
    column, target = st.column_config.NumberColumn, planner.source.target
    formats: dict[str, Callable[[float], str]] = dict.fromkeys(("spend", "response", "utility"), number)
    formats |= {"roi": ratio, "over_plan": lambda more: signed(number(more), more)}
    cases = in_style(cases_of(plan.problem.utility)).strip() or "mean"
    if isinstance(plan.problem.utility, MeanResponse):
        table = table.drop(columns="utility")  # the response itself
    st.dataframe(
        written(table.rename(index=_MODES), {name: write for name, write in formats.items() if name in table}),
        key="modes",
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={
            "_index": st.column_config.TextColumn("Way of deciding", pinned=True, width="large"),
            "spend": column(f"Spend {planner.currency}".strip()),
            "response": column("Response", help=f"{target.capitalize()}, mean."),
            "roi": column("ROI", help=f"{target.capitalize()} per unit of money, mean."),
            "over_plan": column("Against this plan", help=f"{target.capitalize()}, {cases}."),
            "utility": column(cases.capitalize(), help=f"{target.capitalize()}, {cases}."),
        },
    )


def _groups(planner: Planner, result: Result) -> None:
    table, column, money = result.report.by_group, st.column_config.NumberColumn, planner.currency
    shown = ["split_loss", "split_loss_money", "aggregation_error", "aggregation_error_money"]
    worth = "How much more money for the group, split as it is, makes up for it."
    cases = in_style(cases_of(result.plan.problem.utility))
    st.dataframe(
        written(table[shown], dict.fromkeys(shown, number)),
        key="by-group",
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={
            "_index": st.column_config.TextColumn("Group", pinned=True),
            "split_loss": column(
                "Its split gives up", help=f"Against the best split of the group's spend{cases or ', mean'}."
            ),
            "split_loss_money": column(f"Worth {money}".strip(), help=worth),
            "aggregation_error": column(
                "Its curve says too much",
                help="Response that the group's curve predicts less what its channels earn: 0 for the sum.",
            ),
            "aggregation_error_money": column(f"Worth {money} ".rstrip() + " ", help=worth),
        },
    )
    lost = float(result.report.by_group["split_loss_money"].sum())
    if lost > WORTHLESS * result.plan.total:
        st.caption(
            plain(
                f"{compact_money(lost, money)} more for the groups would make up for what their splits give up; the "
                "split page shows better shares."
            )
        )

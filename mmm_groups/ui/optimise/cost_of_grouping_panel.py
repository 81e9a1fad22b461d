"""What deciding over groups costs: the ways of deciding side by side, and what each group gives up."""

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, number, plain, ratio, signed
from mmm_groups.evaluation.decision_levels import (
    BEST_INSIDE,
    BY_CHANNEL,
    PLAN,
    REFERENCE,
    decision_levels,
)
from mmm_groups.numerics.labelled import number_at
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
        st.markdown(plain(modes_in_words(table, planner.source.target)))
        _modes(planner, table)
        _groups(planner, result)


def modes_in_words(table: pd.DataFrame, target: str) -> str:
    """What deciding channel by channel would bring against the plan."""
    more = number_at(table, BY_CHANNEL, "over_plan")
    response = compact(number_at(table, BY_CHANNEL, "response"))
    if abs(more) < 1e-6 * abs(number_at(table, PLAN, "response")):
        return f"Deciding channel by channel would bring the same {response} {target}: grouping costs nothing here."
    word = "more" if more > 0 else "less"
    return f"Deciding channel by channel would bring {response} {target}, {compact(abs(more))} {word} than this plan."


def _modes(planner: Planner, table: pd.DataFrame) -> None:
    column, target = st.column_config.NumberColumn, planner.source.target
    formats = {"spend": number, "response": number, "roi": ratio, "over_plan": lambda more: signed(number(more), more)}
    st.dataframe(
        written(table.rename(index=_MODES), formats),
        key="modes",
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={
            "_index": st.column_config.TextColumn("Way of deciding", pinned=True, width="large"),
            "spend": column(f"Spend {planner.currency}".strip()),
            "response": column("Response", help=f"{target.capitalize()}, mean."),
            "roi": column("ROI", help=f"{target.capitalize()} per unit of money."),
            "over_plan": column("Against this plan", help=f"{target.capitalize()}, mean."),
        },
    )


def _groups(planner: Planner, result: Result) -> None:
    table, column, money = result.report.by_group, st.column_config.NumberColumn, planner.currency
    shown = ["split_loss", "split_loss_money", "aggregation_error", "aggregation_error_money"]
    worth = "The budget that would buy it at the plan's marginal return."
    st.dataframe(
        written(table[shown], dict.fromkeys(shown, number)),
        key="by-group",
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={
            "_index": st.column_config.TextColumn("Group", pinned=True),
            "split_loss": column("Its split gives up", help="Response against the best split of the group's spend."),
            "split_loss_money": column(f"Worth {money}".strip(), help=worth),
            "aggregation_error": column(
                "Its curve says too much",
                help="Response that the group's curve predicts less what its channels earn: 0 for the sum.",
            ),
            "aggregation_error_money": column(f"Worth {money} ".rstrip() + " ", help=worth),
        },
    )
    lost = float(result.report.by_group["split_loss_money"].sum())
    if lost >= 1:
        st.caption(
            plain(
                f"The splits inside the groups give up what {compact_money(lost, money)} of budget would buy; the "
                "split page shows better shares."
            )
        )

"""Where the methods of making group curves disagree: a table, and a sentence for each group."""

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, in_style, number, plain
from mmm_groups.display.source_words import NO_REFERENCE
from mmm_groups.groups.method_comparison import MONEY, OTHERS
from mmm_groups.groups.methods import Method
from mmm_groups.numerics.labelled import number_at
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.plotted_curves import METHOD_NAMES, differences

_PLANS = {"reference": "reference spend", "plan": "optimised spend"}

_SAID: dict[Method, str] = {"weighted_average": "the weighted average", "re_estimated": "the re-estimated curve"}


def method_panel(planner: Planner) -> None:
    """For every group of several channels, what each method says more or less than the sum, and why a cell is empty."""
    shared = [name for name, members in planner.groups.items() if len(members) > 1]
    st.subheader("What the choice of method changes", anchor=False)
    if not shared:
        st.caption("Nothing yet: the methods differ for groups of several channels only.")
        return
    if not _spends(planner, shared[0]):
        st.caption(f"Optimise first: {NO_REFERENCE}, so there is no spend yet at which to compare the methods.")
        return
    curves, tables = planner.group_curves(), []
    notes: list[str] = []
    for group in shared:
        table, warnings = differences(curves, group, _spends(planner, group), planner.interval)
        tables.append(table)
        notes += warnings
    table = pd.concat(tables)
    for group in shared:
        st.markdown(f"- {difference_sentence(planner, table, group)}")
    _show(planner, table)
    for note in dict.fromkeys(notes):
        st.caption(f":material/info: {plain(note)}")


def difference_sentence(planner: Planner, table: pd.DataFrame, group: str) -> str:
    """What the methods disagree about for one group, at the latest plan there is, as Markdown."""
    rows = table.loc[group]
    at = rows.index.get_level_values("at")[-1]
    said, missing = [], []
    for method in OTHERS:
        row, name = rows.loc[(at, method)], _SAID[method]
        if pd.isna(row["difference"]):
            missing.append(f"{name} could not be computed")
            continue
        more = "more" if row["difference"] > 0 else "less"
        worth = f", worth {compact_money(abs(row['money']), planner.currency)}" if pd.notna(row["money"]) else ""
        said.append(f"{name} promises {compact(abs(row['difference']))} {planner.source.target} {more}{worth}")
    spend = compact_money(number_at(table, (group, at, OTHERS[0]), "spend"), planner.currency)
    start = f"**{plain(group)}** at the {_PLANS[at]} of {spend}: against the sum, "
    return start + plain("; ".join([*said, *missing]) + ".")


def _spends(planner: Planner, group: str) -> dict[str, float]:
    reference = planner.known_curves.reference_spend[list(planner.groups[group])]
    spends = {"reference": float(reference.sum())} if planner.known_curves.has_reference else {}
    if planner.result is not None and not planner.is_stale:
        spends["plan"] = float(planner.result.plan.spends[group])
    return spends


def _show(planner: Planner, table: pd.DataFrame) -> None:
    shown = table.reset_index()
    if not shown["why_not"].any():
        shown = shown.drop(columns="why_not")
    else:
        shown["why_not"] = shown["why_not"].map(in_style)
    shown["at"] = shown["at"].map(lambda at: _PLANS[at].capitalize())
    shown["method"] = shown["method"].map(METHOD_NAMES)
    money, target = planner.currency, planner.source.target
    column = st.column_config.NumberColumn
    amounts = ("spend", "sum", "response", "difference", "difference_low", "difference_high", *MONEY)
    difference = f"Method minus sum, {target}: positive means that the method promises more than the channels' curves."
    priced = "How much more the group must spend on its channels' curves to earn what the method promises."
    st.dataframe(
        written(shown, dict.fromkeys(amounts, number)),
        key="method-differences",
        hide_index=True,
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={
            "group": st.column_config.TextColumn("Group", pinned=True),
            "at": st.column_config.TextColumn("At"),
            "method": st.column_config.TextColumn("Method"),
            "spend": column(f"Spend {money}".strip(), help="The group's money at which the methods are compared."),
            "sum": column("Sum says", help=f"{target.capitalize()}, posterior mean."),
            "response": column("Method says", help=f"{target.capitalize()}, posterior mean."),
            "difference": column("Difference", help=difference),
            "difference_low": column("from", help="Lower end of its interval, draw by draw."),
            "difference_high": column("to", help="Upper end of its interval, draw by draw."),
            MONEY[0]: column(f"Worth {money}".strip(), help=priced),
            MONEY[1]: column("from ", help="Lower end of its interval."),
            MONEY[2]: column("to ", help="Upper end of its interval."),
            "why_not": st.column_config.TextColumn("Why empty", width="large"),
        },
    )

"""Tables on the screen: formats and one-sentence explanations of every column."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from mmm_groups.display.numbers import UNKNOWN, in_style, number, percent, ratio
from mmm_groups.display.source_words import interval_label, missing_intervals, reference_help
from mmm_groups.numerics.rounding import Cents
from mmm_groups.ui.planner.planner import Planner

_HELP = {
    "spend": "Money over the whole planning window.",
    "share": "Share of all money.",
    "room": "How far this spend may move while the response stays within 1 % of the plan's, the others re-optimised. "
    "“Plans over time” shows it for other shares.",
    "response": "Mean of the incremental outcome that this spend causes.",
    "response_low": "Lower end of the interval that holds the response with this probability.",
    "response_high": "Upper end of the interval that holds the response with this probability.",
    "roi": "Response per unit of currency spent.",
    "mroi": "Mean response to the next unit of currency, of a group by its own curve: what decides where more money "
    "should go.",
    "change": "Spend minus reference spend.",
    "split": "Share of the group's money.",
    "limit_price": "What one more unit of money would bring if it loosened the limit that holds this spend most: a "
    "higher maximum, a lower minimum, another lock. In units of the goal.",
    "binding": "Limits that are met exactly and hold this spend.",
    "extrapolated": "More than any window of this length ever saw: the model extrapolates.",
}
_NAMES = {
    "group": "Group",
    "split": "Split",
    "spend": "Spend",
    "share": "Share",
    "room": "Room within 1 %",
    "reference_spend": "Reference",
    "change": "Change",
    "roi": "ROI",
    "mroi": "mROI",
    "response": "Response",
    "response_low": "from",
    "response_high": "to",
    "extrapolated": "Beyond history",
    "binding": "Held by",
    "limit_price": "Limit worth",
}
_WRITTEN: dict[str, Callable[[float], str]] = {
    **dict.fromkeys(("spend", "reference_spend", "change", "response", "response_low", "response_high"), number),
    **dict.fromkeys(("share", "split"), partial(percent, digits=1)),
    **dict.fromkeys(("roi", "mroi", "limit_price"), ratio),
}
_LETTER, _WIDEST = 8, 640  # px
_CAN_BE_UNKNOWN = ("response_low", "response_high", "reference_spend", "change", "limit_price")


def spend_view(table: pd.DataFrame, planner: Planner, *, name: str, key: str) -> None:
    """Show a table of spends with readable columns; `name` heads its index.

    Columns that are unknown in every row are left out, and a sentence says why there are no intervals.
    """
    unknown = [column for column in _CAN_BE_UNKNOWN if column in table and table[column].isna().all()]
    if planner.curves is not None and not planner.curves.has_largest_spend:
        unknown.append("extrapolated")
    shown = [column for column in _NAMES if column in table.columns and column not in unknown]
    if "binding" in shown:
        table = table.assign(binding=[in_style(said) for said in table["binding"]])
    st.dataframe(
        written(table[shown], {column: write for column, write in _WRITTEN.items() if column in shown}),
        key=key,
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={"_index": st.column_config.TextColumn(name, pinned=True)}
        | {column: _config(column, planner) for column in shown}
        | ({"binding": _held_by(table["binding"])} if "binding" in shown else {}),
    )
    if reason := missing_intervals(table, planner.curves):
        st.caption(reason)


def _held_by(said: pd.Series) -> ColumnConfig:
    """Wide enough for the longest text, which the table would cut off."""
    width = min(max(_LETTER * int(said.str.len().max()) + 24, 120), _WIDEST)
    return st.column_config.TextColumn(_NAMES["binding"], help=_HELP["binding"], width=width)


def export_view(table: pd.DataFrame, cents: Cents, *, key: str) -> None:
    """Preview an exported table under its own column names, with numbers as people read them."""
    formats: dict[str, Callable[[float], str]] = dict.fromkeys(
        ("spend", "reference_spend", "change"), partial(number, digits=cents.shown)
    )
    formats |= dict.fromkeys(("roi", "mroi"), ratio)
    formats |= dict.fromkeys(("share_of_group", "share_of_budget"), partial(percent, digits=2))
    formats |= dict.fromkeys(("response", "response_low", "response_high"), number)
    st.dataframe(
        written(table, {column: write for column, write in formats.items() if column in table}),
        key=key,
        hide_index=True,
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
    )


def written(table: pd.DataFrame, formats: Mapping[str, Callable[[float], str]]) -> Styler:
    """A table whose numbers are written in the session's style; they sort and download as the numbers they are."""
    return table.style.format(
        {column: cast(Callable[[object], str], write) for column, write in formats.items()}, na_rep=UNKNOWN
    )


def _config(column: str, planner: Planner) -> ColumnConfig:
    label, explained = _NAMES[column], _HELP.get(column)
    if column == "reference_spend":
        explained = reference_help(planner.source, planner.curves, planner.scenario.reference)
    if column == "response_low":
        label = f"{interval_label(planner.curves, planner.interval) or 'Interval'} {label}"
    if column in ("spend", "reference_spend", "change"):
        label = f"{label} {planner.currency}".strip()
    if column in _WRITTEN:
        return st.column_config.NumberColumn(label, help=explained)
    if column == "extrapolated":
        return st.column_config.CheckboxColumn(label, help=explained)
    return st.column_config.TextColumn(label, help=explained)

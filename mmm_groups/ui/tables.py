"""Tables on the screen: formats and one-sentence explanations of every column."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from mmm_groups.ui.format import UNKNOWN
from mmm_groups.ui.source_words import interval_label, missing_intervals, reference_help
from mmm_groups.ui.state import Planner

_HELP = {
    "spend": "Money over the whole planning window.",
    "share": "Share of all money.",
    "response": "Mean of the incremental outcome that this spend causes.",
    "response_low": "Lower end of the interval that holds the response with this probability.",
    "response_high": "Upper end of the interval that holds the response with this probability.",
    "roi": "Response per unit of currency spent.",
    "mroi": "Response to the next unit of currency: what decides where more money should go.",
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
_CAN_BE_UNKNOWN = ("response_low", "response_high", "reference_spend", "change", "limit_price")


def spend_view(table: pd.DataFrame, planner: Planner, *, name: str, key: str) -> None:
    """Show a table of spends with readable columns; `name` heads its index.

    Columns that are unknown in every row are left out, and a sentence says why there are no intervals.
    """
    unknown = [column for column in _CAN_BE_UNKNOWN if column in table and table[column].isna().all()]
    if planner.curves is not None and not planner.curves.has_largest_spend:
        unknown.append("extrapolated")
    shown = [column for column in _NAMES if column in table.columns and column not in unknown]
    st.dataframe(
        table[shown],
        key=key,
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config={"_index": st.column_config.TextColumn(name, pinned=True)}
        | {column: _config(column, planner) for column in shown},
    )
    if reason := missing_intervals(table, planner.curves):
        st.caption(reason)


def export_view(table: pd.DataFrame, *, key: str) -> None:
    """Preview an exported table under its own column names, with numbers as people read them."""
    formats = {"spend": "%,.2f", "reference_spend": "%,.2f", "change": "%,.2f", "roi": "%.2f", "mroi": "%.2f"}
    formats |= dict.fromkeys(("share_of_group", "share_of_budget"), "percent")
    formats |= dict.fromkeys(("response", "response_low", "response_high"), "%,.0f")
    columns = {name: st.column_config.NumberColumn(format=shape) for name, shape in formats.items()}
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config=columns,
    )


def _config(column: str, planner: Planner) -> ColumnConfig:
    label, explained = _NAMES[column], _HELP.get(column)
    if column == "reference_spend":
        explained = reference_help(planner.source)
    if column == "response_low":
        label = f"{interval_label(planner.curves, planner.interval) or 'Interval'} {label}"
    if column in ("spend", "reference_spend", "change"):
        return st.column_config.NumberColumn(f"{label} {planner.currency}".strip(), help=explained, format="%,.0f")
    if column in ("share", "split"):
        return st.column_config.NumberColumn(label, help=explained, format="percent")
    if column in ("response", "response_low", "response_high"):
        return st.column_config.NumberColumn(label, help=explained, format="%,.0f")
    if column in ("roi", "mroi", "limit_price"):
        return st.column_config.NumberColumn(label, help=explained, format="%.2f")
    if column == "extrapolated":
        return st.column_config.CheckboxColumn(label, help=explained)
    return st.column_config.TextColumn(label, help=explained, width="medium")

"""Channels shared out over the rows that an agency books, from a table that the planner uploads."""

from functools import partial

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import UNKNOWN, number, percent, plain
from mmm_groups.errors import DisaggregationError, MmmGroupsError
from mmm_groups.export.disaggregation import disaggregate, unmapped
from mmm_groups.export.plan_tables import cents_of, plan_table
from mmm_groups.scenario.export_mapping import Basis, DisaggregationMappingConfig
from mmm_groups.sentences import some_of
from mmm_groups.tables.ends import with_ends
from mmm_groups.tables.formulas import inert_csv
from mmm_groups.tables.lined_table import understood
from mmm_groups.tables.spreadsheet import read_table
from mmm_groups.ui.export.export_files import export_rows
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result
from mmm_groups.ui.widgets.choices import one_of

_BASES: dict[Basis, str] = {
    "given_shares": "Shares of the channel (1 or 100 in all)",
    "historical_spend": "Money spent so far, in proportion",
}
_GUESSES = {
    "channel": ("channel", "modelled channel", "medium"),
    "row": ("campaign", "row", "line", "ad set", "placement", "name"),
    "value": ("share", "shares", "spend", "cost", "amount", "value", "budget"),
}
_NAMES_SHOWN = 8


def rows_panel(current: Planner, final: Result) -> None:
    """Upload a table, say which column is what, see the rows and take them along."""
    with st.expander("Part channels into campaigns or other rows", icon=":material/account_tree:"):
        st.caption(
            "The model knows nothing below its channels, so these rows only share out money that is already planned; "
            "no response is told for them. Upload a table with one line for each row: the channel, the name of the "
            "row, and its share or what it spent so far."
        )
        _example(final)
        upload = st.file_uploader("CSV or Excel file", type=["csv", "txt", "xlsx"], key="rows-file", max_upload_size=20)
        if upload is not None:
            try:
                _columns(read_table(upload.getvalue(), upload.name), final)
            except MmmGroupsError as error:
                st.error(plain(error), icon=":material/error:")
        if current.scenario.kept.export_mapping is not None:
            _rows(current, final)


def _example(final: Result) -> None:
    table = plan_table(final.plan)
    example = pd.DataFrame({"channel": table["channel"], "campaign": table["channel"], "share": 1})
    st.download_button(
        "Table to fill in",
        with_ends(inert_csv(example), "rows"),
        file_name="campaigns.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key="rows-template",
    )


def _columns(table: pd.DataFrame, final: Result) -> None:
    names = [str(column) for column in table.columns]
    places = st.columns(4, gap="small")
    chosen = {
        what: one_of(names, place.selectbox(label, names, index=_guess(names, _GUESSES[what], nth), key=f"rows-{what}"))
        for nth, (place, what, label) in enumerate(
            zip(
                places,
                _GUESSES,
                ("Channel is in", "Row is in", "Number is in"),
                strict=False,
            )
        )
    }
    looks_like_money = chosen["value"].casefold() in ("spend", "cost", "amount", "budget")
    basis = places[3].selectbox(
        "The numbers are",
        list(_BASES),
        index=int(looks_like_money),
        format_func=lambda basis: _BASES[basis],
        key="rows-basis",
    )
    st.caption(plain(understood(table)))
    try:
        made = DisaggregationMappingConfig.from_table(table, **chosen, basis=one_of(_BASES, basis))
        made = made.named_as(final.plan.channel_spends.index)
        disaggregate(final.plan, made)  # so that a channel it does not have is named before the table is used
    except DisaggregationError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.button("Use this table", key="use-rows", type="primary", on_click=safe_change(_use), args=(made,))


def _guess(names: list[str], wanted: tuple[str, ...], otherwise: int) -> int:
    """Place of the first column that is called like one of `wanted`."""
    lower = [name.casefold().strip() for name in names]
    found = [lower.index(name) for name in wanted if name in lower]
    return found[0] if found else min(otherwise, len(names) - 1)


def _use(made: DisaggregationMappingConfig) -> None:
    planner().change_kept(export_mapping=made)


def _drop() -> None:
    planner().change_kept(export_mapping=None)


def _rows(current: Planner, final: Result) -> None:
    try:
        table = export_rows(current, final)
    except DisaggregationError as error:
        st.error(plain(error), icon=":material/error:")
        st.button("Forget this table", key="drop-rows", on_click=safe_change(_drop))
        return
    if table is None or current.scenario.kept.export_mapping is None:
        return
    left = unmapped(final.plan, current.scenario.kept.export_mapping)
    count = len(table) - len(left)
    said = f"{count} rows for {table['channel'].nunique() - len(left)} channels; each keeps its money to the cent."
    if left:
        names = some_of(left, _NAMES_SHOWN)
        said += f" Not in your table, and left as one row each: {names}."
    st.markdown(plain(said))
    write = partial(number, digits=cents_of(final.plan).shown)
    st.dataframe(
        written(table, {"share_of_channel": partial(percent, digits=2), "spend": write}),
        key="export-rows",
        hide_index=True,
        width="stretch",
        placeholder=UNKNOWN,
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.download_button(
            "Rows as CSV",
            inert_csv(table, money=("spend",), decimals=cents_of(final.plan).shown),
            file_name=current.file_name("plan_rows", "csv"),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="rows-csv",
        )
        st.button("Forget this table", key="drop-rows", on_click=safe_change(_drop), type="tertiary")
        st.caption("The Excel workbook has them as a sheet.", width="content")

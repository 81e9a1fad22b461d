"""The Export page's downloads, one line on each, and a preview of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import money, number, plain
from mmm_groups.errors import DisaggregationError, FlightingError, MmmGroupsError
from mmm_groups.export.html_page import report_html
from mmm_groups.export.json import plan_json
from mmm_groups.export.media_plan_tables import media_plan_csv
from mmm_groups.export.plan_tables import (
    cents_of,
    flighting_csv,
    flighting_table,
    group_csv,
    group_table,
    plan_csv,
    plan_table,
)
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import workbook
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.plan.plan import Plan
from mmm_groups.ui.export.export_files import export_rows, with_checks, with_media_plan
from mmm_groups.ui.panels.spend_tables import export_view, written
from mmm_groups.ui.planner.plan_findings import shown_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_VIEWS = ("By channel", "By group", "By date")


@dataclass(frozen=True)
class _File:
    """One download: what stands on its button, and how it is made when it is clicked."""

    label: str
    what: str
    ending: str
    mime: str
    make: Callable[[], str | bytes]
    is_main: bool = False


@dataclass(frozen=True)
class _Card:
    """One kind of files: its title, a line on what is inside, and the downloads."""

    key: str
    title: str
    about: str
    files: tuple[_File, ...]


def downloads(planner: Planner, final: Result, report: PlanReport) -> None:
    """Four kinds of files, each with a line on what is inside."""
    try:
        rows = export_rows(planner, final)
    except DisaggregationError:  # the panel of these rows says why, and offers to forget them
        rows = None
    places = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    cards = (
        _report_card(planner, final, report),
        _workbook_card(planner, final, report, rows),
        _csv_card(planner, report),
        _json_card(final, report),
    )
    for place, card in zip(places, cards, strict=True):
        with place, st.container(border=True, height="stretch", key=f"export-{card.key}"):
            st.markdown(f"**{card.title}**")
            st.caption(card.about)
            with st.container(horizontal=True, gap="small"):
                for file in card.files:
                    _button(planner, file)


def _report_card(planner: Planner, final: Result, report: PlanReport) -> _Card:
    def make() -> str:
        return report_html(with_media_plan(with_checks(report, final), planner))

    return _Card(
        "report",
        ":material/summarize: Report",
        "For a meeting: headline figures, charts, reasons, checks and assumptions on one page. Opens in any browser "
        "without a network, and prints to PDF.",
        (_File("Download report", "report", "html", "text/html", make, is_main=True),),
    )


def _workbook_card(planner: Planner, final: Result, report: PlanReport, rows: pd.DataFrame | None) -> _Card:
    def make() -> bytes:
        return workbook(with_media_plan(with_checks(report, final), planner), rows)

    shown = planner.scenario.media_plans.shown
    more = f", “{plain(shown)}” over time" if shown is not None else ""
    more += " and your export rows" if rows is not None else ""
    return _Card(
        "excel",
        ":material/table_view: Excel workbook",
        f"For a spreadsheet: the plan by group and by channel, money by date, limits, checks, inputs{more}, a sheet "
        "each.",
        (_File("Download Excel", "plan", "xlsx", _XLSX, make, is_main=True),),
    )


def _csv_card(planner: Planner, report: PlanReport) -> _Card:
    return _Card(
        "csv",
        ":material/csv: CSV",
        "For other tools: one plain table a file.",
        (*_csv_files(report.plan), *_media_plan_files(planner, report)),
    )


def _json_card(final: Result, report: PlanReport) -> _Card:
    def make() -> str:
        return plan_json(with_checks(report, final))

    return _Card(
        "json",
        ":material/data_object: JSON",
        "For programs: all figures, sentences and inputs in one document.",
        (_File("Download JSON", "plan", "json", "application/json", make),),
    )


def preview(planner: Planner, final: Result) -> None:
    """The tables as they leave, one at a time."""
    plan = final.plan
    total = money(plan_table(plan)["spend"].sum(), planner.currency)
    st.subheader("What is inside", anchor=False)
    st.caption(plain(f"{planner.window_and_dates}. Amounts add up to {total}, to the cent."))
    view = st.segmented_control(
        "Table", _VIEWS, default=_VIEWS[0], required=True, label_visibility="collapsed", key="export-view"
    )
    if view == "By date":
        try:
            table = flighting_table(plan)
        except FlightingError as error:
            st.info(plain(error), icon=":material/info:")
            return
        names, write = [str(name) for name in table.columns], partial(number, digits=cents_of(plan).shown)
        st.dataframe(
            written(table, dict.fromkeys(names, write)),
            key="export-dates",
            width="stretch",
            height="content",
            column_config={"_index": st.column_config.DateColumn("Date", pinned=True)}
            | {name: st.column_config.NumberColumn(plain(name)) for name in names},
        )
        return
    export_view(plan_table(plan) if view == "By channel" else group_table(plan), cents_of(plan), key=f"export-{view}")


def _csv_files(plan: Plan) -> list[_File]:
    files = [
        _File("By channel", "plan", "csv", "text/csv", lambda: plan_csv(plan)),
        _File("By group", "plan_by_group", "csv", "text/csv", lambda: group_csv(plan)),
    ]
    if not plan.problem.channel_curves.flighting.empty:
        files.append(_File("By date", "plan_by_date", "csv", "text/csv", lambda: flighting_csv(plan)))
    return files


def _media_plan_files(planner: Planner, report: PlanReport) -> list[_File]:
    """The shown media plan by date and channel, with its response; none where it is not for this window."""
    try:
        plan = shown_plan(planner)
    except MmmGroupsError:
        return []  # the page of plans over time says why

    def make() -> str:
        found = with_media_plan(report, planner).media_plan
        return media_plan_csv(found) if isinstance(found, PlanEvaluation) else str(found)

    return [] if plan is None else [_File("Plan over time", "plan_over_time", "csv", "text/csv", make)]


def _button(planner: Planner, file: _File) -> None:
    st.download_button(
        file.label,
        file.make,
        file_name=planner.file_name(file.what, file.ending),
        mime=file.mime,
        icon=":material/download:",
        on_click="ignore",
        type="primary" if file.is_main else "secondary",
        key=f"download-{file.what}-{file.ending}",
    )

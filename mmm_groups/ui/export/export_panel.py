"""The Export page's downloads, one line on each, and a preview of the tables."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mmm_groups.display.numbers import money, plain
from mmm_groups.errors import DisaggregationError, FlightingError
from mmm_groups.export.html_page import report_html
from mmm_groups.export.json import plan_json
from mmm_groups.export.plan_tables import flighting_csv, flighting_table, group_csv, group_table, plan_csv, plan_table
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import workbook
from mmm_groups.ui.export.export_files import export_rows, with_checks
from mmm_groups.ui.panels.spend_tables import export_view
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


def downloads(planner: Planner, final: Result, report: PlanReport) -> None:
    """Four kinds of files, each with a line on what is inside."""
    try:
        rows = export_rows(planner, final)
    except DisaggregationError:  # the panel of these rows says why, and offers to forget them
        rows = None
    more = " and your export rows" if rows is not None else ""
    cards: list[tuple[str, str, str, list[_File]]] = [
        (
            ":material/summarize: Report",
            "For a meeting: headline figures, charts, reasons, checks and assumptions on one page. Opens in any "
            "browser without a network, and prints to PDF.",
            "report",
            [
                _File(
                    "Download report",
                    "report",
                    "html",
                    "text/html",
                    lambda: report_html(with_checks(report, final)),
                    is_main=True,
                )
            ],
        ),
        (
            ":material/table_view: Excel workbook",
            f"For a spreadsheet: the plan by group and by channel, money by date, limits, checks, inputs{more}, "
            "a sheet each.",
            "excel",
            [
                _File(
                    "Download Excel",
                    "plan",
                    "xlsx",
                    _XLSX,
                    lambda: workbook(with_checks(report, final), rows),
                    is_main=True,
                )
            ],
        ),
        (":material/csv: CSV", "For other tools: one plain table a file.", "csv", _csv_files(report)),
        (
            ":material/data_object: JSON",
            "For programs: all figures, sentences and inputs in one document.",
            "json",
            [_File("Download JSON", "plan", "json", "application/json", lambda: plan_json(with_checks(report, final)))],
        ),
    ]
    places = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    for place, (title, about, key, files) in zip(places, cards, strict=True):
        with place, st.container(border=True, height="stretch", key=f"export-{key}"):
            st.markdown(f"**{title}**")
            st.caption(about)
            with st.container(horizontal=True, gap="small"):
                for file in files:
                    _button(planner, file)


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
        st.dataframe(
            table,
            key="export-dates",
            width="stretch",
            height="content",
            column_config={"_index": st.column_config.DateColumn("Date", pinned=True)}
            | {str(name): st.column_config.NumberColumn(plain(str(name)), format="%,.2f") for name in table.columns},
        )
        return
    export_view(plan_table(plan) if view == "By channel" else group_table(plan), key=f"export-{view}")


def _csv_files(report: PlanReport) -> list[_File]:
    plan = report.plan
    files = [
        _File("By channel", "plan", "csv", "text/csv", lambda: plan_csv(plan)),
        _File("By group", "plan_by_group", "csv", "text/csv", lambda: group_csv(plan)),
    ]
    if not plan.problem.channel_curves.flighting.empty:
        files.append(_File("By date", "plan_by_date", "csv", "text/csv", lambda: flighting_csv(plan)))
    return files


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

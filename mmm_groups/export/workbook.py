"""A plan as an Excel workbook: the plan, its money by date, its limits, its checks and what it rests on."""

import io
from collections.abc import Sequence

import pandas as pd
from openpyxl import Workbook

from mmm_groups.errors import FlightingError
from mmm_groups.export import disaggregation
from mmm_groups.export.media_plan_tables import media_plan_dates
from mmm_groups.export.plan_tables import cents_of, flighting_table, group_table, limits_table, plan_table
from mmm_groups.export.report import PlanReport, Unit
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.labelled import column_of, dates_of, labels_of, number, number_at, rows_of
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.problem.utilities import cases_of
from mmm_groups.tables.sheets import Column, Kind, Typed, add_sheet

SHEETS = (
    "Summary",
    "Plan by group",
    "Plan by channel",
    "Flighting",
    "Constraints",
    "Consistency",
    "Scenario inputs",
    "Explanations",
)
ROWS_SHEET = "Export rows"
MEDIA_PLAN_SHEET = "Media plan"
_KINDS: dict[Unit, Kind] = {"money": "money", "response": "number", "ratio": "ratio", "share": "share"}

type Sheet = tuple[list[Column], list[Sequence[object]], bool]


def workbook(report: PlanReport, export_rows: pd.DataFrame | None = None) -> bytes:
    """The report as an .xlsx file.

    Money is in cents that add up: channels to their group, dates to their channel, all to the budget. Names are stored
    as text whatever they begin with, so that none becomes a formula.

    Parameters
    ----------
    report : PlanReport
    export_rows : pd.DataFrame, optional
        From `disaggregate`; a sheet of its own.

    Returns
    -------
    bytes
        With the sheets of `SHEETS`; `Media plan` if the report has one, and `Export rows` if those are given.
    """
    book = Workbook()
    del book["Sheet"]
    book.properties.title = report.title
    book.properties.creator = "mmm_groups"
    book.properties.created = report.made.replace(tzinfo=None)
    makers = (_summary, _by_group, _by_channel, _flighting, _constraints, _consistency, _inputs, _explanations)
    sheets = {name: make(report) for name, make in zip(SHEETS, makers, strict=True)}
    if report.media_plan is not None:
        sheets[MEDIA_PLAN_SHEET] = _media_plan(report.media_plan)
    if export_rows is not None:
        sheets[ROWS_SHEET] = _export_rows(export_rows, report)
    for name, (columns, rows, has_total) in sheets.items():
        add_sheet(
            book,
            name,
            columns,
            rows,
            report.currency,
            has_total=has_total,
            decimals=cents_of(report.plan).shown,
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _summary(report: PlanReport) -> Sheet:
    mass = f"{100 * report.plan.interval:.4g} % interval"
    columns = [
        Column("Figure"),
        Column("Value", "mixed"),
        Column(f"{mass} from", "mixed"),
        Column(f"{mass} to", "mixed"),
        Column("Unit"),
    ]
    units = {
        "money": report.currency or "currency",
        "response": report.target,
        "ratio": f"{report.target} per {report.currency or 'unit of money'}",
        "share": "",
    }
    rows: list[Sequence[object]] = [
        (
            line.label,
            *(Typed(value, _KINDS[line.unit]) for value in (line.value, line.low, line.high)),
            units[line.unit],
        )
        for line in report.headlines
    ]
    about = {
        "Plan": report.title,
        "Planned on": report.source,
        "Window": report.window,
        "Made": Typed(report.made.replace(tzinfo=None), "date"),
        "Fingerprint": report.fingerprint or "unknown",
        "In a sentence": report.reference_sentence,
    }
    return columns, [*rows, *((name, value, None, None, None) for name, value in about.items())], False


def _by_group(report: PlanReport) -> Sheet:
    table = group_table(report.plan)
    columns = [Column("Group"), Column("Channels"), *_FIGURES, Column("Limit worth", "ratio")]
    return columns, [*_values(table), _total(report, table, blank=2)], True


def _by_channel(report: PlanReport) -> Sheet:
    table = plan_table(report.plan)
    columns = [Column("Group"), Column("Channel"), Column("Share of group", "share"), *_FIGURES]
    if "assumed_part_of" in table:  # the model knows no such channel
        columns.append(Column("Assumed part of"))
    return columns, [*_values(table), _total(report, table, blank=3)], True


_FIGURES = (
    Column("Spend", "money"),
    Column("Share of budget", "share"),
    Column("Reference spend", "money"),
    Column("Change", "money"),
    Column("Response", "number"),
    Column("Response from", "number"),
    Column("Response to", "number"),
    Column("ROI", "ratio"),
    Column("mROI", "ratio"),
    Column("Beyond history"),
    Column("Held by"),
)


def _values(table: pd.DataFrame) -> list[Sequence[object]]:
    return [tuple(row.values()) for row in rows_of(table)]


def _total(report: PlanReport, table: pd.DataFrame, blank: int) -> Sequence[object]:
    plan, cents = report.plan, cents_of(report.plan)
    spend, response = cents.rounded(column_of(table, "spend").sum()), report.headlines[1]
    figures: dict[str, object] = {
        "spend": spend,
        "share_of_budget": column_of(table, "share_of_budget").sum(),
        "reference_spend": column_of(table, "reference_spend").sum(skipna=False),
        "change": cents.rounded(column_of(table, "change").sum(skipna=False)),
        "response": response.value,
        "response_low": response.low,
        "response_high": response.high,
        "roi": response.value / plan.total if plan.total > 0 else None,
    }
    return ["Total", *[None] * (blank - 1), *(figures.get(name) for name in table.columns[blank:])]


def _flighting(report: PlanReport) -> Sheet:
    try:
        table = flighting_table(report.plan)
    except FlightingError as error:
        return [Column("Flighting", "long")], [(str(error),)], False
    columns = [
        Column("Date", "date"),
        *(Column(str(name), "money") for name in table.columns),
        Column("Total", "money"),
    ]
    cents = cents_of(report.plan)
    rows: list[Sequence[object]] = []
    for day, row in zip(dates_of(table), rows_of(table), strict=True):
        spends = [number(spend) for spend in row.values()]
        rows.append((day.to_pydatetime(), *spends, cents.rounded(sum(spends))))
    sums = [cents.rounded(column_of(table, str(name)).sum()) for name in table.columns]
    return columns, [*rows, ("Total", *sums, cents.rounded(sum(sums)))], True


def _media_plan(found: PlanEvaluation | MarkedText) -> Sheet:
    if isinstance(found, MarkedText):
        return [Column("Media plan", "long")], [(found,)], False
    table = media_plan_dates(found)
    money = [*found.plan.channels, "Total"]
    columns = [
        Column("Date", "date"),
        *(Column(str(name), "money" if name in money else "number") for name in table.columns),
    ]
    is_dated = isinstance(table.index, pd.DatetimeIndex)
    days = [day.to_pydatetime() for day in dates_of(table)] if is_dated else labels_of(table)
    rows: list[Sequence[object]] = [(day, *row) for day, row in zip(days, _values(table), strict=True)]
    summed = {*money, "Response"}
    sums = [column_of(table, name).sum() if name in summed else None for name in map(str, table.columns)]
    return columns, [*rows, ("Total", *sums)], True


def _constraints(report: PlanReport) -> Sheet:
    columns = [
        Column("Limit"),
        Column("Channels"),
        Column("At least", "money"),
        Column("At most", "money"),
        Column("The plan spends", "money"),
        Column("Holds the plan back"),
        Column("Shadow price", "ratio"),
    ]
    return columns, _values(limits_table(report.plan)), False


def _consistency(report: PlanReport) -> Sheet:
    found = report.consistency
    columns = [
        Column("What"),
        Column("Finding", "long"),
        Column("Holds"),
        Column("Figure", "mixed"),
        Column("Worth in budget", "money"),
    ]
    if found is None:
        return columns, [("Not worked out", "The checks take a search of their own here.", None, None, None)], False
    rows: list[Sequence[object]] = [
        (check.name, check.finding, bool(check.holds), Typed(float(check.error), "mixed"), None)
        for check in found.checks
    ]
    low, high = found.uplift_interval
    cases = MarkedText(cases_of(report.plan.problem.utility))
    cost = f"Response{cases} that deciding over groups with this split gives up against deciding channel by channel."
    rows.append(
        ("Grouping gives up", cost, None, Typed(found.cost_of_grouping, "number"), found.cost_of_grouping_money)
    )
    for name in labels_of(found.by_group):
        row = {column: number_at(found.by_group, name, column) for column in map(str, found.by_group)}
        split = f"Response{cases} that the split of {name} gives up against the best split of the same money."
        rows.append((f"{name}: split", split, None, Typed(row["split_loss"], "number"), row["split_loss_money"]))
        error = f"What the curve of {name} predicts less what its channels earn."
        loss, money = row["aggregation_error"], row["aggregation_error_money"]
        rows.append((f"{name}: aggregation", error, None, Typed(loss, "number"), money))
    change = MarkedText(
        f"Response of the plan less that of the reference; its interval goes from {marked_amount(low)} to "
        f"{marked_amount(high)}."
    )
    rows.append(("Against the reference", change, None, Typed(float(found.uplift.mean()), "number"), None))
    return columns, rows, False


def _inputs(report: PlanReport) -> Sheet:
    return [Column("Input"), Column("Value", "long")], list(report.inputs.items()), False


def _explanations(report: PlanReport) -> Sheet:
    columns = [Column("Part"), Column("About"), Column("Explanation", "long")]
    rows: list[Sequence[object]] = [("Why", name or "Budget", text) for name, text in report.reasons]
    rows += [("What limits are worth", None, text) for text in report.limits]
    rows += [("Assumption", topic, text) for topic, text in report.assumptions.items()]
    rows += [("Column", name, text) for name, text in _MEANINGS.items()]
    return columns, rows, False


_MEANINGS = {
    "Spend": "Money over the whole planning window.",
    "Response": "Mean of the incremental outcome that this spend causes, with its interval.",
    "ROI": "Response per unit of money spent.",
    "mROI": "Response to the next unit of money: what decides where more money should go.",
    "Beyond history": "More than any window of this length ever saw: the model extrapolates.",
    "Shadow price": "What one more unit of money would bring if it loosened the limit: a higher maximum, a lower "
    "minimum, another lock. In units of the goal.",
}


def _export_rows(table: pd.DataFrame, report: PlanReport) -> Sheet:
    columns = [
        Column("Group"),
        Column("Channel"),
        Column("Row"),
        Column("Share of channel", "share"),
        Column("Spend", "money"),
        Column("Mapped"),
    ]
    rows = _values(table[list(disaggregation.COLUMNS)])
    total = cents_of(report.plan).rounded(column_of(table, "spend").sum())
    return columns, [*rows, ("Total", None, None, None, total, None)], True

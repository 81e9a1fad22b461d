"""The workbook is read back as a spreadsheet reads it: typed cells, sums to the cent, no formulas."""

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import SHEETS, workbook
from mmm_groups.scenario.run import source_of
from mmm_groups.tables.sheets import money_format

MADE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
EVIL = ["=1+1", "+49 tv", "-5 % deal", "@radio", "\tpress", " =2", "plain"]


@pytest.fixture(scope="module")
def report(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> PlanReport:
    build = mg.ConstraintBuilder
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4_400_000.37),
        groups=platforms,
        constraints=[build.group_max_spend(["tiktok"], 3e5)],
    )
    return PlanReport(plan, mg.consistency(plan), "Demo", MADE, "€", "Spring")


@pytest.fixture(scope="module")
def book(report: PlanReport) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(report)))


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def cents(value: object) -> int:
    assert isinstance(value, float | int)
    return round(100 * value)


def test_the_sheets_stand_there_in_order(book: Workbook) -> None:
    assert tuple(book.sheetnames) == SHEETS
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "B2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(dimension.width >= 10 for dimension in sheet.column_dimensions.values())


def test_all_sums_are_the_budget_to_the_cent(book: Workbook) -> None:
    groups, channels, dates = (rows(book[name]) for name in SHEETS[1:4])
    by_channel = {row["Channel"]: cents(row["Spend"]) for row in channels[:-1]}
    assert sum(by_channel.values()) == cents(channels[-1]["Spend"]) == 440_000_037
    assert sum(cents(row["Spend"]) for row in groups[:-1]) == cents(groups[-1]["Spend"]) == 440_000_037
    for group in groups[:-1]:
        assert cents(group["Spend"]) == sum(by_channel[name] for name in str(group["Channels"]).split("; "))
    for channel, spend in by_channel.items():
        assert sum(cents(row[str(channel)]) for row in dates[:-1]) == spend == cents(dates[-1][str(channel)])
    assert all(sum(cents(row[str(name)]) for name in by_channel) == cents(row["Total"]) for row in dates)
    assert [row["Date"] for row in dates[:-1]] == list(pd.date_range("2026-01-05", "2026-03-30", freq="W-MON"))
    assert dates[-1]["Total"] == pytest.approx(4_400_000.37)


def test_cells_are_typed_and_formatted(book: Workbook) -> None:
    sheet = book["Plan by channel"]
    head = [cell.value for cell in sheet[1]]
    cells = dict(zip(head, sheet[2], strict=True))
    assert cells["Spend"].number_format == '"€"#,##0.00;-"€"#,##0.00'
    assert (cells["Share of group"].number_format, cells["ROI"].number_format) == ("0.0%", "0.00")
    assert {cells[name].data_type for name in ("Spend", "ROI", "Response", "Share of budget")} == {"n"}
    assert (cells["Channel"].data_type, cells["Beyond history"].value) == ("s", "no")
    assert book["Flighting"]["A2"].is_date


def test_figures_are_the_plans(book: Workbook, report: PlanReport) -> None:
    plan = report.plan
    for row in rows(book["Plan by group"])[:-1]:
        own = plan.groups.loc[str(row["Group"])]
        assert row["Response"] == pytest.approx(own["response"])
        assert row["Response from"] == pytest.approx(own["response_low"])
        assert row["mROI"] == pytest.approx(own["mroi"])
    limits = {row["Limit"]: row for row in rows(book["Constraints"])}
    cap = limits["tiktok at most 300,000"]
    assert (cap["Holds the plan back"], cap["At most"]) == ("yes", 3e5)
    assert cap["Shadow price"] == pytest.approx(plan.shadow_prices["group_max_spend[tiktok]"])
    summary = {row["Figure"]: row for row in rows(book["Summary"])}
    assert summary["Response"]["Value"] == pytest.approx(float(plan.response.mean()))
    assert summary["P(better than the reference)"]["Value"] == plan.probability_better
    assert summary["Fingerprint"]["Value"] == plan.problem.channel_curves.origin.model_hash
    assert summary["Made"]["Value"] == MADE.replace(tzinfo=None)
    checks = {row["What"]: row for row in rows(book["Consistency"])}
    assert checks["Money is conserved"]["Holds"] == "yes"
    assert report.consistency is not None
    assert checks["Grouping gives up"]["Figure"] == pytest.approx(report.consistency.cost_of_grouping)
    told = [str(row["Explanation"]) for row in rows(book["Explanations"])]
    assert any(text.startswith("gains €126,345 and gets €300,000") for text in told)
    assert any("spread evenly over the dates" in text for text in told)


def test_no_name_becomes_a_formula_and_all_read_back() -> None:
    scales = [float(place + 1) for place in range(len(EVIL))]
    curves = root_curves(scales)
    named = mg.ResponseCurves.from_arrays(
        EVIL, curves.spend.values, curves.response.values, curves.historical_spend.set_axis(EVIL, axis=1)
    )
    plan = mg.optimize(named, goal=mg.FixedBudget(50.0), groups=mg.ChannelGroups({"=cmd|' /C calc'!A0": EVIL[:2]}))
    report = PlanReport(plan, None, "=source", MADE, "=€", "=HYPERLINK(1)")
    book = openpyxl.load_workbook(io.BytesIO(workbook(report)))
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    sheet = book["Plan by channel"]
    assert {str(row["Channel"]) for row in rows(sheet)[:-1]} == set(EVIL)
    marked = {cell.value: cell.quotePrefix for cell in sheet["B"]}
    assert marked["=1+1"]
    assert marked["@radio"]
    assert not marked["plain"]


def test_what_xml_cannot_hold_is_replaced() -> None:
    curves = root_curves([1.0, 2.0, 3.0])
    names = ["bell\a", "line\rbreak", "_x0041_"]
    named = mg.ResponseCurves.from_arrays(
        names, curves.spend.values, curves.response.values, curves.historical_spend.set_axis(names, axis=1)
    )
    plan = mg.optimize(named, goal=mg.FixedBudget(50.0))
    book = openpyxl.load_workbook(io.BytesIO(workbook(PlanReport(plan, None, "x", MADE))))
    # Excel shows its escapes as what they stand for: _x000D_ is a carriage return, _x005F_ a plain underscore.
    assert {row["Channel"] for row in rows(book["Plan by channel"])[:-1]} == {
        "bell\N{REPLACEMENT CHARACTER}",
        "line_x000D_break",
        "_x005F_x0041_",
    }


def test_what_is_unknown_is_empty_or_said() -> None:
    spend = [[0.0, 50.0, 100.0]] * 2
    curves = mg.ResponseCurves.from_arrays(["a", "b"], spend, [[0.0, 5.0, 7.0], [0.0, 4.0, 6.0]])
    plan = mg.optimize(curves, goal=mg.FixedBudget(50.0))
    book = openpyxl.load_workbook(io.BytesIO(workbook(PlanReport(plan, None, "bare", MADE))))
    first = rows(book["Plan by channel"])[0]
    assert {first[name] for name in ("Reference spend", "Change", "Response from", "Beyond history")} == {None}
    assert "does not say how money is spread over dates" in str(book["Flighting"]["A2"].value)
    assert rows(book["Consistency"])[0]["What"] == "Not worked out"
    assert rows(book["Summary"])[3]["Value"] is None


def test_the_scenario_and_the_rows_have_sheets(report: PlanReport, demo: mg.FittedModel) -> None:
    scenario = mg.read_scenario((Path(__file__).parent.parent / "scenario" / "forms" / "version_1.json").read_text())
    assert scenario.source.channels == source_of(demo).channels
    plan = mg.run_scenario(scenario, demo)
    made = mg.disaggregate(plan, mg.DisaggregationMappingConfig(channels={"tv": {"=A": 0.3, "B": 0.7}}))
    full = PlanReport(plan, None, "Demo", MADE, "CHF", scenario.name, scenario)
    book = openpyxl.load_workbook(io.BytesIO(workbook(full, made)))
    typed = {row["Input"]: row["Value"] for row in rows(book["Scenario inputs"])}
    assert typed["Scenario"] == scenario.name
    assert typed["Goal"] == "fixed budget: total 4,400,000"
    parts = rows(book["Export rows"])
    assert sum(cents(row["Spend"]) for row in parts[:-1]) == cents(parts[-1]["Spend"]) == 440_000_000
    assert [row["Row"] for row in parts if row["Mapped"] == "yes"] == ["=A", "B"]
    assert book["Plan by group"]["C2"].number_format == '"CHF "#,##0.00;-"CHF "#,##0.00'


def test_money_formats_cannot_be_broken_out_of() -> None:
    assert money_format("") == "#,##0.00;-#,##0.00"
    assert money_format('"0') == '"0"#,##0.00;-"0"#,##0.00'

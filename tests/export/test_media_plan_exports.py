"""A media plan in the workbook, in the report and as CSV: money to the cent, response by date, the tail after it."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.export.html_page import report_html
from mmm_groups.export.media_plan_tables import media_plan_csv, media_plan_dates, media_plan_table
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import MEDIA_PLAN_SHEET, SHEETS, workbook
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.marking import MarkedText

WEEKS = pd.date_range("2026-01-05", periods=3, freq="W-MON")


@pytest.fixture(scope="module")
def found() -> mg.PlanEvaluation:
    """Two weeks and one of tail: a response of 1, 2, 3 for each unit of each channel's total, in both of two draws."""
    money = pd.DataFrame({"c0": [10 / 3, 20 / 3], "c1": [0.0, 5.0]}, index=WEEKS[:2].rename("date"))
    plan = mg.MediaPlan(money, "=Agency", "table", Horizon(WEEKS[0], WEEKS[1], "W-MON"))
    by_date = xr.DataArray(
        np.array([1.0, 2.0, 3.0])[None, :, None] * np.array([10.0, 5.0]) * np.array([1.0, 1.0])[:, None, None],
        {"date": WEEKS, "channel": ["c0", "c1"]},
        ("draw", "date", "channel"),
    )
    return mg.PlanEvaluation(
        plan=plan,
        target="sales",
        response=by_date.sum(("date", "channel")),
        channel_response=by_date.sum("date"),
        by_date=by_date,
        total_by_date=by_date.sum("channel"),
        carry_in=xr.DataArray(np.full((2, 2), 7.0), {"date": WEEKS[:2]}, ("draw", "date")),
        is_joint=False,
        marginal_return=1.0,
        largest_spend=pd.Series({"c0": 100.0, "c1": 100.0}),
        largest_on_a_date=pd.Series({"c0": 100.0, "c1": 100.0}),
        interval=0.94,
        notes=(),
    )


@pytest.fixture(scope="module")
def report(found: mg.PlanEvaluation) -> PlanReport:
    plan = mg.optimize(root_curves([3.0, 1.0], history=[10.0, 5.0]), goal=mg.FixedBudget(15.0))
    return PlanReport(plan, None, "Demo", datetime(2026, 3, 4, tzinfo=UTC), "€", media_plan=found)


def test_money_is_to_the_cent_and_the_tail_has_none(found: mg.PlanEvaluation) -> None:
    table = media_plan_table(found)
    assert table["spend"].to_list() == pytest.approx([3.333333, 6.666667, 0.0, 0.0, 5.0, 0.0], abs=1e-5)
    assert table.groupby("channel")["spend"].sum().to_dict() == pytest.approx({"c0": 10.0, "c1": 5.0}, abs=1e-9)
    assert table["response"].to_list() == [10.0, 20.0, 30.0, 5.0, 10.0, 15.0]
    rows = list(csv.DictReader(io.StringIO(media_plan_csv(found))))
    assert [row["date"] for row in rows[:3]] == ["2026-01-05", "2026-01-12", "2026-01-19"]
    dates = media_plan_dates(found)
    assert dates["Total"].sum() == pytest.approx(15.0)
    assert dates["Earlier spend"].to_list() == [7.0, 7.0, 0.0]


def test_the_workbook_has_a_sheet_of_it(report: PlanReport) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report)))
    assert tuple(book.sheetnames) == (*SHEETS, MEDIA_PLAN_SHEET)
    head, *body = book[MEDIA_PLAN_SHEET].iter_rows(values_only=True)
    assert head[:4] == ("Date", "c0", "c1", "Total")
    assert [row[3] for row in body] == pytest.approx([3.333333, 11.666667, 0.0, 15.0], abs=1e-5)
    assert body[-1][4] == 90.0
    refused = workbook(replace(report, media_plan=MarkedText("It is for other dates.")))
    assert openpyxl.load_workbook(io.BytesIO(refused))[MEDIA_PLAN_SHEET]["A2"].value == "It is for other dates."


def test_the_report_has_a_section_of_it(report: PlanReport) -> None:
    html = report_html(report)
    assert "Plan over time: =Agency" in html
    assert re.search(r"spends €15\S* and delivers 90\S* sales", html)
    assert "Its response by date" in html
    assert "Plan over time" not in report_html(replace(report, media_plan=None))


def test_totals_alone_have_one_line_a_channel(found: mg.PlanEvaluation, report: PlanReport) -> None:
    totals = replace(found, by_date=None, total_by_date=None, carry_in=None)
    table = media_plan_table(totals)
    assert table[["channel", "response"]].to_numpy().tolist() == [["c0", 60.0], ["c1", 30.0]]
    assert "Its response by date" not in report_html(replace(report, media_plan=totals))

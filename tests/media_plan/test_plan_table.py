"""Plans out of tables as people send them: what is read is right, what is open is asked, what is wrong is named."""

import io
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import MediaPlanError, TableError

WEEK = pd.Timedelta(weeks=1)


@pytest.fixture(scope="module")
def curves(demo_curves: mg.ResponseCurves) -> mg.ResponseCurves:
    return demo_curves


def read(text: str | bytes | pd.DataFrame, on: Any, **said: Any) -> mg.MediaPlan:
    return mg.MediaPlan.from_table(text, on, **({"missing": "zero"} | said))


def test_every_shape_gives_the_same_plan(curves: mg.ResponseCurves) -> None:
    spend = curves.historical_spend.tail(13)
    assert curves.horizon is not None
    wide = spend.set_axis(curves.horizon.dates)
    long = wide.rename_axis("week").reset_index().melt("week", var_name="medium", value_name="cost")
    totals = wide.sum().rename("budget").rename_axis("medium").reset_index()
    for table, shape in ((wide, "dates x names"), (wide.T, "names x dates"), (long, "one line each")):
        assert mg.read_plan_table(table, curves).shape == shape
        np.testing.assert_allclose(mg.MediaPlan.from_table(table, curves).money, wide)
        csv = table.to_csv(index=shape != "one line each", index_label="name")
        np.testing.assert_allclose(mg.MediaPlan.from_table(csv, curves).money, wide)
    assert mg.read_plan_table(totals, curves).shape == "totals"
    np.testing.assert_allclose(mg.MediaPlan.from_table(totals, curves).totals, wide.sum())
    sideways = wide.sum().to_frame().T
    np.testing.assert_allclose(mg.MediaPlan.from_table(sideways, curves).totals, wide.sum())


AMOUNTS = st.integers(0, 10**9).map(lambda cents: cents / 100)
CALLED = {
    "facebook": ["facebook", "Facebook Ads", "FACEBOOK "],
    "tv": ["tv", "TV", "tv_spend"],
    "radio": ["Radio", "radio"],
}


def english(amount: float) -> str:
    return f"{amount:,.2f}"


def german(amount: float) -> str:
    return english(amount).replace(",", "_").replace(".", ",").replace("_", ".")


WRITERS = {
    "plain": lambda amount: f"{amount:.2f}",
    "english": english,
    "german": german,
    "swiss": lambda amount: english(amount).replace(",", "’"),
    "french": lambda amount: german(amount).replace(".", "\u202f"),
    "euro": lambda amount: f"{german(amount)} €",
    "dollar": lambda amount: f"${english(amount)}",
    "code": lambda amount: f"EUR {german(amount)}",
}
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%G-W%V", "KW %V")


def encoded(rows: list[list[str]], delimiter: str, encoding: str, states: bool) -> bytes:
    def cell(text: str) -> str:
        return f'"{text}"' if delimiter in text or '"' in text else text

    lines = [delimiter.join(map(cell, row)) for row in rows]
    return "\r\n".join(([f"sep={delimiter}"] if states else []) + lines).encode(encoding)


@settings(max_examples=40)
@given(
    money=st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=13, max_size=13),
    names=st.tuples(*(st.sampled_from(called) for called in CALLED.values())),
    write=st.sampled_from(list(WRITERS)),
    day=st.sampled_from(DATES),
    shape=st.sampled_from(["dates x names", "names x dates", "one line each"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    states=st.booleans(),
    totals=st.booleans(),
)
def test_a_plan_written_in_any_dialect_is_read_back(
    demo_curves: mg.ResponseCurves,
    money: list[tuple[float, ...]],
    names: tuple[str, ...],
    write: str,
    day: str,
    shape: str,
    delimiter: str,
    encoding: str,
    states: bool,
    totals: bool,
) -> None:
    assert demo_curves.horizon is not None
    dates = [date.strftime(day) for date in demo_curves.horizon.dates]
    table = np.array(money)
    wide = [[date, *map(WRITERS[write], row)] for date, row in zip(dates, table, strict=True)]
    if totals:
        wide.append(["Total", *map(WRITERS[write], table.sum(axis=0))])
    rows = [["Week", *names], *wide]
    if shape == "names x dates":
        rows = [list(row) for row in zip(*rows, strict=True)]
    elif shape == "one line each":
        cells = [[row[0], name, amount] for row in wide for name, amount in zip(names, row[1:], strict=True)]
        rows = [["Date", "Channel", "Spend"], *[row for row in cells if row[0] != "Total"]]
    plan = read(encoded(rows, delimiter, encoding, states), demo_curves)
    np.testing.assert_allclose(plan.money[list(CALLED)], table, rtol=1e-12)
    assert (plan.money.drop(columns=list(CALLED)) == 0).all(axis=None)


def test_an_excel_file_with_titles_merged_cells_and_totals(demo: mg.FittedModel) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Agency plan, draft 3"])
    sheet.append([])
    sheet.append(["Medium", "January", None, "Total"])
    sheet.append([None, pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-12"), None])
    sheet.merge_cells("B3:C3")
    for row in (["Facebook", 100, 50, 150], ["TV", 10.5, None, 10.5], ["Total", 110.5, 50, 160.5]):
        sheet.append(row)
    sheet["B5"].number_format = '#,##0.00 "€"'
    file = io.BytesIO()
    book.save(file)
    table = mg.read_plan_table(file.getvalue(), demo, file="plan.xlsx")
    assert table.shape == "names x dates"
    assert [(total.name, total.stated, total.found) for total in table.totals] == [("Total", 160.5, 160.5)] * 2
    plan = mg.MediaPlan.from_table(table, missing="zero", name="Agency")
    assert plan.horizon == demo.horizon("2026-01-05", "2026-01-12")
    assert plan.money["facebook"].tolist() == [100, 50]
    assert plan.money["tv"].tolist() == [10.5, 0]


def test_months_are_spread_by_days_and_that_is_said(demo: mg.FittedModel, curves: mg.ResponseCurves) -> None:
    text = "Channel,Jan 2026,Feb 2026\ntv,310,280\n"
    plan = read(text, demo)
    assert plan.horizon == demo.horizon("2025-12-29", "2026-02-23")
    # 10 a day: the week of 2025-12-29 has four days of January, that of 2026-02-23 six of February.
    assert plan.money["tv"].to_numpy() == pytest.approx([40, *[70] * 7, 60])
    assert any("The money of each month is spread evenly over its days" in note for note in plan.notes)
    table = mg.read_plan_table(text, curves)
    assert table.unit == "month"
    assert table.outside == table.straddling == pytest.approx(40)
    with pytest.raises(MediaPlanError, match=r"40.* of the table's money is on days outside the window"):
        read(text, curves)
    left = read(text, curves, outside="leave_out")
    assert left.total == pytest.approx(550)
    kept = read(text, curves, outside="keep")
    assert kept.total == pytest.approx(590)
    assert kept.money["tv"].iloc[0] == pytest.approx(7 * 310 / 27)
    assert any("40 on days outside the window" in note for note in left.notes)
    assert any("is put on their days inside" in note for note in kept.notes)
    assert any("says nothing of 5 of the 13 dates" in note for note in left.notes)


def test_weeks_of_another_day_are_spread_by_days(demo: mg.FittedModel) -> None:
    sundays = pd.date_range("2026-01-04", periods=3, freq="W-SUN")
    table = pd.DataFrame({"tv": [70.0, 0.0, 7.0]}, index=sundays)
    plan = read(table, demo)
    assert plan.horizon == demo.horizon("2025-12-29", "2026-01-19")
    assert plan.money["tv"].to_numpy() == pytest.approx([10, 60, 1, 6])


def test_first_and_last_days_of_months_are_months(demo: mg.FittedModel) -> None:
    for days in (["2026-02-01", "2026-03-01"], ["2026-02-28", "2026-03-31"]):
        table = mg.read_plan_table(pd.DataFrame({"tv": [280.0, 310.0]}, index=pd.DatetimeIndex(days)), demo)
        assert table.unit == "month"
        plan = mg.MediaPlan.from_table(table, missing="zero")
        assert plan.money["tv"].to_numpy() == pytest.approx([10, *[70] * 8, 20])


def test_quarters_days_and_spans(demo: mg.FittedModel) -> None:
    quarter = read("Channel,Q1 2026\ntv,900\n", demo)
    assert quarter.money["tv"].sum() == pytest.approx(900)
    assert quarter.money["tv"].iloc[1] == pytest.approx(70)
    days = pd.DataFrame({"radio": np.arange(14.0)}, index=pd.date_range("2026-01-05", periods=14))
    assert read(days, demo).money["radio"].tolist() == [21, 70]
    spans = "start,end,channel,money\n2026-01-05,2026-01-18,tv,140\n2026-01-19,2026-02-01,tv,70\n"
    assert read(spans, demo).money["tv"].to_numpy() == pytest.approx([70, 70, 35, 35])
    with pytest.raises(TableError, match="Line 2 ends on 2026-01-01, before it begins"):
        read("start,end,channel,money\n2026-01-05,2026-01-01,tv,140\n", demo)


def test_pasted_lines_need_no_header(curves: mg.ResponseCurves) -> None:
    plan = read("TV\t€ 1.200.000\nRadio\t50.000,50", curves)
    assert plan.totals[["tv", "radio"]].tolist() == pytest.approx([1_200_000, 50_000.5])
    assert "no line names the columns" in plan.notes[0]
    short = read("TV 1\t1.2M\nRadio\t400k €\nSearch\t2 Mio. €", curves, mapping={"TV 1": "tv"})
    assert short.totals[["tv", "radio", "search"]].tolist() == pytest.approx([1_200_000, 400_000, 2_000_000])


def test_a_name_is_asked_about_rather_than_guessed(curves: mg.ResponseCurves) -> None:
    text = "Channel;Budget\nGoogle Search;100\nInsta;50\nAgency fee;7\n"
    table = mg.read_plan_table(text, curves)
    assert [name.written for name in table.unmatched] == ["Google Search", "Insta", "Agency fee"]
    assert [name.suggestions[:1] for name in table.unmatched[:2]] == [("search",), ("instagram",)]
    assert table.unmatched[2].money == 7
    with pytest.raises(MediaPlanError, match=r"'Google Search' \(perhaps search\?\); 'Insta' \(perhaps instagram\?\)"):
        mg.MediaPlan.from_table(table, missing="zero")
    mapping = {"Google Search": "search", "Insta": "instagram", "Agency fee": None}
    assert "search" not in table.missing_with(mapping)
    plan = mg.MediaPlan.from_table(table, mapping=mapping, missing="zero")
    assert plan.totals[["search", "instagram"]].tolist() == pytest.approx([100, 50])
    assert "Left out, 7 in all: Agency fee." in plan.notes
    with pytest.raises(MediaPlanError, match=r"mapping names \['Bing'\], which are not in the table"):
        mg.MediaPlan.from_table(table, mapping=mapping | {"Bing": "search"})
    with pytest.raises(MediaPlanError, match=r"mapping leads to \['bing'\]"):
        mg.MediaPlan.from_table(table, mapping=mapping | {"Insta": "bing"})


def test_what_people_call_a_channel_is_its_name(curves: mg.ResponseCurves) -> None:
    plan = read("Channel,Budget\nOut of home,5\n", curves, display_names={"outdoor": "Out-of-Home"})
    assert plan.totals["outdoor"] == pytest.approx(5)


def test_channels_that_are_missing_are_asked_about(curves: mg.ResponseCurves) -> None:
    text = "Channel,Budget\ntv,5\n"
    assert mg.read_plan_table(text, curves).missing == tuple(name for name in curves.channels if name != "tv")
    with pytest.raises(MediaPlanError, match="Say what they get with missing: zero"):
        mg.MediaPlan.from_table(text, curves)
    usual = mg.MediaPlan.from_table(text, curves, missing="reference")
    assert usual.totals["radio"] == pytest.approx(curves.reference_spend["radio"])


def test_a_groups_money_goes_to_its_channels_by_their_reference(curves: mg.ResponseCurves) -> None:
    groups = {"Meta": ["facebook", "instagram"]}
    plan = read("Channel,Budget\nMETA,100\ntv,5\n", curves, groups=groups)
    reference = curves.reference_spend[["facebook", "instagram"]]
    assert plan.totals[["facebook", "instagram"]].tolist() == pytest.approx(list(100 * reference / reference.sum()))
    assert "The money of Meta is divided over its channels by their reference spend." in plan.notes
    with pytest.raises(MediaPlanError, match="gives money to the group 'Meta' and to channels of it: facebook"):
        read("Channel,Budget\nMeta,100\nfacebook,5\n", curves, groups=groups)


def test_a_channel_that_is_split_takes_money_for_its_parts(curves: mg.ResponseCurves) -> None:
    parted = curves.with_subchannels([mg.SubChannels("tv", {"linear": 0.75, "cable": 0.25})])
    plan = read("Channel,Budget\ntv,100\n", parted)
    assert plan.totals[["linear", "cable"]].tolist() == pytest.approx([75, 25])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Channel,Spend\ntv,100\nradio,20\nTotal,200\n", "Line 4: “Total” says 200, but the lines above add up to 120"),
        ("Channel,2026-01-05,2026-01-12,Sum\ntv,1,2,4\n", "Line 2: “Sum” says 4, but its line adds up to 3"),
        ("Channel,Spend\ntv,€100\nradio,$20\n", r"in several currencies: €, \$"),
        ("Channel,Spend\ntv,-5\n", "Line 2: -5 in the column “Spend” is negative"),
        ("Channel,Spend\ntv,50.000\n", "may mean 50000 or 50"),
        ("Channel,Spend\ntv,5 %\nradio,3\n", "is a percentage"),
        ("Channel,05/01/2026,12/02/2026\ntv,5,6\n", "may mean 2026-01-05 or 2026-05-01"),
        ("Date,tv\n2026-01-05,5\n,6\n", "Line 3 has money, but no date"),
        ("Date,Channel,Spend\n2026-01-05,tv,5\n2026-01-12,,6\n", "Line 3 has money, but no name"),
        ("Channel,Reach,Clicks\ntv,5,6\n", "several columns that could be the money: Reach, Clicks"),
        ("Channel,Comment\ntv,great\n", "has no column of amounts"),
        ("tv,radio\n1,2\n3,4\n", "neither a column of dates nor one of channels"),
        ("Date,tv\n2026-01-01,5\n2026-01-04,6\n2026-02-27,6\n", "are neither days, weeks, months nor the"),
        ("Channel,Spend\ntv,\n", "has no column of amounts"),
        ("Channel,2026-01-01\ntv,5\n", "has one date, 2026-01-01, which may be a day or a month"),
        ("Channel,Spend\nTotal,0\n", "holds no money"),
    ],
)
def test_what_is_wrong_is_named(curves: mg.ResponseCurves, text: str, said: str) -> None:
    with pytest.raises((TableError, MediaPlanError), match=said):
        read(text, curves)


def test_two_lines_of_one_channel_are_added_and_subtotals_are_checked(curves: mg.ResponseCurves) -> None:
    text = "Channel,Spend\ntv,100\nTV,20\nSubtotal,120\nradio,7\nsearch,8\nSubtotal,15\nGrand total,135\n"
    plan = read(text, curves)
    assert plan.totals[["tv", "radio", "search"]].tolist() == pytest.approx([120, 7, 8])


def test_a_budget_in_thousands_is_asked_about(curves: mg.ResponseCurves) -> None:
    assert "Is it for the whole window" in read("Channel,Spend\ntv,900\n", curves).notes[-1]
    assert "Is it for" not in read("Channel,Spend\ntv,900000\n", curves).notes[-1]


def test_curves_without_dates_add_up_all_dates() -> None:
    plan = read("Date,c0,c1\n2026-01-05,1,2\n2026-01-12,3,4\n", root_curves([1.0, 2.0]))
    assert plan.totals.to_dict() == {"c0": 4, "c1": 6}
    assert "the money of all periods is added up" in plan.notes[-1]


def test_totals_are_spread_by_the_phasing_that_is_asked_for(demo: mg.FittedModel) -> None:
    plan = read("Channel,Spend\ntv,1000\n", demo, phasing="last_year")
    last = mg.MediaPlan.from_history(demo, rule="last_year").money["tv"]
    np.testing.assert_allclose(plan.money["tv"], 1000 * last / last.sum())


def test_a_table_needs_something_to_be_laid_over() -> None:
    with pytest.raises(MediaPlanError, match="Give one"):
        mg.MediaPlan.from_table("Channel,Spend\ntv,1\n")
    twice = pd.DataFrame([[1.0, 2.0]], columns=["tv", "tv"])
    with pytest.raises(MediaPlanError, match="names columns twice"):
        mg.MediaPlan.from_table(twice, root_curves([1.0]))


CELLS = (
    "TV|tv|Radio|Total||-|2026-01-05|05.01.2026|05/01/2026|Jan|KW 2|Q1|9999-12-31|100|1.234|1,5|€ 5|1.2M|-3|nan|5 %"
    "|Spend|Date"
)


@settings(max_examples=60)
@given(
    table=st.lists(st.lists(st.sampled_from(CELLS.split("|")), min_size=1, max_size=4), min_size=1, max_size=5),
    outside=st.sampled_from(["leave_out", "keep"]),
)
def test_any_table_is_a_plan_or_is_refused_in_words(
    demo_curves: mg.ResponseCurves, table: list[list[str]], outside: Any
) -> None:
    try:
        found = mg.read_plan_table("\n".join("\t".join(row) for row in table), demo_curves)
        plan = mg.MediaPlan.from_table(
            found, mapping={name.written: None for name in found.unmatched}, missing="zero", outside=outside
        )
    except mg.MmmGroupsError:
        return
    assert plan.total <= found.total + 1e-9

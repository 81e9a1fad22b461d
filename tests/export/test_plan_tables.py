"""What leaves the app."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import FlightingError
from mmm_groups.export.plan_tables import (
    flighting_csv,
    flighting_table,
    group_csv,
    group_table,
    limits_table,
    plan_table,
)
from mmm_groups.numerics.rounding import Cents, rounded_to_sum
from mmm_groups.plan.explain import limit_sentences, reference_sentence, sentences_of
from mmm_groups.tables.formulas import as_named, inert, inert_csv
from mmm_groups.tables.spreadsheet import read_table


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=30))
def test_cents_add_up(amounts: list[float]) -> None:
    money = pd.Series(amounts)
    rounded = rounded_to_sum(money)
    assert round(rounded.sum() * 100) == round(money.sum() * 100)
    assert (abs(rounded - money) <= 0.01 + 1e-6).all()


def test_thirds_of_a_budget() -> None:
    assert rounded_to_sum(pd.Series([100 / 3] * 3)).tolist() == [33.34, 33.33, 33.33]


def test_the_csv_is_the_plan(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4_400_000), groups=platforms)
    rows = list(csv.DictReader(io.StringIO(mg.plan_csv(plan))))
    assert [row["group"] for row in rows] == ["Meta"] * 2 + ["Google"] * 2 + ["Offline"] * 3 + ["tiktok", "display"]
    assert sum(round(100 * float(row["spend"])) for row in rows) == 440_000_000
    for row in rows:
        assert float(row["spend"]) == pytest.approx(plan.channel_spends[row["channel"]], abs=0.01)
        assert float(row["response"]) == pytest.approx(plan.channels.loc[row["channel"], "response"], rel=1e-6)
        assert float(row["change"]) == pytest.approx(float(row["spend"]) - float(row["reference_spend"]))


@pytest.mark.parametrize("budget", [250_000_000.37, 1_234_567.89, 99.99])
def test_every_cent_is_in_the_csv(budget: float) -> None:
    curves = root_curves([3.0, 1.0, 2.0], top=1e9)
    rows = csv.DictReader(io.StringIO(mg.plan_csv(mg.optimize(curves, goal=mg.FixedBudget(budget)))))
    assert sum(Decimal(row["spend"]) for row in rows) == Decimal(str(budget))


@pytest.mark.parametrize(
    ("budget", "decimals"),
    [(4.4e6, 2), (1000.0, 2), (999.0, 4), (1.437, 6), (0.000_371, 10), (1e13, 2), (3e17, -2), (5e22, -7)],
)
def test_the_smallest_money_follows_the_size_of_the_plan(budget: float, decimals: int) -> None:
    cents = Cents.of(budget)
    assert cents.decimals == decimals
    counts = cents.count(pd.Series([budget / 3] * 3))
    assert min(counts.values()) > 0
    assert cents.money(sum(counts.values())) == pytest.approx(budget, rel=1e-6)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e15])
def test_money_of_any_size_leaves_as_it_was_planned(unit: float) -> None:
    spend = unit * np.linspace(0, 4, 21)
    response = np.stack([size * np.sqrt(np.linspace(0, 4, 21)) for size in (3.0, 1.0)])
    curves = mg.ResponseCurves.from_arrays(["a", "b"], [spend] * 2, response, reference={"a": unit, "b": unit})
    plan = mg.optimize(curves, goal=mg.FixedBudget(1.437 * unit))
    rows = list(csv.DictReader(io.StringIO(mg.plan_csv(plan))))
    assert sum(Decimal(row["spend"]) for row in rows) == pytest.approx(Decimal(1.437 * unit), rel=Decimal("1e-6"))
    for row in rows:
        assert float(row["spend"]) == pytest.approx(plan.channel_spends[row["channel"]], abs=2e-6 * unit)


def test_names_that_look_like_formulas_stay_text() -> None:
    curves = root_curves([1.0, 2.0])
    evil = mg.ResponseCurves.from_arrays(
        ["=1+1", " @tv"],
        curves.spend.values,
        curves.response.values,
        curves.historical_spend.set_axis(["=1+1", " @tv"], axis=1),
    )
    rows = list(csv.DictReader(io.StringIO(mg.plan_csv(mg.optimize(evil, goal=mg.FixedBudget(50))))))
    assert [row["channel"] for row in rows] == ["'=1+1", "' @tv"]
    assert all(float(row["spend"]) > 0 for row in rows)


def test_the_sentences_say_what_decides(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    build = mg.ConstraintBuilder
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        constraints=[build.group_max_spend(["tiktok"], 3e5), build.spend_bounds("display", upper=0.0)],
    )
    said = {text.split("**")[1] if "**" in text else "budget": text for text in sentences_of(plan, "€")}
    assert "1 % more budget (€44,000) would bring about" in said["budget"]
    assert "gains €126,345 and gets €300,000: held by “tiktok at most 300,000”" in said["tiktok"]
    assert "gives up €671,358 and gets €0: held by “display at most 0”" in said["display"]
    assert "as much as everywhere else" in said["Meta"]
    assert "tiktok gets more than in any past window of this length: the model extrapolates" in said["tiktok"]
    assert "history saw" not in said["Meta"]


def test_every_goal_is_told_in_words(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    def told(goal: object, **how: object) -> str:
        return sentences_of(mg.optimize(demo_curves, goal=goal, groups=platforms, **how), "€")[0]  # type: ignore[arg-type]

    assert "earns an ROI of 2.00, the most response at an ROI of at least 2" in told(mg.TargetRoi(2.0))
    assert "held by the greatest budget: the next € would bring" in told(mg.TargetMarginalRoi(0.5, max_budget=3e6))
    assert "is the least money that reaches 8,000,000 sales; 1 % more (80,000)" in told(mg.TargetResponse(8e6))
    assert "worth 1.00" in told(mg.MaxProfit(0.8))


def test_what_a_limit_is_worth_is_what_loosening_it_brings(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    build = mg.ConstraintBuilder

    def optimum(cap: float, floor: float) -> mg.Plan:
        return mg.optimize(
            demo_curves,
            goal=mg.FixedBudget(4.4e6),
            groups=platforms,
            constraints=[build.group_max_spend(["tiktok"], cap), build.spend_bounds("display", floor, 9e5)],
        )

    plan = optimum(3e5, 2e5)
    said = limit_sentences(plan, "€")
    assert len(said) == 2
    for text, other in ((said[0], optimum(3e5 + 1000, 2e5)), (said[1], optimum(3e5, 2e5 - 1000))):
        brings = float(text.split("bring about ")[1].split(" more")[0].replace(",", ""))
        assert brings / 50 == pytest.approx(other.utility - plan.utility, rel=0.02)
    assert said[0].startswith("€50,000 more for “tiktok at most 300,000” would bring about")
    assert said[1].startswith("€50,000 less for “display at least 200,000 and at most 900,000” would bring about")


def test_the_verdict_names_the_odds(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    budget = float(demo_curves.reference_spend.sum())
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(budget), groups=platforms)
    uplift = plan.response.values - plan.reference_response.values
    text = reference_sentence(plan, "€")
    assert text.startswith(
        f"With the same money as the reference spend, the plan brings {uplift.mean():,.0f} more sales"
    )
    assert f"probability of {100 * ((uplift > 0).mean()):.0f} %" in text
    assert plan.probability_better == (uplift > 0).mean()
    changes = plan.groups["response_change"]
    assert changes.sum() == pytest.approx(uplift.mean(), rel=1e-6)
    assert (plan.groups["response_change_low"] < changes).all()
    assert (changes < plan.groups["response_change_high"]).all()


@pytest.fixture(scope="module")
def held(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> mg.Plan:
    build = mg.ConstraintBuilder
    return mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4_400_000.37),
        groups=platforms,
        constraints=[
            build.group_max_spend(["tiktok"], 3e5),
            build.spend_bounds("display", 2e5, 9e5),
            build.group_max_ratio(["Meta"], 0.9),
        ],
    )


def in_cents(money: pd.Series) -> pd.Series:
    return (100 * money).round().astype(int)


def test_groups_are_the_sums_of_their_channels_to_the_cent(held: mg.Plan) -> None:
    groups, channels = group_table(held), plan_table(held)
    summed = in_cents(channels["spend"]).groupby(channels["group"]).sum()
    assert in_cents(groups.set_index("group")["spend"]).to_dict() == summed.to_dict()
    assert summed.sum() == 440_000_037
    assert groups.set_index("group").loc["Offline", "channels"] == "tv; radio; outdoor"
    rows = list(csv.DictReader(io.StringIO(group_csv(held))))
    assert [row["group"] for row in rows] == groups["group"].tolist()
    assert rows[0]["spend"] == f"{groups['spend'][0]:.2f}"


def test_money_by_date_adds_up_to_each_channel(held: mg.Plan, demo: mg.FittedModel) -> None:
    table, channels = flighting_table(held), plan_table(held).set_index("channel")["spend"]
    assert table.index.equals(demo.next_horizon().dates)
    assert in_cents(table.sum()).to_dict() == in_cents(channels).to_dict()
    assert (abs(table - channels / len(table)) <= 0.01 + 1e-9).all(axis=None)  # even flighting
    rows = list(csv.DictReader(io.StringIO(flighting_csv(held))))
    assert len(rows) == table.size
    assert sum(round(100 * float(row["spend"])) for row in rows if row["group"] == "Meta") == sum(
        in_cents(channels[["facebook", "instagram"]])
    )
    assert rows[0] | {"spend": ""} == {"date": "2026-01-05", "group": "Meta", "channel": "facebook", "spend": ""}


def test_a_flighting_of_ones_own_is_followed() -> None:
    curves = root_curves([3.0, 1.0])
    dates = pd.date_range("2026-01-05", periods=4, freq="W-MON")
    shares = pd.DataFrame({"c0": [0.7, 0.2, 0.1, 0.0], "c1": [0.25] * 4}, index=dates)
    plan = mg.optimize(replace(curves, flighting=shares), goal=mg.FixedBudget(50.0))
    table = flighting_table(plan)
    assert table["c0"].to_numpy() == pytest.approx(plan.channel_spends["c0"] * shares["c0"].to_numpy(), abs=0.011)
    assert table["c0"].iloc[3] == 0
    with pytest.raises(FlightingError, match="does not say how money is spread over dates"):
        flighting_table(mg.optimize(curves, goal=mg.FixedBudget(50.0)))


def test_limits_tell_what_they_hold_and_what_they_are_worth(held: mg.Plan) -> None:
    table = limits_table(held).set_index("limit")
    assert table["holds"].to_dict() == {
        "the budget is 4,400,000.37": True,
        "tiktok at most 300,000": True,
        "display at least 200,000 and at most 900,000": True,
        "Meta at most 90 % of the total": False,
    }
    cap = table.loc["tiktok at most 300,000"]
    assert (cap["channels"], cap["most"], cap["used"]) == ("tiktok", 3e5, pytest.approx(3e5))
    assert np.isnan(cap["least"])
    assert cap["worth"] == held.shadow_prices["group_max_spend[tiktok]"] > 0
    share = table.loc["Meta at most 90 % of the total"]
    assert share["channels"] == "facebook; instagram"
    assert share[["least", "most", "used"]].isna().all()
    assert share["worth"] == 0


@pytest.mark.parametrize("name", ["=1+1", " =1", "\ufeff=1", "\u200b@now", "＝1", "+1", "-1"])
def test_names_that_look_like_formulas_are_quoted_and_read_back(name: str) -> None:
    assert inert(name) == f"'{name}"
    assert as_named(inert(name)) == name


@pytest.mark.parametrize("mark", [";", "\t", "\n", ","])
@pytest.mark.parametrize("formula", ["=1+1", " +1", "'=1", "@x", "x"])
def test_no_cell_is_a_formula_whatever_parts_the_cells(mark: str, formula: str) -> None:
    name = f"TV{mark}{formula}"
    text = inert_csv(pd.DataFrame({"spend": [1.5], "name": [name], "other": [name]}))
    for delimiter in (",", ";", "\t"):
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in line), (delimiter, line)
    assert list(read_table(text.encode(), "f.csv")["name"]) == [name]

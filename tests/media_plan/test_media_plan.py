"""Media plans made of totals, of history and of an optimum: every amount lands where it must; what is open is asked."""

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import HorizonError, MediaPlanError
from mmm_groups.media_plan.plan_grid import UNDATED, days_of


@pytest.fixture
def undated() -> mg.ResponseCurves:
    return root_curves([1.0, 2.0])


def test_totals_are_spread_evenly_and_that_is_said(demo: mg.FittedModel) -> None:
    totals = {channel: 1300.0 * (place + 1) for place, channel in enumerate(demo.channels)}
    plan = mg.MediaPlan.from_totals(totals, demo)
    assert plan.channels == demo.channels
    assert (plan.money["facebook"] == 100.0).all()
    assert plan.totals.to_dict() == pytest.approx(totals)
    assert plan.total == pytest.approx(sum(totals.values()))
    assert plan.notes == ("Totals are spread evenly over the 13 weeks of the window.",)
    assert plan.horizon == demo.next_horizon()


def test_totals_follow_the_phasing_that_is_asked_for(demo: mg.FittedModel) -> None:
    plan = mg.MediaPlan.from_totals(dict.fromkeys(demo.channels, 1000.0), demo, phasing="last_year")
    last = mg.MediaPlan.from_history(demo, rule="last_year")
    np.testing.assert_allclose(plan.money["tv"], 1000 * last.money["tv"] / last.money["tv"].sum())
    assert "by the phasing that was asked for" in plan.notes[0]


def test_names_must_be_known_and_missing_ones_are_asked_about(demo: mg.FittedModel) -> None:
    with pytest.raises(MediaPlanError, match=r"names channels that there are not: \['cinema'\]"):
        mg.MediaPlan.from_totals({"cinema": 1.0}, demo)
    most = dict.fromkeys(demo.channels[1:], 1000.0)
    with pytest.raises(MediaPlanError, match=r"does not name facebook\. Say what they get with missing: zero"):
        mg.MediaPlan.from_totals(most, demo)
    none = mg.MediaPlan.from_totals(most, demo, missing="zero")
    assert none.totals["facebook"] == 0
    assert "without money: facebook" in none.notes[-1]
    usual = mg.MediaPlan.from_totals(most, demo, missing="reference")
    assert usual.totals["facebook"] == pytest.approx(demo.historical_spend["facebook"].tail(13).sum())
    assert "reference spend" in usual.notes[-1]


def test_history_lands_on_the_windows_dates(demo: mg.FittedModel) -> None:
    spend = demo.historical_spend
    latest = mg.MediaPlan.from_history(demo)
    np.testing.assert_array_equal(latest.money, spend.tail(13))
    assert latest.dates.equals(demo.next_horizon().dates)
    last = mg.MediaPlan.from_history(demo, rule="last_year")
    np.testing.assert_array_equal(last.money, spend.reindex(pd.DatetimeIndex(last.dates) - pd.Timedelta(weeks=52)))
    past = mg.MediaPlan.from_history(demo, rule="2024-01-01")
    np.testing.assert_array_equal(past.money, spend.loc["2024-01-01":].head(13))
    assert past.notes[0].startswith("Spend of 2024-01-01 to 2024-03-25")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("latset", "is no rule"),
        ("2024-01-02", "No window of 13 dates starts on"),
        ("2025-12-01", "First dates that work"),
    ],
)
def test_a_past_that_is_not_there_is_refused(demo: mg.FittedModel, rule: str, text: str) -> None:
    with pytest.raises(MediaPlanError, match=text):
        mg.MediaPlan.from_history(demo, rule=rule)


def test_a_history_shorter_than_the_window_gives_the_reference(demo: mg.FittedModel) -> None:
    long = demo.next_horizon(len(demo.dates) + 4)
    plan = mg.MediaPlan.from_history(demo, start=long.start, end=long.end)
    assert plan.totals["tv"] == pytest.approx(demo.historical_spend["tv"].mean() * long.periods)
    assert "because only" in plan.notes[0]


def test_an_optimum_is_spread_as_its_curves_were_read(demo_curves: mg.ResponseCurves) -> None:
    best = mg.optimize(demo_curves, goal=mg.FixedBudget(4_000_000))
    plan = mg.MediaPlan.from_plan(best)
    assert plan.source == "optimum"
    assert plan.totals.to_dict() == pytest.approx(best.channel_spends.to_dict())
    np.testing.assert_allclose(plan.money["tv"], best.channel_spends["tv"] / 13)


def test_curves_without_dates_take_totals(undated: mg.ResponseCurves) -> None:
    plan = mg.MediaPlan.from_totals(dict.fromkeys(undated.channels, 10.0), undated)
    assert list(plan.money.index) == [UNDATED]
    assert plan.horizon is None
    assert plan.notes == ()
    with pytest.raises(MediaPlanError, match="has no dates, so it has no months"):
        plan.by_month()
    with pytest.raises(HorizonError, match="a plan on them cannot be for other dates"):
        mg.MediaPlan.from_totals({}, undated, start="2026-01-05", end="2026-01-12")


def test_money_that_is_none_is_refused(demo: mg.FittedModel) -> None:
    plan = mg.MediaPlan.from_history(demo)
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(MediaPlanError, match="the money of tv is missing, negative or no number"):
            plan.with_money(plan.money.assign(tv=bad))
    with pytest.raises(MediaPlanError, match="must have the dates and channels"):
        plan.with_money(plan.money.iloc[1:])
    with pytest.raises(MediaPlanError, match="must be the dates of its window"):
        mg.MediaPlan(plan.money.iloc[1:], "Short", "typed", plan.horizon)
    assert plan.with_money(plan.money[list(plan.channels)[::-1]]).channels == plan.channels


def test_months_get_money_by_days(demo: mg.FittedModel) -> None:
    plan = mg.MediaPlan.from_totals(dict.fromkeys(demo.channels, 1300.0), demo)
    months = plan.by_month()
    assert months.to_numpy().sum() == pytest.approx(plan.total)
    # 2026-01-05 to 2026-01-31 are 27 days of 91.
    assert months.loc["2026-01-01", "tv"] == pytest.approx(1300 * 27 / 91)
    assert [f"{month:%Y-%m}" for month in months.index] == ["2026-01", "2026-02", "2026-03", "2026-04"]


@pytest.mark.parametrize(
    ("frequency", "start", "periods", "first", "after"),
    [
        ("W-MON", "2026-01-05", 2, ["2026-01-05", "2026-01-12"], "2026-01-19"),
        ("MS", "2026-01-01", 2, ["2026-01-01", "2026-02-01"], "2026-03-01"),
        ("ME", "2026-01-31", 2, ["2026-01-01", "2026-02-01"], "2026-03-01"),
        ("QE-DEC", "2026-03-31", 1, ["2026-01-01"], "2026-04-01"),
        ("B", "2026-01-09", 2, ["2026-01-09", "2026-01-12"], "2026-01-13"),
        ("D", "2026-01-09", 2, ["2026-01-09", "2026-01-10"], "2026-01-11"),
    ],
)
def test_a_date_stands_for_these_days(frequency: str, start: str, periods: int, first: list[str], after: str) -> None:
    dates = pd.date_range(start, periods=periods, freq=frequency)
    begins, ends = days_of(mg.Horizon(dates[0], dates[-1], frequency))
    assert [str(np.datetime64(int(day), "D")) for day in begins] == first
    assert str(np.datetime64(int(ends[-1]), "D")) == after
    assert (begins[1:] == ends[:-1]).all()

"""Promises that an independent review found broken, each with the numbers that showed it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.curves.cache import cache_folder, cached_curves, store_curves
from mmm_groups.curves.extraction import reach_asked
from mmm_groups.errors import (
    ConstraintError,
    CurvesError,
    FlightingError,
    GroupingError,
    HorizonError,
    InfeasibleError,
    MmmGroupsError,
    PriceError,
    SplitError,
)
from mmm_groups.model.flighting import flighting_shares
from mmm_groups.model.horizon import Horizon

C = mg.ConstraintBuilder
AT = np.linspace(0, 100, 21)
RISE = 1 - np.exp(-AT / 30)


def two(first: np.ndarray, second: np.ndarray, spent: tuple[float, float]) -> mg.ResponseCurves:
    reference = dict(zip(("good", "poor"), spent, strict=True))
    return mg.ResponseCurves.from_arrays(["good", "poor"], [AT, AT], np.stack([first, second]), reference=reference)


@pytest.mark.parametrize("forced", [{"min_budget": 60.0}, {}])
def test_more_money_than_a_target_needs_still_reaches_it(forced: dict[str, float]) -> None:
    """The reference lies on the poor channel; ties must not drag the plan there below its target."""
    curves = two(100 * RISE, 20 * RISE, (0.0, 80.0))
    limits = [] if forced else [C.group_min_spend(["good", "poor"], 60.0)]
    plan = mg.optimize(curves, goal=mg.TargetResponse(50.0, **forced), constraints=limits)
    best = mg.optimize(curves, goal=mg.FixedBudget(60.0))
    assert plan.total == pytest.approx(60.0)
    assert float(plan.response.mean()) == pytest.approx(best.utility)
    assert mg.consistency(plan).holds


def test_a_worthless_channel_does_not_spoil_a_target_roi() -> None:
    plan = mg.optimize(two(100 * RISE, 0 * RISE, (20.0, 90.0)), goal=mg.TargetRoi(0.8))
    assert float(plan.response.mean()) >= 0.8 * plan.total
    assert plan.spends["poor"] == 0


def test_the_way_out_of_a_ratio_works() -> None:
    curves = root_curves([1.0, 1.0], top=1e6)
    limits = [C.lock("c0", 10_000), C.group_min_spend(["c1"], 100_000), C.group_min_ratio(["c0"], 0.5)]
    with pytest.raises(InfeasibleError, match=r"loosen 'c0 at least 50 % of the total' by 41 percentage points"):
        mg.optimize(curves, goal=mg.MaxProfit(5.0), constraints=limits)
    # 10,000 of 110,000 are 9.09 %: 41 points less than 50 % fit, 40 do not.
    fits = [*limits[:2], C.group_min_ratio(["c0"], 0.09)]
    assert mg.optimize(curves, goal=mg.MaxProfit(5.0), constraints=fits).spends["c0"] == pytest.approx(10_000)


def test_a_cent_too_much_is_a_clash_in_words() -> None:
    curves = root_curves([1.0, 1.0, 1.0], top=1e6)
    locks = [C.lock(name, 333_333.33) for name in curves.channels]
    with pytest.raises(InfeasibleError, match=r"lower the budget by 0\.01"):
        mg.optimize(curves, goal=mg.FixedBudget(1_000_000.0), constraints=locks)


@pytest.mark.parametrize("amount", [7.3, 35.55, 0.01])
def test_a_tiny_lock_does_not_stop_a_new_split(amount: float) -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=2e6)
    groups = {"G": ["c0", "c1"]}
    plan = mg.optimize(
        curves,
        goal=mg.FixedBudget(1_234_567.89),
        groups=groups,
        split="marginal_roi",
        constraints=[C.lock("c2", amount)],
    )
    assert mg.split_plan(plan, "marginal_roi").utility == pytest.approx(plan.utility, rel=1e-6)
    assert mg.consistency(plan).holds


def test_a_group_at_the_end_of_its_curve_can_be_split_anew() -> None:
    spend = np.linspace(0, 100, 41)
    response = [300 * (1 - np.exp(-spend / 300)), 100 * (1 - np.exp(-spend / 30)), 80 * (1 - np.exp(-spend / 30))]
    reference = {"a": 60.0, "b": 40.0, "c": 40.0}
    curves = mg.ResponseCurves.from_arrays(list("abc"), [spend] * 3, np.array(response), reference=reference)
    plan = mg.optimize(curves, goal=mg.FixedBudget(200.0), groups={"G": ["a", "b"]}, split="marginal_roi")
    again = mg.split_plan(plan, "marginal_roi")
    assert again.groups.loc["G", "spend"] == pytest.approx(plan.spends["G"])
    assert mg.plan_csv(again).startswith("group,channel")


def test_groups_that_only_constraints_name_stay_known() -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=1000.0)
    named = mg.ChannelGroups({"Meta": ["c0", "c1"]})
    limits = [C.group_min_spend(["Meta"], 250.0)]
    plan = mg.optimize(curves, goal=mg.FixedBudget(300.0), constraints=limits, named_groups=named)
    assert mg.consistency(plan).holds
    assert mg.split_plan(plan, "historical").total == pytest.approx(300.0)


def test_a_bound_is_never_below_the_plan() -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=200.0, history=[20.0, 10.0, 10.0])
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups={"G": ["c0", "c1"]}, method="weighted_average")
    again = mg.split_plan(plan, "marginal_roi")
    assert again.upper_bound >= again.objective


def test_draws_that_cannot_reach_an_roi_are_left_out() -> None:
    curves = root_curves([1.0, 2.0], draws=20, top=100.0)
    poor = curves.response.copy(data=curves.response.values)
    poor.values[:10] *= 0.01
    plan = mg.optimize(replace(curves, response=poor), goal=mg.TargetRoi(0.15))
    found = mg.stability(plan)
    assert found.unreachable == 10
    assert (found.spends.sum(axis=1) > 0).all()


def test_prices_that_fall_make_curves_reach_further(demo: mg.FittedModel) -> None:
    units = pd.DataFrame({"tv": np.full(len(demo.dates), 100.0)}, index=demo.dates)
    known = replace(demo, historical_units=units)
    horizon = demo.next_horizon()
    usual = float(demo.historical_spend["tv"].tail(13).sum() / 1300)
    assert reach_asked(known, horizon, {}) is None
    assert reach_asked(known, horizon, {"tv": 2 * usual}) is None
    half = reach_asked(known, horizon, {"tv": usual / 2}, budget=1_000_000.0)
    assert half == 2_000_000.0
    # Without a budget the curve must still hold the usual reach, one and a half times the reference budget.
    reference = float(demo.historical_spend.tail(13).sum().sum())
    assert reach_asked(known, horizon, {"tv": usual / 2}) >= 2 * 1.5 * reference  # type: ignore[operator]


def test_what_was_ever_bought_is_kept_at_its_new_price(tmp_path: Path) -> None:
    curves = root_curves([2.0, 3.0])
    known = replace(curves, prices={"c0": 0.5})
    from mmm_groups.curves.prices import repriced

    dearer = repriced(known, {"c0": 1.0})
    dearer.save(tmp_path / "dearer.nc")
    pd.testing.assert_series_equal(mg.ResponseCurves.open(tmp_path / "dearer.nc").largest_spend, dearer.largest_spend)


def test_a_window_has_both_ends(demo: mg.FittedModel) -> None:
    with pytest.raises(HorizonError, match="its first and its last date"):
        mg.response_curves(demo, start="2026-02-02")
    with pytest.raises(HorizonError, match="'2026-13-01' is no date"):
        mg.response_curves(demo, start="2026-13-01", end="2026-03-30")
    with pytest.raises(HorizonError, match="without a time zone"):
        demo.horizon("2026-02-02T00:00+01:00", "2026-03-30")
    with pytest.raises(CurvesError, match="budget above 0; nan is none"):
        mg.response_curves(demo, budget=float("nan"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5netcdf closing what it never opened
def test_any_damaged_cache_file_is_removed(demo_curves: mg.ResponseCurves) -> None:
    small = root_curves([1.0, 2.0])
    path = store_curves(replace(small, fingerprint="f" * 64))
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(40):
        damaged = whole.copy()
        for place in rng.integers(8, len(whole), 30):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        found = cached_curves("f" * 64)  # read, or removed: never another error
        assert found is not None or not path.exists()
        path.parent.mkdir(exist_ok=True)


def test_curves_that_cannot_be_kept_are_used_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from mmm_groups.curves import extraction

    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MMM_GROUPS_CACHE", str(tmp_path / "file"))
    assert not cache_folder().exists()
    kept = extraction._kept(replace(root_curves([1.0, 2.0]), fingerprint="f" * 64))
    assert "could not be kept for the next time" in kept.notes[-1]


def test_the_end_of_february_moves() -> None:
    months = pd.date_range("2023-01-31", periods=24, freq="ME")
    history = pd.DataFrame({"tv": np.arange(24.0)}, index=months)
    dates = pd.date_range("2025-02-28", periods=2, freq="ME")
    shares, _ = flighting_shares(history, Horizon(dates[0], dates[-1], "ME"), "last_year")
    np.testing.assert_allclose(shares["tv"], np.array([13, 14]) / 27)  # 29 Feb and 31 Mar 2024


WEEK = Horizon(pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-12"), "W-MON")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda c: mg.optimize(c, goal=1000), ConstraintError, "1000 is no goal"),
        (lambda c: mg.optimize(c, goal=mg.FixedBudget(9), utility="mean"), ConstraintError, "'mean' is no utility"),
        (lambda c: mg.optimize(c, goal=mg.FixedBudget(9), split=None), SplitError, "A split must be one of"),
        (lambda c: mg.optimize(c, goal=mg.FixedBudget(9), groups=["c0"]), GroupingError, "must be a mapping"),
        (
            lambda c: mg.optimize(
                c, goal=mg.FixedBudget(9), groups={"G": ["c0", "c1"]}, split={"G": {"c0": "70%", "c1": "30%"}}
            ),
            SplitError,
            "must be numbers such as 0.7",
        ),
        (lambda c: mg.budget_frontier(c, totals=800), ConstraintError, "must be a list of numbers, not 800"),
        (lambda c: C.group_max_spend(3, 3), ConstraintError, "Give a list of channel or group names, not 3"),
        (lambda c: mg.ResponseCurves.from_arrays(["a"], [[0, 1], [0]], [[0, 1]]), CurvesError, "array of numbers"),
        (lambda c: mg.ResponseCurves.from_arrays(["a"], [[0, 1]], [["0", "x"]]), CurvesError, "array of numbers"),
        (
            lambda c: mg.ResponseCurves.from_arrays(["a"], [[0, 1]], [[0, 1]], pd.DataFrame({"a": [1.0]})),
            CurvesError,
            "rows of the historical spend must be dates",
        ),
        (
            lambda c: flighting_shares(
                c.historical_spend, WEEK, pd.DataFrame({"c0": ["1,000", "2"]}, index=WEEK.dates)
            ),
            FlightingError,
            "must be numbers",
        ),
        (
            lambda c: flighting_shares(
                c.historical_spend, WEEK, pd.DataFrame([[1.0, 1.0]] * 2, index=WEEK.dates, columns=["c0", "c0"])
            ),
            FlightingError,
            r"more than one column for \['c0'\]",
        ),
    ],
)
def test_plausible_mistakes_are_answered_in_words(call: object, error: type[MmmGroupsError], said: str) -> None:
    with pytest.raises(error, match=said):
        call(root_curves([1.0, 2.0]))  # type: ignore[operator]


def test_a_price_that_is_no_number_is_refused() -> None:
    from mmm_groups.curves.prices import repriced

    curves = replace(root_curves([1.0, 2.0]), prices={"c0": 1.0})
    for price in ("12", None, -1.0):
        with pytest.raises(PriceError, match="must be a positive number"):
            repriced(curves, {"c0": price})  # type: ignore[dict-item]


def test_groups_may_be_a_plain_mapping() -> None:
    plan = mg.optimize(root_curves([1.0, 2.0]), goal=mg.FixedBudget(9.0), groups={"G": ["c0", "c1"]})
    assert list(plan.spends.index) == ["G"]

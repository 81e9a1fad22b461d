"""Worst cases on S-shaped curves against every plan on a grid, and against plans that are known anyway."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.errors import InfeasibleError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.optimizer.best_decisions import best_for
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.split import best_split_spends

pytestmark = pytest.mark.slow

C = mg.ConstraintBuilder
POINTS = np.linspace(0, 10, 41)
TAIL = mg.ConditionalValueAtRisk(0.2)


def steep(seed: int, channels: int = 2, draws: int = 10) -> mg.ResponseCurves:
    """S-shapes of the same top whose steep part each draw puts elsewhere."""
    rng = np.random.default_rng(seed)
    halves = 2 * rng.lognormal(0, 0.5, (draws, channels, 1))
    names = [f"c{i}" for i in range(channels)]
    history = pd.DataFrame([np.full(channels, 1.5)], index=pd.date_range("2025-01-06", periods=1), columns=names)
    return mg.ResponseCurves.from_arrays(names, [POINTS] * channels, 100 * POINTS**3 / (POINTS**3 + halves**3), history)


@cache
def on_a_grid(seed: int, channels: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Spend and mean of the worst two of ten draws of every plan between the points: by sorting and counting."""
    response = steep(seed, channels).response.values
    places = np.stack(np.meshgrid(*[np.arange(len(POINTS))] * channels, indexing="ij"), axis=-1).reshape(-1, channels)
    earned = sum(response[:, i, places[:, i]] for i in range(channels))
    return POINTS[places].sum(axis=1), np.sort(np.asarray(earned, dtype=np.float64), axis=0)[:2].mean(axis=0)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("budget", [2.0, 4.0, 6.0])
def test_no_plan_on_a_grid_is_better(seed: int, budget: float) -> None:
    spend, worst = on_a_grid(seed)
    best = worst[np.isclose(spend, budget)].max()
    plan = mg.optimize(steep(seed), goal=mg.FixedBudget(budget), utility=TAIL)
    assert plan.utility >= best * (1 - 1e-6)
    assert plan.upper_bound >= best * (1 - 1e-6)
    assert plan.gap <= 1e-3
    assert plan.utility == pytest.approx(np.sort(plan.response.values)[:2].mean(), rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_no_plan_of_three_on_a_grid_is_better(seed: int) -> None:
    spend, worst = on_a_grid(seed, channels=3)
    best = worst[np.isclose(spend, 5.0)].max()
    plan = mg.optimize(steep(seed, channels=3), goal=mg.FixedBudget(5.0), utility=TAIL)
    assert plan.utility >= best * (1 - 1e-6)
    assert plan.gap <= 1e-3


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_response_that_some_plan_reaches_is_reached_for_no_more(seed: int, share: float) -> None:
    spend, worst = on_a_grid(seed)
    wanted = share * float(worst.max())
    plan = mg.optimize(steep(seed), goal=mg.TargetResponse(wanted), utility=TAIL)
    assert plan.total <= spend[worst >= wanted].min() * (1 + 1e-6)
    assert plan.utility >= wanted * (1 - 1e-6)
    assert -plan.upper_bound <= plan.total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.5, 0.98])
def test_an_roi_that_some_plan_reaches_is_reached(seed: int, share: float) -> None:
    spend, worst = on_a_grid(seed)
    roi = np.divide(worst, spend, out=np.zeros_like(worst), where=spend > 0)
    wanted = share * float(roi.max())
    plan = mg.optimize(steep(seed), goal=mg.TargetRoi(wanted), utility=TAIL)
    assert plan.utility >= worst[roi >= wanted].max() * (1 - 1e-6)
    assert plan.utility >= wanted * plan.total * (1 - 1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_profit_on_a_grid_is_larger(seed: int) -> None:
    spend, worst = on_a_grid(seed)
    plan = mg.optimize(steep(seed), goal=mg.MaxProfit(0.08), utility=TAIL)
    assert plan.objective >= (0.08 * worst - spend).max() - 1e-6


@pytest.mark.parametrize("seed", [0, 3])
def test_what_is_out_of_reach_names_the_worst_cases_and_their_most(seed: int) -> None:
    spend, worst = on_a_grid(seed)
    with pytest.raises(InfeasibleError, match=r"on average in the worst 20 % of cases is out of reach.*at most") as no:
        mg.optimize(steep(seed), goal=mg.TargetResponse(float(worst.max()) * 1.01), utility=TAIL)
    named = float(no.value.text.split("at most ")[1].split(". Lower")[0])
    assert worst.max() * (1 - 5e-3) <= named <= worst.max() * 1.01
    roi = np.divide(worst, spend, out=np.zeros_like(worst), where=spend > 0)
    with pytest.raises(InfeasibleError, match=r"worst 20 % of cases (is out of reach|was not found).*") as no:
        mg.optimize(steep(seed), goal=mg.TargetRoi(float(roi.max()) * 1.2), utility=TAIL)
    named = float(no.value.text.replace("at most ", "reaches ").split("reaches ")[1].split(". Lower")[0].split(",")[0])
    assert roi.max() * (1 - 1e-3) <= named <= roi.max() * 1.2


@pytest.mark.parametrize("seed", range(3))
def test_never_below_a_plan_that_is_known(seed: int) -> None:
    curves = steep(seed, channels=6, draws=40)
    goal = mg.FixedBudget(9.0)
    plan = mg.optimize(curves, goal=goal, utility=TAIL)
    assert plan.utility >= TAIL.of(mg.optimize(curves, goal=goal).response.values) * (1 - 1e-9)
    assert plan.utility >= TAIL.of(plan.reference_response.values) * (1 - 1e-9)
    grouped = mg.optimize(curves, goal=goal, groups={"A": ["c0", "c1"], "B": ["c2", "c3"]}, utility=TAIL)
    report = mg.consistency(grouped)
    assert report.cost_of_grouping >= -1e-6 * plan.utility
    assert report.holds


def test_a_known_plan_is_where_the_search_begins() -> None:
    curves = steep(1, channels=5, draws=30)
    problem = mg.optimize(curves, goal=mg.FixedBudget(8.0), utility=TAIL).problem
    known = np.array([4.0, 4.0, 0.0, 0.0, 0.0])
    earned = TAIL.of(curves.response_at(dict(zip(curves.channels, known, strict=True))).values.sum(axis=1))
    assert best_for(problem, [known]).solution.utility >= earned * (1 - 1e-9)


def test_prices_of_worst_cases_are_differences() -> None:
    curves = steep(2, channels=3, draws=20)
    plans = [mg.optimize(curves, goal=mg.FixedBudget(budget), utility=TAIL) for budget in (5.0, 5.02)]
    slope = (plans[1].utility - plans[0].utility) / 0.02
    assert plans[0].shadow_prices["budget"] == pytest.approx(slope, rel=0.05)


def test_a_small_target_on_concave_curves_is_reached(demo_curves: mg.ResponseCurves) -> None:
    plan = mg.optimize(demo_curves, goal=mg.TargetResponse(1e6), utility=mg.ConditionalValueAtRisk(0.1))
    assert plan.utility == pytest.approx(1e6, rel=1e-6)
    assert plan.gap <= 1e-4


def test_money_that_limits_force_is_used_for_the_worst_cases() -> None:
    curves = steep(3)
    plan = mg.optimize(curves, goal=mg.TargetResponse(1.0, min_budget=6.0), utility=TAIL)
    spend, worst = on_a_grid(3)
    assert plan.total == pytest.approx(6.0)
    assert plan.utility >= worst[np.isclose(spend, 6.0)].max() * (1 - 1e-6)
    assert plan.utility == pytest.approx(TAIL.of(plan.response.values), rel=1e-6)
    assert plan.problem.broken_by(plan.channel_spends) == []


@pytest.mark.parametrize("seed", range(4))
def test_best_shares_are_no_worse_than_the_split_at_hand(seed: int) -> None:
    curves = steep(seed, channels=4, draws=30)
    plan = mg.optimize(curves, goal=mg.FixedBudget(9.0), groups={"A": ["c0", "c1", "c2"]}, utility=TAIL)
    best = curves.earned_by(by_name(best_split_spends(plan)))
    assert TAIL.of(best) >= plan.utility * (1 - 1e-9)


def test_a_known_plan_is_never_lost_to_the_gap_of_concave_curves(demo_curves: mg.ResponseCurves) -> None:
    utility = mg.ConditionalValueAtRisk(0.1)
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4e6), utility=utility)
    nearly = solve(plan.problem, [plan.channel_spends])
    assert nearly.utility >= plan.utility

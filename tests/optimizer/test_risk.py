"""Utilities other than the mean, against enumeration, many local searches and what they mean."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from support.curves import uncertain

import mmm_groups as mg
from mmm_groups.errors import InfeasibleError
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.utilities import Utility, worst_weights

C = mg.ConstraintBuilder


def responses(curves: mg.ResponseCurves, spends: np.ndarray) -> np.ndarray:
    """By draw."""
    by_channel = [curves.draws_along(name, spends[[i]])[:, 0] for i, name in enumerate(curves.channels)]
    return np.asarray(np.sum(by_channel, axis=0))


def tail_mean(values: np.ndarray, alpha: float) -> float:
    """By sorting and counting, with the last draw counted in part."""
    left, total = alpha * len(values), 0.0
    for value in np.sort(values):
        part = min(left, 1.0)
        total, left = total + part * value, left - part
    return total / (alpha * len(values))


@pytest.mark.parametrize("alpha", [0.05, 0.13, 0.5, 1.0])
def test_the_tail_mean_is_the_mean_of_the_worst(alpha: float) -> None:
    values = np.random.default_rng(1).normal(size=37)
    assert mg.ConditionalValueAtRisk(alpha).of(values) == pytest.approx(tail_mean(values, alpha))
    shares = worst_weights(values, 1 / (alpha * 37))
    assert shares.sum() == pytest.approx(1)
    assert shares.max() <= 1 / (alpha * 37) + 1e-15


def test_a_quantile_is_numpys() -> None:
    values = np.random.default_rng(2).normal(size=41)
    assert mg.Quantile(0.3).of(values) == np.quantile(values, 0.3)
    assert mg.MeanResponse().of(values) == pytest.approx(values.mean())


TAILS = [mg.ConditionalValueAtRisk(0.1), mg.ConditionalValueAtRisk(0.4)]
QUANTILES = [pytest.param(mg.Quantile(q), marks=pytest.mark.slow) for q in (0.1, 0.6)]


@pytest.mark.parametrize("utility", [*TAILS, *QUANTILES], ids=str)
def test_never_below_every_plan_on_a_grid(utility: Utility) -> None:
    curves = uncertain()
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), utility=utility)
    steps = np.arange(61)
    first, second, third = (curves.draws_along(name, steps.astype(float)) for name in curves.channels)
    best = max(
        utility.of(first[:, a] + second[:, b] + third[:, 60 - a - b]) for a in steps for b in steps if a + b <= 60
    )
    assert plan.utility >= best * (1 - 1e-9)
    assert plan.upper_bound >= best
    assert plan.utility == pytest.approx(utility.of(plan.response.values))
    assert abs(plan.spends.sum() - 60) <= 6e-8
    if isinstance(utility, mg.ConditionalValueAtRisk):
        assert plan.bound_kind == "proven"
        assert plan.gap <= 1e-4
    else:
        assert plan.bound_kind == "relaxed"


@pytest.mark.parametrize("utility", [TAILS[0], QUANTILES[0]], ids=str)
def test_never_below_many_local_searches(utility: Utility) -> None:
    curves = uncertain(channels=4, draws=60, seed=3)
    limits = [C.group_max_ratio(["c0"], 0.4), C.group_min_spend(["c2", "c3"], 20.0)]
    plan = mg.optimize(curves, goal=mg.FixedBudget(70.0), constraints=limits, utility=utility)
    rng = np.random.default_rng(0)
    rules: list[Any] = [
        {"type": "eq", "fun": lambda x: (x.sum() - 70) / 70},
        {"type": "ineq", "fun": lambda x: 0.4 - x[0] / 70},
        {"type": "ineq", "fun": lambda x: (x[2] + x[3] - 20) / 70},
    ]
    best = -np.inf
    for _ in range(10):
        start = 70 * rng.dirichlet(np.ones(4))
        found = minimize(  # type: ignore[call-overload]  # the stubs want constraints of a type that nobody writes
            lambda x: -utility.of(responses(curves, np.clip(x, 0, 100))),
            start,
            method="SLSQP",
            bounds=[(0.0, 100.0)] * 4,
            constraints=rules,
            options={"maxiter": 60},
        )
        x = np.clip(found.x, 0, 100)
        if all(abs(r["fun"](x)) < 1e-8 if r["type"] == "eq" else r["fun"](x) > -1e-8 for r in rules):
            best = max(best, utility.of(responses(curves, x)))
    assert np.isfinite(best)
    # A quantile has many small tops beside each other: the same one is found, to a few millionths.
    assert plan.utility >= best * (1 - (1e-5 if isinstance(utility, mg.Quantile) else 1e-7))
    assert plan.problem.broken_by(plan.channel_spends) == []


def test_bad_cases_prefer_the_sure_channel() -> None:
    curves = uncertain()
    goal = mg.FixedBudget(60.0)
    mean = mg.optimize(curves, goal=goal)
    careful = mg.optimize(curves, goal=goal, utility=mg.ConditionalValueAtRisk(0.1))
    assert careful.spends["c2"] > mean.spends["c2"] + 5
    assert mg.ConditionalValueAtRisk(0.1).of(mean.response.values) < careful.utility
    assert careful.response.mean() < mean.response.mean()
    everything = mg.optimize(curves, goal=goal, utility=mg.ConditionalValueAtRisk(1.0))
    assert everything.utility == pytest.approx(mean.utility, rel=1e-6)


def test_the_price_of_the_budget_is_its_finite_difference() -> None:
    curves = uncertain(points=2000)
    utility = mg.ConditionalValueAtRisk(0.2)
    plan, more = (mg.optimize(curves, goal=mg.FixedBudget(b), utility=utility) for b in (60.0, 60.6))
    assert plan.shadow_prices["budget"] == pytest.approx((more.utility - plan.utility) / 0.6, rel=0.02)


@pytest.mark.parametrize(
    "goal", [mg.TargetRoi(0.6), mg.TargetMarginalRoi(0.3), mg.TargetResponse(20.0), mg.MaxProfit(3.0)]
)
def test_goals_hold_for_the_utility(goal: Goal) -> None:
    curves, utility = uncertain(), mg.ConditionalValueAtRisk(0.2)
    plan = mg.optimize(curves, goal=goal, utility=utility)
    assert plan.problem.objective.shortfall(plan.utility, plan.total) <= 1e-6 * plan.utility
    assert plan.gap <= 1e-4
    fixed = mg.optimize(curves, goal=mg.FixedBudget(plan.total), utility=utility)
    assert plan.utility == pytest.approx(fixed.utility, rel=1e-4)
    report = mg.consistency(plan)
    assert report.holds
    assert report.cost_of_grouping == pytest.approx(0, abs=1e-3 * plan.utility)


def test_a_response_out_of_reach_in_bad_cases_is_refused() -> None:
    with pytest.raises(InfeasibleError, match="out of reach"):
        mg.optimize(uncertain(), goal=mg.TargetResponse(1e4), utility=mg.ConditionalValueAtRisk(0.1))


def test_groups_free_inside_are_the_channels_for_bad_cases_too() -> None:
    curves, utility = uncertain(channels=4), mg.ConditionalValueAtRisk(0.15)
    groups = mg.ChannelGroups({"A": ["c0", "c1"], "B": ["c2", "c3"]})
    plan = mg.optimize(curves, goal=mg.FixedBudget(80.0), groups=groups, split="marginal_roi", utility=utility)
    alone = mg.optimize(curves, goal=mg.FixedBudget(80.0), utility=utility)
    assert plan.utility == pytest.approx(alone.utility, rel=1e-4)
    assert utility.of(plan.response.values) == pytest.approx(plan.utility, rel=1e-6)

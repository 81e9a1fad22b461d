"""Global optima of S-shaped curves against dynamic programming, many local searches, and themselves under limits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from support.curves import hill, s_shaped
from support.reference import best_by_dynamic_programming

import mmm_groups as mg

C = mg.ConstraintBuilder


def many_hills(count: int, seed: int, points: int = 161) -> mg.ResponseCurves:
    rng = np.random.default_rng(seed)
    return s_shaped(
        [(float(rng.uniform(4, 12)), float(rng.uniform(15, 70)), float(rng.uniform(1.5, 4.5))) for _ in range(count)],
        points=points,
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("budget", [60.0, 250.0, 700.0])
def test_never_below_dynamic_programming_on_a_fine_grid(seed: int, budget: float) -> None:
    curves = many_hills(12, seed)
    plan = mg.optimize(curves, goal=mg.FixedBudget(budget))
    best = best_by_dynamic_programming(curves.spend.values, curves.mean, budget, steps=1000)
    assert plan.utility >= best * (1 - 1e-12)
    assert plan.upper_bound >= best
    assert plan.gap <= 1e-5
    assert abs(plan.spends.sum() - budget) <= 1e-9 * budget


@pytest.mark.parametrize("budget", [80.0, 200.0])
def test_never_below_thirty_local_searches(budget: float) -> None:
    parameters: list[tuple[float, float, float]] = [(10, 40, 3), (9, 30, 4), (6, 20, 2.5), (7, 55, 3.5), (5, 15, 1.2)]
    curves = s_shaped(parameters, points=400)
    groups = [["c0", "c1"], ["c2", "c3"]]
    constraints = [C.group_max_spend(groups[0], 0.45 * budget), C.group_min_ratio(groups[1], 0.25)]
    plan = mg.optimize(curves, goal=mg.FixedBudget(budget), constraints=constraints)

    def earned(spends: np.ndarray) -> float:
        return sum(float(np.interp(x, p, v)) for x, p, v in zip(spends, curves.spend.values, curves.mean, strict=True))

    rng = np.random.default_rng(0)
    rules: list[Any] = [
        {"type": "eq", "fun": lambda x: x.sum() / budget - 1},
        {"type": "ineq", "fun": lambda x: 0.45 - (x[0] + x[1]) / budget},
        {"type": "ineq", "fun": lambda x: (x[2] + x[3]) / x.sum() - 0.25},
    ]
    best = -np.inf
    for _ in range(30):
        start = budget * rng.dirichlet(np.ones(5))
        found = minimize(  # type: ignore[call-overload]  # the stubs want constraints of a type that nobody writes
            lambda x: -sum((float(hill(xi, *p)) for xi, p in zip(np.maximum(x, 0), parameters, strict=True)), 0.0),
            start,
            method="SLSQP",
            bounds=[(0.0, 100.0)] * 5,
            constraints=rules,
        )
        x = np.clip(found.x, 0, 100)
        if all(abs(r["fun"](x)) < 1e-7 if r["type"] == "eq" else r["fun"](x) > -1e-7 for r in rules):
            best = max(best, earned(x))
    assert np.isfinite(best)
    assert plan.utility >= best * (1 - 1e-7)  # their plans may miss the limits by as much
    assert plan.gap <= 1e-5


def test_thirty_equal_s_shapes_are_no_trap() -> None:
    # All orders of equal curves are equally good, which is the worst case for a search.
    curves = s_shaped([(10, 40, 3)] * 30)
    plan = mg.optimize(curves, goal=mg.FixedBudget(730.0))
    assert plan.gap <= 1e-3
    best = best_by_dynamic_programming(curves.spend.values, curves.mean, 730.0, steps=1460)
    assert plan.utility >= best * (1 - 1e-12)


def test_the_reference_plan_is_never_better_when_it_is_feasible() -> None:
    curves = many_hills(9, 7)
    history = np.random.default_rng(3).uniform(1, 40, 9)
    known = mg.ResponseCurves.from_arrays(
        curves.channels,
        curves.spend.values,
        curves.response.values,
        historical_spend=pd.DataFrame(
            [history], index=pd.date_range("2025-01-06", periods=1), columns=list(curves.channels)
        ),
    )
    plan = mg.optimize(known, goal=mg.FixedBudget(float(history.sum())))
    assert plan.utility >= float(plan.reference_response.mean())


def test_curves_that_are_nearly_alike_end_at_a_gap_that_is_stated() -> None:
    rng = np.random.default_rng(0)
    nearly_alike = [(10 * (1 + e), 40 * (1 - e), 3 * (1 + e)) for e in 1e-3 * rng.normal(size=12)]
    curves = s_shaped(nearly_alike)  # takes thousands of nodes to close
    plan = mg.optimize(curves, goal=mg.FixedBudget(292.0))
    assert 1e-5 < plan.gap <= 1e-3
    best = best_by_dynamic_programming(curves.spend.values, curves.mean, 292.0, steps=1168)
    assert plan.upper_bound >= best
    assert plan.utility >= best * (1 - 1e-3)


def test_prices_of_an_s_shaped_plan_hold_around_it() -> None:
    curves = s_shaped([(10, 40, 3), (9, 30, 4), (6, 20, 2.5)], points=2001)
    cap = C.group_max_spend(["c0", "c1"], 90.0)
    plan = mg.optimize(curves, goal=mg.FixedBudget(130.0), constraints=[cap])
    more = mg.optimize(curves, goal=mg.FixedBudget(130.2), constraints=[cap])
    assert plan.shadow_prices["budget"] == pytest.approx((more.utility - plan.utility) / 0.2, rel=0.03)
    looser = mg.optimize(curves, goal=mg.FixedBudget(130.0), constraints=[C.group_max_spend(["c0", "c1"], 90.2)])
    price = plan.shadow_prices["group_max_spend[c0, c1]"]
    assert price == pytest.approx((looser.utility - plan.utility) / 0.2, rel=0.03)

"""Every goal with every utility, method and shape of curves against all plans of two decisions on a grid."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.groups.methods import METHODS, Method
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.utilities import StatedUtility

pytestmark = pytest.mark.slow

DRAWS, ENDS = 5, np.linspace(0, 60, 16)
SHAPES = {"concave": 1.0, "s_shaped": 3.0}
UTILITIES: list[StatedUtility] = [mg.MeanResponse(), mg.ConditionalValueAtRisk(0.5), mg.Quantile(0.2)]
GOALS = ["fixed_budget", "target_response", "target_roi", "target_marginal_roi", "max_profit"]
GROUP = {"G": ["c0", "c1"]}


@cache
def curves_of(shape: str) -> mg.ResponseCurves:
    """Three channels whose tops and bends differ from draw to draw; the first two are a group."""
    rng = np.random.default_rng(8)
    top = np.array([30.0, 12.0, 20.0])[:, None] * rng.lognormal(0, 0.4, (DRAWS, 3, 1))
    half = np.array([14.0, 6.0, 12.0])[:, None] * rng.lognormal(0, 0.3, (DRAWS, 3, 1))
    response = top * ENDS ** SHAPES[shape] / (half ** SHAPES[shape] + ENDS ** SHAPES[shape])
    dates = pd.date_range("2024-01-01", periods=40, freq="W-MON")
    history = pd.DataFrame(rng.uniform(0.2, 1.0, (40, 3)), index=dates, columns=["c0", "c1", "c2"])
    return mg.ResponseCurves.from_arrays(["c0", "c1", "c2"], [ENDS] * 3, response, history, periods=8)


def earned(shape: str, method: Method, together: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Response of plans, (draw, plan), by the methods' own formulas on the channels' curves."""
    curves = curves_of(shape)
    of_group = curves.reference_spend[["c0", "c1"]].to_numpy()
    shares, known = of_group / of_group.sum(), np.asarray(curves.response.values, dtype=np.float64)
    found = np.stack([np.interp(alone, ENDS, known[draw, 2]) for draw in range(DRAWS)])
    if method == "re_estimated":  # what was fitted is tested elsewhere; here it is what is maximised
        return np.asarray(found + fitted(shape, together))
    for draw in range(DRAWS):
        for member, share in enumerate(shares):
            if method == "sum":
                found[draw] += np.interp(share * together, ENDS, known[draw, member])
            else:
                found[draw] += share * np.interp(together, ENDS, known[draw, member])
    return found


def fitted(shape: str, spend: np.ndarray) -> np.ndarray:
    curves = mg.group_curves(curves_of(shape), GROUP, "re_estimated")
    known = curves.response.sel(group="G").values
    return np.stack([np.interp(spend, curves.spend.sel(group="G"), draw) for draw in known])


def utility_of(utility: StatedUtility, response: np.ndarray) -> np.ndarray:
    """StatedUtility of plans, (plan,), by sorting and counting."""
    if isinstance(utility, mg.MeanResponse):
        return np.asarray(response.mean(axis=0))
    if isinstance(utility, mg.Quantile):
        return np.asarray(np.quantile(response, utility.q, axis=0))
    counted = np.clip(0.5 * DRAWS - np.arange(DRAWS), 0, 1)  # the worst two and a half draws
    return np.asarray(counted @ np.sort(response, axis=0) / counted.sum())


@cache
def on_a_grid(shape: str, utility: StatedUtility, method: Method) -> tuple[np.ndarray, np.ndarray]:
    """Spend and utility of every plan on a grid that holds the points of the channels' own curves."""
    steps = np.linspace(0, 60, 121)
    together, alone = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    return together + alone, utility_of(utility, earned(shape, method, together, alone))


def stated(kind: str, spend: np.ndarray, utility: np.ndarray) -> tuple[Goal, float]:
    """A goal that some plan on the grid meets, and the best objective on the grid."""
    some = spend > 0
    roi = np.divide(utility, spend, out=np.zeros_like(spend), where=some)
    match kind:
        case "fixed_budget":
            return mg.FixedBudget(24.0), float(utility[np.isclose(spend, 24.0)].max())
        case "target_response":
            wanted = 0.6 * float(utility.max())
            return mg.TargetResponse(wanted), -float(spend[utility >= wanted].min())
        case "target_roi":
            wanted = 0.8 * float(roi.max())
            return mg.TargetRoi(wanted), float(utility[some & (roi >= wanted)].max())
        case "target_marginal_roi":
            return mg.TargetMarginalRoi(0.5), float((utility - 0.5 * spend).max())
        case _:
            return mg.MaxProfit(1.5), float((1.5 * utility - spend).max())


CASES = [
    (shape, method, utility, kind)
    for shape in SHAPES
    for utility in UTILITIES
    for number, kind in enumerate(GOALS)
    for place, method in enumerate(METHODS)
    # The search for a quantile takes its time: each goal with one method.
    if not isinstance(utility, mg.Quantile) or place == number % len(METHODS)
]


@pytest.mark.parametrize(("shape", "method", "utility", "kind"), CASES, ids=str)
def test_no_plan_on_a_grid_is_better(shape: str, method: Method, utility: StatedUtility, kind: str) -> None:
    goal, best = stated(kind, *on_a_grid(shape, utility, method))
    plan = mg.optimize(curves_of(shape), goal=goal, groups=GROUP, method=method, utility=utility)
    size = max(abs(best), 1.0)
    assert plan.objective >= best - 1e-6 * size
    assert plan.upper_bound >= max(best, plan.objective) - 1e-6 * size
    if plan.bound_kind == "proven":
        assert plan.gap <= 1e-4
    else:
        assert not isinstance(utility, mg.MeanResponse)
    together, alone = (np.array([float(plan.spends[name])]) for name in ("G", "c2"))
    told = float(utility_of(utility, earned(shape, method, together, alone))[0])
    assert plan.utility == pytest.approx(told, rel=1e-5)
    match goal:
        case mg.TargetResponse(value=wanted):
            assert told >= wanted * (1 - 1e-5)
        case mg.TargetRoi(value=wanted):
            assert told >= wanted * plan.total * (1 - 1e-5)
        case mg.FixedBudget(total=total):
            assert plan.total == pytest.approx(total)

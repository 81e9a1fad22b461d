"""At most a share of a plan's money moves: against a linear program written apart, and enumeration on S-shapes."""

import numpy as np
import pytest
from scipy.optimize import linprog
from support.curves import hill, root_curves, s_shaped, uncertain

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, InfeasibleError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.what_if import moved_plan
from mmm_groups.problem.constraints import MaxMoved

C = mg.ConstraintBuilder
SCALES = [3.0, 1.0, 2.0, 2.0, 0.5]
BEFORE = {"c0": 5.0, "c1": 20.0, "c2": 5.0, "c3": 25.0, "c4": 5.0}


def taken(spends: dict[str, float]) -> float:
    return sum(max(before - spends[name], 0.0) for name, before in BEFORE.items())


def by_linear_program(curves: mg.ResponseCurves, total: float, most: float) -> float:
    """The most that pieces of the mean curves bring, with a variable for what each channel gives."""
    points, values = curves.spend.values, curves.response.values.mean(axis=0)
    lengths, count = np.diff(points, axis=1), len(points)
    pieces = lengths.shape[1]
    slopes = np.diff(values, axis=1) / lengths
    own = np.repeat(np.eye(count), pieces, axis=1)
    gives = np.hstack([-own, -np.eye(count)])  # before - spend <= given
    few = np.append(np.zeros(count * pieces), np.ones(count))
    found = linprog(
        np.append(-slopes.ravel(), np.zeros(count)),
        A_ub=np.vstack([gives, few]),
        b_ub=[*(-before for before in BEFORE.values()), most],
        A_eq=[np.append(np.ones(count * pieces), np.zeros(count))],
        b_eq=[total],
        bounds=[*((0, length) for length in lengths.ravel()), *((0, None) for _ in range(count))],
    )
    assert found.fun is not None
    return -float(found.fun)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.25, 1.0])
@pytest.mark.parametrize("total", [60.0, 75.0])
def test_the_best_small_change_is_that_of_a_linear_program(share: float, total: float) -> None:
    curves = root_curves(SCALES, points=120)
    plan = mg.optimize(curves, goal=mg.FixedBudget(total), constraints=[C.max_moved(BEFORE, share)])
    assert plan.utility == pytest.approx(by_linear_program(curves, total, share * 60.0), rel=1e-9)
    assert taken(by_name(plan.channel_spends)) <= share * 60.0 + 1e-6
    assert plan.bound_kind == "proven"
    assert plan.gap < 1e-6


def test_its_price_is_what_a_little_more_freedom_brings() -> None:
    curves = root_curves(SCALES, points=2000)
    best = [
        mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.max_moved(BEFORE, share)])
        for share in (0.099, 0.1, 0.101)
    ]
    brings = (best[2].utility - best[0].utility) / (0.002 * 60.0)
    assert best[1].shadow_prices["max_moved"] == pytest.approx(brings, rel=0.02)
    ((limit, price),) = [held for held in best[1].holding_limits if not held[0].is_on_budget]
    assert limit.label == "at most 10 % of the plan's 60 moved elsewhere"
    assert price > 0


def test_on_s_shapes_it_is_that_of_enumeration() -> None:
    shapes = [(50.0, 30.0, 3.0), (40.0, 20.0, 4.0), (30.0, 25.0, 2.5)]
    before = {"c0": 10.0, "c1": 40.0, "c2": 40.0}
    curves = s_shaped(shapes, points=101)
    plan = mg.optimize(curves, goal=mg.FixedBudget(90.0), constraints=[C.max_moved(before, 0.25)])
    first, second = np.meshgrid(np.arange(91.0), np.arange(91.0), indexing="ij")
    spends = np.stack([first, second, 90 - first - second])
    moved = np.maximum(np.array(list(before.values()))[:, None, None] - spends, 0).sum(axis=0)
    total = sum(hill(np.maximum(spend, 0), *shape) for spend, shape in zip(spends, shapes, strict=True))
    reached = np.where((spends[2] >= 0) & (moved <= 22.5), total, 0).max()
    assert reached <= plan.utility + 1e-9
    assert plan.utility <= reached * 1.01  # whole steps of money miss the last half
    assert plan.gap < 1e-5


@pytest.mark.slow
def test_groups_limits_and_worst_cases_keep_it_too() -> None:
    curves = uncertain(channels=4, draws=30)
    before = {"Pair": 50.0, "c2": 20.0, "c3": 10.0}
    groups = mg.ChannelGroups({"Pair": ["c0", "c1"]})
    for utility in (mg.MeanResponse(), mg.ConditionalValueAtRisk(0.2), mg.Quantile(0.3)):
        for goal in (mg.FixedBudget(80.0), mg.MaxProfit(margin=4.0, max_budget=90.0)):
            limits = [C.max_moved(before, 0.1), C.group_max_spend(["c2"], 25.0)]
            plan = mg.optimize(curves, goal=goal, groups=groups, constraints=limits, utility=utility)
            spends = plan.spends
            given = sum(max(amount - float(spends[name]), 0.0) for name, amount in before.items())
            assert given <= 8.0 + 1e-6
            assert not plan.problem.broken_by(plan.channel_spends)
    assert (mg.stability(plan).spends["Pair"] >= 42.0 - 1e-6).all()


def test_what_breaks_it_is_named() -> None:
    curves = root_curves(SCALES, points=120)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.max_moved(BEFORE, 0.1)])
    moved = by_name(plan.spends) | {"c1": 0.0, "c0": float(plan.spends["c0"] + plan.spends["c1"])}
    assert moved_plan(plan, moved).broken == ("at most 10 % of the plan's 60 moved elsewhere",)
    with pytest.raises(InfeasibleError, match="at most 10 % of the plan's 60 moved elsewhere"):
        mg.optimize(
            curves,
            goal=mg.FixedBudget(60.0),
            constraints=[C.max_moved(BEFORE, 0.1), C.group_max_spend(["c1"], 8.0), C.group_max_spend(["c3"], 23.0)],
        )
    with pytest.raises(ConstraintError, match="neither a group nor a channel"):
        mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.max_moved({"nobody": 1.0}, 0.1)])


def test_a_constraint_keeps_its_amounts_under_other_names() -> None:
    stated = C.max_moved(BEFORE, 0.1).renamed({"c0": "search"})
    assert isinstance(stated, MaxMoved)
    assert dict(zip(stated.names(), stated.amounts, strict=True))["search"] == 5.0

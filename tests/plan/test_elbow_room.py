"""Elbow room: ends from the square root itself, and from enumeration on S-shapes."""

import numpy as np
import pytest
from support.curves import curves_of, hill, root_curves, s_shaped

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, NotAdditiveError
from mmm_groups.groups.shares import SplitRule
from mmm_groups.numerics.labelled import number_at
from mmm_groups.plan.beliefs import beliefs
from mmm_groups.plan.elbow_room import elbow_room

C = mg.ConstraintBuilder
SCALES = np.array([3.0, 1.0, 2.0, 2.0])


@pytest.mark.parametrize("within", [0.001, 0.01, 0.05])
def test_ends_of_square_roots_are_those_of_the_closed_form(within: float) -> None:
    plan = mg.optimize(root_curves(SCALES.tolist(), points=800), goal=mg.FixedBudget(60.0))
    table = elbow_room(plan, within)
    spends = np.linspace(0, 60, 60_001)
    for place, name in enumerate(table.index):
        # With a group at x the others, best placed, bring sqrt(sum of squared scales * their money).
        others = np.sqrt((SCALES**2).sum() - SCALES[place] ** 2)
        total = SCALES[place] * np.sqrt(spends) + others * np.sqrt(60 - spends)
        room = spends[total >= (1 - within) * total.max()]
        assert number_at(table, str(name), "lower") == pytest.approx(room.min(), abs=0.02)
        assert number_at(table, str(name), "upper") == pytest.approx(room.max(), abs=0.02)
    assert table["is_proven"].all()


def test_ends_of_s_shapes_are_those_of_enumeration() -> None:
    shapes = [(50.0, 30.0, 3.0), (40.0, 20.0, 4.0), (30.0, 25.0, 2.5)]
    plan = mg.optimize(s_shaped(shapes, points=201), goal=mg.FixedBudget(90.0))
    table = elbow_room(plan, 0.02)
    grid = np.linspace(0, 90, 361)
    first, second = np.meshgrid(grid, grid, indexing="ij")
    third = 90 - first - second
    spends = (first, second, np.maximum(third, 0.0))
    total = np.stack([hill(spend, *shape) for spend, shape in zip(spends, shapes, strict=True)]).sum(axis=0)
    inside = (third >= 0) & (total >= 0.98 * total[third >= 0].max())
    for name, spend in zip(table.index, spends, strict=True):
        assert number_at(table, str(name), "lower") == pytest.approx(spend[inside].min(), abs=0.3)
        assert number_at(table, str(name), "upper") == pytest.approx(spend[inside].max(), abs=0.3)


def test_limits_hold_inside_the_room() -> None:
    limits = [C.group_max_spend(["c0"], 31.0), C.group_min_spend(["c2", "c3"], 26.0), C.lock("c1", 3.0)]
    plan = mg.optimize(root_curves(SCALES.tolist(), points=800), goal=mg.FixedBudget(60.0), constraints=limits)
    table = elbow_room(plan, 0.05)
    assert number_at(table, "c0", "upper") == pytest.approx(31.0)
    assert [number_at(table, "c1", end) for end in ("lower", "upper")] == pytest.approx([3.0, 3.0])
    for name in map(str, table.index):
        assert number_at(table, name, "lower") <= number_at(table, name, "spend") <= number_at(table, name, "upper")


@pytest.mark.parametrize("goal", [mg.FixedBudget(29.0), mg.MaxProfit(margin=2.0)])
def test_a_plan_that_is_locked_has_no_room(goal: mg.FixedBudget | mg.MaxProfit) -> None:
    locked = {"c0": 10.0, "c1": 7.3, "c2": 11.7}
    curves = root_curves([3.0, 1.0, 2.0], points=400)
    plan = mg.optimize(curves, goal=goal, constraints=[C.lock(name, spend) for name, spend in locked.items()])
    table = elbow_room(plan)
    for end in ("lower", "spend", "upper"):
        assert table[end].to_dict() == pytest.approx(locked)
    with_beliefs = beliefs(locked, curves, constraints=[C.lock(name, spend) for name, spend in locked.items()])
    assert with_beliefs["is_decided"].all()


def test_the_money_stays_the_plans_whatever_the_goal() -> None:
    curves = root_curves(SCALES.tolist(), points=800)
    plan = mg.optimize(curves, goal=mg.MaxProfit(margin=2.0))
    again = mg.optimize(curves, goal=mg.FixedBudget(plan.total))
    assert elbow_room(plan)["upper"].to_numpy() == pytest.approx(elbow_room(again)["upper"].to_numpy(), rel=1e-3)


@pytest.mark.parametrize("split", ["historical", "marginal_roi"])
def test_a_group_is_one_whatever_its_split(split: SplitRule) -> None:
    curves = root_curves(SCALES.tolist(), points=400)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups={"Pair": ["c2", "c3"]}, split=split)
    table = elbow_room(plan)
    # Two equal channels: together a root of scale sqrt(2² + 2²), split evenly either way.
    spends = np.linspace(0, 60, 60_001)
    total = np.sqrt(8 * spends) + np.sqrt(10 * (60 - spends))
    room = spends[total >= 0.99 * total.max()]
    assert number_at(table, "Pair", "lower") == pytest.approx(room.min(), abs=0.05)
    assert number_at(table, "Pair", "upper") == pytest.approx(room.max(), abs=0.05)


def test_no_room_is_the_plan_itself() -> None:
    plan = mg.optimize(root_curves(SCALES.tolist(), points=200), goal=mg.FixedBudget(60.0))
    table = elbow_room(plan, 0.0)
    assert table["lower"].to_numpy() == pytest.approx(plan.spends.to_numpy(), abs=0.3)
    assert table["upper"].to_numpy() == pytest.approx(plan.spends.to_numpy(), abs=0.3)


def test_what_cannot_be_asked_is_refused() -> None:
    plan = mg.optimize(root_curves(SCALES.tolist(), points=100), goal=mg.FixedBudget(60.0))
    with pytest.raises(ConstraintError, match=r"within 1 of the response.*such as 0.01"):
        elbow_room(plan, 1.0)
    joint = mg.optimize(curves_of([0.1, 0.2]), goal=mg.FixedBudget(30.0))
    with pytest.raises(NotAdditiveError, match="no curve says how far"):
        elbow_room(joint)

"""Groups that are off or at least so much, and amounts in steps: in plans, splits, what-if and words."""

import itertools
import math

import numpy as np
import pytest
from support.curves import root_curves, uncertain

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, InfeasibleError
from mmm_groups.numerics.labelled import by_name, number_at
from mmm_groups.plan.elbow_room import elbow_room
from mmm_groups.plan.what_if import moved_plan

C = mg.ConstraintBuilder
SCALES = [3.0, 1.0, 2.0, 2.0]


def enumerated(total: int, allowed: list[list[int]]) -> float:
    """The most that square roots earn with whole amounts that are allowed."""
    return max(
        sum(scale * math.sqrt(x) for scale, x in zip(SCALES, spends, strict=True))
        for spends in itertools.product(*allowed)
        if sum(spends) == total
    )


def test_all_in_steps_is_the_best_of_all_whole_amounts() -> None:
    curves = root_curves(SCALES, points=401)
    limits = [C.in_steps([name], 5.0) for name in curves.channels]
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=limits)
    assert plan.utility == pytest.approx(enumerated(60, [list(range(0, 61, 5))] * 4), rel=2e-3)
    assert np.allclose(plan.spends / 5, np.round(plan.spends / 5))
    assert plan.gap < 1e-5
    # A unit of money is worth what it is where amounts are free: half the root's slope.
    assert plan.marginal_return == pytest.approx(
        mg.optimize(curves, goal=mg.FixedBudget(60.0)).marginal_return, rel=0.1
    )


def test_off_or_at_least_switches_the_small_ones_off() -> None:
    curves = root_curves(SCALES, points=401)
    limits = [C.off_or_at_least([name], 14.0) for name in curves.channels]
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=limits)
    allowed = [0, *range(14, 61)]
    assert plan.utility >= enumerated(60, [allowed] * 4) * (1 - 1e-3)
    assert plan.spends["c1"] == 0.0
    assert all(spend == 0 or spend >= 14 - 1e-9 for spend in plan.spends)
    assert plan.bound_kind == "proven"


def test_a_group_and_its_own_channels_keep_it() -> None:
    curves = root_curves(SCALES, points=401)
    groups = {"Pair": ["c0", "c1"]}
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=groups, constraints=[C.in_steps(["Pair"], 8.0)])
    assert float(plan.spends["Pair"]) / 8 == pytest.approx(round(float(plan.spends["Pair"]) / 8))
    report = mg.consistency(plan)
    assert report.cost_of_grouping >= -1e-9
    assert mg.split_plan(plan, {"Pair": {"c0": 0.8, "c1": 0.2}}).spends["Pair"] == pytest.approx(plan.spends["Pair"])
    inside = mg.optimize(
        curves, goal=mg.FixedBudget(60.0), groups=groups, constraints=[C.off_or_at_least(["c1"], 30.0)]
    )
    assert inside.channel_spends["c1"] == 0.0 or inside.channel_spends["c1"] >= 30.0 - 1e-9
    with pytest.raises(ConstraintError, match="Give the group fixed shares"):
        mg.optimize(
            curves,
            goal=mg.FixedBudget(60.0),
            groups=groups,
            split="marginal_roi",
            constraints=[C.in_steps(["Pair"], 8.0)],
        )


@pytest.mark.parametrize("goal", [mg.MaxProfit(margin=2.0), mg.TargetResponse(30.0), mg.TargetRoi(0.9)])
def test_every_goal_keeps_it(goal: mg.MaxProfit | mg.TargetResponse | mg.TargetRoi) -> None:
    curves = root_curves(SCALES, points=401)
    limits = [C.in_steps([name], 5.0) for name in curves.channels]
    plan = mg.optimize(curves, goal=goal, constraints=limits)
    assert np.allclose(plan.spends / 5, np.round(plan.spends / 5))
    free = mg.optimize(curves, goal=goal)
    assert plan.objective <= free.objective + 1e-9
    assert not plan.problem.broken_by(plan.channel_spends)


def test_elbow_room_ends_at_allowed_amounts() -> None:
    curves = root_curves(SCALES, points=401)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.in_steps(["c0"], 5.0)])
    table = elbow_room(plan, 0.01)
    assert [number_at(table, "c0", end) % 5 for end in ("lower", "upper")] == pytest.approx([0.0, 0.0])
    assert number_at(table, "c0", "lower") < number_at(table, "c0", "upper")


def test_what_if_names_an_amount_that_is_not_allowed() -> None:
    curves = root_curves(SCALES, points=401)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.in_steps(["c0"], 5.0)])
    moved = by_name(plan.spends) | {"c0": float(plan.spends["c0"]) - 2, "c1": float(plan.spends["c1"]) + 2}
    assert moved_plan(plan, moved).broken == ("c0 in steps of 5",)


def test_what_cannot_be_kept_is_refused_with_a_way_out() -> None:
    curves = root_curves(SCALES, points=101)
    limits = [C.in_steps([name], 7.0) for name in curves.channels]
    with pytest.raises(InfeasibleError, match=r"c0 in steps of 7.*Change the budget, or let one of them be free"):
        mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=limits)
    with pytest.raises(ConstraintError, match="Choose the average response, or remove that limit"):
        mg.optimize(
            uncertain(), goal=mg.FixedBudget(60.0), constraints=[C.in_steps(["c0"], 7.0)], utility=mg.Quantile(0.2)
        )
    with pytest.raises(ConstraintError, match="says of Pair what another limit on its amounts also says"):
        mg.optimize(
            curves,
            goal=mg.FixedBudget(60.0),
            groups={"Pair": ["c0", "c1"]},
            constraints=[C.in_steps(["c0"], 7.0), C.in_steps(["c1"], 7.0)],
        )

"""Uplift, response steps, dearest limits, modes and the frontier of a plan, against closed forms and slow sums."""

import numpy as np
import pandas as pd
import pytest
from support.curves import Multiplying, curves_of, root_curves
from support.reference import square_root_optimum

import mmm_groups as mg
from mmm_groups.errors import ConstraintError
from mmm_groups.evaluation.decision_levels import BEST_INSIDE, BY_CHANNEL, PLAN, REFERENCE, decision_levels
from mmm_groups.numerics.labelled import number_at
from mmm_groups.plan.binding_limits import dearest_limits
from mmm_groups.plan.frontier import budget_range, frontier_of, totals_around
from mmm_groups.plan.uplift import OTHERS, TOGETHER, response_steps, roi_of, uplift_of

C = mg.ConstraintBuilder
SCALES = [3.0, 1.0, 2.0]


def roots(draws: int = 3) -> mg.ResponseCurves:
    return root_curves(SCALES, points=2000, draws=draws)


def test_the_uplift_is_that_of_the_closed_form() -> None:
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0))
    uplift = uplift_of(plan)
    # The reference of 10 each earns 6 sqrt(10), the best plan sqrt(30 · 14); draws scale both by 0.9 to 1.1.
    expected = np.sqrt(420) - 6 * np.sqrt(10)
    assert uplift.mean == pytest.approx(expected, rel=1e-4)
    assert roi_of(plan) == pytest.approx(np.sqrt(420) / 30, rel=1e-4)
    assert (uplift.low, uplift.high) == pytest.approx((0.9 * expected, 1.1 * expected), rel=1e-3)


def test_the_steps_go_from_the_reference_to_the_plan() -> None:
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0))
    steps = response_steps(plan)
    spends = square_root_optimum(SCALES, 30.0)
    np.testing.assert_allclose(
        steps["change"], np.array(SCALES) * (np.sqrt(spends) - np.sqrt(10)), atol=5e-3
    )  # points of the curves
    assert list(steps.index) == ["c0", "c1", "c2"]
    assert steps["change"].sum() == pytest.approx(uplift_of(plan).mean, rel=1e-9)
    assert (steps["low"] < steps["change"]).all()
    assert (steps["change"] < steps["high"]).all()


def test_small_steps_of_many_groups_are_one() -> None:
    plan = mg.optimize(root_curves([5.0, 1.0, 1.1, 0.9, 4.0], points=800), goal=mg.FixedBudget(50.0))
    every, few = response_steps(plan), response_steps(plan, most=3)
    assert list(few.index) == ["c0", "c4", OTHERS]
    assert few.loc[OTHERS, "change"] == pytest.approx(every.loc[["c1", "c2", "c3"], "change"].sum())
    assert np.isnan(number_at(few, OTHERS, "low"))
    assert few["change"].sum() == pytest.approx(every["change"].sum())


def test_channels_that_do_not_add_up_have_a_step_together() -> None:
    strengths = [0.3, 0.2]
    plan = mg.optimize(curves_of(strengths), goal=mg.FixedBudget(40.0))
    steps = response_steps(plan)
    joint = Multiplying(strengths)
    uplift = joint.incremental(plan.channel_spends.to_numpy()).mean() - joint.incremental(np.full(2, 10.0)).mean()
    assert steps["change"].sum() == pytest.approx(uplift, rel=1e-9)
    assert list(steps.index) == ["c0", "c1", TOGETHER]
    assert abs(number_at(steps, TOGETHER, "change")) > 1e-3 * uplift


def test_without_a_reference_the_steps_are_unknown() -> None:
    drawn = root_curves(SCALES, draws=1)
    curves = mg.ResponseCurves.from_arrays(drawn.channels, drawn.spend.values, drawn.response.values)
    plan = mg.optimize(curves, goal=mg.FixedBudget(30.0))
    assert response_steps(plan)["change"].isna().all()
    assert np.isnan(uplift_of(plan).mean)


def test_the_dearest_limit_is_told_with_its_price() -> None:
    constraints = [C.spend_bounds("c0", upper=5.0), C.spend_bounds("c1", lower=8.0), C.group_max_spend(["c2"], 90.0)]
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0), constraints=constraints)
    found = dearest_limits(plan)
    at = 30.0 - 13.0  # what is left for c2, whose slope is everybody's price
    price = 2 / (2 * np.sqrt(at))
    assert found.loc["c0", "limit"] == "c0 at most 5"
    assert found.loc["c0", "price"] == pytest.approx(3 / (2 * np.sqrt(5)) - price, rel=0.01)
    assert found.loc["c1", "limit"] == "c1 at least 8"
    assert found.loc["c1", "price"] == pytest.approx(price - 1 / (2 * np.sqrt(8)), rel=0.05)
    assert found.loc["c2", "limit"] == ""
    assert np.isnan(number_at(found, "c2", "price"))


def test_the_end_of_a_curve_is_a_limit_that_holds() -> None:
    plan = mg.optimize(roots(), goal=mg.FixedBudget(290.0))
    assert dearest_limits(plan).loc["c0", "limit"] == "the curve of c0 is known up to 100"


def test_the_modes_are_ordered_and_channels_are_the_closed_form() -> None:
    curves = roots()
    plan = mg.optimize(curves, goal=mg.FixedBudget(30.0), groups=mg.ChannelGroups({"Both": ["c0", "c1"]}))
    table = decision_levels(mg.consistency(plan))
    assert list(table.index) == [REFERENCE, PLAN, BEST_INSIDE, BY_CHANNEL]
    # Even shares inside Both: (3 + 1) sqrt(x / 2); the best ones sqrt(10 x).
    both = plan.spends["Both"]
    rest = 2 * np.sqrt(30 - both)
    assert table.loc[REFERENCE, "response"] == pytest.approx(6 * np.sqrt(10), rel=1e-4)
    assert table.loc[PLAN, "response"] == pytest.approx(4 * np.sqrt(both / 2) + rest, rel=1e-4)
    assert table.loc[BEST_INSIDE, "response"] == pytest.approx(np.sqrt(10 * both) + rest, rel=1e-4)
    assert table.loc[BY_CHANNEL, "response"] == pytest.approx(np.sqrt(420), rel=1e-4)
    np.testing.assert_allclose(table["spend"], 30.0)
    np.testing.assert_allclose(table["roi"], table["response"] / 30.0)
    np.testing.assert_allclose(table["over_plan"], table["response"] - number_at(table, PLAN, "response"), atol=1e-12)


def test_the_range_of_budgets_is_what_limits_leave() -> None:
    constraints = [
        C.lock("c0", 20.0),
        C.spend_bounds("c1", 5.0, 30.0),
        C.ratio_between(["c2"], ["c1"], min=1.0, max=2.0),
    ]
    plan = mg.optimize(roots(), goal=mg.FixedBudget(60.0), constraints=constraints)
    assert budget_range(plan.problem) == pytest.approx((20 + 5 + 5, 20 + 30 + 60))
    totals = totals_around(plan, 5)
    assert totals == sorted(totals)
    assert 60.0 in totals
    assert totals[0] == pytest.approx(30.0, rel=1e-6)
    assert totals[-1] == pytest.approx(1.6 * 60)
    table = frontier_of(plan, totals).table
    np.testing.assert_allclose(table["budget"], totals)
    alone = [mg.optimize(roots(), goal=mg.FixedBudget(t), constraints=constraints).utility for t in totals]
    np.testing.assert_allclose(table["response"], alone, rtol=1e-9)


def test_limits_that_fix_the_budget_leave_one_total() -> None:
    locks = [C.lock(f"c{i}", 10.0) for i in range(3)]
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0), constraints=locks)
    assert totals_around(plan, 9) == [30.0]


def test_limits_that_clash_leave_no_budget() -> None:
    clashing = [C.spend_bounds("c0", 50.0), C.group_max_spend(["c0", "c1"], 40.0)]
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0))
    from mmm_groups.problem.stating import stated_problem

    problem = stated_problem(plan.problem.group_curves, plan.problem.goal, clashing)
    with pytest.raises(ConstraintError, match="No budget satisfies these limits"):
        budget_range(problem)


def test_the_frontier_of_a_flexible_goal_keeps_groups_and_tells_progress() -> None:
    groups = mg.ChannelGroups({"Both": ["c0", "c1"]})
    cap = [C.group_max_spend(["Both"], 40.0)]
    plan = mg.optimize(roots(), goal=mg.TargetMarginalRoi(0.3, max_budget=50.0), groups=groups, constraints=cap)
    told: list[float] = []
    frontier = frontier_of(plan, [20.0, 80.0], told.append)  # the greatest budget was the goal's, not a limit
    assert told == [0.5, 1.0]
    same = mg.budget_frontier(roots(), [20.0, 80.0], groups=groups, constraints=cap)
    pd.testing.assert_frame_equal(frontier.table, same.table)


def test_free_splits_are_free_along_the_frontier() -> None:
    groups = mg.ChannelGroups({"Both": ["c0", "c1"]})
    plan = mg.optimize(roots(), goal=mg.FixedBudget(30.0), groups=groups, split="marginal_roi")
    table = frontier_of(plan, [30.0, 60.0]).table
    np.testing.assert_allclose(table["response"], np.sqrt(14 * np.array([30.0, 60.0])), rtol=1e-4)

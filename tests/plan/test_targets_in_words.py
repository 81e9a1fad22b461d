"""How likely a target is reached, and what stays of the greatest budget, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.plan.explain import sentences_of
from mmm_groups.plan.measures import probability_of_goal, unspent
from mmm_groups.problem.goals import Goal

C = mg.ConstraintBuilder


def test_a_target_is_reached_in_the_draws_that_reach_it() -> None:
    curves = root_curves([3.0, 1.0, 2.0], draws=9, points=800)
    plan = mg.optimize(curves, goal=mg.TargetResponse(20.0))
    # The draws are the mean times 0.6, 0.7, ... 1.4: the mean reaches the target just so, and so do those above it.
    assert probability_of_goal(plan) == pytest.approx(5 / 9)
    assert "The goal is reached in 56 % of the draws." in sentences_of(plan)[0]
    roi = mg.optimize(curves, goal=mg.TargetRoi(0.5))
    reached = (roi.response.values / roi.total >= 0.5 * (1 - 1e-9)).mean()
    assert probability_of_goal(roi) == pytest.approx(reached)
    assert np.isnan(probability_of_goal(mg.optimize(curves, goal=mg.FixedBudget(60.0))))


def test_what_stays_unspent_is_said_with_its_reason() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=800)
    free = mg.optimize(curves, goal=mg.TargetRoi(0.6))
    plan = mg.optimize(curves, goal=mg.TargetRoi(0.6, max_budget=free.total + 20.0))
    assert unspent(plan) == pytest.approx(20.0, rel=1e-6)
    said = sentences_of(plan, "€")[0]
    assert f"of €{plan.total + 20:.1f} stay unspent because with them, all money would earn less than the ROI" in said
    profit = mg.optimize(curves, goal=mg.MaxProfit(margin=2.0, max_budget=290.0))
    assert "stay unspent because they would cost more than the profit they bring" in sentences_of(profit)[0]
    capped = mg.optimize(
        curves,
        goal=mg.MaxProfit(margin=20.0, max_budget=290.0),
        constraints=[C.group_max_spend([name], 5.0) for name in curves.channels],
    )
    assert "275 of 290 stay unspent because the limits leave no room for them" in sentences_of(capped)[0]
    assert unspent(mg.optimize(curves, goal=mg.MaxProfit(margin=20.0, max_budget=15.0))) == 0.0


@pytest.mark.parametrize(
    ("goal", "proven", "searched"),
    [
        (mg.TargetResponse(20.0), "is the least money that reaches", "is the least money found that reaches"),
        (mg.TargetRoi(0.6), "the most response at an ROI", "the most response found at an ROI"),
        (mg.MaxProfit(2.0), "the most there is", "the most found"),
    ],
    ids=str,
)
def test_the_best_is_said_only_where_it_is_proven(goal: Goal, proven: str, searched: str) -> None:
    plan = mg.optimize(root_curves([3.0, 1.0, 2.0], points=800), goal=goal)
    assert proven in sentences_of(plan)[0]
    assert searched in sentences_of(replace(plan, bound_kind="relaxed"))[0]
    far = replace(plan, upper_bound=plan.objective + 1e-3 * abs(plan.objective))
    assert searched in sentences_of(far)[0]

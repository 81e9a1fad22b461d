"""What the planner types about goals and limits: kept, converted and refused; plan words for every kind of bound."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.display.plan_words import (
    bound_in_words,
    frontier_in_words,
    honest_in_words,
    stability_in_words,
    utility_in_words,
)
from mmm_groups.errors import ConstraintError
from mmm_groups.evaluation.stability import HonestUplift
from mmm_groups.scenario.goal_inputs import GoalInputs, GoalKind
from mmm_groups.scenario.row_limits import AT_REFERENCE, RowLimit, within

C = mg.ConstraintBuilder


def test_every_goal_keeps_its_own_number() -> None:
    inputs = GoalInputs(kind="target_roi").with_value(2.5)
    inputs = inputs.model_copy(update={"kind": "target_response"}).with_value(1e6)
    assert inputs.goal(5.0) == mg.TargetResponse(1e6)
    back = inputs.model_copy(update={"kind": "target_roi"})
    assert back.goal(5.0) == mg.TargetRoi(2.5)
    assert back.model_copy(update={"kind": "fixed_budget"}).goal(5.0) == mg.FixedBudget(5.0)
    assert GoalInputs.model_validate_json(back.model_dump_json()) == back


def test_limits_of_the_budget_belong_to_flexible_goals() -> None:
    inputs = GoalInputs(kind="max_profit", min_budget=10.0, max_budget=20.0).with_value(0.3)
    assert inputs.goal(5.0) == mg.MaxProfit(0.3, min_budget=10.0, max_budget=20.0)
    with pytest.raises(ConstraintError, match=r"least budget \(30\) exceeds the greatest one \(20\)"):
        inputs.model_copy(update={"min_budget": 30.0}).goal(5.0)
    fixed = inputs.model_copy(update={"kind": "fixed_budget"})
    assert fixed.in_force(5.0) == fixed.model_copy(update={"max_budget": 1.0}).in_force(5.0)
    assert fixed.in_force(5.0) != fixed.in_force(6.0)
    assert inputs.in_force(5.0) == inputs.in_force(6.0)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("target_roi", "Type the ROI"),
        ("target_marginal_roi", "next unit of money must still bring"),
        ("target_response", "Type the response"),
        ("max_profit", "Type the profit"),
    ],
)
def test_a_number_that_is_missing_is_asked_for(kind: GoalKind, said: str) -> None:
    with pytest.raises(ConstraintError, match=said):
        GoalInputs(kind=kind).goal(5.0)


def test_utilities() -> None:
    assert GoalInputs().chosen_utility() == mg.MeanResponse()
    assert GoalInputs(utility="quantile").chosen_utility() == mg.Quantile(0.1)
    assert GoalInputs(utility="conditional_value_at_risk").chosen_utility() == mg.ConditionalValueAtRisk(0.1)


def test_rows_become_constraints() -> None:
    assert RowLimit().stated("tv", 100.0) is None
    assert RowLimit(upper=50.0).stated("tv", 100.0) == C.spend_bounds("tv", None, 50.0)
    assert RowLimit(lower=50.0, upper=50.0).stated("tv", 100.0) == C.lock("tv", 50.0)
    assert within(20).stated("tv", 100.0) == C.change_bounds(["tv"], -0.2, 0.2)
    assert AT_REFERENCE.stated("tv", 123.0) == C.lock("tv", 123.0)
    assert within(20).in_money(200.0) == (160.0, 240.0)
    assert within(20).in_money(float("nan")) == (None, None)
    assert RowLimit(lower=-30, unit="change").in_money(200.0) == (140.0, None)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (RowLimit(lower=10.0, upper=5.0), r"limits of tv cannot be met: the minimum \(10\) exceeds the maximum \(5\)"),
        (RowLimit(lower=20.0, upper=-5.0, unit="change"), r"the minimum \(20 %\) exceeds the maximum \(-5 %\)"),
        (RowLimit(lower=-120.0, unit="change"), "spend cannot fall by more than 100 %"),
        (RowLimit(upper=-1.0), "spend cannot be negative"),
    ],
)
def test_rows_that_no_plan_could_meet(limit: RowLimit, said: str) -> None:
    with pytest.raises(ConstraintError, match=said):
        limit.stated("tv", 100.0)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 1e6))
def test_a_unit_and_back_is_the_same_limit(lower: float, upper: float, reference: float) -> None:
    limit = RowLimit(lower=lower, upper=upper)
    back = limit.in_unit("change", reference).in_unit("money", reference)
    assert back.lower == pytest.approx(lower, abs=1e-4 * reference + 0.01)
    assert back.upper == pytest.approx(upper, abs=1e-4 * reference + 0.01)


def test_without_a_reference_spend_no_unit_is_converted() -> None:
    for reference in (0.0, float("nan")):
        assert RowLimit(upper=5.0).in_unit("change", reference) == RowLimit(upper=5.0)
        assert RowLimit().in_unit("change", reference) == RowLimit(unit="change")


@pytest.fixture
def plan() -> mg.Plan:
    return mg.optimize(root_curves([3.0, 1.0, 2.0], points=2000), goal=mg.FixedBudget(30.0))


def test_what_is_proven_is_said(plan: mg.Plan) -> None:
    assert bound_in_words(plan, "€") == (
        "Proven to be the best: under these limits no plan can bring more than 20.5 response, and this plan reaches "
        "that."
    )
    far = replace(plan, upper_bound=plan.objective / 0.9)
    assert bound_in_words(far, "€").endswith("this plan misses at most 10.00 % of that, proven.")
    relaxed = replace(far, bound_kind="relaxed")
    assert bound_in_words(relaxed, "€").endswith(
        "misses at most 10.00 % of that, and perhaps nothing: how near any plan can come is not known."
    )
    unknown = replace(plan, bound_kind="unknown", upper_bound=float("nan"))
    assert "searched from several starts; there is no proof" in bound_in_words(unknown, "€")


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (mg.TargetResponse(15.0), r"the target takes at least €16.1, and"),  # 15² / 14
        (mg.MaxProfit(2.0), "no plan makes more profit than €14"),  # 4 · 14 / 4
        (mg.TargetMarginalRoi(0.5), "no plan brings more than 7 response beyond"),  # 14 - 0.5 · 14
        (mg.TargetRoi(0.5), r"no plan can bring more than 28 response"),  # ROI 0.5 at √14 / 0.5 squared
    ],
)
def test_the_bound_of_every_goal_is_in_its_own_unit(goal: object, said: str) -> None:
    found = mg.optimize(root_curves([3.0, 1.0, 2.0], points=2000, top=400.0), goal=goal)  # type: ignore[arg-type]
    assert said in bound_in_words(found, "€")


def test_the_honest_uplift_is_told_beside_the_naive_one(plan: mg.Plan) -> None:
    said = honest_in_words(HonestUplift(naive=1200.0, honest=1000.0), plan)
    assert "scored on the other, plans like this bring +1.00k response over the reference" in said
    assert "chosen on, +1.20k. The difference, 200, is how much a plan that was chosen for looking best" in said
    assert honest_in_words("There is none.", plan) == "There is none."


def test_bad_cases_are_told(plan: mg.Plan) -> None:
    assert utility_in_words(plan) == ""
    curves = root_curves([3.0, 1.0, 2.0], points=400, draws=11)
    bad = mg.optimize(curves, goal=mg.FixedBudget(30.0), utility=mg.ConditionalValueAtRisk(0.1))
    assert utility_in_words(bad).startswith("Planned for the worst 10 % of the cases that the model holds possible")
    assert " response on average in the worst 10 % of cases" in bound_in_words(bad, "€")
    year = mg.optimize(curves, goal=mg.FixedBudget(30.0), utility=mg.Quantile(0.1))
    assert "in 90 % of the cases that the model holds possible it brings more than" in utility_in_words(year)


def test_frontier_and_stability_in_words(plan: mg.Plan) -> None:
    frontier = mg.budget_frontier(root_curves([3.0, 1.0, 2.0], points=2000), [10.0, 40.0])
    # The best plan of x earns √(14 x), and its next unit √(14 / x) / 2.
    said = frontier_in_words(frontier, "sales", "€")
    assert "From €10 to €40 the response goes from 11.8 to 23.7 sales" in said
    assert "next unit of money brings from 0.59 to 0.30." in said
    first, *rest = stability_in_words(mg.stability(plan), "€")
    assert "would be the best in 94 % of them" in first
    assert np.isclose(plan.spends["c0"], 30 * 9 / 14, rtol=0.02)
    assert rest == [
        "Where the draws agree on the direction: more than the reference for c0 (100 %); not more for c1 (100 %), "
        "c2 (100 %)."
    ]

"""Two plans draw by draw, and a plan beside the best use of its money: against enumeration and plain arithmetic."""

import itertools

import numpy as np
import pytest
from support.curves import root_curves, uncertain

import mmm_groups as mg
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.moves import best_moves


def on_curves(curves: mg.ResponseCurves, name: str, **totals: float) -> mg.PlanEvaluation:
    return mg.evaluate(mg.MediaPlan.from_totals(totals, curves, name=name), curves)


@pytest.fixture(scope="module")
def curves() -> mg.ResponseCurves:
    return uncertain(3, draws=40)


def spread(curves: mg.ResponseCurves, *money: float) -> dict[str, float]:
    return dict(zip(curves.channels, money, strict=True))


def test_a_comparison_is_made_draw_by_draw(curves: mg.ResponseCurves) -> None:
    ours = on_curves(curves, "Ours", **spread(curves, 30.0, 20.0, 10.0))
    theirs = on_curves(curves, "Theirs", **spread(curves, 10.0, 20.0, 20.0))
    found = ours.compare(theirs)
    draws = ours.response.values - theirs.response.values
    np.testing.assert_allclose(found.total.draws, draws)
    assert found.total.probability_better == (draws > 0).mean()
    assert found.total.in_money(found.total.mean) == pytest.approx(draws.mean() / ours.marginal_return)
    assert found.channels["change"].tolist() == [20.0, 0.0, -10.0]
    assert found.channels["response_change"].sum() == pytest.approx(draws.mean())
    assert found.channels["response_change"].iloc[1] == 0
    assert found.dates is None
    assert "“Ours” brings" in found.sentence
    assert "than “Theirs”, with 10 more money." in found.sentence


def test_a_plan_beside_itself_has_no_chance_to_be_better(curves: mg.ResponseCurves) -> None:
    ours = on_curves(curves, "Ours", **spread(curves, 30.0, 20.0, 10.0))
    found = ours.compare(ours)
    assert found.total.mean == 0
    assert np.isnan(found.total.probability_better)
    assert "with the same money" in found.sentence
    assert "chance" not in found.sentence


def test_without_draws_no_chance_and_no_interval_are_told() -> None:
    found = Difference(np.array([3.0]), 0.0, 0.94)
    assert np.isnan([found.probability_better, *found.ends, found.in_money(3.0)]).all()
    assert found.in_words("sales") == "3 sales more"


def test_other_outcomes_cannot_be_compared(curves: mg.ResponseCurves) -> None:
    other = uncertain(3, draws=20)
    ours, theirs = (on_curves(made, "Plan", **spread(made, 1.0, 1.0, 1.0)) for made in (curves, other))
    with pytest.raises(MediaPlanError, match="cannot be compared: their draws differ"):
        ours.compare(theirs)


def test_the_best_use_of_the_same_money(curves: mg.ResponseCurves) -> None:
    evaluation = on_curves(curves, "Agency", **spread(curves, 50.0, 5.0, 5.0))
    limit = mg.ConstraintBuilder.spend_bounds(curves.channels[0], None, 40.0)
    left = mg.leaves_on_the_table(evaluation, curves, constraints=[limit])
    best = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[limit])
    assert left.best.total == pytest.approx(60.0)
    np.testing.assert_allclose(left.total.draws, best.response.values - evaluation.response.values)
    np.testing.assert_allclose(left.by_phasing, 0.0, atol=1e-9)
    np.testing.assert_allclose(left.by_allocation, left.total.draws)
    assert len(left.broken) == 1
    assert "The plan itself misses" in left.sentence
    assert left.total.price == best.marginal_return


def test_the_first_move_is_the_best_of_all_by_enumeration(curves: mg.ResponseCurves) -> None:
    at = spread(curves, 50.0, 5.0, 5.0)
    evaluation = on_curves(curves, "Agency", **at)
    moves = mg.leaves_on_the_table(evaluation, curves).moves
    now = evaluation.response.values.mean()
    best = 0.0
    for source, target in itertools.permutations(at, 2):
        for share in np.linspace(0, 1, 201):
            moved = at | {source: at[source] * (1 - share), target: at[target] + share * at[source]}
            best = max(best, curves.earned_by(moved).mean() - now)
    assert moves[0].gain == pytest.approx(best, rel=1e-3)
    assert [move.gain for move in moves] == sorted((move.gain for move in moves), reverse=True)
    assert moves[0].gain_low < moves[0].gain < moves[0].gain_high
    after = dict(at)
    for move in moves:
        after[move.source] -= move.amount
        after[move.target] += move.amount
    assert curves.earned_by(after).mean() - now == pytest.approx(sum(move.gain for move in moves))


def test_moves_keep_limits_and_groups_move_by_their_shares() -> None:
    curves = root_curves([1.0, 1.0, 3.0])
    first, second, third = curves.channels
    groups = {"Both": [first, second]}
    limit = mg.ConstraintBuilder.spend_bounds(third, None, 12.0)
    plan = mg.optimize(curves, goal=mg.FixedBudget(40.0), groups=groups, constraints=[limit])
    spends = mg.MediaPlan.from_totals({first: 24.0, second: 8.0, third: 8.0}, curves).totals
    (move,) = best_moves(plan.problem, spends)
    assert (move.source, move.target) == ("Both", third)
    assert move.amount == pytest.approx(4.0)  # up to the limit
    gain = 3 * (12**0.5 - 8**0.5) + (21**0.5 - 24**0.5) + (7**0.5 - 8**0.5)
    assert move.gain == pytest.approx(gain, rel=1e-2)


def test_the_optimum_leaves_nothing(curves: mg.ResponseCurves) -> None:
    best = mg.MediaPlan.from_plan(mg.optimize(curves, goal=mg.FixedBudget(60.0)))
    left = mg.leaves_on_the_table(mg.evaluate(best, curves), curves)
    assert left.moves == ()
    assert left.total.mean == pytest.approx(0.0, abs=1e-6)


def test_curves_of_other_channels_are_refused(curves: mg.ResponseCurves) -> None:
    other = root_curves([1.0, 2.0])
    with pytest.raises(MediaPlanError, match="The curves are for other channels"):
        mg.leaves_on_the_table(on_curves(curves, "Plan", **spread(curves, 1.0, 1.0, 1.0)), other)


def test_an_option_that_is_none_is_refused() -> None:
    curves = root_curves([1.0, 2.0])
    plan = mg.MediaPlan.from_totals({"c0": 10.0, "c1": 5.0}, curves)
    with pytest.raises(TypeError, match=r"no options \['constraint'\].*named_groups"):
        mg.leaves_on_the_table(mg.evaluate(plan, curves), curves, constraint=[])  # type: ignore[call-arg]

"""Frontier, stability over draws and honest uplift, against one solve at a time and against known truths."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves, s_shaped, uncertain

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, CurvesError, InfeasibleError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.frontier import frontier_of, totals_around
from mmm_groups.problem.goals import Goal

C = mg.ConstraintBuilder


def test_a_frontier_is_one_plan_a_budget(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    totals = np.linspace(1e6, 9e6, 9)
    same: dict[str, Any] = {"groups": platforms, "constraints": [C.group_max_ratio(["Meta"], 0.25)]}
    frontier = mg.budget_frontier(demo_curves, totals, **same)
    assert len(frontier) == 9
    for total, plan in zip(totals, frontier, strict=True):
        alone = mg.optimize(demo_curves, goal=mg.FixedBudget(total), **same)
        pd.testing.assert_series_equal(plan.spends, alone.spends)
    table = frontier.table
    assert list(table) == ["budget", "response", "response_low", "response_high", "roi", "mroi"]
    np.testing.assert_allclose(table["budget"], totals)
    assert (np.diff(table["response"]) > 0).all()
    assert (np.diff(table["mroi"]) <= 1e-9).all()  # more money never earns more at the margin
    assert (table["response_low"] < table["response"]).all()
    assert (table["response"] < table["response_high"]).all()
    middle = np.diff(table["response"]) / np.diff(table["budget"])
    assert (middle <= table["mroi"].to_numpy()[:-1] * 1.001).all()
    assert (middle >= table["mroi"].to_numpy()[1:] * 0.999).all()


def test_a_frontier_refuses_what_cannot_be(demo_curves: mg.ResponseCurves) -> None:
    with pytest.raises(ConstraintError, match="at least one budget"):
        mg.budget_frontier(demo_curves, [])
    with pytest.raises(ConstraintError, match="must be a list of numbers, not 800"):
        mg.budget_frontier(demo_curves, 800)  # type: ignore[arg-type]
    with pytest.raises(InfeasibleError, match="the budget is 1,000"):
        mg.budget_frontier(demo_curves, [1e3, 1e6], constraints=[C.group_min_spend(["tv"], 5e3)])


def test_stability_is_every_draws_own_optimum() -> None:
    curves = uncertain(draws=12, points=65)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=[C.group_max_spend(["c0"], 30.0)])
    found = mg.stability(plan)
    assert found.unreachable == 0
    for draw in range(12):
        one = mg.ResponseCurves.from_arrays(
            curves.channels, curves.spend.values, curves.response.values[draw : draw + 1], curves.historical_spend
        )
        alone = mg.optimize(one, goal=mg.FixedBudget(60.0), constraints=[C.group_max_spend(["c0"], 30.0)])
        np.testing.assert_allclose(found.spends.loc[draw], alone.spends, atol=1e-6)
    assert list(found.table) == ["spend", "median", "low", "high", "reference_spend", "probability_more"]
    np.testing.assert_allclose(found.table["median"], found.spends.median())
    assert (found.table["low"] <= found.table["median"]).all()


def test_a_certain_model_is_stable() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=800, draws=5)  # all draws agree on the proportions
    found = mg.stability(mg.optimize(curves, goal=mg.FixedBudget(40.0)))
    assert (found.table["high"] - found.table["low"]).max() <= 1.0
    np.testing.assert_allclose(found.table["median"], found.plan.spends, atol=1.0)


def test_free_groups_are_free_in_every_draw(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, split="marginal_roi")
    found = mg.stability(plan)
    assert list(found.spends) == list(plan.spends.index)
    assert found.spends.shape == (demo_curves.draws, 5)
    np.testing.assert_allclose(found.spends.sum(axis=1), 4.4e6)
    alone = mg.stability(mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6)))
    np.testing.assert_allclose(found.spends["Meta"], alone.spends[["facebook", "instagram"]].sum(axis=1))


def test_draws_whose_goal_is_out_of_reach_are_counted() -> None:
    curves = uncertain(draws=20)
    goal = mg.TargetResponse(30.0, max_budget=60.0)
    best = [
        float(np.sqrt((curves.response.values[d, :, -1] ** 2).sum() / 100 * 60)) for d in range(20)
    ]  # square roots: the best response to 60
    plan = mg.optimize(curves, goal=goal)
    assert mg.stability(plan).unreachable == sum(value < 30 for value in best)
    assert 0 < sum(value < 30 for value in best) < 20


def test_s_shaped_draws_are_searched() -> None:
    base = s_shaped([(10, 40, 3), (9, 30, 4), (6, 20, 2.5)])
    factors = np.random.default_rng(0).lognormal(0, 0.2, (6, 3, 1))
    curves = mg.ResponseCurves.from_arrays(base.channels, base.spend.values, base.response.values * factors)
    found = mg.stability(mg.optimize(curves, goal=mg.FixedBudget(60.0)))
    np.testing.assert_allclose(found.spends.sum(axis=1), 60)


def test_one_draw_has_no_stability() -> None:
    with pytest.raises(CurvesError, match="hold only a mean, no draws"):
        mg.stability(mg.optimize(s_shaped([(10, 40, 3)]), goal=mg.FixedBudget(20.0)))


def test_the_curse_is_what_chance_promises() -> None:
    # All channels are truly alike; draws are pure noise around that, so no choice is better than another.
    rng = np.random.default_rng(4)
    names = [f"c{i}" for i in range(6)]
    spend = np.tile(100 * np.linspace(0, 1, 200) ** 2, (6, 1))
    noise = np.exp(rng.normal(0, 0.5, (16, 6, 1)))
    history = pd.DataFrame([np.full(6, 10.0)], index=pd.date_range("2025-01-06", periods=1), columns=names)
    curves = mg.ResponseCurves.from_arrays(names, spend, noise * np.sqrt(spend), history)
    uplift = mg.honest_uplift(mg.optimize(curves, goal=mg.FixedBudget(60.0)))
    assert uplift.naive > 0
    assert uplift.honest < uplift.naive
    assert uplift.curse == pytest.approx(uplift.naive - uplift.honest)


def test_honest_uplift_is_chosen_on_one_half_and_scored_on_the_other(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms)
    found = mg.honest_uplift(plan)
    values, history = demo_curves.response.values, demo_curves.historical_spend
    halves = [
        mg.ResponseCurves.from_arrays(
            demo_curves.channels, demo_curves.spend.values, values[k::2], history, periods=demo_curves.periods
        )
        for k in range(2)
    ]
    honest, naive = list[float](), list[float]()
    for chosen, other in (halves, halves[::-1]):
        spends = mg.optimize(chosen, goal=mg.FixedBudget(4.4e6), groups=platforms).channel_spends
        for scored, kept in ((other, honest), (chosen, naive)):
            reference = scored.response_at(by_name(scored.reference_spend)).values.sum(axis=1).mean()
            kept.append(scored.response_at(by_name(spends)).values.sum(axis=1).mean() - reference)
    assert found.honest == pytest.approx(np.mean(honest), rel=1e-6)
    assert found.naive == pytest.approx(np.mean(naive), rel=1e-6)
    report = mg.consistency(plan)
    assert report.honest == found
    assert 0 < found.curse < 0.05 * found.naive


def test_draws_that_cannot_reach_an_roi_are_left_out() -> None:
    curves = root_curves([1.0, 2.0], draws=20, top=100.0)
    poor = curves.response.copy(data=curves.response.values)
    poor.values[:10] *= 0.01
    plan = mg.optimize(replace(curves, response=poor), goal=mg.TargetRoi(0.15))
    found = mg.stability(plan)
    assert found.unreachable == 10
    assert (found.spends.sum(axis=1) > 0).all()


GOALS = [mg.FixedBudget(60.0), mg.TargetRoi(0.5), mg.TargetMarginalRoi(0.2), mg.TargetResponse(20.0), mg.MaxProfit(3.0)]


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.kind)
def test_every_goal_without_limits_answers_every_question(goal: Goal) -> None:
    scales = [3.0, 2.0, 1.0]
    curves = root_curves(scales, draws=4)
    plan = mg.optimize(curves, goal=goal)
    factors = 1 + 0.1 * (np.arange(4) - 1.5)
    found = mg.stability(plan).spends
    for draw in found.index:
        squares = (factors[draw] * np.array(scales)) ** 2
        # Of scale * sqrt(x): all marginal returns are equal, so spends are as the squares of the scales.
        total = {
            "fixed_budget": 60.0,
            "target_roi": squares.sum() / 0.5**2,
            "target_marginal_roi": squares.sum() / (2 * 0.2) ** 2,
            "target_response": 20.0**2 / squares.sum(),
            "max_profit": squares.sum() * (3.0 / 2) ** 2,
        }[goal.kind]
        wanted = total * squares / squares.sum()
        between_points = 2 * np.sqrt(100.0 * wanted) / 64  # of 65 points at 100 * u ** 2
        assert (np.abs(found.loc[draw] - wanted) <= between_points).all()
    assert len(mg.budget_frontier(curves, [20.0, 40.0])) == 2
    assert len(frontier_of(plan, totals_around(plan, 3))) >= 3
    uplift = mg.honest_uplift(plan)
    assert np.isfinite([uplift.naive, uplift.honest]).all()


@pytest.mark.parametrize("goal", [mg.TargetMarginalRoi(0.4), mg.MaxProfit(0.8), mg.TargetRoi(3.0)], ids=str)
def test_how_sure_is_known_on_the_demo_without_limits(demo_curves: mg.ResponseCurves, goal: Goal) -> None:
    plan = mg.optimize(demo_curves, goal=goal)
    found = mg.stability(plan)
    assert len(found.spends) + found.unreachable == demo_curves.draws
    assert (found.table["low"] <= found.table["high"]).all()


def test_one_channel_has_one_plan_in_every_draw() -> None:
    plan = mg.optimize(root_curves([2.0], draws=3), goal=mg.FixedBudget(40.0))
    assert mg.stability(plan).spends["c0"].tolist() == [40.0] * 3

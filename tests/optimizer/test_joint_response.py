"""Plans for channels that do not add up: searched on the joint response, judged by enumeration."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import Multiplying, curves_of
from support.direct_response import asked_directly
from support.examples import examples
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.errors import InfeasibleError, NotAdditiveError
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.utilities import Utility


def mean_response(strengths: list[float], spends: tuple[float, ...]) -> float:
    return float(Multiplying(strengths).incremental(np.array(spends)).mean())


@examples(12)
@given(st.lists(st.floats(0.05, 0.4), min_size=3, max_size=3), st.floats(20, 80))
def test_no_enumerated_plan_is_better(strengths: list[float], budget: float) -> None:
    plan = mg.optimize(curves_of(strengths), goal=mg.FixedBudget(budget))
    steps, best = 24, -np.inf
    for a in range(steps + 1):
        for b in range(steps + 1 - a):
            spends = (budget * a / steps, budget * b / steps, budget * (steps - a - b) / steps)
            best = max(best, mean_response(strengths, spends))
    assert plan.utility >= best * (1 - 1e-9)
    assert plan.utility == pytest.approx(mean_response(strengths, tuple(plan.channel_spends)), rel=1e-9)
    assert plan.spends.sum() == pytest.approx(budget, rel=1e-9)
    assert plan.bound_kind == "unknown"
    assert np.isnan(plan.gap)


def test_the_curves_alone_would_mislead() -> None:
    """The sum of conditional curves has another optimum than the joint response: the search must not stop there."""
    strengths = [0.05, 0.15, 0.3]
    curves = curves_of(strengths)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0))
    # Lagrange: s_i / sqrt(x_i) alike where draws agree, so spends go as squared strengths; near it with three draws.
    np.testing.assert_allclose(plan.spends / 60, np.square(strengths) / np.square(strengths).sum(), atol=0.02)


def test_limits_and_groups_hold_on_the_joint_response() -> None:
    strengths = [0.1, 0.2, 0.3]
    curves = curves_of(strengths)
    groups = mg.ChannelGroups({"pair": ["c0", "c1"]})
    limits = [mg.ConstraintBuilder.group_max_spend(["c2"], 20.0), mg.ConstraintBuilder.group_min_ratio(["c0"], 0.1)]
    split = {"pair": {"c0": 0.4, "c1": 0.6}}
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=groups, split=split, constraints=limits)
    assert plan.spends["c2"] == pytest.approx(20.0)
    assert plan.spends["pair"] == pytest.approx(40.0)
    assert plan.channel_spends["c1"] == pytest.approx(24.0)
    assert plan.groups.loc["c2", "binding"] == "c2 at most 20"
    # What the next unit of the cap is worth, by difference.
    more = mean_response(strengths, (0.4 * 39.99, 0.6 * 39.99, 20.01)) - mean_response(strengths, (16.0, 24.0, 20.0))
    assert plan.shadow_prices["group_max_spend[c2]"] == pytest.approx(more / 0.01, rel=1e-3)
    report = mg.consistency(plan)
    assert report.holds
    assert report.cost_of_grouping > 0


def test_a_group_split_by_marginal_roi_is_its_channels() -> None:
    curves = curves_of([0.1, 0.2, 0.3])
    groups = mg.ChannelGroups({"pair": ["c0", "c1"]})
    free = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=groups, split="marginal_roi")
    alone = mg.optimize(curves, goal=mg.FixedBudget(60.0))
    assert free.utility == pytest.approx(alone.utility, rel=1e-6)
    assert mg.consistency(free).cost_of_grouping == pytest.approx(0.0, abs=1e-6 * alone.utility)


def test_what_groups_earn_is_what_would_be_lost_without_them() -> None:
    strengths = [0.1, 0.2, 0.3]
    curves = curves_of(strengths)
    plan = mg.optimize(curves, goal=mg.FixedBudget(30.0), groups=mg.ChannelGroups({"pair": ["c0", "c1"]}))
    spends = plan.channel_spends
    whole = mean_response(strengths, tuple(spends))
    without = mean_response(strengths, (0.0, 0.0, spends["c2"]))
    assert plan.groups.loc["pair", "response"] == pytest.approx(whole - without)
    assert float(plan.response.mean()) == pytest.approx(whole)
    assert plan.groups["response"].sum() > whole  # what they earn together is counted by both
    step = 1e-4
    moved = (spends["c0"] + step / 2, spends["c1"] + step / 2, spends["c2"])
    assert plan.groups.loc["pair", "mroi"] == pytest.approx((mean_response(strengths, moved) - whole) / step, rel=1e-3)


@pytest.mark.parametrize(
    "goal",
    [
        mg.TargetResponse(10.0),
        mg.TargetRoi(0.4, max_budget=90.0),
        mg.MaxProfit(2.0, max_budget=60.0),
        mg.TargetMarginalRoi(0.2, max_budget=60.0),
    ],
    ids=lambda goal: goal.kind,
)
def test_every_goal_is_searched_on_the_joint_response(goal: Goal) -> None:
    strengths = [0.15, 0.2, 0.25]
    plan = mg.optimize(curves_of(strengths), goal=goal)
    earned, spent = mean_response(strengths, tuple(plan.channel_spends)), plan.total

    def shape(budget: float) -> float:
        unit = np.square(strengths) / np.square(strengths).sum() * budget  # near-best mix at any budget
        return mean_response(strengths, tuple(unit))

    budgets = np.linspace(0.5, 90.0, 400)
    if isinstance(goal, mg.TargetResponse):
        assert earned >= 10.0 * (1 - 1e-5)
        assert spent <= min(budget for budget in budgets if shape(budget) >= 10.0) * (1 + 1e-3)
    elif isinstance(goal, mg.TargetRoi):
        assert earned >= 0.4 * spent * (1 - 1e-5)
        assert earned >= max(shape(budget) for budget in budgets if shape(budget) >= 0.4 * budget) * (1 - 1e-3)
    else:
        margin, price = (2.0, 1.0) if isinstance(goal, mg.MaxProfit) else (1.0, 0.2)
        best = max(margin * shape(budget) - price * budget for budget in budgets if budget <= 60)
        assert margin * earned - price * spent >= best - 1e-3 * abs(best)


def test_risk_is_weighed_on_the_joint_draws() -> None:
    curves = curves_of([0.1, 0.2, 0.3])
    plan = mg.optimize(curves, goal=mg.FixedBudget(40.0), utility=mg.ConditionalValueAtRisk(alpha=0.34))
    worst = np.sort(plan.response.values)[0]
    assert plan.utility == pytest.approx(worst, rel=0.02)


def test_impossible_limits_are_named_before_any_search() -> None:
    curves = curves_of([0.1, 0.2, 0.3])
    with pytest.raises(InfeasibleError, match="c0 at least 50"):
        mg.optimize(curves, goal=mg.FixedBudget(40.0), constraints=[mg.ConstraintBuilder.group_min_spend(["c0"], 50.0)])


def test_what_needs_separate_curves_is_refused_in_words() -> None:
    curves = curves_of([0.1, 0.2, 0.3])
    with pytest.raises(NotAdditiveError, match="Choose the method 'sum'"):
        mg.group_curves(curves, mg.ChannelGroups({"pair": ["c0", "c1"]}), "weighted_average")
    plan = mg.optimize(curves, goal=mg.FixedBudget(40.0))
    with pytest.raises(NotAdditiveError, match="The stability of the advice is not available: the channels"):
        mg.stability(plan)
    with pytest.raises(NotAdditiveError, match="which keeps the model at hand"):
        mg.optimize(replace(curves, joint=None), goal=mg.FixedBudget(40.0))


def test_a_groups_curve_is_read_from_the_model() -> None:
    strengths = [0.1, 0.2, 0.3]
    curves = curves_of(strengths)
    made = mg.group_curves(curves, mg.ChannelGroups({"pair": ["c0", "c1"]}), split={"pair": {"c0": 0.5, "c1": 0.5}})
    spend = float(made.points[0, 20])
    found = made.draws_along("pair", np.array([spend]))[:, 0].mean()
    truth = mean_response(strengths, (spend / 2, spend / 2, 10.0)) - mean_response(strengths, (0.0, 0.0, 10.0))
    assert found == pytest.approx(truth, rel=1e-6)


@pytest.mark.pymc
@pytest.mark.usefixtures("quick_to_compile")
def test_a_log_link_model_is_planned_on_itself() -> None:
    model = mg.load_model(fitted_model("log_link"))
    horizon = model.next_horizon(8)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    budget = float(curves.reference_spend.sum())
    groups = mg.ChannelGroups({"brand": ["tv", "social"]})
    plan = mg.optimize(curves, goal=mg.FixedBudget(budget), groups=groups, split="marginal_roi")
    ask = asked_directly(model, horizon.start, horizon.end, 8, {})
    assert float(plan.response.mean()) == pytest.approx(ask(plan.channel_spends.to_numpy()).mean(), rel=1e-6)
    for other in (curves.reference_spend.to_numpy(), np.full(3, budget / 3), np.array([budget, 0, 0])):
        assert plan.utility >= ask(other).mean() * (1 - 1e-9)
    report = mg.consistency(plan).verify_with(model)
    assert report.holds, report


class MultiplyingHills:
    """exp(sum of strength * hill(spend)) - 1, by draw: channels multiply, and some are S-shaped."""

    def __init__(self, seed: int, channels: int = 3, draws: int = 60) -> None:
        rng = np.random.default_rng(seed)
        shape = (draws, channels)
        self.strengths = rng.uniform(0.3, 1.5, (1, channels)) * rng.lognormal(0, 0.4, shape)
        self.halves = rng.uniform(10, 40, (1, channels)) * rng.lognormal(0, 0.2, shape)
        self.slopes = rng.choice([1.0, 2.0, 3.0], (1, channels)) * np.ones(shape)

    def incremental(self, spend: np.ndarray) -> np.ndarray:
        x = np.maximum(spend, 1e-9) ** self.slopes
        return np.asarray(np.exp((self.strengths * x / (self.halves**self.slopes + x)).sum(axis=1)) - 1)

    def mean_and_slopes(self, spend: np.ndarray) -> tuple[float, np.ndarray]:
        level, x = self.incremental(spend) + 1, np.maximum(spend, 1e-9)
        bottom = self.halves**self.slopes + x**self.slopes
        slopes = self.strengths * self.slopes * self.halves**self.slopes * x ** (self.slopes - 1) / bottom**2
        return float(level.mean() - 1), (level[:, None] * slopes).mean(axis=0)

    def curves(self) -> mg.ResponseCurves:
        """Conditional curves, all others at 10, that ask this model."""
        channels = [f"c{i}" for i in range(self.strengths.shape[1])]
        spend, others = 100 * np.linspace(0, 1, 60) ** 2, np.full(len(channels), 10.0)
        unit = np.eye(len(channels))
        response = [
            [self.incremental(others + unit[i] * (x - 10)) - self.incremental(others - unit[i] * 10) for x in spend]
            for i in range(len(channels))
        ]
        history = pd.DataFrame([others], index=pd.date_range("2025-01-06", periods=1), columns=channels)
        made = mg.ResponseCurves.from_arrays(
            channels,
            np.tile(spend, (len(channels), 1)),
            np.moveaxis(np.array(response), 2, 0),
            history,
            others_at=pd.Series(10.0, index=channels),
        )
        return replace(made, joint=self)

    def on_a_grid(self, utility: Utility) -> tuple[np.ndarray, np.ndarray]:
        """Spend and utility of every plan on a grid."""
        axis = np.linspace(0, 100, 41)
        plans = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
        x = np.maximum(plans, 1e-9)[:, None, :] ** self.slopes[0]
        effect = (self.strengths * x / (self.halves**self.slopes + x)).sum(axis=2)
        return plans.sum(axis=1), utility.of_many(np.exp(effect.T) - 1)


RISKY = [(1, mg.Quantile(0.1)), (3, mg.ConditionalValueAtRisk(0.2)), (5, mg.Quantile(0.1))]


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "utility"), RISKY, ids=str)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
def test_the_least_money_for_a_risky_target_is_no_more_than_on_a_grid(
    seed: int, utility: Utility, share: float
) -> None:
    model = MultiplyingHills(seed)
    spend, reached = model.on_a_grid(utility)
    wanted = share * float(reached.max())
    plan = mg.optimize(model.curves(), goal=mg.TargetResponse(wanted), utility=utility)
    assert plan.total <= spend[reached >= wanted].min() * (1 + 1e-6)
    assert plan.utility >= wanted * (1 - 1e-5)
    assert utility.of(model.incremental(plan.channel_spends.to_numpy())) == pytest.approx(plan.utility, rel=1e-9)


@pytest.mark.parametrize(("seed", "utility"), RISKY, ids=str)
@pytest.mark.parametrize("budget", [30.0, 100.0])
def test_a_budget_on_s_shapes_that_multiply_reaches_what_a_grid_does(
    seed: int, utility: Utility, budget: float
) -> None:
    model = MultiplyingHills(seed)
    spend, reached = model.on_a_grid(utility)
    plan = mg.optimize(model.curves(), goal=mg.FixedBudget(budget), utility=utility)
    assert plan.utility >= reached[np.isclose(spend, budget)].max() * (1 - 1e-6)


def test_a_refusal_names_the_utility_that_was_asked_of() -> None:
    model = MultiplyingHills(1)
    _, reached = model.on_a_grid(mg.Quantile(0.1))
    with pytest.raises(InfeasibleError, match=r"reaches .* in a bad case \(exceeded in 90 % of cases\) under"):
        mg.optimize(model.curves(), goal=mg.TargetResponse(1.5 * float(reached.max())), utility=mg.Quantile(0.1))

"""How exact curves are, at plans of all sizes: against the formula, and against PyMC-Marketing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.curves.accuracy import largest_miss
from mmm_groups.curves.grid import first_points, refined_points
from mmm_groups.numerics.labelled import by_name

Curve = Callable[[np.ndarray], np.ndarray]
RNG = np.random.default_rng(0)
USUAL = 1 / 6
"""The reference spend of a channel, where its curve ends at 1."""


def hill(slope: float) -> Curve:
    """S-shapes of 3 channels in 200 draws: (channel, point) to (draw, channel, point)."""
    slopes, halves = RNG.gamma(40, slope / 40, (200, 3, 1)), RNG.beta(8, 8, (200, 3, 1)) / 5
    return lambda spend: spend**slopes / (spend**slopes + halves**slopes)


def logistic(spend: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.tanh(np.linspace(2, 20, 200)[:, None, None] * spend / 2)
    return found


@pytest.mark.parametrize("curve", [logistic, hill(1.5), hill(2.5), hill(4.0)])
def test_points_lie_dense_enough_for_plans_of_any_size(curve: Curve) -> None:
    first = first_points(pd.Series(np.ones(3)))
    points = refined_points(first, curve(first).astype(np.float32))
    values = curve(points)
    for size in (6.0, 2.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.001):
        for _ in range(10):
            plan = np.minimum(2 * RNG.random(3) * size * USUAL, 1.0)
            truth = curve(plan[:, None])[:, :, 0]
            found = [[np.interp(plan[i], points[i], values[draw, i]) for i in range(3)] for draw in range(200)]
            assert largest_miss(np.sum(found, axis=1), truth.sum(axis=1), truth, values[:, :, -1]) <= 1e-4


def test_a_concave_curve_has_the_points_it_always_had(demo_curves: mg.ResponseCurves) -> None:
    """Plans on concave models stay where they are: 225 points a channel as at e974040."""
    assert demo_curves.spend.shape == (9, 225)


def test_misses_are_divided_by_what_channels_earn() -> None:
    """Two channels that hurt and help: 100 - 99.9 = 0.1, missed by 0.01, is a miss of 0.01 / 199.9."""
    earned = np.array([[100.0, -99.9], [50.0, 150.0]])
    truth = earned.sum(axis=1)
    found = truth + np.array([0.01, 0.0])
    assert largest_miss(found, truth, earned, earned) == pytest.approx(0.01 / 199.95)
    assert largest_miss(truth, truth, earned, earned) == 0


def test_a_draw_or_a_plan_without_effect_says_nothing_about_the_size_of_a_miss() -> None:
    truth = np.array([0.0, 2.0])
    assert largest_miss(truth + 0.01, truth, truth[:, None], truth[:, None]) == pytest.approx(0.01)
    nothing = np.zeros((2, 1))
    ends = np.full((2, 1), 100.0)
    assert largest_miss(np.array([0.01, 0.0]), nothing[:, 0], nothing, ends) == pytest.approx(0.01)


@pytest.mark.pymc
@pytest.mark.usefixtures("quick_to_compile")
def test_the_model_agrees_where_channels_may_hurt_and_with_small_plans_on_s_shapes(tmp_path: Path) -> None:
    from pymc_extras.prior import Prior
    from pymc_marketing.mmm import HillSaturation, LogisticSaturation
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("W-MON", 60)
    height, bend = Prior("Normal", mu=0, sigma=1, dims="channel"), Prior("Gamma", alpha=3, beta=1, dims="channel")
    slope, half = Prior("Gamma", mu=3, sigma=0.4, dims="channel"), Prior("Beta", alpha=8, beta=8, dims="channel")
    kinds = {
        "hurting": LogisticSaturation(priors={"lam": bend, "beta": height}),
        "s_shaped": HillSaturation(priors={"slope": slope, "kappa": half, "beta": Prior("HalfNormal", dims="channel")}),
    }
    for kind, saturation in kinds.items():
        path = logistic_model(history, target, tmp_path / f"{kind}.nc", draws=300, saturation=saturation)
        model = mg.load_model(path)
        curves = mg.response_curves(model, *model.next_horizon(6).dates[[0, -1]], use_cache=False)
        assert curves.origin.measured_error <= 2e-4
        if kind == "hurting":
            total = curves.earned_by(by_name(curves.reference_spend))
            assert np.abs(total).min() < 0.02 * np.abs(total).mean()  # the draws that made the false alarm
        for share in (0.02, 0.2, 1.0):
            budget = share * float(curves.reference_spend.sum())
            report = mg.consistency(mg.optimize(curves, goal=mg.FixedBudget(budget)))
            check = report.verify_with(model).checks[-1]
            assert check.holds, (kind, share, check.finding)

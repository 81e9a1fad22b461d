"""Curves of many kinds of real models against PyMC-Marketing's own evaluation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.direct_response import asked_directly
from support.fitted_models import ADDITIVE, fitted_model

import mmm_groups as mg
from mmm_groups.numerics.labelled import by_name

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]
PRIOR_DRAWS = [
    "never_spent",
    "everything_else",
    "two_dims",
    "inverse_scaled_logistic",
    "tanh",
    "tanh_baselined",
    "hill_sigmoid",
    "root",
    "log_saturation",
    "linear",
]
# Curves that rise vertically at zero (root) or jump there (prior draws of a sigmoid's steepness) have no mROI at 0.
TOLERANCE = {"root": 2e-3}


@pytest.mark.parametrize("kind", ADDITIVE)
def test_the_sum_of_curves_of_a_fitted_model_is_its_response(kind: str) -> None:
    model = mg.load_model(fitted_model(kind))
    curves, ask = _exact(model, kind)
    assert curves.origin.measured_error <= 1e-4
    spent = curves.reference_spend.to_numpy()
    slopes = curves.mroi_at(by_name(curves.reference_spend))
    for i, channel in enumerate(model.channels):
        step = np.where(np.arange(len(spent)) == i, 1e-3 * spent[i], 0.0)
        slope = (ask(spent + step) - ask(spent - step)).mean() / (2 * step[i])
        assert slopes[channel] == pytest.approx(slope, rel=0.01)
    plan = mg.optimize(curves, goal=mg.FixedBudget(float(round(curves.reference_spend.sum()))))
    assert plan.gap <= 1e-4
    report = mg.consistency(plan).verify_with(model)
    assert report.holds, report


@pytest.mark.parametrize("kind", PRIOR_DRAWS)
def test_the_sum_of_curves_is_the_models_response_for_any_draws(kind: str, tmp_path: Path) -> None:
    from support.small_models import small_model

    model = mg.load_model(small_model(kind, tmp_path))
    curves, _ = _exact(model, kind)
    if kind == "never_spent":
        assert (curves.response.sel(channel="social") == 0).all()
        assert curves.origin.notes == ("Never spent on in the training data, so the model knows no effect of: social.",)
    if kind == "two_dims":
        assert len(curves.channels) == 12
        assert "US · A · tv" in curves.channels


def _exact(model: mg.FittedModel, kind: str) -> tuple[mg.ResponseCurves, Callable[[np.ndarray], np.ndarray]]:
    horizon = model.next_horizon(8)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    assert not curves.is_conditional
    assert curves.periods == 8
    ask = asked_directly(model, horizon.start, horizon.end, 8, curves.prices)
    rng = np.random.default_rng(4)
    for _ in range(6):
        plan = curves.upper.to_numpy() * rng.random(len(model.channels)) ** 2
        found = curves.response_at(dict(zip(model.channels, plan, strict=True)))
        np.testing.assert_allclose(found.sum("channel"), ask(plan), rtol=TOLERANCE.get(kind, 1e-4))
    return curves, ask

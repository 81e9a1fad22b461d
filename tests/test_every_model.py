"""Curves of many kinds of real models against PyMC-Marketing's own evaluation."""

from pathlib import Path

import numpy as np
import pytest

import mmm_groups as mg
from mmm_groups.curve_extraction import model_response

pytestmark = pytest.mark.pymc
# Prior draws of Hill curves are far wilder than any posterior: slopes near 0 jump at the first unit of currency.
TOLERANCE = {"hill": 2e-3}


@pytest.mark.parametrize(
    "kind", ["hill", "michaelis_menten", "panel", "daily", "monthly", "time_varying_media", "never_spent"]
)
def test_the_sum_of_curves_is_the_models_response(kind: str, tmp_path: Path) -> None:
    from small_models import small_model

    model = mg.load_model(small_model(kind, tmp_path))
    horizon = model.next_horizon(8)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    evaluate = model_response(model, horizon)
    zero = evaluate(np.zeros(len(model.channels)))
    rng = np.random.default_rng(4)
    for _ in range(6):
        plan = curves.upper.to_numpy() * rng.random(len(model.channels)) ** 2
        found = curves.response_at(dict(zip(model.channels, plan, strict=True)))
        truth = evaluate(plan) - zero
        np.testing.assert_allclose(found.sum("channel"), truth.sum(axis=1), rtol=TOLERANCE.get(kind, 1e-4))
        if kind == "panel":  # every cell its own curve, matched by label
            np.testing.assert_allclose(found, truth, rtol=1e-3, atol=1e-3 * np.abs(truth).max())
    if kind == "panel":
        assert set(model.channels) == {f"{geo} · {name}" for geo in ("US", "DE") for name in ("tv", "search", "social")}
        us_tv = model.historical_spend["US · tv"]
        assert us_tv.sum() != model.historical_spend["DE · tv"].sum()
    if kind == "never_spent":
        assert (curves.response.sel(channel="social") == 0).all()
        assert curves.notes == ("Never spent on in the training data, so the model knows no effect of: social.",)
    assert curves.periods == 8
    plan = mg.optimize(curves, goal=mg.FixedBudget(float(round(curves.reference_spend.sum()))))
    assert plan.gap <= 1e-4
    assert mg.consistency(plan).holds

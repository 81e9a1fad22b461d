"""Curves of many kinds of real models against PyMC-Marketing's own evaluation."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytensor
import pytest
import xarray as xr

import mmm_groups as mg

pytestmark = pytest.mark.pymc
MATRIX = [
    "logistic",
    "hill",
    "michaelis_menten",
    "panel",
    "time_varying_media",
    "cost_per_unit",
    "daily",
    "monthly",
]
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


@pytest.fixture(autouse=True)
def _quick_to_compile() -> Iterator[None]:
    """Every kind is a graph of its own, evaluated a few hundred times: Numba's compiler would take longer than that."""
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        yield


@pytest.mark.parametrize("kind", MATRIX)
def test_the_sum_of_curves_of_a_fitted_model_is_its_response(kind: str) -> None:
    from small_models import fitted_model

    model = mg.load_model(fitted_model(kind))
    curves, ask = _exact(model, kind)
    assert curves.measured_error <= 1e-4
    spent = curves.reference_spend.to_numpy()
    slopes = curves.mroi_at(curves.reference_spend.to_dict())
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
    from small_models import small_model

    model = mg.load_model(small_model(kind, tmp_path))
    curves, _ = _exact(model, kind)
    if kind == "never_spent":
        assert (curves.response.sel(channel="social") == 0).all()
        assert curves.notes == ("Never spent on in the training data, so the model knows no effect of: social.",)
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


def asked_directly(
    model: mg.FittedModel, start: Any, end: Any, periods: int, prices: dict[str, float], **arguments: Any
) -> Callable[[np.ndarray], np.ndarray]:
    """PyMC-Marketing's own response, (draw,), to money over the window, with its own conversion of money to units."""
    mmm, variable = model.mmm, "total_media_contribution_original_scale"
    dims = [dim for dim in mmm.model.named_vars_to_dims["channel_data"] if dim != "date"]
    coords = {dim: list(mmm.model.coords[dim]) for dim in dims}
    shape = tuple(len(labels) for labels in coords.values())
    labels = [" · ".join(map(str, cell)) for cell in pd.MultiIndex.from_product(list(coords.values()))]
    spent = np.array([model.historical_spend[label].any() for label in labels]).reshape(shape)
    if model.frequency == "MS":  # it takes the carry-over tail for months of 30 days and cuts it: ask for more
        end = pd.Timestamp(end) + pd.Timedelta(days=5)
    if prices:
        price = np.array([prices.get(label, 1.0) for label in labels]).reshape(shape)
        by_date = np.broadcast_to(price, (periods, *shape))
        arguments["cost_per_unit"] = xr.DataArray(
            by_date, dims=("date", *dims), coords={"date": np.arange(periods), **coords}
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it warns of zero-filled controls
        optimizer = mmm.budget_optimizer(
            start,
            end,
            budgets_to_optimize=xr.DataArray(spent, dims=dims, coords=coords),
            **arguments,
        )
    assert optimizer.num_periods == periods

    def ask(spend: np.ndarray) -> np.ndarray:
        by_label = dict(zip(model.channels, spend / periods, strict=True))
        plan = np.array([by_label[label] for label in labels]).reshape(shape)
        found = optimizer.evaluate_response_distribution(xr.DataArray(plan, dims=dims, coords=coords), variable)
        return np.asarray(found.values)

    zero = ask(np.zeros(len(model.channels)))
    return lambda spend: ask(spend) - zero

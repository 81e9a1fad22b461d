"""Response curves out of a fitted model's own graph.

PyMC-Marketing's optimiser model evaluates any plan for all draws at once. Where contributions add up, one evaluation
with every channel at its k-th level gives the k-th point of all curves, so no saturation or adstock is written here a
second time. Whether they add up is measured on random joint plans.
"""

import hashlib
import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.curve_cache import cached_curves, store_curves
from mmm_groups.errors import CurvesError, NotAdditiveError
from mmm_groups.fitted_model import FittedModel, cell_labels
from mmm_groups.history import largest_window, reference_spend
from mmm_groups.horizon import Horizon
from mmm_groups.piecewise import equidistributed
from mmm_groups.response_curves import ResponseCurves

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

METHOD_VERSION = 3
"""Raised whenever the numbers of extracted curves change, so that cached ones are not used."""

RESPONSE_VARIABLE = "channel_contribution_original_scale"
INTERPOLATION_TOLERANCE = 2e-5
ADDITIVITY_TOLERANCE = 1e-6
_REACH = 4.0  # curves reach to this multiple of the largest historical spend of a window ...
_LEAST_REACH = 1.5  # ... and at least to this multiple of the whole reference budget, which one group may get
_FIRST_LEVELS, _FEWEST_POINTS, _MOST_POINTS = 65, 33, 401
_SMALL_LEVELS = np.geomspace(1e-5, 1e-3, 9)  # Hill curves can bend hard at the very beginning
_JOINT_PLANS = 8


def fingerprint(model: FittedModel, horizon: Horizon, flighting: str = "even") -> str:
    """Identify a request for curves: model file, window, flighting and version of the method."""
    request = {
        "model": model.file.sha256,
        "start": horizon.start.isoformat(),
        "end": horizon.end.isoformat(),
        "frequency": horizon.frequency,
        "flighting": flighting,
        "method": METHOD_VERSION,
    }
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def response_curves(
    model: FittedModel,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    *,
    use_cache: bool = True,
    progress: Progress = lambda step: None,
) -> ResponseCurves:
    """Response curves of every channel over a planning window, per posterior draw.

    The same request is answered from the cache folder without PyMC the next time.

    Parameters
    ----------
    model : FittedModel
    start, end : date, optional
        The window, both included; default: the 13 dates after the training data. Money is spread evenly over it.
    use_cache : bool
        Read and write the cache folder.
    progress : callable
        Called with the name of each step as it begins.

    Raises
    ------
    HorizonError
        If the window does not fit the model's dates.
    NotAdditiveError
        If the channels' responses do not add up.
    """
    horizon = model.next_horizon() if start is None or end is None else model.horizon(start, end)
    key = fingerprint(model, horizon)
    if use_cache and (found := cached_curves(key)) is not None:
        return found
    _refuse_log_link(model)
    progress("Importing PyMC-Marketing and rebuilding the model")
    model.mmm  # noqa: B018 - opened here so that the step has its name
    progress("Building the model for the planning window")
    evaluate = _evaluator(model, horizon)
    progress("Compiling the response (up to a minute the first time on a machine)")
    evaluate(np.zeros(len(model.channels)))
    progress("Reading the curves")
    curves = _extract(model, horizon, key, evaluate)
    if use_cache:
        store_curves(curves)
    return curves


def model_response(model: FittedModel, horizon: Horizon) -> Callable[[Floats], Floats]:
    """PyMC-Marketing's own response, as a function of channel spends over the horizon.

    Returns
    -------
    callable
        From spend, (channel,), in currency and the model's channel order, to response, (draw, channel), in units of the
        target. Carry-in of earlier spend is included: subtract the response to zero spend.
    """
    _refuse_log_link(model)
    return _evaluator(model, horizon)


def _refuse_log_link(model: FittedModel) -> None:
    if model.link != "identity":
        raise NotAdditiveError(
            f"The model '{model.name}' has the link '{model.link}': its channels multiply instead of adding up, so no "
            "channel has a curve of its own. Use a model fitted with link='identity'."
        )


def _evaluator(model: FittedModel, horizon: Horizon) -> Callable[[Floats], Floats]:
    """A function from spend over the horizon, (channel,), to response, (draw, channel), carry-in included."""
    mmm, channels = model.mmm, model.channels
    # A channel that was never spent on has no effect that the model could know: PyMC-Marketing refuses to plan it.
    spent = [place for place, channel in enumerate(channels) if model.historical_spend[channel].any()]
    data = mmm.model.named_vars_to_dims["channel_data"]
    coords = {dim: list(mmm.model.coords[dim]) for dim in data if dim != "date"}
    shape = tuple(len(labels) for labels in coords.values())
    cells = xr.DataArray(np.ones(shape, dtype=bool), dims=tuple(coords), coords=coords)
    # Match by label: the graph's order of cells can differ from the training data's.
    order = [channels.index(label) for label in cell_labels(cells)]
    with warnings.catch_warnings():
        # It warns when controls of future dates are zero-filled, which cancels in the difference from the zero plan of
        # an additive model, and when history does not touch the window, which `_notes` tells the planner.
        warnings.simplefilter("ignore", UserWarning)
        try:
            optimizer = mmm.budget_optimizer(
                horizon.start,
                _last_date(mmm, horizon),
                budgets_to_optimize=cells.copy(data=np.isin(order, spent).reshape(shape)),
                response_variable="total_media_contribution_original_scale",
            )
        except ValueError as error:
            raise CurvesError(f"PyMC-Marketing cannot build its model for {horizon}: {error}") from error
    if optimizer.num_periods != horizon.periods:
        raise CurvesError(
            f"PyMC-Marketing counts {optimizer.num_periods} dates in {horizon}, this app {horizon.periods}. Please "
            f"report this; the model's dates follow '{horizon.frequency}'."
        )

    def evaluate(spend: Floats) -> Floats:
        per_period = (spend[order] / horizon.periods).reshape(shape)
        plan = cells.astype(np.float64).copy(data=per_period)
        found = optimizer.evaluate_response_distribution(plan, RESPONSE_VARIABLE)
        summed = found.sum("date").transpose("sample", *coords).values.reshape(found.sizes["sample"], -1)
        response: Floats = np.empty_like(summed)
        response[:, order] = summed
        return response

    return evaluate


def _last_date(mmm: Any, horizon: Horizon) -> pd.Timestamp:
    """The end to ask PyMC-Marketing for: it adds the carry-over tail in months of 30 days, which are too short."""
    if not horizon.frequency.startswith("M"):
        return horizon.end
    lags = mmm.effective_carryover_lags()
    tail = pd.date_range(horizon.start, periods=horizon.periods + lags, freq=horizon.frequency)
    return tail[-1] - pd.Timedelta(days=30 * lags)


def _extract(model: FittedModel, horizon: Horizon, key: str, evaluate: Callable[[Floats], Floats]) -> ResponseCurves:
    zero = evaluate(np.zeros(len(model.channels)))
    upper = _upper_ends(model, horizon)

    def curves_through(spend: Floats) -> NDArray[np.float32]:
        levels = [evaluate(np.ascontiguousarray(spend[:, k])) - zero for k in range(spend.shape[1])]
        return np.stack(levels, axis=2).astype(np.float32)

    first = upper[:, None] * np.unique(np.concatenate([np.linspace(0, 1, _FIRST_LEVELS) ** 2, _SMALL_LEVELS]))
    spend = _refined(first, curves_through(first))
    response = curves_through(spend)
    _refuse_not_additive(model, spend, response, zero, evaluate)
    return ResponseCurves.from_arrays(
        model.channels,
        spend,
        response,
        model.historical_spend,
        periods=horizon.periods,
        horizon=horizon,
        target=model.target,
        fingerprint=key,
        measured_error=_interpolation_error(model.channels, spend, response, zero, evaluate),
        notes=_notes(model, horizon),
        saturation=model.saturation,
    )


def _notes(model: FittedModel, horizon: Horizon) -> list[str]:
    notes = []
    if horizon.start > model.next_horizon(1).start:
        notes.append(
            f"The window starts on {horizon.start:%Y-%m-%d}, but the training data ends on {model.dates[-1]:%Y-%m-%d}. "
            "Spend between the two is unknown, so no carry-over from it enters the window."
        )
    never = [channel for channel in model.channels if not model.historical_spend[channel].any()]
    if never:
        notes.append(f"Never spent on in the training data, so the model knows no effect of: {', '.join(never)}.")
    return notes


def _upper_ends(model: FittedModel, horizon: Horizon) -> Floats:
    largest = largest_window(model.historical_spend, horizon.periods).to_numpy()
    reference = float(reference_spend(model.historical_spend, horizon.periods).sum())
    if reference <= 0 and largest.max() <= 0:
        raise CurvesError(f"The model '{model.name}' has no spend in its training data, so no curve has a scale.")
    upper: Floats = np.maximum(_REACH * largest, _LEAST_REACH * max(reference, float(largest.max())))
    return upper


def _refined(spend: Floats, response: NDArray[np.float32]) -> Floats:
    """Points placed where the curves bend, as many as the interpolation tolerance asks for; (channel, point).

    A chord of length h misses a curve by h² |f''| / 8, so equal shares of the integral of sqrt(|f''| / f) spread the
    relative error evenly, and that integral gives the number of points.
    """
    density = np.empty_like(spend)
    for i, points in enumerate(spend):
        values = response[:, i, :].astype(np.float64)
        bend = np.abs(np.gradient(np.gradient(values, points, axis=-1), points, axis=-1))
        size = np.maximum(np.abs(values), 0.02 * np.abs(values).max(axis=-1, keepdims=True) + 1e-300)
        relative = np.sqrt(np.mean((bend / size) ** 2, axis=0)) ** 0.5
        density[i] = np.maximum(relative, 0.1 * np.trapezoid(relative, points) / points[-1] + 1e-300)
    integrals = np.array([np.trapezoid(density[i], spend[i]) for i in range(len(spend))])
    needed = int(np.ceil(integrals.max() / np.sqrt(8 * INTERPOLATION_TOLERANCE))) + 1
    count = int(np.clip(needed, _FEWEST_POINTS, _MOST_POINTS))
    return np.stack([equidistributed(spend[i], density[i], count) for i in range(len(spend))])


def _refuse_not_additive(
    model: FittedModel,
    spend: Floats,
    response: NDArray[np.float32],
    zero: Floats,
    evaluate: Callable[[Floats], Floats],
) -> None:
    """Compare curves with joint plans made of their own points, where nothing is interpolated."""
    rng = np.random.default_rng(0)
    rows = np.arange(len(spend))
    for _ in range(_JOINT_PLANS):
        levels = rng.integers(0, spend.shape[1], len(spend))
        joint = evaluate(spend[rows, levels]) - zero
        apart = response[:, rows, levels]
        error = float(np.abs(joint - apart).max() / max(float(np.abs(joint).sum(axis=1).max()), 1e-300))
        if error > ADDITIVITY_TOLERANCE:
            raise NotAdditiveError(
                f"The channels of '{model.name}' influence each other: at a joint plan their responses differ from "
                f"the separate curves by {error:.2%} of the total (allowed: {ADDITIVITY_TOLERANCE:.4%}). One curve for "
                "each channel would mislead; use a model whose effects do not read other channels."
            )


def _interpolation_error(
    channels: tuple[str, ...],
    spend: Floats,
    response: NDArray[np.float32],
    zero: Floats,
    evaluate: Callable[[Floats], Floats],
) -> float:
    """Largest relative error of summed curves at random joint plans, over draws."""
    curves = ResponseCurves.from_arrays(channels, spend, response)
    rng = np.random.default_rng(1)
    worst = 0.0
    for _ in range(_JOINT_PLANS):
        plan = spend[:, -1] * rng.random(len(spend)) ** 2
        truth = (evaluate(plan) - zero).sum(axis=1)
        found = curves.response_at(dict(zip(channels, plan, strict=True))).values.sum(axis=1)
        worst = max(worst, float(np.max(np.abs(found - truth) / np.abs(truth))))
    return worst

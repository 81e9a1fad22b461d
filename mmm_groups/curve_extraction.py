"""Response curves out of a fitted model's own graph.

PyMC-Marketing's optimiser model evaluates any plan for all draws at once. Where contributions add up, one evaluation
with every channel at its k-th level gives the k-th point of all curves, so no saturation or adstock is written here a
second time. Whether they add up is measured on random joint plans; where they do not, curves are conditional ones.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.curve_cache import cached_curves, store_curves
from mmm_groups.curve_points import first_points, refined_points, upper_ends
from mmm_groups.errors import CurvesError, HorizonError
from mmm_groups.fitted_model import FittedModel
from mmm_groups.flighting import Flighting, flighting_shares
from mmm_groups.history import reference_spend
from mmm_groups.horizon import Horizon
from mmm_groups.model_response import ModelResponse
from mmm_groups.prices import historical_prices, is_price, repriced
from mmm_groups.response_curves import ResponseCurves

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

METHOD_VERSION = 4
"""Raised whenever the numbers of extracted curves change, so that cached ones are not used."""

ADDITIVITY_TOLERANCE = 1e-6
"""Relative to the response of a joint plan: if separate curves miss it by more, they do not add up."""

_JOINT_PLANS = 8
_CONDITIONAL_TOLERANCE = 2e-4  # a conditional curve costs one evaluation a point; plans are made on the model itself


def fingerprint(
    model: FittedModel, horizon: Horizon, flighting: Flighting = "even", budget: float | None = None
) -> str:
    """Identify a request for curves: model file, window, flighting, reach and version of the method."""
    request = {
        "model": model.file.sha256,
        "start": horizon.start.isoformat(),
        "end": horizon.end.isoformat(),
        "frequency": horizon.frequency,
        "flighting": _named(flighting),
        "budget": budget,
        "method": METHOD_VERSION,
    }
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _named(flighting: Flighting) -> object:
    if isinstance(flighting, pd.DataFrame):
        weights = flighting.sort_index(axis=1).astype(np.float64)
        return [str(list(weights.index)), list(map(str, weights.columns)), weights.to_numpy().tolist()]
    return flighting if isinstance(flighting, str) else dict(flighting)


def response_curves(
    model: FittedModel,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    *,
    flighting: Flighting = "even",
    prices: Mapping[str, float] | None = None,
    budget: float | None = None,
    use_cache: bool = True,
    progress: Progress = lambda step: None,
) -> ResponseCurves:
    """Response curves of every channel over a planning window, per posterior draw.

    The same request is answered from the cache folder without PyMC the next time.

    Parameters
    ----------
    model : FittedModel
    start, end : date, optional
        The window, both included; default: the 13 dates after the training data.
    flighting : Flighting
        How money is spread over the window's dates; see `flighting_shares`.
    prices : mapping, optional
        Channel to planned price per unit, for channels that the model knows in units (impressions, clicks). Default:
        what their units cost in the reference period.
    budget : float, optional
        A budget that each curve must be able to take alone, in currency. Default: four times the largest historical
        spend of such a window, and one and a half times the whole reference budget.
    use_cache : bool
        Read and write the cache folder.
    progress : callable
        Called with the name of each step as it begins.

    Raises
    ------
    HorizonError
        If the window does not fit the model's dates.
    FlightingError, PriceError
        If flighting or prices do not fit the model's channels.
    """
    horizon = _window(model, start, end)
    planned = prices or {}
    budget = reach_asked(model, horizon, planned, budget)
    response, notes = model_response(model, horizon, flighting)
    key = fingerprint(model, horizon, flighting, budget)
    curves = cached_curves(key) if use_cache else None
    if curves is None:
        progress("Importing PyMC-Marketing and rebuilding the model")
        model.mmm  # noqa: B018 - opened here so that the step has its name
        progress("Building the model for the planning window")
        response.build()
        progress("Compiling the response (up to a minute the first time on a machine)")
        (response.by_channel if model.link == "identity" else response.total)(np.zeros(len(model.channels)))
        progress("Reading the curves")
        upper = upper_ends(model.historical_spend, horizon.periods, budget)
        curves = _extracted(response, upper, key, notes)
        if use_cache:
            curves = _kept(curves)
    if not curves.is_conditional:
        return repriced(curves, planned)
    if any(price != curves.prices.get(channel) for channel, price in planned.items()):
        # The others' units change with their price as well, so the curves do not only stretch.
        asked = repriced(curves, planned)
        response = ModelResponse(model, horizon, response.flighting, asked.prices)
        upper = upper_ends(model.historical_spend, horizon.periods, budget)
        curves = _extracted(response, upper, asked.fingerprint, (*notes, asked.notes[-1]))
        curves = replace(curves, largest_spend=asked.largest_spend)
    return answered(curves, model)


def reach_asked(
    model: FittedModel, horizon: Horizon, prices: Mapping[str, float], budget: float | None = None
) -> float | None:
    """The budget that curves at the usual prices must reach, so that they reach far enough at the planned ones.

    Where a price falls, the same units cost less, and a curve ends at less money.

    Raises
    ------
    CurvesError
        If the budget is no positive number.
    """
    if budget is not None and not (np.isfinite(budget) and budget > 0):
        raise CurvesError(f"Curves must reach a budget above 0; {budget} is none.")
    units = model.historical_units
    usual = historical_prices(units, model.historical_spend[units.columns], horizon.periods)
    falls = min([float(prices[name]) / usual[name] for name in usual if is_price(prices.get(name))], default=1.0)
    if falls >= 1:
        return budget
    wanted = budget or float(upper_ends(model.historical_spend, horizon.periods).min())
    steps = 10.0 ** (np.floor(np.log10(wanted / falls)) - 1)
    return float(np.ceil(wanted / falls / steps) * steps)  # two digits, so that a small change finds the same curves


def _window(model: FittedModel, start: str | pd.Timestamp | None, end: str | pd.Timestamp | None) -> Horizon:
    if start is None and end is None:
        return model.next_horizon()
    if start is None or end is None:
        raise HorizonError("A planning window needs its first and its last date. Give start and end, or neither.")
    return model.horizon(start, end)


def _kept(curves: ResponseCurves) -> ResponseCurves:
    """Keep curves for the next time; where that fails they are used all the same, and it is told."""
    try:
        store_curves(curves)
    except OSError as error:
        told = f"These curves could not be kept for the next time ({error}), so they will be read again."
        return replace(curves, notes=(*curves.notes, told), _mean=[])
    return curves


def answered(curves: ResponseCurves, model: FittedModel) -> ResponseCurves:
    """Curves that do not add up, with the model that answers for them together; others as they are."""
    return replace(curves, joint=response_of(curves, model), _mean=[]) if curves.is_conditional else curves


def model_response(
    model: FittedModel, horizon: Horizon, flighting: Flighting = "even", prices: Mapping[str, float] | None = None
) -> tuple[ModelResponse, tuple[str, ...]]:
    """PyMC-Marketing's own response over a window, and what a planner must know about it; opened at first use.

    Parameters and errors are those of `response_curves`.
    """
    shares, told = flighting_shares(model.historical_spend, horizon, flighting)
    units = model.historical_units
    usual = historical_prices(units, model.historical_spend[units.columns], horizon.periods)
    response = ModelResponse(model, horizon, shares, usual | dict(prices or {}))
    return response, (*_notes(model, horizon), *told)


def response_of(curves: ResponseCurves, model: FittedModel) -> ModelResponse:
    """The model's own response under the window, flighting and prices of curves that were read from it.

    Raises
    ------
    CurvesError
        If the curves were not read from this model.
    """
    if curves.horizon is None or curves.model_hash != model.file.sha256:
        raise CurvesError(f"These curves were not read from the model '{model.name}', so it cannot answer for them.")
    return ModelResponse(model, curves.horizon, curves.flighting, curves.prices)


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
    controls = model.file.attributes.get("control_columns") or []
    if model.link != "identity" and controls and horizon.end > model.dates[-1]:
        notes.append(
            f"With this model's '{model.link}' link the controls shape what media earn. After the training data they "
            f"are unknown and taken as 0: {', '.join(controls)}."
        )
    return notes


@dataclass(frozen=True)
class _Reading:
    """Curves as they were read: points, responses, and how far summed curves miss the model's own answers."""

    spend: Floats
    response: NDArray[np.float32]
    error: float


def _extracted(response: ModelResponse, upper: pd.Series, key: str, notes: tuple[str, ...]) -> ResponseCurves:
    model, horizon = response.model, response.horizon
    others_at = None
    reading = _separate(response, upper) if model.link == "identity" else None
    misses = _misses_of_separate_curves(response, upper, reading)
    if reading is None or misses > ADDITIVITY_TOLERANCE:
        others_at = reference_spend(model.historical_spend, horizon.periods)
        reading = _conditional(response, upper, others_at.to_numpy())
        notes = (*notes, _told_of_conditional(misses))
    return ResponseCurves.from_arrays(
        model.channels,
        reading.spend,
        reading.response,
        model.historical_spend,
        periods=horizon.periods,
        horizon=horizon,
        target=model.target,
        fingerprint=key,
        measured_error=reading.error,
        notes=notes,
        saturation=model.saturation,
        flighting=response.flighting,
        prices=response.prices,
        others_at=others_at,
        model_hash=model.file.sha256,
    )


def _told_of_conditional(misses: float) -> str:
    return (
        "The channels of this model do not act separately: at random joint plans what they earn one by one misses "
        f"what they earn together by up to {misses:.1%} (allowed: {ADDITIVITY_TOLERANCE:.4%}). So each curve holds "
        "while all other channels stay at their reference spend, curves must not be added up, and plans are optimised "
        "on the model itself."
    )


def _separate(response: ModelResponse, upper: pd.Series) -> _Reading:
    """All curves at once: every channel at its k-th level gives the k-th point of each."""
    zero = response.by_channel(np.zeros(len(upper)))

    def curves_through(spend: Floats) -> NDArray[np.float32]:
        values = np.empty((*zero.shape, spend.shape[1]), dtype=np.float32)
        for k in range(spend.shape[1]):
            values[:, :, k] = response.by_channel(np.ascontiguousarray(spend[:, k])) - zero
        return values

    first = first_points(upper)
    spend = refined_points(first, curves_through(first))
    values = curves_through(spend)
    return _Reading(spend, values, _interpolation_error(response, spend, values, zero))


def _misses_of_separate_curves(response: ModelResponse, upper: pd.Series, reading: _Reading | None) -> float:
    """Largest difference between joint plans and the channels one by one, relative to what the joint plan earns."""
    rng = np.random.default_rng(0)
    rows = np.arange(len(upper))
    worst = 0.0
    zero = None if reading is None else response.by_channel(np.zeros(len(upper)))
    for _ in range(_JOINT_PLANS):
        if reading is None or zero is None:
            plan = upper.to_numpy() * rng.random(len(upper)) / 2
            apart = sum(response.incremental(np.where(rows == i, plan, 0.0)) for i in rows)
            joint = response.incremental(plan)
        else:
            # At points of the curves themselves, where nothing is interpolated.
            levels = rng.integers(0, reading.spend.shape[1], len(upper))
            plan = reading.spend[rows, levels]
            separate = reading.response[:, rows, levels]
            together = response.by_channel(plan) - zero
            joint = together.sum(axis=1)
            worst = max(worst, _relative(together - separate, joint))
            apart = together.sum(axis=1)
            if response.has_effects:
                joint = response.incremental(plan)
        worst = max(worst, _relative(joint - apart, joint))
    return worst


def _relative(difference: Floats, joint: Floats) -> float:
    return float(np.abs(difference).max() / max(float(np.abs(joint).max()), 1e-300))


def _conditional(response: ModelResponse, upper: pd.Series, others: Floats) -> _Reading:
    """One channel at a time while the others stay: what its spend adds to them."""

    def curve(i: int, spend: Floats) -> NDArray[np.float32]:
        def answer(amount: float) -> Floats:
            plan = others.copy()
            plan[i] = amount
            return response.total(plan)

        alone = answer(0.0)
        return np.stack([answer(float(amount)) - alone for amount in spend], axis=1).astype(np.float32)

    def curves_through(spend: Floats) -> NDArray[np.float32]:
        return np.stack([curve(i, points) for i, points in enumerate(spend)], axis=1)

    first = first_points(upper)[:, ::2]
    first[:, -1] = upper
    spend = refined_points(first, curves_through(first), _CONDITIONAL_TOLERANCE)
    values = curves_through(spend)
    rng = np.random.default_rng(1)
    drawn = ResponseCurves.from_arrays(list(map(str, upper.index)), spend, values)
    worst = 0.0
    for i, channel in enumerate(drawn.channels):
        at = upper.to_numpy()[i] * rng.random(2) ** 2
        truth = curve(i, at).astype(np.float64)
        worst = max(worst, _relative(drawn.draws_along(channel, at) - truth, truth))
    return _Reading(spend, values, worst)


def _interpolation_error(response: ModelResponse, spend: Floats, values: NDArray[np.float32], zero: Floats) -> float:
    """Largest relative error of summed curves at random joint plans, over draws."""
    channels = response.model.channels
    curves = ResponseCurves.from_arrays(channels, spend, values)
    rng = np.random.default_rng(1)
    worst = 0.0
    for _ in range(_JOINT_PLANS):
        plan = spend[:, -1] * rng.random(len(spend)) ** 2
        truth = (response.by_channel(plan) - zero).sum(axis=1)
        found = curves.response_at(dict(zip(channels, plan, strict=True))).values.sum(axis=1)
        worst = max(worst, float(np.max(np.abs(found - truth) / np.abs(truth))))
    return worst

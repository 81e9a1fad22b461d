"""Response curves out of a fitted model's own graph.

PyMC-Marketing's optimiser model evaluates any plan for all draws at once. Where contributions add up, one evaluation
with every channel at its k-th level gives the k-th point of all curves, so no saturation or adstock is written here a
second time. Whether they add up is measured on random joint plans; where they do not, curves are conditional ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from mmm_groups.curves.cache import cached_curves, store_curves
from mmm_groups.curves.grid import upper_ends
from mmm_groups.curves.notes import notes_of
from mmm_groups.curves.prices import is_price, repriced, usual_prices
from mmm_groups.curves.reading import (
    conditional_reading,
    misses_of_separate_curves,
    misses_one_by_one,
    separate_reading,
)
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channel_curves import flighting_of_modelled, prices_of_modelled
from mmm_groups.errors import CurvesError, HorizonError
from mmm_groups.fingerprint import fingerprint_of_values
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting, flighting_key, flighting_shares
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.model_response import ModelResponse
from mmm_groups.model.spend_history import reference_spend
from mmm_groups.model.time_variation import refuse_beyond_variation
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText, marked

Progress = Callable[[str], None]

METHOD_VERSION = 5
"""Raised whenever the numbers of extracted curves change, so that cached ones are not used."""

ADDITIVITY_TOLERANCE = 1e-6
"""Relative to the response of a joint plan: if separate curves miss it by more, they do not add up."""


def fingerprint(
    model: FittedModel, horizon: Horizon, flighting: Flighting = "even", budget: float | None = None
) -> str:
    """Identify a request for curves: model file, window, flighting, reach and version of the method."""
    request = {
        "model": model.file.sha256,
        "start": horizon.start.isoformat(),
        "end": horizon.end.isoformat(),
        "frequency": horizon.frequency,
        "flighting": flighting_key(flighting),
        "budget": budget,
        "method": METHOD_VERSION,
    }
    return fingerprint_of_values(request)


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
        The window, both included; default: about a quarter of a year (13 weeks) after the training data.
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
        curves = curves_of_response(response, upper, key, notes)
        if use_cache:
            curves = _kept(curves)
    if not curves.is_conditional:
        return repriced(curves, planned)
    if any(price != curves.prices.get(channel) for channel, price in planned.items()):
        # The others' units change with their price as well, so the curves do not only stretch.
        asked = repriced(curves, planned)
        response = ModelResponse(model, horizon, response.flighting, asked.prices)
        upper = upper_ends(model.historical_spend, horizon.periods, budget)
        curves = curves_of_response(response, upper, asked.origin.fingerprint, (*notes, asked.origin.notes[-1]))
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
    usual = usual_prices(model, horizon.periods)
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
    """Keep curves for the next time; where that fails they are used all the same, and a note says so."""
    try:
        store_curves(curves)
    except OSError as error:
        note = f"These curves could not be kept for the next time ({error}), so they will be read again."
        return replace(curves, origin=curves.origin.noted(note))
    return curves


def answered(curves: ResponseCurves, model: FittedModel) -> ResponseCurves:
    """Curves that do not add up, with the model that answers for them together; others as they are."""
    return replace(curves, joint=response_of(curves, model)) if curves.is_conditional else curves


def model_response(
    model: FittedModel, horizon: Horizon, flighting: Flighting = "even", prices: Mapping[str, float] | None = None
) -> tuple[ModelResponse, tuple[str, ...]]:
    """PyMC-Marketing's own response over a window, and what a planner must know about it; opened at first use.

    Parameters and errors are those of `response_curves`.
    """
    refuse_beyond_variation(model.file.attributes, model.dates, horizon)
    shares, flighting_notes = flighting_shares(model.historical_spend, horizon, flighting)
    usual = usual_prices(model, horizon.periods)
    response = ModelResponse(model, horizon, shares, usual | dict(prices or {}))
    return response, (*notes_of(model, horizon), *flighting_notes)


def response_of(curves: ResponseCurves, model: FittedModel) -> ModelResponse:
    """The model's own response under the window, flighting and prices of curves that were read from it.

    Raises
    ------
    CurvesError
        If the curves were not read from this model.
    """
    if curves.horizon is None or curves.origin.model_hash != model.file.sha256:
        raise CurvesError(f"These curves were not read from the model '{model.name}', so it cannot answer for them.")
    flighting = flighting_of_modelled(curves.origin.assumed, curves.flighting)
    return ModelResponse(model, curves.horizon, flighting, prices_of_modelled(curves.origin.assumed, curves.prices))


def curves_of_response(response: ModelResponse, upper: Numbers, key: str, notes: tuple[str, ...]) -> ResponseCurves:
    """Curves up to the spends `upper`, read off a response that is built; `key` becomes their fingerprint."""
    model, horizon = response.model, response.horizon
    others_at = None
    reading = separate_reading(response, upper) if model.link == "identity" else None
    misses = misses_one_by_one(response, upper) if reading is None else misses_of_separate_curves(response, reading)
    if reading is None or misses > ADDITIVITY_TOLERANCE:
        others_at = reference_spend(model.historical_spend, horizon.periods)
        reading = conditional_reading(response, upper, np.asarray(others_at, dtype=np.float64))
        notes = (*notes, _note_on_conditional(misses))
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


def _note_on_conditional(misses: float) -> str:
    return MarkedText(
        "The channels of this model do not act separately: at random joint plans what they earn one by one misses "
        f"what they earn together by up to {marked(misses):.1%} (allowed: {marked(ADDITIVITY_TOLERANCE):.4%}). So "
        "each curve holds while all other channels stay at their reference spend, curves must not be added up, and "
        "plans are optimised on the model itself."
    )

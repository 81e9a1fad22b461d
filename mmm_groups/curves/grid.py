"""At which spends a curve is read: how far it must reach, and where it bends."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.errors import CurvesError
from mmm_groups.model.spend_history import largest_window, reference_spend
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import equidistributed

INTERPOLATION_TOLERANCE = 2e-5
_SMALL_TOLERANCE = 5e-5
"""Relative error wanted where a curve still rises ever faster, so that it is tiny for small budgets: S-shapes."""
_REACH = 4.0  # curves reach to this multiple of the largest historical spend of a window ...
_LEAST_REACH = 1.5  # ... and at least to this multiple of the whole reference budget, which one group may get
_FEWEST_POINTS, _MOST_POINTS = 33, 601
_FIRST_LEVELS = 65
_SMALL_LEVELS = np.geomspace(1e-5, 1e-3, 9)  # Hill curves can bend hard at the very beginning


def upper_ends(history: pd.DataFrame, periods: int, budget: float | None = None) -> Numbers:
    """Spend at which each channel's curve ends, in currency.

    Parameters
    ----------
    history : pd.DataFrame, dates x channels
    periods : int
        Dates of the horizon.
    budget : float, optional
        Every channel's curve reaches at least to this.

    Raises
    ------
    CurvesError
        If nothing was ever spent, so that no curve has a scale.
    """
    largest = largest_window(history, periods)
    reference = float(reference_spend(history, periods).sum())
    if reference <= 0 and largest.max() <= 0:
        raise CurvesError("There is no spend in the training data, so no curve has a scale.")
    least = max(_LEAST_REACH * max(reference, float(largest.max())), budget or 0.0)
    return (_REACH * largest).clip(lower=least)


def first_points(upper: Numbers) -> Floats:
    """Points that any curve is read at first, (channel, point): denser where spend is small."""
    levels = np.unique(np.concatenate([np.linspace(0, 1, _FIRST_LEVELS) ** 2, _SMALL_LEVELS]))
    points: Floats = upper.to_numpy(dtype=np.float64)[:, None] * levels
    return points


def refined_points(spend: Floats, response: NDArray[np.float32], tolerance: float = INTERPOLATION_TOLERANCE) -> Floats:
    """Points placed where the curves bend, as many as the interpolation tolerance asks for; (channel, point).

    A chord of length h misses a curve by h² |f''| / 8, so equal shares of the integral of sqrt(|f''| / f) spread the
    relative error evenly, and that integral gives the number of points.

    Parameters
    ----------
    spend : array, (channel, point)
    response : array, (draw, channel, point)
    tolerance : float
        Relative error wanted between the points.
    """
    density = np.empty_like(spend)
    small = (tolerance / max(_SMALL_TOLERANCE, tolerance)) ** 0.5
    for i, points in enumerate(spend):
        values = response[:, i, :].astype(np.float64)
        bend = np.gradient(np.gradient(values, points, axis=-1), points, axis=-1)
        relative = _root_of_relative_bend(np.abs(bend), values, 0.02)
        rising = small * _root_of_relative_bend(np.maximum(bend, 0.0), values, 0.001)
        density[i] = np.maximum(
            np.maximum(relative, rising), 0.1 * np.trapezoid(relative, points) / points[-1] + 1e-300
        )
    integrals = np.array([np.trapezoid(density[i], spend[i]) for i in range(len(spend))])
    needed = int(np.ceil(integrals.max() / np.sqrt(8 * tolerance))) + 1
    count = int(np.clip(needed, _FEWEST_POINTS, _MOST_POINTS))
    return np.stack([equidistributed(spend[i], density[i], count) for i in range(len(spend))])


def _root_of_relative_bend(bend: Floats, values: Floats, least: float) -> Floats:
    """sqrt(|f''| / f), mean over draws, (point,); f counts as at least this share of its largest value."""
    size = np.maximum(np.abs(values), least * np.abs(values).max(axis=-1, keepdims=True) + 1e-300)
    found: Floats = np.sqrt(np.mean((bend / size) ** 2, axis=0)) ** 0.5
    return found

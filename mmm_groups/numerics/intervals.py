"""Summaries of posterior draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INTERVAL = 0.94
"""Default mass of credible intervals."""


@dataclass(frozen=True, eq=False)
class Band:
    """Interval of every channel's curve as another tool gave it.

    Bands of several channels cannot be added up (that would need the draws), so a group or a plan has none.

    Attributes
    ----------
    low, high : arrays, (channel, point)
        In units of the target, at the curves' own spends.
    mass : float
        Probability inside, between 0 and 1; NaN where the tool did not say.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mass: float = float("nan")


def hdi(draws: NDArray[np.floating], mass: float = INTERVAL) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest-density interval: the narrowest one that holds `mass` of the draws; NaN for a single draw.

    One draw is the mean of a tool that gives no draws: an interval of no width would pass it off as certain.

    Written here because importing ArviZ costs a second before the first screen; a test compares the two.

    Parameters
    ----------
    draws : array, (draw, ...)
    mass : float
        Between 0 and 1.

    Returns
    -------
    low, high : arrays, (...)
    """
    ordered = np.sort(np.asarray(draws, dtype=np.float64), axis=0)
    count = len(ordered)
    if count < 2:
        return np.full(ordered.shape[1:], np.nan), np.full(ordered.shape[1:], np.nan)
    inside = min(int(np.floor(mass * count)), count - 1)
    widths = ordered[inside:] - ordered[: count - inside]
    first = np.argmin(widths, axis=0)[None]
    low = np.take_along_axis(ordered, first, axis=0)[0]
    high = np.take_along_axis(ordered, first + inside, axis=0)[0]
    return low, high

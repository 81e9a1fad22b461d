"""How far two answers to one plan are apart, relative to what is at stake."""

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats

_LEAST_AT_STAKE = 0.01


def largest_miss(found: Floats, truth: Floats, earned: NDArray[np.floating], ends: NDArray[np.floating]) -> float:
    """Largest difference between two answers in any draw, relative to what the channels earn in it.

    What they earn counts without signs: where channels may hurt, the total can be near 0 whatever they do. It counts in
    no draw as less than on average, nor as less than a hundredth of what they earn where their curves end: a draw
    without effects, or a plan without money, says nothing about the size of an error.

    Parameters
    ----------
    found, truth : array, (draw,)
        Response to the plan, in units of the target.
    earned : array, (draw, channel)
        Response of each channel to the plan.
    ends : array, (draw, channel)
        Response of each channel where its curve ends.
    """
    own = np.abs(earned).sum(axis=1)
    least = max(float(own.mean()), _LEAST_AT_STAKE * float(np.abs(ends).sum(axis=1).mean()), 1e-300)
    return float(np.max(np.abs(found - truth) / np.maximum(own, least)))

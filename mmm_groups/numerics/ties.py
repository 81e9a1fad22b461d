"""Differences of figures that may be equal but for rounding: a tie is a tie."""

import numpy as np
from numpy.typing import ArrayLike

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import SAME


def difference(after: ArrayLike, before: ArrayLike) -> Floats:
    """`after` minus `before`, element by element, and 0 where they only differ by rounding; NaN where one is NaN."""
    later, earlier = np.asarray(after, dtype=np.float64), np.asarray(before, dtype=np.float64)
    found = later - earlier
    is_tie = np.abs(found) <= SAME * np.maximum(np.abs(later), np.abs(earlier))
    return np.asarray(np.where(is_tie, 0.0, found))

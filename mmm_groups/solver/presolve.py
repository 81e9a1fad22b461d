"""Limits on one decision become ends of its curve, so that the solver only sees those that tie decisions together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import SPENDS_ROUNDING
from mmm_groups.solver.program import Objective, Optimum, Program


@dataclass(frozen=True)
class Presolved:
    """A problem's limits, sorted into ends of curves and rows of the program.

    Attributes
    ----------
    low, high : arrays, (decision,)
        Least and greatest spend of every decision, in currency.
    low_by, high_by : arrays of int, (decision,)
        The limit that sets each end; -1 where the curve itself begins.
    rows : array of int, (row,)
        Limits that tie several decisions together.
    matrix, lower, upper : arrays, (row, decision) and (row,)
    everything : array, (limit, decision)
        All the limits.
    total : int
        The limit that fixes the total; -1 if none does.
    """

    low: Floats
    high: Floats
    low_by: NDArray[np.intp]
    high_by: NDArray[np.intp]
    rows: NDArray[np.intp]
    matrix: Floats
    lower: Floats
    upper: Floats
    everything: Floats
    total: int

    def program(self, points: Floats, values: Floats, objective: Objective) -> Program:
        """The program over curves cut at the ends."""
        cut = np.clip(points, self.low[:, None], self.high[:, None])
        if (cut == points).all():
            return Program(points, values, self.matrix, self.lower, self.upper, objective)
        read = np.stack([np.interp(c, p, v) for c, p, v in zip(cut, points, values, strict=True)])
        return Program(cut, read, self.matrix, self.lower, self.upper, objective)

    def prices(self, optimum: Optimum, points: Floats, values: Floats, objective: Objective) -> Floats:
        """Prices of all the problem's limits, (limit,), out of those of the program's rows.

        The price of an end is what the next unit beyond it would bring: the slope there less what a unit is worth
        elsewhere.
        """
        found = np.zeros(len(self.everything))
        found[self.rows] = optimum.prices
        response_weight, unit_costs = objective.priced(optimum.prices, optimum.requirement_price, self.matrix)
        rounding = SPENDS_ROUNDING * float(self.high.sum())
        for place, spend in enumerate(optimum.spends):
            for by, end, side in ((self.high_by, self.high, 1), (self.low_by, self.low, -1)):
                limit = by[place]
                if limit < 0 or abs(spend - end[place]) > rounding:
                    continue
                worth = response_weight * _slope(points[place], values[place], spend, side) - unit_costs[place]
                if self.low_by[place] != self.high_by[place] and worth * side <= 0:
                    continue
                self._charge(found, int(limit), place, worth)
                break
        return found

    def _charge(self, found: Floats, limit: int, place: int, worth: float) -> None:
        """Book an end's worth on its limit; a ratio of the total moves with the total, which gets its part."""
        row = self.everything[limit]
        others = _common(row, place) if self.total >= 0 and np.count_nonzero(row) > 1 else 0.0
        price = worth / (row[place] - others)
        found[limit] += price
        if others:
            found[self.total] -= price * others


def presolve(matrix: Floats, lower: Floats, upper: Floats, tops: Floats) -> Presolved | None:
    """Sort limits; None if two ends cross or a limit on nothing is missed, so that no spends meet the limits.

    Parameters
    ----------
    matrix : array, (limit, decision)
    lower, upper : arrays, (limit,)
    tops : array, (decision,)
        Where each curve ends, in currency.
    """
    count = matrix.shape[1]
    low, high = np.zeros(count), tops.copy()
    low_by, high_by = np.full(count, -1, dtype=np.intp), np.full(count, -1, dtype=np.intp)
    size = max(float(tops.sum()), 1e-300)
    fixed = np.flatnonzero((matrix == 1.0).all(axis=1) & (lower == upper))
    total = int(fixed[0]) if len(fixed) else -1
    rows = []
    felt = (matrix != 0).sum(axis=1)
    for limit in range(len(matrix)):
        row, ends = matrix[limit], (lower[limit], upper[limit])
        if felt[limit] == 0:
            if not ends[0] <= SPENDS_ROUNDING * size or not ends[1] >= -SPENDS_ROUNDING * size:
                return None
            continue
        place = int(np.flatnonzero(row)[0]) if felt[limit] == 1 else _alone(row) if limit != total >= 0 else -1
        if place < 0:
            rows.append(limit)
            continue
        others = _common(row, place) if felt[limit] > 1 else 0.0
        factor = row[place] - others
        near, far = ((end - others * (upper[total] if others else 0.0)) / factor for end in ends)
        if factor < 0:
            near, far = far, near
        if near > low[place]:
            low[place], low_by[place] = near, limit
        if far < high[place] or (far == high[place] and high_by[place] < 0):
            high[place], high_by[place] = far, limit
    # An end may be a difference from the total, whose rounding is the total's.
    fixed_total = abs(float(upper[total])) if total >= 0 else 0.0
    if (low > high + SPENDS_ROUNDING * (np.maximum(np.abs(low), np.abs(high)) + fixed_total)).any():
        return None
    kept = np.array(rows, dtype=np.intp)
    return Presolved(
        np.minimum(low, high), high, low_by, high_by, kept, matrix[kept], lower[kept], upper[kept], matrix, total
    )


def _alone(row: Floats) -> int:
    """The one place where a row differs from all its other numbers; -1 if there is none."""
    if len(row) == 1:
        return 0
    common = row[1] if row[0] == row[1] else row[-1]
    different = np.flatnonzero(row != common)
    return int(different[0]) if len(different) == 1 else -1


def _common(row: Floats, place: int) -> float:
    """What a row has everywhere but at one place."""
    return float(row[1 if place == 0 else 0]) if len(row) > 1 else 0.0


def _slope(points: Floats, values: Floats, at: float, side: int) -> float:
    """Slope of a curve to the right (1) or to the left (-1) of a spend; at its ends, that of its outermost piece."""
    right = int(np.searchsorted(points, at, side="right" if side > 0 else "left"))
    right = min(max(right, 1), len(points) - 1)
    return float((values[right] - values[right - 1]) / (points[right] - points[right - 1]))

"""Presolve: limits on one decision become ends of its curve, so that the simplex sees only those on several.

Postsolve: prices of all the limits out of those of the program's rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import SPENDS_ROUNDING
from mmm_groups.solver.allowed_spends import AllowedSpends
from mmm_groups.solver.program import Objective, Optimum, Program


@dataclass(frozen=True)
class Presolved:
    """A problem's limits, sorted into ends of curves and rows of the program.

    Attributes
    ----------
    low, high : arrays, (decision,)
        Least and greatest spend of every decision, in currency.
    low_set_by, high_set_by : arrays of int, (decision,)
        The limit that sets each end; -1 where the curve itself begins.
    row_limits : array of int, (row,)
        The limits that stay rows of the program, since they tie several decisions together.
    matrix, lower, upper : arrays, (row, decision) and (row,)
        Those rows.
    limit_matrix : array, (limit, decision)
        All the limits.
    total_limit : int
        The limit that fixes the total; -1 if none does.
    allowed : dict[int, AllowedSpends]
        Decisions that may not spend every amount.
    """

    low: Floats
    high: Floats
    low_set_by: NDArray[np.intp]
    high_set_by: NDArray[np.intp]
    row_limits: NDArray[np.intp]
    matrix: Floats
    lower: Floats
    upper: Floats
    limit_matrix: Floats
    total_limit: int
    allowed: Mapping[int, AllowedSpends] = field(default_factory=dict)

    def program(self, points: Floats, values: Floats, objective: Objective) -> Program:
        """The program over curves cut at the ends."""
        cut = np.clip(points, self.low[:, None], self.high[:, None])
        if (cut == points).all():
            return Program(points, values, self.matrix, self.lower, self.upper, objective)
        read = np.stack([np.interp(c, p, v) for c, p, v in zip(cut, points, values, strict=True)])
        return Program(cut, read, self.matrix, self.lower, self.upper, objective)

    def prices(self, optimum: Optimum, points: Floats, values: Floats, objective: Objective) -> Floats:
        """Prices of all the problem's limits, (limit,), out of those of the program's rows (postsolve).

        The price of an end is what the next unit beyond it would earn: the slope there less what a unit costs.
        """
        found = np.zeros(len(self.limit_matrix))
        found[self.row_limits] = optimum.prices
        response_weight, unit_costs = objective.priced(optimum.prices, optimum.requirement_price, self.matrix)
        rounding = SPENDS_ROUNDING * float(self.high.sum())
        for decision, spend in enumerate(optimum.spends):
            for set_by, end, side in ((self.high_set_by, self.high, 1), (self.low_set_by, self.low, -1)):
                limit = set_by[decision]
                if limit < 0 or abs(spend - end[decision]) > rounding:
                    continue
                slope = _slope(points[decision], values[decision], spend, side)
                worth = response_weight * slope - unit_costs[decision]
                # Where one limit is both ends (a lock), either side's price will do, of any sign.
                if self.low_set_by[decision] != self.high_set_by[decision] and worth * side <= 0:
                    continue
                self._add_end_price(found, int(limit), decision, worth)
                break
        return found

    def _add_end_price(self, prices: Floats, limit: int, decision: int, worth: float) -> None:
        """Add an end's worth to the price of its limit; a share of the total also moves with the total."""
        row = self.limit_matrix[limit]
        others = _common(row, decision) if self.total_limit >= 0 and np.count_nonzero(row) > 1 else 0.0
        price = worth / (row[decision] - others)
        prices[limit] += price
        if others:
            prices[self.total_limit] -= price * others


def presolve(
    matrix: Floats, lower: Floats, upper: Floats, tops: Floats, allowed: Mapping[int, AllowedSpends] | None = None
) -> Presolved | None:
    """Sort limits; None if two ends cross or a limit on nothing is missed, so that no spends meet the limits.

    Where the total is fixed at T, a limit with one coefficient `a` and all others `c` is one on a single decision too:
    ``a x + c (T - x)``. So a share of the total becomes an end.

    Parameters
    ----------
    matrix : array, (limit, decision)
    lower, upper : arrays, (limit,)
    tops : array, (decision,)
        Where each curve ends, in currency.
    allowed : mapping, optional
        Decision to the spends that it may have, where that is not every amount.
    """
    total_limit = _fixed_total(matrix, lower, upper)
    total = float(upper[total_limit]) if total_limit >= 0 else 0.0
    ends = _Ends(tops)
    row_limits = []
    for limit, (row, named) in enumerate(zip(matrix, np.count_nonzero(matrix, axis=1).tolist(), strict=True)):
        if not named:
            if _is_missed_by_nothing(lower[limit], upper[limit], tops):
                return None
            continue
        decision = _only_decision(row, named, limit, total_limit)
        if decision < 0:
            row_limits.append(limit)
            continue
        others = _common(row, decision) if named > 1 else 0.0
        factor = row[decision] - others
        low, high = ((end - (others * total if others else 0.0)) / factor for end in (lower[limit], upper[limit]))
        ends.narrow(limit, decision, *((low, high) if factor > 0 else (high, low)))
    if ends.cross(abs(total)):
        return None
    kept = np.array(row_limits, dtype=np.intp)
    return Presolved(
        low=np.minimum(ends.low, ends.high),
        high=ends.high,
        low_set_by=ends.low_set_by,
        high_set_by=ends.high_set_by,
        row_limits=kept,
        matrix=matrix[kept],
        lower=lower[kept],
        upper=upper[kept],
        limit_matrix=matrix,
        total_limit=total_limit,
        allowed=allowed or {},
    )


class _Ends:
    """Ends of the curves, narrowed by one limit after another."""

    def __init__(self, tops: Floats) -> None:
        self.low, self.high = np.zeros(len(tops)), tops.copy()
        self.low_set_by = np.full(len(tops), -1, dtype=np.intp)
        self.high_set_by = np.full(len(tops), -1, dtype=np.intp)

    def narrow(self, limit: int, decision: int, low: float, high: float) -> None:
        """Move a decision's ends inwards to those that a limit sets."""
        if low > self.low[decision]:
            self.low[decision], self.low_set_by[decision] = low, limit
        # The curve's end is a limit too: the first one to name it gets its price.
        is_first_to_name = high == self.high[decision] and self.high_set_by[decision] < 0
        if high < self.high[decision] or is_first_to_name:
            self.high[decision], self.high_set_by[decision] = high, limit

    def cross(self, total: float) -> bool:
        """Whether a low end lies above a high one; an end may be a difference from the total, whose rounding counts."""
        sizes = np.maximum(np.abs(self.low), np.abs(self.high)) + total
        return bool((self.low > self.high + SPENDS_ROUNDING * sizes).any())


def _fixed_total(matrix: Floats, lower: Floats, upper: Floats) -> int:
    """The limit that fixes the sum of all spends; -1 if none does."""
    fixed = np.flatnonzero((matrix == 1.0).all(axis=1) & (lower == upper))
    return int(fixed[0]) if len(fixed) else -1


def _is_missed_by_nothing(lower: float, upper: float, tops: Floats) -> bool:
    """Whether a limit without any decision, whose sum is always 0, is missed."""
    rounding = SPENDS_ROUNDING * max(float(tops.sum()), 1e-300)
    return not (lower <= rounding and upper >= -rounding)


def _only_decision(row: Floats, named: int, limit: int, total_limit: int) -> int:
    """The only decision that a limit depends on, given the total where that is fixed; -1 if there are several."""
    if named == 1:
        return int(np.flatnonzero(row)[0])
    if total_limit < 0 or limit == total_limit:
        return -1
    common = row[1] if row[0] == row[1] else row[-1]
    different = np.flatnonzero(row != common)
    return int(different[0]) if len(different) == 1 else -1


def _common(row: Floats, decision: int) -> float:
    """The coefficient that a row has everywhere but at one decision."""
    return float(row[1 if decision == 0 else 0]) if len(row) > 1 else 0.0


def _slope(points: Floats, values: Floats, at: float, side: int) -> float:
    """Slope of a curve to the right (1) or to the left (-1) of a spend; at its ends, that of its outermost piece."""
    right = int(np.searchsorted(points, at, side="right" if side > 0 else "left"))
    right = min(max(right, 1), len(points) - 1)
    return float((values[right] - values[right - 1]) / (points[right] - points[right - 1]))

"""A dual simplex with the bound-flipping ratio test (Maros, 2003), for programs in standard form: `docs/solver.md`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.program import Optimum
from mmm_groups.solver.standard_form import StandardForm

# In the units of the standard form, where all the money there is counts 1.
_INSIDE = 1e-13  # a basic column outside its bounds by less is inside: rounding of sums
_DEPENDENT = 1e-10  # rows that say the same twice may differ by so much; by more they clash
_MET = 1e-8  # an answer misses no row by more
# An entry of a pivot row is the rounding of a zero if it is this small beside the row of the inverse that makes it. The
# next is tried where the steps are lost.
_PIVOTS = (1e-9, 1e-7, 1e-5)
_WELL_CONDITIONED = 1e12  # a start from a basis with a larger condition number would be lost in rounding
_MOST_STEPS = 100  # for each row; measured: three
_REFACTORED = 100  # steps after which everything is worked out again from the basis


@dataclass(frozen=True)
class _Leaving:
    """The basic column that leaves: its place in the basis, by how much it misses its bound, and which one."""

    place: int
    miss: float
    is_below: bool


@dataclass(frozen=True)
class _Step:
    """One dual step: how far the prices move along a row of the inverse, what flips on the way and what enters."""

    leaving: _Leaving
    flipped: NDArray[np.intp]
    enters: int
    length: float
    row: Floats
    pivot_row: Floats


class _LostError(Exception):
    """The steps are lost in rounding: they circle, or end at an answer that misses a row."""


class DualSimplex:
    """The dual simplex. A column is known by its code: row `i`'s slack is `i`, piece `k` is `rows + k`.

    A row's slack is the row's activity ``base + A @ y``, held between `low` and `high`; its column is minus a unit.

    Attributes
    ----------
    basis : array of int, (row,)
        Codes of the basic columns, whose values follow from all the others.
    piece_state : array, (piece,)
        1 at its upper bound (filled), -1 at its lower bound (empty), 0 in the basis.
    slack_is_high : array of bool, (row,)
        Whether a slack outside the basis stands at its upper end; a limit at that end binds there.
    inside : float
        By how much a basic column may leave its bounds.
    """

    def __init__(self, form: StandardForm) -> None:
        self.form = form
        self.start_cold()

    def start_cold(self) -> None:
        """Begin at prices of 0: the slacks are basic, and every piece that gains anything is filled."""
        self.inside, self.pivot = _INSIDE, _PIVOTS[0]
        self.basis = np.arange(self.form.rows)
        self.piece_state = np.where(self.form.gains > 0, 1.0, -1.0)
        self.slack_is_high = np.zeros(self.form.rows, dtype=bool)

    def start_from(self, other: "DualSimplex", optimum: Optimum) -> None:
        """Begin at the optimum of a program with the same rows over coarser, or other, curves.

        A basic slack stays basic; a basic piece hands over to the piece of the same decision that the optimum stands
        in. Any basis is dual feasible once everything outside it stands at the bound that the sign of its reduced cost
        asks for, so that is all there is to set; two basic pieces of one decision could become the same column twice,
        and then the basis is singular and the start is cold.
        """
        form, rows = self.form, self.form.rows
        if not rows:
            return
        basis = other.basis.copy()
        at = optimum.spends / form.money
        for place, code in enumerate(basis):
            if code >= rows:
                decision = int(other.form.owner[code - rows])
                basis[place] = rows + form.piece_at(decision, float(at[decision]))
        self.basis = basis
        if not np.linalg.cond(self._basis_columns()) < _WELL_CONDITIONED:
            self.start_cold()
            return
        prices = self._prices(self._inverse())
        self.piece_state = np.where(self._reduced_costs(prices) > 0, 1.0, -1.0)
        self.piece_state[basis[basis >= rows] - rows] = 0.0
        self.slack_is_high = prices > 0

    def run(self) -> Optimum | None:
        """The optimum, or None if the rows cannot be met.

        Rows that nearly depend on each other make bases nearly singular. Where an answer is lost in that, a cold start
        takes larger entries for zeros: the row that depends on others is left as it comes out. It must be met all the
        same.

        Raises
        ------
        SolverError
            If no start reaches an answer that meets all rows.
        """
        for pivot in _PIVOTS:
            self.pivot = pivot
            try:
                return self._step_to_optimum()
            except (_LostError, np.linalg.LinAlgError):
                self.start_cold()
        raise SolverError(
            "Some limits follow from others but for a hair, and the optimiser's steps are lost in rounding. Remove a "
            "limit that follows from others, or state numbers with fewer digits. Please report this problem."
        )

    def _step_to_optimum(self) -> Optimum | None:
        """Step until every basic column is inside its bounds; None if the rows cannot be met."""
        steps = 0
        while steps < _MOST_STEPS * (self.form.rows + 2):
            # All from the basis: the steps below only update it, and rounding adds up.
            inverse = self._inverse()
            prices, residual = self._prices(inverse), self._residual()
            reduced_costs = self._reduced_costs(prices)
            taken = 0
            while taken < _REFACTORED and (leaving := self._leaving(inverse, residual)) is not None:
                step = self._ratio_test(inverse, leaving, prices, reduced_costs)
                if step is None:
                    # No price helps: the rows clash, unless the miss is the rounding of rows that depend on each other.
                    if leaving.miss > self._largest_rounding(inverse[leaving.place]):
                        return None
                    self.inside = max(self.inside, 2 * leaving.miss)
                    continue
                inverse, residual = self._pivot(step, inverse, residual)
                prices = prices + step.length * step.row
                reduced_costs = reduced_costs - step.length * step.pivot_row
                taken += 1
            steps += taken
            if taken == 0:
                return self._optimum(inverse, prices, residual)
        raise _LostError("The steps do not come to an end.")

    def _column(self, code: int) -> Floats:
        if code >= self.form.rows:
            return self.form.column(code - self.form.rows)
        column = np.zeros(self.form.rows)
        column[code] = -1.0
        return column

    def _basis_columns(self) -> Floats:
        rows = self.form.rows
        return np.array([self._column(int(code)) for code in self.basis]).reshape(rows, rows).T

    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self._basis_columns()), dtype=np.float64)

    def _prices(self, inverse: Floats) -> Floats:
        """Prices of the rows, (row,), at which every basic column has a reduced cost of 0."""
        pieces = self.basis >= self.form.rows
        gains = np.zeros(self.form.rows)
        gains[pieces] = self.form.gains[self.basis[pieces] - self.form.rows]
        return np.asarray(gains @ inverse)

    def _reduced_costs(self, prices: Floats) -> Floats:
        """What a unit of each piece gains beyond the prices of what it uses, (piece,)."""
        return self.form.gains - self.form.times_columns(prices)

    def _residual(self) -> Floats:
        """What all columns outside the basis put against the rows, (row,); the basic ones balance it."""
        form = self.form
        residual = form.base + form.columns_times(form.lengths * (self.piece_state > 0))
        outside = np.ones(form.rows, dtype=bool)
        outside[self.basis[self.basis < form.rows]] = False
        residual[outside] -= np.where(self.slack_is_high, form.high, form.low)[outside]
        return residual

    def _leaving(self, inverse: Floats, residual: Floats) -> _Leaving | None:
        """The basic column that misses its bounds most (dual steepest edge pricing); None if all are inside."""
        form = self.form
        if not form.rows:
            return None
        at = -inverse @ residual
        is_piece = self.basis >= form.rows
        slacks = np.where(is_piece, 0, self.basis)
        low, high = np.where(is_piece, 0.0, form.low[slacks]), form.high[slacks]
        high[is_piece] = form.lengths[self.basis[is_piece] - form.rows]
        miss = np.maximum(low - at, at - high)
        norms = np.sqrt(np.einsum("ij,ij->i", inverse, inverse))
        worst = int(np.argmax(miss / norms))
        if miss[worst] <= self.inside * max(float(norms[worst]), 1.0):
            return None
        return _Leaving(worst, float(miss[worst]), bool(at[worst] < low[worst]))

    def _ratio_test(self, inverse: Floats, leaving: _Leaving, prices: Floats, reduced_costs: Floats) -> "_Step | None":
        """How far the prices can move before the leaving column is back at its bound; None if no distance does it.

        On the way reduced costs change sign one after another. A column that does so can flip to its other bound, which
        takes its length times its entry in the pivot row off the miss; the column that takes off the last of it enters
        the basis. Without flips (the textbook test) the first one would enter.
        """
        row = inverse[leaving.place] if leaving.is_below else -inverse[leaving.place]
        pivot_row = self.form.times_columns(row)
        zero = self._zero(row)
        pieces = np.flatnonzero(self.piece_state * pivot_row > zero)
        slacks = self._turning_slacks(row, zero)
        speed = np.concatenate([pivot_row[pieces], -row[slacks]])
        distance = np.maximum(np.concatenate([reduced_costs[pieces], prices[slacks]]) / speed, 0.0)
        lengths = np.concatenate([self.form.lengths[pieces], (self.form.high - self.form.low)[slacks]])
        codes = np.concatenate([pieces + self.form.rows, slacks])
        order = np.argsort(distance)
        taken_off = np.cumsum((np.abs(speed) * lengths)[order])
        last = int(np.searchsorted(taken_off, leaving.miss * (1 - 1e-12)))
        if last == len(order):
            return None
        return _Step(
            leaving, codes[order[:last]], int(codes[order[last]]), float(distance[order[last]]), row, pivot_row
        )

    def _zero(self, row: Floats) -> float:
        """Entries of the pivot row that a row of the inverse makes are rounding of zeros up to this size."""
        return self.pivot * max(float(np.abs(row).max()), 1.0)

    def _largest_rounding(self, row: Floats) -> float:
        """What the entries taken for zeros could take off a miss, and the rounding of rows that say the same twice."""
        entries = np.abs(self.form.times_columns(row))
        zeros = entries <= self._zero(row)
        return _DEPENDENT + float(entries[zeros] @ self.form.lengths[zeros])

    def _turning_slacks(self, row: Floats, zero: float) -> NDArray[np.intp]:
        """Slacks outside the basis whose price moves towards 0; that of an equality may have any sign."""
        turns = np.where(self.slack_is_high, row < -zero, row > zero) & (self.form.high > self.form.low)
        turns[self.basis[self.basis < self.form.rows]] = False
        return np.flatnonzero(turns)

    def _pivot(self, step: _Step, inverse: Floats, residual: Floats) -> tuple[Floats, Floats]:
        """Take a step: the inverse of the new basis, and the new residual.

        What holds before and after: `residual` is the sum of the columns outside the basis, each times the bound it
        stands at; `piece_state` is 0 for basic pieces alone; every reduced cost has the sign that its state asks for.
        So a flip adds its column times the way from one bound to the other, the leaving column is added at the bound it
        missed, and the entering one is taken out at the bound it stood at.
        """
        form, rows = self.form, self.form.rows
        pieces, slacks = step.flipped[step.flipped >= rows] - rows, step.flipped[step.flipped < rows]
        residual = residual + form.columns_times(-self.piece_state[pieces] * form.lengths[pieces], pieces)
        residual[slacks] += np.where(self.slack_is_high, 1.0, -1.0)[slacks] * (form.high - form.low)[slacks]
        self.piece_state[pieces] *= -1.0
        self.slack_is_high[slacks] = ~self.slack_is_high[slacks]
        place, is_below = step.leaving.place, step.leaving.is_below
        leaves, enters = int(self.basis[place]), step.enters
        if leaves < rows:
            self.slack_is_high[leaves] = not is_below
            residual[leaves] -= form.low[leaves] if is_below else form.high[leaves]
        else:
            self.piece_state[leaves - rows] = -1.0 if is_below else 1.0
            residual += self._column(leaves) * (0.0 if is_below else form.lengths[leaves - rows])
        column = self._column(enters)
        if enters < rows:
            residual[enters] += form.high[enters] if self.slack_is_high[enters] else form.low[enters]
        else:
            residual -= column * (form.lengths[enters - rows] if self.piece_state[enters - rows] > 0 else 0.0)
            self.piece_state[enters - rows] = 0.0
        self.basis[place] = enters
        # The product form of the inverse: only one column of the basis has changed.
        in_old_basis = inverse @ column
        pivot = inverse[place] / in_old_basis[place]
        updated: Floats = inverse - np.outer(in_old_basis, pivot)
        updated[place] = pivot
        return updated, residual

    def _optimum(self, inverse: Floats, prices: Floats, residual: Floats) -> Optimum:
        rows = self.form.rows
        filled = self.form.lengths * (self.piece_state > 0)
        is_piece = self.basis >= rows
        pieces = self.basis[is_piece] - rows
        filled[pieces] = np.clip((-inverse @ residual)[is_piece], 0.0, self.form.lengths[pieces])
        used = self.form.base + self.form.columns_times(filled)
        if ((used > self.form.high + _MET) | (used < self.form.low - _MET)).any():
            raise _LostError("A row is missed.")
        prices = prices.copy()
        prices[self.basis[~is_piece]] = 0.0  # a basic slack has no price; rounding must not give it one
        return self.form.optimum(filled, prices)

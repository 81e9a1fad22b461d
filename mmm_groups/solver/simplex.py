"""Maximise a sum of concave piecewise linear curves under linear limits: exact, with prices, in a few steps.

The problem is a linear program whose columns are the pieces of the curves. A dual simplex with long steps suits it: any
prices tell which pieces are worth filling, so it starts without a search for a feasible plan; one step sorts the pieces
that a price passes, and a problem whose only limit is the budget is solved by the first step. Each limit that binds
costs about one more. HiGHS solves the same programs, but one call through SciPy takes 4 to 20 ms here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.program import Optimum, Program, Requirement

_TINY = 1e-13  # of the money in play: rounding, not a missed limit
_ROUNDED = 1e-10  # limits that say the same twice may differ by so much before they clash
_NO_PIVOT = 1e-11
_SINGULAR = 1e12  # condition of a basis from which no start is made
_MOST_STEPS = 100  # for each limit; measured: three
_COARSE, _FINE = 14, 40  # a problem with several limits and more points than the latter is first solved on the former


def maximise(program: Program) -> Optimum | None:
    """The optimum, or None if no spends meet the limits.

    Raises
    ------
    SolverError
        If the steps do not come to an end.
    """
    points = program.points.shape[1]
    if points <= _FINE or len(program.lower) + (program.objective.requirement is not None) < 2:
        return _Simplex(program).run()
    kept = np.unique(np.linspace(0, points - 1, _COARSE).round().astype(np.intp))
    coarse = _Simplex(program.with_curves(program.points[:, kept], program.values[:, kept]))
    fine = _Simplex(program)
    # A need that only the whole curves can meet is no reason to stop: the fine program decides.
    if (near := coarse.run()) is not None:
        fine.begin_at(coarse, near)
        try:
            return fine.run()
        except np.linalg.LinAlgError:  # where curves are nearly straight, the coarse start can be nearly singular
            fine = _Simplex(program)
    return fine.run()


def maximise_each(program: Program, values: Floats) -> list[Optimum | None]:
    """The optima for many curves under the same limits, each begun where the program's own ends.

    Parameters
    ----------
    program : Program
    values : array, (draw, decision, point)
        Other concave curves over the program's points.
    """
    first = _Simplex(program)
    near = first.run()
    found = []
    for curves in values:
        other = _Simplex(program.with_curves(program.points, curves))
        if near is not None:
            other.begin_at(first, near)
        found.append(other.run())
    return found


class _Simplex:
    """The dual simplex with long steps; rows are the limits and the need, columns the pieces and one slack a row.

    Money counts in units of `money`, response in units of `money` x `roi`, so that all numbers are near 1. `stands` is
    1 for pieces that are full, -1 for empty ones and 0 for those in the basis.
    """

    def __init__(self, program: Program) -> None:
        objective = program.objective
        self.program = program
        self.money = max(float(program.points[:, -1].sum()), 1e-300)
        top = float(np.abs(program.values).max()) / max(float(program.points[:, -1].max()), 1e-300)
        self.roi = top if top > 0 else 1.0
        points, values = program.points / self.money, program.values / (self.money * self.roi)
        lengths = np.diff(points, axis=1)
        kept = np.flatnonzero(lengths > 0)
        self.owner = kept // lengths.shape[1]
        self.lengths = lengths.ravel()[kept]
        self.starts = points[:, :-1].ravel()[kept]
        slopes = np.diff(values, axis=1).ravel()[kept] / self.lengths
        self.unit = max(abs(objective.response_weight), abs(objective.spend_weight / self.roi), 1e-300)
        self.gains = (objective.response_weight * slopes - objective.spend_weight / self.roi) / self.unit
        self.first = points[:, 0]
        self.matrix, low, high = program.matrix, program.lower / self.money, program.upper / self.money
        self.base = self.matrix @ self.first
        # Beyond what any spends could reach, an end is no end: with finite ones, any prices are a start.
        reach = np.abs(self.matrix) @ points[:, -1] + 1.0
        self.low, self.high = np.maximum(low, -reach), np.minimum(high, reach)
        self.program_low, self.program_high = low, high
        self.needed = np.zeros(0)
        if objective.requirement is not None:
            self._add_requirement(objective.requirement, slopes, float(values[:, 0].sum()))
            self.program_low = np.append(low, objective.requirement.minimum)
            self.program_high = np.append(high, np.inf)
        self.rows = len(self.low)
        self.tiny = _TINY
        self._cold()

    def _add_requirement(self, required: Requirement, slopes: Floats, response: float) -> None:
        give, take = required.response_weight, required.spend_weight / self.roi
        self.need_unit = max(abs(give), abs(take), 1e-300)
        self.needed = (give * slopes - take) / self.need_unit
        start = (give * response - take * float(self.first.sum())) / self.need_unit
        reach = abs(start) + float(np.abs(self.needed) @ self.lengths) + 1.0
        least = required.minimum / (self.money * self.roi * self.need_unit)
        self.base = np.append(self.base, start)
        self.low, self.high = np.append(self.low, max(least, -reach)), np.append(self.high, max(reach, least + 1.0))

    def _cold(self) -> None:
        """Without any price: every piece that is worth something is full."""
        self.basis = np.arange(self.rows)
        self.stands = np.where(self.gains > 0, 1.0, -1.0)
        self.is_high = np.zeros(self.rows, dtype=bool)

    def begin_at(self, other: "_Simplex", optimum: Optimum) -> None:
        """Take over the basis of a coarser program: of each basic piece, the part that the optimum stands in."""
        basis = other.basis.copy()
        at = optimum.spends / self.money
        for place, code in enumerate(basis):
            if code >= other.rows:
                decision = other.owner[code - other.rows]
                first, last = np.searchsorted(self.owner, [decision, decision + 1])
                inside = np.searchsorted(self.starts[first:last], at[decision], side="right") - 1
                basis[place] = self.rows + first + max(int(inside), 0)
        self.basis = basis
        if not np.linalg.cond(self._columns()) < _SINGULAR:
            self._cold()
            return
        prices = self._prices(self._inverse())
        self.stands = np.where(self._worth(prices) > 0, 1.0, -1.0)
        self.stands[basis[basis >= self.rows] - self.rows] = 0.0
        self.is_high = prices > 0

    def run(self) -> Optimum | None:
        """Step until no limit is missed."""
        steps = 0
        while steps < _MOST_STEPS * (self.rows + 2):
            # Everything again from the basis: the steps below only carry it along.
            inverse = self._inverse()
            prices, rest = self._prices(inverse), self._rest()
            worth = self._worth(prices)
            taken = 0
            while (found := self._most_missed(inverse, rest)) is not None:
                step = self._step(inverse, found, prices, worth)
                if step is None and found[1] > _ROUNDED:
                    return None
                if step is None:
                    self.tiny = max(self.tiny, 2 * found[1])
                    continue
                inverse, rest = self._moved(step, inverse, rest, found[0])
                prices, worth = prices + step.time * step.row, worth - step.time * step.turns
                taken += 1
                if taken >= 100:
                    break
            steps += taken
            if taken == 0:
                return self._optimum(inverse, prices, rest)
        raise SolverError("The optimiser's steps do not come to an end. Please report this problem.")

    def _column(self, code: int) -> Floats:
        column = np.zeros(self.rows)
        if code < self.rows:
            column[code] = -1.0  # a slack
            return column
        column[: len(self.matrix)] = self.matrix[:, self.owner[code - self.rows]]
        if self.needed.size:
            column[-1] = self.needed[code - self.rows]
        return column

    def _columns(self) -> Floats:
        return np.array([self._column(int(code)) for code in self.basis]).reshape(self.rows, self.rows).T

    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self._columns()), dtype=np.float64)

    def _prices(self, inverse: Floats) -> Floats:
        pieces = self.basis >= self.rows
        gains = np.zeros(self.rows)
        gains[pieces] = self.gains[self.basis[pieces] - self.rows]
        return np.asarray(gains @ inverse)

    def _against(self, row: Floats) -> Floats:
        """`row` times the pieces' columns, (piece,)."""
        found: Floats = (row[: len(self.matrix)] @ self.matrix)[self.owner]
        return found + row[-1] * self.needed if self.needed.size else found

    def _worth(self, prices: Floats) -> Floats:
        return self.gains - self._against(prices)

    def _rest(self) -> Floats:
        """What the columns outside the basis put against each row."""
        filled = self.lengths * (self.stands > 0)
        rest = self.base.copy()
        rest[: len(self.matrix)] += self.matrix @ np.bincount(self.owner, filled, len(self.first))
        if self.needed.size:
            rest[-1] += float(self.needed @ filled)
        apart = np.ones(self.rows, dtype=bool)
        apart[self.basis[self.basis < self.rows]] = False
        rest[apart] -= np.where(self.is_high, self.high, self.low)[apart]
        return rest

    def _most_missed(self, inverse: Floats, rest: Floats) -> tuple[int, float, bool] | None:
        """Which basic column is farthest outside its bounds, by how much, and whether below; None if all are inside."""
        if not self.rows:
            return None
        at = -inverse @ rest
        is_piece = self.basis >= self.rows
        slacks = np.where(is_piece, 0, self.basis)
        low, high = np.where(is_piece, 0.0, self.low[slacks]), self.high[slacks]
        high[is_piece] = self.lengths[self.basis[is_piece] - self.rows]
        miss = np.maximum(low - at, at - high)
        norms = np.sqrt(np.einsum("ij,ij->i", inverse, inverse))
        worst = int(np.argmax(miss / norms))
        if miss[worst] <= self.tiny * max(float(norms[worst]), 1.0):
            return None
        return worst, float(miss[worst]), bool(at[worst] < low[worst])

    def _step(self, inverse: Floats, found: tuple[int, float, bool], prices: Floats, worth: Floats) -> "_Step | None":
        """Along the price that makes the missed column go: what turns on the way, until it is no longer missed."""
        worst, miss, is_below = found
        row = inverse[worst] if is_below else -inverse[worst]
        turns = self._against(row)
        pieces = np.flatnonzero(self.stands * turns > _NO_PIVOT)
        slacks = self._slacks(row)
        speed = np.concatenate([turns[pieces], -row[slacks]])
        times = np.maximum(np.concatenate([worth[pieces], prices[slacks]]) / speed, 0.0)
        room = np.abs(speed) * np.concatenate([self.lengths[pieces], (self.high - self.low)[slacks]])
        codes = np.concatenate([pieces + self.rows, slacks])
        order = np.argsort(times)
        stop = int(np.searchsorted(np.cumsum(room[order]), miss * (1 - 1e-12)))
        if stop == len(order):
            return None
        return _Step(codes[order[:stop]], int(codes[order[stop]]), float(times[order[stop]]), row, turns, is_below)

    def _slacks(self, row: Floats) -> NDArray[np.intp]:
        """Limits at one end that could come off it; an equality never does."""
        can = np.where(self.is_high, row < -_NO_PIVOT, row > _NO_PIVOT) & (self.high > self.low)
        can[self.basis[self.basis < self.rows]] = False
        return np.flatnonzero(can)

    def _moved(self, step: "_Step", inverse: Floats, rest: Floats, worst: int) -> tuple[Floats, Floats]:
        """Basis, its inverse and the rest after a step."""
        pieces = step.flipped[step.flipped >= self.rows] - self.rows
        slacks = step.flipped[step.flipped < self.rows]
        gained = -self.stands[pieces] * self.lengths[pieces]
        rest = rest.copy()
        rest[: len(self.matrix)] += self.matrix @ np.bincount(self.owner[pieces], gained, len(self.first))
        if self.needed.size:
            rest[-1] += float(self.needed[pieces] @ gained)
        rest[slacks] += np.where(self.is_high, 1.0, -1.0)[slacks] * (self.high - self.low)[slacks]
        self.stands[pieces] *= -1.0
        self.is_high[slacks] = ~self.is_high[slacks]
        leaves, enters = int(self.basis[worst]), step.enters
        if leaves < self.rows:
            self.is_high[leaves] = not step.is_below
            rest[leaves] -= self.low[leaves] if step.is_below else self.high[leaves]
        else:
            self.stands[leaves - self.rows] = -1.0 if step.is_below else 1.0
            rest += self._column(leaves) * (0.0 if step.is_below else self.lengths[leaves - self.rows])
        column = self._column(enters)
        if enters < self.rows:
            rest[enters] += self.high[enters] if self.is_high[enters] else self.low[enters]
        else:
            rest -= column * (self.lengths[enters - self.rows] if self.stands[enters - self.rows] > 0 else 0.0)
            self.stands[enters - self.rows] = 0.0
        self.basis[worst] = enters
        through = inverse @ column
        pivot = inverse[worst] / through[worst]
        updated: Floats = inverse - np.outer(through, pivot)
        updated[worst] = pivot
        return updated, rest

    def _optimum(self, inverse: Floats, prices: Floats, rest: Floats) -> Optimum:
        filled = self.lengths * (self.stands > 0)
        pieces = self.basis >= self.rows
        inside = self.basis[pieces] - self.rows
        filled[inside] = np.clip((-inverse @ rest)[pieces], 0.0, self.lengths[inside])
        spends = (self.first + np.bincount(self.owner, filled, len(self.first))) * self.money
        # A slack in the basis has no price, and neither has an end that is not there; rounding must not give them one.
        prices = prices.copy()
        prices[self.basis[~pieces]] = 0.0
        is_open = np.where(prices > 0, self.program_high, self.program_low)
        prices[~np.isfinite(is_open)] = 0.0
        count = len(self.matrix)
        need = -float(prices[count]) * self.unit / self.need_unit if self.needed.size else 0.0
        ends = self.program.points[:, [0, -1]]
        return Optimum(np.clip(spends, ends[:, 0], ends[:, 1]), prices[:count] * self.roi * self.unit, max(need, 0.0))


@dataclass(frozen=True)
class _Step:
    """What one step does: columns that go to their other bound, the one that enters, and how far the prices move."""

    flipped: NDArray[np.intp]
    enters: int
    time: float
    row: Floats
    turns: Floats
    is_below: bool

"""A program in the standard form of a bounded simplex: one column a piece of a curve, one row a limit, all near 1."""

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.program import Optimum, Program, Requirement


class StandardForm:
    """Maximise ``gains @ y`` subject to ``low <= base + A @ y <= high`` and ``0 <= y <= lengths``.

    `y` says how much of each piece is filled; a concave curve fills its pieces from left to right by itself. The rows
    are the program's limits and, where there is one, its requirement as the last row. Money counts in units of
    `money`, response in units of `money` * `roi` and the objective in units of `unit` times that.

    Attributes
    ----------
    owner : array of int, (piece,)
        The decision that a piece belongs to, rising. Pieces of no length are left out.
    starts, lengths : arrays, (piece,)
        Where a piece begins, and its length.
    gains : array, (piece,)
        Objective per unit of a piece.
    matrix : array, (limit, decision)
        The columns of a decision's pieces, which differ in `required` only.
    required : array, (piece,)
        The requirement's row; empty without a requirement.
    first : array, (decision,)
        Least spend of each decision.
    base : array, (row,)
        What the least spends put against each row.
    low, high : arrays, (row,)
        Ends of the rows, all finite.
    rows : int
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
        self.matrix = program.matrix
        low, high = program.lower / self.money, program.upper / self.money
        self.base = self.matrix @ self.first
        # An end beyond all that spends could reach never binds; a finite one lets a slack stand at either end.
        reach = np.abs(self.matrix) @ points[:, -1] + 1.0
        self.low, self.high = np.maximum(low, -reach), np.minimum(high, reach)
        self.has_low, self.has_high = np.isfinite(low), np.isfinite(high)
        self.required = np.zeros(0)
        if objective.requirement is not None:
            self._add_requirement(objective.requirement, slopes, float(values[:, 0].sum()))
        self.rows = len(self.low)

    def _add_requirement(self, requirement: Requirement, slopes: Floats, response: float) -> None:
        """One more row; `response` is that of the least spends."""
        response_weight, spend_weight = requirement.response_weight, requirement.spend_weight / self.roi
        self.required_unit = max(abs(response_weight), abs(spend_weight), 1e-300)
        self.required = (response_weight * slopes - spend_weight) / self.required_unit
        start = (response_weight * response - spend_weight * float(self.first.sum())) / self.required_unit
        reach = abs(start) + float(np.abs(self.required) @ self.lengths) + 1.0
        minimum = requirement.minimum / (self.money * self.roi * self.required_unit)
        self.base = np.append(self.base, start)
        self.low, self.high = np.append(self.low, max(minimum, -reach)), np.append(self.high, max(reach, minimum + 1.0))
        self.has_low, self.has_high = np.append(self.has_low, True), np.append(self.has_high, False)

    def column(self, piece: int) -> Floats:
        """A piece's column, (row,)."""
        column = np.empty(self.rows)
        column[: len(self.matrix)] = self.matrix[:, self.owner[piece]]
        if self.required.size:
            column[-1] = self.required[piece]
        return column

    def columns_times(self, amounts: Floats, pieces: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """What amounts of all pieces, or of some, put against the rows, (row,)."""
        used = np.empty(self.rows)
        used[: len(self.matrix)] = self.matrix @ np.bincount(self.owner[pieces], amounts, len(self.first))
        if self.required.size:
            used[-1] = self.required[pieces] @ amounts
        return used

    def times_columns(self, row: Floats) -> Floats:
        """Scalar products of a row vector with the columns of all pieces, (piece,)."""
        products: Floats = (row[: len(self.matrix)] @ self.matrix)[self.owner]
        return products + row[-1] * self.required if self.required.size else products

    def piece_at(self, decision: int, spend: float) -> int:
        """The piece of a decision that a spend in the form's units stands in."""
        first, last = np.searchsorted(self.owner, [decision, decision + 1])
        inside = np.searchsorted(self.starts[first:last], spend, side="right") - 1
        return int(first) + max(int(inside), 0)

    def optimum(self, filled: Floats, prices: Floats) -> Optimum:
        """Filled pieces, (piece,), and prices of the rows, (row,), in the program's own units."""
        spends = (self.first + np.bincount(self.owner, filled, len(self.first))) * self.money
        ends = self.program.points[:, [0, -1]]
        # An end that is not there has no price; rounding must not give it one.
        prices = np.where(np.where(prices > 0, self.has_high, self.has_low), prices, 0.0)
        limits = len(self.matrix)
        required = -float(prices[limits]) * self.unit / self.required_unit if self.required.size else 0.0
        return Optimum(
            np.clip(spends, ends[:, 0], ends[:, 1]), prices[:limits] * self.roi * self.unit, max(required, 0.0)
        )

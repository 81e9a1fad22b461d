"""Local search for utilities that have no slope to follow: move money between pairs, in smaller and smaller steps."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import SPENDS_ROUNDING
from mmm_groups.optimizer.incumbent import Scores, first_on_the_way
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective
from mmm_groups.solver.simplex import maximise

Moves = NDArray[np.int8]
"""Moves of money in steps of one size, (move, decision): -1, 0 or 1 for each decision."""

FINE = tuple(np.geomspace(0.1, 1e-5, 14).tolist())
"""Sizes of steps, of the money spent; each about half of the one before."""

_MOST_MOVES = 40  # of each size; a search that still gains then goes on with smaller steps
_TIMES = 4  # at the most, that the utility is raised and the spend lowered, where the least spend is wanted


class Landscape(Scores, Protocol):
    """What local search asks of a problem."""

    @property
    def presolved(self) -> Presolved:
        """The limits."""

    @property
    def objective(self) -> Objective:
        """What is maximised and required."""

    def utilities_after(self, spends: Floats, moves: Moves, step: float) -> Floats:
        """Utility after each move, (move,)."""

    def values(self, utilities: Floats, totals: Floats) -> Floats:
        """Objective of utilities at total spends, (move,) each; -inf where the requirement is missed."""


def local_search(landscape: Landscape, spends: Floats, sizes: tuple[float, ...] = FINE) -> Floats:
    """The best plan on a path of steepest moves from spends within the limits; never worse.

    A move takes a step of money from one decision and gives it to another, or does one of both where the budget is
    free. Moves that would break a limit or the goal's requirement are not taken. Where the least spend is wanted, money
    moves between pairs for the utility's sake, and the spend is lowered to where the requirement is just met.
    """
    if landscape.objective.response_weight > 0:
        return _climb(landscape, spends, sizes, is_spend_kept=False)
    cheapest = cheapest_plan(landscape.presolved)
    if landscape.scored(spends)[1] == -np.inf:
        return spends
    for _ in range(_TIMES):
        raised = _climb(landscape, spends, sizes, is_spend_kept=True)
        lowered = first_on_the_way(landscape, cheapest, raised)
        if not lowered.sum() < spends.sum() * (1 - sizes[-1]):
            return lowered if lowered.sum() < spends.sum() else spends
        spends = lowered
    return spends


def _climb(landscape: Landscape, spends: Floats, sizes: tuple[float, ...], is_spend_kept: bool) -> Floats:
    """The end of a path of steepest moves: of the objective, or of the utility at the same spend."""
    best = landscape.scored(spends)[0 if is_spend_kept else 1]
    money = max(float(spends.sum()), 1e-300)
    for step in np.array(sizes) * money:
        for _ in range(_MOST_MOVES):
            moves = _feasible_moves(landscape.presolved, spends, float(step), is_spend_kept)
            if not len(moves):
                break
            utilities = landscape.utilities_after(spends, moves, float(step))
            totals = float(spends.sum()) + step * moves.sum(axis=1)
            reached = utilities if is_spend_kept else landscape.values(utilities, totals)
            top = int(np.argmax(reached))
            if not reached[top] > best:
                break
            spends, best = spends + step * moves[top], float(reached[top])
    return spends


def _feasible_moves(presolved: Presolved, spends: Floats, step: float, is_spend_kept: bool) -> Moves:
    """Moves of one step that keep all limits."""
    count = len(spends)
    givers = np.flatnonzero(spends - step >= presolved.low)
    takers = np.flatnonzero(spends + step <= presolved.high)
    nobody = count  # stands for money that is not spent
    pairs = [(int(i), int(j)) for i in givers for j in takers if i != j]
    if not is_spend_kept:
        pairs += [(int(i), nobody) for i in givers] + [(nobody, int(j)) for j in takers]
    moves = np.zeros((len(pairs), count + 1), dtype=np.int8)
    if pairs:
        gave, took = np.array(pairs).T
        moves[np.arange(len(pairs)), took] += 1
        moves[np.arange(len(pairs)), gave] -= 1
    moves = moves[:, :count]
    used = presolved.matrix @ spends + step * (moves @ presolved.matrix.T)
    slack = SPENDS_ROUNDING * max(float(spends.sum()), 1e-300)
    is_met = (used <= presolved.upper + slack).all(axis=1) & (used >= presolved.lower - slack).all(axis=1)
    return np.asarray(moves[is_met])


def cheapest_plan(presolved: Presolved) -> Floats:
    """The least spend that meets the limits, which can be met."""
    ends = np.stack([presolved.low, presolved.high], axis=1)
    found = maximise(presolved.program(ends, np.zeros_like(ends), Objective(0.0, spend_weight=1.0)))
    if found is None:
        raise SolverError("Limits that could be met have no least spend. Please report this problem.")
    return found.spends

"""Climb a utility that has no slope to follow: move money between pairs, in smaller and smaller steps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import REQUIREMENT_MET, SPENDS_ROUNDING
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Optimum

_STEPS = np.geomspace(0.1, 1e-5, 14)  # of the money spent
_MOST_MOVES = 40  # of each size


def local_search(by_draw: ProblemByDraw, start: Solution) -> Solution:
    """The same plan after every move of money that helped; never worse.

    A move takes a step of money from one decision, gives it to another, or does one of both where the goal's budget is
    free; moves that would break a limit or the goal's need are not taken.
    """
    spends, utility, best = start.spends, start.utility, start.objective_value
    money = max(float(spends.sum()), 1e-300)
    for step in _STEPS * money:
        for _ in range(_MOST_MOVES):
            moves = _moves(by_draw, spends, float(step))
            if not len(moves):
                break
            utilities, objective_values = _reached(by_draw, spends, moves, float(step))
            top = int(np.argmax(objective_values))
            if not objective_values[top] > best:
                break
            spends = spends + step * moves[top]
            utility, best = float(utilities[top]), float(objective_values[top])
    optimum = Optimum(spends, start.optimum.prices, start.optimum.requirement_price)
    return replace(start, spends=spends, utility=utility, objective_value=best, optimum=optimum)


def _moves(by_draw: ProblemByDraw, spends: Floats, step: float) -> NDArray[np.int8]:
    """Moves of one step that keep all limits, (move, decision): -1, 0 or 1 for each decision."""
    presolved = by_draw.presolved
    count = len(spends)
    gives = np.flatnonzero(spends - step >= presolved.low)
    takes = np.flatnonzero(spends + step <= presolved.high)
    pairs = [(i, j) for i in gives for j in takes if i != j] + [(i, -1) for i in gives] + [(-1, j) for j in takes]
    moves = np.zeros((len(pairs), count + 1), dtype=np.int8)  # the last column is nobody
    if pairs:
        gave, took = np.array(pairs).T
        moves[np.arange(len(pairs)), took] += 1
        moves[np.arange(len(pairs)), gave] -= 1
    moves = moves[:, :count]
    used = presolved.matrix @ spends + step * (moves @ presolved.matrix.T)
    slack = SPENDS_ROUNDING * max(float(spends.sum()), 1e-300)
    fits = (used <= presolved.upper + slack).all(axis=1) & (used >= presolved.lower - slack).all(axis=1)
    return np.asarray(moves[fits])


def _reached(by_draw: ProblemByDraw, spends: Floats, moves: NDArray[np.int8], step: float) -> tuple[Floats, Floats]:
    """Utility and objective after each move; the objective is -inf where the goal's need is missed."""
    presolved, objective = by_draw.presolved, by_draw.objective
    now = by_draw.parts(spends)
    more = by_draw.parts(np.minimum(spends + step, presolved.high)) - now
    less = by_draw.parts(np.maximum(spends - step, presolved.low)) - now
    response = now.sum(axis=1)[:, None] + more @ (moves > 0).T + less @ (moves < 0).T
    utilities = by_draw.problem.utility.of_many(response)
    total = float(spends.sum()) + step * moves.sum(axis=1)
    objective_values = objective.response_weight * utilities - objective.spend_weight * total
    if (required := objective.requirement) is not None:
        short = required.minimum - (required.response_weight * utilities - required.spend_weight * total)
        is_met = short <= REQUIREMENT_MET * np.maximum(np.abs(utilities), abs(required.minimum))
        objective_values = np.where(is_met, objective_values, -np.inf)
    return utilities, np.asarray(objective_values, dtype=np.float64)

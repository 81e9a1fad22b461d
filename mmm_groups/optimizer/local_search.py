"""Local search for utilities that have no slope to follow: move money between pairs, in smaller and smaller steps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import REQUIREMENT_MET, SPENDS_ROUNDING
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Optimum

_STEPS = np.geomspace(0.1, 1e-5, 14)  # of the money spent; each about half of the one before
_MOST_MOVES = 40  # of each size; a search that still gains then goes on with smaller steps


def local_search(by_draw: ProblemByDraw, start: Solution) -> Solution:
    """The best plan on a path of steepest moves from a start; never worse than the start.

    A move takes a step of money from one decision and gives it to another, or does one of both where the budget is
    free. Moves that would break a limit or the goal's requirement are not taken.
    """
    spends, utility, best = start.spends, start.utility, start.objective_value
    money = max(float(spends.sum()), 1e-300)
    for step in _STEPS * money:
        for _ in range(_MOST_MOVES):
            moves = _feasible_moves(by_draw, spends, float(step))
            if not len(moves):
                break
            utilities, objectives = _scored_moves(by_draw, spends, moves, float(step))
            top = int(np.argmax(objectives))
            if not objectives[top] > best:
                break
            spends = spends + step * moves[top]
            utility, best = float(utilities[top]), float(objectives[top])
    optimum = Optimum(spends, start.optimum.prices, start.optimum.requirement_price)
    return replace(start, spends=spends, utility=utility, objective_value=best, optimum=optimum)


def _feasible_moves(by_draw: ProblemByDraw, spends: Floats, step: float) -> NDArray[np.int8]:
    """Moves of one step that keep all limits, (move, decision): -1, 0 or 1 for each decision."""
    presolved = by_draw.presolved
    count = len(spends)
    givers = np.flatnonzero(spends - step >= presolved.low)
    takers = np.flatnonzero(spends + step <= presolved.high)
    nobody = count  # stands for money that is not spent
    pairs = [(int(i), int(j)) for i in givers for j in takers if i != j]
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


def _scored_moves(
    by_draw: ProblemByDraw, spends: Floats, moves: NDArray[np.int8], step: float
) -> tuple[Floats, Floats]:
    """Utility and objective after each move; the objective is -inf where the goal's requirement is missed."""
    presolved, objective = by_draw.presolved, by_draw.objective
    now = by_draw.response_by_decision(spends)
    more = by_draw.response_by_decision(np.minimum(spends + step, presolved.high)) - now
    less = by_draw.response_by_decision(np.maximum(spends - step, presolved.low)) - now
    response = now.sum(axis=1)[:, None] + more @ (moves > 0).T + less @ (moves < 0).T
    utilities = by_draw.problem.utility.of_many(response)
    total = float(spends.sum()) + step * moves.sum(axis=1)
    objectives = objective.response_weight * utilities - objective.spend_weight * total
    if (required := objective.requirement) is not None:
        shortfall = required.minimum - (required.response_weight * utilities - required.spend_weight * total)
        is_met = shortfall <= REQUIREMENT_MET * np.maximum(np.abs(utilities), abs(required.minimum))
        objectives = np.where(is_met, objectives, -np.inf)
    return utilities, np.asarray(objectives, dtype=np.float64)

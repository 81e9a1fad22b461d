"""Climb a utility that has no slope to follow: move money between pairs, in smaller and smaller steps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import MET, Drawn
from mmm_groups.solver.branch_and_bound import Found
from mmm_groups.solver.program import Optimum

_STEPS = np.geomspace(0.1, 1e-5, 14)  # of the money spent
_MOST_MOVES = 40  # of each size


def climbed(view: Drawn, start: Found) -> Found:
    """The same plan after every move of money that helped; never worse.

    A move takes a step of money from one decision, gives it to another, or does one of both where the goal's budget is
    free; moves that would break a limit or the goal's need are not taken.
    """
    spends, utility, best = start.spends, start.utility, start.objective
    money = max(float(spends.sum()), 1e-300)
    for step in _STEPS * money:
        for _ in range(_MOST_MOVES):
            moves = _moves(view, spends, float(step))
            if not len(moves):
                break
            utilities, objectives = _reached(view, spends, moves, float(step))
            top = int(np.argmax(objectives))
            if not objectives[top] > best:
                break
            spends = spends + step * moves[top]
            utility, best = float(utilities[top]), float(objectives[top])
    optimum = Optimum(spends, start.optimum.prices, start.optimum.need_price)
    return replace(start, spends=spends, utility=utility, objective=best, optimum=optimum)


def _moves(view: Drawn, spends: Floats, step: float) -> NDArray[np.int8]:
    """Moves of one step that keep all limits, (move, decision): -1, 0 or 1 for each decision."""
    tight = view.tight
    count = len(spends)
    gives = np.flatnonzero(spends - step >= tight.low)
    takes = np.flatnonzero(spends + step <= tight.high)
    pairs = [(i, j) for i in gives for j in takes if i != j] + [(i, -1) for i in gives] + [(-1, j) for j in takes]
    moves = np.zeros((len(pairs), count + 1), dtype=np.int8)  # the last column is nobody
    if pairs:
        gave, took = np.array(pairs).T
        moves[np.arange(len(pairs)), took] += 1
        moves[np.arange(len(pairs)), gave] -= 1
    moves = moves[:, :count]
    used = tight.matrix @ spends + step * (moves @ tight.matrix.T)
    slack = 1e-12 * max(float(spends.sum()), 1e-300)
    fits = (used <= tight.upper + slack).all(axis=1) & (used >= tight.lower - slack).all(axis=1)
    return np.asarray(moves[fits])


def _reached(view: Drawn, spends: Floats, moves: NDArray[np.int8], step: float) -> tuple[Floats, Floats]:
    """Utility and objective after each move; the objective is -inf where the goal's need is missed."""
    tight, aim = view.tight, view.aim
    now = view.parts(spends)
    more = view.parts(np.minimum(spends + step, tight.high)) - now
    less = view.parts(np.maximum(spends - step, tight.low)) - now
    response = now.sum(axis=1)[:, None] + more @ (moves > 0).T + less @ (moves < 0).T
    utilities = view.problem.utility.of_many(response)
    total = float(spends.sum()) + step * moves.sum(axis=1)
    objectives = aim.reward * utilities - aim.charge * total
    if aim.needs:
        short = aim.least - (aim.give * utilities - aim.take * total)
        objectives = np.where(short <= MET * np.maximum(np.abs(utilities), abs(aim.least)), objectives, -np.inf)
    return utilities, np.asarray(objectives, dtype=np.float64)

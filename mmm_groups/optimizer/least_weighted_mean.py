"""Spends whose least weighted mean of the draws is largest: cutting planes (Kelley, 1960).

The mean of the worst draws is the least of many weighted means, and the optimum of any single one bounds it from above.
So keep the weightings met so far; find the spends whose least weighted mean is largest (a linear program); add the
weighting that is worst there. The dual values of that program blend the weightings into one whose optimum is a bound;
on concave curves the two meet.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Objective, Optimum, Program, inequalities
from mmm_groups.solver.simplex import maximise

WorstWeights = Callable[[Floats], Floats]
"""From the response of a plan, (draw,), to the weights of the draws, (draw,), whose weighted mean counts there."""

CLOSED = 1e-5
"""Relative gap at which the bound counts as reached."""

ROUNDS = 40
"""Weightings that are added at the most; concave problems close in ten to twenty."""

_AROUND, _ALONG = 3, 9  # points of the linear program: on either side of a spend met before, and all along a curve
_LATEST = 6  # spends met before around which the linear program is fine


def best_least_mean(by_draw: ProblemByDraw, worst: WorstWeights, first: list[Floats], rounds: int) -> Solution | None:
    """Spends whose least weighted mean is largest, with a bound; None if none are found that meet the requirement.

    Parameters
    ----------
    by_draw : ProblemByDraw
    worst : callable
        The weighting that counts at a response.
    first : list of arrays, (draw,)
        Weightings to begin with.
    rounds : int
        Weightings to add at the most.
    """
    weightings = list(first)
    curves = [by_draw.mean_curves(weights) for weights in weightings]
    best: Solution | None = None
    bound, blend = np.inf, weightings[0]
    met: list[Floats] = []
    for _ in range(rounds):
        blended = by_draw.best_for(blend)
        if blended is None:
            return best
        if blended.bound < bound:
            bound = blended.bound
        met.append(blended.spends)
        candidates = [blended.spends]
        answer = _best_under(by_draw, curves, met[-_LATEST:])
        if answer is not None:
            candidates.append(answer[0])
            met.append(answer[0])
            blend = np.asarray(answer[1] @ np.array(weightings))
        for spends in candidates:
            utility, value = by_draw.scored(spends)
            if value > -np.inf and (best is None or value > best.objective_value):
                optimum = Optimum(spends, blended.optimum.prices, blended.optimum.requirement_price)
                best = replace(blended, spends=spends, objective_value=value, optimum=optimum, utility=utility)
            weightings.append(worst(by_draw.response(spends)))
            curves.append(by_draw.mean_curves(weightings[-1]))
        if best is not None and bound - best.objective_value <= CLOSED * abs(bound):
            break
    return None if best is None else replace(best, bound=max(bound, best.objective_value))


def _best_under(by_draw: ProblemByDraw, curves: list[Floats], met: list[Floats]) -> tuple[Floats, Floats] | None:
    """Spends whose least weighted mean is largest, and the blend of weightings that proves it; None if none fit.

    A linear program over shares of a few points: some all along the curves, and those around spends met before.
    """
    programs = [
        by_draw.presolved.program(by_draw.problem.decisions.points, values, by_draw.objective) for values in curves
    ]
    points = programs[0].points
    picked = [_picked(at, [spends[i] for spends in met]) for i, at in enumerate(points)]
    owner = np.repeat(np.arange(len(points)), [len(p) for p in picked])
    money = max(float(points[:, -1].sum()), 1e-300)
    at = np.concatenate([row[p] for row, p in zip(points, picked, strict=True)]) / money
    earned = np.stack(
        [np.concatenate([row[p] for row, p in zip(program.values, picked, strict=True)]) for program in programs]
    )
    size = max(float(np.abs(earned).max()), 1e-300)
    rows, ends = _rows(by_draw, owner, at, earned / size, money, size)
    objective = by_draw.objective
    gain = np.append(-objective.spend_weight * money * at / size, objective.response_weight)
    shares_add_up = np.zeros((len(points), len(at) + 1))
    shares_add_up[owner, np.arange(len(at))] = 1.0
    found = linprog(
        -gain / max(np.abs(gain).max(), 1e-300),
        A_ub=rows,
        b_ub=ends,
        A_eq=shares_add_up,
        b_eq=np.ones(len(points)),
        bounds=[(0, None)] * len(at) + [(None, None)],
        method="highs",
    )
    if found.status != 0 or found.x is None:
        return None
    spends = np.asarray(np.bincount(owner, found.x[:-1] * at, len(points)) * money, dtype=np.float64)
    blend = np.maximum(-found.ineqlin.marginals[: len(curves)], 0.0)
    if blend.sum() <= 0:
        return None
    feasible = nearest_feasible(programs[0], spends)
    return None if feasible is None else (feasible, np.asarray(blend / blend.sum(), dtype=np.float64))


def _rows(
    by_draw: ProblemByDraw, owner: NDArray[np.intp], at: Floats, earned: Floats, money: float, size: float
) -> tuple[Floats, Floats]:
    """Rows ``A x <= b`` over (shares of the points, least weighted mean): weighted means, limits, requirement."""
    presolved = by_draw.presolved
    used = np.pad(presolved.matrix[:, owner] * at, ((0, 0), (0, 1)))
    limit_rows, limit_ends = inequalities(used, presolved.lower / money, presolved.upper / money)
    rows = [*(np.append(-values, 1.0) for values in earned), *limit_rows]
    ends = [*np.zeros(len(earned)), *limit_ends]
    if (required := by_draw.objective.requirement) is not None:
        rows.append(np.append(required.spend_weight * money * at / size, -required.response_weight))
        ends.append(-required.minimum / size)
    return np.array(rows), np.array(ends)


def _picked(points: Floats, met: list[float]) -> NDArray[np.intp]:
    """Places of the points to use: some all along, and those around each spend met before."""
    last = len(points) - 1
    along = np.linspace(0, last, _ALONG).round().astype(np.intp)
    around = [np.searchsorted(points, x) + np.arange(-_AROUND, _AROUND + 1) for x in met]
    found = np.unique(np.concatenate([along, *around]).clip(0, last))
    return np.asarray(found[np.append(True, np.diff(points[found]) > 0)])


def nearest_feasible(program: Program, spends: Floats) -> Floats | None:
    """The nearest spends that meet the limits exactly: a solver's answer misses them by its tolerance."""
    low, high = program.points[:, 0], program.points[:, -1]
    middle = np.clip(spends, low, high)
    steps = np.geomspace(1e-9, 1.0, 10)
    points = np.concatenate(
        [
            (middle[:, None] - steps[::-1] * (middle - low)[:, None]),
            middle[:, None],
            (middle[:, None] + steps * (high - middle)[:, None]),
        ],
        axis=1,
    )
    points = np.clip(np.maximum.accumulate(points, axis=1), low[:, None], high[:, None])
    distance = (points - middle[:, None]) / max(float(high.max()), 1e-300)
    found = maximise(Program(points, -(distance**2), program.matrix, program.lower, program.upper, Objective()))
    return None if found is None else found.spends

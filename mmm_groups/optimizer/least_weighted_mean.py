"""Spends whose least weighted mean of the draws is best, by adding weightings where they are missed.

A mean of the worst draws is the least of many weighted means, and the optimum of any weighted mean bounds it from
above. So: keep the weighted means met so far, find the spends whose least one is best (a linear program), see which
weighting is worst there, add it. The program's own prices blend them into one weighted mean whose optimum is the bound;
on concave curves both meet.
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

Worst = Callable[[Floats], Floats]
"""From the response, (draw,), to the shares of draws, (draw,), whose weighted mean counts."""

CLOSED = 1e-5
"""Relative gap at which the bound counts as reached."""

ROUNDS = 40
"""Weightings that are added at the most."""

_NEAR, _COARSE = 3, 9  # points kept on either side of a spend, and all along a curve


def least_best(by_draw: ProblemByDraw, worst: Worst, first: list[Floats], rounds: int) -> Solution | None:
    """Spends whose least weighted mean is best, with the bound that a blend of the weightings gives."""
    weightings = list(first)
    curves = [by_draw.averaged(shares) for shares in weightings]
    kept: Solution | None = None
    bound, blend = np.inf, weightings[0]
    near: list[Floats] = []
    for _ in range(rounds):
        blended = by_draw.best(blend)
        if blended is None:
            return kept
        if blended.bound < bound:
            bound = blended.bound
        near.append(blended.spends)
        tried = [blended.spends]
        answer = _best_under(by_draw, curves, near[-6:])
        if answer is not None:
            tried.append(answer[0])
            near.append(answer[0])
            blend = np.asarray(answer[1] @ np.array(weightings))
        for spends in tried:
            utility, objective_value = by_draw.reached(spends)
            if objective_value > -np.inf and (kept is None or objective_value > kept.objective_value):
                optimum = Optimum(spends, blended.optimum.prices, blended.optimum.requirement_price)
                kept = replace(
                    blended, spends=spends, objective_value=objective_value, optimum=optimum, utility=utility
                )
            weightings.append(worst(by_draw.response(spends)))
            curves.append(by_draw.averaged(weightings[-1]))
        if kept is not None and bound - kept.objective_value <= CLOSED * abs(bound):
            break
    return None if kept is None else replace(kept, bound=max(bound, kept.objective_value))


def _best_under(by_draw: ProblemByDraw, curves: list[Floats], near: list[Floats]) -> tuple[Floats, Floats] | None:
    """Spends whose least weighted mean is best, and the blend of weightings that proves it; None if none fit.

    On few points: some all along the curves, and those around earlier answers.
    """
    programs = [
        by_draw.presolved.program(by_draw.problem.decisions.points, values, by_draw.objective) for values in curves
    ]
    points = programs[0].points
    picked = [_picked(at, [spends[i] for spends in near]) for i, at in enumerate(points)]
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
    whole = np.zeros((len(points), len(at) + 1))
    whole[owner, np.arange(len(at))] = 1.0
    found = linprog(
        -gain / max(np.abs(gain).max(), 1e-300),
        A_ub=rows,
        b_ub=ends,
        A_eq=whole,
        b_eq=np.ones(len(points)),
        bounds=[(0, None)] * len(at) + [(None, None)],
        method="highs",
    )
    if found.status != 0:
        return None
    spends = np.asarray(np.bincount(owner, found.x[:-1] * at, len(points)) * money, dtype=np.float64)
    share = np.maximum(-found.ineqlin.marginals[: len(curves)], 0.0)
    if share.sum() <= 0:
        return None
    fitted = nearest_feasible(programs[0], spends)
    return None if fitted is None else (fitted, np.asarray(share / share.sum(), dtype=np.float64))


def _rows(
    by_draw: ProblemByDraw, owner: NDArray[np.intp], at: Floats, earned: Floats, money: float, size: float
) -> tuple[Floats, Floats]:
    """The program's rows ``A x <= b`` over (shares of the points, least weighted mean): means, limits, need."""
    presolved = by_draw.presolved
    used = np.pad(presolved.matrix[:, owner] * at, ((0, 0), (0, 1)))
    limit_rows, limit_ends = inequalities(used, presolved.lower / money, presolved.upper / money)
    rows = [*(np.append(-values, 1.0) for values in earned), *limit_rows]
    ends = [*np.zeros(len(earned)), *limit_ends]
    if (required := by_draw.objective.requirement) is not None:
        rows.append(np.append(required.spend_weight * money * at / size, -required.response_weight))
        ends.append(-required.minimum / size)
    return np.array(rows), np.array(ends)


def _picked(points: Floats, near: list[float]) -> NDArray[np.intp]:
    """Places of the points to use: some all along, and those around each spend."""
    last = len(points) - 1
    around = [np.searchsorted(points, x) + np.arange(-_NEAR, _NEAR + 1) for x in near]
    found = np.unique(np.concatenate([np.linspace(0, last, _COARSE).round().astype(np.intp), *around]).clip(0, last))
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

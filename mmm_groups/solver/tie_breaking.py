"""Of all the best spends, those nearest to the reference: only asked when there is more than one answer."""

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.solver.program import Objective, Optimum, Program
from mmm_groups.solver.simplex import maximise

_SAME = 1e-9  # of the largest worth of any piece: slopes this close are the same
_LEVELS = np.linspace(0, 1, 41)


def break_ties(program: Program, optimum: Optimum, reference: Floats) -> Floats:
    """Spends that earn as much as the optimum's and lie nearest to the reference (least squares), (decision,).

    At the optimum's prices every piece that is worth more is full and every piece that is worth less is empty; what is
    worth exactly its price is free to move. Usually that is one piece for each limit that binds, and nothing is left
    to choose.

    Parameters
    ----------
    program : Program
    optimum : Optimum
        Of that program.
    reference : array, (decision,)
        In currency; NaN counts as 0, so that unknown references share evenly.
    """
    objective = program.objective
    lengths = np.diff(program.points, axis=1)
    slopes = np.diff(program.values, axis=1) / np.where(lengths > 0, lengths, 1.0)
    response_weight, unit_costs = objective.priced(optimum.prices, optimum.requirement_price, program.matrix)
    worth = np.where(lengths > 0, response_weight * slopes - unit_costs[:, None], 0.0)
    same = _SAME * max(
        float(np.abs(response_weight * slopes).max(initial=0.0)), float(np.abs(unit_costs).max(initial=0.0))
    )
    is_free = (np.abs(worth) <= same) & (lengths > 0)
    binds = optimum.prices != 0
    required, is_priced = objective.requirement, optimum.requirement_price > 0
    if int(is_free.any(axis=1).sum()) <= int(binds.sum()) + is_priced or (
        required is not None and not is_priced and response_weight <= 0
    ):
        return optimum.spends
    full = np.where(worth > same, lengths, 0.0).sum(axis=1)
    low = program.points[:, 0] + full
    high = np.maximum(low, low + np.where(is_free, lengths, 0.0).sum(axis=1))
    used = program.matrix @ optimum.spends
    rows, ends = program.matrix, (np.where(binds, used, program.lower), np.where(binds, used, program.upper))
    if required is not None:  # on free pieces the response is linear, so what is needed is one more limit
        needed = np.where(
            is_free.any(axis=1),
            required.response_weight * unit_costs / max(response_weight, 1e-300) - required.spend_weight,
            0.0,
        )
        at = float(needed @ optimum.spends)
        least = at if is_priced else at + min(_short(program, optimum.spends), 0.0)
        rows, ends = (
            np.vstack([rows, needed]),
            (np.append(ends[0], least), np.append(ends[1], at if is_priced else np.inf)),
        )
    if required is not None or objective.spend_weight > 0:  # money that changes nothing stays unspent
        rows = np.vstack([rows, np.ones(len(optimum.spends))])
        ends = (np.append(ends[0], -np.inf), np.append(ends[1], float(optimum.spends.sum())))
    wanted = np.clip(np.nan_to_num(reference), low, high)
    points = np.sort(np.concatenate([low[:, None] + _LEVELS * (high - low)[:, None], wanted[:, None]], axis=1), axis=1)
    distance = (points - np.nan_to_num(reference)[:, None]) / max(float(high.max()), 1e-300)
    found = maximise(Program(points, -(distance**2), rows, *ends, Objective()))
    return optimum.spends if found is None else found.spends


def _short(program: Program, spends: Floats) -> float:
    """By how much the spends miss the program's need; negative if they exceed it."""
    response = float(interpolate_each(program.points, program.values, spends).sum())
    return program.objective.shortfall(response, float(spends.sum()))

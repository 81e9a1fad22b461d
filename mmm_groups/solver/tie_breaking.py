"""Of all the best spends, those nearest to a reference: only asked when there is more than one answer."""

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.solver.program import Objective, Optimum, Program
from mmm_groups.solver.simplex import maximise

_SAME = 1e-9  # of the largest worth of any piece: reduced costs this near 0 are 0
_LEVELS = np.linspace(0, 1, 41)  # points on which the squared distance is made piecewise linear


def break_ties(program: Program, optimum: Optimum, reference: Floats) -> Floats:
    """Spends that earn as much as the optimum's and lie nearest to the reference (least squares), (decision,).

    At the optimum's prices every piece with a positive reduced cost is filled and every piece with a negative one is
    empty (complementary slackness); those with a reduced cost of 0 are free. Usually that is one piece for each limit
    that binds, and nothing is left to choose.

    Parameters
    ----------
    program : Program
    optimum : Optimum
        Of that program.
    reference : array, (decision,)
        In currency; NaN counts as 0, so that unknown references share evenly.
    """
    low, high = _range_of_ties(program, optimum)
    objective, is_free, is_binding = program.objective, high > low, optimum.prices != 0
    is_required = optimum.requirement_price > 0
    response_weight, unit_costs = objective.priced(optimum.prices, optimum.requirement_price, program.matrix)
    is_unique = int(is_free.sum()) <= int(is_binding.sum()) + is_required
    if is_unique or (objective.requirement is not None and not is_required and response_weight <= 0):
        return optimum.spends
    used = program.matrix @ optimum.spends
    rows = program.matrix
    lower, upper = np.where(is_binding, used, program.lower), np.where(is_binding, used, program.upper)
    if (required := objective.requirement) is not None:
        # On free pieces the response is linear in the spend, so the requirement is one more row.
        slopes = unit_costs / max(response_weight, 1e-300)
        row = np.where(is_free, required.response_weight * slopes - required.spend_weight, 0.0)
        at = float(row @ optimum.spends)
        spare = -min(_shortfall(program, optimum.spends), 0.0)
        rows = np.vstack([rows, row])
        lower = np.append(lower, at if is_required else at - spare)
        upper = np.append(upper, at if is_required else np.inf)
    if objective.requirement is not None or objective.spend_weight > 0:  # money that changes nothing stays unspent
        rows = np.vstack([rows, np.ones(len(optimum.spends))])
        lower, upper = np.append(lower, -np.inf), np.append(upper, float(optimum.spends.sum()))
    wanted = np.nan_to_num(reference)
    levels = low[:, None] + _LEVELS * (high - low)[:, None]
    points = np.sort(np.concatenate([levels, np.clip(wanted, low, high)[:, None]], axis=1), axis=1)
    distance = (points - wanted[:, None]) / max(float(high.max()), 1e-300)
    found = maximise(Program(points, -(distance**2), rows, lower, upper, Objective()))
    return optimum.spends if found is None else found.spends


def _range_of_ties(program: Program, optimum: Optimum) -> tuple[Floats, Floats]:
    """Least and greatest spend of each decision at which the optimum's prices still prove it, (decision,) each."""
    response_weight, unit_costs = program.objective.priced(optimum.prices, optimum.requirement_price, program.matrix)
    lengths = np.diff(program.points, axis=1)
    earned = response_weight * np.diff(program.values, axis=1) / np.where(lengths > 0, lengths, 1.0)
    reduced_costs = np.where(lengths > 0, earned - unit_costs[:, None], 0.0)
    same = _SAME * max(float(np.abs(earned).max(initial=0.0)), float(np.abs(unit_costs).max(initial=0.0)))
    low = program.points[:, 0] + np.where(reduced_costs > same, lengths, 0.0).sum(axis=1)
    return low, low + np.where(np.abs(reduced_costs) <= same, lengths, 0.0).sum(axis=1)


def _shortfall(program: Program, spends: Floats) -> float:
    """By how much the spends miss the program's requirement; negative if they exceed it."""
    response = float(interpolate_each(program.points, program.values, spends).sum())
    return program.objective.shortfall(response, float(spends.sum()))

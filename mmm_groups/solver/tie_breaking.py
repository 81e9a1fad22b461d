"""Of all the best spends, those nearest to the reference: only asked when there is more than one answer."""

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.program import Aim, Optimum, Program
from mmm_groups.solver.simplex import maximise

_SAME = 1e-9  # of the largest worth of any piece: slopes this close are the same
_LEVELS = np.linspace(0, 1, 41)


def nearest(program: Program, optimum: Optimum, reference: Floats) -> Floats:
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
    aim = program.aim
    lengths = np.diff(program.points, axis=1)
    slopes = np.diff(program.values, axis=1) / np.where(lengths > 0, lengths, 1.0)
    charges = aim.charge + optimum.need_price * aim.take + optimum.prices @ program.matrix
    reward = aim.reward + optimum.need_price * aim.give
    worth = np.where(lengths > 0, reward * slopes - charges[:, None], 0.0)
    same = _SAME * max(float(np.abs(reward * slopes).max(initial=0.0)), float(np.abs(charges).max(initial=0.0)))
    is_free = (np.abs(worth) <= same) & (lengths > 0)
    binds = optimum.prices != 0
    needs = optimum.need_price > 0
    if int(is_free.any(axis=1).sum()) <= int(binds.sum()) + needs or (aim.needs and not needs and reward <= 0):
        return optimum.spends
    full = np.where(worth > same, lengths, 0.0).sum(axis=1)
    low = program.points[:, 0] + full
    high = np.maximum(low, low + np.where(is_free, lengths, 0.0).sum(axis=1))
    used = program.matrix @ optimum.spends
    rows, ends = program.matrix, (np.where(binds, used, program.lower), np.where(binds, used, program.upper))
    if aim.needs:  # on free pieces the response is linear, so what is needed is one more limit
        needed = np.where(is_free.any(axis=1), aim.give * charges / max(reward, 1e-300) - aim.take, 0.0)
        at = float(needed @ optimum.spends)
        least = at if needs else at + min(_short(program, optimum.spends), 0.0)
        rows, ends = np.vstack([rows, needed]), (np.append(ends[0], least), np.append(ends[1], at if needs else np.inf))
    if aim.needs or aim.charge > 0:  # money that changes nothing stays unspent
        rows = np.vstack([rows, np.ones(len(optimum.spends))])
        ends = (np.append(ends[0], -np.inf), np.append(ends[1], float(optimum.spends.sum())))
    wanted = np.clip(np.nan_to_num(reference), low, high)
    points = np.sort(np.concatenate([low[:, None] + _LEVELS * (high - low)[:, None], wanted[:, None]], axis=1), axis=1)
    distance = (points - np.nan_to_num(reference)[:, None]) / max(float(high.max()), 1e-300)
    found = maximise(Program(points, -(distance**2), rows, *ends, Aim()))
    return optimum.spends if found is None else found.spends


def _short(program: Program, spends: Floats) -> float:
    """By how much the spends miss the program's need; negative if they exceed it."""
    curves = zip(spends, program.points, program.values, strict=True)
    earned = sum(float(np.interp(spend, points, values)) for spend, points, values in curves)
    return program.aim.short(earned, float(spends.sum()))

"""The linear program of the cutting planes: mixtures of a few spends whose least weighted mean is largest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.program import Program, inequalities

_AROUND, _ALONG = 3, 9  # points of the program: on either side of a spend met before, and all along a curve


@dataclass(frozen=True)
class Mixture:
    """The best mixture under some weightings.

    Attributes
    ----------
    spends : array, (decision,)
        Mean spend of each decision; meets the limits up to the tolerance of HiGHS.
    blend : array, (weighting,)
        Dual values of the weightings, adding up to 1: the blend of them whose optimum is the mixture.
    excess : array, (decision,)
        What a decision's mixture earns beyond its curve at the mean spend, in the blend: 0 where curves are concave.
    """

    spends: Floats
    blend: Floats
    excess: Floats


def best_mixture(programs: list[Program], met: list[Floats]) -> Mixture | None:
    """The mixture whose least weighted mean is largest under the limits and the requirement; None if none fits.

    On S-shaped curves a mixture of two spends earns more than their mean spend: it stands on the envelope.

    Parameters
    ----------
    programs : list of Program
        One a weighting: the same points, limits and objective over other curves.
    met : list of arrays, (decision,)
        Spends around which all points are taken; along the rest of a curve a few.
    """
    points, objective = programs[0].points, programs[0].objective
    picked = [_picked(at, [spends[i] for spends in met]) for i, at in enumerate(points)]
    owner = np.repeat(np.arange(len(points)), [len(p) for p in picked])
    money = max(float(points[:, -1].sum()), 1e-300)
    at = np.concatenate([row[p] for row, p in zip(points, picked, strict=True)]) / money
    earned = np.stack(
        [np.concatenate([row[p] for row, p in zip(program.values, picked, strict=True)]) for program in programs]
    )
    size = max(float(np.abs(earned).max()), 1e-300)
    rows, ends = _rows(programs[0], owner, at, earned / size, money, size)
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
    duals = np.maximum(-found.ineqlin.marginals[: len(programs)], 0.0)
    if duals.sum() <= 0:
        return None
    blend = duals / duals.sum()
    mixed = np.bincount(owner, found.x[:-1] * (blend @ earned), len(points))
    blended = [
        np.tensordot(blend, np.stack([program.values[i] for program in programs]), 1) for i in range(len(points))
    ]
    own = np.array([np.interp(x, p, v) for x, p, v in zip(spends, points, blended, strict=True)])
    return Mixture(spends, np.asarray(blend, dtype=np.float64), np.asarray(mixed - own, dtype=np.float64))


def _rows(
    program: Program, owner: NDArray[np.intp], at: Floats, earned: Floats, money: float, size: float
) -> tuple[Floats, Floats]:
    """Rows ``A x <= b`` over (shares of the points, least weighted mean): weighted means, limits, requirement."""
    used = np.pad(program.matrix[:, owner] * at, ((0, 0), (0, 1)))
    limit_rows, limit_ends = inequalities(used, program.lower / money, program.upper / money)
    rows = [*(np.append(-values, 1.0) for values in earned), *limit_rows]
    ends = [*np.zeros(len(earned)), *limit_ends]
    if (required := program.objective.requirement) is not None:
        rows.append(np.append(required.spend_weight * money * at / size, -required.response_weight))
        ends.append(-required.minimum / size)
    return np.array(rows), np.array(ends)


def _picked(points: Floats, met: list[float]) -> NDArray[np.intp]:
    """Places of the points to use: some all along, and those around each spend met before."""
    distinct = np.flatnonzero(np.append(True, np.diff(points) > 0))
    last = len(distinct) - 1
    along = np.linspace(0, last, _ALONG).round().astype(np.intp)
    around = [np.searchsorted(points[distinct], x) + np.arange(-_AROUND, _AROUND + 1) for x in met]
    return np.asarray(distinct[np.unique(np.concatenate([along, *around]).clip(0, last))])

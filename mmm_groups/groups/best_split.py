"""The best split of a group's money at every spend: the sup-convolution of its members' mean curves.

``F(X) = max { Σ f[i](x_i) : Σ x_i = X, x_i ≥ 0 }``. Concave curves: take the members' pieces in the order of their
slopes. Others: dynamic programming over a grid of spends, exact on the grid.
"""

from collections.abc import Sequence

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import concave_up_to_rounding, interpolate

_GRID = 401


def best_split_path(points: Sequence[Floats], values: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Member spends that earn most at every group spend.

    Parameters
    ----------
    points, values : sequences of arrays, (point,)
        One mean curve a member: spend from 0 upwards, in currency, and response.

    Returns
    -------
    spend : array, (point,)
        Group spend, rising from 0 to the sum of the members' ends.
    parts : array, (member, point)
        Member spends; they add up to `spend`. Between points of concave curves the path is linear and stays the best.
    """
    envelopes = [concave_up_to_rounding(p, v) for p, v in zip(points, values, strict=True)]
    concave = [envelope for envelope in envelopes if envelope is not None]
    return _merged(points, concave) if len(concave) == len(points) else _enumerated(points, values)


def _merged(points: Sequence[Floats], values: Sequence[Floats]) -> tuple[Floats, Floats]:
    lengths = [np.diff(p) for p in points]
    slopes = np.concatenate([np.diff(v) / length for v, length in zip(values, lengths, strict=True)])
    owner = np.repeat(np.arange(len(points)), [len(length) for length in lengths])
    order = np.argsort(-slopes, kind="stable")
    taken = np.concatenate(lengths)[order]
    parts = np.zeros((len(points), len(taken) + 1))
    for member in range(len(points)):
        parts[member, 1:] = np.cumsum(np.where(owner[order] == member, taken, 0.0))
    return parts.sum(axis=0), parts


def _enumerated(points: Sequence[Floats], values: Sequence[Floats]) -> tuple[Floats, Floats]:
    end = float(sum(p[-1] for p in points))
    grid = np.linspace(0, end, _GRID)
    best = np.full(_GRID, -np.inf)
    best[0] = 0.0
    chosen = np.zeros((len(points), _GRID), dtype=int)
    steps = np.arange(_GRID)
    before = steps[:, None] - steps[None, :]  # what is left for the members before, [total, own]
    for member, (p, v) in enumerate(zip(points, values, strict=True)):
        own = np.where(grid <= p[-1] * (1 + 1e-12), interpolate(p, v, grid), -np.inf)
        earned = np.where(before >= 0, best[np.maximum(before, 0)] + own[None, :], -np.inf)
        chosen[member] = earned.argmax(axis=1)
        best = earned[steps, chosen[member]]
    reachable = np.isfinite(best)
    parts = np.zeros((len(points), _GRID))
    left = steps.copy()
    for member in reversed(range(len(points))):
        parts[member] = grid[chosen[member][left]]
        left = left - chosen[member][left]
    return grid[reachable], parts[:, reachable]

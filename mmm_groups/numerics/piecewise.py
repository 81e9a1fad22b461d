"""Arithmetic of piecewise linear curves: the only place that interpolates, differentiates or takes envelopes."""

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import CURVE_NOISE


def interpolate(points: Floats, values: NDArray[np.floating], at: Floats | float) -> Floats:
    """Values at `at` of curves through (`points`, `values`).

    Parameters
    ----------
    points : array, (point,)
        Rising abscissae.
    values : array, (..., point)
        One or many curves over the same points.
    at : array, (n,), or a number
        Abscissae inside the points; clipped to the ends, so callers check the range first.

    Returns
    -------
    array, (..., n)
        Or (...) for a number.
    """
    where = np.clip(np.asarray(at, dtype=np.float64), points[0], points[-1])
    right = np.clip(np.searchsorted(points, where, side="right"), 1, len(points) - 1)
    weight = (where - points[right - 1]) / (points[right] - points[right - 1])
    # Two products instead of a + w (b - a): at a point the answer is then the stored number itself.
    found: Floats = values[..., right - 1] * (1 - weight) + values[..., right] * weight
    return found


def interpolate_each(points: Floats, values: Floats, at: Floats) -> Floats:
    """Value of every curve at a place of its own, (curve,); `points` and `values` are (curve, point)."""
    return np.array([np.interp(x, p, v) for x, p, v in zip(at, points, values, strict=True)])


def nearest_reaching(points: Floats, values: Floats, start: float, wanted: float) -> float:
    """The place nearest to `start` where a curve is `wanted`, looking up for more and down for less; NaN if nowhere."""
    at = float(np.interp(start, points, values))
    if wanted == at:
        return start
    beyond = points > start if wanted > at else points < start
    # Away from the start, beginning there.
    way, heights = np.append(points[beyond], start), np.append(values[beyond], at)
    order = np.argsort(np.abs(way - start), kind="stable")
    way, heights = way[order], heights[order]
    passed = np.flatnonzero(heights >= wanted if wanted > at else heights <= wanted)
    if not len(passed):
        return float("nan")
    last = int(passed[0])
    part = (wanted - heights[last - 1]) / (heights[last] - heights[last - 1])
    return float(way[last - 1] + part * (way[last] - way[last - 1]))


def slopes_at_points(points: Floats, values: NDArray[np.floating]) -> Floats:
    """Second-order accurate derivatives at the points, (..., point): the mROI of the smooth curve behind them.

    0 at an end where the parabola through the last points turns against the curve, as at the beginning of an S-shape:
    the end rule of monotone interpolation (Fritsch and Carlson, 1980).
    """
    exact = np.asarray(values, dtype=np.float64)
    slopes: Floats = np.gradient(exact, points, axis=-1, edge_order=2 if len(points) > 2 else 1)
    for end, rise in ((0, exact[..., 1] - exact[..., 0]), (-1, exact[..., -1] - exact[..., -2])):
        slopes[..., end] = np.where(slopes[..., end] * rise < 0, 0.0, slopes[..., end])
    return slopes


def concave_envelope(points: Floats, values: Floats) -> Floats:
    """The least concave curve above `values`, at the same points, (point,).

    Upper hull by a monotone chain, one pass; between hull points the envelope is linear.
    """
    hull: list[int] = []
    for i in range(len(points)):
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            left = (values[b] - values[a]) * (points[i] - points[a])
            right = (values[i] - values[a]) * (points[b] - points[a])
            if left > right:
                break
            hull.pop()
        hull.append(i)
    envelope: Floats = np.interp(points, points[hull], values[hull])
    return envelope


def concave_up_to_rounding(points: Floats, values: Floats) -> Floats | None:
    """The concave envelope of a curve that is concave up to rounding, (point,); None for a curve of another shape."""
    envelope = concave_envelope(points, values)
    is_concave = float((envelope - values).max()) <= CURVE_NOISE * float(np.abs(values).max())
    return envelope if is_concave else None


def equidistributed(points: Floats, density: Floats, count: int) -> Floats:
    """`count` points over the same range, with as much of the integral of `density` between each two neighbours."""
    steps = np.diff(points) * (density[1:] + density[:-1]) / 2
    cumulated = np.concatenate([[0.0], np.cumsum(steps)])
    placed: Floats = np.interp(np.linspace(0, cumulated[-1], count), cumulated, points)
    placed[0], placed[-1] = points[0], points[-1]
    return placed


def denser(points: Floats, count: int) -> Floats:
    """The same points and others between them, `count` in all: the widest gaps are halved, so linear pieces stay."""
    while len(points) < count:
        widest = np.sort(np.argsort(np.diff(points))[::-1][: count - len(points)])
        points = np.insert(points, widest + 1, (points[widest] + points[widest + 1]) / 2)
    return points

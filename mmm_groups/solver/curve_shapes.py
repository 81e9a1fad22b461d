"""The shape of curves: which are concave, and the concave envelopes and concave stretches of the others."""

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import concave_envelope, concave_up_to_rounding
from mmm_groups.numerics.tolerances import CURVE_NOISE

_RISE = 1e-9  # of a curve's steepest slope: a slope that rises by less is rounding


class CurveShapes:
    """Curves of any shape, their concave envelopes between any ends, and their concave stretches.

    `values` are the curves, but the envelopes of those that are concave up to rounding; `is_concave` says which are.
    """

    def __init__(self, points: Floats, values: Floats) -> None:
        lengths = np.diff(points, axis=1)
        slopes = np.diff(values, axis=1) / np.where(lengths > 0, lengths, 1.0)
        # Between two pieces of which an end cut one to nothing, no slope rises.
        rises = np.where((lengths[:, 1:] > 0) & (lengths[:, :-1] > 0), np.diff(slopes, axis=1), 0.0)
        self.points, self.values = points, values
        self.is_concave: NDArray[np.bool_] = rises.max(axis=1, initial=0.0) <= _RISE * np.abs(slopes).max(axis=1)
        if not self.is_concave.all():
            self.values = values.copy()
        for decision in np.flatnonzero(~self.is_concave):
            envelope = concave_up_to_rounding(points[decision], values[decision])
            if envelope is not None:
                self.is_concave[decision], self.values[decision] = True, envelope
        self.slopes = slopes
        self._stretches: dict[int, NDArray[np.intp]] = {}
        self._envelopes: dict[tuple[int, float, float], tuple[Floats, Floats]] = {}

    def envelope(self, decision: int, low: float, high: float) -> tuple[Floats, Floats]:
        """Points and concave envelope of one curve cut at two ends, (point,)."""
        key = (decision, low, high)
        if key not in self._envelopes:
            points = np.clip(self.points[decision], low, high)
            values = np.interp(points, self.points[decision], self.values[decision])
            if not self.is_concave[decision]:
                envelope = concave_envelope(points, values)
                # A chord must be one piece: equal slopes of several would spread money over several such curves.
                met = np.maximum.accumulate(np.where(envelope <= values, np.arange(len(points)), 0))
                points, values = points[met], envelope[met]
            self._envelopes[key] = points, values
        return self._envelopes[key]

    def stretches(self, decision: int) -> NDArray[np.intp]:
        """Places of the points between which a curve is concave, first and last point included, (stretch + 1,)."""
        if decision not in self._stretches:
            slopes = self.slopes[decision]
            rising = np.flatnonzero(np.diff(slopes) > _RISE * np.abs(slopes).max()) + 1
            inner = rising if not self.is_concave[decision] else rising[:0]
            self._stretches[decision] = np.concatenate([[0], inner, [len(slopes)]]).astype(np.intp)
        return self._stretches[decision]

    def concave_stretch(self, decision: int, at: float) -> tuple[float, float]:
        """Ends of the concave part of a curve around a spend."""
        points = self.points[decision]
        if self.is_concave[decision]:
            return float(points[0]), float(points[-1])
        cuts = self.stretches(decision)
        piece = min(max(int(np.searchsorted(points, at, side="right")) - 1, 0), len(points) - 2)
        after = int(np.searchsorted(cuts, piece, side="right"))
        return float(points[cuts[after - 1]]), float(points[cuts[after]])

    def chord(self, decision: int, points: Floats, envelope: Floats, at: float) -> tuple[float, float]:
        """Where an envelope meets the curve on either side of a spend; twice the spend where it meets it there."""
        values = self.values[decision]
        excess = np.interp(at, points, envelope) - np.interp(at, self.points[decision], values)
        if excess <= CURVE_NOISE * float(np.abs(values).max()):
            return at, at
        return float(points[points <= at].max(initial=points[0])), float(points[points >= at].min(initial=points[-1]))

"""Where a group's money goes at every spend of the group: along fixed shares, or along the best split."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.groups.best_split import BestSplit, best_split
from mmm_groups.groups.shares import Split, fractions_of, split_rules
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import slopes_at_points

MOST_POINTS = 600
"""Points of a group's curve: far more than the channels' own chords need to stay inside their error."""

NO_SHARE = 1e-12  # a smaller share is no money at any spend, and must not stretch the group's curve


@dataclass(frozen=True)
class SplitPath:
    """Spends of a group's members as the group's spend grows; linear between the points.

    Attributes
    ----------
    curves : ResponseCurves
        The curves of all channels.
    channels : tuple[str, ...]
        The members.
    fractions : array, (member,), or None
        The members' shares where they are the same at every spend, adding up to 1; None along the best split.
    """

    curves: ResponseCurves
    channels: tuple[str, ...]
    fractions: Floats | None

    @cached_property
    def shares(self) -> Numbers | None:
        """`fractions` by channel."""
        return None if self.fractions is None else pd.Series(self.fractions, index=list(self.channels))

    @property
    def spend(self) -> Floats:
        """Group spend, (point,), rising from 0 to where the first member's curve ends, in currency."""
        return self._line.spend

    @property
    def parts(self) -> Floats:
        """Member spends, (member, point); they add up to `spend`."""
        return self._line.parts

    @property
    def jumps(self) -> Floats:
        """Points of `spend` between which and the next one money jumps between members, (jump,), in currency."""
        return self._line.jumps

    @cached_property
    def _line(self) -> BestSplit:
        places = self.curves.places(self.channels)
        known = self.curves.spend.values[places]
        if self.fractions is None:
            best = best_split(known, self.curves.mean[places])
            kept = thinned(best.spend, best.jumps)
            return BestSplit(best.spend[kept], best.parts[:, kept], best.jumps)
        felt = self.fractions > NO_SHARE
        end = float((known[felt, -1] / self.fractions[felt]).min())
        line = np.array([0.0, end])
        return BestSplit(line, self.fractions[:, None] * line, np.empty(0))

    def at(self, spend: Floats) -> Floats:
        """Member spends, (member, n), in currency, at group spends, (n,)."""
        if self.fractions is not None:
            return self.fractions[:, None] * np.asarray(spend, dtype=np.float64)
        return np.stack([np.interp(spend, self.spend, part) for part in self.parts])

    def shares_at(self, spend: float) -> Numbers:
        """Shares at one group spend; at zero, those of the first money spent."""
        if self.shares is not None:
            return self.shares
        at = spend if spend > 0 else float(self.spend[1])
        return pd.Series(self.at(np.array([at]))[:, 0] / at, index=list(self.channels))

    def slopes(self, points: Floats, values: Floats) -> Floats:
        """Derivatives of a curve along the path at its points, (..., point); at a jump, of either side alone.

        Parameters
        ----------
        points : array, (point,)
            Group spends, with both points of every jump up to the last one.
        values : array, (..., point)
        """
        slopes = np.zeros_like(values)
        for at in np.split(np.arange(len(points)), np.searchsorted(points, self.jumps, side="right")):
            if len(at) > 1:
                slopes[..., at] = slopes_at_points(points[at], values[..., at])
        return slopes

    def inside(self, limits: Numbers) -> float:
        """Largest group spend up to which no member exceeds its limit, in currency; NaN if a limit is unknown."""
        caps = np.array([limits[channel] for channel in self.channels], dtype=np.float64)
        if not np.isfinite(caps).all():
            return float("nan")
        above = self.parts > caps[:, None]
        if not above.any():
            return float(self.spend[-1])
        # Along the best split a member may give money back, so what counts is where it first passes its limit.
        first = int(np.argmax(above.any(axis=0)))
        start, end = self.parts[:, first - 1], self.parts[:, first]
        over = above[:, first]
        way = float(((caps - start)[over] / (end - start)[over]).min())
        return float(self.spend[first - 1] + way * (self.spend[first] - self.spend[first - 1]))


def split_paths(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, SplitPath]:
    """The path of every group under a split; errors as in `shares_of`."""
    rules = split_rules(groups, split)
    fixed = fractions_of(curves, groups, rules)
    return {name: SplitPath(curves, members, fixed.get(name)) for name, members in groups.items()}


def fixed_path(curves: ResponseCurves, shares: Numbers) -> SplitPath:
    """Shares that are the same at every spend."""
    return SplitPath(curves, tuple(map(str, shares.index)), np.asarray(shares, dtype=np.float64))


def thinned(points: Floats, jumps: Floats) -> NDArray[np.intp]:
    """Which rising points to keep so that a very large group stays small: some all along, both sides of jumps."""
    count = len(points)
    if count <= MOST_POINTS:
        return np.arange(count)
    evenly = np.linspace(0, count - 1, MOST_POINTS).round().astype(np.intp)
    before = np.searchsorted(points, jumps)
    return np.unique(np.concatenate([evenly, before, before + 1]).clip(0, count - 1))

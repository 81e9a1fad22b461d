"""Where a group's money goes at every spend of the group: along fixed shares, or along the best split."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.groups.best_split import best_split_path
from mmm_groups.groups.shares import Split, fractions_of, split_rules
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers

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
        return self._line[0]

    @property
    def parts(self) -> Floats:
        """Member spends, (member, point); they add up to `spend`."""
        return self._line[1]

    @cached_property
    def _line(self) -> tuple[Floats, Floats]:
        places = self.curves.places(self.channels)
        known = self.curves.spend.values[places]
        if self.fractions is None:
            spend, parts = best_split_path(list(known), list(self.curves.mean[places]))
            kept = thinned(len(spend))
            return spend[kept], parts[:, kept]
        felt = self.fractions > NO_SHARE
        end = float((known[felt, -1] / self.fractions[felt]).min())
        line = np.array([0.0, end])
        return line, self.fractions[:, None] * line

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

    def inside(self, limits: Numbers) -> float:
        """Largest group spend at which no member exceeds its limit, in currency; NaN if a limit is unknown."""
        caps = np.array([limits[channel] for channel in self.channels], dtype=np.float64)
        if not np.isfinite(caps).all():
            return float("nan")
        ends = [
            np.interp(cap, part, self.spend) if part[-1] > cap else self.spend[-1]
            for cap, part in zip(caps, self.parts, strict=True)
        ]
        return float(min(ends))


def split_paths(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, SplitPath]:
    """The path of every group under a split; errors as in `shares_of`."""
    rules = split_rules(groups, split)
    fixed = fractions_of(curves, groups, rules)
    return {name: SplitPath(curves, members, fixed.get(name)) for name, members in groups.items()}


def fixed_path(curves: ResponseCurves, shares: Numbers) -> SplitPath:
    """Shares that are the same at every spend."""
    return SplitPath(curves, tuple(map(str, shares.index)), np.asarray(shares, dtype=np.float64))


def thinned(count: int) -> NDArray[np.intp]:
    """Which of `count` points to keep so that a very large group stays small: evenly many, with both ends."""
    if count <= MOST_POINTS:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, MOST_POINTS).round().astype(np.intp))

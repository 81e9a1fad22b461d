"""Spends that not every amount may be: nothing or at least so much, and whole steps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from mmm_groups.numerics.arrays import Floats

_WHOLE = 1e-9  # of a step: a spend this near to a whole number of them is one


@dataclass(frozen=True)
class AllowedSpends:
    """Which spends of a decision are allowed; no spend always is.

    Attributes
    ----------
    least : float
        The least that is spent if anything is, in currency.
    step : float
        Spends are whole multiples of it, in currency; 0 if any amount will do.
    top : float or None
        Where spends are counted backwards from (see `Mirror`); None if they are not.
    """

    least: float = 0.0
    step: float = 0.0
    top: float | None = None

    @property
    def first(self) -> float:
        """The least allowed spend above 0."""
        return float(np.ceil(self.least / self.step - _WHOLE)) * self.step if self.step else self.least

    def below(self, spends: Floats) -> Floats:
        """The largest allowed spend up to each, same shape."""
        if self.top is not None:
            return self.top - replace(self, top=None).above(self.top - spends)
        whole = np.floor(spends / self.step + _WHOLE) * self.step if self.step else spends
        return np.where(whole < self.first * (1 - _WHOLE), 0.0, np.maximum(whole, self.first))

    def above(self, spends: Floats) -> Floats:
        """The smallest allowed spend from each on, same shape."""
        if self.top is not None:
            return self.top - replace(self, top=None).below(self.top - spends)
        whole = np.ceil(spends / self.step - _WHOLE) * self.step if self.step else spends
        is_little = (whole > _WHOLE * self.first) & (whole < self.first)
        return np.where(is_little, self.first, np.where(whole < self.first, 0.0, whole))

    def around(self, spend: float) -> tuple[float, float]:
        """Ends of the amounts around an allowed spend that are allowed without a gap."""
        if self.top is not None:
            low, high = replace(self, top=None).around(self.top - spend)
            return self.top - high, self.top - low
        if self.step or (self.least and spend < self.least * (1 - _WHOLE)):
            return spend, spend
        return self.least, np.inf

    def mirrored(self, top: float) -> "AllowedSpends":
        """The same spends counted backwards from where a curve ends."""
        return replace(self, top=top if self.top is None else None)


def on_allowed(points: Floats, values: Floats, allowed: Mapping[int, AllowedSpends]) -> tuple[Floats, Floats]:
    """Curves through the allowed spends around each of their points, linear between them: (decision, 2 points) each.

    At every allowed spend they are the curves themselves.
    """
    middle = (points[:, 1:] + points[:, :-1]) / 2
    finer = np.sort(np.concatenate([points, middle, points[:, -1:]], axis=1))
    for decision, rule in allowed.items():
        low, high = rule.above(points[decision, :1]), rule.below(points[decision, -1:])
        around = np.concatenate([rule.below(points[decision]), rule.above(points[decision])])
        found = np.unique(np.clip(around, low, np.maximum(low, high)))
        finer[decision] = np.pad(found, (0, finer.shape[1] - len(found)), mode="edge")
    return finer, np.stack([np.interp(at, p, v) for at, p, v in zip(finer, points, values, strict=True)])

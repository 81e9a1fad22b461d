"""The best plan known while a search goes on, and plans moved until they meet the requirement."""

from typing import Protocol

import numpy as np

from mmm_groups.numerics.arrays import Floats

_MOST_STEPS = 40  # of the root search; measured: six to ten
_CLOSE = 1e-8  # of the first shortfall, or of the way: nearer to just meeting the requirement than that is near enough


class Scores(Protocol):
    """How good spends within the limits are."""

    def scored(self, spends: Floats) -> tuple[float, float]:
        """Utility and objective of spends; the latter is -inf where they miss the requirement."""

    def margin(self, spends: Floats) -> float:
        """By how much spends exceed the requirement; negative if they miss it, inf if there is none."""


class Incumbent:
    """The best plan offered so far that meets the requirement.

    Attributes
    ----------
    spends : array, (decision,), or None
    utility, value : float
        The plan's utility and objective; -inf without a plan.
    feasible : array, (decision,), or None
        A plan that meets the requirement, towards which others are moved until they do.
    """

    def __init__(self, scores: Scores, feasible: Floats | None = None) -> None:
        self._scores = scores
        self.feasible = feasible
        self.spends: Floats | None = None
        self.utility = self.value = -np.inf

    def gap(self, bound: float) -> float:
        """Relative distance to a bound; inf without a plan."""
        return np.inf if self.spends is None else (bound - self.value) / max(abs(bound), 1e-300)

    def offer(self, spends: Floats) -> bool:
        """Take spends within the limits if they are better; those that miss the requirement are moved first."""
        utility, value = self._scores.scored(spends)
        if value == -np.inf:
            target = self.spends if self.spends is not None else self.feasible
            if target is None:
                return False
            spends = first_on_the_way(self._scores, spends, target)
            utility, value = self._scores.scored(spends)
        if not value > self.value:
            return False
        self.spends, self.utility, self.value = spends, utility, value
        return True


def first_on_the_way(scores: Scores, spends: Floats, feasible: Floats) -> Floats:
    """The first plan on the straight way to a feasible one that meets the requirement.

    All plans on the way meet the limits if both ends do, since limits are linear. Spends that meet the requirement
    themselves come back. A root search (regula falsi, Illinois), whose upper end always meets it.
    """
    near, low = 0.0, scores.margin(spends)
    if low >= 0:
        return spends
    far, high = 1.0, max(scores.margin(feasible), 0.0)
    spare, close, last = high, _CLOSE * abs(low), 0
    for _ in range(_MOST_STEPS):
        if spare <= close or far - near <= _CLOSE:
            break
        inside = min(max(-low / (high - low), 1e-3), 1 - 1e-3)
        at = near + inside * (far - near)
        found = scores.margin(spends + at * (feasible - spends))
        # An end that stays twice is weighed down by half, or the other one would only creep towards the root.
        if found >= 0:
            far, high, spare = at, found, found
            low, last = (low / 2 if last > 0 else low), 1
        else:
            near, low = at, found
            high, last = (high / 2 if last < 0 else high), -1
    return spends + far * (feasible - spends)

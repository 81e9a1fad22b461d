"""How much more one plan brings than another, draw by draw: mean, interval, chance, and worth in money."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.marking import MarkedText, marked


@dataclass(frozen=True)
class Difference:
    """How much more one plan brings than another.

    Attributes
    ----------
    draws : array, (draw,)
        In units of the target; 0 where the two differ by rounding only.
    price : float
        Response of a unit of currency, at which the difference is put in money.
    interval : float
        Mass of the highest-density interval.
    """

    draws: Floats
    price: float
    interval: float

    @property
    def mean(self) -> float:
        """Mean over the draws."""
        return float(self.draws.mean())

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Ends of its interval; NaN without draws."""
        low, high = hdi(self.draws, self.interval)
        return float(low), float(high)

    @property
    def probability_better(self) -> float:
        """Share of draws in which it is above 0; NaN without draws, and where the two are the same."""
        is_known = len(self.draws) > 1 and bool(np.isfinite(self.draws).all()) and bool(self.draws.any())
        return float((self.draws > 0).mean()) if is_known else float("nan")

    def in_money(self, response: float) -> float:
        """Budget that would buy a response, in currency; NaN where another unit of money brings nothing."""
        return response / self.price if self.price > 0 else float("nan")

    def in_words(self, target: str) -> MarkedText:
        """How much more or less, of what, with its interval and its worth in money, as a piece of a sentence."""
        word = "more" if self.mean >= 0 else "less"
        found = f"{marked_amount(abs(self.mean))} {target} {word}"
        low, high = self.ends
        if np.isfinite(low):
            span = f"{marked_amount(low)} to {marked_amount(high)}"
            found += f" ({marked(self.interval):.0%} interval of the difference: {span})"
        money = self.in_money(abs(self.mean))
        if np.isfinite(money) and money > 0:
            found += f", worth {marked_amount(money)} of budget,"
        return MarkedText(found)

    @property
    def chance_in_words(self) -> MarkedText:
        """A sentence on the chance that it is above 0, after a space; empty where that is unknown."""
        chance = self.probability_better
        return MarkedText(f" The chance that it brings more is {marked(chance):.0%}." if np.isfinite(chance) else "")

"""A sum of piecewise linear curves to be maximised under linear limits, and what an optimum of it says."""

from dataclasses import dataclass

import numpy as np

from mmm_groups.numerics.arrays import Floats


@dataclass(frozen=True)
class Aim:
    """Maximise `reward`·R - `charge`·S of the response R and the spend S, needing `give`·R - `take`·S >= `least`.

    `least` is -inf where nothing is needed.
    """

    reward: float = 1.0
    charge: float = 0.0
    give: float = 0.0
    take: float = 0.0
    least: float = -np.inf

    @property
    def needs(self) -> bool:
        """Whether there is a need at all."""
        return bool(np.isfinite(self.least))

    def of(self, response: float, spend: float) -> float:
        """What is maximised, at a response and a spend."""
        return self.reward * response - self.charge * spend

    def short(self, response: float, spend: float) -> float:
        """By how much the need is missed; 0 or less if it is met."""
        return self.least - (self.give * response - self.take * spend) if self.needs else -np.inf


@dataclass(frozen=True)
class Program:
    """What is maximised, and under which limits.

    Attributes
    ----------
    points : array, (decision, point)
        Spends, not falling; the first and the last point of a decision are its bounds.
    values : array, (decision, point)
        Response there; concave in each decision.
    matrix : array, (limit, decision)
    lower, upper : arrays, (limit,)
        Infinite where there is no limit.
    aim : Aim
    """

    points: Floats
    values: Floats
    matrix: Floats
    lower: Floats
    upper: Floats
    aim: Aim

    def replaced(self, points: Floats, values: Floats) -> "Program":
        """The same limits over other curves."""
        return Program(points, values, self.matrix, self.lower, self.upper, self.aim)

    def bound(self, prices: Floats, need_price: float) -> float:
        """What no plan can exceed, whatever the curves' shape: the Lagrangian at these prices."""
        aim = self.aim
        charges = aim.charge + need_price * aim.take + prices @ self.matrix
        inside = (aim.reward + need_price * aim.give) * self.values - charges[:, None] * self.points
        ends = np.where(prices > 0, self.upper, self.lower)[prices != 0] @ prices[prices != 0]
        return float(inside.max(axis=1).sum() + ends - (need_price * aim.least if aim.needs else 0.0))


@dataclass(frozen=True)
class Optimum:
    """The best spends, with the prices that prove it.

    Attributes
    ----------
    spends : array, (decision,)
    prices : array, (limit,)
        What one more unit of a limit is worth: positive at an upper end, negative at a lower one.
    need_price : float
        What one unit less of the need is worth; 0 or more.
    """

    spends: Floats
    prices: Floats
    need_price: float

"""The problem that the solver maximises: a sum of piecewise linear curves under linear limits; and its optimum."""

from dataclasses import dataclass

import numpy as np

from mmm_groups.numerics.arrays import Floats


def inequalities(matrix: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Rows between two ends as SciPy's `linprog` takes them: `A_ub @ x <= b_ub`, without infinite ends.

    Parameters
    ----------
    matrix : array, (limit, column)
    lower, upper : arrays, (limit,)

    Returns
    -------
    A_ub : array, (end, column)
        Of each limit first its upper end, then its lower end with the signs turned.
    b_ub : array, (end,)
    """
    rows = np.stack([matrix, -matrix], axis=1).reshape(-1, matrix.shape[1])
    ends = np.stack([upper, -lower], axis=1).ravel()
    return rows[np.isfinite(ends)], ends[np.isfinite(ends)]


@dataclass(frozen=True)
class Requirement:
    """`response_weight` * R - `spend_weight` * S must be at least `minimum`, for the response R and the spend S."""

    response_weight: float
    spend_weight: float
    minimum: float


@dataclass(frozen=True)
class Objective:
    """Maximise `response_weight` * R - `spend_weight` * S of the response R and the spend S, under a requirement."""

    response_weight: float = 1.0
    spend_weight: float = 0.0
    requirement: Requirement | None = None

    def value(self, response: float, spend: float) -> float:
        """What is maximised, at a response and a spend."""
        return self.response_weight * response - self.spend_weight * spend

    def shortfall(self, response: float, spend: float) -> float:
        """By how much the requirement is missed; 0 or less if it is met, -inf if there is none."""
        required = self.requirement
        if required is None:
            return -np.inf
        return required.minimum - (required.response_weight * response - required.spend_weight * spend)

    def priced(self, prices: Floats, requirement_price: float, matrix: Floats) -> tuple[float, Floats]:
        """Weights of the Lagrangian: what a unit of response is worth, and what a unit of each decision's spend costs.

        Parameters
        ----------
        prices : array, (limit,)
        requirement_price : float
        matrix : array, (limit, decision)

        Returns
        -------
        response_weight : float
        unit_costs : array, (decision,)
        """
        unit_costs: Floats = self.spend_weight + prices @ matrix
        if self.requirement is None:
            return self.response_weight, unit_costs
        unit_costs = unit_costs + requirement_price * self.requirement.spend_weight
        return self.response_weight + requirement_price * self.requirement.response_weight, unit_costs


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
    objective : Objective
    """

    points: Floats
    values: Floats
    matrix: Floats
    lower: Floats
    upper: Floats
    objective: Objective

    def with_curves(self, points: Floats, values: Floats) -> "Program":
        """The same objective and limits over other curves."""
        return Program(points, values, self.matrix, self.lower, self.upper, self.objective)

    def bound(self, prices: Floats, requirement_price: float) -> float:
        """An objective value that no plan exceeds, whatever the shape of the curves: the Lagrangian's maximum.

        It holds for any prices with the right signs, so it proves an answer apart from the steps that found it.
        """
        response_weight, unit_costs = self.objective.priced(prices, requirement_price, self.matrix)
        inside = response_weight * self.values - unit_costs[:, None] * self.points
        return float(inside.max(axis=1).sum()) + self.worth_of_limits(prices, requirement_price)

    def worth_of_limits(self, prices: Floats, requirement_price: float) -> float:
        """The Lagrangian's constant: the limits' ends and the requirement's minimum at their prices."""
        priced = prices != 0
        worth = float(np.where(prices > 0, self.upper, self.lower)[priced] @ prices[priced])
        required = self.objective.requirement
        return worth - (requirement_price * required.minimum if required is not None else 0.0)


@dataclass(frozen=True)
class Optimum:
    """The best spends, with the prices that prove it.

    Attributes
    ----------
    spends : array, (decision,)
    prices : array, (limit,)
        Dual values: what one more unit of a limit is worth; positive at an upper end, negative at a lower one.
    requirement_price : float
        What a requirement lower by one unit is worth; 0 or more.
    """

    spends: Floats
    prices: Floats
    requirement_price: float

"""A problem seen draw by draw: what plans earn in each, and curves averaged over some of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import REQUIREMENT_MET
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective, Program


@dataclass(frozen=True)
class ProblemByDraw:
    """A problem with its draws.

    Attributes
    ----------
    problem : BudgetProblem
    presolved : Presolved
        The problem's limits, or narrower ones.
    objective : Objective
        What is maximised and required of the utility: the goal's, or what only asks whether the goal can be reached.
    """

    problem: BudgetProblem
    presolved: Presolved
    objective: Objective

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return self.problem.channel_curves.draws

    def weighted_program(self, weights: Floats) -> Program:
        """The program over curves averaged over the draws with weights that add up to 1."""
        return self.presolved.program(self.problem.decisions.points, self.mean_curves(weights), self.objective)

    @cached_property
    def mean_program(self) -> Program:
        """The program over the mean curves."""
        return self.presolved.program(self.problem.decisions.points, self.problem.decisions.mean, self.objective)

    @property
    def equal_weights(self) -> Floats:
        """Every draw with the same weight, (draw,); they add up to 1."""
        return np.full(self.draws, 1 / self.draws)

    def response_by_decision(self, spends: Floats) -> Floats:
        """Response of every decision at its spend, (draw, decision), in units of the target."""
        points = self.problem.decisions.points
        decisions = np.arange(len(spends))
        right = np.array([np.searchsorted(at, x, side="right") for at, x in zip(points, spends, strict=True)])
        right = right.clip(1, points.shape[1] - 1)
        start, end = points[decisions, right - 1], points[decisions, right]
        part = (spends - start) / (end - start)
        known = self.problem.decisions.response.values
        return np.asarray(known[:, decisions, right - 1] * (1 - part) + known[:, decisions, right] * part)

    def response(self, spends: Floats) -> Floats:
        """Response of a plan, (draw,), in units of the target."""
        return np.asarray(self.response_by_decision(spends).sum(axis=1), dtype=np.float64)

    @cached_property
    def _draws_in_rows(self) -> NDArray[np.floating]:
        response = self.problem.channel_curves.response.values
        return np.ascontiguousarray(response).reshape(len(response), -1)

    def mean_curves(self, weights: Floats) -> Floats:
        """Curves of the decisions, averaged over the draws with weights that add up to 1, (decision, point)."""
        used = np.flatnonzero(weights)
        shape = self.problem.channel_curves.response.shape[1:]
        channels = (weights[used].astype(self._draws_in_rows.dtype) @ self._draws_in_rows[used]).reshape(shape)
        return self.problem.decisions.averaged(channels.astype(np.float64), weights)

    def best_for(self, weights: Floats) -> Solution | None:
        """The best spends for the weighted mean of the draws; None if none meet limits and requirement."""
        return best_spends(self.presolved, self.problem.decisions.points, self.mean_curves(weights), self.objective)

    def scored(self, spends: Floats) -> tuple[float, float]:
        """Utility and objective of a plan; the objective is -inf if the plan misses the goal's requirement."""
        utility = self.problem.utility.of(self.response(spends))
        return utility, float(self.values(np.array([utility]), np.array([spends.sum()]))[0])

    def margin(self, spends: Floats) -> float:
        """By how much spends exceed the requirement; negative if they miss it, inf if there is none."""
        return -self.objective.shortfall(self.problem.utility.of(self.response(spends)), float(spends.sum()))

    def values(self, utilities: Floats, totals: Floats) -> Floats:
        """Objective of utilities at total spends, (plan,) each; -inf where they miss the goal's requirement."""
        return values_of(self.objective, utilities, totals, REQUIREMENT_MET)

    def utilities_after(self, spends: Floats, moves: NDArray[np.int8], step: float) -> Floats:
        """Utility after each of many moves of one step, (move,); `moves` is (move, decision), of -1, 0 and 1."""
        now = self.response_by_decision(spends)
        more = self.response_by_decision(np.minimum(spends + step, self.presolved.high)) - now
        less = self.response_by_decision(np.maximum(spends - step, self.presolved.low)) - now
        response = now.sum(axis=1)[:, None] + more @ (moves > 0).T + less @ (moves < 0).T
        return self.problem.utility.of_many(response)


def values_of(objective: Objective, utilities: Floats, totals: Floats, tolerance: float) -> Floats:
    """Objective of utilities at total spends, (plan,) each; -inf where they miss the requirement by more."""
    found = objective.response_weight * utilities - objective.spend_weight * totals
    if (required := objective.requirement) is not None:
        shortfall = required.minimum - (required.response_weight * utilities - required.spend_weight * totals)
        is_met = shortfall <= tolerance * np.maximum(np.abs(utilities), abs(required.minimum))
        found = np.where(is_met, found, -np.inf)
    return np.asarray(found, dtype=np.float64)

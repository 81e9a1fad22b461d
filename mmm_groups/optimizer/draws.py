"""A problem seen draw by draw."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import REQUIREMENT_MET
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective


@dataclass(frozen=True)
class ProblemByDraw:
    """A problem with its draws: what plans earn in each, and curves averaged over some of them."""

    problem: BudgetProblem
    presolved: Presolved

    @property
    def objective(self) -> Objective:
        """What the goal maximises and requires."""
        return self.problem.objective

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return self.problem.channel_curves.draws

    @property
    def even(self) -> Floats:
        """All draws alike."""
        return np.full(self.draws, 1 / self.draws)

    def parts(self, spends: Floats) -> Floats:
        """Response of every decision at its spend, (draw, decision)."""
        points = self.problem.decisions.points
        decisions = np.arange(len(spends))
        right = np.array([np.searchsorted(at, x, side="right") for at, x in zip(points, spends, strict=True)])
        right = right.clip(1, points.shape[1] - 1)
        start, end = points[decisions, right - 1], points[decisions, right]
        part = (spends - start) / (end - start)
        known = self.problem.decisions.response.values
        return np.asarray(known[:, decisions, right - 1] * (1 - part) + known[:, decisions, right] * part)

    def response(self, spends: Floats) -> Floats:
        """Response of a plan, (draw,)."""
        return np.asarray(self.parts(spends).sum(axis=1), dtype=np.float64)

    @cached_property
    def _flat(self) -> NDArray[np.floating]:
        known = self.problem.channel_curves.response.values
        return np.ascontiguousarray(known).reshape(len(known), -1)

    def averaged(self, shares: Floats) -> Floats:
        """Curves averaged over draws that count by `shares`, (decision, point)."""
        count = np.flatnonzero(shares)
        shape = self.problem.channel_curves.response.shape[1:]
        channels = (shares[count].astype(self._flat.dtype) @ self._flat[count]).reshape(shape)
        return self.problem.decisions.averaged(channels.astype(np.float64), shares)

    def best(self, shares: Floats) -> Solution | None:
        """The best spends for a weighted mean."""
        return best_spends(self.presolved, self.problem.decisions.points, self.averaged(shares), self.objective)

    def reached(self, spends: Floats) -> tuple[float, float]:
        """Utility and objective of a plan; the objective is -inf if the plan misses the goal's requirement."""
        utility = self.problem.utility.of(self.response(spends))
        short = self.objective.shortfall(utility, float(spends.sum()))
        minimum = self.objective.requirement.minimum if self.objective.requirement is not None else 0.0
        fits = short <= REQUIREMENT_MET * max(abs(utility), abs(minimum))
        return utility, self.objective.value(utility, float(spends.sum())) if fits else -np.inf

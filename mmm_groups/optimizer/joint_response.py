"""The best spends where channels do not add up: searched on the model's own joint response.

Such a problem is not separable, so nothing proves its optimum: gradient searches (SLSQP) run from several starts, the
best feasible answer is kept, and the bound is reported as unknown. A group's gradient is its channels' along its split.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint, minimize

from mmm_groups.curves.joint_response import JointResponse
from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import JOINT_REQUIREMENT_MET
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective, Optimum
from mmm_groups.solver.simplex import maximise

RANDOM_STARTS = 4
"""Random plans to search from, besides the reference plan and the optimum of the conditional curves."""

_STEPS = 60  # of one search; it is then near enough for the next start to find more
_CLOSE = 1e-9  # relative change of the objective at which a search ends
_DIFFERENCE = 1e-5  # of the money in play, for difference quotients where the model has no gradient
_BEND = 1e-6  # relative difference of slopes on either side of the optimum, between which its prices lie


@dataclass(frozen=True)
class _Search:
    """A problem with its limits and the model that answers for the response."""

    problem: BudgetProblem
    presolved: Presolved
    joint: JointResponse
    split: Floats  # (channel, decision): share of a decision's money that each channel gets

    def utility(self, spends: Floats) -> float:
        return self.problem.utility.of(self.joint.incremental(self.split @ spends))

    def utility_and_slopes(self, spends: Floats) -> tuple[float, Floats]:
        """Utility and its derivative by each decision's spend, (decision,)."""
        if isinstance(self.problem.utility, MeanResponse):
            value, slopes = self.joint.mean_and_slopes(self.split @ spends)
            return value, slopes @ self.split
        step = _DIFFERENCE * self.problem.money
        value = self.utility(spends)
        moved = [self.utility(spends + step * unit) for unit in np.eye(len(spends))]
        return value, (np.array(moved) - value) / step

    def moved_inside(self, spends: Floats) -> Floats:
        """The spends that meet the limits exactly and differ by the least money."""
        low, high = self.presolved.low, self.presolved.high
        points = np.stack([low, np.clip(spends, low, high), high], axis=1)
        found = maximise(self.presolved.program(points, -np.abs(points - spends[:, None]), Objective()))
        if found is None:
            raise SolverError("The search left the limits and found no way back. Please report this problem.")
        return found.spends

    def from_start(self, start: Floats) -> Floats:
        """Where a gradient search ends, moved inside the limits."""
        money, objective = self.problem.money, self.problem.objective
        size = max(abs(self.utility(start)), 1e-300)
        seen: dict[bytes, tuple[float, Floats]] = {}

        def answer(relative: Floats) -> tuple[float, Floats]:
            key = relative.tobytes()
            if key not in seen:
                value, slopes = self.utility_and_slopes(np.maximum(relative, 0.0) * money)
                seen[key] = value / size, slopes * money / size
            return seen[key]

        limits: list[LinearConstraint | NonlinearConstraint] = []
        if len(self.presolved.matrix):
            limits.append(
                LinearConstraint(self.presolved.matrix, self.presolved.lower / money, self.presolved.upper / money)
            )
        if (required := objective.requirement) is not None:
            limits.append(
                NonlinearConstraint(
                    lambda x: required.response_weight * answer(x)[0] - required.spend_weight * x.sum() * money / size,
                    required.minimum / size,
                    np.inf,
                    jac=lambda x: required.response_weight * answer(x)[1] - required.spend_weight * money / size,
                )
            )

        def loss(x: Floats) -> float:
            spent = float(x.sum()) * money / size
            return objective.spend_weight * spent - objective.response_weight * answer(x)[0]

        def slopes(x: Floats) -> Floats:
            return objective.spend_weight * money / size - objective.response_weight * answer(x)[1]

        found = minimize(
            loss,
            start / money,
            jac=slopes,
            method="SLSQP",
            bounds=Bounds(self.presolved.low / money, self.presolved.high / money),
            constraints=limits,
            options={"maxiter": _STEPS, "ftol": _CLOSE},
        )
        # Its own word on success is not asked: what counts is the feasible plan next to its answer.
        return self.moved_inside(np.asarray(found.x) * money)


def joint_spends(problem: BudgetProblem) -> Solution | None:
    """The best spends found on the model itself; None if none found meet the limits and the requirement.

    Parameters
    ----------
    problem : BudgetProblem
        Over conditional curves with their joint response.
    """
    presolved = problem.presolved
    if presolved is None:
        return None
    search = _Search(problem, presolved, problem.channel_curves.answering, _split(problem))
    starts = _starts(search)
    if not starts:
        return None
    best: tuple[float, float, Floats] | None = None
    objective = problem.objective
    for start in starts:
        for spends in (start, search.from_start(start)):
            utility, spent = search.utility(spends), float(spends.sum())
            if objective.shortfall(utility, spent) > JOINT_REQUIREMENT_MET * abs(utility):
                continue
            objective_value = objective.value(utility, spent)
            if best is None or objective_value > best[0]:
                best = objective_value, utility, spends
    if best is None:
        return None
    objective_value, utility, spends = best
    optimum, values = _tangent_curves(search, spends, utility)
    return Solution(spends, objective_value, float("nan"), optimum, values, utility=utility)


def _split(problem: BudgetProblem) -> Floats:
    """Share of each decision's money that each channel gets, (channel, decision)."""
    decisions = problem.decisions
    place_of = decisions.channel_curves.place_of
    split = np.zeros((len(place_of), len(decisions.paths)))
    for column, path in enumerate(decisions.paths.values()):
        shares = path.fractions if path.fractions is not None else np.ones(1)
        split[[place_of[channel] for channel in path.channels], column] = shares
    return split


def _starts(search: _Search) -> list[Floats]:
    """Feasible plans to search from; none if the limits clash."""
    problem, presolved = search.problem, search.presolved
    curves = problem.decisions
    guess = best_spends(presolved, curves.points, curves.mean, Objective(), problem.reference)
    if guess is None:
        return []
    found = [guess.spends]
    if np.isfinite(problem.reference).all():
        found.append(search.moved_inside(problem.reference))
    rng = np.random.default_rng(0)
    room = np.minimum(presolved.high, problem.money)
    for _ in range(RANDOM_STARTS):
        mix = rng.dirichlet(np.ones(len(room))) * problem.money
        found.append(search.moved_inside(np.minimum(mix, room)))
    return found


def _tangent_curves(search: _Search, spends: Floats, utility: float) -> tuple[Optimum, Floats]:
    """Prices of the limits at the answer, and separable curves that are tangent to the joint response there.

    At a stationary point the prices of the limits balance the slopes. Tangents whose slope falls a little at the answer
    make a separable concave problem with the same answer, whose prices the simplex finds.
    """
    _, slopes = search.utility_and_slopes(spends)
    bend = _BEND * float(np.abs(slopes).max())

    def tangents(points: Floats) -> Floats:
        away = points - spends[:, None]
        found: Floats = utility / len(spends) + slopes[:, None] * away - bend * np.abs(away)
        return found

    ends = search.problem.decisions.points[:, [0, -1]]
    points = np.stack([ends[:, 0], np.clip(spends, ends[:, 0], ends[:, 1]), ends[:, 1]], axis=1)
    found = maximise(search.presolved.program(points, tangents(points), search.problem.objective))
    if found is None:
        raise SolverError("The answer's limits have no prices. Please report this problem.")
    return Optimum(spends, found.prices, found.requirement_price), tangents(search.problem.decisions.points)

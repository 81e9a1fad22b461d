"""The best spends where channels do not add up: searched on the model's own joint response.

Such a problem is not separable, so nothing proves its optimum: gradient searches (SLSQP) run from several starts, the
best feasible answer is kept, and the bound is reported as unknown. A group's gradient is its channels' along its split.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint, minimize

from mmm_groups.curves.joint_response import JointResponse
from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import JOINT_REQUIREMENT_MET
from mmm_groups.optimizer.draws import values_of
from mmm_groups.optimizer.incumbent import Incumbent, first_on_the_way
from mmm_groups.optimizer.local_search import cheapest_plan, local_search
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import MEAN, MeanResponse, Utility
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective, Optimum
from mmm_groups.solver.simplex import maximise

RANDOM_STARTS = 4
"""Random mixes to search from, besides the reference plan and the optimum of the conditional curves."""

_RANDOM_MIXES, _CONCENTRATION = 50, 0.5  # mixes that are tried for the best ones, and how even they are (Dirichlet)
_STEPS = 60  # of one search; it is then near enough for the next start to find more
_CLOSE = 1e-9  # relative change of the objective at which a search ends
_DIFFERENCE = 1e-5  # of the money in play, for difference quotients where the model has no gradient
_MEANS = 2  # best means from which another utility is searched: the second knows the first one's ratio
# Of the money spent: steps between pairs where gradients fail. Each move asks the model.
_SIZES = (0.5, 0.25, 0.1, 0.03, 0.01, 3e-3, 1e-3)
_BEND = 1e-6  # relative difference of slopes on either side of the optimum, between which its prices lie


@dataclass(frozen=True)
class _Search:
    """A problem with its limits and the model that answers for the response.

    Attributes
    ----------
    problem : BudgetProblem
    presolved : Presolved
    objective : Objective
    utility : Utility
    joint : JointResponse
    split : array, (channel, decision)
        Share of a decision's money that each channel gets.
    """

    problem: BudgetProblem
    presolved: Presolved
    objective: Objective
    utility: Utility
    joint: JointResponse
    split: Floats

    def utility_of(self, spends: Floats) -> float:
        """Utility of spends, in units of the target."""
        return self.utility.of(self.joint.incremental(self.split @ spends))

    def scored(self, spends: Floats) -> tuple[float, float]:
        """Utility and objective of spends; the latter is -inf where they miss the requirement."""
        utility = self.utility_of(spends)
        return utility, float(self.values(np.array([utility]), np.array([spends.sum()]))[0])

    def margin(self, spends: Floats) -> float:
        """By how much spends exceed the requirement; negative if they miss it, inf if there is none."""
        return -self.objective.shortfall(self.utility_of(spends), float(spends.sum()))

    def values(self, utilities: Floats, totals: Floats) -> Floats:
        """Objective of utilities at total spends, (plan,) each; -inf where the requirement is missed."""
        return values_of(self.objective, utilities, totals, JOINT_REQUIREMENT_MET)

    def utilities_after(self, spends: Floats, moves: NDArray[np.int8], step: float) -> Floats:
        """Utility after each of many moves of one step, (move,)."""
        low, high = self.presolved.low, self.presolved.high
        return np.array([self.utility_of(np.clip(spends + step * move, low, high)) for move in moves])

    def utility_and_slopes(self, spends: Floats) -> tuple[float, Floats]:
        """Utility and its derivative by each decision's spend, (decision,)."""
        if isinstance(self.utility, MeanResponse):
            value, slopes = self.joint.mean_and_slopes(self.split @ spends)
            return value, slopes @ self.split
        step = _DIFFERENCE * self.problem.money
        value = self.utility_of(spends)
        moved = [self.utility_of(spends + step * unit) for unit in np.eye(len(spends))]
        return value, (np.array(moved) - value) / step

    def moved_inside(self, spends: Floats) -> Floats:
        """The spends that meet the limits exactly and differ by the least money."""
        low, high = self.presolved.low, self.presolved.high
        points = np.stack([low, np.clip(spends, low, high), high], axis=1)
        found = maximise(self.presolved.program(points, -np.abs(points - spends[:, None]), Objective()))
        if found is None:
            raise SolverError("The search left the limits and found no way back. Please report this problem.")
        return found.spends

    def lowered(self, spends: Floats) -> Floats:
        """Where the least spend is wanted: less of the same, so that the requirement is just met."""
        if self.objective.response_weight > 0 or self.margin(spends) < 0:
            return spends
        return first_on_the_way(self, cheapest_plan(self.presolved), spends)

    def from_start(self, start: Floats) -> Floats:
        """Where a gradient search ends, moved inside the limits."""
        money, objective = self.problem.money, self.objective
        size = max(abs(self.utility_of(start)), 1e-300)
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


def joint_spends(problem: BudgetProblem, presolved: Presolved, known: Sequence[Floats] = ()) -> Solution | None:
    """The best spends found on the model itself; None if none found meet the limits and the requirement.

    Parameters
    ----------
    problem : BudgetProblem
        Over conditional curves with their joint response.
    presolved : Presolved
        Its limits.
    known : sequence of arrays, (decision,)
        Plans to search from as well, in currency.
    """
    joint = problem.channel_curves.answering
    search = _Search(problem, presolved, problem.objective, problem.utility, joint, _split(problem))
    starts = _starts(search, known)
    if not starts:
        return None
    if not isinstance(problem.utility, MeanResponse):
        starts += _best_means(search, starts)
    found = [spends for start in starts for spends in (start, search.from_start(start))]
    incumbent = Incumbent(search)
    if search.objective.requirement is not None and not any(search.scored(spends)[1] > -np.inf for spends in found):
        found.insert(0, _largest_margin(search, starts))
    # What misses the requirement is moved towards what meets it, so the latter is offered first.
    for spends in sorted(found, key=lambda spends: -search.scored(spends)[1]):
        incumbent.offer(search.lowered(spends))
    if incumbent.spends is None:
        return None
    incumbent.offer(search.lowered(search.from_start(incumbent.spends)))
    if not isinstance(problem.utility, MeanResponse):
        incumbent.offer(local_search(search, incumbent.spends, _SIZES))
    spends = incumbent.spends
    optimum, values = _tangent_curves(search, spends, incumbent.utility)
    return Solution(spends, incumbent.value, float("nan"), optimum, values, utility=incumbent.utility)


def _largest_margin(search: _Search, starts: list[Floats]) -> Floats:
    """The spends found that meet the requirement by most, or miss it by least."""
    required = search.objective.requirement
    assert required is not None
    margin = replace(search, objective=Objective(required.response_weight, required.spend_weight))
    found = [spends for start in starts for spends in (start, margin.from_start(start))]
    return max(found, key=lambda spends: margin.scored(spends)[1])


def _best_means(search: _Search, starts: list[Floats]) -> list[Floats]:
    """The best means, whose gradients the model knows: as much of the mean is required as the utility needs at a start.

    Draws of a utility swap ranks from plan to plan, which stops gradient searches early.
    """
    mean = replace(search, utility=MEAN)
    required, found = search.objective.requirement, []
    spends = max(starts, key=lambda spends: search.scored(spends)[0])
    for _ in range(_MEANS):
        ratio = mean.utility_of(spends) / max(search.utility_of(spends), 1e-300)
        if required is not None and required.minimum > 0:
            asked = replace(required, minimum=required.minimum * ratio)
            mean = replace(mean, objective=replace(search.objective, requirement=asked))
        spends = mean.from_start(spends)
        found.append(spends)
    return found


def _split(problem: BudgetProblem) -> Floats:
    """Share of each decision's money that each channel gets, (channel, decision)."""
    decisions = problem.decisions
    place_of = decisions.channel_curves.place_of
    split = np.zeros((len(place_of), len(decisions.paths)))
    for column, path in enumerate(decisions.paths.values()):
        shares = path.fractions if path.fractions is not None else np.ones(1)
        split[[place_of[channel] for channel in path.channels], column] = shares
    return split


def _starts(search: _Search, known: Sequence[Floats]) -> list[Floats]:
    """Feasible plans to search from; none if the limits clash."""
    problem, presolved = search.problem, search.presolved
    curves = problem.decisions
    guess = best_spends(presolved, curves.points, curves.mean, Objective(), problem.reference)
    if guess is None:
        return []
    found = [guess.spends]
    found += [search.moved_inside(spends) for spends in (problem.reference, *known) if np.isfinite(spends).all()]
    rng = np.random.default_rng(0)
    room = np.minimum(presolved.high, problem.money)
    mixes = rng.dirichlet(np.full(len(room), _CONCENTRATION), _RANDOM_MIXES) * problem.money
    random = [search.lowered(search.moved_inside(np.minimum(mix, room))) for mix in mixes]
    return found + sorted(random, key=lambda spends: search.scored(spends)[::-1])[-RANDOM_STARTS:]


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
    found = maximise(search.presolved.program(points, tangents(points), search.objective))
    if found is None:
        raise SolverError("The answer's limits have no prices. Please report this problem.")
    return Optimum(spends, found.prices, found.requirement_price), tangents(search.problem.decisions.points)

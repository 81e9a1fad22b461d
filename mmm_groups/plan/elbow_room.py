"""Elbow room: how far a group's money may move while the plan stays almost as good."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.errors import ConstraintError, NotAdditiveError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.numerics.tolerances import SPENDS_ROUNDING
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.moved_money import answered_with_cuts
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.mirror import Mirror
from mmm_groups.solver.presolve import presolve
from mmm_groups.solver.program import Objective, Requirement

_CLOSED = 1e-4  # of the plan's money: an end that a search has narrowed down to this is known

Side = Literal["lower", "upper"]
SIDES: tuple[Side, Side] = ("lower", "upper")


def elbow_room(plan: Plan, within: float = 0.01) -> pd.DataFrame:
    """Least and greatest spend of every group at which the average response stays near the plan's.

    The money in all stays the plan's and its limits hold; the other groups are re-optimised for each end. Two programs
    a group: ``min`` and ``max`` of its spend subject to ``mean response >= (1 - within) * the plan's``.

    Parameters
    ----------
    plan : Plan
    within : float
        Share of the plan's mean response, as its group curves predict it, that may be given up; from 0, below 1.

    Returns
    -------
    pd.DataFrame
        Indexed by group: spend, lower and upper, in currency; is_proven, whether both ends are known to be the last
        ones (on curves of some shapes the search may end before it has proven that).

    Raises
    ------
    ConstraintError
        If `within` is no share.
    NotAdditiveError
        If the channels of the model do not add up: then no curve says what a group's money brings.
    """
    if not 0 <= within < 1:
        raise ConstraintError(
            f"Elbow room is asked for within {marked(within):g} of the response. Give a share from 0 to below 1, such "
            "as 0.01 for one percent."
        )
    problem = plan.problem
    if problem.channel_curves.is_conditional:
        raise NotAdditiveError(
            "The channels of this model do not add up, so no curve says how far a group's money may move. Move money "
            "in “What if” instead: it asks the model itself."
        )
    decisions = problem.decisions
    spent = by_name(plan.channel_spends)
    spends = np.array([sum(spent[name] for name in path.channels) for path in decisions.paths.values()])
    response = float(np.sum(interpolate_each(decisions.points, decisions.smooth_mean, spends)))
    least = response - within * abs(response)
    rows: dict[str, dict[str, float | bool]] = {}
    for name, members in problem.groups.items():
        inside = np.array([set(path.channels) <= set(members) for path in decisions.paths.values()])
        spend = float(plan.spends[name])
        ends = {side: _end(problem, inside, plan.total, least, side) for side in SIDES}
        found = {side: spend if end is None else float(np.sum(end.spends[inside])) for side, end in ends.items()}
        # The plan itself is inside the room, whatever the rounding.
        rows[name] = {
            "spend": spend,
            "lower": min(found["lower"], spend),
            "upper": max(found["upper"], spend),
            "is_proven": all(end is None or _is_closed(end, plan.total) for end in ends.values()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _end(problem: BudgetProblem, inside: NDArray[np.bool_], total: float, least: float, side: Side) -> Solution | None:
    """Spends at one end of a group's room; None if rounding leaves no room at all."""

    def answer(problem: BudgetProblem) -> Solution | None:
        decisions = problem.decisions
        matrix = np.vstack([problem.matrix, np.ones(len(inside))])
        lower, upper = np.append(problem.lower, total), np.append(problem.upper, total)
        # With the money fixed in all, the least of the rest and the mirrored group is the group's greatest.
        mirror = Mirror(inside if side == "upper" else ~inside, decisions.points[:, -1])
        points, values = mirror.curves(decisions.points, decisions.smooth_mean)
        presolved = presolve(*mirror.limits(matrix, lower, upper), points[:, -1], mirror.allowed(problem.allowed))
        if presolved is None or (presolved.high - presolved.low <= SPENDS_ROUNDING * total).all():
            return None  # all is locked
        objective = Objective(0.0, spend_weight=1.0, requirement=Requirement(1.0, 0.0, least))
        found = best_spends(presolved, points, values, objective)
        return None if found is None else replace(found, spends=mirror.spends(found.spends))

    return answered_with_cuts(problem, answer, lambda found: None if found is None else found.spends)


def _is_closed(end: Solution, total: float) -> bool:
    """Whether the search has proven an end; the objective counts a group's money twice."""
    return end.bound - end.objective_value <= 2 * _CLOSED * total

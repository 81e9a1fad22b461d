"""Why a problem has no answer: infeasible limits, or a goal out of reach, with the best that can be reached."""

from collections.abc import Callable
from functools import partial
from typing import NoReturn

import numpy as np

from mmm_groups.errors import InfeasibleError, SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount, marked_exactly
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.goals import FixedBudget, TargetResponse, TargetRoi
from mmm_groups.problem.infeasibility import refuse_infeasible
from mmm_groups.problem.utilities import cases_of
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.curve_shapes import CurveShapes
from mmm_groups.solver.program import Objective

_STEPS = 30  # of Dinkelbach's method, which converges superlinearly; measured: four
_CLOSED = 1e-4  # relative gap up to which the last step proves the ratio


Best = Callable[[Objective], Solution | None]
"""From an objective of a problem's utility to its best decisions under the limits; None if none are found."""


def explain_infeasible(problem: BudgetProblem, best: Best | None = None) -> NoReturn:
    """Raise the error that says why no plan exists, or why none was found.

    Parameters
    ----------
    problem : BudgetProblem
    best : callable, optional
        How the problem's utility is maximised; default: its mean.

    Raises
    ------
    InfeasibleError
        Always: it names an infeasible subset of the limits, or the goal.
    SolverError
        If a plan does exist after all.
    """
    refuse_infeasible(problem)
    if problem.allowed and isinstance(problem.goal, FixedBudget):
        on_amounts = [limit for limit in problem.limits if limit.allowed is not None]
        raise InfeasibleError(
            "No plan was found that spends the whole budget in amounts that are allowed: "
            f"{'; '.join(limit.label.marked for limit in on_amounts)}. Change the budget, or let one of them be free.",
            tuple(limit.key for limit in on_amounts),
        )
    if problem.channel_curves.is_conditional and isinstance(problem.goal, TargetResponse | TargetRoi):
        raise InfeasibleError(
            "No plan was found on the model that reaches "
            f"{marked_exactly(problem.goal.value)}{cases_of(problem.utility)} under these limits, though none is "
            "proven to be impossible: the channels of this model do not add up. Lower the target, or loosen limits.",
            ("goal",),
        )
    best = best if best is not None else partial(_best_mean, problem)
    if isinstance(problem.goal, TargetResponse):
        raise InfeasibleError(_response_out_of_reach(problem, problem.goal.value, _found(best(Objective()))), ("goal",))
    if isinstance(problem.goal, TargetRoi):
        raise InfeasibleError(_roi_out_of_reach(problem, problem.goal.value, best), ("goal",))
    raise SolverError("The optimiser found no plan, although the limits can be met. Please report this problem.")


def _response_out_of_reach(problem: BudgetProblem, wanted: float, most: Solution) -> str:
    what = f"A response of {marked_amount(wanted)} {problem.channel_curves.target}{cases_of(problem.utility)}"
    if most.bound < wanted:
        return (
            f"{what} is out of reach: under these limits and on the known curves it is at most "
            f"{marked_amount(most.bound)}. Lower the target, or loosen limits."
        )
    return (
        f"{what} was not found under these limits: the best plan found reaches {marked_amount(most.objective_value)}, "
        f"and none reaches more than {marked_amount(most.bound)}. Lower the target, or loosen limits."
    )


def _roi_out_of_reach(problem: BudgetProblem, wanted: float, best: Best) -> str:
    what = f"An ROI of {marked_exactly(wanted)}{cases_of(problem.utility)}"
    reached, is_proven, _ = _best_ratio(best)
    if not np.isfinite(reached):
        if _found(_best_mean(problem, Objective(0.0, spend_weight=-1.0))).spends.sum() > 0:
            return (
                f"{what} is out of reach: no money earns anything under these limits, because the channels have no "
                "effect or hurt. Look at their curves, or leave the channels that hurt out."
            )
        return f"{what} is out of reach: these limits let nothing be spent. Loosen them."
    if is_proven:
        return (
            f"{what} is out of reach: under these limits it is at most {marked_exactly(reached)}. Lower the target, or "
            "loosen limits."
        )
    return (
        f"{what} was not found under these limits: the best plan found reaches {marked_exactly(reached)}, though more "
        "is not proven to be impossible. Lower the target, or loosen limits."
    )


def takes_a_search(problem: BudgetProblem) -> bool:
    """Whether the mean curves are S-shaped, so that every optimum takes branch and bound."""
    curves = problem.decisions
    return not CurveShapes(curves.points, curves.smooth_mean).is_concave.all()


def most_response(problem: BudgetProblem) -> float:
    """The largest mean response under the limits, in units of the target."""
    return _found(_best_mean(problem, Objective())).objective_value


def best_roi(problem: BudgetProblem) -> float:
    """The largest ROI of the mean response under the limits, target / currency; NaN if nothing can be spent."""
    return _best_ratio(partial(_best_mean, problem))[0]


def most_of_the_goal(goal: TargetResponse | TargetRoi, best: Best) -> tuple[float, Floats | None]:
    """The largest figure that a goal asks for under the limits, and the plan found for it; None without one."""
    if isinstance(goal, TargetRoi):
        ratio, _, spends = _best_ratio(best)
        return ratio, spends
    most = best(Objective())
    return (-np.inf, None) if most is None else (most.objective_value, most.spends)


def _best_ratio(best: Best) -> tuple[float, bool, Floats | None]:
    """The largest utility per unit of spend, whether it is proven, and its plan; NaN if nothing can be spent.

    Dinkelbach (1967): maximise the utility less `ratio` times the spend; take the ratio of the answer as the next one.
    """
    ratio, spends = 0.0, None
    for _ in range(_STEPS):
        found = _found(best(Objective(spend_weight=ratio)))
        spend = float(found.spends.sum())
        if spend <= 0:
            return (ratio, found.bound <= _CLOSED, spends) if ratio > 0 else (float("nan"), False, None)
        reached = (found.objective_value + ratio * spend) / spend
        if reached <= ratio * (1 + 1e-10):
            return ratio, found.bound <= found.objective_value + _CLOSED * ratio * spend, spends
        ratio, spends = reached, found.spends
    return ratio, False, spends


def _found(solution: Solution | None) -> Solution:
    if solution is None:
        raise SolverError("The optimiser found no plan, although the limits can be met. Please report this problem.")
    return solution


def _best_mean(problem: BudgetProblem, objective: Objective) -> Solution | None:
    presolved = problem.presolved if problem.presolved is not None else problem.widened
    if presolved is None:
        raise SolverError("Single limits clash, but the feasibility check found none. Please report this problem.")
    return best_spends(presolved, problem.decisions.points, problem.decisions.smooth_mean, objective)

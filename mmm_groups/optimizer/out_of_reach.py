"""Why a problem has no answer: infeasible limits, or a goal out of reach, with the best that can be reached."""

from typing import NoReturn

import numpy as np

from mmm_groups.errors import InfeasibleError, SolverError
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.goals import TargetResponse, TargetRoi
from mmm_groups.problem.infeasibility import refuse_infeasible
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.curve_shapes import CurveShapes
from mmm_groups.solver.program import Objective

_STEPS = 30  # of Dinkelbach's method, which converges superlinearly; measured: four


def explain_infeasible(problem: BudgetProblem) -> NoReturn:
    """Raise the error that says why no plan exists.

    Raises
    ------
    InfeasibleError
        Always: it names an infeasible subset of the limits, or the goal.
    SolverError
        If a plan does exist after all.
    """
    refuse_infeasible(problem)
    target = problem.channel_curves.target
    if problem.channel_curves.is_conditional and isinstance(problem.goal, TargetResponse | TargetRoi):
        raise InfeasibleError(
            f"No plan was found on the model that reaches {marked(problem.goal.value):,.4g} under these limits, "
            "though none is proven to be impossible: the channels of this model do not add up. Lower the target, or "
            "loosen limits.",
            ("goal",),
        )
    if isinstance(problem.goal, TargetResponse):
        most = most_response(problem)
        raise InfeasibleError(
            f"A response of {marked_amount(problem.goal.value)} {target} is out of reach: under these limits and on "
            f"the known curves it is at most {marked_amount(most)}. Lower the target, or loosen limits.",
            ("goal",),
        )
    if isinstance(problem.goal, TargetRoi):
        best = best_roi(problem)
        if not np.isfinite(best):
            raise InfeasibleError(
                f"An ROI of {marked(problem.goal.value):g} is out of reach: these limits let nothing be spent. Loosen "
                "them.",
                ("goal",),
            )
        raise InfeasibleError(
            f"An ROI of {marked(problem.goal.value):g} is out of reach: under these limits it is at most "
            f"{marked(best):.4g}. Lower the target, or loosen limits.",
            ("goal",),
        )
    raise SolverError("The optimiser found no plan, although the limits can be met. Please report this problem.")


def takes_a_search(problem: BudgetProblem) -> bool:
    """Whether the mean curves are S-shaped, so that every optimum takes branch and bound."""
    curves = problem.decisions
    return not CurveShapes(curves.points, curves.smooth_mean).is_concave.all()


def most_response(problem: BudgetProblem) -> float:
    """The largest mean response under the limits, in units of the target."""
    return _best(problem, Objective()).objective_value


def best_roi(problem: BudgetProblem) -> float:
    """The largest ROI of the mean response under the limits, target / currency; NaN if nothing can be spent.

    Dinkelbach (1967): maximise the response less `ratio` times the spend; take the ROI of the answer as the next ratio.
    """
    ratio = 0.0
    points, values = problem.decisions.points, problem.decisions.smooth_mean
    for _ in range(_STEPS):
        spends = _best(problem, Objective(spend_weight=ratio)).spends
        if spends.sum() <= 0:
            break
        found = float(interpolate_each(points, values, spends).sum() / spends.sum())
        if found <= ratio * (1 + 1e-10):
            break
        ratio = found
    return ratio if ratio > 0 else float("nan")


def _best(problem: BudgetProblem, objective: Objective) -> Solution:
    presolved = problem.presolved
    if presolved is None:
        raise SolverError("Single limits clash, but the feasibility check found none. Please report this problem.")
    found = best_spends(presolved, problem.decisions.points, problem.decisions.smooth_mean, objective)
    if found is None:
        raise SolverError("The optimiser found no plan, although the limits can be met. Please report this problem.")
    return found

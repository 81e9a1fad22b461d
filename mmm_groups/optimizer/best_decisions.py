"""The best group spends under the limits, with a proof of how good they are."""

from dataclasses import replace

import numpy as np

from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.optimizer.joint_response import joint_spends
from mmm_groups.optimizer.out_of_reach import explain_infeasible
from mmm_groups.optimizer.risk import risk_averse_spends
from mmm_groups.optimizer.sub_channel_ties import at_historical_mix
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.goals import FixedBudget, TargetResponse, TargetRoi
from mmm_groups.problem.limits import Limit
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.program import Objective


def best_for(problem: BudgetProblem) -> tuple[Solution, str]:
    """The solver's decisions for a problem, and what their bound is worth (`Plan.bound_kind`); errors as `solve`."""
    kind = "proven"
    if not isinstance(problem.utility, MeanResponse):
        problem.channel_curves.refuse_without_draws(f"The utility '{problem.utility.kind}'")
    if problem.channel_curves.is_conditional:
        found, kind = joint_spends(problem), "unknown"
    elif isinstance(problem.utility, MeanResponse):
        found, curves = None, problem.decisions
        for presolved in (problem.presolved, problem.widened):
            if found is None and presolved is not None:
                found = best_spends(presolved, curves.points, curves.smooth_mean, problem.objective, problem.reference)
    else:
        found, kind = risk_averse_spends(problem)
    if found is None or (isinstance(problem.goal, TargetRoi) and not found.spends.any()):
        explain_infeasible(problem)
    if isinstance(problem.goal, TargetResponse) and kind == "proven" and found.optimum.requirement_price == 0:
        found = _largest_response(problem, found)
    return at_historical_mix(problem, found), kind


def _largest_response(problem: BudgetProblem, found: Solution) -> Solution:
    """The largest response for the money of a solution: asked where limits force more than a target needs."""
    everything = dict.fromkeys(problem.channel_curves.channels, 1.0)
    total = float(found.spends.sum())
    held = Limit("held", "kept_spend", MarkedText(f"the plan spends {marked_amount(total)}"), everything, total, total)
    fixed = replace(
        problem,
        goal=FixedBudget(total),
        limits=(*problem.limits, held),
        matrix=np.vstack([problem.matrix, np.ones(problem.matrix.shape[1])]),
    )
    curves = problem.decisions
    better = None
    if fixed.presolved is not None:
        better = best_spends(fixed.presolved, curves.points, curves.smooth_mean, Objective(), problem.reference)
    if better is None:
        return found
    return replace(found, spends=better.spends, optimum=replace(found.optimum, spends=better.spends))

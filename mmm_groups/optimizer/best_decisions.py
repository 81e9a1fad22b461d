"""The best group spends under the limits, with a proof of how good they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.joint_response import joint_spends
from mmm_groups.optimizer.out_of_reach import explain_infeasible, most_of_the_goal
from mmm_groups.optimizer.risk import risk_averse_spends
from mmm_groups.optimizer.sub_channel_ties import at_historical_mix
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.goals import FixedBudget, TargetResponse, TargetRoi
from mmm_groups.problem.limit import Limit
from mmm_groups.problem.moved_money import answered_with_cuts
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective


@dataclass(frozen=True)
class BestDecisions:
    """The solver's answer to a problem.

    Attributes
    ----------
    problem : BudgetProblem
        With the cuts that limits on moved money took.
    solution : Solution
    presolved : Presolved
        The limits as the solver saw them; its prices belong to their rows.
    bound_kind : str
        What the bound is worth, as in `Plan.bound_kind`.
    """

    problem: BudgetProblem
    solution: Solution
    presolved: Presolved
    bound_kind: str


def best_for(problem: BudgetProblem, known: Sequence[Floats] = ()) -> BestDecisions:
    """The best decisions for a problem.

    Parameters
    ----------
    problem : BudgetProblem
    known : sequence of arrays, (decision,)
        Plans that somebody knows, in currency. Where the best one is searched, the answer is never worse than those of
        them that meet the limits.

    Raises
    ------
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    if not isinstance(problem.utility, MeanResponse):
        problem.channel_curves.refuse_without_draws(f"The utility '{problem.utility.kind}'")
    return answered_with_cuts(problem, partial(_best_for, known=known), lambda best: best.solution.spends)


def _best_for(problem: BudgetProblem, known: Sequence[Floats]) -> BestDecisions:
    found = _best_under(problem, problem.presolved, problem.objective, known)
    if found is None:
        found = _best_under(problem, problem.widened, problem.objective, known)
    if found is None or _is_nothing(problem, found):
        best = cache(partial(_best_of, problem))
        found = _from_what_reaches_most(problem, best, known)
        if found is None or _is_nothing(problem, found):
            explain_infeasible(problem, best)
    is_priced = found.solution.optimum.requirement_price > 0
    if isinstance(problem.goal, TargetResponse) and found.bound_kind == "proven" and not is_priced:
        found = replace(found, solution=_largest_response(problem, found.solution))
    return replace(found, solution=at_historical_mix(problem, found.solution))


def _best_under(
    problem: BudgetProblem, presolved: Presolved | None, objective: Objective, known: Sequence[Floats]
) -> BestDecisions | None:
    """The best decisions for an objective of the problem's utility; None if none are found that meet what it asks."""
    if presolved is None:
        return None
    if problem.channel_curves.is_conditional:
        found, kind = joint_spends(problem, presolved, known), "unknown"
    elif isinstance(problem.utility, MeanResponse):
        curves, kind = problem.decisions, "proven"
        found = best_spends(presolved, curves.points, curves.smooth_mean, objective, problem.reference)
    else:
        found, kind = risk_averse_spends(ProblemByDraw(problem, presolved, objective), known)
    return None if found is None else BestDecisions(problem, found, presolved, kind)


def _is_nothing(problem: BudgetProblem, found: BestDecisions) -> bool:
    return isinstance(problem.goal, TargetRoi) and not found.solution.spends.any()


def _from_what_reaches_most(
    problem: BudgetProblem, best: Callable[[Objective], Solution | None], known: Sequence[Floats]
) -> BestDecisions | None:
    """The best decisions searched from the plan that reaches most of the goal's figure; None if it misses the goal.

    A search by draws may end at no spend, whose ROI asks for nothing, though other plans meet the goal.
    """
    is_searched = not isinstance(problem.utility, MeanResponse) and not problem.channel_curves.is_conditional
    if problem.presolved is None or not is_searched or not isinstance(problem.goal, TargetResponse | TargetRoi):
        return None
    reached, spends = most_of_the_goal(problem.goal, best)
    if spends is None or not reached >= problem.goal.value:
        return None
    return _best_under(problem, problem.presolved, problem.objective, [*known, spends])


def _best_of(problem: BudgetProblem, objective: Objective) -> Solution | None:
    presolved = problem.presolved if problem.presolved is not None else problem.widened
    found = _best_under(problem, presolved, objective, ())
    return None if found is None else found.solution


def _largest_response(problem: BudgetProblem, found: Solution) -> Solution:
    """The largest utility for the money of a solution: asked where limits force more than a target needs."""
    everything = dict.fromkeys(problem.channel_curves.channels, 1.0)
    total = float(found.spends.sum())
    held = Limit("held", "kept_spend", MarkedText(f"the plan spends {marked_amount(total)}"), everything, total, total)
    fixed = replace(
        problem,
        goal=FixedBudget(total),
        limits=(*problem.limits, held),
        matrix=np.vstack([problem.matrix, np.ones(problem.matrix.shape[1])]),
    )
    better = None
    if fixed.presolved is not None:
        better = _best_under(fixed, fixed.presolved, Objective(), [found.spends])
    if better is None:
        return found
    spends = better.solution.spends
    return replace(found, spends=spends, utility=better.solution.utility, optimum=replace(found.optimum, spends=spends))

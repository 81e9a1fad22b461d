"""What a plan's figures measure: which cases they speak of, and whose curves, so that no two measures are mixed."""

import numpy as np
import pandas as pd

from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.tolerances import REQUIREMENT_MET, SAME
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.goals import FixedBudget, TargetResponse, TargetRoi
from mmm_groups.problem.utilities import MeanResponse, cases_of

_STEP = 1e-6  # of the plan's money: the next money of a group, far inside a piece of its curve


def measure_of(plan: Plan) -> str:
    """What a plan's utility, bound and prices are measured in, as the end of a phrase; empty for the plain mean."""
    return cases_of(plan.problem.utility) + (" by the groups' curves" if plan.has_group_models else "")


def on_average(plan: Plan) -> str:
    """What a mean is called beside figures of another measure; empty where there is no other."""
    return "" if isinstance(plan.problem.utility, MeanResponse) else " on average"


def marginal_utility(plan: Plan) -> Numbers:
    """Group to what its next unit of currency brings in the measure of `Plan.marginal_return`, target / currency.

    The other groups spend as in the plan. At the end of a group's curve: what its last unit brings.
    """
    if isinstance(plan.problem.utility, MeanResponse):
        return plan.groups["mroi"]
    curves, found = plan.problem.group_curves, {}
    for place, name in enumerate(curves.paths):
        step = _STEP * plan.total
        if plan.spends[name] + step > curves.points.item(place, -1):
            step = -step
        moved = plan.spends.copy()
        moved[name] += step
        found[name] = (_predicted_utility(plan, moved) - _predicted_utility(plan, plan.spends)) / step
    return pd.Series(found)


def _predicted_utility(plan: Plan, spends: Numbers) -> float:
    problem = plan.problem
    if problem.channel_curves.is_conditional:
        draws = problem.channel_curves.earned_by(by_name(problem.group_curves.channel_plan(spends)))
    else:
        draws = problem.group_curves.response_at(spends).sum("group").values
    return problem.utility.of(np.asarray(draws, dtype=np.float64))


def probability_of_goal(plan: Plan) -> float:
    """Share of draws in which a target response or ROI is reached; NaN for other goals and without draws."""
    goal = plan.problem.goal
    if not plan.has_draws or not isinstance(goal, (TargetResponse, TargetRoi)):
        return float("nan")
    least = goal.value * (plan.total if isinstance(goal, TargetRoi) else 1.0)
    return float(np.mean(plan.response.to_numpy() >= least - REQUIREMENT_MET * abs(least)))


def unspent(plan: Plan) -> float:
    """What stays of the greatest budget, in currency; 0 if there is none, or all of it is spent."""
    goal = plan.problem.goal
    most = None if isinstance(goal, FixedBudget) else goal.max_budget
    left = 0.0 if most is None else most - plan.total
    return left if left > SAME * plan.total else 0.0

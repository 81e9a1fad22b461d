"""The same group spends, split to channels another way."""

import numpy as np

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.errors import SplitError
from mmm_groups.group_curves import group_curves
from mmm_groups.optimize import solve
from mmm_groups.plan import Plan
from mmm_groups.problem import budget_problem
from mmm_groups.shares import Split


def split_plan(plan: Plan, split: Split) -> Plan:
    """Keep every group's spend and share it out differently.

    Parameters
    ----------
    plan : Plan
    split : Split
        `historical`, or shares; for all groups or by group. Groups left out get their historical split.

    Returns
    -------
    Plan
        Same spends. Its upper bound is what the best group spends could earn under the new split.

    Raises
    ------
    SplitError
        If shares do not fit, or the new split breaks a constraint on channels.
    InfeasibleError
        If no group spends at all could satisfy the constraints under the new split.
    """
    old = plan.problem
    curves = group_curves(old.curves.curves, ChannelGroups(old.curves.groups), old.curves.method, split)
    problem = budget_problem(curves, old.goal, old.constraints)
    broken = problem.broken_by(plan.spends.to_numpy(dtype=np.float64))
    if broken:
        raise SplitError(
            f"With these shares the plan would break: {'; '.join(limit.label for limit in broken)}. Change the shares, "
            "or optimise again with them."
        )
    best = solve(problem)
    return Plan(
        problem=problem,
        spends=plan.spends,
        utility=float(curves.response_at(plan.spends).sum("group").mean()),
        upper_bound=best.upper_bound,
        shadow_prices=best.shadow_prices,
        interval=plan.interval,
    )

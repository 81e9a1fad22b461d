"""The same group spends, split to channels another way."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.constraints import ConstraintBuilder
from mmm_groups.errors import SplitError
from mmm_groups.group_curves import group_curves
from mmm_groups.limits import limits_of
from mmm_groups.optimize import solve
from mmm_groups.plan import Plan
from mmm_groups.problem import budget_problem
from mmm_groups.shares import Split, shares_of


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


def best_shares(plan: Plan, group: str) -> pd.Series:
    """Shares with which a group's channels earn most of its spend in the plan (equal marginal ROI where limits allow).

    All other channels keep their spend, and the plan's constraints stay in force.

    Parameters
    ----------
    plan : Plan
    group : str

    Returns
    -------
    pd.Series
        Channel to share; adds up to 1. The plan's own shares if the group spends nothing.

    Raises
    ------
    SplitError
        If there is no such group.
    """
    problem = plan.problem
    groups = problem.curves.groups
    if group not in groups:
        raise SplitError(f"There is no group '{group}' in the plan. Its groups are {list(groups)}.")
    if plan.spends[group] <= 0:
        return problem.curves.shares[group]
    members = set(groups[group])
    felt = [
        constraint
        for constraint in problem.constraints
        if any(members & set(limit.coefficients) for limit in limits_of(problem.goal, [constraint], groups)[1:])
    ]
    held = [
        ConstraintBuilder.lock(str(channel), float(spend))
        for channel, spend in plan.channel_spends.items()
        if channel not in members
    ]
    found = solve(budget_problem(group_curves(problem.curves.curves), problem.goal, [*felt, *held], groups))
    spends = found.spends[list(groups[group])]
    return spends / spends.sum()


@dataclass(frozen=True)
class SplitPrices:
    """What one group's money earns under three splits, posterior mean, in units of the target."""

    current: float
    historical: float
    best: float

    @property
    def over_historical(self) -> float:
        """What the current split earns more than the historical one."""
        return self.current - self.historical

    @property
    def over_best(self) -> float:
        """What the current split earns more than the best one: 0 or less, up to rounding."""
        return self.current - self.best


def split_prices(plan: Plan, group: str, best: Mapping[str, float]) -> SplitPrices:
    """Compare a group's split in the plan with the historical and with `best` shares, at the same spend."""
    curves = plan.problem.curves.curves
    members = plan.problem.curves.groups[group]
    spend = float(plan.spends[group])

    def earned(shares: Mapping[str, float]) -> float:
        others = dict.fromkeys(curves.channels, 0.0)
        response = curves.response_at(others | {channel: shares[channel] * spend for channel in members})
        return float(response.sel(channel=list(members)).sum("channel").mean())

    return SplitPrices(
        current=earned(plan.problem.curves.shares[group].to_dict()),
        historical=earned(shares_of(curves, {group: members}, "historical")[group].to_dict()),
        best=earned(best),
    )

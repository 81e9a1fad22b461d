"""The same group spends, split to channels another way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import SplitError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.groups.shares import Split, shares_of
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.numerics.ties import difference
from mmm_groups.numerics.tolerances import BEYOND_END
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.worth import group_worth
from mmm_groups.problem.constraints import on_single_channels
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.limit import Limit
from mmm_groups.problem.stating import budget_problem, stated_problem


def split_plan(plan: Plan, split: Split) -> Plan:
    """Keep every group's spend and share it out differently.

    Parameters
    ----------
    plan : Plan
    split : Split
        `historical`, `marginal_roi` (what earns most at the group's spend under the plan's constraints), or shares; for
        all groups or by group. Groups left out get their historical split.

    Returns
    -------
    Plan
        Same spends. Its upper bound is what the best group spends could earn with the same money under the new split.

    Raises
    ------
    SplitError
        If shares do not fit, or the new split breaks a constraint on channels.
    InfeasibleError
        If no group spends at all could satisfy the constraints under the new split.
    """
    old = plan.problem
    groups = old.groups
    asked = group_curves(old.channel_curves, ChannelGroups(groups), old.group_curves.method, split)
    free = [name for name, path in asked.paths.items() if path.fractions is None]
    _refuse_beyond_curves(asked, plan)
    curves = asked.with_fixed_shares(_best_shares(plan, free, asked))
    # Groups that follow their best split stay free where other money is asked about.
    stated = stated_problem(asked, old.goal, old.constraints, old.names, utility=old.utility)
    problem = replace(stated, group_curves=curves)
    broken = problem.broken_by(curves.channel_plan(plan.spends))
    if broken:
        labels = "; ".join(limit.label.marked for limit in broken)
        raise SplitError(
            f"With these shares the plan would break: {labels}. Change the shares, or optimise again with them."
        )
    fixed = FixedBudget(plan.total)
    best = solve(budget_problem(asked, fixed, old.constraints, old.names, utility=old.utility))
    resplit = replace(plan, problem=problem)
    utility = old.utility.of(resplit.predicted.values)
    objective = problem.objective.value(utility, plan.total)
    bound = problem.objective.value(best.upper_bound, plan.total)
    # Settled shares can make another curve of a group than its path did, by other methods than the sum.
    is_above = objective > bound
    return replace(
        resplit,
        utility=utility,
        objective=objective,
        upper_bound=objective if is_above else bound,
        shadow_prices=pd.Series({limit.key: best.shadow_prices.get(limit.key, 0.0) for limit in problem.limits}),
        marginal_return=best.marginal_return,
        bound_kind="relaxed" if is_above else best.bound_kind,
    )


def _refuse_beyond_curves(asked: GroupCurves, plan: Plan) -> None:
    """Refuse fixed shares that ask more of a channel than its curve knows."""
    ends = asked.channel_curves.upper
    for name, path in asked.paths.items():
        if path.fractions is None:
            continue
        for channel, part in zip(path.channels, map(float, path.fractions * plan.spends[name]), strict=True):
            if part > float(ends[channel]) * (1 + BEYOND_END):
                raise SplitError(
                    f"With these shares {channel} would spend {marked_amount(part)}, but its curve ends at "
                    f"{marked_amount(ends[channel])}. Give {channel} a smaller share of {name}, or read the curves "
                    "further."
                )


def best_shares(plan: Plan, group: str) -> Numbers:
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
    members = list(plan.members(group))
    own = plan.problem.group_curves.shares_at(plan.spends)[group]
    best = _best_shares(plan, [group], plan.problem.group_curves)[group]
    spends = plan.channel_spends.copy()
    spends[members] = best[members] * plan.spends[group]
    # Utilities that are searched may miss the split that the plan has; ties stay with what was found.
    found = plan.problem.utility.of(plan.problem.channel_curves.earned_by(by_name(spends)))
    is_missed = difference(found, plan.delivered) < 0 and not plan.problem.broken_by(plan.channel_spends)
    return own if is_missed else best


def best_split_spends(plan: Plan) -> Numbers:
    """Channel spends that earn most when every group keeps its spend in the plan and all limits hold, in currency."""
    found = plan.channel_spends.copy()
    for name, shares in _best_shares(plan, list(plan.problem.groups), plan.problem.group_curves).items():
        found[list(shares.index)] = shares * plan.spends[name]
    return found


def _best_shares(plan: Plan, free: list[str], others: GroupCurves) -> dict[str, Numbers]:
    """Best shares of the `free` groups at their spends, when the other groups are split as in `others`."""
    groups = plan.problem.groups
    apart = others.channel_plan(plan.spends)
    held = [_kept(name, name, groups[name], float(plan.spends[name])) for name in free]
    held += [
        _kept(f"{name} · {channel}", channel, (channel,), float(apart[channel]))
        for name in groups
        if name not in free
        for channel in groups[name]
    ]
    if not free:
        return {}
    alone = group_curves(plan.problem.channel_curves)
    fixed = FixedBudget(plan.total)
    old = plan.problem
    # What groups spend is kept, and so are limits on its amounts.
    constraints = on_single_channels(old.constraints, alone.paths)
    found = solve(stated_problem(alone, fixed, constraints, old.names, held, old.utility), [apart]).spends
    return {
        name: found[list(groups[name])] / found[list(groups[name])].sum()
        if plan.spends[name] > 0
        else plan.problem.group_curves.paths[name].shares_at(0.0)
        for name in free
    }


def _kept(key: str, name: str, channels: tuple[str, ...], spend: float) -> Limit:
    """What keeps a group or channel at its spend, in currency, while other money is decided on."""
    label = MarkedText(f"{name} keeps {marked_amount(spend)}")
    return Limit(f"held[{key}]", "kept_spend", label, dict.fromkeys(channels, 1.0), spend, spend)


@dataclass(frozen=True)
class SplitPrices:
    """What one group's money earns under three splits, in units of the target.

    Attributes
    ----------
    current, historical, best : float
        Mean response of the group. `historical` is NaN for a group that spent nothing in the reference period, and
        where that split leaves a curve.
    over_historical, over_best : float
        What the whole plan earns more with the current split than with that one, in its own utility: for the mean the
        difference of the two above. Against the best one 0 or less, up to rounding.
    worth : float
        How much more money for the group, split as it is, would make up for the loss against the best split, in
        currency; NaN if none would.
    """

    current: float
    historical: float
    best: float
    over_historical: float
    over_best: float
    worth: float


def split_prices(plan: Plan, group: str, best: Mapping[str, float]) -> SplitPrices:
    """Compare a group's split in the plan with the historical and with `best` shares, at the same spend."""
    curves, utility = plan.problem.channel_curves, plan.problem.utility
    members = plan.problem.groups[group]
    spend, others = float(plan.spends[group]), by_name(plan.channel_spends)

    def earned(shares: Mapping[str, float]) -> tuple[float, float]:
        """Mean response of the group, and utility of the whole plan."""
        split = others | {channel: shares[channel] * spend for channel in members}
        return float(np.mean(curves.earned_by(split, members))), utility.of(curves.earned_by(split))

    current, now = earned(by_name(plan.problem.group_curves.shares_at(plan.spends)[group]))
    historical, before = _historical(curves, group, members, spend, earned)
    most, reached = earned(best)
    over_best = float(difference(now, reached))
    worth = group_worth(plan, group, -over_best, utility)
    return SplitPrices(current, historical, most, float(difference(now, before)), over_best, worth)


def _historical(
    curves: ResponseCurves,
    group: str,
    members: tuple[str, ...],
    spend: float,
    earned: Callable[[Mapping[str, float]], tuple[float, float]],
) -> tuple[float, float]:
    unknown = (float("nan"), float("nan"))
    if not curves.reference_spend[list(members)].sum() > 0:
        return unknown
    shares = shares_of(curves, {group: members}, "historical")[group]
    is_known = (shares * spend <= curves.upper[list(members)] * (1 + BEYOND_END)).all()
    return earned(by_name(shares)) if is_known else unknown

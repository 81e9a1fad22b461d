"""What a difference in response is worth in money: solved for in its own measure, not read off a margin."""

from collections.abc import Callable

import numpy as np

from mmm_groups.numerics.labelled import by_name, number_at
from mmm_groups.numerics.tolerances import SAME
from mmm_groups.plan.frontier import frontier_of, range_to_plan
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.utilities import MEAN, Utility

_CLOSE = 1e-4  # of the difference: nearer no planner looks
_STEPS = 40  # measured: three to five
_FIRST = 0.01  # of the plan's money: the first step where its margin says nothing


def budget_worth(plan: Plan, wanted: float, measured: Callable[[Plan], float] | None = None) -> float:
    """How much more budget the best plan takes to earn `wanted` than to earn what this plan does, in currency.

    Parameters
    ----------
    plan : Plan
        Its groups, splits, limits and utility are kept, and the budget is moved.
    wanted : float
        In units of the target, in the measure of `measured`.
    measured : callable, optional
        What a plan earns; default: `Plan.delivered`, its utility on the channels' own curves.

    Returns
    -------
    float
        Below 0 where less budget earns it; NaN where no budget that limits and curves allow does.
    """
    earns = _delivered if measured is None else measured
    now = earns(plan)
    if abs(wanted - now) <= SAME * max(abs(wanted), abs(now)):
        return 0.0
    least, most = range_to_plan(plan.problem)
    least, most = min(least, plan.total), max(most, plan.total)

    def earned(budget: float) -> float:
        return earns(frontier_of(plan, [budget])[0])

    price, close = plan.marginal_return, _CLOSE * abs(wanted - now)
    best = earned(plan.total)
    begun = plan.total
    if abs(best - now) > close:  # split otherwise after it was optimised: less budget earns as much
        begun = _where(earned, now, (plan.total, best), price, (least, most), close)
    return _where(earned, wanted, (plan.total, best), price, (least, most), close) - begun


def group_worth(plan: Plan, group: str, change: float, utility: Utility = MEAN) -> float:
    """How much more money for one group along its split changes what the plan's channels earn by `change`.

    Parameters
    ----------
    plan : Plan
    group : str
    change : float
        Of the response's utility, in units of the target.
    utility : Utility
        The measure; default: the mean.

    Returns
    -------
    float
        In currency; below 0 where less money does, NaN where no money that the curves know does.
    """
    curves, channels = plan.problem.group_curves, plan.problem.channel_curves
    spent, members = float(plan.spends[group]), plan.problem.groups[group]
    end = curves.points.item(curves.place_of[group], -1)
    own = channels.earned_by(by_name(plan.channel_spends), members)
    apart = np.zeros(1) if channels.is_conditional else plan.response.values - own

    def earned(spend: float) -> float:
        spends = plan.spends.copy()
        spends[group] = spend
        moved = by_name(curves.channel_plan(spends))
        return utility.of(apart + channels.earned_by(moved, None if channels.is_conditional else members))

    now = earned(spent)
    if abs(change) <= SAME * abs(now):
        return 0.0
    mroi = number_at(plan.groups, group, "mroi")
    return _where(earned, now + change, (spent, now), mroi, (0.0, max(end, spent)), _CLOSE * abs(change)) - spent


def _delivered(plan: Plan) -> float:
    return plan.delivered


def _where(
    earned: Callable[[float], float],
    wanted: float,
    start: tuple[float, float],
    price: float,
    ends: tuple[float, float],
    close: float,
) -> float:
    """The money nearest to the start that earns `wanted`, by secants held inside a bracket; NaN if none does."""
    (at, value), (least, most) = start, ends
    if abs(value - wanted) <= close:
        return at
    is_up = wanted > value
    near, far = at, most if is_up else least
    step = (wanted - value) / price if price > 0 else _FIRST * (far - near)
    is_bracketed = False
    for _ in range(_STEPS):
        following = min(max(at + step, min(near, far)), max(near, far))
        earns = earned(following)
        if abs(earns - wanted) <= close:
            return following
        if (earns > wanted) == is_up:
            far, is_bracketed = following, True
        elif following == far:
            return float("nan")
        else:
            near = following
        slope = (earns - value) / (following - at) if following != at else 0.0
        at, value = following, earns
        step = (wanted - value) / slope if slope > 0 else 0.0
        if not min(near, far) < at + step < max(near, far):
            step = (near + far) / 2 - at if is_bracketed else 2 * (at - start[0]) or far - at
    return float("nan")

"""What it costs to move money between groups away from a plan, with the same money in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mmm_groups.errors import SplitError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount, marked_exactly
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import Numbers, by_name, column_of, labels_of
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.ties import difference
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.share_bounds import tightest_bounds
from mmm_groups.plan.worth import budget_worth

_MISSED = 1e-9  # relative to the plan's money: rounding in a sum of spends


@dataclass(frozen=True, eq=False)
class MovedPlan:
    """A plan's money spread over its groups another way, and what that earns more or less.

    Attributes
    ----------
    plan : Plan
        Where the money was.
    spends : Numbers
        Group to spend, in currency.
    channel_spends : Numbers
        Channel to spend along each group's split in the plan, in currency.
    response : array, (draw,)
        What the channels earn, in units of the target.
    broken : tuple[MarkedText, ...]
        The plan's limits that these spends break, in words.
    """

    plan: Plan
    spends: Numbers
    channel_spends: Numbers
    response: Floats
    broken: tuple[MarkedText, ...]

    @cached_property
    def _gain(self) -> Floats:
        return difference(self.response, self.plan.response.values)

    @property
    def difference(self) -> float:
        """Mean response of the moved spends minus that of the plan, in units of the target."""
        return float(np.mean(self._gain))

    @property
    def interval(self) -> tuple[float, float]:
        """Highest-density interval of the difference, draw by draw; NaN without draws."""
        low, high = hdi(self._gain, self.plan.interval)
        return float(low), float(high)

    @property
    def probability_better(self) -> float:
        """Share of draws in which the moved spends earn more than the plan; NaN without draws."""
        if not self.plan.has_draws:
            return float("nan")
        return float(np.mean(self._gain > 0))

    @cached_property
    def utility_difference(self) -> float:
        """The same difference in what the plan was chosen for (by default the mean), on the channels' own curves."""
        return float(difference(self.plan.problem.utility.of(self.response), self.plan.delivered))

    @cached_property
    def worth(self) -> float:
        """Budget that is worth `utility_difference`, in currency, below 0 for a loss; NaN if no budget is.

        Solved for along the best plans of other budgets; see `budget_worth`.
        """
        return budget_worth(self.plan, self.plan.delivered + self.utility_difference)


def moved_plan(plan: Plan, spends: Mapping[str, float]) -> MovedPlan:
    """Spend a plan's money on its groups in another way; every group keeps its split.

    Parameters
    ----------
    plan : Plan
    spends : mapping
        Group to spend over the horizon, in currency; every group of the plan.

    Raises
    ------
    SplitError
        If groups are missing or unknown, a spend is negative, the money is not the plan's, or a curve ends below.
    """
    moved = _checked(plan, spends)
    channels = plan.problem.group_curves.channel_plan(moved)
    curves = plan.problem.channel_curves
    beyond = [name for name in curves.channels if channels[name] > curves.upper[name] * (1 + _MISSED)]
    if beyond:
        end = float(curves.upper[beyond[0]])
        raise SplitError(
            f"{beyond[0]} would spend {marked_amount(channels[beyond[0]])}, but its curve ends at "
            f"{marked_amount(end)}. Move less money."
        )
    response = curves.earned_by(by_name(channels))
    broken = tuple(limit.label for limit in plan.problem.broken_by(channels))
    return MovedPlan(plan, moved, channels, response, broken)


def _checked(plan: Plan, spends: Mapping[str, float]) -> Numbers:
    names = labels_of(plan.spends)
    if set(spends) != set(names):
        raise SplitError(f"Spends are given for {sorted(spends)}, but the plan's groups are {names}. Name each once.")
    moved = pd.Series({name: float(spends[name]) for name in names}, dtype=np.float64)
    for wrong in labels_of(moved[~np.isfinite(moved) | (moved < 0)]):
        raise SplitError(f"The spend of {wrong} is {marked(moved[wrong]):g}. A spend is a number from 0.")
    if abs(moved.sum() - plan.total) > _MISSED * plan.total * len(names):
        raise SplitError(
            f"The moved spends add up to {marked_exactly(moved.sum())}, the plan's to {marked_exactly(plan.total)}. "
            "What one group gets, others must give."
        )
    return moved


def spend_bounds(plan: Plan) -> pd.DataFrame:
    """Least and greatest spend of every group when the plan's money stays the same and each group keeps its split.

    Counted are limits that come down to one group, and the ends of curves. A limit on several groups, but not on all,
    bounds none of them by itself: a moved plan names it when it is broken.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pd.DataFrame
        Indexed by group: lower and upper, in currency; lower_by and upper_by, the limit in words, empty where nothing
        but the money in all holds the group.
    """
    groups, curves = plan.problem.groups, plan.problem.group_curves
    shares = curves.shares_at(plan.spends)
    stated = []
    for limit in plan.problem.limits:
        inside = {name: {limit.coefficients.get(channel, 0.0) for channel in groups[name]} for name in groups}
        if any(len(inside[name]) > 1 and curves.paths[name].fractions is None for name in groups):
            continue  # such a group's own mix changes with its spend: the limit is no bound on the spend alone
        factors = {
            name: next(iter(same))
            if len(same) == 1
            else sum(float(shares[name][channel]) * limit.coefficients.get(channel, 0.0) for channel in groups[name])
            for name, same in inside.items()
        }
        stated.append((limit.label, factors, limit.lower, limit.upper))
    for name, path in curves.paths.items():
        ends = [
            (float(curves.channel_curves.upper[channel]) / share, channel)
            for channel, share in by_name(shares[name]).items()
            if share > 0 and path.fractions is not None
        ]
        if ends:
            most, channel = min(ends)
            end = curves.channel_curves.upper[channel]
            label = MarkedText(f"the curve of {channel} ends at {marked_amount(end)}")
            stated.append((label, {other: float(other == name) for other in groups}, -np.inf, most))
    return tightest_bounds(stated, list(groups), plan.total)


def spends_at(plan: Plan, shares: Mapping[str, float], kept: frozenset[str], bounds: pd.DataFrame) -> Numbers:
    """Spends that come nearest to rounded shares of the plan's money, inside the bounds, and add up to it exactly.

    Parameters
    ----------
    plan : Plan
    shares : mapping
        Group to share of the plan's money, rounded as a slider does; they add up to 1.
    kept : frozenset
        Groups that nobody moved: they keep their exact spend where the others have room for the rounding.
    bounds : pd.DataFrame
        From `spend_bounds`.

    Returns
    -------
    pd.Series
        Group to spend, in currency.
    """
    names = labels_of(plan.spends)
    lower, upper = (column_of(bounds, end)[names].to_numpy(dtype=np.float64) for end in ("lower", "upper"))
    before = plan.spends.to_numpy(dtype=np.float64)
    moves = np.array([name not in kept for name in names])
    wanted = np.where(moves, [shares[name] * plan.total for name in names], before)
    # Rounding must not carry a spend out of what limits leave; where it began beyond, it may stay.
    spends: Floats = np.clip(wanted, np.minimum(lower, before), np.maximum(upper, before))
    for may_move in (moves, np.ones(len(names), bool)):
        rest = plan.total - float(np.sum(spends))
        room: Floats = np.maximum(np.where(may_move, (upper - spends) if rest > 0 else (spends - lower), 0.0), 0.0)
        all_room = float(np.sum(room))
        if all_room > 0:
            spends = spends + rest * min(1.0, all_room / abs(rest) if rest else 1.0) * room / all_room
    return pd.Series(spends, index=names, dtype=np.float64)

"""A plan: what every group and channel spends, and what that earns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.curves.spend_table import given_interval, spend_table
from mmm_groups.errors import SplitError
from mmm_groups.numerics.digits import amount
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.labelled import Numbers, by_name, labels_of
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.numerics.ties import difference
from mmm_groups.numerics.tolerances import SAME, WORTHLESS
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.limit import Limit


@dataclass(frozen=True, repr=False)
class Plan:
    """Group spends with the problem they answer.

    Attributes
    ----------
    problem : BudgetProblem
    spends : Numbers
        Group to spend over the horizon, in currency.
    utility : float
        Utility (by default the mean) of the response that the group curves predict, in units of the target.
    objective : float
        What the goal maximises: the utility for a fixed budget and a target ROI; response - value x spend for a target
        marginal ROI; the profit for the largest profit; minus the spend for a target response.
    upper_bound : float
        Objective that no plan under the same limits can exceed; NaN where no bound is known.
    shadow_prices : Numbers
        Limit key to objective per unit of currency by which that limit is loosened (a cap raised, a floor lowered); for
        the budget and for locks: by which the amount is raised.
    marginal_return : float
        Response per unit of currency at the plan's margin: what a unit of money is worth elsewhere.
    bound_kind : str
        `proven`: no plan exceeds the bound, and the search closed on it. `relaxed`: no plan exceeds it, but how near
        one comes is not known. `unknown`: there is no bound.
    interval : float
        Mass of the highest-density intervals.
    """

    problem: BudgetProblem
    spends: Numbers
    utility: float
    objective: float
    upper_bound: float
    shadow_prices: Numbers
    marginal_return: float
    bound_kind: str = "proven"
    interval: float = INTERVAL

    def __repr__(self) -> str:
        spends = ", ".join(f"{name} {amount(spend)}" for name, spend in self.spends.items())
        return f"<Plan of {amount(self.total)}: {spends}; {self.utility:,.4g} {self.target}, gap {self.gap:.1e}>"

    @property
    def target(self) -> str:
        """What the response is counted in: the name of the model's target."""
        return self.problem.channel_curves.target

    @property
    def has_draws(self) -> bool:
        """True if the curves are uncertain: they came with posterior draws."""
        return self.problem.channel_curves.has_draws

    @property
    def has_reference(self) -> bool:
        """True if the reference spend of every channel is known."""
        return self.problem.channel_curves.has_reference

    @property
    def reference_spend(self) -> Numbers:
        """Channel to what it would spend without a plan, in currency; NaN if it is unknown."""
        return self.problem.channel_curves.reference_spend

    @cached_property
    def total(self) -> float:
        """Money spent in all, over the horizon, in currency."""
        return float(self.spends.sum())

    def members(self, group: str) -> tuple[str, ...]:
        """Channels of a group of the plan; raises SplitError if there is no such group."""
        groups = self.problem.groups
        if group not in groups:
            raise SplitError(f"There is no group '{group}' in the plan. Its groups are {list(groups)}.")
        return groups[group]

    @property
    def gap(self) -> float:
        """Share of the upper bound that the plan may at most be missing; NaN where no bound is known."""
        return (self.upper_bound - self.objective) / abs(self.upper_bound) if self.upper_bound else 0.0

    @property
    def has_group_models(self) -> bool:
        """True if curves of groups are models of their own, which promise something else than their channels earn."""
        is_grouped = any(len(members) > 1 for members in self.problem.groups.values())
        return is_grouped and self.problem.group_curves.method != "sum"

    @cached_property
    def channel_spends(self) -> Numbers:
        """Channel to spend over the horizon, in currency."""
        return self.problem.group_curves.channel_plan(self.spends)

    @cached_property
    def channel_response(self) -> xr.DataArray:
        """Response of each channel on the channel curves, dims (draw, channel)."""
        return self.problem.channel_curves.response_at(by_name(self.channel_spends))

    @cached_property
    def response(self) -> xr.DataArray:
        """Response of the channel plan, dims (draw,): on the channel curves, or on the model that answers for them."""
        return xr.DataArray(self.problem.channel_curves.earned_by(by_name(self.channel_spends)), dims=("draw",))

    @cached_property
    def delivered(self) -> float:
        """Utility of the response of the channel plan, in units of the target: what `utility` predicts."""
        return self.problem.utility.of(self.response.values)

    @cached_property
    def group_response(self) -> xr.DataArray:
        """Response of each group as its group curve predicts it, dims (draw, group)."""
        if self.problem.channel_curves.is_conditional:  # a curve would speak of other groups at their reference spend
            values = self._earned(self.channel_spends)
            return xr.DataArray(values, dims=("draw", "group"), coords={"group": list(self.problem.group_curves.paths)})
        return self.problem.group_curves.response_at(self.spends)

    @cached_property
    def predicted(self) -> xr.DataArray:
        """Response as the group curves predict it, dims (draw,); where channels do not add up, as the model does."""
        is_joint = self.problem.channel_curves.is_conditional
        return self.response if is_joint else self.group_response.sum("group")

    def _earned(self, spends: Numbers) -> NDArray[np.float64]:
        """What each group's channels earn at channel spends, (draw, group); NaN if those are unknown."""
        curves, groups = self.problem.channel_curves, self.problem.groups
        if not np.isfinite(spends).all():
            return np.full((curves.draws, len(groups)), np.nan)
        plan = by_name(spends)
        return np.stack([curves.earned_by(plan, members) for members in groups.values()], axis=1)

    @cached_property
    def reference_response(self) -> xr.DataArray:
        """Response of the reference spend, dims (draw,), in units of the target; NaN if it is unknown."""
        curves = self.problem.channel_curves
        if not np.isfinite(curves.reference_spend).all():
            return xr.full_like(self.response, np.nan)
        return xr.DataArray(curves.earned_by(by_name(curves.reference_spend)), dims=("draw",))

    @cached_property
    def probability_better(self) -> float:
        """Share of draws in which the plan earns more than the reference spend; NaN without draws, without a reference,
        and where the plan is the reference.
        """
        is_known = self.has_draws and bool(np.isfinite(self.gain).all()) and not self.is_reference
        return float(np.mean(self.gain > 0)) if is_known else float("nan")

    @cached_property
    def gain(self) -> NDArray[np.float64]:
        """Response of the plan less that of the reference spend, (draw,); NaN if that is unknown."""
        return difference(self.response.values, self.reference_response.values)

    @cached_property
    def is_reference(self) -> bool:
        """True if every channel spends what it spends in the reference."""
        moved = np.abs(self.channel_spends.to_numpy() - self.reference_spend[self.channel_spends.index].to_numpy())
        return bool((moved <= SAME * self.total).all())

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row a group: `spend_table`'s columns and the following.

        reference_spend and change; response_change with response_change_low and response_change_high, its interval,
        against what the reference spend earns; predicted, mroi, binding, extrapolated. `response` is what its channels
        earn on their own curves, `predicted` what the group's curve says.
        """
        members = self.problem.groups
        curves = self.problem.channel_curves
        response = self._earned(self.channel_spends)
        reference = pd.Series({g: curves.reference_of(m) for g, m in members.items()})
        beyond = curves.extrapolated(by_name(self.channel_spends))
        given = given_interval(curves, members, by_name(self.channel_spends))
        table = _against(spend_table(self.spends, response, self.interval, given), reference)
        names = labels_of(table)
        before = self._earned(curves.reference_spend)
        gained = difference(response, before)
        table["response_change"] = np.mean(gained, axis=0)
        table["response_change_low"], table["response_change_high"] = hdi(gained, self.interval)
        table["predicted"] = self.group_response.mean("draw").values
        table["mroi"] = self._group_mroi()
        table["binding"] = _texts(table, (self.binding_on(members[name]) for name in names))
        table["extrapolated"] = [any(beyond[channel] for channel in members[name]) for name in names]
        return table.rename_axis("group")

    @cached_property
    def channels(self) -> pd.DataFrame:
        """One row a channel: its group, its share of the group, and the columns of `groups`."""
        curves = self.problem.channel_curves
        given = given_interval(curves, {name: (name,) for name in curves.channels}, by_name(self.channel_spends))
        table = spend_table(self.channel_spends, self.channel_response.values, self.interval, given)
        table = _against(table, curves.reference_spend)
        names = labels_of(table)
        table["mroi"] = curves.mroi_at(by_name(self.channel_spends))
        table["binding"] = _texts(table, (self.binding_on((name,)) for name in names))
        table["extrapolated"] = curves.extrapolated(by_name(self.channel_spends))
        group_of = {channel: group for group, inside in self.problem.groups.items() for channel in inside}
        table.insert(0, "group", [group_of[name] for name in names])
        shares = pd.concat(list(self.problem.group_curves.shares_at(self.spends).values()))
        table.insert(1, "split", shares[table.index])
        return table.rename_axis("channel")

    def _group_mroi(self) -> Numbers:
        """Response to each group's next unit of currency along its split; the other groups as in this plan."""
        curves = self.problem.group_curves
        if not curves.channel_curves.is_conditional:
            return curves.mroi_at(self.spends)
        slopes = curves.channel_curves.mroi_at(by_name(self.channel_spends))
        shares = curves.shares_at(self.spends)
        return pd.Series({name: float((share * slopes[share.index]).sum()) for name, share in shares.items()})

    def binding_on(self, channels: tuple[str, ...]) -> MarkedText:
        """Limits on any of these channels that hold the plan back, in words; not those on the whole budget."""
        return MarkedText.joined(
            "; ",
            (
                limit.label
                for limit, _ in self.holding_limits
                if not limit.is_on_budget and set(limit.channels) & set(channels)
            ),
        )

    @cached_property
    def holding_limits(self) -> list[tuple[Limit, float]]:
        """Limits that hold the plan back, with their shadow prices: binding, and worth something if loosened."""
        least = WORTHLESS * float(self.shadow_prices.abs().max())
        priced = [(limit, float(self.shadow_prices[limit.key])) for limit in self.problem.limits]
        return [
            (limit, price)
            for (limit, price), is_binding in zip(priced, map(bool, self.is_binding), strict=True)
            if is_binding and abs(price) > least
        ]

    @cached_property
    def is_binding(self) -> NDArray[np.bool_]:
        """Which limits hold exactly, (limit,)."""
        used = self.problem.used(self.channel_spends)
        slack = np.minimum(np.abs(used - self.problem.upper), np.abs(used - self.problem.lower))
        found: NDArray[np.bool_] = slack <= self.problem.tolerances
        return found


def _texts(table: pd.DataFrame, texts: Iterable[MarkedText]) -> pd.Series:
    """A column of texts as they are: of its own, pandas would make plain ones of them."""
    return pd.Series(list(texts), index=table.index, dtype=object)


def _against(table: pd.DataFrame, reference: Numbers) -> pd.DataFrame:
    spent = reference[table.index]
    return table.assign(reference_spend=spent, change=difference(table["spend"], spent))

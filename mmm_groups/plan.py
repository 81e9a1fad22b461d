"""A plan: what every group and channel spends, and what that earns."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.intervals import INTERVAL
from mmm_groups.limits import BUDGET_KEY
from mmm_groups.problem import BudgetProblem
from mmm_groups.summary import given_interval, spend_table

_WORTHLESS = 1e-6  # relative to the budget's shadow price: a limit worth less than this holds nobody


@dataclass(frozen=True, repr=False)
class Plan:
    """Group spends with the problem they answer.

    Attributes
    ----------
    problem : BudgetProblem
    spends : pd.Series
        Group to spend over the horizon, in currency.
    utility : float
        Mean response that the group curves predict, in units of the target.
    upper_bound : float
        Mean response that no plan under the same limits can exceed.
    shadow_prices : pd.Series
        Limit key to utility per unit of currency by which that limit is loosened (a cap raised, a floor lowered); for
        the budget and for locks: by which the amount is raised.
    interval : float
        Mass of the highest-density intervals.
    """

    problem: BudgetProblem
    spends: pd.Series
    utility: float
    upper_bound: float
    shadow_prices: pd.Series
    interval: float = INTERVAL

    def __repr__(self) -> str:
        target = self.problem.curves.curves.target
        spends = ", ".join(f"{name} {spend:,.0f}" for name, spend in self.spends.items())
        return f"<Plan of {self.problem.goal.total:,.0f}: {spends}; {self.utility:,.0f} {target}, gap {self.gap:.1e}>"

    @property
    def gap(self) -> float:
        """Share of the upper bound that the plan may at most be missing."""
        return (self.upper_bound - self.utility) / abs(self.upper_bound) if self.upper_bound else 0.0

    @cached_property
    def channel_spends(self) -> pd.Series:
        """Channel to spend over the horizon, in currency."""
        return self.problem.curves.channel_plan(self.spends)

    @cached_property
    def channel_response(self) -> xr.DataArray:
        """Response of each channel on the channel curves, dims (draw, channel)."""
        return self.problem.curves.curves.response_at(self.channel_spends.to_dict())

    @property
    def response(self) -> xr.DataArray:
        """Response of the channel plan on the channel curves, dims (draw,), in units of the target."""
        return self.channel_response.sum("channel")

    @cached_property
    def group_response(self) -> xr.DataArray:
        """Response of each group as its group curve predicts it, dims (draw, group)."""
        return self.problem.curves.response_at(self.spends)

    @property
    def predicted(self) -> xr.DataArray:
        """Response as the group curves predict it, dims (draw,)."""
        return self.group_response.sum("group")

    @cached_property
    def reference_response(self) -> xr.DataArray:
        """Response of the reference spend on the channel curves, dims (draw, channel); NaN if it is unknown."""
        curves = self.problem.curves.curves
        if not np.isfinite(curves.reference_spend).all():
            return xr.full_like(self.channel_response, np.nan)
        return curves.response_at(curves.reference_spend.to_dict())

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row a group: `spend_table`'s columns, reference_spend, change, predicted, mroi, binding, extrapolated.

        `response` is what its channels earn on their own curves, `predicted` what the group's curve says.
        """
        members = self.problem.curves.groups
        curves = self.problem.curves.curves
        response = np.stack(
            [self.channel_response.sel(channel=list(m)).sum("channel").values for m in members.values()], axis=1
        )
        reference = pd.Series({g: float(curves.reference_spend[list(m)].sum(skipna=False)) for g, m in members.items()})
        beyond = curves.extrapolated(self.channel_spends.to_dict())
        given = given_interval(curves, members, self.channel_spends.to_dict())
        table = _against(spend_table(self.spends, response, self.interval, given), reference)
        table["predicted"] = self.group_response.mean("draw").values
        table["mroi"] = self.problem.curves.mroi_at(self.spends)
        table["binding"] = [self._binding_on(members[name]) for name in table.index]
        table["extrapolated"] = [bool(beyond[list(members[name])].any()) for name in table.index]
        return table.rename_axis("group")

    @cached_property
    def channels(self) -> pd.DataFrame:
        """One row a channel: its group, its share of the group, and the columns of `groups`."""
        curves = self.problem.curves.curves
        given = given_interval(curves, {name: (name,) for name in curves.channels}, self.channel_spends.to_dict())
        table = spend_table(self.channel_spends, self.channel_response.values, self.interval, given)
        table = _against(table, curves.reference_spend)
        table["mroi"] = curves.mroi_at(self.channel_spends.to_dict())
        table["binding"] = [self._binding_on((name,)) for name in table.index]
        table["extrapolated"] = curves.extrapolated(self.channel_spends.to_dict())
        group_of = {channel: group for group, inside in self.problem.curves.groups.items() for channel in inside}
        table.insert(0, "group", [group_of[name] for name in table.index])
        shares = pd.concat(list(self.problem.curves.shares_at(self.spends).values()))
        table.insert(1, "split", shares[table.index])
        return table.rename_axis("channel")

    def _binding_on(self, channels: tuple[str, ...]) -> str:
        """Limits that hold these channels' spend: met exactly, naming one of them, and worth something if loosened."""
        least = _WORTHLESS * max(abs(float(self.shadow_prices[BUDGET_KEY])), 1e-300)
        return "; ".join(
            limit.label
            for limit, is_binding in zip(self.problem.limits, self.is_binding, strict=True)
            if is_binding
            and abs(float(self.shadow_prices[limit.key])) > least
            and (limit.named & set(channels) or limit.key in {f"curve_end[{name}]" for name in self._decided(channels)})
        )

    def _decided(self, channels: tuple[str, ...]) -> list[str]:
        groups = self.problem.decisions.groups
        return [name for name, members in groups.items() if set(members) & set(channels)]

    @cached_property
    def is_binding(self) -> NDArray[np.bool_]:
        """Which limits hold exactly, (limit,)."""
        used = self.problem.used(self.channel_spends)
        slack = np.minimum(np.abs(used - self.problem.upper), np.abs(used - self.problem.lower))
        found: NDArray[np.bool_] = slack <= self.problem.tolerance
        return found


def _against(table: pd.DataFrame, reference: pd.Series) -> pd.DataFrame:
    return table.assign(reference_spend=reference[table.index], change=table["spend"] - reference[table.index])

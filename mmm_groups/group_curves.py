"""Response curves of groups, out of the curves of their channels."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.errors import CurvesError
from mmm_groups.piecewise import interpolate, slopes_at_points
from mmm_groups.response_curves import ResponseCurves
from mmm_groups.shares import Split, shares_of

Floats = NDArray[np.float64]
Method = Literal["sum"]
METHODS = ("sum",)
_MOST_POINTS = 600
_NO_SHARE = 1e-12  # a smaller share is no money at any spend, and must not stretch the group's curve


@dataclass(frozen=True)
class GroupCurves:
    """Response of every group to its spend over the horizon.

    Attributes
    ----------
    curves : ResponseCurves
        The channels' curves they were made of.
    method : str
        `sum`: the responses of the members along the group's shares, added up.
    shares : dict[str, pd.Series]
        Group to its channels' shares, each adding up to 1.
    spend : xr.DataArray, dims (group, point)
        Spend of the group over the horizon, in currency.
    response : xr.DataArray, dims (draw, group, point)
        Response of the group, in units of the target.
    """

    curves: ResponseCurves
    method: Method
    shares: dict[str, pd.Series]
    spend: xr.DataArray
    response: xr.DataArray
    _mean: list[Floats] = field(default_factory=list, repr=False, compare=False)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Group to its channels; an ungrouped channel is its own group."""
        return {name: tuple(map(str, shares.index)) for name, shares in self.shares.items()}

    @property
    def mean(self) -> Floats:
        """Posterior mean response, (group, point), computed once."""
        if not self._mean:
            self._mean.append(self.response.values.mean(axis=0, dtype=np.float64))
        return self._mean[0]

    def response_at(self, spends: pd.Series) -> xr.DataArray:
        """Response of every group at its spend, dims (draw, group), in units of the target.

        Raises
        ------
        CurvesError
            If a spend leaves the group's curve.
        """
        columns = []
        for i, name in enumerate(self.shares):
            self._refuse_outside(name, float(spends[name]), self.spend.values[i, -1])
            columns.append(interpolate(self.spend.values[i], self.response.values[:, i, :], float(spends[name])))
        return xr.DataArray(np.stack(columns, axis=1), dims=("draw", "group"), coords={"group": list(self.shares)})

    def mroi_at(self, spends: pd.Series) -> pd.Series:
        """Posterior mean response to the group's next unit of currency, along its split (target / currency)."""
        found = {}
        for i, name in enumerate(self.shares):
            slopes = slopes_at_points(self.spend.values[i], self.mean[i])
            found[name] = float(interpolate(self.spend.values[i], slopes, float(spends[name])))
        return pd.Series(found)

    def largest_known(self, group: str) -> float:
        """Largest spend of the group, along its split, at which no member leaves what history saw, in currency."""
        shares = self.shares[group]
        largest = self.curves.largest_spend[list(shares.index)]
        return float((largest[shares > _NO_SHARE] / shares[shares > _NO_SHARE]).min())

    def drawn_reach(self, group: str, spends: list[float]) -> float:
        """How far a chart of the group's curve should reach: half again beyond history and every marked spend."""
        end = float(self.spend.sel(group=group)[-1])
        widest = max([amount for amount in [*spends, self.largest_known(group)] if np.isfinite(amount)], default=end)
        return min(1.5 * widest, end) if widest > 0 else end

    def draws_along(self, group: str, spend: Floats) -> Floats:
        """Response of one group at many spends, (draw, n), in units of the target."""
        place = list(self.shares).index(group)
        self._refuse_outside(group, float(np.max(spend)), self.spend.values[place, -1])
        return interpolate(self.spend.values[place], self.response.values[:, place, :], spend)

    def parts_along(self, group: str, spend: Floats) -> dict[str, Floats]:
        """Posterior mean response of each member when the group spends `spend`, (n,): they add up to the group's."""
        channels = self.curves.channels
        return {
            str(channel): interpolate(
                self.curves.spend.values[channels.index(str(channel))],
                self.curves.mean[channels.index(str(channel))],
                spend * share,
            )
            for channel, share in self.shares[group].items()
        }

    def channel_plan(self, spends: pd.Series) -> pd.Series:
        """Spend of every channel when the groups spend `spends`, in the curves' channel order, in currency."""
        plan = pd.concat([shares * float(spends[name]) for name, shares in self.shares.items()])
        return plan[list(self.curves.channels)]

    @staticmethod
    def _refuse_outside(name: str, amount: float, end: float) -> None:
        if not 0 <= amount <= end * (1 + 1e-9):
            raise CurvesError(f"The spend of '{name}' is {amount:,.0f}, but its curve reaches from 0 to {end:,.0f}.")


def group_curves(
    curves: ResponseCurves,
    groups: ChannelGroups | None = None,
    method: Method = "sum",
    split: Split = "historical",
) -> GroupCurves:
    """Combine channel curves into group curves, per draw.

    *sum*: ``F(X) = Σ r[i](w[i] X)`` with the group's shares ``w``. The money is spent once: the members share it.

    Parameters
    ----------
    curves : ResponseCurves
    groups : ChannelGroups, optional
        Default: every channel is its own group.
    method : {"sum"}
    split : Split
        `historical`, or shares; for all groups or by group.

    Raises
    ------
    CurvesError
        If the method does not exist.
    GroupingError, SplitError
        If groups or shares do not fit the curves' channels.
    """
    if method not in METHODS:
        raise CurvesError(f"There is no method '{method}' for group curves. Choose one of {list(METHODS)}.")
    members = (groups or ChannelGroups()).over(curves.channels)
    shares = shares_of(curves, members, split)
    points = _equal_length([_group_points(curves, share) for share in shares.values()])
    response = np.stack([_summed(curves, share, at) for share, at in zip(shares.values(), points, strict=True)], axis=1)
    names = list(shares)
    return GroupCurves(
        curves=curves,
        method=method,
        shares=shares,
        spend=xr.DataArray(np.stack(points), dims=("group", "point"), coords={"group": names}),
        response=xr.DataArray(response, dims=("draw", "group", "point"), coords={"group": names}),
    )


def _group_points(curves: ResponseCurves, shares: pd.Series) -> Floats:
    """Spends at which any member's curve has a point: between them the group's curve is exactly linear."""
    places = [curves.channels.index(channel) for channel in shares.index]
    active = [(place, share) for place, share in zip(places, shares, strict=True) if share > _NO_SHARE]
    end = min(curves.spend.values[place, -1] / share for place, share in active)
    union = np.unique(np.concatenate([curves.spend.values[place] / share for place, share in active]))
    union = union[union < end * (1 - 1e-9)]
    if len(union) > _MOST_POINTS - 1:
        # Very large groups: evenly many of the members' points; the chords stay far inside the curves' own error.
        union = union[np.unique(np.linspace(0, len(union) - 1, _MOST_POINTS - 1).round().astype(int))]
    return np.concatenate([union[np.concatenate([[True], np.diff(union) > 1e-9 * end])], [end]])


def _equal_length(points: list[Floats]) -> list[Floats]:
    """Give all groups as many points as the richest has, by halving the widest gaps: linear pieces stay exact."""
    longest = max(map(len, points))
    return [_filled(at, longest) for at in points]


def _filled(at: Floats, count: int) -> Floats:
    while len(at) < count:
        widest = np.sort(np.argsort(np.diff(at))[::-1][: count - len(at)])
        at = np.insert(at, widest + 1, (at[widest] + at[widest + 1]) / 2)
    return at


def _summed(curves: ResponseCurves, shares: pd.Series, at: Floats) -> NDArray[np.floating]:
    total = np.zeros((curves.draws, len(at)), dtype=curves.response.dtype)
    for channel, share in shares.items():
        place = curves.channels.index(str(channel))
        spend = np.minimum(at * share, curves.spend.values[place, -1])
        total += interpolate(curves.spend.values[place], curves.response.values[:, place, :], spend).astype(total.dtype)
    return total

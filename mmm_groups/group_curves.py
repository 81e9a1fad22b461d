"""Response curves of groups, out of the curves of their channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.errors import CurvesError
from mmm_groups.piecewise import interpolate, slopes_at_points
from mmm_groups.re_estimation import SaturationFit, re_estimated
from mmm_groups.response_curves import ResponseCurves
from mmm_groups.shares import Split
from mmm_groups.split_path import NO_SHARE, SplitPath, fixed_path, split_paths, thinned

Floats = NDArray[np.float64]
Method = Literal["sum", "weighted_average", "re_estimated"]
METHODS: tuple[Method, ...] = ("sum", "weighted_average", "re_estimated")


@dataclass(frozen=True, repr=False)
class GroupCurves:
    """Response of every group to its spend over the horizon.

    Attributes
    ----------
    curves : ResponseCurves
        The channels' curves they were made of.
    method : str
        How members become one curve; see `group_curves`.
    paths : dict[str, SplitPath]
        Group to what its channels spend at every group spend.
    spend : xr.DataArray, dims (group, point)
        Spend of the group over the horizon, in currency.
    response : xr.DataArray, dims (draw, group, point)
        Response of the group, in units of the target.
    fits : dict[str, SaturationFit]
        Group to its re-estimated curve, with its fit error; empty for other methods and for single channels.
    notes : tuple[str, ...]
        What a planner must know about these curves, in sentences.
    """

    curves: ResponseCurves
    method: Method
    paths: dict[str, SplitPath]
    spend: xr.DataArray
    response: xr.DataArray
    fits: dict[str, SaturationFit] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _mean: list[Floats] = field(default_factory=list, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<GroupCurves by {self.method}: {', '.join(self.paths)}; {dict(self.response.sizes)}>"

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Group to its channels; an ungrouped channel is its own group."""
        return {name: path.channels for name, path in self.paths.items()}

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
        columns = [self.draws_along(name, np.array([float(spends[name])]))[:, 0] for name in self.paths]
        return xr.DataArray(np.stack(columns, axis=1), dims=("draw", "group"), coords={"group": list(self.paths)})

    def mroi_at(self, spends: pd.Series) -> pd.Series:
        """Posterior mean response to the group's next unit of currency, along its split (target / currency)."""
        found = {}
        for i, name in enumerate(self.paths):
            slopes = slopes_at_points(self.spend.values[i], self.mean[i])
            found[name] = float(interpolate(self.spend.values[i], slopes, float(spends[name])))
        return pd.Series(found)

    def shares_at(self, spends: pd.Series) -> dict[str, pd.Series]:
        """Group to its channels' shares at its spend, each adding up to 1."""
        return {name: path.shares_at(float(spends[name])) for name, path in self.paths.items()}

    def largest_known(self, group: str) -> float:
        """Largest spend of the group, along its split, at which no member leaves what history saw, in currency."""
        return self.paths[group].inside(self.curves.largest_spend)

    def drawn_reach(self, group: str, spends: list[float]) -> float:
        """How far a chart of the group's curve should reach: half again beyond history and every marked spend."""
        end = float(self.spend.sel(group=group)[-1])
        widest = max([amount for amount in [*spends, self.largest_known(group)] if np.isfinite(amount)], default=end)
        return min(1.5 * widest, end) if widest > 0 else end

    def draws_along(self, group: str, spend: Floats) -> Floats:
        """Response of one group at many spends, (draw, n), in units of the target.

        Raises
        ------
        CurvesError
            If a spend leaves the group's curve.
        """
        place = list(self.paths).index(group)
        end = float(self.spend.values[place, -1])
        if not (spend.min() >= 0 and spend.max() <= end * (1 + 1e-9)):
            raise CurvesError(
                f"The spend of '{group}' is {spend.max():,.0f}, but its curve reaches from 0 to {end:,.0f}."
            )
        return interpolate(self.spend.values[place], self.response.values[:, place, :], spend)

    def parts_along(self, group: str, spend: Floats) -> dict[str, Floats]:
        """Posterior mean response of each member, on its own curve, when the group spends `spend`, (n,)."""
        path, curves = self.paths[group], self.curves
        places = [curves.channels.index(channel) for channel in path.channels]
        return {
            channel: interpolate(curves.spend.values[place], curves.mean[place], part)
            for channel, place, part in zip(path.channels, places, path.at(spend), strict=True)
        }

    def over_sum(self, group: str, spend: float) -> float:
        """What this method's curve says more than the channels' own curves at a group spend, posterior mean."""
        at = np.array([spend])
        channels = sum(float(part[0]) for part in self.parts_along(group, at).values())
        return float(self.draws_along(group, at).mean()) - channels

    def channel_plan(self, spends: pd.Series) -> pd.Series:
        """Spend of every channel when the groups spend `spends`, in the curves' channel order, in currency."""
        plan = {
            channel: float(part)
            for name, path in self.paths.items()
            for channel, part in zip(path.channels, path.at(np.array([float(spends[name])]))[:, 0], strict=True)
        }
        return pd.Series(plan)[list(self.curves.channels)]

    def alone(self, group: str, method: Method) -> "GroupCurves":
        """One group's curve along the same split, by any method: what `method_comparison` sets side by side.

        Raises
        ------
        CurvesError
            If the group cannot be re-estimated.
        """
        return _made(self.curves, method, {group: self.paths[group]})

    def settled(self, shares: Mapping[str, pd.Series]) -> "GroupCurves":
        """The same curves with some groups held at fixed shares."""
        paths = self.paths | {name: fixed_path(self.curves, found) for name, found in shares.items()}
        return _made(self.curves, self.method, paths) if shares else self


def group_curves(
    curves: ResponseCurves,
    groups: ChannelGroups | None = None,
    method: Method = "sum",
    split: Split = "historical",
) -> GroupCurves:
    """Combine channel curves into group curves, per draw.

    With ``x[i](X)`` the spend of member *i* when the group spends ``X`` (``w[i] X`` for fixed shares):

    - *sum*: ``F(X) = Σ r[i](x[i](X))``. The money is spent once: the members share it.
    - *weighted_average*: ``F(X) = Σ (x[i](X) / X) r[i](X)``: the group as one blended channel. For concave curves it
      never exceeds the sum.
    - *re_estimated*: one saturation curve through the points that historical windows give: their total spend, and the
      response of the mix they really had.

    Parameters
    ----------
    curves : ResponseCurves
    groups : ChannelGroups, optional
        Default: every channel is its own group.
    method : {"sum", "weighted_average", "re_estimated"}
    split : Split
        `historical`, `marginal_roi`, or shares; for all groups or by group.

    Raises
    ------
    CurvesError
        If the method does not exist, or re-estimation has too little history.
    GroupingError, SplitError
        If groups or shares do not fit the curves' channels.
    """
    if method not in METHODS:
        raise CurvesError(f"There is no method '{method}' for group curves. Choose one of {list(METHODS)}.")
    members = (groups or ChannelGroups()).over(curves.channels)
    return _made(curves, method, split_paths(curves, members, split))


def _made(curves: ResponseCurves, method: Method, paths: dict[str, SplitPath]) -> GroupCurves:
    fits: dict[str, SaturationFit] = {}
    notes: list[str] = []
    if method == "re_estimated":
        for name, path in paths.items():
            if len(path.channels) > 1:
                fits[name], told = re_estimated(curves, name, path.channels)
                notes += told
    points = _equal_length([_points(curves, path, method) for path in paths.values()])
    response = [
        fits[name].at(at) if name in fits else _combined(curves, path, at, method)
        for (name, path), at in zip(paths.items(), points, strict=True)
    ]
    names = list(paths)
    values = np.stack(response, axis=1).astype(curves.response.dtype)
    return GroupCurves(
        curves=curves,
        method=method,
        paths=paths,
        spend=xr.DataArray(np.stack(points), dims=("group", "point"), coords={"group": names}),
        response=xr.DataArray(values, dims=("draw", "group", "point"), coords={"group": names}),
        fits=fits,
        notes=tuple(notes),
    )


def _points(curves: ResponseCurves, path: SplitPath, method: Method) -> Floats:
    """Group spends at which a member's curve or the path has a point: between them the sum is exactly linear."""
    own = curves.spend.sel(channel=list(path.channels)).values
    end = float(path.spend[-1])
    if method == "weighted_average":
        end = min(end, float(own[:, -1].min()))
        union = np.unique(own)
    elif path.shares is None:
        union = path.spend
    else:
        felt = path.parts[:, -1] > NO_SHARE * end
        union = np.unique((own[felt] / path.parts[felt, -1:]) * end)
    union = union[union < end * (1 - 1e-9)]
    union = union[thinned(len(union))]
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


def _combined(curves: ResponseCurves, path: SplitPath, at: Floats, method: Method) -> Floats:
    """Sum or weighted average of the members at group spends, (draw, n)."""
    parts = path.at(at)
    weights = np.divide(parts, at, out=np.zeros_like(parts), where=at > 0)
    total = np.zeros((curves.draws, len(at)))
    for channel, part, weight in zip(path.channels, parts, weights, strict=True):
        if method == "weighted_average":
            total += weight * curves.draws_along(channel, at)
        else:
            total += curves.draws_along(channel, part)
    return total

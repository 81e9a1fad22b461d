"""Response curves of groups, out of the curves of their channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError, NotAdditiveError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.methods import METHODS, Method, combined, equal_length, group_points, jointly
from mmm_groups.groups.re_estimation import SaturationFit, re_estimated
from mmm_groups.groups.shares import Split
from mmm_groups.groups.split_path import SplitPath, fixed_path, split_paths
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import interpolate
from mmm_groups.numerics.tolerances import BEYOND_END


@dataclass(frozen=True, repr=False)
class GroupCurves:
    """Response of every group to its spend over the horizon.

    Attributes
    ----------
    channel_curves : ResponseCurves
        The channels' curves they were made of.
    method : str
        How members become one curve; see `group_curves`.
    paths : dict[str, SplitPath]
        Group to what its channels spend at every group spend.
    fits : dict[str, SaturationFit]
        Group to its re-estimated curve, with its fit error; empty for other methods and for single channels.
    notes : tuple[str, ...]
        What a planner must know about these curves, in sentences.
    """

    channel_curves: ResponseCurves
    method: Method
    paths: dict[str, SplitPath]
    fits: dict[str, SaturationFit] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<GroupCurves by {self.method}: {', '.join(self.paths)}; {self.channel_curves.draws} draws>"

    @cached_property
    def points(self) -> Floats:
        """Spend of the groups over the horizon, (group, point), in currency, rising from 0."""
        if all(len(path.channels) == 1 for path in self.paths.values()):
            places = self.channel_curves.places([path.channels[0] for path in self.paths.values()])
            return np.asarray(self.channel_curves.spend.values[places])
        found = [group_points(self.channel_curves, path, self.method) for path in self.paths.values()]
        return np.stack(equal_length(found))

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Group to its channels; an ungrouped channel is its own group."""
        return {name: path.channels for name, path in self.paths.items()}

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Group to its place in the arrays."""
        return {group: place for place, group in enumerate(self.paths)}

    def refuse_unknown(self, group: str) -> None:
        """Raise CurvesError if there is no such group."""
        if group not in self.paths:
            raise CurvesError(f"There is no group '{group}' in these curves. They have {list(self.paths)}.")

    @cached_property
    def spend(self) -> xr.DataArray:
        """`points` by name, dims (group, point)."""
        return xr.DataArray(self.points, dims=("group", "point"), coords={"group": list(self.paths)})

    @cached_property
    def response(self) -> xr.DataArray:
        """Response of the groups, dims (draw, group, point), in units of the target. Optimising does not need it."""
        columns = [
            self._draws(name, path, at) for (name, path), at in zip(self.paths.items(), self.points, strict=True)
        ]
        values = np.stack(columns, axis=1).astype(self.channel_curves.response.dtype)
        return xr.DataArray(values, dims=("draw", "group", "point"), coords={"group": list(self.paths)})

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean response, (group, point)."""
        return self.averaged(self.channel_curves.mean)

    @cached_property
    def smooth_mean(self) -> Floats:
        """`mean` without the ripples of rounding on curves that are concave but for them, (group, point)."""
        return self.averaged(self.channel_curves.smooth_mean)

    def averaged(self, channels: Floats, shares: Floats | None = None) -> Floats:
        """The groups' curves out of other averages of their channels' draws, (group, point).

        Parameters
        ----------
        channels : array, (channel, point)
            The channels' curves, averaged over the draws.
        shares : array, (draw,), optional
            How much each draw counts in that average, adding up to 1; default: all the same.
        """
        return np.stack(
            [
                self._averaged(name, path, at, channels, shares)
                for (name, path), at in zip(self.paths.items(), self.points, strict=True)
            ]
        )

    def _averaged(self, name: str, path: SplitPath, at: Floats, channels: Floats, shares: Floats | None) -> Floats:
        if name in self.fits or self._is_joint(path):
            found = self._draws(name, path, at)
            return np.asarray(found.mean(axis=0) if shares is None else shares @ found, dtype=np.float64)
        places = self.channel_curves.places(path.channels)
        known = self.channel_curves.spend.values
        if len(places) == 1 and at.shape == known[places[0]].shape and (at == known[places[0]]).all():
            return np.asarray(channels[places[0]])
        parts = path.at(at)
        if self.method == "weighted_average":
            factors = np.divide(parts, at, out=np.zeros_like(parts), where=at > 0)
            along = [np.interp(at, known[place], channels[place]) for place in places]
            return np.asarray((factors * np.stack(along)).sum(axis=0), dtype=np.float64)
        along = [np.interp(part, known[place], channels[place]) for place, part in zip(places, parts, strict=True)]
        return np.asarray(np.sum(along, axis=0), dtype=np.float64)

    def _is_joint(self, path: SplitPath) -> bool:
        """True if only the model can answer for the group: its channels do not add up."""
        return self.channel_curves.is_conditional and len(path.channels) > 1

    def _draws(self, name: str, path: SplitPath, at: Floats) -> Floats:
        """Response of one group per draw, (draw, n)."""
        if self._is_joint(path):
            return jointly(self.channel_curves, path, at)
        return self.fits[name].at(at) if name in self.fits else combined(self.channel_curves, path, at, self.method)

    def response_at(self, spends: Numbers) -> xr.DataArray:
        """Response of every group at its spend, dims (draw, group), in units of the target.

        Raises
        ------
        CurvesError
            If a spend leaves the group's curve.
        """
        columns = [self.draws_along(name, np.array([float(spends[name])]))[:, 0] for name in self.paths]
        return xr.DataArray(np.stack(columns, axis=1), dims=("draw", "group"), coords={"group": list(self.paths)})

    def mroi_at(self, spends: Numbers) -> Numbers:
        """Posterior mean response to the group's next unit of currency, along its split (target / currency)."""
        found = {}
        for i, name in enumerate(self.paths):
            slopes = self.paths[name].slopes(self.points[i], self.mean[i])
            found[name] = float(np.interp(float(spends[name]), self.points[i], slopes))
        return pd.Series(found)

    def shares_at(self, spends: Numbers) -> dict[str, Numbers]:
        """Group to its channels' shares at its spend, each adding up to 1."""
        return {name: path.shares_at(float(spends[name])) for name, path in self.paths.items()}

    def largest_known(self, group: str) -> float:
        """Largest spend of the group, along its split, at which no member leaves what history saw, in currency."""
        return self.paths[group].inside(self.channel_curves.largest_spend)

    def chart_end(self, group: str, spends: list[float]) -> float:
        """Where a chart of the group's curve ends: half again beyond history and every marked spend, in currency."""
        end = float(self.points[self.place_of[group], -1])
        widest = max([amount for amount in [*spends, self.largest_known(group)] if np.isfinite(amount)], default=end)
        return min(1.5 * widest, end) if widest > 0 else end

    def draws_along(self, group: str, spend: Floats) -> Floats:
        """Response of one group at many spends, (draw, n), in units of the target.

        Raises
        ------
        CurvesError
            If a spend leaves the group's curve.
        """
        place = self.place_of[group]
        end = float(self.points[place, -1])
        if not (spend.min() >= 0 and spend.max() <= end * (1 + BEYOND_END)):
            raise CurvesError(
                f"The spend of '{group}' is {marked_amount(spend.max())}, but its curve reaches from 0 to "
                f"{marked_amount(end)}."
            )
        # Between its points the curve is linear: read only those on either side.
        right = np.clip(np.searchsorted(self.points[place], spend, side="right"), 1, self.points.shape[1] - 1)
        near = np.unique(np.concatenate([right - 1, right]))
        values = self._draws(group, self.paths[group], self.points[place, near])
        return interpolate(self.points[place, near], values, spend)

    def parts_along(self, group: str, spend: Floats) -> dict[str, Floats]:
        """Posterior mean response of each member, on its own curve, when the group spends `spend`, (n,).

        They add up to the group's response where channels add up.
        """
        path, curves = self.paths[group], self.channel_curves
        places = [curves.channels.index(channel) for channel in path.channels]
        return {
            channel: interpolate(curves.spend.values[place], curves.mean[place], part)
            for channel, place, part in zip(path.channels, places, path.at(spend), strict=True)
        }

    def channel_plan(self, spends: Numbers) -> Numbers:
        """Spend of every channel when the groups spend `spends`, in the curves' channel order, in currency."""
        plan = {
            channel: float(part)
            for name, path in self.paths.items()
            for channel, part in zip(path.channels, path.at(np.array([float(spends[name])]))[:, 0], strict=True)
        }
        return pd.Series(plan)[list(self.channel_curves.channels)]

    def over(self, curves: ResponseCurves) -> "GroupCurves":
        """The same groups and splits over other curves of the same channels, such as some of the draws."""
        paths = {name: SplitPath(curves, path.channels, path.fractions) for name, path in self.paths.items()}
        return _made(curves, self.method, paths)

    def alone(self, group: str, method: Method) -> "GroupCurves":
        """One group's curve along the same split, by any method: what `method_comparison` sets side by side.

        Raises
        ------
        CurvesError
            If the group cannot be re-estimated.
        """
        return _made(self.channel_curves, method, {group: self.paths[group]})

    def with_fixed_shares(self, shares: Mapping[str, Numbers]) -> "GroupCurves":
        """The same groups, of which some have fixed shares: group to its channels' shares, adding up to 1."""
        paths = self.paths | {name: fixed_path(self.channel_curves, found) for name, found in shares.items()}
        return _made(self.channel_curves, self.method, paths) if shares else self


def group_curves(
    curves: ResponseCurves,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
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
    if curves.is_conditional and method != "sum":
        raise NotAdditiveError(
            "The channels of this model do not add up, so a group's curve is read from the model along its split. "
            "Choose the method 'sum': the others are made of the channels' separate curves."
        )
    named = groups if isinstance(groups, ChannelGroups) else ChannelGroups(groups)
    members = named.over(curves.channels)
    return _made(curves, method, split_paths(curves, members, split))


def _made(curves: ResponseCurves, method: Method, paths: dict[str, SplitPath]) -> GroupCurves:
    fits: dict[str, SaturationFit] = {}
    notes: list[str] = []
    if method == "re_estimated":
        for name, path in paths.items():
            if len(path.channels) > 1:
                fits[name], sentences = re_estimated(curves, name, path.channels)
                notes += sentences
    return GroupCurves(curves, method, paths, fits, tuple(notes))

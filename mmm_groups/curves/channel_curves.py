"""Curves of channels as points and draws: what follows from spend and response alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curves.checks import refuse_bad_band, refuse_malformed
from mmm_groups.errors import CurvesError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import concave_up_to_rounding, interpolate, slopes_at_points
from mmm_groups.numerics.tolerances import BEYOND_END


@dataclass(frozen=True, repr=False, kw_only=True)
class ChannelCurves:
    """Response of every channel to its spend, linear between points.

    Attributes
    ----------
    spend : xr.DataArray, dims (channel, point)
        Spend over the whole horizon, in currency; each channel has its own points, from 0 upwards.
    response : xr.DataArray, dims (draw, channel, point)
        Incremental outcome that the spend causes, carry-over tail included, in units of the model's target.
        Zero at zero spend. One draw alone is the mean of a tool that gives no draws: see `has_draws`.
    band : Band or None
        Interval of each channel's curve, for curves of other tools that give a mean and an interval but no draws.
    """

    spend: xr.DataArray
    response: xr.DataArray
    band: Band | None = None

    def __post_init__(self) -> None:
        refuse_malformed(self.spend, self.response)
        refuse_bad_band(self.spend, self.response, self.band)

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """Channel labels, in the model's order."""
        return tuple(str(name) for name in self.spend.coords["channel"].values)

    @property
    def draws(self) -> int:
        """Number of posterior draws."""
        return self.response.sizes["draw"]

    @property
    def has_draws(self) -> bool:
        """False if only the mean is known: then no interval of a plan, a group or a difference can be told."""
        return self.draws > 1

    def refuse_without_draws(self, what: str) -> None:
        """Raise CurvesError if there are no draws, in which `what` would have to be looked for."""
        if not self.has_draws:
            raise CurvesError(f"{what} is not available: these curves hold only a mean, no draws.")

    @cached_property
    def upper(self) -> Numbers:
        """Spend at which each curve ends, in currency."""
        return pd.Series(self.spend.values[:, -1], index=list(self.channels))

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean response, (channel, point), computed once."""
        mean: Floats = self.response.values.mean(axis=0, dtype=np.float64)
        return mean

    @cached_property
    def smooth_mean(self) -> Floats:
        """`mean`, but the concave envelope of curves that are concave up to rounding, (channel, point)."""
        envelopes = map(concave_up_to_rounding, self.spend.values, self.mean)
        return np.stack(
            [values if envelope is None else envelope for envelope, values in zip(envelopes, self.mean, strict=True)]
        )

    @cached_property
    def mean_slopes(self) -> Floats:
        """Slope of `mean` at its points, (channel, point), in target / currency."""
        curves = zip(self.spend.values, self.mean, strict=True)
        return np.stack([slopes_at_points(points, values) for points, values in curves])

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Channel to its place in the arrays."""
        return {channel: place for place, channel in enumerate(self.channels)}

    def places(self, channels: Sequence[str]) -> list[int]:
        """Places of channels in the arrays."""
        return [self.place_of[channel] for channel in channels]

    def draws_along(self, channel: str, spend: Floats) -> Floats:
        """Response of one channel at many spends inside its curve, (draw, n), in units of the target.

        Raises
        ------
        CurvesError
            If a spend leaves the curve.
        """
        place = self.place_of[channel]
        end = float(self.spend.values[place, -1])
        if len(spend) and spend.max() > end * (1 + BEYOND_END):
            raise CurvesError(
                f"The curve of '{channel}' ends at {marked_amount(end)}, but is asked for "
                f"{marked_amount(spend.max())}. Use curves with a larger reach."
            )
        return interpolate(self.spend.values[place], self.response.values[:, place, :], spend)

    def band_along(self, channel: str, spend: Floats) -> tuple[Floats, Floats]:
        """Low and high end of one channel's band at many spends inside its curve, (n,) each; NaN without a band."""
        if self.band is None:
            return np.full(len(spend), np.nan), np.full(len(spend), np.nan)
        place = self.place_of[channel]
        points = self.spend.values[place]
        return interpolate(points, self.band.low[place], spend), interpolate(points, self.band.high[place], spend)

    def checked(self, plan: Mapping[str, float]) -> Floats:
        """A plan's spends in the curves' order, (channel,), in currency.

        Raises
        ------
        CurvesError
            If the plan misses a channel, names an unknown one, holds NaN or negative money, or leaves the curves.
        """
        unknown, missing = sorted(set(plan) - set(self.channels)), sorted(set(self.channels) - set(plan))
        if unknown or missing:
            raise CurvesError(
                f"The plan must give every channel a spend. Unknown: {unknown}; missing: {missing}. "
                f"The channels are {list(self.channels)}."
            )
        spend = np.array([plan[channel] for channel in self.channels], dtype=np.float64)
        upper = self.spend.values[:, -1]
        for channel, amount, end in zip(self.channels, spend, upper, strict=True):
            if not np.isfinite(amount) or amount < 0:
                raise CurvesError(f"The spend of '{channel}' is {amount}; it must be a number of at least 0.")
            if amount > end * (1 + BEYOND_END):
                raise CurvesError(
                    f"The spend of '{channel}' is {marked_amount(amount)}, but its curve ends at {marked_amount(end)}. "
                    "Lower it, or use curves with a larger reach."
                )
        return spend.clip(max=upper)

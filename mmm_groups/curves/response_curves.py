"""Response curves: what each channel earns over the horizon, per posterior draw.

A curve is piecewise linear between its points, so that sums along a split, means over draws and the optimum are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, Unpack

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from mmm_groups.curves.channel_curves import ChannelCurves
from mmm_groups.curves.checks import checked_arrays
from mmm_groups.curves.joint_response import JointResponse
from mmm_groups.curves.netcdf import curve_dataset, curve_fields, load_dataset, write_dataset
from mmm_groups.curves.origin import CurveOrigin, OriginFields
from mmm_groups.curves.sub_channel_curves import refuse_splitting, split_channels
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import CurvesError, NotAdditiveError
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.spend_history import checked_history, largest_window, reference_spend
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.tolerances import BEYOND_END


@dataclass(frozen=True, repr=False, kw_only=True)
class ResponseCurves(ChannelCurves):
    """Response of every channel to its spend over the horizon, with what was spent and where the curves come from.

    Attributes
    ----------
    spend, response, band
        See `ChannelCurves`.
    reference_spend : Numbers
        What was spent over the latest `periods` dates, per channel, in currency. NaN where it is unknown.
    largest_spend : Numbers
        Largest spend of any `periods` consecutive dates of history, per channel: beyond it the model extrapolates.
    historical_spend : pd.DataFrame, dates x channels
        The history itself; empty if unknown.
    origin : CurveOrigin
        Window, outcome, model and method.
    flighting : pd.DataFrame, dates x channels
        Share of each channel's money by date, every column adding up to 1; empty if unknown.
    prices : dict[str, float]
        Planned price per unit, in currency, of the channels that the model knows in units; see `repriced`.
    others_at : Numbers or None
        Set if the channels' responses do not add up: then each curve holds with all other channels at this spend.
    joint : JointResponse or None
        The model that answers for channels that do not add up; not part of a file.
    """

    reference_spend: Numbers
    largest_spend: Numbers
    historical_spend: pd.DataFrame
    origin: CurveOrigin
    flighting: pd.DataFrame = field(default_factory=pd.DataFrame)
    prices: dict[str, float] = field(default_factory=dict)
    others_at: Numbers | None = None
    joint: JointResponse | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        window = f" over {self.horizon}" if self.horizon else ""
        return f"<ResponseCurves of {self.target}{window}: {', '.join(self.channels)}; {dict(self.response.sizes)}>"

    @classmethod
    def from_arrays(
        cls,
        channels: Sequence[str],
        spend: ArrayLike,
        response: ArrayLike,
        historical_spend: pd.DataFrame | None = None,
        *,
        reference: Mapping[str, float] | None = None,
        largest: Mapping[str, float] | None = None,
        band: Band | None = None,
        periods: int | None = None,
        flighting: pd.DataFrame | None = None,
        prices: Mapping[str, float] | None = None,
        others_at: Numbers | None = None,
        notes: Sequence[str] = (),
        assumed: Sequence[SubChannels] = (),
        **origin: Unpack[OriginFields],
    ) -> Self:
        """Curves from plain arrays, of this or any other tool.

        Parameters
        ----------
        channels : sequence of str
            Labels, unique.
        spend : array, (channel, point)
            Spend over the horizon, in currency, rising from 0.
        response : array, (draw, channel, point) or (channel, point)
            Incremental outcome, 0 at zero spend. Without draws it is the mean, and no interval of a plan is known.
        historical_spend : pd.DataFrame, dates x channels, optional
            Spend per date, in currency.
        reference : mapping, optional
            Channel to what was spent over the horizon lately, in currency, where the history itself is unknown. Without
            either there is no reference plan and no historical split.
        largest : mapping, optional
            Channel to the largest spend of any such window in history, in currency. Default: it follows from the
            history.
        band : Band, optional
            Interval of each curve, where there are no draws.
        periods : int, optional
            Dates of the horizon. Default: all dates of `historical_spend`.
        flighting, prices, others_at
            See the attributes.
        notes, assumed, **origin
            Fields of `CurveOrigin`: also horizon, target, fingerprint, model_hash, saturation, measured_error.

        Raises
        ------
        CurvesError
            If shapes, names or numbers do not fit; the text names the channel.
        """
        names, spend_by_name, response_by_name = checked_arrays(channels, spend, response)
        if reference is not None and historical_spend is not None:
            raise CurvesError("Give the historical spend or the reference spend, not both: one follows from the other.")
        history = checked_history(names, historical_spend)
        periods = periods if periods is not None else max(len(history), 1)
        return cls(
            spend=spend_by_name,
            response=response_by_name,
            reference_spend=reference_spend(history, periods, reference),
            largest_spend=largest_window(history, periods, largest),
            historical_spend=history,
            origin=CurveOrigin(periods, notes=tuple(notes), assumed=tuple(assumed), **origin),
            flighting=pd.DataFrame() if flighting is None else flighting,
            prices=dict(prices or {}),
            others_at=others_at,
            band=band,
        )

    @property
    def horizon(self) -> Horizon | None:
        """The planning window; None for curves of other tools that do not say."""
        return self.origin.horizon

    @property
    def periods(self) -> int:
        """Dates of the horizon."""
        return self.origin.periods

    @property
    def target(self) -> str:
        """Name of the outcome."""
        return self.origin.target

    def with_subchannels(self, assumed: Sequence[SubChannels]) -> Self:
        """The same curves with some channels replaced by their parts, ``r[j](x) = w[j] e[j] R(x / w[j])``.

        The parts are planned like channels, but rest on the planner's assumption: see `SubChannels`, `origin.assumed`.

        Parameters
        ----------
        assumed : sequence of SubChannels
            All of them together; none gives the same curves.

        Raises
        ------
        SubChannelError
            If they do not fit the channels.
        NotAdditiveError
            If the channels' responses do not add up.
        CurvesError
            If these curves have parts already.
        """
        if not assumed:
            return self
        refuse_splitting(self.origin.assumed, is_conditional=self.is_conditional)
        split = split_channels(self.channels, assumed, self.draws)
        coords = {"channel": list(split.names)}
        return replace(
            self,
            spend=xr.DataArray(split.spends(self.spend.values), coords, ("channel", "point")),
            response=xr.DataArray(split.responses(self.response.values), coords, ("draw", "channel", "point")),
            reference_spend=split.by_channel(self.reference_spend),
            largest_spend=split.by_channel(self.largest_spend),
            historical_spend=split.by_date(self.historical_spend),
            origin=self.origin.split(assumed),
            flighting=split.as_source(self.flighting),
            prices=split.prices(self.prices),
            band=split.band(self.band),
        )

    @property
    def is_conditional(self) -> bool:
        """True if the channels' responses do not add up, so that each curve holds for the others' spend only."""
        return self.others_at is not None

    @property
    def has_reference(self) -> bool:
        """True if what was spent is known for every channel."""
        return bool(np.isfinite(self.reference_spend).all())

    @property
    def has_largest_spend(self) -> bool:
        """True if the most that was ever spent is known for every channel: else nothing can be called beyond it."""
        return bool(np.isfinite(self.largest_spend).all())

    def reference_of(self, members: Iterable[str]) -> float:
        """Reference spend of some channels together, in currency; NaN if it is unknown for one of them."""
        return float(np.array([self.reference_spend[channel] for channel in members], dtype=np.float64).sum())

    def response_at(self, plan: Mapping[str, float]) -> xr.DataArray:
        """Response of every channel to a plan, dims (draw, channel), in units of the target.

        Where channels do not add up: what each adds to the others' spend in the plan; see `earned_by`.

        Raises
        ------
        CurvesError
            If the plan misses a channel, names an unknown one, holds NaN or negative money, or leaves the curves.
        """
        spend = self.checked(plan)
        if self.is_conditional:
            columns = [self.earned_by(plan, (channel,)) for channel in self.channels]
        else:
            columns = [self.draws_along(name, spend[i : i + 1])[:, 0] for i, name in enumerate(self.channels)]
        values = np.stack(columns, axis=1)
        return xr.DataArray(values, dims=("draw", "channel"), coords={"channel": list(self.channels)})

    def earned_by(self, plan: Mapping[str, float], members: Sequence[str] | None = None) -> Floats:
        """What some channels (all, if none are named) earn together in a plan, (draw,), in units of the target.

        Where channels do not add up: what would be lost without them, the others spending as in the plan.
        """
        names = self.channels if members is None else tuple(members)
        spend = self.checked(plan)
        if self.is_conditional:
            without = np.where(np.isin(self.channels, names), 0.0, spend)
            rest = self.answering.incremental(without) if without.any() else 0.0
            return self.answering.incremental(spend) - rest
        total = np.zeros(self.draws)
        for name, place in zip(names, self.places(names), strict=True):
            total += self.draws_along(name, spend[place : place + 1])[:, 0]
        return total

    @property
    def answering(self) -> JointResponse:
        """The model that answers for channels that do not add up.

        Raises
        ------
        NotAdditiveError
            If there is none.
        """
        if self.joint is None:
            raise NotAdditiveError(
                "The channels of these curves do not add up, so only their model can answer for them together. Read "
                "the curves with response_curves(model, ...), which keeps the model at hand."
            )
        return self.joint

    def mroi_at(self, plan: Mapping[str, float]) -> Numbers:
        """Posterior mean response to the next unit of currency, per channel (target / currency)."""
        spend = self.checked(plan)
        if self.is_conditional:
            return pd.Series(self.answering.mean_and_slopes(spend)[1], index=list(self.channels))
        known = zip(spend, self.spend.values, self.mean_slopes, strict=True)
        return pd.Series([float(np.interp(*curve)) for curve in known], index=list(self.channels))

    def extrapolated(self, plan: Mapping[str, float]) -> Numbers:
        """True for channels whose spend exceeds anything that `periods` consecutive dates of history saw."""
        spend = self.checked(plan)
        largest = self.largest_spend.to_numpy()
        return pd.Series((spend > largest * (1 + BEYOND_END)) & np.isfinite(largest), index=list(self.channels))

    def save(self, path: str | Path) -> None:
        """Write the curves to a netCDF-4 file; written beside and then renamed, so that no reader sees half a file."""
        data = curve_dataset(
            self.spend,
            self.response,
            self.origin,
            history=self.historical_spend,
            reference=self.reference_spend,
            largest=self.largest_spend,
            band=self.band,
            flighting=self.flighting,
            prices=self.prices,
            others_at=self.others_at,
        )
        write_dataset(data, Path(path))

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read curves that `save` wrote on this machine. Files from elsewhere: `mmm_groups.open_curves`, which checks.

        Raises
        ------
        CurvesError
            If the file is missing, damaged, or not a curve file.
        """
        return cls.from_arrays(**curve_fields(load_dataset(Path(path)), Path(path).name))

"""Curves, history and prices of channels with some of them replaced by their parts; see `sub_channels`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curves.sub_channels import SubChannels, parent_of, parted_names
from mmm_groups.errors import CurvesError, NotAdditiveError, SubChannelError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import Band


class Modelled(Protocol):
    """What parts are made of: the fields of `ResponseCurves`."""

    @property
    def spend(self) -> xr.DataArray:
        """Dims (channel, point), in currency."""

    @property
    def response(self) -> xr.DataArray:
        """Dims (draw, channel, point)."""

    @property
    def reference_spend(self) -> pd.Series:
        """By channel."""

    @property
    def largest_spend(self) -> pd.Series:
        """By channel."""

    @property
    def historical_spend(self) -> pd.DataFrame:
        """Dates x channels."""

    @property
    def flighting(self) -> pd.DataFrame:
        """Dates x channels; empty if unknown."""

    @property
    def prices(self) -> dict[str, float]:
        """Price per unit of channels known in units."""

    @property
    def fingerprint(self) -> str:
        """Identifies the curves."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a planner must know."""

    @property
    def band(self) -> Band | None:
        """Interval where there are no draws."""

    @property
    def assumed(self) -> tuple[SubChannels, ...]:
        """Parts that are there already."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Labels."""

    @property
    def draws(self) -> int:
        """Number of draws."""

    @property
    def is_conditional(self) -> bool:
        """True if channels do not add up."""


@dataclass(frozen=True)
class _Layout:
    """Where every name of the parted curves comes from.

    Attributes
    ----------
    names : tuple[str, ...]
        Channels and parts.
    sources : list[str]
        By name: itself, or the parent.
    places : list[int]
        Place of the source among the modelled channels.
    shares : array, (name,)
        Share of the source; 1 for a channel itself.
    effects : array, (draw, name)
        Relative effectiveness; 1 for a channel itself.
    """

    names: tuple[str, ...]
    sources: list[str]
    places: list[int]
    shares: Floats
    effects: Floats


def parted(curves: Modelled, assumed: Sequence[SubChannels]) -> dict[str, Any]:
    """The fields of curves that change when channels are replaced by their parts.

    Parameters
    ----------
    curves : ResponseCurves
        Without parts.
    assumed : sequence of SubChannels

    Raises
    ------
    SubChannelError
        If parts do not fit the channels, or effectiveness is drawn where there are no draws.
    NotAdditiveError
        If the channels' responses do not add up.
    CurvesError
        If the curves have parts already.
    """
    _refuse(curves, assumed)
    layout = _layout(curves, assumed)
    factors = layout.shares * layout.effects
    values = (curves.response.values[:, layout.places, :] * factors[:, :, None]).astype(curves.response.dtype)
    coords, stated = {"channel": list(layout.names)}, [split.model_dump() for split in assumed]
    mark = f"{curves.fingerprint}{json.dumps(stated, sort_keys=True)}"
    band = curves.band
    if band is not None:
        low, high = (end[layout.places] * factors[0][:, None] for end in (band.low, band.high))
        band = Band(low, high, band.mass)
    points = curves.spend.values[layout.places] * layout.shares[:, None]
    return {
        "spend": xr.DataArray(points, coords, ("channel", "point")),
        "response": xr.DataArray(values, coords, ("draw", "channel", "point")),
        "reference_spend": _shared(curves.reference_spend, layout),
        "largest_spend": _shared(curves.largest_spend, layout),
        "historical_spend": _by_date(curves.historical_spend, layout, layout.shares),
        "flighting": _by_date(curves.flighting, layout, np.ones(len(layout.names))),
        "prices": {
            name: curves.prices[source]
            for name, source in zip(layout.names, layout.sources, strict=True)
            if source in curves.prices
        },
        "fingerprint": sha256(mark.encode()).hexdigest(),
        "notes": (*curves.notes, *(split.sentence for split in assumed)),
        "assumed": tuple(assumed),
        "band": band,
    }


def _refuse(curves: Modelled, assumed: Sequence[SubChannels]) -> None:
    if curves.assumed:
        raise CurvesError(
            f"These curves have parts already, of {[split.parent for split in curves.assumed]}. Take the curves of the "
            "modelled channels, and state all parts together."
        )
    if curves.is_conditional:
        raise NotAdditiveError(
            "The channels of this model do not add up: what one earns depends on the others' spend. The formula for "
            "parts needs a curve of the channel alone, so no channel of this model can be split."
        )
    drawn = [split.parent for split in assumed if split.is_uncertain]
    if drawn and curves.draws < 2:
        raise SubChannelError(
            f"The effectiveness of the parts of {drawn} is drawn, but these curves hold only a mean, no draws. Leave "
            "the uncertainty out."
        )


def _layout(curves: Modelled, assumed: Sequence[SubChannels]) -> _Layout:
    names = parted_names(curves.channels, assumed)
    parents = parent_of(assumed)
    sources = [parents.get(name, name) for name in names]
    shares, effects = np.ones(len(names)), np.ones((curves.draws, len(names)))
    for split in assumed:
        own = [names.index(part) for part in split.parts]
        shares[own], effects[:, own] = split.share_values, split.effects(curves.draws)
    return _Layout(names, sources, [curves.channels.index(source) for source in sources], shares, effects)


def _shared(spent: pd.Series, layout: _Layout) -> pd.Series:
    return pd.Series(spent[layout.sources].to_numpy(dtype=np.float64) * layout.shares, index=list(layout.names))


def _by_date(table: pd.DataFrame, layout: _Layout, factors: Floats) -> pd.DataFrame:
    """A table of channels, dates x channels, for channels and parts; an empty one keeps its columns only."""
    if table.empty and not set(layout.sources) <= set(table.columns):
        return table
    values = table[layout.sources].to_numpy(dtype=np.float64) * factors
    return pd.DataFrame(values, index=table.index, columns=list(layout.names))


def at_historical_mix(assumed: Sequence[SubChannels], spends: pd.Series) -> pd.Series:
    """The same money for every channel as a whole, its parts at their historical shares: what the model can answer.

    Parameters
    ----------
    assumed : sequence of SubChannels
    spends : pd.Series
        Channel or part to spend over the horizon, in currency.
    """
    mixed = spends.astype(np.float64).copy()
    for split in assumed:
        parts = list(split.parts)
        mixed[parts] = split.share_values * float(spends[parts].sum())
    return mixed


def on_modelled_channels(assumed: Sequence[SubChannels], spends: pd.Series) -> pd.Series:
    """Spend of the modelled channels, in currency: parts summed into their channel, in place of the first of them."""
    parents = parent_of(assumed)
    return spends.groupby([parents.get(str(name), str(name)) for name in spends.index], sort=False).sum()


def flighting_of_modelled(assumed: Sequence[SubChannels], flighting: pd.DataFrame) -> pd.DataFrame:
    """How the modelled channels' money is spread, dates x channels: parts are spread as their channel is."""
    parents = parent_of(assumed)
    named = flighting.rename(columns=lambda name: parents.get(str(name), str(name)))
    return named.loc[:, ~named.columns.duplicated()]


def prices_of_modelled(assumed: Sequence[SubChannels], prices: dict[str, float]) -> dict[str, float]:
    """Price per unit of the modelled channels: parts have that of their channel.

    Raises
    ------
    SubChannelError
        If the parts of one channel were given different prices, for which the model has no answer.
    """
    parents = parent_of(assumed)
    found: dict[str, float] = {}
    for name, price in prices.items():
        source = parents.get(name, name)
        if found.setdefault(source, price) != price:
            raise SubChannelError(
                f"The parts of '{source}' have different prices per unit, which the model cannot answer for. Give "
                "the channel one price before it is split."
            )
    return found

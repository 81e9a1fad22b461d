"""Curves, history and prices of channels with some of them replaced by their parts; see `sub_channels`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.curves.sub_channels import SubChannels, parent_of, parted_names
from mmm_groups.errors import CurvesError, NotAdditiveError, SubChannelError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.labelled import Numbers


@dataclass(frozen=True)
class SplitChannels:
    """Where every name comes from once channels are replaced by their parts, and what of the source it gets.

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

    def spends(self, points: Floats) -> Floats:
        """Points of curves, (name, point), in currency, out of those of the modelled channels."""
        return np.asarray(points[self.places] * self.shares[:, None])

    def responses(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Responses at the points `spends`, (draw, name, point), out of (draw, channel, point)."""
        found = [self.of_source(name, values[:, place]) for name, place in enumerate(self.places)]
        return np.stack(found, axis=1)

    def of_source(self, name: int, response: NDArray[np.floating]) -> NDArray[np.floating]:
        """Response of the name at one place, (draw, n), out of what its source earns where all were spent alike.

        Effects are independent of the response, but those of some hundred draws happen to go with it a little, for or
        against a part. What that moves the mean by is taken out; over all parts it adds up to 0.
        """
        effects = self.effects[:, name, None]
        if (effects == 1).all():
            return np.asarray(self.shares[name] * response, dtype=response.dtype)
        drawn = effects * response.astype(np.float64)
        by_chance = drawn.mean(axis=0) - effects.mean() * response.mean(axis=0, dtype=np.float64)
        return np.asarray(self.shares[name] * (drawn - by_chance), dtype=response.dtype)

    def band(self, band: Band | None) -> Band | None:
        """Interval of every curve; only curves of a single draw have one."""
        if band is None:
            return None
        factors = (self.shares * self.effects[0])[:, None]
        return Band(band.low[self.places] * factors, band.high[self.places] * factors, band.mass)

    def by_channel(self, money: Numbers) -> Numbers:
        """Money by name out of money by channel, in currency."""
        return pd.Series(money[self.sources].to_numpy(dtype=np.float64) * self.shares, index=list(self.names))

    def by_date(self, money: pd.DataFrame) -> pd.DataFrame:
        """Money, dates x names, out of money, dates x channels, in currency."""
        return self._table(money, self.shares)

    def as_source(self, flighting: pd.DataFrame) -> pd.DataFrame:
        """Share of money by date, dates x names: a part is spread as its channel is."""
        return self._table(flighting, np.ones(len(self.names)))

    def _table(self, table: pd.DataFrame, factors: Floats) -> pd.DataFrame:
        """A table of channels for channels and parts; an empty one without columns stays as it is."""
        if table.empty and not set(self.sources) <= set(table.columns):
            return table
        values = table[self.sources].to_numpy(dtype=np.float64) * factors
        return pd.DataFrame(values, index=table.index, columns=list(self.names))

    def prices(self, prices: Mapping[str, float]) -> dict[str, float]:
        """Price per unit by name: a part has that of its channel."""
        return {name: prices[source] for name, source in zip(self.names, self.sources, strict=True) if source in prices}


def refuse_splitting(known: Sequence[SubChannels], *, is_conditional: bool) -> None:
    """Refuse to split channels whose curves cannot be split.

    Parameters
    ----------
    known : sequence of SubChannels
        Channels that are replaced by their parts already.
    is_conditional : bool
        True if the channels' responses do not add up.

    Raises
    ------
    CurvesError
        If there are parts already.
    NotAdditiveError
        If responses do not add up.
    """
    if known:
        raise CurvesError(
            f"These curves have parts already, of {[split.parent for split in known]}. Take the curves of the "
            "modelled channels, and state all parts together."
        )
    if is_conditional:
        raise NotAdditiveError(
            "The channels of this model do not add up: what one earns depends on the others' spend. The formula for "
            "parts needs a curve of the channel alone, so no channel of this model can be split."
        )


def split_channels(channels: Sequence[str], assumed: Sequence[SubChannels], draws: int) -> SplitChannels:
    """Channels with some of them replaced by their parts.

    Parameters
    ----------
    channels : sequence of str
        The modelled channels, in the order of their arrays.
    assumed : sequence of SubChannels
    draws : int
        Number of draws of the curves.

    Raises
    ------
    SubChannelError
        If parts do not fit the channels, or effectiveness is drawn where there are no draws.
    """
    drawn = [split.parent for split in assumed if split.is_uncertain]
    if drawn and draws < 2:
        raise SubChannelError(
            f"The effectiveness of the parts of {drawn} is drawn, but these curves hold only a mean, no draws. Leave "
            "the uncertainty out."
        )
    names = parted_names(channels, assumed)
    parents = parent_of(assumed)
    sources = [parents.get(name, name) for name in names]
    shares, effects = np.ones(len(names)), np.ones((draws, len(names)))
    for split in assumed:
        own = [names.index(part) for part in split.parts]
        shares[own], effects[:, own] = split.share_values, split.effects(draws)
    return SplitChannels(names, sources, [channels.index(source) for source in sources], shares, effects)


def at_historical_mix(assumed: Sequence[SubChannels], spends: Numbers) -> Numbers:
    """The same money for every channel as a whole, its parts at their historical shares: what the model can answer.

    Parameters
    ----------
    assumed : sequence of SubChannels
    spends : Numbers
        Channel or part to spend over the horizon, in currency.
    """
    mixed = spends.astype(np.float64).copy()
    for split in assumed:
        parts = list(split.parts)
        mixed[parts] = split.share_values * float(spends[parts].sum())
    return mixed


def on_modelled_channels(assumed: Sequence[SubChannels], spends: Numbers) -> Numbers:
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

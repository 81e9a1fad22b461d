"""A plan's money put to the compiled model as media in its units, and what it answers, by the plan's own channels."""

import numpy as np
from numpy.typing import NDArray

from mmm_groups.curves.sub_channel_curves import SplitChannels
from mmm_groups.model.dated_response import DatedAnswer, DatedResponse
from mmm_groups.numerics.arrays import Floats

_ADDS_UP = 1e-6  # relative to the plan's response: what channels may miss the total by


class PlanQuestion:
    """Plans put to a model: money becomes media in its units, and sub-channels become their channels.

    A part with share w and effectiveness e has ``w e R(money / w)``, with R the response of its channel: the first
    parts of all channels are asked for together, then the second ones.

    Parameters
    ----------
    answering : DatedResponse
    split : SplitChannels
        What the plan's channels are parts of.
    unit_price : array, (modelled channel,)
        Price of a unit in currency; 1 for channels in money.
    """

    def __init__(self, answering: DatedResponse, split: SplitChannels, unit_price: Floats) -> None:
        self.answering = answering
        self.split = split
        self.places = np.array(split.places)
        history = answering.model.historical_spend
        spent = np.array([bool(history[channel].any()) for channel in answering.model.channels])
        # A channel that was never spent on has no effect that the model could know.
        self.known = spent[self.places]
        self._per_unit = np.where(self.known, 1.0 / (split.shares * unit_price[self.places]), 0.0)

    def total(self, money: Floats) -> Floats:
        """Response of all together, (draw, date), to money of each date, (date, name)."""
        rounds = self._rounds()
        if len(rounds) > 1:
            return self.response(money)[1]
        return self.answering.answer(self._as_modelled(money * self._per_unit, rounds[0])).total

    def response(self, money: Floats) -> tuple[NDArray[np.floating], Floats, bool]:
        """Response by channel, (draw, date, name), and of all together, (draw, date); True if parts do not add up."""
        units = money * self._per_unit
        rounds = self._rounds()
        if len(rounds) == 1:
            answer = self.answering.answer(self._as_modelled(units, rounds[0]))
            if (parts := _adding_up(answer)) is not None:
                return parts[:, :, self.places], answer.total, False
            return self._left_out(units, answer), answer.total, True
        found = np.zeros((len(self.split.effects), len(self.answering.dates), len(self.places)), dtype=np.float32)
        for names in rounds:
            answer = self.answering.answer(self._as_modelled(units, names))
            if (parts := _adding_up(answer)) is None:
                return found, answer.total, True
            for name in names:
                found[:, :, name] = self.split.of_source(name, parts[:, :, self.places[name]])
        return found, found.sum(axis=2, dtype=np.float64), False

    def _rounds(self) -> list[list[int]]:
        """Places of names that can be asked for together: one part of each channel."""
        seen: dict[int, int] = {}
        rounds: list[list[int]] = []
        for name, place in enumerate(self.places.tolist()):
            turn = seen.get(place, 0)
            seen[place] = turn + 1
            if turn == len(rounds):
                rounds.append([])
            rounds[turn].append(name)
        return rounds

    def _as_modelled(self, units: Floats, names: list[int]) -> Floats:
        media = np.zeros((len(units), len(self.answering.model.channels)))
        media[:, self.places[names]] = units[:, names]
        return media

    def _left_out(self, units: Floats, together: DatedAnswer) -> NDArray[np.float32]:
        """What would be lost without each channel, the others spending as they do, (draw, date, channel)."""
        found = np.zeros((*together.total.shape, units.shape[1]), dtype=np.float32)
        for name in np.flatnonzero(units.any(axis=0)):
            without = units.copy()
            without[:, name] = 0.0
            rest = self.answering.answer(self._as_modelled(without, list(range(units.shape[1]))))
            found[:, :, name] = together.total - rest.total
        return found


def _adding_up(answer: DatedAnswer) -> NDArray[np.float32] | None:
    """Contributions of the channels, if they are all that media bring; None if effects read media as well."""
    if answer.by_channel is None:
        return None
    apart = answer.by_channel.sum(axis=2, dtype=np.float64)
    size = max(float(np.abs(answer.total).max()), 1e-300)
    return answer.by_channel if float(np.abs(apart - answer.total).max()) <= _ADDS_UP * size else None

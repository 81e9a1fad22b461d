"""Response by date to money by date: the model's graph takes the media of every date as its input.

The graph that curves are read from knows one flighting. This one is compiled once for a model and a window, and answers
for any flighting: response in the window and after it, of all draws, in one evaluation.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.model_response import BY_CHANNEL, ModelResponse
from mmm_groups.model.training_data import cell_labels
from mmm_groups.model.window_graph import graph_over, quietly
from mmm_groups.numerics.arrays import Floats

_MOST_KEPT = 4  # compiled windows; each holds its graph and two answers
_kept: OrderedDict[tuple[str, str], "DatedResponse"] = OrderedDict()
_turn = RLock()


@dataclass(frozen=True)
class DatedAnswer:
    """Response to media by date, less that to none in the window.

    Attributes
    ----------
    by_channel : array, (draw, date, channel), or None
        In units of the target, at the dates of the window and of its carry-over; None where the link does not add up.
    total : array, (draw, date)
        Of all channels together, and of effects that read them.
    """

    by_channel: NDArray[np.float32] | None
    total: Floats


@dataclass(frozen=True, repr=False)
class DatedResponse:
    """Response of a model by date over a planning window and after it.

    Attributes
    ----------
    model : FittedModel
    horizon : Horizon
    """

    model: FittedModel
    horizon: Horizon
    _own: Any = field(default_factory=RLock, compare=False)

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The window's dates, and those after it in which its spend still has an effect."""
        return self._window.dates

    @property
    def adds_up(self) -> bool:
        """True if the link is one under which channels have contributions of their own."""
        return self.model.link == "identity"

    def answer(self, units: Floats) -> DatedAnswer:
        """Response to media of each date of the window, (date, channel), in the model's units.

        Raises
        ------
        CurvesError
            If PyMC-Marketing cannot build the window.
        """
        with self._own:
            found, none = self._asked(units, self._past), self._none
        by_channel = None
        if found[0] is not None and none[0] is not None:
            by_channel = (found[0] - none[0]).astype(np.float32)
        return DatedAnswer(by_channel, found[1] - none[1])

    @cached_property
    def carry_in(self) -> DatedAnswer:
        """Response to spend before the window, at the same dates."""
        with self._own:
            none, nothing = self._none, self._asked(None, np.zeros_like(self._past))
        by_channel = None
        if none[0] is not None and nothing[0] is not None:
            by_channel = (none[0] - nothing[0]).astype(np.float32)
        return DatedAnswer(by_channel, none[1] - nothing[1])

    @cached_property
    def _window(self) -> ModelResponse:
        # What it knows of cells and dates is wanted here; it is never asked for a response.
        return ModelResponse(self.model, self.horizon, pd.DataFrame(), {})

    @cached_property
    def _graph(self) -> Any:
        return quietly(lambda: graph_over(self.model, self.dates), str(self.horizon))

    @cached_property
    def _past(self) -> Floats:
        """Media before the window, (date of the graph, cell); 0 from the window on."""
        media = np.asarray(self._graph["channel_data"].get_value(), dtype=np.float64)
        return media.reshape(len(media), -1)

    @cached_property
    def _first(self) -> int:
        """Place of the window's first date in the graph."""
        return int(pd.DatetimeIndex(self._graph.coords["date"]).searchsorted(self.horizon.start))

    @cached_property
    def _order(self) -> list[int]:
        return [self.model.channels.index(label) for label in cell_labels(self._window.cells)]

    @cached_property
    def _none(self) -> tuple[Floats | None, Floats]:
        return self._asked(None, self._past)

    @cached_property
    def _function(self) -> tuple[Any, list[tuple[str, ...]]]:
        """The compiled graph, and the dims of what it gives: contributions where they add up, then the total."""
        return quietly(self._compiled, str(self.horizon))

    def _compiled(self) -> tuple[Any, list[tuple[str, ...]]]:
        import pymc as pm
        from pymc_marketing.pytensor_utils import extract_response_distribution

        graph, mmm = self._graph, self.model.mmm
        asked: list[Any] = [BY_CHANNEL] if self.adds_up else ["mu_original_scale"]
        if self.adds_up and self._window.has_effects:
            asked.append(graph["mu"] * graph["target_scale"])  # some effects (a funnel) may read media
        found = extract_response_distribution(graph, mmm.idata, asked, mmm.frozen_deterministics)
        # Numba's compiler takes seconds for each window, and an evaluation milliseconds either way.
        function = pm.compile([], [variable.values for variable in found], mode="FAST_COMPILE")
        return function, [tuple(variable.type.dims) for variable in found]

    def _asked(self, units: Floats | None, past: Floats) -> tuple[Floats | None, Floats]:
        """Contributions, (draw, date, channel) or None, and the total, (draw, date), at the window's dates and after.

        Baselines that no media change are part of the total.
        """
        function, dims = self._function
        media = past.copy()
        if units is not None:
            media[self._first : self._first + len(units)] += units[:, self._order]
        data = self._graph["channel_data"]
        data.set_value(media.reshape(data.get_value(borrow=True).shape))
        answers = [self._by_date(np.asarray(value), names) for value, names in zip(function(), dims, strict=True)]
        if not self.adds_up:
            return None, answers[0].sum(axis=2)
        cells = answers[0]
        by_channel = np.empty_like(cells)
        by_channel[:, :, self._order] = cells
        return by_channel, (answers[1] if len(answers) > 1 else cells).sum(axis=2)

    def _by_date(self, values: Floats, dims: tuple[str, ...]) -> Floats:
        """An answer as (draw, date, cell), from the window's first date on."""
        rest = [dim for dim in self._window.cells.dims if dim in dims]
        moved = values.transpose([dims.index(str(dim)) for dim in ("sample", "date", *rest)])
        return moved.reshape(*moved.shape[:2], -1)[:, self._first :]


def dated_response(model: FittedModel, horizon: Horizon) -> DatedResponse:
    """The response of a model over a window; what was asked for lately is built and compiled already."""
    key = (model.identity, str((horizon.start, horizon.end, horizon.frequency)))
    with _turn:
        found = _kept.pop(key, None) or DatedResponse(model, horizon)
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found

"""The model's answer to a plan by another way than the one the curves came by.

Curves are read through PyMC-Marketing's optimiser, which knows a window, money per period and a carry-in of earlier
spend. Here the model's graph is laid over the dates before, in and after the window, and is given the media of each; a
date's place in time is counted along that axis. What both ways agree on does not rest on either one's reckoning of
dates, money and units.
"""

import numpy as np
import pandas as pd

from mmm_groups.model.calendar import grid
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.model_response import ModelResponse
from mmm_groups.model.training_data import cell_labels
from mmm_groups.model.window_graph import graph_over, quietly
from mmm_groups.numerics.arrays import Floats


def incremental_by_date(response: ModelResponse, spend: Floats) -> Floats:
    """Response to a spend of each channel, (channel,), minus that to none: (draw,), in units of the target.

    Spend is over the window, in currency. Compiles a graph of its own (seconds).

    Raises
    ------
    CurvesError
        If PyMC-Marketing cannot build it.
    """
    return quietly(lambda: _incremental(response, spend), str(response.horizon))


def _incremental(response: ModelResponse, spend: Floats) -> Floats:
    import pymc as pm
    from pymc_marketing.pytensor_utils import extract_response_distribution

    model, mmm = response.model, response.model.mmm
    graph = graph_over(model, _dates_around(response))
    dates = pd.DatetimeIndex(graph.coords["date"])
    if "time_index" in graph.named_vars:
        pm.set_data({"time_index": _place(model, dates[0]) + np.arange(len(dates))}, model=graph)
    none = _past_media(response, dates)
    media = none.copy()
    media.loc[response.horizon.dates] += _media_of(response, spend)
    total = extract_response_distribution(graph, mmm.idata, response.total_variable, mmm.frozen_deterministics)
    # Evaluated twice: Numba's compiler would take longer than that.
    ask = pm.compile([], total, mode="FAST_COMPILE")

    def answer(table: pd.DataFrame) -> Floats:
        cells = graph["channel_data"].get_value(borrow=True)
        pm.set_data({"channel_data": table.to_numpy().reshape(cells.shape)}, model=graph)
        return np.asarray(ask(), dtype=np.float64)

    return answer(media) - answer(none)


def _dates_around(response: ModelResponse) -> pd.DatetimeIndex:
    """The window, the dates in which its spend still has an effect, and as many before it as training data know."""
    model, horizon = response.model, response.horizon
    lags = len(response.dates) - horizon.periods
    earlier = pd.date_range(end=horizon.start, periods=lags + 1, freq=horizon.frequency)[0]
    first = min(horizon.start, max(earlier, model.dates[0]))
    return grid(model.dates, model.frequency, first, response.dates[-1])


def _place(model: FittedModel, day: pd.Timestamp) -> int:
    """How many dates a day is after the first of the training data; negative before."""
    first = model.dates[0]
    between = len(grid(model.dates, model.frequency, min(day, first), max(day, first))) - 1
    return between if day >= first else -between


def _past_media(response: ModelResponse, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Media before the window, dates x cells of the graph, in the model's units; 0 from the window on.

    What was spent between the training data and a later window is unknown, so then nothing is carried over into it.
    """
    model, horizon = response.model, response.horizon
    trained = model.mmm.xarray_dataset["_channel"].transpose("date", *response.cells.dims)
    labels = cell_labels(response.cells)
    known = pd.DataFrame(trained.values.reshape(len(model.dates), -1), index=model.dates, columns=labels)
    media = known.reindex(dates, fill_value=0.0)
    media.loc[horizon.start :] = 0.0
    return media if _place(model, horizon.start) <= len(model.dates) else 0.0 * media


def _media_of(response: ModelResponse, spend: Floats) -> pd.DataFrame:
    """A plan's media, dates of the window x cells of the graph, in the model's units."""
    model = response.model
    money = pd.Series(spend, index=list(model.channels))
    # A channel that was never spent on has no effect that the model could know.
    money = money.where(model.historical_spend[list(model.channels)].any(), 0.0)
    units = money / pd.Series({channel: response.prices.get(channel, 1.0) for channel in model.channels})
    return (response.flighting * units)[cell_labels(response.cells)]

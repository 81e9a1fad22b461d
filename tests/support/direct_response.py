"""PyMC-Marketing's own response to money, without any code of this package but the model."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import mmm_groups as mg


def asked_directly(
    model: mg.FittedModel, start: Any, end: Any, periods: int, prices: dict[str, float], **arguments: Any
) -> Callable[[np.ndarray], np.ndarray]:
    """PyMC-Marketing's own response, (draw,), to money over the window, with its own conversion of money to units."""
    mmm, variable = model.mmm, "total_media_contribution_original_scale"
    dims = [dim for dim in mmm.model.named_vars_to_dims["channel_data"] if dim != "date"]
    coords = {dim: list(mmm.model.coords[dim]) for dim in dims}
    shape = tuple(len(labels) for labels in coords.values())
    labels = [" · ".join(map(str, cell)) for cell in pd.MultiIndex.from_product(list(coords.values()))]
    spent = np.array([model.historical_spend[label].any() for label in labels]).reshape(shape)
    if model.frequency == "MS":  # it takes the carry-over tail for months of 30 days and cuts it: ask for more
        end = pd.Timestamp(end) + pd.Timedelta(days=5)
    if prices:
        price = np.array([prices.get(label, 1.0) for label in labels]).reshape(shape)
        by_date = np.broadcast_to(price, (periods, *shape))
        arguments["cost_per_unit"] = xr.DataArray(
            by_date, dims=("date", *dims), coords={"date": np.arange(periods), **coords}
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it warns of zero-filled controls
        optimizer = mmm.budget_optimizer(
            start,
            end,
            budgets_to_optimize=xr.DataArray(spent, dims=dims, coords=coords),
            **arguments,
        )
    assert optimizer.num_periods == periods

    def ask(spend: np.ndarray) -> np.ndarray:
        by_label = dict(zip(model.channels, spend / periods, strict=True))
        plan = np.array([by_label[label] for label in labels]).reshape(shape)
        found = optimizer.evaluate_response_distribution(xr.DataArray(plan, dims=dims, coords=coords), variable)
        return np.asarray(found.values)

    zero = ask(np.zeros(len(model.channels)))
    return lambda spend: ask(spend) - zero

"""The answer of a logistic model in closed form, per draw: parameters out of the file, places in time and no dates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from support.reference import logistic_window_response

LAGS = 4


def logistic_truth(
    path: Path,
    history: pd.DataFrame,
    target: pd.Series,
    plan: Mapping[Any, list[float]],
    first: int,
    over_time: np.ndarray | None = None,
) -> np.ndarray:
    """Response, (draw,), to media by date over a window whose first date is the `first` of the training data.

    Parameters
    ----------
    path : Path
        The saved model.
    history : pd.DataFrame
        Its training data, one row for each date and cell.
    target : pd.Series
    plan : dict
        (channel, label of each dim …) to its media on each date of the window, in the model's units.
    first : int
    over_time : array, (draw, date of the window and of its carry-over), optional
        What multiplies the effect of each date.
    """
    posterior = xr.load_datatree(path, engine="h5netcdf")["posterior"].to_dataset().stack(sample=("chain", "draw"))  # noqa: PD013
    total = np.zeros(posterior.sizes["sample"])
    for (channel, *labels), by_date in plan.items():
        at = dict(zip((str(name) for name in history if name in posterior.dims), labels, strict=True))
        rows = (history[list(at)] == list(at.values())).all(axis=1) if at else np.full(len(history), True)
        spent = history.loc[rows, channel].to_numpy()
        past = spent[max(0, first - LAGS + 1) : first]
        for draw in range(len(total)):
            multiplier = None if over_time is None else [*np.ones(len(past)), *over_time[draw]]
            curve = {
                "alpha": _number(posterior["adstock_alpha"], at | {"channel": channel}, draw),
                "lam": _number(posterior["saturation_lam"], at | {"channel": channel}, draw),
                "beta": _number(posterior["saturation_beta"], at | {"channel": channel}, draw),
                "channel_scale": float(history[channel].max()),  # over all cells, as PyMC-Marketing scales by default
                "target_scale": float(np.abs(target).max()),
            }
            total[draw] += logistic_window_response(past, by_date, LAGS, multiplier, **curve)
    return total


def _number(parameter: xr.DataArray, at: Mapping[Any, Any], draw: int) -> float:
    return float(parameter.isel(sample=draw).sel({dim: label for dim, label in at.items() if dim in parameter.dims}))

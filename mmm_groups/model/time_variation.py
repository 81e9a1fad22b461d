"""Until when a model knows how the effect of its media varies over time."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mmm_groups.errors import HorizonError
from mmm_groups.model.calendar import period_word
from mmm_groups.model.horizon import Horizon


def refuse_beyond_variation(attributes: Mapping[str, Any], dates: pd.DatetimeIndex, horizon: Horizon) -> None:
    """Refuse a window for which the model does not say how effects vary.

    PyMC-Marketing approximates a Gaussian process by sine waves on a stretch of time around the training dates. Beyond
    its end the waves come back mirrored, which says nothing about effects.

    Parameters
    ----------
    attributes : mapping
        Saved with the model.
    dates : pd.DatetimeIndex
        Training dates.
    horizon : Horizon

    Raises
    ------
    HorizonError
        If the window or its carry-over reaches beyond that end; the text names the latest end.
    """
    known = [_dates_after_training(attributes, name, len(dates)) for name in varying_effects(attributes)]
    reach = min((count for count in known if count is not None), default=None)
    if reach is None:
        return
    lags = int((attributes["adstock"] or {}).get("l_max") or 0)
    latest = pd.date_range(dates[-1], periods=1 + max(0, reach - lags), freq=horizon.frequency)[-1]
    if horizon.end > latest:
        word = period_word(horizon.frequency)
        raise HorizonError(
            f"The effect of media varies over time in this model, and what it knows of that ends {reach} {word} after "
            f"its training data. The window ends on {horizon.end:%Y-%m-%d}. With {lags} {word} of carry-over it can "
            f"end on {latest:%Y-%m-%d} at the latest."
        )


def varying_effects(attributes: Mapping[str, Any]) -> list[str]:
    """Attributes of what varies over time and shapes what media earn; under a log link the intercept does as well."""
    names = ["time_varying_media"] + ["time_varying_intercept"] * (attributes.get("link", "identity") != "identity")
    return [name for name in names if attributes.get(name)]


def _dates_after_training(attributes: Mapping[str, Any], name: str, trained: int) -> int | None:
    """How many dates after the training data the waves reach; None if the file does not say, or they are seasons."""
    varying, middle = attributes[name], (trained - 1) / 2
    if isinstance(varying, Mapping):
        extent, middle = varying.get("L"), varying.get("X_mid") or middle
    else:
        configured = f"{name.removeprefix('time_varying_')}_tvp_config"
        config: Mapping[str, Any] = attributes["model_config"].get(configured) or {}
        if "ls_lower" in config:
            return None  # PyMC-Marketing works the extent out when it builds the model
        extent = config.get("L") or 2 * middle
    return int(middle + extent) - (trained - 1) if isinstance(extent, int | float) else None

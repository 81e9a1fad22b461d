"""The history that the small models are fitted on."""

import numpy as np
import pandas as pd

DATES = 104
CHANNELS = ("tv", "search", "social")
PRICES = {"tv": 12.0, "social": 0.004}
"""Historical price per unit of the channels that `cost_per_unit` models in spots and impressions; it drifts."""


def price_table(dates: np.ndarray) -> pd.DataFrame:
    """Price per unit by date; it rises by a fifth over the history."""
    rise = np.linspace(1.0, 1.2, len(dates))
    return pd.DataFrame({"date": pd.DatetimeIndex(dates)} | {name: price * rise for name, price in PRICES.items()})


def simulated(frequency: str, dims: tuple[str, ...], unused: str | None) -> tuple[pd.DataFrame, pd.Series]:
    """Spend and target whose truth is geometric carry-over and square-root saturation."""
    rng = np.random.default_rng(0)
    dates = pd.date_range("2024-01-01", periods=DATES, freq=frequency)
    cells = pd.MultiIndex.from_product([_labels(dim) for dim in dims], names=dims) if dims else [()]
    parts = []
    for cell in cells:
        spend = {name: rng.gamma(2, 400, DATES) * (rng.random(DATES) > 0.15) for name in CHANNELS}
        labels = dict(zip(dims, cell, strict=True)) if dims else {}
        part = pd.DataFrame({"date": dates, "price": rng.normal(1, 0.1, DATES)} | spend | labels)
        carried = {name: part[name] + 0.4 * part[name].shift(fill_value=0.0) for name in CHANNELS}
        effect = 25 * np.sqrt(carried["tv"]) + 40 * np.sqrt(carried["search"]) + 15 * np.sqrt(carried["social"])
        parts.append(part.assign(y=3000 + effect + rng.normal(0, 80, DATES)))
    history = pd.concat(parts, ignore_index=True)
    if unused is not None:
        history[unused] = 0.0
    return history.drop(columns="y"), history["y"]


def _labels(dim: str) -> list[str]:
    return ["US", "DE"] if dim == "geo" else ["A", "B"]

"""Small real PyMC-Marketing models of many kinds, with draws from their prior instead of a fit.

The graph is the real one. Curves must be the model's own for any draws, so nothing here waits for a sampler.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from pymc_marketing.mmm import (
    MMM,
    DelayedAdstock,
    GeometricAdstock,
    HillSaturation,
    LogisticSaturation,
    MichaelisMentenSaturation,
)

KINDS: dict[str, dict[str, Any]] = {
    "hill": {"saturation": HillSaturation()},
    "michaelis_menten": {"saturation": MichaelisMentenSaturation(), "adstock": DelayedAdstock(l_max=6)},
    "panel": {"dims": ("geo",)},
    "daily": {"freq": "D"},
    "monthly": {"freq": "MS"},
    "time_varying_media": {"time_varying_media": True},
    "never_spent": {"unused": "social"},
}


def small_model(kind: str, folder: Path) -> Path:
    """Save a model of this kind; returns its file."""
    settings = dict(KINDS[kind])
    frequency, unused = settings.pop("freq", "W-MON"), settings.pop("unused", None)
    geos = ["US", "DE"] if "dims" in settings else [None]
    history, target = _history(frequency, geos, unused)
    mmm = MMM(
        date_column="date",
        target_column="y",
        channel_columns=["tv", "search", "social"],
        **({"adstock": GeometricAdstock(l_max=4), "saturation": LogisticSaturation()} | settings),
    )
    mmm.build_model(history, target)
    free = [variable.name for variable in mmm.model.free_RVs]
    with mmm.model:
        names = [*free, *mmm.frozen_deterministics]  # what a posterior holds of a time-varying multiplier
        prior = pm.sample_prior_predictive(draws=30, random_seed=1, var_names=names)["prior"].to_dataset()
    mmm.idata = xr.DataTree.from_dict({"posterior": prior, "fit_data": mmm.create_fit_data(history, target)})
    mmm.set_idata_attrs(mmm.idata)
    path = folder / f"{kind}.nc"
    mmm.save(str(path), engine="h5netcdf")
    return path


def _history(frequency: str, geos: list[str | None], unused: str | None) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(0)
    dates = pd.date_range("2024-01-01", periods=60, freq=frequency)
    parts = []
    for geo in geos:
        spend = {name: rng.gamma(2, 400, 60) * (rng.random(60) > 0.15) for name in ("tv", "search", "social")}
        part = pd.DataFrame({"date": dates} | spend)
        parts.append(part if geo is None else part.assign(geo=geo))
    history = pd.concat(parts, ignore_index=True)
    if unused is not None:
        history[unused] = 0.0
    target = pd.Series(5000 + 20 * np.sqrt(history["tv"]) + rng.normal(0, 100, len(history)), name="y")
    return history, target

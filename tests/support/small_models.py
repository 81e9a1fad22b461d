"""Small real PyMC-Marketing models of many kinds: fitted ones for the matrix, prior draws for the rest.

The graph is the real one in both cases. The fitted ones are shipped (`tests/support/fitted`, `make fitted-models`), so
that no test waits for a sampler; prior draws are wilder than any posterior, which curves must stand as well.
"""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from pymc_extras.prior import Prior
from pymc_marketing.mmm import (
    MMM,
    BinomialAdstock,
    DelayedAdstock,
    GeometricAdstock,
    HillSaturation,
    HillSaturationSigmoid,
    InverseScaledLogisticSaturation,
    LogisticSaturation,
    LogSaturation,
    MichaelisMentenSaturation,
    NoAdstock,
    NoSaturation,
    RootSaturation,
    TanhSaturation,
    TanhSaturationBaselined,
    WeibullCDFAdstock,
    WeibullPDFAdstock,
)
from pymc_marketing.mmm.additive_effect import LinearTrendEffect
from pymc_marketing.mmm.events import EventEffect, GaussianBasis
from pymc_marketing.mmm.linear_trend import LinearTrend
from support.custom_parts import FunnelEffect, SquareRootSaturation
from support.simulated_history import CHANNELS, DATES, PRICES, price_table, simulated

MATRIX: dict[str, dict[str, Any]] = {
    "logistic": {},
    "hill": {"saturation": HillSaturation()},
    "michaelis_menten": {"saturation": MichaelisMentenSaturation(), "adstock": DelayedAdstock(l_max=6)},
    "panel": {"dims": ("geo",)},
    "log_link": {"link": "log"},
    "time_varying_media": {"time_varying_media": True},
    "cost_per_unit": {"priced": True},
    "daily": {"freq": "D"},
    "monthly": {"freq": "MS"},
}
"""Kinds that are fitted."""

KINDS: dict[str, dict[str, Any]] = {
    **MATRIX,
    "never_spent": {"unused": "social"},
    "everything_else": {
        "control_columns": ["price"],
        "yearly_seasonality": 2,
        "time_varying_intercept": True,
        "trend": True,
        "events": True,
    },
    "two_dims": {"dims": ("geo", "brand")},
    "funnel": {"funnel": True},
    "custom": {"saturation": SquareRootSaturation()},
    "inverse_scaled_logistic": {"saturation": InverseScaledLogisticSaturation(), "adstock": BinomialAdstock(l_max=4)},
    "tanh": {"saturation": TanhSaturation(), "adstock": WeibullPDFAdstock(l_max=4)},
    "tanh_baselined": {"saturation": TanhSaturationBaselined(), "adstock": WeibullCDFAdstock(l_max=4)},
    "hill_sigmoid": {"saturation": HillSaturationSigmoid(), "adstock": NoAdstock(l_max=1)},
    "root": {"saturation": RootSaturation()},
    "log_saturation": {"saturation": LogSaturation()},
    "linear": {"saturation": NoSaturation()},
}
"""All kinds that can be built."""


def small_model(kind: str, folder: Path, draws: int = 30) -> Path:
    """Save a model of this kind with draws from its prior; returns its file."""
    return with_prior_draws(*built(kind), draws, folder / f"{kind}.nc")


def panel_of(cells: int, draws: int, folder: Path) -> Path:
    """Save a panel model of five channels in so many cells, with draws from its prior; returns its file."""
    geos = [f"geo{number:02d}" for number in range(cells // 5)]
    rng = np.random.default_rng(0)
    dates = pd.date_range("2024-01-01", periods=DATES, freq="W-MON")
    names = [f"channel{number}" for number in range(5)]
    parts = [
        pd.DataFrame({"date": dates, "geo": geo} | {name: rng.gamma(2, 400, DATES) for name in names}) for geo in geos
    ]
    history = pd.concat(parts, ignore_index=True)
    target = pd.Series(3000 + rng.normal(0, 80, len(history)), name="y")
    mmm = MMM(
        date_column="date",
        target_column="y",
        channel_columns=names,
        dims=("geo",),
        adstock=GeometricAdstock(l_max=8),
        saturation=LogisticSaturation(),
    )
    mmm.build_model(history, target)
    return with_prior_draws(mmm, history, target, draws, folder / f"panel_{cells}_{draws}.nc")


def national_of(channels: int, draws: int, s_shaped: bool, folder: Path) -> Path:
    """Save a national model of so many channels, concave or S-shaped, with draws from its prior; returns its file."""
    rng = np.random.default_rng(0)
    names = [f"c{number:03d}" for number in range(channels)]
    dates = pd.date_range("2024-01-01", periods=DATES, freq="W-MON")
    history = pd.DataFrame({"date": dates} | {name: rng.gamma(2, 400, DATES) for name in names})
    target = pd.Series(3000 * channels + rng.normal(0, 80, DATES), name="y")
    beta = Prior("Gamma", mu=0.3, sigma=0.15, dims="channel")
    if s_shaped:
        slope, kappa = Prior("Gamma", mu=2.5, sigma=0.4, dims="channel"), Prior("Beta", alpha=8, beta=8, dims="channel")
        saturation = HillSaturation(priors={"slope": slope, "kappa": kappa, "beta": beta})
    else:
        lam = Prior("Gamma", mu=3, sigma=0.8, dims="channel")
        saturation = LogisticSaturation(priors={"lam": lam, "beta": beta})
    adstock = GeometricAdstock(priors={"alpha": Prior("Beta", alpha=2, beta=4, dims="channel")}, l_max=4)
    mmm = MMM(date_column="date", target_column="y", channel_columns=names, adstock=adstock, saturation=saturation)
    mmm.build_model(history, target)
    kind = "s_shaped" if s_shaped else "concave"
    return with_prior_draws(mmm, history, target, draws, folder / f"{kind}_{channels}_{draws}.nc")


def logistic_history(
    frequency: str,
    dates: int,
    date: str = "date",
    channels: Sequence[str] = CHANNELS,
    dims: Mapping[str, list[str]] = {},
) -> tuple[pd.DataFrame, pd.Series]:
    """Random spend of every date and cell, and an outcome that does not depend on it; columns of any name."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2022-01-03", periods=dates, freq=frequency)
    parts = []
    for cell in itertools.product(*dims.values()):
        spend = {name: rng.gamma(2, 400, dates) for name in channels}
        parts.append(pd.DataFrame({date: days} | spend | dict(zip(dims, cell, strict=True))))
    history = pd.concat(parts, ignore_index=True)
    return history, pd.Series(3000 + rng.normal(0, 80, len(history)))


def logistic_model(
    history: pd.DataFrame,
    target: pd.Series,
    path: Path,
    *,
    date: str = "date",
    outcome: str = "y",
    channels: Sequence[str] = CHANNELS,
    draws: int = 5,
    **settings: Any,
) -> Path:
    """Save a model with columns of these names, geometric carry-over over 4 dates and draws from its prior."""
    parts = {"adstock": GeometricAdstock(l_max=4), "saturation": LogisticSaturation()}
    mmm = MMM(date_column=date, target_column=outcome, channel_columns=list(channels), **(parts | settings))
    mmm.build_model(history, target.rename(outcome))
    return with_prior_draws(mmm, history, target.rename(outcome), draws, path)


def with_prior_draws(
    mmm: MMM, history: pd.DataFrame | xr.Dataset, target: pd.Series | None, draws: int, path: Path
) -> Path:
    """Save the built model with draws from its prior; a dataset holds its own target."""
    free = [variable.name for variable in mmm.model.free_RVs]
    with mmm.model:
        names = [*free, *mmm.frozen_deterministics]  # what a posterior holds of a time-varying multiplier
        prior = pm.sample_prior_predictive(draws=draws, random_seed=1, var_names=names)["prior"].to_dataset()
    mmm.idata = xr.DataTree.from_dict({"posterior": prior, "fit_data": mmm.create_fit_data(history, target)})
    mmm.set_idata_attrs(mmm.idata)
    mmm.save(str(path), engine="h5netcdf")
    return path


def built(kind: str) -> tuple[MMM, pd.DataFrame, pd.Series]:
    """A model of this kind, built on its training data: (model, history, target)."""
    settings = dict(KINDS[kind])
    frequency, unused = settings.pop("freq", "W-MON"), settings.pop("unused", None)
    is_priced, is_funnel = settings.pop("priced", False), settings.pop("funnel", False)
    has_trend, has_events = settings.pop("trend", False), settings.pop("events", False)
    history, target = simulated(frequency, settings.get("dims", ()), unused)
    prices = price_table(history["date"].unique()) if is_priced else None
    if prices is not None:  # the model is fitted on units, money is what they cost
        for channel in PRICES:
            history[channel] = history[channel] / prices[channel].to_numpy()
    mmm = MMM(
        date_column="date",
        target_column="y",
        channel_columns=list(CHANNELS),
        cost_per_unit=prices,
        **({"adstock": GeometricAdstock(l_max=4), "saturation": LogisticSaturation()} | settings),
    )
    if has_trend:
        mmm.mu_effects.append(LinearTrendEffect(trend=LinearTrend(n_changepoints=3), prefix="trend"))
    if has_events:
        days = pd.DataFrame({"name": ["sale"], "start_date": ["2024-06-03"], "end_date": ["2024-06-09"]})
        basis = GaussianBasis(priors={"sigma": Prior("Gamma", mu=7, sigma=1)})
        mmm.add_events(days, "event", EventEffect(basis=basis, effect_size=Prior("Normal"), dims=("event",)))
    if is_funnel:
        mmm.mu_effects.append(FunnelEffect())
    mmm.build_model(history, target)
    return mmm, history, target

"""Every way out that a refused model file is told, followed once with PyMC-Marketing itself."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from support.fitted_models import fitted_model
from support.simulated_history import price_table

import mmm_groups as mg
from mmm_groups.errors import ModelFileError

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]


def as_texts(history: pd.DataFrame) -> pd.DataFrame:
    return history.assign(date=history["date"].dt.strftime("%m/%d/%Y"))


def by_hour(history: pd.DataFrame) -> pd.DataFrame:
    return history.assign(date=pd.date_range("2024-01-01", periods=len(history), freq="h"))


def with_a_gap(history: pd.DataFrame) -> pd.DataFrame:
    return history.drop(index=10).reset_index(drop=True)


def turned_into_dates(history: pd.DataFrame) -> pd.DataFrame:
    return history.assign(date=pd.to_datetime(history["date"]))


def summed_by_day(history: pd.DataFrame) -> pd.DataFrame:
    return history.groupby(history["date"].dt.normalize()).sum(numeric_only=True).reset_index()


def filled(history: pd.DataFrame) -> pd.DataFrame:
    every = pd.date_range(history["date"].iloc[0], history["date"].iloc[-1], freq="W-MON", name="date")
    return history.set_index("date").reindex(every, fill_value=0.0).reset_index()


@pytest.mark.parametrize(
    ("spoil", "mend", "refusal"),
    [
        (as_texts, turned_into_dates, r"Turn the column into dates \(pandas.to_datetime\) and fit"),
        (by_hour, summed_by_day, r"Sum the data by day \(or week\), with dates that have no time, and fit"),
        (with_a_gap, filled, r"Add the missing dates \(with a spend of 0\) and fit"),
    ],
)
def test_other_dates_help(
    spoil: Callable[[pd.DataFrame], pd.DataFrame],
    mend: Callable[[pd.DataFrame], pd.DataFrame],
    refusal: str,
    tmp_path: Path,
) -> None:
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("W-MON", 96)
    spoilt = spoil(history)
    with pytest.raises(ModelFileError, match=refusal):
        mg.load_model(logistic_model(spoilt, target[: len(spoilt)], tmp_path / "spoilt.nc"))
    mended = mend(spoilt)
    assert mg.load_model(logistic_model(mended, target[: len(mended)], tmp_path / "mended.nc")).mmm


def test_data_of_an_effect_go_to_the_control_columns(tmp_path: Path) -> None:
    from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation
    from pymc_marketing.mmm.additive_effect import ControlMuEffect
    from support.simulated_history import CHANNELS
    from support.small_models import logistic_history, logistic_model, with_prior_draws

    history, target = logistic_history("W-MON", 40)
    rival = np.random.default_rng(0).normal(size=40)
    media = {"media": (("date", "channel"), history[list(CHANNELS)].to_numpy())}
    data = xr.Dataset(
        media | {"target": ("date", target.to_numpy()), "rival": ("date", rival)},
        coords={"date": history["date"].to_numpy(), "channel": list(CHANNELS)},
    )
    parts = {"adstock": GeometricAdstock(l_max=4), "saturation": LogisticSaturation()}
    mmm = MMM(date_column="date", target_column="y", channel_columns=list(CHANNELS), **parts)
    mmm.mu_effects.append(ControlMuEffect(data_vars=["rival"], prefix="rival"))
    mmm.build_model(data)
    path = with_prior_draws(mmm, data, None, 3, tmp_path / "effect.nc")
    with pytest.raises(KeyError, match="rival"):
        MMM.load(str(path))
    with pytest.raises(ModelFileError, match=r"Give it to the model as control columns"):
        mg.load_model(path)
    history["rival"] = rival
    assert mg.load_model(logistic_model(history, target, tmp_path / "control.nc", control_columns=["rival"])).mmm


def test_a_table_of_costs_is_set_again(tmp_path: Path) -> None:
    mmm = mg.load_model(fitted_model("cost_per_unit")).mmm
    dates = mmm.idata["fit_data"].to_dataset().indexes["date"]
    prices = price_table(dates.to_numpy())
    path = tmp_path / "model.nc"
    mmm.idata.attrs["cost_per_unit"] = prices.iloc[:-1].to_json(orient="split", date_format="iso")
    mmm.save(str(path), engine="h5netcdf")
    with pytest.raises(ModelFileError, match=r"gaps or prices of 0 or less.*Set it for every training date with MMM"):
        mg.load_model(path)
    mmm.set_cost_per_unit(prices)
    mmm.save(str(path), engine="h5netcdf")
    assert list(mg.load_model(path).historical_units) == ["tv", "social"]


def test_a_file_that_cannot_be_rebuilt_is_fitted_anew(tmp_path: Path) -> None:
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("W-MON", 40)
    path = logistic_model(history, target, tmp_path / "model.nc")
    tree = xr.load_datatree(path, engine="h5netcdf")
    tree.attrs["id"] = "another"
    tree.to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(ModelFileError, match=r"cannot rebuild the model.*saving the file again is no way out: fit"):
        _ = mg.load_model(tmp_path / "other.nc").mmm
    assert mg.load_model(path).mmm

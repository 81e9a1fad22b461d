"""Training data as they come: dates under any name and in any form, with gaps, without spend."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.errors import ModelFileError

Change = Callable[[xr.Dataset], xr.Dataset]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """The demo model, or another, with other training data and perhaps other attributes."""

    def make(change: Change, original: Path = mg.DEMO_MODEL, **attributes: str) -> Path:
        path = tmp_path / "changed.nc"
        shutil.copy(original, path)
        with xr.open_dataset(original, group="fit_data", engine="h5netcdf") as data:
            other = change(data.load())
        with h5py.File(path, "r+") as file:
            del file["fit_data"]
            file.attrs.update(attributes)
        other.to_netcdf(path, mode="a", group="fit_data", engine="h5netcdf")
        return path

    return make


def dated(dates: object) -> Change:
    return lambda data: data.assign_coords(date=np.asarray(dates))


@pytest.mark.parametrize("name", ["date_week", "Woche (Mo)", "index", "time", "week"])
def test_the_date_column_may_have_any_name(changed: Callable[..., Path], demo: mg.FittedModel, name: str) -> None:
    model = mg.load_model(changed(lambda data: data.rename(date=name), date_column=name))
    pd.testing.assert_frame_equal(model.historical_spend, demo.historical_spend)
    assert model.next_horizon() == demo.next_horizon()


def test_iso_texts_are_dates(changed: Callable[..., Path], demo: mg.FittedModel) -> None:
    model = mg.load_model(changed(dated(demo.dates.strftime("%Y-%m-%d").astype(str))))
    pd.testing.assert_frame_equal(model.historical_spend, demo.historical_spend, check_freq=False)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("%d.%m.%Y", r"\(column 'date'\) are stored as text such as '\d\d\.\d\d\.\d{4}', not as dates.*to_datetime"),
        ("%m/%d/%Y", "stored as text such as"),
        ("%Y%m%d", "stored as text such as"),
    ],
)
def test_texts_that_do_not_tell_day_from_month_are_refused(
    changed: Callable[..., Path], demo: mg.FittedModel, written: str, words: str
) -> None:
    with pytest.raises(ModelFileError, match=words):
        mg.load_model(changed(dated(demo.dates.strftime(written).astype(str))))


def test_numbers_are_no_dates(changed: Callable[..., Path], demo: mg.FittedModel) -> None:
    with pytest.raises(ModelFileError, match="stored as numbers such as '0'"):
        mg.load_model(changed(dated(np.arange(len(demo.dates)))))


@pytest.mark.parametrize("frequency", ["h", "12h", "30min"])
def test_dates_finer_than_days_are_refused_with_a_way_out(
    changed: Callable[..., Path], demo: mg.FittedModel, frequency: str
) -> None:
    dates = pd.date_range("2024-01-01", periods=len(demo.dates), freq=frequency)
    with pytest.raises(ModelFileError, match=r"carry times of the day.*Sum the data by day"):
        mg.load_model(changed(dated(dates)))


def test_cells_whose_labels_run_together_are_refused(changed: Callable[..., Path]) -> None:
    """US is called 'A' and has a channel 'B · C'; DE is called 'A · B' and has a channel 'C'."""
    names = {"tv": "C", "search": "B · C"}

    def renamed(data: xr.Dataset) -> xr.Dataset:
        return data.rename(names).assign_coords(geo=["A · B", "A"])

    columns = json.dumps(["C", "B · C", "social"])
    with pytest.raises(ModelFileError, match=r"both called 'A · B · C', because names.*hold ' · '"):
        mg.load_model(changed(renamed, fitted_model("panel"), channel_columns=columns))


def test_a_gap_is_named(changed: Callable[..., Path], demo: mg.FittedModel) -> None:
    before, after = demo.dates[9], demo.dates[11]
    words = rf"no regular frequency.*gap between {before:%Y-%m-%d} and {after:%Y-%m-%d}.*Add the missing dates"
    with pytest.raises(ModelFileError, match=words):
        mg.load_model(changed(lambda data: data.drop_sel(date=demo.dates[10])))


def test_a_model_without_any_spend_is_refused(changed: Callable[..., Path], demo: mg.FittedModel) -> None:
    def unspent(data: xr.Dataset) -> xr.Dataset:
        return data.assign({channel: 0.0 * data[channel] for channel in demo.channels})

    with pytest.raises(ModelFileError, match=r"Nothing was ever spent.*nothing to plan"):
        mg.load_model(changed(unspent))

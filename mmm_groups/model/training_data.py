"""What a model file says of the past: spend by date and channel, prices per unit, and how far apart its dates are."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.errors import ModelFileError
from mmm_groups.model.calendar import day_of, is_plannable
from mmm_groups.model.model_file import ModelFile
from mmm_groups.model.spend_history import bad_columns

FILE_ENGINE = "h5netcdf"

LABEL_SEPARATOR = " · "
"""Between the parts of a channel's label in a panel model: `US · facebook`."""


def cell_labels(channels: xr.DataArray) -> list[str]:
    """Labels of the cells of an array over (dims…, channel), in C order: `facebook`, or `US · facebook`."""
    index = [channels.indexes[dim] for dim in channels.dims]
    return [LABEL_SEPARATOR.join(map(str, cell)) for cell in pd.MultiIndex.from_product(index)]


def training_dataset(file: ModelFile) -> xr.Dataset:
    """What the model was trained on, with real dates.

    The date column keeps its own name here; only the posterior calls it `date`.

    Raises
    ------
    ModelFileError
        If the file lacks it, or its dates are texts of which one cannot tell the day from the month.
    """
    try:
        return with_real_dates(file, xr.load_dataset(file.path, group="fit_data", engine=FILE_ENGINE))
    except ModelFileError:
        raise
    except ImportError as error:  # of a library for other calendars, for which damaged dates are taken
        raise damaged(file.path, ValueError("its dates are none of this calendar")) from error
    except Exception as error:  # xarray raises anything on dates of another calendar, or on a damaged file
        raise damaged(file.path, error) from error


def with_real_dates(file: ModelFile, history: xr.Dataset) -> xr.Dataset:
    """The same training data, with dates where the date column holds ISO texts, as `read_csv` leaves them.

    PyMC-Marketing fits and saves such a model, and cannot rebuild it from its file.

    Raises
    ------
    ModelFileError
        If the dates are neither dates nor ISO texts.
    KeyError
        If there is no such column.
    """
    column = str(file.attributes["date_column"])
    stored = history.indexes[column]
    if isinstance(stored, pd.DatetimeIndex):
        return history
    days = [day_of(value) for value in stored]
    if None in days:
        raise ModelFileError(
            f"The dates of '{file.path.name}' (column '{column}') are stored as {_kind(stored)} such as "
            f"'{stored[days.index(None)]}', not as dates, so day and month cannot be told apart for certain. Turn the "
            f"column into dates (pandas.to_datetime) and fit the model again."
        )
    return history.assign_coords({column: pd.DatetimeIndex(days).as_unit("ns")})


def _kind(stored: pd.Index) -> str:
    return "numbers" if pd.api.types.is_numeric_dtype(stored) else "text"


def damaged(path: Path, error: Exception) -> ModelFileError:
    """The error of a file that lacks a part."""
    return ModelFileError(
        f"'{path.name}' lacks part of its data or is damaged ({error}). Copy it again, or save the model again with "
        "MMM.save()."
    )


def historical_media(history: xr.Dataset, date_column: str, columns: list[str], dims: tuple[str, ...]) -> pd.DataFrame:
    """What the model was trained on, dates x channels, by date: spend in currency, or units where it knows units.

    Raises
    ------
    KeyError
        If the training data lacks one of the columns or dims.
    """
    cells = history[columns].to_dataarray("channel").transpose(date_column, *dims, "channel")
    labels = cell_labels(cells.isel({date_column: 0}, drop=True))
    dates = cells.indexes[date_column].rename("date")
    spend = pd.DataFrame(cells.values.reshape(len(dates), -1), index=dates, columns=labels)
    return spend.astype(np.float64).sort_index()


def unit_prices(file: ModelFile, media: pd.DataFrame, dims: tuple[str, ...]) -> pd.DataFrame:
    """Historical price per unit, dates x channels known in units, in currency, from PyMC-Marketing's own table.

    Raises
    ------
    ModelFileError
        If the table is damaged, has gaps, or holds prices of 0 or less.
    """
    stored = file.attributes.get("cost_per_unit")
    if not stored:
        return pd.DataFrame(index=media.index)
    try:
        table = pd.DataFrame(stored["data"], columns=stored["columns"])
        # Whatever the date column of the model is called, PyMC-Marketing wants `date` in this table.
        days = pd.to_datetime(table["date"], format="ISO8601").dt.tz_localize(None)
        priced = [name for name in table.columns if name not in ("date", *dims)]
        by_cell = []
        for name in priced:
            parts = (*(table[dim] for dim in dims), [name] * len(table))
            labels = [LABEL_SEPARATOR.join(map(str, cell)) for cell in zip(*parts, strict=True)]
            by_cell.append(pd.DataFrame({"date": days, "cell": labels, "price": table[name].astype(np.float64)}))
        long = pd.concat(by_cell)
        prices = long.pivot_table(index="date", columns="cell", values="price").reindex(media.index)
        prices = prices[[label for label in media.columns if label in prices.columns]]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"The table of costs per unit in '{file.path.name}' is damaged ({error}). Set it again with "
            "MMM.set_cost_per_unit() and save the model."
        ) from error
    bad = [str(name) for name in prices if not (np.isfinite(prices[name]) & (prices[name] > 0)).all()]
    if bad:
        raise ModelFileError(
            f"The table of costs per unit in '{file.path.name}' has gaps or prices of 0 or less for {bad}. Set it for "
            "every training date with MMM.set_cost_per_unit()."
        )
    return prices.rename_axis(columns=None)


def refuse_bad_spend(path: Path, spend: pd.DataFrame) -> None:
    """Raise ModelFileError where spend (dates x channels) has gaps or is negative, or all of it is 0."""
    if bad := bad_columns(spend):
        raise ModelFileError(
            f"The training data of '{path.name}' holds gaps or negative spend in {bad}. Fit the model on complete data."
        )
    if not spend.to_numpy().any():
        raise ModelFileError(
            f"Nothing was ever spent on any channel in the training data of '{path.name}', so the model knows no "
            "effect of money and there is nothing to plan. Fit it on data with spend."
        )


def refuse_equal_labels(path: Path, labels: pd.Index) -> None:
    """Raise ModelFileError if two cells of a panel have one label, because names hold what stands between them."""
    if labels.has_duplicates:
        raise ModelFileError(
            f"Two cells of the panel in '{path.name}' are both called '{labels[labels.duplicated()][0]}', because "
            f"names of its channels or dimensions hold '{LABEL_SEPARATOR}'. Write these names without it and fit the "
            "model again."
        )


def frequency_of(path: Path, dates: pd.DatetimeIndex) -> str:
    """The pandas frequency of the training dates, such as `W-MON`.

    Raises
    ------
    ModelFileError
        If they follow none, or one that is finer than days.
    """
    with pd.option_context("future.infer_freq_returns_offset", True):
        offset = pd.infer_freq(dates) if len(dates) >= 3 else None
    name = offset if offset is None or isinstance(offset, str) else str(offset.freqstr)
    if (dates != dates.normalize()).any():
        raise ModelFileError(
            f"The training dates of '{path.name}' carry times of the day, such as {dates[-1]:%Y-%m-%d %H:%M}, and "
            "media are planned by the day at the finest. Sum the data by day (or week), with dates that have no time, "
            "and fit the model again."
        )
    if name is None or not is_plannable(name):
        raise ModelFileError(
            f"The training dates of '{path.name}' have no regular frequency ({len(dates)} dates from "
            f"{dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}{_irregular(dates)}). A planning window continues their "
            "rhythm: days, business days, weeks, months, quarters or years, or every so many of them, without gaps. "
            "Add the missing dates (with a spend of 0) and fit the model again."
        )
    return name


def _irregular(dates: pd.DatetimeIndex) -> str:
    """Between which dates the rhythm breaks for the first time; empty if that cannot be told."""
    steps = dates[1:] - dates[:-1]
    if not len(steps):
        return ""
    odd = np.flatnonzero(steps > 1.2 * steps.to_series().mode().iloc[0])
    if not len(odd):
        return ""
    return f", with a gap between {dates[odd[0]]:%Y-%m-%d} and {dates[odd[0] + 1]:%Y-%m-%d}"

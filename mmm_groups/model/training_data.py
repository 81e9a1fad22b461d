"""What a model file says of the past: spend by date and channel, prices per unit, and how far apart its dates are."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.errors import ModelFileError
from mmm_groups.model.model_file import ModelFile
from mmm_groups.model.spend_history import bad_columns

LABEL_SEPARATOR = " · "
"""Between the parts of a channel's label in a panel model: `US · facebook`."""


def cell_labels(channels: xr.DataArray) -> list[str]:
    """Labels of the cells of an array over (dims…, channel), in C order: `facebook`, or `US · facebook`."""
    index = [channels.indexes[dim] for dim in channels.dims]
    return [LABEL_SEPARATOR.join(map(str, cell)) for cell in pd.MultiIndex.from_product(index)]


def historical_media(history: xr.Dataset, columns: list[str], dims: tuple[str, ...]) -> pd.DataFrame:
    """What the model was trained on, dates x channels, by date: spend in currency, or units where it knows units.

    Raises
    ------
    KeyError
        If the training data lacks one of the columns or dims.
    """
    cells = history[columns].to_dataarray("channel").transpose("date", *dims, "channel")
    labels = cell_labels(cells.isel(date=0, drop=True))
    spend = pd.DataFrame(cells.values.reshape(cells.sizes["date"], -1), index=cells.indexes["date"], columns=labels)
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
        table["date"] = pd.to_datetime(table["date"]).dt.tz_localize(None)
        names = [name for name in table.columns if name not in ("date", *dims)]
        long = table.melt(["date", *dims], names, "channel")
        long["cell"] = long[[*dims, "channel"]].astype(str).agg(LABEL_SEPARATOR.join, axis=1)
        prices = long.pivot_table(index="date", columns="cell", values="value").reindex(media.index)
        prices = prices[[label for label in media.columns if label in prices.columns]].astype(np.float64)
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
    """Raise ModelFileError, naming the channels, if spend (dates x channels) has gaps or is negative."""
    if bad := bad_columns(spend):
        raise ModelFileError(
            f"The training data of '{path.name}' holds gaps or negative spend in {bad}. Fit the model on complete data."
        )


def frequency_of(path: Path, dates: pd.DatetimeIndex) -> str:
    """The pandas frequency of the training dates, such as `W-MON`; raises ModelFileError if they follow none."""
    with pd.option_context("future.infer_freq_returns_offset", True):
        offset = pd.infer_freq(dates) if len(dates) >= 3 else None
    if offset is None:
        raise ModelFileError(
            f"The training dates of '{path.name}' have no regular frequency ({len(dates)} dates from "
            f"{dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}). A planning window needs daily, weekly or monthly dates "
            "without gaps."
        )
    return offset if isinstance(offset, str) else str(offset.freqstr)

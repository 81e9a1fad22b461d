"""A fitted PyMC-Marketing model: what it says about itself, and the way to its graph.

Everything a planner sees at once (channels, dates, historical spend) is read from the file as plain data.
PyMC-Marketing, whose import takes seconds, is only imported when the model's graph is needed.
"""

import importlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from mmm_groups.errors import HorizonError, ModelFileError
from mmm_groups.model.calendar import day_of, grid, is_far, periods_of
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.model_file import ModelFile, file_hash, inspect_model_file
from mmm_groups.model.time_variation import refuse_beyond_variation
from mmm_groups.model.training_data import (
    FILE_ENGINE,
    damaged,
    frequency_of,
    historical_media,
    refuse_bad_spend,
    refuse_equal_labels,
    training_dataset,
    unit_prices,
    with_real_dates,
)
from mmm_groups.sentences import first_line

if TYPE_CHECKING:
    from pymc_marketing.mmm import MMM

_SATURATIONS = {
    "LogisticSaturation": "logistic",
    "TanhSaturation": "logistic",
    "MichaelisMentenSaturation": "michaelis_menten",
    "HillSaturation": "hill",
}


@dataclass(frozen=True, repr=False)
class FittedModel:
    """A fitted marketing mix model as the rest of the package knows it.

    Attributes
    ----------
    file : ModelFile
        The inspected file it came from; `file.sha256` identifies the model.
    channels : tuple[str, ...]
        What one can spend on. A panel model has one channel for each cell, labelled `US · facebook`.
    dims : tuple[str, ...]
        Panel dimensions besides date and channel; empty for a national model.
    dates : pd.DatetimeIndex
        Training dates.
    frequency : str
        Their pandas frequency, such as `W-MON`.
    target : str
        Name of the modelled outcome.
    link : str
        `identity` (contributions add up) or `log`.
    saturation : str
        Family of the saturation: `logistic` (tanh is the same curve), `michaelis_menten`, `hill`; empty for others.
    draws : int
        Posterior draws, over all chains.
    historical_spend : pd.DataFrame, dates x channels
        Spend of every training date, in currency.
    historical_units : pd.DataFrame, dates x some channels
        Units bought (impressions, clicks) by the channels that the model knows in units; their spend is units times
        the model's own `cost_per_unit`. No columns if all channels are modelled in money.
    """

    file: ModelFile
    channels: tuple[str, ...]
    dims: tuple[str, ...]
    dates: pd.DatetimeIndex
    frequency: str
    target: str
    link: str
    saturation: str
    draws: int
    historical_spend: pd.DataFrame
    historical_units: pd.DataFrame

    def __repr__(self) -> str:
        span = f"{self.dates[0]:%Y-%m-%d} to {self.dates[-1]:%Y-%m-%d}"
        return f"<FittedModel {self.name}: {self.target} on {', '.join(self.channels)}, {span}, {self.draws} draws>"

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.file.path.stem

    @property
    def path(self) -> Path:
        """The file it came from."""
        return self.file.path

    @property
    def identity(self) -> str:
        """Changes with the file's content."""
        return self.file.sha256

    def next_horizon(self, periods: int | None = None) -> Horizon:
        """The `periods` dates that follow the training data; default: about a quarter of a year, 13 weeks."""
        count = periods_of(self.frequency, 0.25) if periods is None else periods
        dates = pd.date_range(self.dates[-1], periods=count + 1, freq=self.frequency)[1:]
        return Horizon(dates[0], dates[-1], self.frequency)

    def horizon(self, start: str | pd.Timestamp, end: str | pd.Timestamp) -> Horizon:
        """The planning window from `start` to `end`, both included, on the model's own dates.

        Parameters
        ----------
        start, end : str or date
            ISO text (`2026-01-05`) or a date object; other texts are refused, as they do not tell day from month.

        Raises
        ------
        HorizonError
            If an end is no such date, the window is empty, or its first date is not one of the model's (a Tuesday in a
            Monday model), or the effect of media varies over time and the model does not say how in the window.
        """
        first, last = self._day(start), self._day(end)
        dates = grid(self.dates, self.frequency, first, last)
        if last < first or dates.empty:
            raise HorizonError(
                f"The window from {first:%Y-%m-%d} to {last:%Y-%m-%d} holds no date of the model, whose dates follow "
                f"'{self.frequency}'. Choose an end after the start."
            )
        if dates[0] != first:
            raise HorizonError(
                f"The window starts on {first:%A %Y-%m-%d}, but the model's dates follow '{self.frequency}' "
                f"(…, {self.dates[-2]:%Y-%m-%d}, {self.dates[-1]:%Y-%m-%d}). "
                f"The nearest later start is {dates[0]:%A %Y-%m-%d}."
            )
        found = Horizon(dates[0], dates[-1], self.frequency)
        refuse_beyond_variation(self.file.attributes, self.dates, found)
        return found

    def _day(self, date: str | pd.Timestamp) -> pd.Timestamp:
        found = day_of(date)
        if found is None:
            raise HorizonError(
                f"'{date}' is no date that can be read for certain. Write it as 2026-01-05 (year, month, day), without "
                "a time zone, or give a date object."
            )
        if is_far(self.dates, found):
            raise HorizonError(
                f"{found:%Y-%m-%d} is more than a hundred years from the training data ({self.dates[0]:%Y-%m-%d} to "
                f"{self.dates[-1]:%Y-%m-%d}). Choose a window nearer to it."
            )
        return found

    @cached_property
    def mmm(self) -> "MMM":
        """The PyMC-Marketing model itself, opened at first use (seconds).

        Raises
        ------
        ModelFileError
            If PyMC-Marketing cannot rebuild the model from the file.
        """
        return _open_with_pymc_marketing(self.file)


def load_model(path: str | Path, *, trust: Sequence[str] = ()) -> FittedModel:
    """Open a `.nc` file written by `MMM.save` (PyMC-Marketing 1.x).

    The file is inspected first, without executing anything that it names; see `inspect_model_file` for the errors.

    Parameters
    ----------
    path : str or Path
        The model file.
    trust : sequence of str
        Modules of your own that the model's custom parts come from, such as `acme_mmm.saturation`. They are imported
        when the model is opened, so name only code that you would run.

    Raises
    ------
    ModelFileError
        If the file is not a complete model file, or its dates have no regular frequency.
    UnsafeModelError
        If it refers to code outside PyMC-Marketing.
    NotFittedError
        If it was never fitted.
    """
    file = inspect_model_file(path, trust)
    attributes = file.attributes
    dims = tuple(attributes.get("dims") or ())
    history = training_dataset(file)
    try:
        with xr.open_dataset(file.path, group="posterior", engine=FILE_ENGINE) as posterior:
            draws = posterior.sizes["chain"] * posterior.sizes["draw"]
        media = historical_media(history, str(attributes["date_column"]), attributes["channel_columns"], dims)
    except Exception as error:  # xarray raises anything on a damaged file, and it is told with its cause
        raise damaged(file.path, error) from error
    refuse_equal_labels(file.path, media.columns)
    refuse_bad_spend(file.path, media)
    dates = pd.DatetimeIndex(media.index)
    prices = unit_prices(file, media, dims)
    return FittedModel(
        file=file,
        channels=tuple(media.columns),
        dims=dims,
        dates=dates,
        frequency=frequency_of(file.path, dates),
        target=str(attributes["target_column"]),
        link=str(attributes.get("link", "identity")),
        saturation=_SATURATIONS.get(_class_name(attributes["saturation"]), ""),
        draws=draws,
        historical_spend=media.mul(prices, fill_value=1.0)[media.columns],
        historical_units=media[prices.columns],
    )


class OptimizationBridge:
    """What an optimiser may decide on in a fitted model."""

    def __init__(self, model: FittedModel) -> None:
        self._model = model

    def get_optimizable_channels(self) -> list[str]:
        """Labels of the channels that money can be put on, in the model's order."""
        return list(self._model.channels)


def _class_name(serialized: object) -> str:
    return str(serialized.get("__type__", "")).rpartition(".")[2] if isinstance(serialized, dict) else ""


def _open_with_pymc_marketing(file: ModelFile) -> "MMM":
    if file_hash(file.path) != file.sha256:
        raise ModelFileError(f"'{file.path.name}' changed since it was opened. Open it again.")
    with warnings.catch_warnings():
        # What they note about their own stack, or about settings that were fixed when the model was fitted, is nothing
        # a planner can act on.
        warnings.simplefilter("ignore")
        # The only import of PyMC-Marketing in the package: 5 to 7 s, which the first screen must not wait for.
        from pymc_marketing.mmm import MMM

        try:
            for module in file.trusted:
                importlib.import_module(module)  # so that PyMC-Marketing knows the classes that the file names
            tree = xr.load_datatree(file.path, engine=FILE_ENGINE)
            tree["fit_data"] = xr.DataTree(with_real_dates(file, tree["fit_data"].to_dataset()))
            mmm = MMM.load_from_idata(tree)
        except Exception as error:  # whatever their loader raises is told to the planner, with its cause
            raise ModelFileError(
                f"PyMC-Marketing {version('pymc-marketing')}, which this app uses, cannot rebuild the model in "
                f"'{file.path.name}': {first_line(error)}. Its own MMM.load() fails in the same way, so saving the "
                "file again is no way out: fit the model with this version and save that."
            ) from error
    if mmm.link == "identity" and "channel_contribution_original_scale" not in mmm.model.named_vars:
        mmm.add_original_scale_contribution_variable(var=["channel_contribution"])
    return mmm

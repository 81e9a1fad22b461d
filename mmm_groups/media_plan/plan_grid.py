"""What a media plan is laid over: the channels and dates of a model's or curves' window, and the days of each date."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import HorizonError, MediaPlanError
from mmm_groups.model.calendar import unit_of
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting, flighting_shares
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.spend_history import reference_spend
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers

UNDATED = "window"
"""Label of the one row of a plan for curves that know no dates."""


@dataclass(frozen=True, repr=False, eq=False)
class PlanGrid:
    """The channels and dates that a media plan speaks of.

    Attributes
    ----------
    channels : tuple[str, ...]
        Of the model, or those that the curves plan, sub-channels included.
    horizon : Horizon or None
        The window; None for curves that know no dates.
    history : pd.DataFrame, dates x channels
        Spend of past dates, in currency; empty if it is unknown.
    reference : Numbers
        Channel to its reference spend over the window, in currency; NaN where it is unknown.
    phasing : pd.DataFrame, dates x channels
        Share of each channel's money by date where only its total is known; every column adds up to 1.
    """

    channels: tuple[str, ...]
    horizon: Horizon | None
    history: pd.DataFrame
    reference: Numbers
    phasing: pd.DataFrame

    def __repr__(self) -> str:
        return f"<PlanGrid over {self.horizon or 'no dates'}: {', '.join(self.channels)}>"

    @classmethod
    def of(
        cls,
        on: FittedModel | ResponseCurves,
        start: str | pd.Timestamp | None = None,
        end: str | pd.Timestamp | None = None,
        *,
        phasing: Flighting | None = None,
    ) -> Self:
        """The grid of a model over a window, or of curves over theirs.

        Parameters
        ----------
        on : FittedModel or ResponseCurves
        start, end : date, optional
            The window of a model, both included; default: about a quarter of a year after the training data. Curves
            have a window already.
        phasing : Flighting, optional
            How totals are spread over the dates. Default: as the curves were read, and evenly on a model.

        Raises
        ------
        HorizonError
            If the window does not fit the model's dates, or is not that of the curves.
        FlightingError
            If the phasing does not fit.
        """
        if isinstance(on, FittedModel):
            return cls._of_model(on, start, end, "even" if phasing is None else phasing)
        return cls._of_curves(on, start, end, phasing)

    @classmethod
    def _of_model(
        cls, model: FittedModel, start: str | pd.Timestamp | None, end: str | pd.Timestamp | None, phasing: Flighting
    ) -> Self:
        if (start is None) != (end is None):
            raise HorizonError("The window of a media plan needs its first and its last date. Give both, or neither.")
        horizon = model.next_horizon() if start is None or end is None else model.horizon(start, end)
        history = model.historical_spend
        shares, _ = flighting_shares(history, horizon, phasing)
        reference = reference_spend(history, horizon.periods)
        return cls(model.channels, horizon, history, reference, shares[list(model.channels)])

    @classmethod
    def _of_curves(
        cls,
        curves: ResponseCurves,
        start: str | pd.Timestamp | None,
        end: str | pd.Timestamp | None,
        phasing: Flighting | None,
    ) -> Self:
        horizon, channels = curves.horizon, list(curves.channels)
        asked = [pd.Timestamp(day) for day in (start, end) if day is not None]
        if asked and (horizon is None or not {horizon.start, horizon.end} >= set(asked)):
            raise HorizonError(
                f"The curves are for {horizon or 'a window that they do not name'}, so a plan on them cannot be for "
                "other dates. Leave the dates out, or lay the plan over a model."
            )
        if horizon is None:
            shares = pd.DataFrame(1.0, index=pd.Index([UNDATED], name="date"), columns=channels)
        elif phasing is not None:
            known = curves.historical_spend.reindex(columns=channels)
            shares = flighting_shares(known, horizon, phasing)[0]
        elif curves.flighting.empty:
            shares = pd.DataFrame(1 / horizon.periods, index=horizon.dates, columns=channels)
        else:
            shares = curves.flighting[channels]
        reference = curves.reference_spend[channels]
        return cls(curves.channels, horizon, curves.historical_spend, reference, shares.rename_axis("date"))

    @property
    def dates(self) -> pd.Index:
        """The window's dates; one label, `window`, if there are none."""
        return self.phasing.index

    @property
    def periods(self) -> int:
        """How many dates the window has."""
        return len(self.phasing)

    @property
    def days(self) -> tuple[Floats, Floats]:
        """First day of each date of the window, and the first day after it, (date,), as days since 1970."""
        return days_of(self.dated)

    @property
    def dated(self) -> Horizon:
        """The window.

        Raises
        ------
        MediaPlanError
            If the curves know none.
        """
        if self.horizon is None:
            raise MediaPlanError(
                "These curves do not say which dates they are for, so money cannot be laid over dates. Give one total "
                "for each channel."
            )
        return self.horizon

    def spread_totals(self, totals: Numbers) -> pd.DataFrame:
        """Totals by channel over the dates, dates x channels, in currency."""
        return self.phasing * totals[list(self.channels)]

    def overlap(self, first: Floats, after: Floats) -> Floats:
        """Share of each stretch of days that falls on each date, (stretch, date); rows add up to at most 1.

        Parameters
        ----------
        first, after : arrays, (stretch,)
            Its first day and the first day after it, as days since 1970.
        """
        return shared_days(first, after, *self.days) / (after - first)[:, None]


def days_of(horizon: Horizon) -> tuple[Floats, Floats]:
    """First day of each date of a window, and the first day after it, (date,), as days since 1970.

    A date stands for the days from it to the next one; of month ends and the like for the days since the last one.
    """
    around = pd.date_range(horizon.start, periods=horizon.periods + 1, freq=horizon.frequency)
    if not is_at_end(horizon.frequency):
        edges = as_days(around)
        return edges[:-1], edges[1:]
    around = pd.date_range(end=horizon.end, periods=horizon.periods + 1, freq=horizon.frequency)
    edges = as_days(around) + 1
    return edges[:-1], edges[1:]


def is_at_end(frequency: str) -> bool:
    """True if a date of this frequency ends the days that it stands for, as month ends do."""
    letters = frequency.lstrip("0123456789").partition("-")[0]
    return unit_of(frequency)[1] in ("M", "Q", "Y") and letters.endswith("E")


def as_days(dates: pd.DatetimeIndex) -> Floats:
    """Dates as days since 1970."""
    return np.asarray(dates.to_numpy().astype("datetime64[D]").astype(np.int64), dtype=np.float64)


def shared_days(first: Floats, after: Floats, own_first: Floats, own_after: Floats) -> Floats:
    """How many days each of some stretches shares with each of others, (stretch, other)."""
    begins = np.maximum(first[:, None], own_first[None, :])
    ends = np.minimum(after[:, None], own_after[None, :])
    return np.asarray(np.maximum(ends - begins, 0.0))

"""How long the periods of a plan's table are: dates stand for days, weeks, months, or the model's own dates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.errors import TableError
from mmm_groups.media_plan.plan_grid import as_days, days_of
from mmm_groups.model.calendar import grid
from mmm_groups.model.horizon import Horizon
from mmm_groups.tables.written_dates import Unit, WrittenPeriod

PeriodUnit = Literal["model's dates", "day", "week", "month", "quarter", "mixed", "total"]
Days = tuple[pd.Timestamp, pd.Timestamp]
"""First day, and the first day after it."""


def days_of_periods(
    periods: Sequence[WrittenPeriod], horizon: Horizon, file: str
) -> tuple[dict[WrittenPeriod, Days], PeriodUnit]:
    """The days of each period, and what they are in all.

    Parameters
    ----------
    periods : sequence of WrittenPeriod
    horizon : Horizon
        Any window on the model's grid of dates.
    file : str
        What errors call the table.

    Raises
    ------
    TableError
        If dates follow no rule, so that it is not known how long each one's period is.
    """
    units = {period.unit for period in periods}
    if units != {"day"}:
        found = {period: (period.first, period.after) for period in periods}
        return found, _unit_of(units)
    dates = pd.DatetimeIndex(sorted({period.first for period in periods}))
    after, unit = _lengths(dates, horizon, file)
    first = dict(zip(dates, after, strict=True))
    if unit == "model's dates":
        own = _own_days(dates, horizon)
        return {period: own[period.first] for period in periods}, unit
    return {period: (_begin(period.first, unit, first), first[period.first]) for period in periods}, unit


def _unit_of(units: set[Unit]) -> PeriodUnit:
    unit = next(iter(units))
    return "mixed" if len(units) > 1 or unit == "range" else unit


def model_dates(horizon: Horizon, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Dates of the window's grid from a day to another one."""
    return grid(horizon.dates, horizon.frequency, first, last)


def _lengths(dates: pd.DatetimeIndex, horizon: Horizon, file: str) -> tuple[list[pd.Timestamp], PeriodUnit]:
    """The first day after each date's period, and what the dates are."""
    own = model_dates(horizon, dates[0], dates[-1])
    gaps = np.diff(as_days(dates))
    if set(dates) <= set(own):
        places = own.get_indexer(dates)
        if len(dates) == 1 or np.diff(places).min() == 1:
            return list(dates), "model's dates"
    if len(dates) == 1 and dates[0].day == 1:
        raise TableError(
            f"'{file}' has one date, {dates[0]:%Y-%m-%d}, which may be a day or a month. Write the month as "
            f"{dates[0]:%Y-%m}, or give the first and the last day."
        )
    if len(dates) == 1 or gaps.min() == 1:
        return [date + pd.Timedelta(days=1) for date in dates], "day"
    if (gaps % 7 == 0).all() and gaps.min() == 7:
        return [date + pd.Timedelta(days=7) for date in dates], "week"
    months = np.array([12 * date.year + date.month for date in dates])
    is_first = all(date.day == 1 for date in dates)
    is_last = all(date.is_month_end for date in dates)
    if is_first or is_last:
        step = int(np.diff(months).min())
        if step in (1, 3) and (np.diff(months) % step == 0).all():
            ends = [date + pd.offsets.MonthBegin(step) if is_first else date + pd.Timedelta(days=1) for date in dates]
            return ends, "month" if step == 1 else "quarter"
    if set(dates) <= set(own):
        return list(dates), "model's dates"
    raise TableError(
        f"The dates of '{file}', {dates[0]:%Y-%m-%d}, {dates[1]:%Y-%m-%d}, …, are neither days, weeks, months nor the "
        f"model's dates, which follow '{horizon.frequency}'. Give each line its first and last day, or one of these."
    )


def _begin(date: pd.Timestamp, unit: PeriodUnit, after: dict[pd.Timestamp, pd.Timestamp]) -> pd.Timestamp:
    """First day of a date's period: the date itself, but for a month's last day."""
    if unit in ("month", "quarter") and date.day != 1:
        months = 1 if unit == "month" else 3
        return after[date] - pd.offsets.MonthBegin(months)
    return date


def _own_days(dates: pd.DatetimeIndex, horizon: Horizon) -> dict[pd.Timestamp, Days]:
    """Days that each of the model's dates stands for."""
    whole = Horizon(dates[0], dates[-1], horizon.frequency)
    first, after = (pd.to_datetime(edge.astype(int), unit="D") for edge in days_of(whole))
    every = dict(zip(whole.dates, zip(first, after, strict=True), strict=True))
    return {date: every[date] for date in dates}

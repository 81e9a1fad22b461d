"""Spend of past dates, put on the dates of a window."""

import numpy as np
import pandas as pd

from mmm_groups.errors import FlightingError, MediaPlanError
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.model.calendar import day_of, one_period
from mmm_groups.model.flighting import years_earlier
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.marking import MarkedText


def past_spend(grid: PlanGrid, rule: str) -> tuple[pd.DataFrame, MarkedText]:
    """Spend of past dates, as many as the window has, dates x channels in currency, and where it comes from.

    Parameters
    ----------
    grid : PlanGrid
    rule : str
        As in `MediaPlan.from_history`.

    Raises
    ------
    MediaPlanError
        If history does not hold these dates, or the rule is none.
    """
    horizon, history = grid.dated, grid.history[list(grid.channels)]
    if history.empty:
        raise MediaPlanError("What was spent in the past is not known here, so no plan can be made of it.")
    if rule == "latest":
        dates: pd.DatetimeIndex = pd.DatetimeIndex(history.index[-horizon.periods :])
    elif rule == "last_year":
        try:
            dates = years_earlier(history, horizon)
        except FlightingError as error:
            raise MediaPlanError(
                f"History, {_span(history)}, does not hold the dates of {horizon} a year before. Take the latest "
                "dates instead."
            ) from error
    else:
        dates = _from(history, horizon, rule)
    past = history.reindex(dates)
    if past.isna().to_numpy().any():
        raise MediaPlanError(f"History, {_span(history)}, does not hold every date from {dates[0]:%Y-%m-%d} on.")
    note = f"Spend of {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}, put on the dates of {horizon}."
    return past.astype(np.float64), MarkedText(note)


def _from(history: pd.DataFrame, horizon: Horizon, first: str) -> pd.DatetimeIndex:
    day = day_of(first)
    if day is None:
        raise MediaPlanError(
            f"'{first}' is no rule. Write 'latest', 'last_year' or the first date of a past window, like 2025-01-06."
        )
    known = pd.DatetimeIndex(history.index)
    place = int(known.searchsorted(day))
    if day not in known or place + horizon.periods > len(known):
        word = one_period(horizon.frequency)
        latest = known[-horizon.periods] if len(known) >= horizon.periods else None
        allowed = f"{known[0]:%Y-%m-%d} to {latest:%Y-%m-%d}" if latest is not None else "none: history is shorter"
        raise MediaPlanError(
            f"No window of {horizon.periods} dates starts on {first} in history, {_span(history)}. First dates that "
            f"work, one a {word}: {allowed}."
        )
    return known[place : place + horizon.periods]


def _span(history: pd.DataFrame) -> str:
    return f"{history.index[0]:%Y-%m-%d} to {history.index[-1]:%Y-%m-%d}"

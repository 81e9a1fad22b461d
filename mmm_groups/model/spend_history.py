"""Historical spend: what was spent lately, and the most that any window of the same length saw."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmm_groups.errors import CurvesError
from mmm_groups.numerics.labelled import Numbers


def checked_history(channels: list[str], spend: pd.DataFrame | None) -> pd.DataFrame:
    """Historical spend with one column for each channel, dates rising; empty if there is none.

    Raises
    ------
    CurvesError
        If a channel is missing or unknown, or money is NaN or negative.
    """
    if spend is None:
        return pd.DataFrame(np.zeros((0, len(channels))), index=pd.DatetimeIndex([], name="date"), columns=channels)
    named = spend.set_axis(list(map(str, spend.columns)), axis=1)
    unknown, missing = sorted(set(named.columns) - set(channels)), sorted(set(channels) - set(named.columns))
    if unknown or missing:
        raise CurvesError(
            f"The historical spend must have one column for each channel. Unknown: {unknown}; missing: {missing}."
        )
    if not isinstance(spend.index, pd.DatetimeIndex):
        raise CurvesError("The rows of the historical spend must be dates. Give it a DatetimeIndex.")
    try:
        history = named[channels].astype(np.float64)
    except ValueError as error:
        raise CurvesError(f"The historical spend must be numbers: {error}.") from error
    if bad := bad_columns(history):
        raise CurvesError(
            f"The historical spend of {bad} holds gaps or negative money. Fill the gaps with 0 or mend them."
        )
    return history.sort_index().rename_axis("date")


def checked_reference(channels: list[str], spent: Mapping[str, float], what: str = "reference") -> Numbers:
    """Spend over the horizon by channel, in currency, where it is given without the history it follows from.

    Raises
    ------
    CurvesError
        If a channel is missing or unknown, or money is NaN or negative.
    """
    unknown, missing = sorted(set(spent) - set(channels)), sorted(set(channels) - set(spent))
    if unknown or missing:
        raise CurvesError(f"The {what} spend must name every channel, or none. Unknown: {unknown}; missing: {missing}.")
    reference = pd.Series({channel: float(spent[channel]) for channel in channels})
    if bad := [channel for channel, money in reference.items() if not (np.isfinite(money) and money >= 0)]:
        raise CurvesError(f"The {what} spend of {bad} is no number of at least 0.")
    return reference


def bad_columns(history: pd.DataFrame) -> list[str]:
    """Channels whose spend is somewhere NaN, infinite or negative."""
    return [str(name) for name in history if not (np.isfinite(history[name]) & (history[name] >= 0)).all()]


def reference_spend(history: pd.DataFrame, periods: int, given: Mapping[str, float] | None = None) -> Numbers:
    """Spend of the latest `periods` dates by channel, in currency, or as it is given; NaN if neither is known.

    A shorter history is scaled up to as many dates: what its usual spend comes to over the window.
    """
    if given is not None:
        return checked_reference(list(history.columns), given)
    if history.empty:
        return pd.Series(np.nan, index=history.columns)
    return history.tail(periods).sum() * _stretch(history, periods)


def largest_window(history: pd.DataFrame, periods: int, given: Mapping[str, float] | None = None) -> Numbers:
    """Largest spend of any `periods` consecutive dates by channel, in currency, or as it is given; NaN if unknown."""
    if given is not None:
        return checked_reference(list(history.columns), given, "largest")
    if history.empty:
        return pd.Series(np.nan, index=history.columns)
    return windows(history, periods).max()


def windows(history: pd.DataFrame, periods: int) -> pd.DataFrame:
    """Spend of every `periods` consecutive dates, windows x channels, in currency.

    A shorter history has one window: all of it, scaled up to as many dates.
    """
    length = min(periods, max(len(history), 1))
    return history.rolling(length).sum().dropna() * _stretch(history, periods)


def is_shorter(history: pd.DataFrame, periods: int) -> bool:
    """True if history has fewer dates than a window, so that its spend is scaled up to it."""
    return 0 < len(history) < periods


def _stretch(history: pd.DataFrame, periods: int) -> float:
    return periods / len(history) if is_shorter(history, periods) else 1.0

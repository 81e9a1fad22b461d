"""The dates of a model: read and never guessed, counted on the model's own grid, whatever its frequency is."""

import re
from datetime import date

import numpy as np
import pandas as pd

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?")
_FREQUENCY = re.compile(r"(\d*)(\w*)")
_PERIODS_PER_YEAR = {"D": 365.25, "B": 260.9, "W": 52.18, "M": 12.0, "Q": 4.0, "Y": 1.0}
_WORDS = {"D": "day", "B": "business day", "W": "week", "M": "month", "Q": "quarter", "Y": "year"}
_FAR_AWAY = pd.Timedelta(days=36_525)


def unit_of(frequency: str) -> tuple[int, str]:
    """What a pandas frequency counts, and how many of it: (2, "W") for `2W-MON`.

    Units are D (days), B (business days), W, M, Q and Y; others, such as hours, are no unit to plan by.
    """
    found = _FREQUENCY.match(frequency)
    count, letters = (found[1], found[2]) if found else ("", "")
    # WOM is the first Monday of each month and its like; B before a unit moves its ends to business days.
    unit = "M" if letters.endswith("OM") else (letters.removeprefix("B") or letters)[:1]
    return int(count or 1), unit


def is_plannable(frequency: str) -> bool:
    """True for dates that one can plan by: days and longer."""
    return unit_of(frequency)[1] in _PERIODS_PER_YEAR


def periods_per_year(frequency: str) -> float:
    """How many dates of a frequency a year has."""
    count, unit = unit_of(frequency)
    return _PERIODS_PER_YEAR[unit] / count


def periods_of(frequency: str, years: float) -> int:
    """How many dates of a frequency so many years have, at least one."""
    return max(1, round(years * periods_per_year(frequency)))


def a_year_of(frequency: str) -> int:
    """How many dates one goes back to the same time a year earlier: 52 weeks for days and weeks, so that weekdays fit.

    For every so many days it is as near to a year as that allows.
    """
    return {(1, "D"): 364, (1, "B"): 260}.get(unit_of(frequency), periods_of(frequency, 1))


def period_word(frequency: str) -> str:
    """What the dates of a frequency are called: `weeks` for `W-MON`, `2-week periods` for `2W-MON`."""
    count, unit = unit_of(frequency)
    word = _WORDS.get(unit, "date")
    return f"{word}s" if count == 1 else f"{count}-{word} periods"


def one_period(frequency: str) -> str:
    """The same for one of them: `week` for `W-MON`."""
    return period_word(frequency).removesuffix("s")


def day_of(value: object) -> pd.Timestamp | None:
    """The day that ISO text (`2026-01-05`) or a date object names; None for anything else.

    Any other text is ambiguous: 05.01.2026 is the 5th of January here and the 1st of May there.
    """
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value):
        return None
    if not isinstance(value, str | date | np.datetime64):
        return None
    try:
        found = pd.Timestamp(value)
    except ValueError:
        return None
    return None if pd.isna(found) or found.tzinfo is not None else found.normalize()


def is_far(dates: pd.DatetimeIndex, day: pd.Timestamp) -> bool:
    """True if a day is more than a hundred years away from all dates, which no planner means."""
    return bool(day < dates[0] - _FAR_AWAY or day > dates[-1] + _FAR_AWAY)


def grid(dates: pd.DatetimeIndex, frequency: str, start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    """The dates from `start` to `end`, both included, of the grid that `dates` are part of."""
    first = min(start, dates[0])
    steps = 0
    while (known := pd.date_range(end=dates[0], periods=steps + 1, freq=frequency))[0] > first:
        steps = 2 * steps + 8
    through = pd.date_range(known[0], max(end, known[0]), freq=frequency)
    return through[(through >= start) & (through <= end)]


def places(dates: pd.DatetimeIndex, frequency: str, asked: pd.DatetimeIndex) -> np.ndarray:
    """Places of dates on the grid whose place 0 is the first of `dates`; earlier ones are negative."""
    whole = grid(dates, frequency, min(asked[0], dates[0]), asked[-1])
    found: np.ndarray = whole.get_indexer(asked) - int(whole.get_indexer(dates[:1])[0])
    return found

"""Days, weeks, months and quarters as people write them; what is open, all dates of a table decide together.

`05/01/2026` is the 5th of January here and the 1st of May there: one date of the table that can be read in one way only
decides for all of them, and where none does, the table is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.errors import TableError
from mmm_groups.tables.header import text_of
from mmm_groups.tables.loose_names import plain

Unit = Literal["day", "week", "month", "quarter", "range"]
Order = Literal["day first", "month first"]
ORDERS: tuple[Order, ...] = ("day first", "month first")

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier janv enero ene",
            "feb february februar fevrier fevr febrero",
            "mar march marz maerz mrz mars marzo",
            "apr april avril avr abril abr",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august aout agosto ago",
            "sep sept september septembre septiembre",
            "oct october oktober okt octobre octubre",
            "nov november novembre noviembre",
            "dec december dezember dez decembre diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_FAR = 100  # years
_EVERY_DAY = 2020  # has a 29th of February and 53 weeks
_NAME = r"(?P<name>[a-z]+)\.?"
_YEAR = r"(?P<year>\d{4})"
_SHORT = r"(?P<short>\d{2})"
_TIME = r"(?:[ t]00:00(?::00(?:\.0+)?)?)?"
_WRITTEN: tuple[tuple[Unit, str], ...] = (
    ("day", rf"{_YEAR}[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){_TIME}"),
    ("day", rf"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?:{_YEAR}|{_SHORT})?{_TIME}"),
    ("day", rf"(?P<a>\d\d?)[/-](?P<b>\d\d?)[/-](?:{_YEAR}|{_SHORT}){_TIME}"),
    ("day", rf"(?P<day>\d\d?)(?:\.|st|nd|rd|th)?[\s-]+{_NAME}(?:[\s,-]+(?:{_YEAR}|'?{_SHORT}))?"),
    ("day", rf"{_NAME}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+{_YEAR}"),
    ("day", rf"{_NAME}\s+(?P<day>\d)"),
    ("month", rf"{_YEAR}[-/.](?P<month>\d\d?)"),
    ("month", rf"(?P<month>\d\d?)[-/.]{_YEAR}"),
    ("month", rf"{_NAME}(?:[\s-]*{_YEAR}|\s?['’-]\s?{_SHORT})?"),
    ("month", rf"{_YEAR}\s+{_NAME}"),
    ("week", rf"{_YEAR}[\s-]*(?:w|kw|cw|wk)\s?(?P<week>\d\d?)"),
    ("week", rf"(?:week|woche|w|kw|cw|wk)\.?\s?(?P<week>\d\d?)(?:[\s/-]+{_YEAR})?"),
    ("quarter", rf"{_YEAR}[\s/-]*q(?P<quarter>[1-4])"),
    ("quarter", rf"q(?P<quarter>[1-4])(?:[\s/-]*{_YEAR}|\s?['’]\s?{_SHORT})?"),
)
_FORMS = tuple((unit, re.compile(form)) for unit, form in _WRITTEN)
_EITHER = re.compile(rf"{_NAME}\s+(?P<number>\d\d)")
_RANGE = re.compile(r"(?P<from>.+?)\s*(?:\s[-–—]\s|\s(?:to|bis)\s|–|—)\s*(?P<to>.+)")


@dataclass(frozen=True)
class WrittenPeriod:
    """A stretch of days that a table speaks of.

    Attributes
    ----------
    first, after : pd.Timestamp
        Its first day, and the first day after it.
    unit : Unit
        What was written.
    has_year : bool
        False if the year was not written.
    """

    first: pd.Timestamp
    after: pd.Timestamp
    unit: Unit
    has_year: bool = True


@dataclass(frozen=True)
class _Reading:
    """A text as a unit with its numbers; without a year, it is one of every year."""

    unit: Unit
    year: int | None
    numbers: tuple[int, ...]

    def in_year(self, year: int) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First day, and first day after it; None if there is no such day."""
        try:
            match self.unit:
                case "week":
                    first = pd.Timestamp(date.fromisocalendar(year, self.numbers[0], 1))
                    return first, first + pd.Timedelta(days=7)
                case "month":
                    first = pd.Timestamp(year, self.numbers[0], 1)
                    return first, first + pd.offsets.MonthBegin(1)
                case "quarter":
                    first = pd.Timestamp(year, 3 * self.numbers[0] - 2, 1)
                    return first, first + pd.offsets.MonthBegin(3)
                case _:
                    first = pd.Timestamp(year, self.numbers[0], self.numbers[1])
                    return first, first + pd.Timedelta(days=1)
        except ValueError:
            return None


def is_period(cell: object) -> bool:
    """True for a date, or a text that names a day, a week, a month or a quarter."""
    return any(_read(cell, order) is not None for order in ORDERS)


def read_periods(
    cells: Sequence[tuple[str, object]],
    near: tuple[pd.Timestamp, pd.Timestamp],
    fits: Callable[[pd.Timestamp], bool] = lambda day: False,
) -> list[WrittenPeriod]:
    """The periods in the cells of a table.

    Parameters
    ----------
    cells : sequence of (place, cell)
        What errors call the place; each cell is a period (`is_period`).
    near : (first day, last day)
        Where periods without a year lie: in the first year in which they meet these days, or come after them.
    fits : callable
        True for a day that is likely meant, such as one of a model's dates; asked only where nothing else decides
        between day and month.

    Raises
    ------
    TableError
        If dates can be read in two ways, contradict each other, or are a hundred years away; the text names the place.
    """
    orders = [order for order in ORDERS if all(_read(cell, order) is not None for _, cell in cells)]
    if not orders:
        place, cell = cells[0]
        raise TableError(
            f"{place}: the dates of the table, such as “{text_of(cell)}”, cannot all be read in the same way. Write "
            "them like 2026-01-05 (year, month, day)."
        )
    readings = [[_periods(cell, order, near) for _, cell in cells] for order in orders]
    _refuse_far(cells, readings[0], near)
    if len(readings) == 2 and readings[0] != readings[1]:
        likely = [found for found in readings if all(fits(period.first) for period in found)]
        if len(likely) != 1:
            place, cell = next(at for at, one, other in zip(cells, *readings, strict=True) if one != other)
            one, other = (_in_words(_periods(cell, order, near)) for order in ORDERS)
            raise TableError(
                f"{place}: “{text_of(cell)}” may mean {one} or {other}, and no other date says which. Write days "
                "like 2026-01-05 (year, month, day) and months like 2026-01."
            )
        return likely[0]
    return readings[0]


def _refuse_far(
    cells: Sequence[tuple[str, object]], periods: Sequence[WrittenPeriod], near: tuple[pd.Timestamp, pd.Timestamp]
) -> None:
    """Refuse dates that no planner means."""
    for (place, cell), period in zip(cells, periods, strict=True):
        if period.first.year < near[0].year - _FAR or period.after.year > near[1].year + _FAR:
            raise TableError(
                f"{place}: “{text_of(cell)}” is more than {_FAR} years from the planning window, {near[0]:%Y-%m-%d} to "
                f"{near[1]:%Y-%m-%d}. Correct the date."
            )


def _in_words(period: WrittenPeriod) -> str:
    return f"{period.first:%B %Y}" if period.unit == "month" else f"{period.first:%Y-%m-%d}"


def _periods(cell: object, order: Order, near: tuple[pd.Timestamp, pd.Timestamp]) -> WrittenPeriod:
    found = _read(cell, order)
    assert found is not None
    begin, end = found
    first, after = _placed(begin, near, None)
    if end is None:
        return WrittenPeriod(first, after, begin.unit, begin.year is not None)
    last = _placed(end, near, None)[1]
    if begin.year is None:
        first = _placed(begin, near, last.year)[0]
        if first >= last:
            first = _placed(begin, near, last.year - 1)[0]
    return WrittenPeriod(first, last, "range", end.year is not None)


def _placed(
    reading: _Reading, near: tuple[pd.Timestamp, pd.Timestamp], year: int | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    year = reading.year if reading.year is not None else year
    years = [year] if year is not None else list(range(near[0].year - 1, near[1].year + 5))
    known = [found for one in years if (found := reading.in_year(one)) is not None]
    meeting = [found for found in known if found[1] > near[0] and found[0] <= near[1]]
    later = [found for found in known if found[0] >= near[0]]
    return (meeting or later or known)[0]


def _read(cell: object, order: Order) -> tuple[_Reading, _Reading | None] | None:
    """A cell as one reading, or as the two ends of a range."""
    if isinstance(cell, datetime | date | np.datetime64) and not pd.isna(cell):
        day = pd.Timestamp(cell)
        return _Reading("day", day.year, (day.month, day.day)), None
    if not isinstance(cell, str):
        return None
    text = plain(" ".join(cell.split()))
    if (alone := _one(text, order)) is not None:
        return alone, None
    if found := _RANGE.fullmatch(text):
        begin, end = _one(found["from"], order), _one(found["to"], order)
        if begin is not None and end is not None and begin.unit == end.unit == "day":
            return begin, end
    return None


def _one(text: str, order: Order) -> _Reading | None:
    if (either := _EITHER.fullmatch(text)) and either["name"] in _MONTHS:  # Jan 26: a day, or a month of 2026
        month, number = _MONTHS[either["name"]], int(either["number"])
        reading = (
            _Reading("month", 2000 + number, (month,))
            if order == "day first"
            else _Reading("day", None, (month, number))
        )
        return reading if reading.in_year(_EVERY_DAY) is not None else None
    for unit, form in _FORMS:
        if not (found := form.fullmatch(text)):
            continue
        parts = found.groupdict()
        year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"]) if parts.get("short") else None
        if parts.get("name"):
            if parts["name"] not in _MONTHS:
                continue
            parts["month"] = str(_MONTHS[parts["name"]])
        if parts.get("a"):
            day_first = order == "day first"
            parts["day"], parts["month"] = (parts["a"], parts["b"]) if day_first else (parts["b"], parts["a"])
        named = {"day": ("month", "day")}.get(unit, (unit,))
        reading = _Reading(unit, year, tuple(int(parts[name]) for name in named))
        if reading.in_year(_EVERY_DAY if year is None else year) is not None:
            return reading
    return None

"""The amounts of a plan's table, each with its name, its period and its place; its totals are verified and left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from mmm_groups.errors import TableError
from mmm_groups.media_plan.table_layout import Layout, is_blank, is_total
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.labelled import rows_of
from mmm_groups.sentences import some_of
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import money_of
from mmm_groups.tables.loose_names import LooseNames
from mmm_groups.tables.written_dates import WrittenPeriod, read_periods

Near = tuple[pd.Timestamp, pd.Timestamp]
_ROUNDED = 1e-3  # of a total: the most that the rounding of its parts may make


@dataclass(frozen=True)
class Entry:
    """One amount: what its table calls it, when, and how much in currency; without a period it is for the window."""

    written: str
    period: WrittenPeriod | None
    amount: float


@dataclass(frozen=True)
class CheckedTotal:
    """A line or a column of totals: what it says, and what it adds up to."""

    name: str
    stated: float
    found: float


@dataclass(frozen=True)
class Entries:
    """All amounts of a table, its totals, and the signs of currency in it."""

    entries: tuple[Entry, ...]
    totals: tuple[CheckedTotal, ...]
    currencies: tuple[str, ...]


class _Amounts:
    """Cells read as money of at least 0; the signs of currency that were seen."""

    def __init__(self) -> None:
        self.currencies: dict[str, str] = {}

    def of(self, cell: object, line: object, column: str) -> float:
        """A cell's amount; an empty one is 0."""
        if is_blank(cell):
            return 0.0
        amount, sign = money_of(cell, line, column)
        if sign:
            self.currencies.setdefault(sign.casefold(), sign)
        if amount is not None and amount < 0:
            raise TableError(
                f"Line {line}: {marked_exactly(amount)} in the column “{column}” is negative. A plan holds money of at "
                "least 0; take credits off the line they belong to."
            )
        return amount or 0.0


def read_entries(
    table: pd.DataFrame, layout: Layout, names: LooseNames, near: Near, fits: Callable[[pd.Timestamp], bool]
) -> Entries:
    """The amounts of a table.

    Parameters
    ----------
    table : pd.DataFrame
        Its index holds the lines of the file.
    layout : Layout
    names : LooseNames
        Channels and groups.
    near, fits
        As in `read_periods`.

    Raises
    ------
    TableError
        If a cell is no amount or no date, a line with money has no name or date, a total is wrong, or amounts are in
        several currencies; the text names the line.
    """
    amounts = _Amounts()
    rows = [(int(line), row) for line, row in zip(table.index, rows_of(table), strict=True)]
    label = layout.names or (layout.dates[0] if layout.shape == "dates x names" else "")
    kept = [(line, row) for line, row in rows if not label or not is_total(text_of(row[label]), names)]
    kept = [(line, row) for line, row in kept if any(not is_blank(row[column]) for column in layout.money)]
    periods = _periods(kept, layout, near, fits)
    found = []
    for place, (line, row) in enumerate(kept):
        if layout.names and is_blank(row[layout.names]):
            raise TableError(f"Line {line} has money, but no name in the column “{layout.names}”. Write one.")
        for column in layout.money:
            written = " ".join((text_of(row[layout.names]) if layout.names else column).split())
            period = periods.get(column) or periods.get(place)
            found.append(Entry(written, period, amounts.of(row[column], line, column)))
    totals = [*_total_lines(rows, label, layout, names, amounts), *_total_columns(kept, layout, amounts)]
    if len(amounts.currencies) > 1:
        raise TableError(
            f"The amounts are in several currencies: {some_of(list(amounts.currencies.values()))}. Give all of them in "
            "the currency of the model's spend."
        )
    return Entries(tuple(found), tuple(totals), tuple(amounts.currencies.values()))


def _periods(
    kept: Sequence[tuple[int, dict[str, object]]], layout: Layout, near: Near, fits: Callable[[pd.Timestamp], bool]
) -> dict[str | int, WrittenPeriod]:
    """Column or place of a line to its period; none where amounts are for the whole window."""
    if layout.shape == "totals":
        return {}
    if layout.shape == "names x dates":
        columns = [(f"The column “{column}”", column) for column in layout.dates]
        return dict(zip(layout.dates, read_periods(columns, near, fits), strict=True))
    for line, row in kept:
        if empty := [column for column in layout.dates if is_blank(row[column])]:
            raise TableError(f"Line {line} has money, but no date in the column “{empty[0]}”. Write one.")
    if not kept:
        return {}
    cells = [[(f"Line {line}", row[column]) for line, row in kept] for column in layout.dates]
    first, *last = [read_periods(column, near, fits) for column in cells]
    if not last:
        return dict(enumerate(first))
    spans: dict[str | int, WrittenPeriod] = {}
    for place, (begin, end) in enumerate(zip(first, last[0], strict=True)):
        if end.after <= begin.first:
            raise TableError(f"Line {kept[place][0]} ends on {end.first:%Y-%m-%d}, before it begins. Swap the dates.")
        spans[place] = WrittenPeriod(begin.first, end.after, "range", begin.has_year and end.has_year)
    return spans


def _total_lines(
    rows: Sequence[tuple[int, dict[str, object]]], label: str, layout: Layout, names: LooseNames, amounts: _Amounts
) -> list[CheckedTotal]:
    """Lines that add up those above them, all or the ones since the last total."""
    found: list[CheckedTotal] = []
    since: list[list[float]] = []
    every: list[list[float]] = []
    for line, row in rows:
        values = [amounts.of(row[column], line, column) for column in layout.money]
        if not label or not is_total(text_of(row[label]), names):
            since.append(values)
            every.append(values)
            continue
        if not any(values):
            continue
        name = text_of(row[label])
        sums = [[sum(column) for column in zip(*above, strict=True)] for above in (every, since) if above]
        if not any(_same(values, added, len(every)) for added in sums):
            raise _wrong(f"Line {line}: “{name}”", values, sums[0] if sums else [0.0], "the lines above add up to")
        found.append(CheckedTotal(name, sum(values), sum(sums[0])))
        since = []
    return found


def _total_columns(
    kept: Sequence[tuple[int, dict[str, object]]], layout: Layout, amounts: _Amounts
) -> list[CheckedTotal]:
    """Columns that add up the others of their line; beside single amounts they are no sums, and stay unread."""
    if len(layout.money) < 2:
        return []
    found = []
    for column in layout.totals:
        stated = added = 0.0
        for line, row in kept:
            if is_blank(row[column]):
                continue
            values = [amounts.of(row[own], line, own) for own in layout.money]
            said = amounts.of(row[column], line, column)
            if not _same([said], [sum(values)], len(values)):
                raise _wrong(f"Line {line}: “{column}”", [said], [sum(values)], "its line adds up to")
            stated, added = stated + said, added + sum(values)
        found.append(CheckedTotal(column, stated, added))
    return found


def _same(stated: Sequence[float], added: Sequence[float], count: int) -> bool:
    """True if totals differ from sums by no more than the rounding of what was added up and of the total itself."""
    return all(
        abs(said - summed) <= min(0.5 * (count + 1), _ROUNDED * abs(said)) + 1e-9
        for said, summed in zip(stated, added, strict=True)
    )


def _wrong(what: str, stated: Sequence[float], added: Sequence[float], how: str) -> TableError:
    said, summed = next(
        (pair for pair in zip(stated, added, strict=False) if not _same([pair[0]], [pair[1]], 1)),
        (sum(stated), sum(added)),
    )
    return TableError(
        f"{what} says {marked_exactly(said)}, but {how} {marked_exactly(summed)}. Mend it, or take the total out."
    )

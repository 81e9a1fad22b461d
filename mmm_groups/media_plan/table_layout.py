"""How a plan's table is laid out: which of its columns are names, dates, money and totals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from mmm_groups.errors import MediaPlanError, TableError
from mmm_groups.numerics.labelled import rows_of
from mmm_groups.sentences import repeated, some_of
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import understood
from mmm_groups.tables.loose_names import LooseNames, plain
from mmm_groups.tables.spreadsheet import read_table
from mmm_groups.tables.written_dates import is_period
from mmm_groups.tables.written_money import WrittenMoney, money_as_written, number_in
from mmm_groups.tables.written_numbers import Mark, WrittenNumber, proofs, readings_of

Shape = Literal["dates x names", "names x dates", "one line each", "totals"]

_TOTAL = re.compile(
    r"(?:grand )?(?:sub ?)?totals?|totals? .*|.* (?:sub ?)?totals?|sum|summen?|(?:zwischen|gesamt)\w*|insgesamt"
)
_SPEND = re.compile(r".*(?:spend|cost|budget|money|amount|net|invest|kosten|ausgaben|betrag).*")
_BEGINS, _ENDS = re.compile(r"(?:start|from|begin|von|beginn).*"), re.compile(r"(?:end|to|until|bis|ende).*")
_BLANK = ("", "-", "–", "—")
_YEARS = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Layout:
    """Where a plan's table holds what.

    Attributes
    ----------
    shape : Shape
    names : str
        Column of names; empty where columns are named after channels.
    dates : tuple[str, ...]
        Column of dates, or those of first and last days; of `names x dates`, the columns that are periods.
    money : tuple[str, ...]
        Columns of money: one, or one for each channel or each period.
    totals : tuple[str, ...]
        Columns that add up the others of their line.
    ignored : tuple[str, ...]
        Columns that are none of these.
    """

    shape: Shape
    names: str
    dates: tuple[str, ...]
    money: tuple[str, ...]
    totals: tuple[str, ...]
    ignored: tuple[str, ...]


def lines_of(
    table: bytes | str | pd.DataFrame, file: str, decimal: Mark | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """The table with one row a line, and how it was read.

    What a frame has as its index becomes a column, unless it is numbers of lines.

    Raises
    ------
    TableError
        If it cannot be read.
    MediaPlanError
        If a frame has two columns of one name.
    """
    if not isinstance(table, pd.DataFrame):
        read = read_table(table.encode() if isinstance(table, str) else table, file, decimal)
        named = _with_header(read, decimal)
        if named is not read:
            return named, ["The first line holds amounts, so it was read as one of them: no line names the columns."]
        return read, [understood(read)]
    named = table.set_axis([f"{name}" for name in table.columns], axis=1)
    if twice := repeated(named.columns):
        raise MediaPlanError(f"'{file}' names columns twice: {twice}. Give each column its own name.")
    if not pd.api.types.is_integer_dtype(named.index):
        named = named.rename_axis(str(named.index.name or "name")).reset_index()
        named.index = named.index + 1
    return named.astype(object).where(named.notna(), None), []


def _with_header(table: pd.DataFrame, decimal: Mark | None) -> pd.DataFrame:
    """The table; where the line that names its columns is one of amounts, that line is data and columns get numbers."""
    names = [str(name) for name in table.columns]
    if not any(readings_of(number_in(name)) and not is_period(name) and not _YEARS.fullmatch(name) for name in names):
        return table
    lines = [int(table.index[0]) - 1 if len(table) else 1, *map(int, table.index)]
    rows = [names, *table.to_numpy(dtype=object).tolist()]
    texts = ((line, cell) for line, row in zip(lines, rows, strict=True) for cell in row if isinstance(cell, str))
    found = proofs(((line, number_in(text)) for line, text in texts), otherwise=decimal)
    # All numbers of the table decide together, those of its first line included.
    cells = [[money_as_written(str(cell), found) if isinstance(cell, str) else cell for cell in row] for row in rows]
    columns = [f"column {place + 1}" for place in range(len(names))]
    return pd.DataFrame(cells, index=pd.Index(lines, name="line"), columns=columns, dtype=object)


def is_total(text: str, names: LooseNames) -> bool:
    """True for what adds up other rows or columns, and is no channel or group by itself."""
    return _TOTAL.fullmatch(" ".join(plain(text).split())) is not None and names.match(text) is None


def is_blank(cell: object) -> bool:
    """True for a cell without anything in it, or with the dash that stands for it."""
    return text_of(cell) in _BLANK


def is_amount(cell: object) -> bool:
    """True for a number, with a sign of currency or without."""
    if isinstance(cell, WrittenNumber | WrittenMoney):
        return True
    if isinstance(cell, str):
        return bool(readings_of(cell))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def find_layout(table: pd.DataFrame, names: LooseNames, file: str) -> Layout:
    """The layout of a plan's table.

    Parameters
    ----------
    table : pd.DataFrame
        Its index holds the lines of the file.
    names : LooseNames
        Channels and groups.
    file : str
        What errors call it.

    Raises
    ------
    TableError
        If there is no money, or several columns that could be it, or no column or line of names.
    """
    kinds = {str(column): _kind(list(table[column]), names) for column in table}
    dated = [column for column, kind in kinds.items() if is_period(column) and kind in ("money", "blank")]
    texts = [column for column, kind in kinds.items() if kind == "text"]
    periods = [column for column, kind in kinds.items() if kind == "period"]
    others = [column for column, kind in kinds.items() if kind == "money" and column not in dated]
    totals = tuple(column for column in others if is_total(column, names))
    money = [column for column in others if column not in totals]
    named = max(texts, key=lambda column: _known_in(list(table[column]), names), default="")
    if dated:
        if not named:
            raise TableError(f"'{file}' has dates above its columns, but no column with names of channels. Add one.")
        return _layout("names x dates", kinds, named, dated, dated, totals)
    if not money and len(totals) == 1:  # one amount for each name, called total
        money, totals = list(totals), ()
    if not money:
        raise TableError(
            f"'{file}' has no column of amounts. It has {some_of(list(kinds))}. Give money for each channel."
        )
    are_channels = sum(names.match(column) is not None for column in money)
    is_wide = not named or are_channels > _known_in(list(table[named]), names)
    if periods and is_wide:
        return _layout("dates x names", kinds, "", _ends(periods, file), money, totals)
    if periods:
        return _layout("one line each", kinds, named, _ends(periods, file), [_spend(money, file)], ())
    if named and not is_wide:
        return _layout("totals", kinds, named, [], [_spend(money, file)], ())
    if len(table) - sum(_is_total_line(row, texts, names) for row in rows_of(table)) == 1:
        return _layout("totals", kinds, "", [], money, totals)
    raise TableError(
        f"'{file}' has {len(table)} lines of amounts, but neither a column of dates nor one of channels. Add one."
    )


def _layout(
    shape: Shape,
    kinds: dict[str, str],
    named: str,
    dates: Sequence[str],
    money: Sequence[str],
    totals: tuple[str, ...],
) -> Layout:
    used = {named, *dates, *money, *totals}
    ignored = tuple(column for column, kind in kinds.items() if column not in used and kind != "blank")
    return Layout(shape, named, tuple(dates), tuple(money), totals, ignored)


def _kind(cells: Sequence[object], names: LooseNames) -> str:
    """What a column holds: `period`, `money`, `text` or `blank`; lines of totals do not count."""
    filled = [cell for cell in cells if not is_blank(cell)]
    kept = [cell for cell in filled if not (isinstance(cell, str) and is_total(cell, names))]
    if not kept:
        return "text" if filled else "blank"
    if all(is_amount(cell) for cell in kept):
        return "money"
    return "period" if all(is_period(cell) for cell in kept) else "text"


def _known_in(cells: Sequence[object], names: LooseNames) -> int:
    return len({found for cell in cells if (found := names.match(text_of(cell))) is not None})


def _is_total_line(row: dict[str, object], texts: Sequence[str], names: LooseNames) -> bool:
    return any(is_total(text_of(row[column]), names) for column in texts)


def _ends(periods: Sequence[str], file: str) -> list[str]:
    """One column of dates, or two with first and last days."""
    if len(periods) == 1:
        return list(periods)
    begins = [column for column in periods if _BEGINS.fullmatch(plain(column))]
    ends = [column for column in periods if _ENDS.fullmatch(plain(column))]
    if len(periods) == 2 and len(begins) == len(ends) == 1 and begins != ends:
        return [begins[0], ends[0]]
    raise TableError(
        f"'{file}' has several columns of dates: {some_of(list(periods))}. Keep one, or two called start and end."
    )


def _spend(money: Sequence[str], file: str) -> str:
    """The one column that is the money of a line."""
    if len(money) == 1:
        return money[0]
    likely = [column for column in money if _SPEND.fullmatch(plain(column))]
    if len(likely) == 1:
        return likely[0]
    raise TableError(
        f"'{file}' has several columns that could be the money: {some_of(list(money))}. Keep one, or call one “spend”."
    )

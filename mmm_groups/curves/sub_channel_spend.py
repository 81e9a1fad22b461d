"""A file of what the parts of a channel spent: one row a date, one column a part."""

import re

import numpy as np
import pandas as pd

from mmm_groups.errors import SubChannelError, TableError, reason_of
from mmm_groups.numerics.marking import marked
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import number_of
from mmm_groups.tables.spreadsheet import read_table

MOST_BYTES = 5_000_000
MOST_PARTS = 12
_TIME_ZONE = re.compile(r"([T ]\d\d:[\d:.]+) ?(?:Z|[+-]\d\d:?(?:\d\d)?)$")


def part_spend(content: bytes, name: str) -> pd.DataFrame:
    """Spend of the parts, dates x parts, in currency, out of a CSV or Excel file whose first column holds dates.

    A date with a time zone counts as it is written: the day there, not in Greenwich.

    Parameters
    ----------
    content : bytes
        As `read_table` takes it; `understood` tells how it was read.
    name : str
        What errors call the file.

    Raises
    ------
    SubChannelError
        If the file is no such table; the text names what is wrong and where.
    """
    if len(content) > MOST_BYTES:
        raise SubChannelError(
            f"'{name}' has {marked(len(content) / 1e6):,.1f} MB, more than {marked(MOST_BYTES / 1e6):.0f}."
        )
    try:
        table = read_table(content, name)
        if not 3 <= len(table.columns) <= MOST_PARTS + 1 or table.empty:
            raise SubChannelError(
                f"'{name}' has {len(table.columns)} columns and {len(table)} rows. It needs a column of dates and 2 to "
                f"{MOST_PARTS} columns with the spend of the parts, such as “date,feed,reels”."
            )
        dates = _dates(table.iloc[:, 0], name)
        spent = {
            str(part): [_spent(cell, line, str(part)) for line, cell in column.items()]
            for part, column in table.iloc[:, 1:].items()
        }
    except TableError as error:
        raise SubChannelError(reason_of(error)) from error
    spend = pd.DataFrame(spent, index=dates)
    spend.attrs = table.attrs
    return spend


def _dates(column: pd.Series, name: str) -> pd.DatetimeIndex:
    """Dates and times as they are written."""
    texts = [text_of(cell) for cell in column]
    try:
        dates = pd.to_datetime([_TIME_ZONE.sub(r"\1", text) for text in texts], format="ISO8601", errors="coerce")
    except (ValueError, TypeError, OverflowError) as error:  # such as times of several zones, written in another way
        raise SubChannelError(f"The first column of '{name}' must hold dates such as 2026-01-05: {error}.") from error
    if dates.isna().any():
        place = int(np.argmax(np.asarray(dates.isna())))
        raise SubChannelError(
            f"The first column of '{name}' must hold dates such as 2026-01-05; line {column.index[place]} has "
            f"'{texts[place]}'."
        )
    return pd.DatetimeIndex(dates, name="date")


def _spent(cell: object, line: object, part: str) -> float:
    """Money in a cell, in currency; NaN where it is empty, which is refused where it counts."""
    number = number_of(cell, line, part)
    return float("nan") if number is None else number

"""A file of what the parts of a channel spent: one row a date, one column a part."""

import io

import numpy as np
import pandas as pd

from mmm_groups.errors import SubChannelError
from mmm_groups.numerics.marking import marked

MOST_BYTES = 5_000_000
MOST_PARTS = 12


def part_spend(content: bytes, name: str) -> pd.DataFrame:
    """Spend of the parts, dates x parts, in currency, out of a CSV file whose first column holds dates.

    Parameters
    ----------
    content : bytes
        UTF-8 text; comma, semicolon or tab between columns.
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
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubChannelError(f"'{name}' is not text in UTF-8. Save it as “CSV UTF-8”.") from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator)
    except (ValueError, pd.errors.ParserError) as error:
        raise SubChannelError(f"'{name}' cannot be read as a table: {error}.") from error
    if not 3 <= len(table.columns) <= MOST_PARTS + 1 or table.empty:
        raise SubChannelError(
            f"'{name}' has {len(table.columns)} columns and {len(table)} rows. It needs a column of dates and 2 to "
            f"{MOST_PARTS} columns with the spend of the parts, such as “date,feed,reels”."
        )
    dates = pd.to_datetime(table.iloc[:, 0], errors="coerce", format="ISO8601")
    if dates.isna().any():
        place = int(np.argmax(dates.isna().to_numpy()))
        raise SubChannelError(
            f"The first column of '{name}' must hold dates such as 2026-01-05; row {place + 2} has "
            f"'{table.iloc[place, 0]!s}'."
        )
    parts = table.iloc[:, 1:].rename(columns=lambda column: str(column).strip())
    text_columns = [column for column in parts if not pd.api.types.is_numeric_dtype(parts[column])]
    if text_columns:
        raise SubChannelError(
            f"The columns {text_columns} of '{name}' hold something else than numbers. Write money as 1234.56."
        )
    return parts.set_index(pd.DatetimeIndex(dates, name="date"))

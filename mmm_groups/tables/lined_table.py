"""A table that somebody else wrote, as text with line numbers, so that every refusal can name the line.

A table is a pandas DataFrame whose index holds the lines of the file and whose cells are text, or numbers where the
file knows types. What a text means as a number was decided when the file was read: see `written_numbers`.
"""

import math
from collections.abc import Sequence

import pandas as pd

from mmm_groups.errors import TableError, TwoReadingsError
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.tables.header import find_header, text_of
from mmm_groups.tables.written_money import WrittenMoney, money_as_written, number_in
from mmm_groups.tables.written_numbers import Mark, Percentage, Proof, WrittenNumber, proofs

MOST_LINES, MOST_COLUMNS = 50_000, 200
_UNDERSTOOD = "understood"


def lined(
    rows: Sequence[tuple[int, Sequence[object]]], name: str, origin: str, decimal: Mark | None = None
) -> pd.DataFrame:
    """A table out of (line, cells).

    Its header is the first row that can be one: see `find_header`. Lines and unnamed columns without anything in them
    are left out.

    Parameters
    ----------
    rows : sequence of (int, cells)
    name : str
        What errors call the file.
    origin : str
        Where the rows were found, for `understood`.
    decimal : `.` or `,`, optional
        The decimal mark where no number shows it.

    Raises
    ------
    TableError
        If there is no header, a column is named twice, a line is too long, or the table is too large.
    """
    filled = [(line, cells) for line, cells in rows if any(text_of(cell) for cell in cells)]
    if not filled:
        raise TableError(f"'{name}' is empty. Its first line names the columns.")
    header = find_header([cells for _, cells in filled])
    first, body = filled[header.last][0], filled[header.last + 1 :]
    columns = list(header.names)
    if len(columns) > MOST_COLUMNS or len(body) > MOST_LINES:
        raise too_large(name)
    if twice := sorted({column for column in columns if column and columns.count(column) > 1}):
        raise TableError(f"Line {first} of '{name}' names columns twice: {twice}. Give each column its own name.")
    values = []
    for line, cells in body:
        if any(text_of(cell) for cell in cells[len(columns) :]):
            raise TableError(
                f"Line {line} of '{name}' has more fields than line {first} names columns ({len(columns)}). Put "
                "text that holds the separator between quotation marks."
            )
        row = list(cells[: len(columns)])
        values.append(row + [""] * (len(columns) - len(row)))
    unnamed = [place for place, column in enumerate(columns) if not column]
    used = [place for place in unnamed if any(text_of(row[place]) for row in values)]
    if len(used) > 1:
        raise TableError(
            f"Line {first} of '{name}' gives no name to the columns {[place + 1 for place in used]}, but cells below "
            "them are filled in. Name them, or empty them."
        )
    kept = [place for place in range(len(columns)) if columns[place] or place in used]
    lines = [line for line, _ in body]
    # Texts as people wrote them: what Excel shows in percent is a `WrittenNumber` already, written by us.
    texts = ((line, cell) for line, row in zip(lines, values, strict=True) for cell in row if type(cell) is str)
    found = proofs(((line, number_in(text)) for line, text in texts), otherwise=decimal)
    table = pd.DataFrame(
        [
            [money_as_written(cell, found) if type(cell := row[place]) is str else cell for place in kept]
            for row in values
        ],
        columns=[columns[place] for place in kept],
        index=pd.Index(lines, name="line", dtype="int64"),
        dtype=object,
    )
    table.attrs[_UNDERSTOOD] = _in_words(origin, first, len(lines), list(found.values()))
    return table


def too_large(name: str) -> TableError:
    """The refusal of a table that nobody made for this."""
    return TableError(
        f"'{name}' has more than {marked(MOST_LINES):,} lines or {MOST_COLUMNS} columns. Keep what is needed."
    )


def understood(table: pd.DataFrame) -> str:
    """How a file was read, in one sentence, so that people see it before its numbers count."""
    said = table.attrs.get(_UNDERSTOOD, "")
    return said if isinstance(said, str) else ""


def _in_words(origin: str, header: int, count: int, found: list[Proof]) -> str:
    lines = "1 line" if count == 1 else f"{marked(count):,} lines"
    words = f"Read {lines}{origin}; the columns are named in line {header}"
    if len(found) == 1:
        (proof,) = found
        mark = "point" if proof.mark == "." else "comma"
        why = f"as “{proof.text}” in line {proof.line} shows" if proof.text else "as was chosen"
        words += f"; decimals begin with a {mark}, {why}"
    return MarkedText(f"{words}.")


def number_of(cell: object, line: object, column: str) -> float | None:
    """A cell as a finite number; None if it is empty.

    Raises
    ------
    TableError
        If it is something else, a percentage, or can be read in two ways; the text names line and column.
    """
    number = number_or_percentage(cell, line, column)
    if isinstance(number, Percentage):
        raise TableError(
            f"Line {line}: “{text_of(cell)}” in the column “{column}” is a percentage. Write a plain number there."
        )
    return number


def number_or_percentage(cell: object, line: object, column: str) -> float | None:
    """A cell as a finite number, a `Percentage` where the file shows it in percent; errors as `number_of`."""
    if isinstance(cell, WrittenNumber):
        if len(cell.readings) > 1:
            raise TwoReadingsError(f"Line {line}: “{text_of(cell)}” in the column “{column}” {cell.two_readings}")
        return cell.readings[0]
    text = text_of(cell)
    if not text:
        return None
    try:
        number = float(text.replace("−", "-"))
    except ValueError as error:
        raise TableError(
            f"Line {line}: “{text}” in the column “{column}” is no number. Write it like 1200000 or -12.5, without "
            "separators of thousands, signs of currency or %."
        ) from error
    if not math.isfinite(number):
        raise TableError(f"Line {line}: “{text}” in the column “{column}” is no finite number.")
    return number


def money_of(cell: object, line: object, column: str) -> tuple[float | None, str]:
    """A cell as an amount and its sign of currency, empty if it has none; errors as `number_of`."""
    if isinstance(cell, WrittenMoney):
        number = number_of(cell.number, line, column)
        return None if number is None else cell.factor * number, cell.currency
    return number_of(cell, line, column), ""

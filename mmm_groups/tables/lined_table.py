"""A table that somebody else wrote, as text with line numbers, so that every refusal can name the line.

A table is a pandas DataFrame whose index holds the lines of the file and whose cells are text, or numbers where the
file knows types.
"""

import csv
import io
import math
import re
from collections.abc import Sequence

import pandas as pd

from mmm_groups.errors import TableError
from mmm_groups.numerics.marking import marked
from mmm_groups.tables.formulas import as_named

MOST_BYTES, MOST_LINES, MOST_COLUMNS = 20_000_000, 50_000, 200
_DELIMITERS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+\s*$")


def read_csv_table(content: bytes, name: str) -> pd.DataFrame:
    """A CSV with commas, semicolons or tabs between its fields, whichever its first line has.

    Between semicolons a number may have a decimal comma, as spreadsheets of many countries write it. An apostrophe that
    keeps a name from being a formula is taken off again. Lines without anything in them are left out.

    Parameters
    ----------
    content : bytes
        In UTF-8.
    name : str
        What errors call it.

    Raises
    ------
    TableError
        If it is no text, has no header, or a line has more fields than the header.
    """
    if len(content) > MOST_BYTES:
        raise TableError(f"'{name}' is larger than {MOST_BYTES // 1_000_000} MB. Keep only the lines that are needed.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"'{name}' is not written in UTF-8. Save it as “CSV UTF-8”, or as an Excel file.") from error
    if "\0" in text:
        raise TableError(f"'{name}' is no text file. Give a CSV or an Excel file (.xlsx).")
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[tuple[int, list[object]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for fields in reader:
            rows.append((begins, [_field(field, delimiter) for field in fields]))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise TableError(f"Line {begins} of '{name}' cannot be read: {error}.") from error
    return lined(rows, name)


def lined(rows: Sequence[tuple[int, Sequence[object]]], name: str) -> pd.DataFrame:
    """A table out of (line, cells); the first line with something in it holds the names of the columns.

    Raises
    ------
    TableError
        If there is no header, a column is named twice, a line is too long, or the table is too large.
    """
    filled = [(line, cells) for line, cells in rows if any(text_of(cell) for cell in cells)]
    if not filled:
        raise TableError(f"'{name}' is empty. Its first line names the columns.")
    (first, head), *body = filled
    columns = [text_of(cell) for cell in head]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice or len(columns) > MOST_COLUMNS or len(body) > MOST_LINES:
        if twice:
            raise TableError(f"Line {first} of '{name}' names columns twice: {twice}. Give each column its own name.")
        raise TableError(
            f"'{name}' has more than {marked(MOST_LINES):,} lines or {MOST_COLUMNS} columns. Keep what is needed."
        )
    values = []
    for line, cells in body:
        if any(text_of(cell) for cell in cells[len(columns) :]):
            raise TableError(
                f"Line {line} of '{name}' has {len(cells)} fields, but line {first} names {len(columns)} columns. Put "
                "text that holds the separator between quotation marks."
            )
        row = list(cells[: len(columns)])
        values.append(row + [""] * (len(columns) - len(row)))
    index = pd.Index([line for line, _ in body], name="line", dtype="int64")
    return pd.DataFrame(values, columns=columns, index=index, dtype=object)


def text_of(cell: object) -> str:
    """A cell as text without spaces around it; whole numbers without a decimal point, nothing as empty text."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def number_of(cell: object, line: object, column: str) -> float | None:
    """A cell as a finite number; None if it is empty.

    Raises
    ------
    TableError
        If it is something else; the text names line and column.
    """
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


def _field(field: str, delimiter: str) -> str:
    if delimiter == ";" and _DECIMAL_COMMA.match(field):
        return field.replace(",", ".")
    return as_named(field)

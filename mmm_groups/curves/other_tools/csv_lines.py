"""The lines of a CSV of response curves: where its columns are, and its amounts as numbers.

The layout of the file, its header and what its numbers mean are found as in every table: see `tables`. Only the lines
themselves are read by pandas, for there may be millions of them.
"""

import io
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from mmm_groups.errors import CurveFileError, TableError, reason_of
from mmm_groups.numerics.labelled import row_of
from mmm_groups.numerics.marking import marked
from mmm_groups.sentences import some_of
from mmm_groups.tables.csv_text import CsvLayout, csv_layout
from mmm_groups.tables.ends import is_first, is_last, was_cut
from mmm_groups.tables.header import find_header
from mmm_groups.tables.written_numbers import Mark, Percentage, Proof, WrittenNumber, as_written, proofs

NEEDED = ("channel", "spend", "response")
BAND = ("response_low", "response_high")
COLUMNS = (*NEEDED, "draw", *BAND, "reference_spend", "interval", "target")
MOST_LINES, MOST_CHANNELS = 3_000_000, 500
_AMOUNTS = ("spend", "response", *BAND, "reference_spend")
_UNNAMED, _BEYOND = "row numbers", "beyond the header"


def curve_lines(content: bytes, name: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A CSV of curves as a table, and how it was read if that is not self-evident.

    Parameters
    ----------
    content : bytes
    name : str
        What errors call it.

    Returns
    -------
    pd.DataFrame
        Its index holds the lines of the file; amounts are numbers, a reference that is blank is NaN, and `interval`
        is the text of a share, written as Python does.
    tuple of str
        Notes for planners.

    Raises
    ------
    CurveFileError
        If columns are unknown or missing, or an amount is no number; the text names the line.
    """
    try:
        layout = csv_layout(content, name)
    except TableError as error:
        raise CurveFileError(reason_of(error)) from error
    texts = _lines(content, layout, name)
    marks = _decimal_marks(texts)
    table = _numbers(texts, marks, name)
    if "interval" in table:
        table["interval"] = [_in_python(text, marks) for text in table["interval"]]
    return table, _how_it_was_read(layout, marks)


def _lines(content: bytes, layout: CsvLayout, name: str) -> pd.DataFrame:
    """Every line with something in it as text, with the file's lines as index."""
    filled = [(place, fields) for place, (_, fields) in enumerate(layout.sample) if any(map(str.strip, fields))]
    if not filled:
        raise CurveFileError(f"'{name}' is empty. Its first line names the columns {list(NEEDED)}.")
    header = find_header([fields for _, fields in filled])
    columns = [column.lower() for column in header.names]
    _refuse_other_columns(columns, name)
    above = filled[header.last][0]
    named = layout.sample[above][0]
    body = layout.sample[above + 1][0] if above + 1 < len(layout.sample) else named + 1
    if content.count(b"\n") > MOST_LINES:
        raise CurveFileError(
            f"'{name}' has more than {marked(MOST_LINES):,} lines. Keep fewer draws or points, or save netCDF instead."
        )
    try:
        table = pd.read_csv(
            io.BytesIO(content),
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            encoding=layout.encoding,
            sep=layout.delimiter,
            header=None,
            names=[*(column or _UNNAMED for column in columns), _BEYOND],
            skiprows=body - 1,
        )
    except UnicodeDecodeError as error:
        raise CurveFileError(f"'{name}' is not written in UTF-8. Save it as CSV with the encoding UTF-8.") from error
    except (pd.errors.ParserError, OverflowError) as error:
        what = str(error).rpartition("C error: ")[2].strip()
        if long := re.search(r"in line (\d+), saw (\d+)", what):
            raise _too_long(name, int(long[1]), named, columns) from error
        raise CurveFileError(f"'{name}' cannot be read as a table: {what}.") from error
    except pd.errors.EmptyDataError:
        table = pd.DataFrame(columns=[*columns, _BEYOND], dtype=str)
    if not isinstance(table.index, pd.RangeIndex):
        raise CurveFileError(f"The lines of '{name}' have more fields than line {named} names columns.")
    cells: pd.DataFrame = table.fillna("").apply(lambda column: column.str.strip())
    cells.index = pd.RangeIndex(body, body + len(table))
    cells = cells.loc[(cells != "").any(axis=1), :]
    is_whole = not cells.empty and is_last(str(cells.iloc[-1, 0]))
    if is_first(filled[0][1][0]) and not is_whole:
        raise CurveFileError(was_cut(name))
    cells = cells.iloc[: len(cells) - is_whole]
    if cells.empty:
        raise CurveFileError(f"'{name}' has no lines below its column names.")
    if (is_long := cells[_BEYOND] != "").any():
        raise _too_long(name, first_line(is_long), named, columns)
    if (channels := cells["channel"].nunique()) > MOST_CHANNELS:
        raise CurveFileError(
            f"'{name}' has {marked(channels):,} in the dim 'channel'; at most {MOST_CHANNELS} can be opened."
        )
    return cells[[column for column in COLUMNS if column in cells]]


def _too_long(name: str, line: int, named: int, columns: list[str]) -> CurveFileError:
    return CurveFileError(
        f"'{name}', line {line}: it has more fields than line {named} names columns ({len(columns)}). Put text "
        "that holds the separator between quotation marks."
    )


def _refuse_other_columns(named: list[str], name: str) -> None:
    columns = [column for column in named if column]  # row numbers without a name, as R writes them, say nothing
    unknown, missing = sorted(set(columns) - set(COLUMNS)), [column for column in NEEDED if column not in columns]
    if unknown or missing:
        raise CurveFileError(
            f"The columns of '{name}' do not fit. Missing: {missing}; unknown: [{some_of(list(map(repr, unknown)))}]. "
            f"It needs {list(NEEDED)} and may have {list(COLUMNS[len(NEEDED) :])}."
        )
    if len(set(columns)) < len(columns):
        raise CurveFileError(f"A column of '{name}' stands twice: {columns}.")
    if sum(column in columns for column in BAND) == 1:
        raise CurveFileError(f"'{name}' has one end of an interval; it needs both columns, {list(BAND)}, or none.")
    if "interval" in columns and BAND[0] not in columns:
        raise CurveFileError(f"'{name}' says what an interval holds, but has none: add the columns {list(BAND)}.")
    if "draw" in columns and BAND[0] in columns:
        raise CurveFileError(
            f"'{name}' has draws and an interval. Leave {list(BAND)} out: the draws give the interval."
        )


def _decimal_marks(table: pd.DataFrame) -> dict[Mark, Proof]:
    """The first number of the file that shows each decimal mark."""
    columns = [table[column] for column in (*_AMOUNTS, "interval") if column in table]
    has_comma = any(column.str.contains(",", regex=False).any() for column in columns)
    return proofs((cell for column in columns for cell in _texts(column)), enough=2 if has_comma else 1)


def _texts(column: pd.Series) -> Iterator[tuple[int, str]]:
    """Line and text of every cell."""
    return zip(map(int, column.index), map(str, column), strict=True)


def _numbers(table: pd.DataFrame, marks: Mapping[Mark, Proof], name: str) -> pd.DataFrame:
    """Spends and responses as numbers; a reference may be blank."""
    found = table.copy()
    for column in _AMOUNTS:
        if column in table:
            found[column] = _amounts(table, column, marks, name)
    return found


def _amounts(table: pd.DataFrame, column: str, marks: Mapping[Mark, Proof], name: str) -> pd.Series:
    texts = table[column]
    numbers: pd.Series = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    # Where points begin decimals, Python's reading of a number is the file's.
    is_other = numbers.isna() if list(marks) == ["."] else texts.str.contains("[.,]")
    read: dict[int, float] = {}
    for line, text in _texts(texts[is_other]):
        written = as_written(text, marks)
        if isinstance(written, WrittenNumber) and len(written.readings) > 1:
            channel = row_of(table, line)["channel"]
            raise CurveFileError(f"'{name}', line {line}: the {column} “{text}” of '{channel}' {written.two_readings}")
        if isinstance(written, WrittenNumber) and not isinstance(written.readings[0], Percentage):
            read[line] = written.readings[0]
    numbers.loc[list(read)] = list(read.values())
    is_bad = pd.Series(~np.isfinite(numbers.to_numpy()), index=table.index)
    if column == "reference_spend":
        is_bad &= texts != ""
    if is_bad.any():
        line = first_line(is_bad)
        row = row_of(table, line)
        raise CurveFileError(
            f"'{name}', line {line}: the {column} of '{row['channel']}' is '{row[column]}', which is no number. Write "
            "numbers like 1234.5, without thousands separators."
        )
    return numbers


def first_line(is_so: pd.Series) -> int:
    """The first line of which it is true."""
    return int(is_so.index[is_so.to_numpy(dtype=bool)][0])


def _in_python(text: str, marks: Mapping[Mark, Proof]) -> str:
    written = as_written(text, marks)
    return repr(float(written.readings[0])) if isinstance(written, WrittenNumber) else text


def _how_it_was_read(layout: CsvLayout, marks: Mapping[Mark, Proof]) -> tuple[str, ...]:
    """A note where the file is not written with commas between fields and points before decimals."""
    proof = marks.get(",")
    if layout.delimiter == "," and proof is None:
        return ()
    decimals = f", and with a comma before decimals, as “{proof.text}” in line {proof.line} shows" if proof else ""
    return (f"The file was read with {layout.in_words} between its fields{decimals}.",)

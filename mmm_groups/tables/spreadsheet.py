"""Tables that planners bring: CSV or Excel, read without running anything in them."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from itertools import islice, zip_longest

import openpyxl
import pandas as pd
from pandas.api.types import is_numeric_dtype

from mmm_groups.errors import TableError
from mmm_groups.numerics.marking import marked
from mmm_groups.sentences import some_of
from mmm_groups.tables.csv_text import csv_layout, csv_records
from mmm_groups.tables.ends import without_ends
from mmm_groups.tables.formulas import as_named
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import MOST_COLUMNS, MOST_LINES, lined, too_large
from mmm_groups.tables.sheets import Column, add_sheet
from mmm_groups.tables.written_numbers import Mark, Percentage, WrittenNumber

MOST_BYTES = 20_000_000
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 200_000_000
_LAST_ROW = MOST_LINES + 50  # rows above the header count as well
_LAST_LINE = 20 * MOST_LINES  # blank lines count as well
_TEXTS, _FORMATS = re.compile(rb"<(?:\w+:)?si\b"), re.compile(rb"<(?:\w+:)?xf\b")
_MOST_TEXTS, _MOST_FORMATS = 300_000, 65_490  # openpyxl takes seconds for more; Excel allows no more formats
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_ROW, _NUMBER = re.compile(rb"<(?:\w+:)?row\b([^>]*)>"), re.compile(rb"\br=[\"'](\d+)")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b")
_EXCELS_COLUMNS = 16_384
_UNSCALED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # parts of a number format that are shown as they are


def read_table(content: bytes, name: str, decimal: Mark | None = None) -> pd.DataFrame:
    """The table in a CSV or in the first visible sheet of an Excel file (.xlsx), with the file's lines as its index.

    A CSV may have commas, semicolons or tabs between its fields, and say so in a first line `sep=;`. An apostrophe that
    keeps a name from being a formula is taken off again. Numbers mean what all numbers of the file together say: see
    `written_numbers`. A formula is read as the value that Excel saved with it, a cell in percent as a `Percentage`.
    How the file was read is told by `understood`.

    Parameters
    ----------
    content : bytes
    name : str
        What errors call it.
    decimal : `.` or `,`, optional
        The decimal mark where no number of the file shows it.

    Raises
    ------
    TableError
        If it cannot be read, or has no header.
    """
    if content[:4] == _OLD_EXCEL:
        raise TableError(f"'{name}' is an Excel file of the old kind (.xls). Save it as .xlsx or as CSV.")
    if len(content) > MOST_BYTES:
        raise TableError(f"'{name}' is larger than {MOST_BYTES // 1_000_000} MB. Keep only the lines that are needed.")
    if content[:4] == _ZIP:
        return _read_excel(content, name, decimal)
    layout = csv_layout(content, name)
    rows: list[tuple[int, list[str]]] = []
    for line, fields in csv_records(content, layout, name):
        while fields and not fields[-1]:
            fields.pop()
        if fields:
            rows.append((line, [as_named(field) for field in fields]))
        if len(fields) > MOST_COLUMNS or len(rows) > _LAST_ROW or line > _LAST_LINE:
            raise too_large(name)
    return lined(without_ends(rows, name), name, f" with {layout.in_words} between the fields", decimal)


def _read_excel(content: bytes, name: str, decimal: Mark | None) -> pd.DataFrame:
    try:
        has_formulas = _refuse_slow(content, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # parts that openpyxl does not know, such as drop-down lists
            values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True) if has_formulas else values
            seen = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
            if not seen:
                raise TableError(f"'{name}' has no visible sheet. Show the one with the table, or save it as CSV.")
            _refuse_far_cells(content, values[seen[0]]._worksheet_path, name)  # type: ignore[attr-defined]
            hidden = [sheet.title for sheet in values.worksheets if sheet.sheet_state != "visible"]
            rows = list(_rows(_cells(values[seen[0]]), _cells(formulas[seen[0]]), name))
            if len(rows) == _LAST_ROW and any(text_of(cell) for cell in rows[-1][1]):
                raise too_large(name)
    except TableError:
        raise
    except Exception as error:  # readers raise anything on a damaged file, and it is told with its cause
        raise TableError(f"'{name}' is no Excel file that can be read: {error}. Save it again, or as CSV.") from error
    others = [f"“{title}”" for title in seen[1:]] + [f"the hidden “{title}”" for title in hidden]
    origin = f" of the sheet “{seen[0]}”" + (f", not of {some_of(others)}" if others else "")
    return lined(rows, name, origin, decimal)


def _refuse_slow(content: bytes, name: str) -> bool:
    """Refuse a workbook that is small but takes minutes to read; True if one of its sheets may hold a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
            raise TableError(f"'{name}' unpacks to more than {_MOST_UNPACKED // 1_000_000} MB.")
        parts = [packed.read(part) for part in packed.infolist()]
    for found, most, what in ((_TEXTS, _MOST_TEXTS, "texts"), (_FORMATS, _MOST_FORMATS, "cell formats")):
        if sum(1 for part in parts for _ in islice(found.finditer(part), most + 1)) > most:
            raise TableError(f"'{name}' has more than {marked(most):,} {what}. Copy the table into a new workbook.")
    return any(_FORMULA.search(part) for part in parts)


def _refuse_far_cells(content: bytes, place: str, name: str) -> None:
    """Refuse a sheet with values below the last row that is read, which would be lost, or wider than Excel's."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        part = packed.read(place)
    number, begins = 0, 0
    for row in _ROW.finditer(part):
        stated = _NUMBER.search(row[1])
        number = int(stated[1]) if stated else number + 1
        if number > _LAST_ROW:
            if _VALUE.search(part, row.end()):
                raise too_large(name)
            break
        if _is_wide(part, begins, row.start()):
            raise too_large(name)
        begins = row.start()
    if _is_wide(part, begins, len(part)):
        raise too_large(name)


def _is_wide(part: bytes, begins: int, ends: int) -> bool:
    return ends - begins > _EXCELS_COLUMNS and part.count(b"<c", begins, ends) > 2 * _EXCELS_COLUMNS


def _cells(sheet: object) -> Iterable[tuple[object, ...]]:
    found: Iterable[tuple[object, ...]] = sheet.iter_rows(  # type: ignore[attr-defined]
        max_row=_LAST_ROW, max_col=MOST_COLUMNS + 1
    )
    return found


def _rows(
    values: Iterable[tuple[object, ...]], formulas: Iterable[tuple[object, ...]], name: str
) -> Iterable[tuple[int, list[object]]]:
    for line, (cells, stated) in enumerate(zip_longest(values, formulas, fillvalue=()), start=1):
        for cell, formula in zip(cells, stated, strict=False):
            if getattr(formula, "data_type", None) == "f" and getattr(cell, "value", None) is None:
                raise TableError(
                    f"Line {line} of '{name}': the cell {getattr(formula, 'coordinate', '')} holds the formula "
                    f"{_shown(getattr(formula, 'value', ''))}, but not its result. Open the file in Excel and save it "
                    "once, or write the number itself."
                )
        yield line, [_value(cell) for cell in cells]


def _shown(formula: object) -> str:
    text = str(getattr(formula, "text", formula))
    return f"“{text if len(text) <= 60 else f'{text[:59]}…'}”"


def _value(cell: object) -> object:
    value = getattr(cell, "value", None)
    if value is None:  # most cells of a sheet that is formatted far down
        return None
    is_percent = "%" in _UNSCALED.sub("", getattr(cell, "number_format", None) or "")
    if is_percent and isinstance(value, int | float) and not isinstance(value, bool):
        share = Percentage(value)
        return WrittenNumber(str(share), (share,))
    return value


def write_table(table: pd.DataFrame, title: str) -> bytes:
    """A table as an Excel file with one sheet, which `read_table` reads; names stay text, numbers stay numbers."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    columns = [Column(str(name), "mixed" if is_numeric_dtype(table[name]) else "text") for name in table.columns]
    rows = [tuple(row) for row in table.astype(object).itertuples(index=False, name=None)]
    add_sheet(book, title, columns, rows, "", has_total=False)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

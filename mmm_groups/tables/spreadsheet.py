"""Tables that planners bring: CSV or Excel, read without running anything in them."""

import io
import warnings
import zipfile
from collections.abc import Iterable
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException
from pandas.api.types import is_numeric_dtype

from mmm_groups.errors import TableError
from mmm_groups.tables.lined_table import MOST_BYTES, MOST_COLUMNS, MOST_LINES, lined, read_csv_table
from mmm_groups.tables.sheets import Column, fill

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 200_000_000


def read_table(content: bytes, name: str) -> pd.DataFrame:
    """The table in a CSV, or in the first sheet of an Excel file (.xlsx), with the lines of the file as its index.

    A cell that Excel shows as 20 % is read as 20. A formula is read as the value that Excel saved with it.

    Parameters
    ----------
    content : bytes
    name : str
        What errors call it.

    Raises
    ------
    TableError
        If it cannot be read, or has no header.
    """
    if content[:4] == _OLD_EXCEL:
        raise TableError(f"'{name}' is an Excel file of the old kind (.xls). Save it as .xlsx or as CSV.")
    if content[:4] != _ZIP:
        return read_csv_table(content, name)
    if len(content) > MOST_BYTES:
        raise TableError(f"'{name}' is larger than {MOST_BYTES // 1_000_000} MB. Keep only the lines that are needed.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise TableError(f"'{name}' unpacks to more than {_MOST_UNPACKED // 1_000_000} MB.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # parts that openpyxl does not know, such as drop-down lists
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = list(_rows(book.worksheets[0].iter_rows(max_row=MOST_LINES + 2, max_col=MOST_COLUMNS + 1)))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, ParseError, OSError) as error:
        raise TableError(f"'{name}' is no Excel file that can be read: {error}. Save it again, or as CSV.") from error
    return lined(rows, name)


def _rows(found: Iterable[tuple[object, ...]]) -> Iterable[tuple[int, list[object]]]:
    for line, cells in enumerate(found, start=1):
        yield line, [_value(cell) for cell in cells]


def _value(cell: object) -> object:
    value = getattr(cell, "value", None)
    is_percent = "%" in (getattr(cell, "number_format", None) or "")
    if is_percent and isinstance(value, int | float) and not isinstance(value, bool):
        return round(100 * float(value), 10)
    return value


def write_table(table: pd.DataFrame, title: str) -> bytes:
    """A table as an Excel file with one sheet, which `read_table` reads; names stay text, numbers stay numbers."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    columns = [Column(str(name), "mixed" if is_numeric_dtype(table[name]) else "text") for name in table.columns]
    rows = [tuple(row) for row in table.astype(object).itertuples(index=False, name=None)]
    fill(book.create_sheet(title), columns, rows, "", has_total=False)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

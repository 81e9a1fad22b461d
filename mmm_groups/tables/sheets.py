"""Sheets of a workbook: typed cells, number formats, widths, a header that stays, and a layout that prints."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from mmm_groups.numerics.digits import decimals_of
from mmm_groups.tables.formulas import begins_like_a_formula

Kind = Literal["text", "long", "money", "number", "ratio", "share", "date", "mixed"]
"""What a column holds; `long` is text in several lines, `mixed` has a kind for each cell."""

_WIDTHS: dict[Kind, int] = {
    "text": 22,
    "long": 70,
    "money": 17,
    "number": 15,
    "ratio": 10,
    "share": 10,
    "date": 13,
    "mixed": 17,
}
_WIDEST = 46
_HEADER = PatternFill("solid", fgColor="22304F")
_RULE = Border(top=Side(style="thin", color="22304F"))
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Column:
    """One column of a sheet: what stands above it, and what its cells hold."""

    header: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Typed:
    """A value with the kind that its own cell has, for `mixed` columns."""

    value: object
    kind: Kind


def money_format(currency: str, decimals: int = 2) -> str:
    """Excel's number format for money, `"€"#,##0.00` with cents, negative amounts with a minus."""
    symbol = currency.replace('"', "")
    spaced = f'"{symbol} "' if len(symbol) > 1 else f'"{symbol}"' if symbol else ""
    digits = _digits("#,##0", decimals)
    return f"{spaced}{digits};-{spaced}{digits}"


def _digits(whole: str, decimals: int) -> str:
    return f"{whole}.{'0' * decimals}" if decimals else whole


def add_sheet(
    book: Workbook,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    currency: str,
    *,
    has_total: bool,
    decimals: int = 2,
) -> None:
    """Add a sheet with a header and rows that is fit to read and to print.

    Parameters
    ----------
    book : Workbook
    title : str
    columns : sequence of Column
    rows : sequence of rows
        One value a column; None and NaN leave a cell empty.
    currency : str
    has_total : bool
        True if the last row is a total, which gets a rule above it.
    decimals : int
        Of money.
    """
    sheet: Worksheet = book.create_sheet(title)
    money = money_format(currency, decimals)
    for place, column in enumerate(columns, start=1):
        _write(sheet.cell(1, place), column.header, "text", money)
    for line, row in enumerate(rows, start=2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            kind, own = (value.kind, value.value) if isinstance(value, Typed) else (column.kind, value)
            _write(sheet.cell(line, place), own, kind, money)
    _dress(sheet, columns, len(rows), has_total)


def _write(cell: Cell | MergedCell, value: object, kind: Kind, money: str) -> None:
    """One typed cell.

    A text is stored as text, with Excel's own mark for that, so that no name becomes a formula.
    """
    if isinstance(cell, MergedCell):
        raise RuntimeError("These sheets have no merged cells.")
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, str):
        cell.value = _safe(value)
        cell.data_type = "s"
        cell.quotePrefix = begins_like_a_formula(value)
        cell.alignment = Alignment(wrap_text=kind == "long", vertical="top")
        return
    if isinstance(value, bool):
        _write(cell, "yes" if value else "no", kind, money)
        return
    if isinstance(value, datetime | date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
        cell.alignment = Alignment(horizontal="left", vertical="top")
        return
    cell.value = value  # type: ignore[assignment]
    size = abs(value) if isinstance(value, int | float) else 0.0
    cell.number_format = {
        "money": money,
        "share": "0.0%",
        "ratio": _digits("0", max(2, decimals_of(size, 2))),
        "number": _digits("#,##0", 0 if isinstance(value, int) else decimals_of(size)),
    }.get(kind, "General")
    cell.alignment = Alignment(vertical="top")


def _safe(text: str) -> str:
    """A text that XML can hold: other control characters become a replacement mark, Excel's own escapes are kept."""
    kept = _ESCAPED.sub("_x005F_", text)
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", kept).replace("\r", "_x000D_")


def _dress(sheet: Worksheet, columns: Sequence[Column], count: int, has_total: bool) -> None:
    for place, column in enumerate(columns, start=1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = _HEADER
        is_number = column.kind in ("money", "number", "ratio", "share")
        head.alignment = Alignment(horizontal="right" if is_number else "left", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = _width(sheet, column, place, count)
        if has_total:
            total = sheet.cell(count + 1, place)
            total.font, total.border = Font(bold=True), _RULE
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "B2"
    if count:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1 - int(has_total)}"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text="&A"), center=_HeaderFooterPart(), right=_HeaderFooterPart(text="&P / &N")
    )


def _width(sheet: Worksheet, column: Column, place: int, count: int) -> float:
    if column.kind != "text":
        return max(_WIDTHS[column.kind], min(len(column.header) + 3, _WIDEST) if column.kind != "long" else 0)
    longest = max((len(str(sheet.cell(line, place).value or "")) for line in range(1, count + 2)), default=0)
    return min(max(longest + 3, 12), _WIDEST)

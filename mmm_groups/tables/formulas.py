"""Names that no spreadsheet takes for a formula, written and read back."""

import re
from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from mmm_groups.tables.written_numbers import unmistakable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UNSEEN = " \t\r\n\u00a0\u200b\u200e\u200f\u2060\ufeff"
# Where a spreadsheet may begin a cell: at the start, and at what parts cells in another country than the writer's.
_CELL = r"(^|[;\t\r\n])"
_FORMULA = rf"(?=[{_UNSEEN}']*[{re.escape(''.join(_FORMULA_STARTS))}])"  # also one that has apostrophes already
_TO_QUOTE, _QUOTED = re.compile(_CELL + _FORMULA), re.compile(f"{_CELL}'{_FORMULA}")


def inert_csv(table: pd.DataFrame, money: Sequence[str] = (), decimals: int = 2) -> str:
    """A table as CSV text; names that a spreadsheet would take for a formula are quoted with an apostrophe.

    Numbers have ten digits, and one more zero where somebody could take the decimals for thousands: `1.1250`.

    Parameters
    ----------
    table : pd.DataFrame
    money : sequence of str
        Columns to be written with so many decimals, and empty where unknown.
    """
    table = table.copy()
    for column in table.select_dtypes(exclude="number").columns:
        if table[column].dtype != bool:
            table[column] = ["" if value is None else inert(str(value)) for value in table[column]]
    for column in money:
        table[column] = [f"{amount:.{decimals}f}" if np.isfinite(amount) else "" for amount in table[column]]
    return str(table.to_csv(index=False, float_format=lambda value: unmistakable(cast(float, value))))


def inert(text: str) -> str:
    """A name that no spreadsheet takes for a formula: an apostrophe stands before what begins like one.

    Also behind a semicolon, a tab or a line break, at which a spreadsheet that expects those parts the cell.
    """
    return _TO_QUOTE.sub(r"\1'", text)


def as_named(text: str) -> str:
    """The name that `inert` wrote."""
    return _QUOTED.sub(r"\1", text)


def begins_like_a_formula(text: str) -> bool:
    """True for a text that a spreadsheet would run if it were typed in."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip(_UNSEEN).startswith(_FORMULA_STARTS)

"""Rows and numbers out of labelled tables, with the types that pandas cannot promise."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    type Numbers = pd.Series[float]
else:
    Numbers = pd.Series


def by_name(values: pd.Series) -> dict[str, float]:
    """Label to number, in the order of the series."""
    return dict(zip(map(str, values.index), values.to_numpy(dtype=np.float64).tolist(), strict=True))


def row_of(table: pd.DataFrame, label: str | int | tuple[str, ...]) -> pd.Series:
    """The one row with this label, column to value."""
    found: object = table.loc[label, :]  # type: ignore[index]  # the stubs know no labels of several levels
    assert isinstance(found, pd.Series), f"the table has the label {label!r} more than once"
    return found


def rows_of(table: pd.DataFrame) -> list[dict[str, object]]:
    """All rows, each column to value."""
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def labels_of(values: pd.DataFrame | pd.Series) -> list[str]:
    """The labels of the rows, in their order."""
    return [str(label) for label in values.index]


def column_of(table: pd.DataFrame, column: str) -> Numbers:
    """A column of numbers."""
    return table[column].astype(np.float64)


def texts_of(table: pd.DataFrame, column: str) -> list[str]:
    """A column of texts, from the first row to the last."""
    return [str(text) for text in table[column]]


def dates_of(table: pd.DataFrame) -> list[pd.Timestamp]:
    """The dates of the rows."""
    return [pd.Timestamp(date) for date in table.index]


def number(value: object) -> float:
    """A cell that holds a number."""
    assert isinstance(value, float | int | np.number), f"{value!r} is no number"
    return float(value)


def number_at(table: pd.DataFrame, label: str | tuple[str, ...], column: str) -> float:
    """The number in one cell."""
    return number(row_of(table, label)[column])

"""Rows and numbers out of labelled tables, with the types that pandas cannot promise."""

from typing import TYPE_CHECKING, Any

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


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """All rows, each column to value."""
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def number_at(table: pd.DataFrame, label: str | tuple[str, ...], column: str) -> float:
    """The number in one cell."""
    return float(row_of(table, label)[column])

"""Which rows an agency books for each channel, such as campaigns: for export only; no plan depends on it."""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, cast

import pandas as pd
from pandas.api.types import is_scalar
from pydantic import Field, model_validator

from mmm_groups.errors import DisaggregationError, MmmGroupsError, TableError, reason_of
from mmm_groups.numerics.digits import not_whole
from mmm_groups.numerics.marking import marked
from mmm_groups.sentences import some_of
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import number_or_percentage
from mmm_groups.tables.names import KnownNames
from mmm_groups.tables.written_numbers import Percentage
from mmm_groups.typed_value import TypedValue

Basis = Literal["given_shares", "historical_spend"]
"""`given_shares`: shares that add up to 1. `historical_spend`: money, of which the proportions count."""

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_SUM_TOLERANCE = 1e-6
_BETWEEN_1_AND_100 = 10


class DisaggregationMappingConfig(TypedValue):
    """Which rows each modelled channel is exported as, and by which shares.

    Attributes
    ----------
    channels : dict[str, dict[str, float]]
        Modelled channel to its rows, row to share or historical spend; channels left out stay one row.
    basis : Basis

    Raises
    ------
    DisaggregationError
        If a channel has no rows, a row has no name, a number is negative, shares do not add up to 1, or nothing was
        spent on a channel's rows.

    Examples
    --------
    >>> config = DisaggregationMappingConfig(channels={"search": {"Brand": 0.25, "Generic": 0.75}})
    >>> config.shares("search")
    {'Brand': 0.25, 'Generic': 0.75}
    """

    error_type: ClassVar[type[MmmGroupsError]] = DisaggregationError

    channels: Annotated[dict[str, dict[str, Amount]], Field(min_length=1)]
    basis: Basis = "given_shares"

    @classmethod
    def refusal(cls, place: tuple[str, ...], given: Any, reason: str, values: Mapping[str, Any]) -> str:
        """A sentence on one thing that pydantic refused; see `TypedValue`."""
        where = " of ".join(f"'{part}'" for part in reversed(place)) or "the values"
        return f"In the mapping {where} cannot be used: {reason} (it is {str(given)[:80]!r})."

    @model_validator(mode="after")
    def _can_part_money(self) -> Self:
        for channel, rows in self.channels.items():
            if not rows:
                raise ValueError(f"The channel '{channel}' is mapped to no rows. Name one, or leave the channel out")
            if not all(row.strip() for row in rows):
                raise ValueError(f"A row of the channel '{channel}' has no name. Name every row")
            total = math.fsum(rows.values())
            if self.basis == "given_shares" and abs(total - 1) > _SUM_TOLERANCE:
                raise ValueError(f"The shares of '{channel}' {not_whole(total, some_of(list(rows)))}")
            if not total > 0:
                raise ValueError(
                    f"The rows of '{channel}' had no historical spend, so it gives no shares. Give shares, or leave "
                    f"the channel out"
                )
        return self

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, *, channel: str, row: str, value: str, basis: Basis = "given_shares"
    ) -> Self:
        """A mapping out of a table with one line for each row of a channel.

        Parameters
        ----------
        table : pd.DataFrame
            Its index is what errors call the lines.
        channel, row, value : str
            Columns with the modelled channel, the name of the export row, and its share or historical spend. Shares
            add up to 1 for each channel, or to 100 if they are written in percent. Historical spend of a row that
            stands on several lines, such as one a week, is added up.
        basis : Basis

        Raises
        ------
        DisaggregationError
            If a column is missing, or a line cannot be used; the text names the line.
        """
        _refuse_columns(table, (channel, row, value))
        found: dict[str, dict[str, float]] = {}
        for line, own, name, amount in zip(table.index, table[channel], table[row], table[value], strict=True):
            number = _number(amount, line, value, basis)
            rows = found.setdefault(_name(own, line, channel), {})
            named = _name(name, line, row)
            if named in rows and basis == "given_shares":
                raise DisaggregationError(
                    f"Line {line}: '{named}' of the channel '{own}' stands there twice. Give each row one share."
                )
            rows[named] = rows.get(named, 0.0) + number
        if basis == "given_shares":
            found = {own: _from_percent(rows) for own, rows in found.items()}
        return cls(channels=found, basis=basis)

    def shares(self, channel: str) -> dict[str, float]:
        """Row to share of a mapped channel's money, adding up to 1."""
        rows = self.channels[channel]
        total = math.fsum(rows.values())
        return {name: amount / total for name, amount in rows.items()}

    def named_as(self, channels: Iterable[str]) -> Self:
        """The same mapping with channels named as they are named here, where names differ in unseen spaces alone."""
        known = KnownNames(channels)
        names = {name: known.match(name) or name for name in self.channels}
        if len(set(names.values())) < len(names):
            return self
        return self.model_copy(update={"channels": {names[name]: rows for name, rows in self.channels.items()}})


def _refuse_columns(table: pd.DataFrame, wanted: tuple[str, ...]) -> None:
    missing = [column for column in wanted if column not in table]
    if missing:
        raise DisaggregationError(f"The table has no column {missing}. It has {list(map(str, table.columns))}.")
    if len(set(wanted)) < len(wanted):
        raise DisaggregationError(f"Channel, row and number need a column each; {list(wanted)} names one twice.")
    if table.empty:
        raise DisaggregationError("The table has no lines. Give one line for each row of a channel.")


def _number(amount: object, line: object, column: str, basis: Basis) -> float:
    """A share or an amount of money; a share that its file shows in percent is a hundredth of what is shown."""
    try:
        number = number_or_percentage(amount, line, column)
    except TableError as error:
        raise DisaggregationError(reason_of(error)) from error
    if number is None:
        raise DisaggregationError(f"Line {line}: the column '{column}' is empty. Write a number, or remove the line.")
    if number < 0:
        raise DisaggregationError(
            f"Line {line}: {marked(number):g} in the column '{column}' must be a number of at least 0."
        )
    if isinstance(number, Percentage) and basis == "historical_spend":
        raise DisaggregationError(
            f"Line {line}: {marked(100 * number):g} % in the column '{column}' is a percentage, not money. Say that "
            "the numbers are shares, or give what was spent."
        )
    return float(number)


def _name(name: object, line: object, column: str) -> str:
    # pandas has several ways of saying that a cell is empty.
    text = "" if is_scalar(name) and bool(pd.isna(cast(float, name))) else " ".join(text_of(name).split())
    if not text:
        raise DisaggregationError(f"Line {line}: the column '{column}' is empty. Fill it in, or remove the line.")
    return text


def _from_percent(rows: Mapping[str, float]) -> dict[str, float]:
    """Shares as they are, or a hundredth of those that are written in percent: they add up to 100 rather than to 1."""
    is_percent = math.fsum(rows.values()) > _BETWEEN_1_AND_100
    return {name: share / 100 if is_percent else share for name, share in rows.items()}

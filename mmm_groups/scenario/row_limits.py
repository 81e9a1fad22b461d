"""The limits of one group or channel as they stand in a row of the table: in money, or as a change of the reference."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mmm_groups.errors import ConstraintError
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.rounding import Cents
from mmm_groups.problem.constraints import Constraint, ConstraintBuilder

Unit = Literal["money", "change"]
End = Annotated[float, Field(allow_inf_nan=False)]


class RowLimit(BaseModel):
    """A minimum and a maximum as typed, also where they do not fit together: nothing typed is lost.

    Attributes
    ----------
    lower, upper : float or None
        In currency over the window; for `change` in percent of the reference spend (-20, 30); None: no limit.
    unit : Unit
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lower: End | None = None
    upper: End | None = None
    unit: Unit = "money"

    @property
    def is_empty(self) -> bool:
        """True if nothing is limited."""
        return self.lower is None and self.upper is None

    @property
    def fault(self) -> MarkedText:
        """What no plan could satisfy about this row by itself, in words; empty if nothing."""
        least = 0.0 if self.unit == "money" else -100.0
        if any(end is not None and end < least for end in (self.lower, self.upper)):
            is_money = self.unit == "money"
            return MarkedText("spend cannot be negative" if is_money else "spend cannot fall by more than 100 %")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            unit = " %" if self.unit == "change" else ""
            return MarkedText(
                f"the minimum ({marked(self.lower):,.10g}{unit}) exceeds the maximum ({marked(self.upper):,.10g}{unit})"
            )
        return MarkedText("")

    def in_money(self, reference: float) -> tuple[float | None, float | None]:
        """Both ends in currency.

        Parameters
        ----------
        reference : float
            Reference spend, in currency; NaN if it is unknown: then ends relative to it are None.
        """
        if self.unit == "money":
            return self.lower, self.upper
        lower, upper = (
            None if end is None or not math.isfinite(reference) else (100 + end) * reference / 100
            for end in (self.lower, self.upper)
        )
        return lower, upper

    def in_unit(self, unit: Unit, reference: float) -> "RowLimit":
        """The same limits in another unit, money to the cent of the reference, change to the hundredth of a percent.

        As typed where the reference does not allow it.
        """
        if unit == self.unit:
            return self
        if self.is_empty or not reference > 0:
            return self.model_copy(update={"unit": unit}) if self.is_empty else self
        if unit == "money":
            cents = Cents.of(reference)
            ends = [None if end is None else cents.rounded(end) for end in self.in_money(reference)]
        else:
            ends = [None if end is None else round(100 * end / reference - 100, 2) for end in (self.lower, self.upper)]
        return RowLimit(lower=ends[0], upper=ends[1], unit=unit)

    def stated(self, name: str, reference: float) -> Constraint | None:
        """The constraint that this row means for a group or channel; None if it limits nothing.

        Raises
        ------
        ConstraintError
            If the minimum exceeds the maximum, or spend would be negative.
        """
        build = ConstraintBuilder
        if self.fault:
            raise ConstraintError(f"The limits of {name} cannot be met: {self.fault.marked}. Change one of them.")
        if self.is_empty:
            return None
        if self.unit == "money":
            if self.lower is not None and self.lower == self.upper:
                return build.lock(name, self.lower)
            return build.spend_bounds(name, self.lower, self.upper)
        if self.lower == self.upper == 0 and math.isfinite(reference):
            return build.lock(name, reference)
        lower, upper = (None if end is None else end / 100 for end in (self.lower, self.upper))
        return build.change_bounds([name], lower, upper)


AT_REFERENCE = RowLimit(lower=0.0, upper=0.0, unit="change")
"""Locked at the reference spend, whatever that is in the window."""


AT_LEAST_REFERENCE = RowLimit(lower=0.0, unit="change")
"""Committed: the reference spend stays, and only what the budget has beyond it is placed."""


def within(percent: float) -> RowLimit:
    """At most so many percent less or more than the reference spend."""
    return RowLimit(lower=-percent, upper=percent, unit="change")


def limit_rows(groups: Mapping[str, tuple[str, ...]], *, with_channels: bool) -> dict[str, tuple[str, ...]]:
    """Rows of the table of limits, each with its channels: the groups and, if wanted, the channels inside them."""
    rows: dict[str, tuple[str, ...]] = {}
    for name, members in groups.items():
        rows[name] = members
        if with_channels and name not in members:
            rows |= {channel: (channel,) for channel in members}
    return rows


def stated_rows(
    rows: Mapping[str, tuple[str, ...]], limit_of: Callable[[str], RowLimit], reference: Numbers
) -> list[Constraint]:
    """The constraints that the rows mean.

    Parameters
    ----------
    rows : mapping
        Name of a group or channel to its channels.
    limit_of : callable
        Name to the limits in its row.
    reference : Numbers
        Reference spend by channel, in currency; NaN where it is unknown.

    Raises
    ------
    ConstraintError
        If a row cannot be met by itself.
    """
    stated = [
        limit_of(name).stated(name, float(reference[list(inside)].sum(skipna=False))) for name, inside in rows.items()
    ]
    return [constraint for constraint in stated if constraint is not None]


def with_groups_named(constraints: Iterable[Constraint], groups: Mapping[str, tuple[str, ...]]) -> list[Constraint]:
    """Constraints on sets of channels, with groups named where a set holds all their channels."""
    return [constraint.with_sets(lambda channels: _with_groups(channels, groups)) for constraint in constraints]


def _with_groups(channels: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    whole = {name: members for name, members in groups.items() if set(members) <= set(channels)}
    inside = {channel for members in whole.values() for channel in members}
    return (*whole, *(channel for channel in channels if channel not in inside))

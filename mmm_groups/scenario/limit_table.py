"""Limits as a table that people fill in, and read back: one line a limit.

| names | minimum | maximum | unit | compared_with |
|---|---|---|---|---|
| tv | 50000 | 150000 | money | |
| Meta | -20 | 30 | change % | |
| tv; radio | | 40 | share % | |
| search | 0.5 | 2 | times | youtube |

`names` are channels or groups, with semicolons between several, which are limited together. `money` is over the
planning window; `change %` is against the reference spend, for one name; `share %` is of all money; `times` is a
multiple of what the names in `compared_with` spend. The same number twice in `money` locks the spend. An empty end is
no limit, and a line without any end says nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from mmm_groups.errors import ConstraintError, TableError
from mmm_groups.numerics.labelled import Numbers, rows_of
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.constraints import (
    ChangeBounds,
    Constraint,
    ConstraintBuilder,
    GroupMaxRatio,
    GroupMaxSpend,
    GroupMinRatio,
    GroupMinSpend,
    InSteps,
    Lock,
    MaxMoved,
    OffOrAtLeast,
    RatioBetween,
    SpendBounds,
)
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.limits import limits_of
from mmm_groups.tables.header import text_of
from mmm_groups.tables.lined_table import number_or_percentage
from mmm_groups.tables.names import KnownNames
from mmm_groups.tables.written_numbers import Percentage

COLUMNS = ("names", "minimum", "maximum", "unit", "compared_with")
Unit = Literal["money", "change %", "share %", "times", "money or nothing", "steps"]
UNITS: tuple[Unit, ...] = ("money", "change %", "share %", "times", "money or nothing", "steps")
_NEEDED = COLUMNS[:3]
_Bound = Callable[[tuple[str, ...], float], Constraint]


@dataclass(frozen=True)
class LimitLine:
    """One limit as it stands in the table.

    Attributes
    ----------
    line : int
        Where it stands in the file.
    names, others : tuple[str, ...]
        Channels or groups; `others` is what `times` compares with.
    lower, upper : float or None
        In currency, in percent, or times; None where there is no limit, and not both.
    unit : Unit
    """

    line: int
    names: tuple[str, ...]
    lower: float | None
    upper: float | None
    unit: Unit = "money"
    others: tuple[str, ...] = ()

    def constraints(self) -> list[Constraint]:
        """What the line means; raises ConstraintError if its numbers cannot be a limit."""
        build, low, high = ConstraintBuilder, self.lower, self.upper
        match self.unit:
            case "times":
                return [build.ratio_between(self.names, self.others, min=low, max=high)]
            case "change %":
                return [build.change_bounds(self.names, _hundredth(low), _hundredth(high))]
            case "money or nothing":
                return [build.off_or_at_least(self.names, self._only_minimum())]
            case "steps":
                return [build.in_steps(self.names, self._only_minimum())]
            case "share %":
                return self._on_sum(build.group_min_ratio, build.group_max_ratio, _hundredth(low), _hundredth(high))
            case "money" if len(self.names) > 1:
                return self._on_sum(build.group_min_spend, build.group_max_spend, low, high)
            case "money" if low is not None and low == high:
                return [build.lock(self.names[0], low)]
            case "money":
                return [build.spend_bounds(self.names[0], low, high)]

    def _only_minimum(self) -> float:
        """The one number of a limit on amounts."""
        if self.lower is None or self.upper is not None:
            raise ConstraintError(f"A limit in “{self.unit}” has its amount as the minimum, and no maximum.")
        return self.lower

    def _on_sum(self, least: _Bound, most: _Bound, lower: float | None, upper: float | None) -> list[Constraint]:
        """One constraint for each end that is given, on all names together."""
        if lower is not None and upper is not None and lower > upper:
            low, high = self.lower, self.upper
            if self.unit == "share %":
                raise ConstraintError(f"The minimum ({marked(low):g} %) exceeds the maximum ({marked(high):g} %).")
            raise ConstraintError(f"The minimum ({marked(low):,.10g}) exceeds the maximum ({marked(high):,.10g}).")
        found = [] if lower is None else [least(self.names, lower)]
        return found if upper is None else [*found, most(self.names, upper)]


def read_limit_lines(
    table: pd.DataFrame, groups: Mapping[str, tuple[str, ...]], reference: Numbers | None = None
) -> tuple[LimitLine, ...]:
    """The limits in a table; lines without a number are left out.

    Parameters
    ----------
    table : pd.DataFrame
        Its index holds the lines of the file; columns as in `COLUMNS`, of which unit (default: money) and compared_with
        may be missing.
    groups : mapping
        All groups, with their channels.
    reference : Numbers, optional
        Channel to reference spend, for changes against it.

    Raises
    ------
    TableError
        If a column is missing or unknown, or a line names something unknown, holds no number where there must be one,
        contradicts itself or says what another line says; the text names the line and what is wrong.
    """
    unknown, missing = [c for c in table if c not in COLUMNS], [c for c in _NEEDED if c not in table]
    if unknown or missing:
        raise TableError(
            f"The columns of the table of limits do not fit. Missing: {missing}; unknown: {unknown}. Its columns are "
            f"{list(COLUMNS)}; take the template."
        )
    known = KnownNames({*groups, *(channel for members in groups.values() for channel in members)})
    found: dict[tuple[object, ...], LimitLine] = {}
    for line, row in zip(table.index, rows_of(table), strict=True):
        read = _line(int(line), row, known)
        if read is None:
            continue
        _refuse_impossible(read, groups, reference)
        is_own = len(read.names) == 1 and read.unit in ("money", "change %")
        key = (frozenset(read.names), "own" if is_own else read.unit, frozenset(read.others))
        if key in found:
            raise TableError(
                f"Lines {found[key].line} and {line} both limit {', '.join(read.names)}. Keep one of them."
            )
        found[key] = read
    return tuple(found.values())


def limit_lines(constraints: Iterable[Constraint], names: Iterable[str] = ()) -> pd.DataFrame:
    """Constraints as a table that `read_limit_lines` reads; names without a limit stand there with empty ends.

    Parameters
    ----------
    constraints : iterable of Constraint
    names : iterable of str
        Groups and channels that get a line in any case, in this order, before all others.
    """
    stated = [line for constraint in constraints for line in _lines_of(constraint)]
    alone = {line["names"] for line in stated}
    empty = [_row((name,), None, None, "money") for name in names if _joined((name,)) not in alone]
    order = {_joined((name,)): place for place, name in enumerate(names)}
    rows = sorted([*empty, *stated], key=lambda row: order.get(str(row["names"]), len(order)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _line(line: int, row: Mapping[str, object], known: KnownNames) -> LimitLine | None:
    ends = [number_or_percentage(row[column], line, column) for column in ("minimum", "maximum")]
    if ends == [None, None]:
        return None
    unit = text_of(row.get("unit", "")) or "money"
    if unit not in UNITS:
        raise TableError(f"Line {line}: the unit “{unit}” is unknown. Write one of: {', '.join(UNITS)}.")
    lower, upper = (_in_unit(end, unit, line) for end in ends)
    names = _names(text_of(row["names"]), line, known, "names")
    others = text_of(row.get("compared_with", ""))
    if (unit == "times") != bool(others):
        raise TableError(
            f"Line {line}: “times” and the names it compares with go together. Fill in both columns, “unit” and "
            "“compared_with”, or neither."
        )
    if unit == "change %" and len(names) > 1:
        raise TableError(f"Line {line}: a change against the reference is for one name. Give each name its own line.")
    return LimitLine(line, names, lower, upper, unit, _names(others, line, known, "compared_with") if others else ())


def _in_unit(end: float | None, unit: Unit, line: int) -> float | None:
    """An end in its unit: a cell that shows 50 % is 50 of `share %` and of `change %`, and 0.5 `times`."""
    if not isinstance(end, Percentage):
        return end
    if unit == "money":
        raise TableError(
            f"Line {line}: {marked(100 * end):.10g} % is a percentage, but the unit is money. Write an amount, or "
            f"another unit: {', '.join(UNITS[1:])}."
        )
    return float(end) if unit == "times" else _percent(end)


def _names(text: str, line: int, known: KnownNames, column: str) -> tuple[str, ...]:
    names, unknown = known.listed(text)
    if unknown or not names:
        said = f"names {unknown}, which are neither groups nor channels" if text else "is empty"
        raise TableError(f"Line {line}: the column “{column}” {said}. There are {known}.")
    return names


def _refuse_impossible(read: LimitLine, groups: Mapping[str, tuple[str, ...]], reference: Numbers | None) -> None:
    try:
        limits_of(FixedBudget(0.0), read.constraints(), groups, reference)
    except ConstraintError as error:
        raise TableError(f"Line {read.line}: {error.text.marked}") from error


def _hundredth(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 10)


def _lines_of(constraint: Constraint) -> list[dict[str, object]]:
    match constraint:
        case SpendBounds(name=name, lower=lower, upper=upper):
            return [_row((name,), lower, upper, "money")]
        case Lock(name=name, amount=amount):
            return [_row((name,), amount, amount, "money")]
        case ChangeBounds(channels=names, lower=lower, upper=upper):
            return [_row((name,), _percent(lower), _percent(upper), "change %") for name in names]
        case GroupMinSpend(channels=names, amount=amount):
            return [_row(names, amount, None, "money")]
        case GroupMaxSpend(channels=names, amount=amount):
            return [_row(names, None, amount, "money")]
        case GroupMinRatio(channels=names, ratio=ratio):
            return [_row(names, _percent(ratio), None, "share %")]
        case GroupMaxRatio(channels=names, ratio=ratio):
            return [_row(names, None, _percent(ratio), "share %")]
        case RatioBetween(numerator=names, denominator=others):
            return [_row(names, constraint.min, constraint.max, "times", others)]
        case OffOrAtLeast(channels=names, amount=amount):
            return [_row(names, amount, None, "money or nothing")]
        case InSteps(channels=names, step=step):
            return [_row(names, step, None, "steps")]
        case MaxMoved():
            return []  # it is on a whole plan, which is no line of a table
    raise ConstraintError(f"{constraint!r} is not a constraint. State it with ConstraintBuilder.")


def _row(
    names: tuple[str, ...], lower: float | None, upper: float | None, unit: Unit, others: tuple[str, ...] = ()
) -> dict[str, object]:
    ends = {"minimum": lower, "maximum": upper}
    return {"names": _joined(names), **ends, "unit": unit, "compared_with": _joined(others)}


def _joined(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    quoted = (f'"{name.replace(chr(34), 2 * chr(34))}"' if set(name) & set(';"\r\n') else name for name in names)
    return "; ".join(quoted)

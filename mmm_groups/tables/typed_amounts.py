"""Amounts as people type them in one field: `1.2M`, `400k`, `€1,200,000`, `-15 %` of what is known."""

import math

from mmm_groups.errors import ConstraintError
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import marked
from mmm_groups.tables.written_money import amount_parts
from mmm_groups.tables.written_numbers import Percentage, readings_of, unmistakable

_LONGEST = 60
_EXAMPLES = "Type it like 1,200,000, 1.2M or 400k"


def typed_amount(text: str, *, thousands: str = ",", of: float | None = None) -> float:
    """What somebody typed, in currency.

    Parameters
    ----------
    text : str
        A number with or without separators, a unit (k, M, bn) and a currency sign; or a percentage of `of`: `90 %` is
        nine tenths of it, `-10 %` a tenth less.
    thousands : str
        What separates thousands where the number alone does not say: `1,200` with a comma.
    of : float, optional
        What a percentage is of, in currency; None if that is not known.

    Raises
    ------
    ConstraintError
        If it is no amount, below 0, or can be read in two ways.
    """
    if len(text) > _LONGEST:
        raise ConstraintError(f"“{text[:_LONGEST]} …” is no amount. {_EXAMPLES}.")
    parts = amount_parts(text)
    digits, factor = parts.number, parts.factor
    values = readings_of(digits)
    if not values or not math.isfinite(values[0]):
        raise ConstraintError(f"“{text.strip()}” is no amount. {_EXAMPLES}.")
    if len(values) > 1 and thousands not in digits:
        large, small = (factor * value for value in values)
        raise ConstraintError(
            f"“{text.strip()}” may mean {marked(large):,.10g} or {marked(small):,.10g}. Type {unmistakable(large)} or "
            f"{unmistakable(small)}."
        )
    if isinstance(values[0], Percentage):
        return _of(text.strip(), float(values[0]), of)
    if values[0] < 0:
        raise ConstraintError(f"“{text.strip()}” is below 0. Money to spend is 0 or more.")
    return factor * values[0]


def _of(text: str, share: float, of: float | None) -> float:
    if of is None:
        raise ConstraintError(f"“{text}” is a percentage, but there is no reference spend to take it of. {_EXAMPLES}.")
    is_change = text[:1] in "+-−–"
    found = of * (1 + share) if is_change else of * share
    if found < 0:
        raise ConstraintError(f"“{text}” of the reference {marked_amount(of)} is below 0. The least is -100 %.")
    return found

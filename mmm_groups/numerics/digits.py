"""How many digits a number needs: by its size, so that money may be in cents, thousands or millions, or from 0 to 1."""

import math
from collections.abc import Callable
from decimal import Decimal

from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.tolerances import SAME

SIGNIFICANT = 3
"""Digits of an amount below a hundred; from there on amounts are whole."""

_PERCENT = 2.0
_LEAST = 1e-6  # smaller numbers would be rows of zeros: they are written with a power of ten


def decimals_of(size: float, significant: int = SIGNIFICANT) -> int:
    """Decimals that show so many significant digits of a size of at least 0."""
    if not math.isfinite(size) or size == 0:
        return 0
    exponent = int(f"{size:.{significant - 1}e}".partition("e")[2])
    return max(significant - 1 - exponent, 0)


def amount(size: float) -> str:
    """A size in English: `1,234,567`, `3.71`, `0.000371`; three digits below a hundred, whole above."""
    if 0 < size < _LEAST:
        return f"{size:.{SIGNIFICANT - 1}e}"
    text = f"{size:,.{decimals_of(size)}f}"
    whole, _, decimals = text.partition(".")
    return text if decimals.strip("0") else whole


def exact_amount(size: float) -> str:
    """An amount that somebody stated, in English: to the cent, and below a hundred in six digits."""
    if size >= 100:
        is_whole = abs(size - round(size)) <= SAME * size
        return f"{size:,.{0 if is_whole else 2}f}"
    if 0 < size < _LEAST:
        return f"{size:g}"
    return f"{size:,.{decimals_of(size, 6)}f}".rstrip("0").removesuffix(".") if size > 0 else "0"


def stated_decimals(value: float) -> int:
    """Decimals that show an amount as somebody stated it, without the rounding of sums: of at most ten digits."""
    return max(-int(Decimal(f"{value:.10g}").normalize().as_tuple().exponent), 0) if math.isfinite(value) else 0


def rate(size: float) -> str:
    """A ratio in English: two decimals, and below 0.1 two digits: `4.04`, `0.012`."""
    if 0 < size < _LEAST:
        return f"{size:.1e}"
    return f"{size:,.{max(2, decimals_of(size, 2))}f}"


def marked_amount(value: float) -> str:
    """An amount for a sentence, marked."""
    return f"{marked(_signed(value, amount))}"


def marked_exactly(value: float) -> str:
    """An amount that somebody stated for a sentence, marked."""
    return f"{marked(_signed(value, exact_amount))}"


def marked_change(value: float) -> str:
    """An amount with its sign for a sentence, marked."""
    return f"{marked(('' if value < 0 else '+') + _signed(value, amount))}"


def marked_rate(value: float) -> str:
    """A ratio for a sentence, marked."""
    return f"{marked(_signed(value, rate))}"


def not_whole(total: float, which: str = "one") -> str:
    """What is wrong with shares that do not add up to 1, as the end of a sentence without its full stop.

    Shares far from 1 in all are taken for percent, which shares are not.
    """
    if total > _PERCENT:
        return f"add up to {marked(total):.6g}, not to 1. Write them as parts of 1, such as 0.4 for 40 %"
    return f"add up to {marked(100 * total):.6g} %, not to 100 %. Change {which} by {marked(100 * (1 - total)):+.6g} %"


def _signed(value: float, write: Callable[[float], str]) -> str:
    text = write(abs(value))
    return f"-{text}" if value < 0 and text.strip("0.") else text

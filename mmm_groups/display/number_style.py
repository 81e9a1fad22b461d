"""How numbers are written: separators, and whether large ones are shortened."""

import re
from dataclasses import dataclass
from functools import lru_cache

_ENGLISH = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?=(?:k|M|bn)?(?![\w])(?!\.\d))",
)


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written.

    Attributes
    ----------
    thousands, decimal : str
        One character each.
    shortens : bool
        True: large numbers as 1.23M; False: in full.
    """

    thousands: str = ","
    decimal: str = "."
    shortens: bool = True

    @property
    def is_english(self) -> bool:
        """True if separators are those that Python itself writes."""
        return (self.thousands, self.decimal) == (",", ".")

    @property
    def plotly_separators(self) -> str:
        """Both separators as Plotly wants them."""
        return self.decimal + self.thousands

    def written(self, english: str) -> str:
        """A number that Python wrote, such as `1,234.5`, in this style."""
        return english if self.is_english else english.translate({44: self.thousands, 46: self.decimal})


ENGLISH = NumberStyle()
SEPARATORS = {"1,234.5": (",", "."), "1.234,5": (".", ","), "1 234,5": ("\u00a0", ",")}
"""Name to the separators of thousands and decimals; the third has a space that does not break."""


def rewritten(text: str, style: NumberStyle, names: tuple[str, ...]) -> str:
    """The numbers of a text in a style; what stands in one of `names` is no number."""
    pattern = _names_or_numbers(tuple(name for name in names if any(letter.isdigit() for letter in name)))
    return pattern.sub(lambda found: style.written(found[0]) if found.lastgroup != "name" else found[0], text)


@lru_cache(maxsize=64)
def _names_or_numbers(names: tuple[str, ...]) -> re.Pattern[str]:
    if not names:
        return _ENGLISH
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?P<name>{longest_first})|{_ENGLISH.pattern}")

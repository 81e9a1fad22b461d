"""How numbers are written in this session: its separators, and whether large ones are shortened."""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from mmm_groups.display.appearance import is_drawn_for_paper
from mmm_groups.display.session import session

_KEY, _NAMES = "mmm_groups.number_style", "mmm_groups.names_shown"
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


SEPARATORS = {"1,234.5": (",", "."), "1.234,5": (".", ","), "1 234,5": ("\u00a0", ",")}
"""Name to the separators of thousands and decimals; the third has a space that does not break."""

_WHOLE = (
    '[data-testid="stMetricValue"], [data-testid="stMetricValue"] * '
    "{white-space: normal !important; overflow: visible !important; overflow-wrap: anywhere}"
)
_SMALLER = '@media (max-width: 1599px) {[data-testid="stMetricValue"] {font-size: 1.25rem}}'
_active: ContextVar[NumberStyle | None] = ContextVar("number_style", default=None)


def figure_style() -> str:
    """CSS by which a figure in full fits its box: Streamlit would show only the beginning of 10,649,244."""
    return "" if current_style().shortens else f"{_WHOLE} {_SMALLER}"


def current_style() -> NumberStyle:
    """The session's style; the English one outside of any, and in a report, whose sentences are written so."""
    if is_drawn_for_paper():
        return NumberStyle()
    if (known := _active.get()) is not None:
        return known
    style = session().get(_KEY)
    return style if isinstance(style, NumberStyle) else NumberStyle()


def choose_style(style: NumberStyle) -> None:
    """Write the session's numbers like this from now on."""
    session()[_KEY] = style
    _active.set(style)


def begin_page(names: Iterable[str]) -> None:
    """Look the style up once for all numbers of a page, and keep names from being read as numbers."""
    _active.set(None)
    _active.set(current_style())
    session()[_NAMES] = tuple(names)


def in_style(text: str) -> str:
    """A sentence whose numbers Python wrote, in the session's style; names of channels and groups stay as they are."""
    style = current_style()
    if style.is_english:
        return text
    names = session().get(_NAMES, ())
    return rewritten(text, style, tuple(names))


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

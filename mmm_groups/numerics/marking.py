"""Numbers inside texts: marked when the text is made, so that each reader sees them in a style of their own.

A marked number stands between two noncharacters, code points that Unicode keeps out of all text that is passed on, so
that no name holds them. They never leave the package: `MarkedText` reads without them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

_BEGIN, _END = "\ufdd0", "\ufdd1"
_NUMBER = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")


@dataclass(frozen=True)
class MarkedNumber:
    """A number that an f-string formats as usual, between marks."""

    value: object

    def __format__(self, spec: str) -> str:
        """The marked number, as a piece of a `MarkedText` or of an error's text."""
        return f"{_BEGIN}{self.value:{spec}}{_END}"


def marked(value: object) -> MarkedNumber:
    """A number for a text: `f"at most {marked(amount):,.0f}"`."""
    return MarkedNumber(value)


class MarkedText(str):
    """A text that knows where its numbers are: everywhere a plain English text, without marks.

    Attributes
    ----------
    marked : str
        The same with the marks, as a piece of a longer text.
    """

    marked: str

    def __new__(cls, text: str) -> Self:
        """Take a text with marks."""
        made = super().__new__(cls, with_numbers(text, str))
        made.marked = with_marks(text)
        return made

    @classmethod
    def joined(cls, between: str, texts: Iterable[str]) -> Self:
        """Several texts as one."""
        return cls(between.join(map(with_marks, texts)))


def with_numbers(text: str, write: Callable[[str], str]) -> str:
    """A text without marks, its marked numbers as `write` makes them of the English ones."""
    return _NUMBER.sub(lambda found: write(found[1]), with_marks(text))


def with_marks(text: str) -> str:
    """A text with its marks, to be kept in a file of ours or put into a longer text."""
    return text.marked if isinstance(text, MarkedText) else text

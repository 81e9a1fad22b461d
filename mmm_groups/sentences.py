"""Pieces of sentences that any module may need: many names, what is a name, what another library's error says."""

from collections import Counter
from collections.abc import Iterable, Sequence
from unicodedata import category

_NO_LETTERS = {"Cc", "Cs", "Zl", "Zp"}


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first `most` of many names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def repeated(names: Iterable[str]) -> list[str]:
    """The names that stand there more than once, sorted; quick for any number of them."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def is_one_line(text: str) -> bool:
    """True for a text without line breaks, control characters and halves of letters.

    The others draw lines of their own in lists, and not every file and database can hold them.
    """
    return not any(category(letter) in _NO_LETTERS for letter in text)


def first_line(error: Exception) -> str:
    """What an error says in its first line, without a full stop; its kind if it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__

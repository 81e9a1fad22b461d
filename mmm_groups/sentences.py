"""Pieces of sentences that any module may need: some of many names, and what another library's error says."""

from collections import Counter
from collections.abc import Iterable, Sequence


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first `most` of many names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def repeated(names: Iterable[str]) -> list[str]:
    """The names that stand there more than once, sorted; quick for any number of them."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def first_line(error: Exception) -> str:
    """What an error says in its first line, without a full stop; its kind if it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__

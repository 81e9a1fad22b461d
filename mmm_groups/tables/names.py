"""Names in a table matched with known ones: spaces at their ends are not seen on a screen."""

import csv
import io
from collections.abc import Iterable


class KnownNames:
    """Names that a table may use.

    Parameters
    ----------
    names : iterable of str
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._exact = set(names)
        self._loose: dict[str, str | None] = {}
        for name in sorted(self._exact):
            loose = _loose(name)
            self._loose[loose] = None if loose in self._loose else name

    def __str__(self) -> str:
        return str(sorted(self._exact))

    def match(self, text: str) -> str | None:
        """The known name that a text is: the same, or the only one that differs in unseen spaces alone."""
        return text if text in self._exact else self._loose.get(_loose(text))

    def listed(self, text: str) -> tuple[tuple[str, ...], list[str]]:
        """The known names in a cell that may list several, and what is none of them.

        Semicolons and line breaks part names; one inside a name is kept by quotation marks around that name.
        """
        if (whole := self.match(text)) is not None:
            return (whole,), []
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", skipinitialspace=True))
        except csv.Error:
            return (), [text]
        written = [name for row in rows for name in row]
        found = [self.match(name) for name in written]
        unknown = [name.strip() for name, known in zip(written, found, strict=True) if known is None]
        return tuple(name for name in found if name is not None), unknown


def _loose(name: str) -> str:
    return " ".join(name.split())

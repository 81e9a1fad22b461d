"""Names as people write them matched with known ones: `Facebook Ads` and `TV_spend` are facebook and tv."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_GENERIC = re.compile(
    r"(?:net|paid|media)?(?:ads?|advertising|amounts?|budgets?|campaigns?|channels?|costs?|expenses?|investments?|money|plan"
    r"|spend(?:ing|s)?|total|kosten|ausgaben|werbung|kanal)|net|gross|paid|media|invest|x|eur|usd|gbp|chf"
)
_WORDS = re.compile(r"[^\W_]+")
_LEAST_ALIKE = 0.55


class LooseNames:
    """Known names, and what else people call them.

    Parameters
    ----------
    names : mapping
        What a name may be written as (itself, a display name) to the known name.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._exact = dict(names)
        words = {written: _words(written) for written in names}
        self._first, self._last = _common(set(names.values()))
        self._same = _unique((_joined(words[written]), known) for written, known in names.items())
        self._bare = _unique((_joined(self._stripped(words[written])), known) for written, known in names.items())

    def match(self, text: str) -> str | None:
        """The one known name that a text is.

        The same; or the same but for case, spaces and separators; or but for words that say nothing (`spend`, `ads`)
        and for words that all known names begin or end with. None if it is none of them, or several.
        """
        if text in self._exact:
            return self._exact[text]
        words = _words(text)
        return self._same.get(_joined(words)) or self._bare.get(_joined(self._stripped(words)))

    def nearest(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Known names that look most like a text, the nearest first; none if none does."""
        asked = _joined(self._stripped(_words(text)))
        likeness: dict[str, float] = {}
        for written, known in self._exact.items():
            bare = _joined(self._stripped(_words(written)))
            alike = difflib.SequenceMatcher(None, asked, bare).ratio()
            if asked and bare and (asked in bare or bare in asked):
                alike = max(alike, 0.8)
            likeness[known] = max(alike, likeness.get(known, 0.0))
        ordered = sorted(likeness, key=lambda known: -likeness[known])
        return tuple(known for known in ordered if likeness[known] >= _LEAST_ALIKE)[:most]

    def _stripped(self, words: list[str]) -> list[str]:
        """Without what says nothing; as it is if nothing would be left."""
        kept = list(words)
        while len(kept) > 1 and kept[0] in self._first:
            kept = kept[1:]
        while len(kept) > 1 and kept[-1] in self._last:
            kept = kept[:-1]
        return [word for word in kept if not _GENERIC.fullmatch(word)] or words


def plain(text: str) -> str:
    """Lower case without accents: `Märkte` is `markte`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return _WORDS.findall(plain(text))


def _joined(words: list[str]) -> str:
    return "".join(words)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each key stands for, without keys that are empty or stand for several names."""
    found: dict[str, set[str]] = {}
    for key, known in pairs:
        found.setdefault(key, set()).add(known)
    return {key: next(iter(names)) for key, names in found.items() if key and len(names) == 1}


def _common(names: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The first word of all names, and the last one, where they share it."""
    words = [_words(name) for name in names]
    if len(words) < 2 or any(len(own) < 2 for own in words):
        return frozenset(), frozenset()
    firsts, lasts = {own[0] for own in words}, {own[-1] for own in words}
    return (frozenset(firsts) if len(firsts) == 1 else frozenset()), (
        frozenset(lasts) if len(lasts) == 1 else frozenset()
    )

"""Groups worth suggesting: channels of one platform, with names alike, or whose spend moved together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.sentences import some_of
from mmm_groups.suggestions.quick_groups import CHANNEL, names_of_groups, parts_of, words_in

TOGETHER = 0.8
"""Correlation of spend from which on two channels moved together: a model can hardly tell their effects apart."""

FEWEST_DATES = 26  # of fewer dates a correlation says little
PLATFORMS: Mapping[str, frozenset[str]] = {
    "Meta": frozenset({"meta", "facebook", "fb", "instagram", "insta", "ig"}),
    "Google": frozenset({"google", "adwords", "youtube", "yt", "gdn", "dv360", "pmax"}),
    "Microsoft": frozenset({"microsoft", "bing", "msn"}),
    "Amazon": frozenset({"amazon", "twitch"}),
    "TikTok": frozenset({"tiktok", "bytedance"}),
    "X": frozenset({"twitter"}),
}
"""Words by which names belong to one platform. `search` is in none: Google and Bing both sell it."""

_SAY_NOTHING = frozenset(
    {"ad", "ads", "budget", "campaign", "channel", "clicks", "cost", "costs", "eur", "grp", "grps", "impressions"}
    | {"investment", "media", "marketing", "paid", "spend", "total", "usd"}
)
_NAMED = 2  # of a group without a common word, so many channels are named


@dataclass(frozen=True)
class SuggestedGroup:
    """A group that could be made, and what speaks for it.

    Attributes
    ----------
    name : str
        A name that no channel bears.
    channels : tuple[str, ...]
        At least two, in the model's order.
    platform : str
        Platform to which all of them belong; empty if there is none.
    word : str
        Word that stands in all their names; empty if there is none.
    correlation : float
        Smallest correlation of spend by date between any two of them, -1 to 1; NaN if it is unknown.
    """

    name: str
    channels: tuple[str, ...]
    platform: str
    word: str
    correlation: float

    @property
    def moved_together(self) -> bool:
        """True if the spend of every two of the channels moved together."""
        return self.correlation >= TOGETHER


def suggested_groups(channels: Sequence[str], dims: Sequence[str], spend: pd.DataFrame) -> list[SuggestedGroup]:
    """Groups in which every two channels have a platform or a word in common, or spend that moved together.

    The strongest pairs come first: one platform, then the same first word, then more words in common, then the higher
    correlation. Every channel is in at most one group. Words that say nothing (`spend`, `ads`) or that stand in every
    name do not count.

    Parameters
    ----------
    channels, dims : sequences of str
        As in `quick_groups.parts_of`; of a panel model's cells the channel's own name counts.
    spend : pd.DataFrame, dates x channels
        Historical spend, in currency; without rows, names alone count.

    Raises
    ------
    GroupingError
        If the labels cannot be taken apart.
    """
    own = parts_of(channels, dims)[CHANNEL]
    words = _telling_words(own)
    platforms = {channel: _platform(found) for channel, found in words.items()}
    correlations = _correlations(channels, spend)
    strengths = {
        (one, other): (
            _same(platforms[one], platforms[other]),
            _same(_first(words[one]), _first(words[other])),
            _in_common(words[one], words[other]),
            correlations[i, j] >= TOGETHER and float(correlations[i, j]),
        )
        for (i, one), (j, other) in combinations(enumerate(channels), 2)
    }
    linked = {pair: strength for pair, strength in strengths.items() if any(strength)}
    found = [_in_order(members, channels) for members in _joined(linked) if len(members) > 1]
    found.sort(key=lambda members: channels.index(members[0]))
    place = {channel: i for i, channel in enumerate(channels)}
    made = []
    for members in found:
        platform = platforms[members[0]] if len({platforms[member] for member in members}) == 1 else ""
        common = [word for word in words[members[0]] if all(word in words[member] for member in members)]
        low = min(float(correlations[place[a], place[b]]) for a, b in combinations(members, 2))
        word = common[0] if common else ""
        name = platform or _spelled(word, own[members[0]]) or _name_of_members(members)
        made.append(SuggestedGroup(name, members, platform, word, low))
    names = names_of_groups({group.name: group.channels for group in made}, channels)
    return [
        SuggestedGroup(name, group.channels, group.platform, group.word, group.correlation)
        for name, group in zip(names, made, strict=True)
    ]


def groups_by_platform(channels: Sequence[str], dims: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """One group for each platform that sells at least two of the channels: facebook and instagram are Meta's.

    Platforms are told by `PLATFORMS`; channels whose names hold none of its words are left out.

    Parameters
    ----------
    channels, dims : sequences of str
        As in `quick_groups.parts_of`; of a panel model's cells the channel's own name counts, over all cells.

    Raises
    ------
    GroupingError
        If the labels cannot be taken apart.
    """
    platforms = {
        channel: _platform(words) for channel, words in _telling_words(parts_of(channels, dims)[CHANNEL]).items()
    }
    sold = {name: [channel for channel in channels if platforms[channel] == name] for name in PLATFORMS}
    return names_of_groups({name: inside for name, inside in sold.items() if len(inside) > 1}, channels)


def _telling_words(own: Mapping[str, str]) -> dict[str, list[str]]:
    """Words of every channel's own name that tell something, in lower case and in order."""
    split = {name: [word.casefold() for word in words_in(name)] for name in set(own.values())}
    everywhere = set.intersection(*map(set, split.values())) if len(split) > 2 else set()
    return {
        channel: [
            word
            for word in split[name]
            if word not in everywhere | _SAY_NOTHING and len(word) > 1 and not word.isdecimal()
        ]
        for channel, name in own.items()
    }


def _platform(words: Sequence[str]) -> str:
    """The platform whose word stands first among `words`; empty if none does."""
    belonging = (name for word in words for name, known in PLATFORMS.items() if word in known)
    return next(belonging, "")


def _correlations(channels: Sequence[str], spend: pd.DataFrame) -> NDArray[np.float64]:
    """Correlation of spend by date, (channel, channel); NaN where it is unknown."""
    if len(spend) < FEWEST_DATES:
        return np.full((len(channels), len(channels)), np.nan)
    return np.asarray(spend[list(channels)].corr().to_numpy(dtype=np.float64))


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


def _first(words: Sequence[str]) -> str:
    return words[0] if words else ""


def _in_common(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the words of two names that both have, 0 to 1."""
    both = set(one) | set(other)
    return len(set(one) & set(other)) / len(both) if both else 0.0


def _joined(linked: Mapping[tuple[str, str], tuple[object, ...]]) -> list[set[str]]:
    """Sets of channels in which every two are linked, joined along the strongest pairs first."""
    home: dict[str, set[str]] = {}
    for one, other in sorted(linked, key=lambda pair: linked[pair], reverse=True):
        left, right = home.setdefault(one, {one}), home.setdefault(other, {other})
        if left is right or not all((a, b) in linked or (b, a) in linked for a in left for b in right):
            continue
        left |= right
        home.update(dict.fromkeys(right, left))
    return [members for channel, members in home.items() if channel == min(members)]


def _in_order(members: set[str], channels: Sequence[str]) -> tuple[str, ...]:
    return tuple(channel for channel in channels if channel in members)


def _spelled(word: str, name: str) -> str:
    """A word as a name spells it."""
    return next((part for part in words_in(name) if part.casefold() == word), word)


def _name_of_members(members: Sequence[str]) -> str:
    return some_of(members, _NAMED) if len(members) > _NAMED else " and ".join(members)

"""Groupings that a planner would otherwise drag together: by a dim of a panel model, or by how names begin."""

import re
from collections.abc import Iterable, Mapping, Sequence

from mmm_groups.errors import GroupingError
from mmm_groups.model.training_data import LABEL_SEPARATOR

CHANNEL = "channel"
"""The last part of every label, beside the model's dims."""

_BREAK = re.compile(r"[_\-./:\s]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


def parts_of(channels: Sequence[str], dims: Sequence[str]) -> dict[str, dict[str, str]]:
    """Every channel's part of its label, by dim: `US · facebook` is geo US and channel facebook.

    Parameters
    ----------
    channels : sequence of str
        Labels whose parts are in the order (dims…, channel).
    dims : sequence of str
        The model's dims besides date and channel; none for a national model.

    Returns
    -------
    dict
        Dim (and `channel`) to channel label to that part.

    Raises
    ------
    GroupingError
        If a label has not one part for each dim and the channel.
    """
    names = [*dims, CHANNEL]
    cells = {channel: channel.split(LABEL_SEPARATOR) if dims else [channel] for channel in channels}
    odd = sorted(channel for channel, parts in cells.items() if len(parts) != len(names))
    if odd:
        raise GroupingError(
            f"These channels cannot be told apart by {names}, because a name holds “{LABEL_SEPARATOR}”: {odd}. Group "
            "them by hand."
        )
    return {name: {channel: parts[i] for channel, parts in cells.items()} for i, name in enumerate(names)}


def groups_by_dim(channels: Sequence[str], dims: Sequence[str], dim: str) -> dict[str, tuple[str, ...]]:
    """One group for each value of a dim, such as one for each geo, or one for each channel over all geos.

    Parameters
    ----------
    channels, dims : sequences of str
        As in `parts_of`.
    dim : str
        One of `dims`, or `channel`.

    Raises
    ------
    GroupingError
        If there is no such dim, or the labels cannot be taken apart.
    """
    if dim not in (*dims, CHANNEL):
        raise GroupingError(f"There is no dim '{dim}' to group by. Choose one of {[*dims, CHANNEL]}.")
    return names_of_groups(_gathered(parts_of(channels, dims)[dim]), channels)


def groups_by_prefix(channels: Sequence[str], dims: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Groups of channels whose names begin alike: `facebook_prospecting` and `facebook_retargeting` are `facebook`.

    A beginning ends at an underscore, hyphen, dot, slash, colon or space; capitals do not count. Channels whose
    beginning nobody else shares are left out. In a panel model the channel's own name counts, over all cells; a
    beginning that only one channel has, in however many cells, makes no group.

    Parameters
    ----------
    channels, dims : sequences of str
        As in `parts_of`.

    Raises
    ------
    GroupingError
        If the labels cannot be taken apart.
    """
    own = parts_of(channels, dims)[CHANNEL]
    beginnings = {channel: _BREAK.split(name.strip())[0] or name for channel, name in own.items()}
    alike = {
        beginning: inside
        for beginning, inside in _gathered(beginnings).items()
        if len({own[channel] for channel in inside}) > 1
    }
    return names_of_groups(alike, channels)


def _gathered(part_of: Mapping[str, str]) -> dict[str, list[str]]:
    """Channels by part, in the order in which parts appear; the first spelling of a part names it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for channel, part in part_of.items():
        found.setdefault(part.casefold(), (part, []))[1].append(channel)
    return dict(found.values())


def words_in(name: str) -> list[str]:
    """The words of a name, which end at an underscore, hyphen, dot, slash, colon, space, or where capitals begin."""
    return [word for word in _BREAK.split(_CAPITAL.sub("_", name.strip())) if word]


def names_of_groups(groups: Mapping[str, Iterable[str]], channels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The groups under names that no channel bears, for limits on a name must be clear."""
    taken = {channel.casefold() for channel in channels}
    return {
        f"{name} (group)" if name.casefold() in taken and tuple(inside) != (name,) else name: tuple(inside)
        for name, inside in groups.items()
    }

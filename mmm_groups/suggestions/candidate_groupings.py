"""Groupings worth comparing: the present one, every merge of two of its groups, ready-made ones and the suggestion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from mmm_groups.errors import GroupingError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.suggestions.quick_groups import CHANNEL, groups_by_dim, groups_by_prefix
from mmm_groups.suggestions.suggested_groups import suggested_groups

Members = tuple[str, ...]

PRESENT, BY_CHANNEL, SUGGESTED = "The present groups", "Every channel on its own", "The suggested groups"


@dataclass(frozen=True)
class Grouping:
    """A way of putting channels into groups.

    Attributes
    ----------
    name : str
        How it comes about, in words: `Join Meta and tv`.
    groups : dict[str, tuple[str, ...]]
        Group to its channels, over all channels.
    """

    name: str
    groups: dict[str, Members]

    @property
    def decisions(self) -> int:
        """How many amounts are decided."""
        return len(self.groups)

    @property
    def partition(self) -> frozenset[frozenset[str]]:
        """The same for groupings that differ in names and order only."""
        return frozenset(map(frozenset, self.groups.values()))


def groupings_around(
    present: Mapping[str, Members], channels: Sequence[str], dims: Sequence[str], spend: pd.DataFrame
) -> list[Grouping]:
    """The groupings that a planner may ask about, each partition once; the present one first.

    Parameters
    ----------
    present : mapping
        The groups as they are, over all channels.
    channels : sequence of str
        In the model's order.
    dims : sequence of str
        Panel dims of the model, as `quick_groups.parts_of` takes them.
    spend : pd.DataFrame, dates x channels
        Historical spend, which the suggestion follows; without rows, names alone count.
    """
    found = [
        Grouping(PRESENT, dict(present)),
        grouping_of(BY_CHANNEL, {}, present, channels),
        *merges_of_two(present, channels),
        *_ready_made(present, channels, dims, spend),
    ]
    return distinct(found)


def merges_of_two(present: Mapping[str, Members], channels: Sequence[str]) -> list[Grouping]:
    """Every grouping in which two of the present groups are one."""
    made = []
    for one, other in combinations(present, 2):
        inside = {*present[one], *present[other]}
        left = {name: members for name, members in present.items() if name not in (one, other) and len(members) > 1}
        joined = {f"{one} + {other}": tuple(channel for channel in channels if channel in inside)}
        made.append(grouping_of(f"Join {one} and {other}", left | joined, present, channels))
    return made


def grouping_of(
    name: str, groups: Mapping[str, Members], present: Mapping[str, Members], channels: Sequence[str]
) -> Grouping:
    """A grouping over all channels in which no new group bears a name that means something else already."""
    held = {frozenset(members): group for group, members in present.items()}
    taken = {*present, *channels}
    named: dict[str, Members] = {}
    for group, members in groups.items():
        if len(members) == 1:
            continue
        label = held.get(frozenset(members), group)
        if label == group and frozenset(members) not in held:
            label = next(free for free in _names(group) if free not in taken | set(named))
        named[label] = tuple(members)
    return Grouping(name, ChannelGroups(named).over(channels))


def distinct(groupings: Iterable[Grouping]) -> list[Grouping]:
    """The groupings, the first of each partition."""
    found: dict[frozenset[frozenset[str]], Grouping] = {}
    for grouping in groupings:
        found.setdefault(grouping.partition, grouping)
    return list(found.values())


def _names(wanted: str) -> Iterable[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted} ({number})"
        number += 1


def _ready_made(
    present: Mapping[str, Members], channels: Sequence[str], dims: Sequence[str], spend: pd.DataFrame
) -> list[Grouping]:
    """By dim, by how names begin, and as suggested; none where labels cannot be taken apart."""
    try:
        found = {f"Group by {dim}": groups_by_dim(channels, dims, dim) for dim in ((*dims, CHANNEL) if dims else ())}
        found["Group names that begin alike"] = groups_by_prefix(channels, dims)
        suggested = suggested_groups(channels, dims, spend)
    except GroupingError:
        return []
    found[SUGGESTED] = {group.name: group.channels for group in suggested}
    return [grouping_of(name, groups, present, channels) for name, groups in found.items()]

"""The state of the drag board: which channel is in which group.

Pure functions on frozen values, no Streamlit. Every channel is in exactly one place, a group or
'Ungrouped', after every function here: a channel can never vanish and never be counted twice.
The browser sends its whole layout with a growing number (``seq``); Python answers with the last
number it has settled (``ack``). Several drops made during one slow run are then never lost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mmm_groups.errors import MmmGroupsError
from mmm_groups.sentences import is_one_line, repeated

PALETTE_SIZE = 10
UNGROUPED = "ungrouped"
NEW_GROUP_PREFIX = "new-"
UNCOLOURED = -1
MOST_GROUPS, LONGEST_NAME = 500, 200


class BoardLayoutError(MmmGroupsError):
    """A layout, a channel list or a group that the board cannot use; the text names the culprit."""


@dataclass(frozen=True)
class BoardGroup:
    """One group on the board. ``color`` is an index into a palette of 10; ``id`` survives a rename."""

    id: str
    name: str
    color: int
    channels: tuple[str, ...]


@dataclass(frozen=True)
class BoardState:
    """The whole board. ``ack`` is the last ``seq`` from the browser that is settled in it."""

    groups: tuple[BoardGroup, ...]
    ungrouped: tuple[str, ...]
    ack: int


def initial_state(channels: Sequence[str], groups: Mapping[str, Sequence[str]]) -> BoardState:
    """Board with ``groups`` (name to channels); all other channels are ungrouped.

    Raises
    ------
    BoardLayoutError
        If ``channels`` repeats a name, or ``groups`` names an unknown channel or one channel twice.
    """
    if twice := repeated(channels):
        raise BoardLayoutError(f"These channels are listed twice: {twice}. Every channel needs its own name.")
    if twice := repeated(channel for members in groups.values() for channel in members):
        raise BoardLayoutError(f"These channels are in two places: {twice}. A channel is in one group only.")
    state = BoardState(groups=(), ungrouped=tuple(channels), ack=0)
    for name, members in groups.items():
        state = add_group(state, name, members)
    return state


def apply_layout(state: BoardState, layout: Mapping[str, object], channels: Sequence[str]) -> BoardState:
    """The board after a layout from the browser.

    Parameters
    ----------
    state : BoardState
        The truth so far.
    layout : mapping
        ``{"seq": int, "groups": [{"id", "name", "channels", "color"}, ...], "ungrouped": [...]}``. Old news
        (``seq <= ack``) changes nothing. A group that is left out is deleted; an unknown group is
        accepted if its id begins with 'new-', otherwise its channels become ungrouped. A group without a
        ``color`` keeps its own, and a new one gets one that is free. The order of the groups is taken over.
    channels : sequence of str
        All channels of the model. Others are ignored; those missing in ``layout`` become ungrouped.

    Raises
    ------
    BoardLayoutError
        If ``layout`` has not the shape above, or one group id twice.
    """
    seq, sent, ungrouped = _read(layout)
    if seq <= state.ack:
        return state

    known = {group.id: group for group in state.groups}
    homeless = dict.fromkeys(channels)
    kept: list[BoardGroup] = []
    stray: list[str] = []
    for group in sent:
        members = _take(homeless, group.channels)
        if group.id in known:
            color = group.color if group.color != UNCOLOURED else known[group.id].color
            kept.append(replace(group, color=color, channels=members))
        elif group.id.startswith(NEW_GROUP_PREFIX):
            kept.append(replace(group, channels=members))
        else:
            stray.extend(members)
    loose = _take(homeless, ungrouped)
    loose += (*stray, *homeless)
    return BoardState(_distinct_names(_coloured(kept), known), loose, ack=seq)


def to_mapping(state: BoardState) -> dict[str, list[str]]:
    """Channels by group name, without the empty groups and without the ungrouped channels."""
    return {group.name: list(group.channels) for group in state.groups if group.channels}


def add_group(state: BoardState, name: str = "", channels: Sequence[str] = ()) -> BoardState:
    """Add a group at the end; ``channels`` move into it. A blank name becomes 'Group N', a taken one 'Name (2)'.

    Raises
    ------
    BoardLayoutError
        If a channel is not on the board.
    """
    on_board = {*state.ungrouped, *(channel for group in state.groups for channel in group.channels)}
    if unknown := sorted(set(channels) - on_board):
        raise BoardLayoutError(
            f"Group '{name}' names channels that are not on the board: {unknown}. It has {sorted(on_board)}."
        )
    left = [replace(group, channels=_without(group.channels, channels)) for group in state.groups]
    new = BoardGroup(_free_id(state), name, UNCOLOURED, channels=tuple(dict.fromkeys(channels)))
    return replace(
        state,
        groups=_distinct_names(_coloured([*left, new]), {group.id: group for group in left}),
        ungrouped=_without(state.ungrouped, channels),
    )


def rename_group(state: BoardState, group_id: str, name: str) -> BoardState:
    """Rename one group; blank and taken names as in `add_group`. Raises BoardLayoutError for an unknown id."""
    _find(state, group_id)
    renamed = [replace(group, name=name) if group.id == group_id else group for group in state.groups]
    return replace(state, groups=_distinct_names(renamed, {group.id: group for group in state.groups}))


def delete_group(state: BoardState, group_id: str) -> BoardState:
    """Delete one group; its channels become ungrouped. Raises BoardLayoutError for an unknown id."""
    gone = _find(state, group_id)
    return replace(
        state,
        groups=tuple(group for group in state.groups if group.id != group_id),
        ungrouped=state.ungrouped + gone.channels,
    )


def _read(layout: Mapping[str, object]) -> tuple[int, list[BoardGroup], list[str]]:
    """Check the types of a layout from the browser; `UNCOLOURED` means 'not chosen yet'."""
    if not isinstance(layout, Mapping):
        raise BoardLayoutError(f"The layout must be a mapping, it is {layout!r}.")
    seq = layout.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool):
        raise BoardLayoutError(f"'seq' must be a whole number, it is {seq!r}.")
    sent = layout.get("groups")
    if not isinstance(sent, list):
        raise BoardLayoutError(f"'groups' must be a list, it is {sent!r}.")
    if len(sent) > MOST_GROUPS:
        raise BoardLayoutError(f"The board would have {len(sent)} groups; it takes at most {MOST_GROUPS}.")
    groups = [_read_group(group) for group in sent]
    if twice := repeated(group.id for group in groups):
        raise BoardLayoutError(f"These group ids are used twice: {twice}.")
    return seq, groups, _names(layout.get("ungrouped"), "'ungrouped'")


def _read_group(group: object) -> BoardGroup:
    if not isinstance(group, Mapping):
        raise BoardLayoutError(f"A group must be a mapping, it is {group!r}.")
    group_id, name = group.get("id"), group.get("name")
    if not isinstance(group_id, str) or not group_id:
        raise BoardLayoutError(f"The 'id' of a group must be a text, it is {group_id!r}.")
    if not isinstance(name, str):
        raise BoardLayoutError(f"The 'name' of group '{group_id}' must be a text, it is {name!r}.")
    if not (is_one_line(name) and is_one_line(group_id) and max(len(name), len(group_id)) <= LONGEST_NAME):
        raise BoardLayoutError(
            f"A group cannot be called {name[:40]!r}: a name has one line of at most {LONGEST_NAME} letters."
        )
    members = _names(group.get("channels"), f"'channels' of group '{group_id}'")
    color = group.get("color", UNCOLOURED)
    if type(color) is not int or color not in range(UNCOLOURED, PALETTE_SIZE):
        raise BoardLayoutError(
            f"The 'color' of group '{group_id}' must be a whole number from 0 to {PALETTE_SIZE - 1}, it is {color!r}."
        )
    return BoardGroup(group_id, name, color, channels=tuple(members))


def _names(value: object, where: str) -> list[str]:
    if not isinstance(value, list):
        raise BoardLayoutError(f"{where} must be a list of names, it is {value!r}.")
    names = [name for name in value if isinstance(name, str)]
    if len(names) < len(value):
        raise BoardLayoutError(f"{where} must be a list of names, it is {value!r}.")
    return names


def _take(homeless: dict[str, None], names: Iterable[str]) -> tuple[str, ...]:
    """Move names out of ``homeless``: unknown ones and those placed before are not there, so the first place wins."""
    taken = []
    for name in names:
        if name in homeless:
            del homeless[name]
            taken.append(name)
    return tuple(taken)


def _coloured(groups: Sequence[BoardGroup]) -> list[BoardGroup]:
    """Give each group without a colour the lowest one that is not in use, or the least used if all are."""
    used = [group.color for group in groups if group.color >= 0]
    coloured = []
    for group in groups:
        if group.color < 0:
            group = replace(group, color=min(range(PALETTE_SIZE), key=used.count))
            used.append(group.color)
        coloured.append(group)
    return coloured


def _distinct_names(groups: Sequence[BoardGroup], before: Mapping[str, BoardGroup]) -> tuple[BoardGroup, ...]:
    """Name blank groups 'Group N' and duplicates 'Name (2)'; a group that was not renamed keeps its name.

    Names that differ only in case or outer spaces count as the same: nobody can tell them apart in a chart.
    """
    unchanged = {group.id for group in groups if group.id in before and before[group.id].name == group.name}
    taken = {group.name.casefold() for group in groups if group.id in unchanged}
    named = []
    for group in groups:
        if group.id not in unchanged:
            name = next(name for name in _candidates(group.name.strip()) if name.casefold() not in taken)
            taken.add(name.casefold())
            group = replace(group, name=name)
        named.append(group)
    return tuple(named)


def _candidates(name: str) -> Iterator[str]:
    number = 1
    if name:
        yield name
        number = 2
    while True:
        yield f"{name} ({number})" if name else f"Group {number}"
        number += 1


def _free_id(state: BoardState) -> str:
    used = {group.id for group in state.groups}
    number = 1
    while f"g{number}" in used:
        number += 1
    return f"g{number}"


def _find(state: BoardState, group_id: str) -> BoardGroup:
    for group in state.groups:
        if group.id == group_id:
            return group
    raise BoardLayoutError(f"There is no group '{group_id}'. The board has {[group.id for group in state.groups]}.")


def _without(names: Iterable[str], gone: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)

"""Many groups in one step, and what that takes from the groups that are there. Pure functions on frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmm_groups.ui.widgets.board.layout import BoardState, add_group, delete_group, rename_group


@dataclass(frozen=True)
class Regrouping:
    """A board before and after many groups are made at once.

    Attributes
    ----------
    before, after : BoardState
    made : dict[str, int]
        Name of each asked group to how many channels it will hold, those that stay as they are included.
    dissolved : tuple[str, ...]
        Groups that lose all their channels and go.
    shrunk : dict[str, tuple[int, int]]
        Groups that lose some: name to (how many they lose, how many they had).
    """

    before: BoardState
    after: BoardState
    made: dict[str, int]
    dissolved: tuple[str, ...]
    shrunk: dict[str, tuple[int, int]]

    @property
    def changes_nothing(self) -> bool:
        """True if the board already looks like this."""
        return _places(self.before) == _places(self.after)


def regrouping(state: BoardState, groups: Mapping[str, Sequence[str]]) -> Regrouping:
    """Make `groups` (name to channels) on the board.

    A group of the same name keeps its id, and with it its colour and its limits. Channels that `groups` does not name
    stay where they are, unless their group is asked for with other channels: then they become ungrouped. A group that
    loses all its channels goes; one that was empty before stays.

    Raises
    ------
    BoardLayoutError
        If a channel is not on the board.
    """
    after = state
    for name, channels in groups.items():
        after = _with_group(after, name, channels)
    had = {group.id: group for group in state.groups}
    emptied = [group.id for group in after.groups if not group.channels and group.id in had and had[group.id].channels]
    for group_id in emptied:
        after = delete_group(after, group_id)
    left = {group.id: set(group.channels) for group in after.groups}
    lost = {group.id: len(set(group.channels) - left.get(group.id, set())) for group in state.groups}
    shrunk = {
        group.name: (lost[group.id], len(group.channels))
        for group in state.groups
        if lost[group.id] and group.id not in emptied
    }
    return Regrouping(
        before=state,
        after=after,
        made={name: len(channels) for name, channels in groups.items()},
        dissolved=tuple(had[group_id].name for group_id in emptied),
        shrunk=shrunk,
    )


def ungrouping(state: BoardState) -> Regrouping:
    """Take every group off the board; all channels become ungrouped."""
    after = state
    for group in state.groups:
        after = delete_group(after, group.id)
    return Regrouping(state, after, {}, tuple(group.name for group in state.groups), {})


def _with_group(state: BoardState, name: str, channels: Sequence[str]) -> BoardState:
    same = next((group for group in state.groups if group.name.casefold() == name.casefold()), None)
    if same is None:
        return add_group(state, name, channels)
    if set(same.channels) == set(channels):
        return rename_group(state, same.id, name)
    # Made as a new group, which checks and moves the channels, and then given the place and the id of the old one.
    made = add_group(state, name, channels)
    new = made.groups[-1]
    loose = tuple(channel for channel in same.channels if channel not in channels)
    kept = tuple(replace(group, channels=new.channels) if group.id == same.id else group for group in made.groups[:-1])
    return rename_group(replace(made, groups=kept, ungrouped=made.ungrouped + loose), same.id, name)


def _places(state: BoardState) -> dict[str, frozenset[str]]:
    return {group.name: frozenset(group.channels) for group in state.groups}

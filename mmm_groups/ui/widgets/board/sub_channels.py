"""The board when a channel is split into sub-channels, or they are merged again: they stand where it stood."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mmm_groups.ui.widgets.board.layout import BoardState


def with_channels_replaced(
    board: BoardState, replacements: Iterable[tuple[Sequence[str], Sequence[str]]]
) -> BoardState:
    """The board with some channels in place of others.

    Parameters
    ----------
    board : BoardState
    replacements : iterable of (old, new)
        Names of channels that go, and of those that come. A name in both stays where it is; new ones stand where the
        first of the old ones stood.
    """
    for old, new in replacements:
        places = [*(group.channels for group in board.groups), board.ungrouped]
        first = next((name for channels in places for name in channels if name in old), None)
        board = replace(
            board,
            groups=tuple(replace(group, channels=_replaced(group.channels, old, new, first)) for group in board.groups),
            ungrouped=_replaced(board.ungrouped, old, new, first),
        )
    return board


def _replaced(channels: Sequence[str], old: Sequence[str], new: Sequence[str], first: str | None) -> tuple[str, ...]:
    """One place's channels without the old ones; where `first` of them stood, the new ones stand."""
    found: list[str] = []
    for channel in channels:
        if channel == first:
            found += [name for name in new if name not in old]
        if channel not in old or channel in new:
            found.append(channel)
    return tuple(found)

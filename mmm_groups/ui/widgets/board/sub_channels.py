"""The board when channels are split into parts, or parts are merged again: each stays where it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mmm_groups.ui.widgets.board.layout import BoardState

Names = tuple[str, ...]


def replaced(board: BoardState, swaps: Iterable[tuple[Sequence[str], Sequence[str]]]) -> BoardState:
    """The board with some channels in place of others.

    Parameters
    ----------
    board : BoardState
    swaps : iterable of (old, new)
        Channels that go, and those that come. A name in both stays where it is; new ones stand where the first of the
        old ones stood.
    """
    for old, new in swaps:
        places = [*(group.channels for group in board.groups), board.ungrouped]
        first = next((name for channels in places for name in channels if name in old), None)
        swap = _Swap(tuple(old), tuple(new), first)
        board = replace(
            board,
            groups=tuple(replace(group, channels=swap.on(group.channels)) for group in board.groups),
            ungrouped=swap.on(board.ungrouped),
        )
    return board


@dataclass(frozen=True)
class _Swap:
    """Names that go and come; new ones stand where `first` stands."""

    old: Names
    new: Names
    first: str | None

    def on(self, channels: Names) -> Names:
        """One card's channels after it."""
        found: list[str] = []
        for channel in channels:
            if channel == self.first:
                found += [name for name in self.new if name not in self.old]
            if channel not in self.old or channel in self.new:
                found.append(channel)
        return tuple(found)

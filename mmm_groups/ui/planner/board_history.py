"""Undo and redo of what happens on the board. Pure functions on frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.fields import RowKey
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.widgets.board.layout import BoardState

MOST_STEPS = 100

Limits = Mapping[RowKey, RowLimit]
Assumed = tuple[SubChannels, ...]


@dataclass(frozen=True)
class Step:
    """One change of the board.

    Attributes
    ----------
    what : str
        What the planner did, as it stands on the undo button: `group by geo`.
    before, after : BoardState
    limits : mapping
        Limits that were removed with their groups, to come back with them.
    constraints : tuple[Constraint, ...]
        Constraints on sets that the step added, to go and come with it.
    sub_channels : (before, after) or None
        Which channels were split into sub-channels before and after the step; None if it changed no split.
    """

    what: str
    before: BoardState
    after: BoardState
    limits: Limits = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    sub_channels: tuple[Assumed, Assumed] | None = None


@dataclass(frozen=True)
class BoardHistory:
    """Steps that can be undone, the latest last, and steps that can be done again, the next last."""

    past: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def added(self, step: Step) -> "BoardHistory":
        """The history after a new step: nothing can be done again then.

        Typing a name arrives in several pieces, which count as one step.
        """
        past = self.past
        if past and _renamed(step) and _renamed(past[-1]) == _renamed(step):
            past, step = past[:-1], replace(step, before=past[-1].before)
        return BoardHistory((*past, step)[-MOST_STEPS:])

    def back(self) -> tuple["BoardHistory", Step]:
        """The history after undoing the latest step, and that step; call only if there is one."""
        step = self.past[-1]
        return BoardHistory(self.past[:-1], (*self.undone, step)), step

    def forth(self) -> tuple["BoardHistory", Step]:
        """The history after doing the step undone last again, and that step; call only if there is one."""
        step = self.undone[-1]
        return BoardHistory((*self.past, step), self.undone[:-1]), step


def described(before: BoardState, after: BoardState) -> str:
    """What happened between two boards, in a few words for the undo button."""
    old, new = {g.id: g for g in before.groups}, {g.id: g for g in after.groups}
    if gone := [group.name for key, group in old.items() if key not in new]:
        return f"delete {gone[0]}" if len(gone) == 1 else f"delete {len(gone)} groups"
    place = {channel: group.id for group in before.groups for channel in group.channels}
    moved = [channel for g in after.groups for channel in g.channels if place.get(channel) != g.id]
    moved += [channel for channel in after.ungrouped if channel in place]
    if moved:
        return f"move {moved[0]}" if len(moved) == 1 else f"move {len(moved)} channels"
    if added := [group.name for key, group in new.items() if key not in old]:
        return f"new group {added[0]}"
    if named := [group.name for key, group in new.items() if old[key].name != group.name]:
        return f"rename to {named[0]}"
    if coloured := [group.name for key, group in new.items() if old[key].color != group.color]:
        return f"recolour {coloured[0]}"
    if list(old) != list(new):
        return "reorder groups"
    return "reorder"


def _renamed(step: Step) -> tuple[str, ...]:
    """Ids of the groups that a step renamed, if it did nothing else; else nothing."""
    before, after = step.before, step.after
    if [g.id for g in before.groups] != [g.id for g in after.groups] or before.ungrouped != after.ungrouped:
        return ()
    pairs = list(zip(before.groups, after.groups, strict=True))
    if any((old.channels, old.color) != (new.channels, new.color) for old, new in pairs):
        return ()
    return tuple(new.id for old, new in pairs if old.name != new.name)

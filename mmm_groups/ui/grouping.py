"""What happens when something on the board moves, and what stands on its cards."""

import streamlit as st

from mmm_groups.summary import reference_table
from mmm_groups.ui.board import UNGROUPED, BoardState, apply_layout, read_layout, rename_group
from mmm_groups.ui.format import compact_money, percent, plain
from mmm_groups.ui.state import Planner, group_key, planner

UNGROUPED_NAME = "Ungrouped"


def move_channels() -> None:
    """Settle the browser's layout, remember which group it touched, and say which split it put aside."""
    current = planner()
    before = current.board
    current.board = _without_clashes(apply_layout(before, read_layout("board"), current.source.channels))
    current.touched = touched_group(before, current.board) or current.touched
    _drop_limits_of_deleted(current, before)
    now = {group.id: set(group.channels) for group in current.board.groups}
    split_before = {frozenset(members) for members in current.custom_splits}
    for group in before.groups:
        if frozenset(group.channels) in split_before and now.get(group.id) != set(group.channels):
            st.toast(
                f"The channels of {plain(group.name)} changed, so your split of it is put aside. It comes back when "
                "its channels do.",
                icon=":material/undo:",
            )


def _without_clashes(board: BoardState) -> BoardState:
    """Rename groups that bear the name of a channel they are not: limits on that name would be unclear."""
    channels = {*board.ungrouped, *(channel for group in board.groups for channel in group.channels)}
    for group in board.groups:
        if group.name == UNGROUPED_NAME or (group.name in channels and group.channels != (group.name,)):
            board = rename_group(board, group.id, f"{group.name} (group)")
            st.toast(f"“{plain(group.name)}” is taken, so the group is called “{plain(group.name)} (group)”.")
    return board


def _drop_limits_of_deleted(current: Planner, before: BoardState) -> None:
    left = {group.id for group in current.board.groups}
    for group in before.groups:
        if group.id not in left and current.bounds.pop(group_key(group.id), None) is not None:
            st.toast(f"The limits of {plain(group.name)} were removed with it.", icon=":material/delete:")


def touched_group(before: BoardState, after: BoardState) -> str | None:
    """Name of the group that gained a channel, else of one that changed otherwise, else None."""
    old = {group.id: group for group in before.groups}
    changed = [group for group in after.groups if group != old.get(group.id)]
    gained = [g for g in changed if g.channels and set(g.channels) - set(old[g.id].channels if g.id in old else ())]
    for group in [*gained, *changed]:
        if group.channels:
            return group.name
    loose = [channel for channel in after.ungrouped if channel not in before.ungrouped]
    return loose[0] if loose else None


def captions(current: Planner) -> dict[str, str]:
    """Channel to its reference spend; where that is unknown, to where its curve ends."""
    if not current.known_curves.has_reference:
        ends = current.known_curves.upper
        return {str(channel): f"up to {compact_money(end, current.currency)}" for channel, end in ends.items()}
    spent = current.known_curves.reference_spend
    return {str(channel): compact_money(amount, current.currency) for channel, amount in spent.items()}


def subtitles(current: Planner) -> dict[str, str]:
    """Group id to its reference spend, share and ROI; where the reference is unknown, to how far its curves reach."""
    filled = {group.name: group for group in current.board.groups if group.channels}
    places = {group.name: group.channels for group in filled.values()}
    if current.board.ungrouped:
        places[UNGROUPED] = current.board.ungrouped
    if not current.known_curves.has_reference:
        ends = current.known_curves.upper
        reach = {name: compact_money(ends[list(inside)].sum(), current.currency) for name, inside in places.items()}
        known = {filled[name].id if name in filled else UNGROUPED: f"curves up to {reach[name]}" for name in places}
        return {group.id: "No channels yet" for group in current.board.groups} | known
    table = reference_table(current.known_curves, places)
    found = {
        (filled[name].id if name in filled else UNGROUPED): (
            f"{compact_money(row.spend, current.currency)} · {percent(row.share)} · ROI {row.roi:.2f}"
        )
        for name, row in zip(table.index, table.itertuples(), strict=True)
    }
    return {group.id: "No channels yet" for group in current.board.groups} | found

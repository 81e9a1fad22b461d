"""What a step on the board changes, and what is written on its cards."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from mmm_groups.curves.spend_table import reference_table
from mmm_groups.curves.sub_channels import SubChannels, parent_of, parted_names
from mmm_groups.display.numbers import compact, compact_money, percent, plain, ratio
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.small_curves import SmallCurve, small_curves
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.changes import with_channels_split
from mmm_groups.scenario.fields import RowKey
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.sub_channel_limits import stated_together
from mmm_groups.ui.planner.board_history import Step, described
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import curves_with_sub_channels
from mmm_groups.ui.widgets.board.layout import UNGROUPED, BoardState, apply_layout, delete_group, rename_group
from mmm_groups.ui.widgets.board.regroup import regrouping
from mmm_groups.ui.widgets.board.sub_channels import with_channels_replaced
from mmm_groups.ui.widgets.board.widget import CardCurve, read_layout

UNGROUPED_NAME = "Ungrouped"


def move_channels() -> None:
    """Take over what the browser's board looks like after a drag, a rename, a new group or a delete."""
    current = planner()
    take_over(current, apply_layout(current.board, read_layout("board"), current.channels))


def take_over(current: Planner, board: BoardState, what: str = "") -> None:
    """Make this the planner's board, as one step that can be undone; say which split and limits it puts aside."""
    before, after = current.board, _without_clashes(board)
    current.set_board(after)
    if (before.groups, before.ungrouped) == (after.groups, after.ungrouped):
        return
    limits = _follow(current, before)
    current.board_history = current.board_history.added(Step(what or described(before, after), before, after, limits))


def undo() -> None:
    """Go back one step; limits that went with a group come back with it."""
    current = planner()
    before = current.board
    current.board_history, step = current.board_history.back()
    current.set_board(replace(step.before, ack=before.ack))
    if step.sub_channels is not None:
        take_sub_channels(current, step.sub_channels[0])
    left = tuple(stated for stated in current.scenario.constraints if stated not in step.constraints)
    current.change(constraints=left)
    current.replace_limits({**step.limits, **current.limits})
    _follow(current, before)


def redo() -> None:
    """Go forth one step again."""
    current = planner()
    before = current.board
    current.board_history, step = current.board_history.forth()
    current.set_board(replace(step.after, ack=before.ack))
    if step.sub_channels is not None:
        take_sub_channels(current, step.sub_channels[1])
    _add_constraints(current, step.constraints)
    _follow(current, before)


def split_channels(current: Planner, assumed: tuple[SubChannels, ...], what: str) -> None:
    """Plan on these sub-channels, as one step that can be undone; they take their channel's place on the board.

    Raises
    ------
    MmmGroupsError
        If they do not fit the source's channels or curves; then nothing is changed.
    """
    curves_with_sub_channels(current.curves, assumed) if current.curves is not None else parted_names(
        current.source.channels, assumed
    )
    before, earlier = current.board, current.scenario.sub_channels
    old, new = ({split.parent: split.parts for split in splits} for splits in (earlier, assumed))
    parents = [name for name in current.source.channels if old.get(name) != new.get(name)]
    pairs = [(old.get(name, (name,)), new.get(name, (name,))) for name in parents]
    current.set_board(with_channels_replaced(before, pairs))
    take_sub_channels(current, assumed)
    limits = _follow(current, before)
    step = Step(what, before, current.board, limits, sub_channels=(earlier, assumed))
    current.board_history = current.board_history.added(step)


def use_grouping(current: Planner, groups: Mapping[str, tuple[str, ...]], what: str) -> None:
    """Put a whole grouping on the board, as one step; limits of groups that go hold their channels as a set."""
    wanted = {frozenset(members) for members in groups.values()}
    before, board = current.board, current.board
    held: list[Constraint] = []
    for group in before.groups:
        if group.channels and frozenset(group.channels) not in wanted:
            board = delete_group(board, group.id)
            limit = current.limits.get(("group", group.id), RowLimit())
            held += stated_together(limit, group.channels, current.known_curves.reference_spend)
    there = {frozenset(group.channels) for group in board.groups}
    new = {name: inside for name, inside in groups.items() if len(inside) > 1 and frozenset(inside) not in there}
    take_over(current, regrouping(board, new).after, what)
    if added := _add_constraints(current, held):
        *past, last = current.board_history.past
        current.board_history = replace(current.board_history, past=(*past, replace(last, constraints=added)))
        st.toast("Limits of groups that went now hold their channels as a set.", icon=":material/rule:")


def take_sub_channels(current: Planner, assumed: tuple[SubChannels, ...]) -> None:
    """Set which channels are split; constraints on sub-channels that are gone wait until those come back."""
    resting = len(current.scenario.kept.constraints)
    current.scenario = with_channels_split(current.scenario, assumed)
    if len(current.scenario.kept.constraints) > resting:
        st.toast("Limits on parts that are gone are put aside. They come back with the parts.", icon=":material/undo:")


def _add_constraints(current: Planner, constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """Type these constraints as well; returns those that were not there yet."""
    typed = current.scenario.constraints
    added = tuple(stated for stated in constraints if stated not in typed)
    current.change(constraints=(*typed, *added))
    return added


def _follow(current: Planner, before: BoardState) -> dict[RowKey, RowLimit]:
    """Adapt splits and limits to the board; returns the limits that were removed."""
    current.touched = touched_group(before, current.board) or current.touched
    limits = _drop_limits_of_deleted(current, before)
    now = {group.id: set(group.channels) for group in current.board.groups}
    split_before = {frozenset(split.channels) for split in current.scenario.splits if split.shares != "historical"}
    for group in before.groups:
        if frozenset(group.channels) in split_before and now.get(group.id) != set(group.channels):
            st.toast(
                f"The channels of {plain(group.name)} changed, so your split of it is put aside. It comes back when "
                "its channels do.",
                icon=":material/undo:",
            )
    return limits


def _without_clashes(board: BoardState) -> BoardState:
    """Rename groups that bear the name of a channel they are not: limits on that name would be unclear."""
    channels = {*board.ungrouped, *(channel for group in board.groups for channel in group.channels)}
    for group in board.groups:
        if group.name == UNGROUPED_NAME or (group.name in channels and group.channels != (group.name,)):
            board = rename_group(board, group.id, f"{group.name} (group)")
            st.toast(f"“{plain(group.name)}” is taken, so the group is called “{plain(group.name)} (group)”.")
    return board


def _drop_limits_of_deleted(current: Planner, before: BoardState) -> dict[RowKey, RowLimit]:
    left = {group.id for group in current.scenario.groups}
    gone = {("group", group.id): group.name for group in before.groups if group.id not in left}
    dropped = {key: limit for key, limit in current.limits.items() if key in gone}
    current.replace_limits({key: limit for key, limit in current.limits.items() if key not in gone})
    for key, name in gone.items():
        if key in dropped:
            st.toast(f"The limits of {plain(name)} were removed with it.", icon=":material/delete:")
    return dropped


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
    """Channel to its reference spend, or where unknown to where its curve ends; sub-channels are marked as assumed."""
    said = _amounts(current)
    return said | {part: f"{said[part]} · assumed" for part in parent_of(current.scenario.sub_channels)}


def _amounts(current: Planner) -> dict[str, str]:
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
            f"{compact_money(spend, current.currency)} · {percent(share)} · ROI {ratio(roi)}"
        )
        for name, (spend, share, roi) in zip(
            table.index, table[["spend", "share", "roi"]].to_numpy(dtype=np.float64), strict=True
        )
    }
    return {group.id: "No channels yet" for group in current.board.groups} | found


def card_curves(current: Planner) -> dict[str, CardCurve]:
    """Group id to the small curve on its card; none for empty groups.

    None at all where the group curves cannot be made: the panel beside the board asks for the same and says why.
    """
    try:
        filled = [group for group in current.board.groups if group.channels]
        made = small_curves(current.group_curves(), [group.name for group in filled])
    except MmmGroupsError:
        return {}
    return {group.id: _card_curve(made[group.name], current) for group in filled}


def _card_curve(curve: SmallCurve, current: Planner) -> CardCurve:
    end, top = float(curve.spend[-1]), float(curve.response.max())
    height = top if top > 0 else 1.0
    mark = "" if math.isnan(curve.reference) else f" Dot: reference spend, {_in_money(curve.reference, current)}."
    return {
        "spend": (curve.spend / end).tolist(),
        "response": (curve.response / height).tolist(),
        "at": None if math.isnan(curve.reference) else curve.reference / end,
        "known": min(curve.known_up_to / end, 1.0) if math.isfinite(curve.known_up_to) else None,
        "words": f"{current.source.target}: up to {compact(top)} at {_in_money(end, current)}.{mark}",
    }


def _in_money(amount: float, current: Planner) -> str:
    return compact_money(amount, current.currency)

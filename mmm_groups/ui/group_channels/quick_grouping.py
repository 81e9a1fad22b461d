"""Above the board: undo and redo, and quick groupings, each made in one step after saying what it would do."""

import math
from dataclasses import replace

import streamlit as st

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.display.numbers import plain, ratio
from mmm_groups.errors import GroupingError
from mmm_groups.sentences import some_of
from mmm_groups.suggestions.quick_groups import CHANNEL, groups_by_dim, groups_by_prefix
from mmm_groups.suggestions.suggested_groups import SuggestedGroup, groups_by_platform, suggested_groups
from mmm_groups.ui.group_channels.board_steps import redo, take_over, undo
from mmm_groups.ui.group_channels.groups_import import groups_from_file
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.regroup import Regrouping, regrouping, ungrouping
from mmm_groups.ui.widgets.widget_state import key_of


def board_tools(current: Planner) -> None:
    """Undo, redo and quick groups in one row."""
    history = current.board_history
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        last = history.past[-1].what if history.past else ""
        following = history.undone[-1].what if history.undone else ""
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            on_click=safe_change(undo),
            disabled=not last,
            help=plain(f"Undo: {last}") if last else "Nothing to undo yet.",
        )
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            on_click=safe_change(redo),
            disabled=not following,
            help=plain(f"Do again: {following}") if following else "Nothing was undone.",
        )
        with st.popover("Quick groups", icon=":material/auto_awesome_motion:"):
            _offers(current)
        with st.popover("Suggest groups", icon=":material/lightbulb:"):
            _suggestions(current)
        with st.popover("Import", icon=":material/upload_file:"):
            groups_from_file(current, in_words)


def quick_groups(current: Planner) -> tuple[dict[str, Regrouping], list[str]]:
    """Label of a quick grouping to what it would do; and why others are not possible."""
    channels, dims = current.channels, current.source.dims
    offers: dict[str, Regrouping] = {}
    reasons: list[str] = []
    for dim in (*dims, CHANNEL) if dims else ():
        try:
            groups = groups_by_dim(channels, dims, dim)
        except GroupingError as error:
            return {}, [error.text]
        if any(len(members) > 1 for members in groups.values()):
            offers[f"Group by {dim}"] = regrouping(current.board, groups)
    sold_together = groups_by_platform(channels, dims)
    if sold_together:
        offers["Group by platform"] = regrouping(current.board, sold_together)
    else:
        reasons.append("No two channels have names of one platform, such as facebook and instagram.")
    alike = groups_by_prefix(channels, dims)
    if alike:
        offers["Group names that begin alike"] = regrouping(current.board, alike)
    else:
        reasons.append("No two channels have names that begin alike, such as facebook_video and facebook_feed.")
    if current.board.groups:
        offers["Ungroup everything"] = ungrouping(current.board)
    return offers, reasons


def in_words(offer: Regrouping) -> str:
    """What a quick grouping would do, in plain sentences."""
    if offer.changes_nothing:
        return "The board already looks like this."
    said = []
    if offer.made:
        counts = sorted(set(offer.made.values()))
        size = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        channels = "channel" if size == "1" else "channels"
        groups = "one group" if len(offer.made) == 1 else f"{len(offer.made)} groups"
        each = "" if len(offer.made) == 1 else " each"
        said.append(f"Makes {groups} of {size} {channels}{each}: {some_of(list(offer.made))}.")
    for name, (lost, had) in offer.shrunk.items():
        said.append(f"{name} gives up {lost} of its {had} channels.")
    if offer.dissolved:
        goes, them = ("is", "it") if len(offer.dissolved) == 1 else ("are", "them")
        said.append(f"{some_of(list(offer.dissolved))} {goes} dissolved; undo brings {them} back.")
    return " ".join(said)


def reasons_in_words(suggested: SuggestedGroup) -> str:
    """Which channels a suggestion brings together, and what speaks for it."""
    said = [f"{some_of(list(suggested.channels))}."]
    if suggested.platform:
        said.append(f"All belong to {suggested.platform}.")
    elif suggested.word:
        said.append(f"All names have “{suggested.word}” in common.")
    # NaN, where the history is too short or a channel never changed: then nothing is said about flighting.
    several = "at least " if len(suggested.channels) > 2 else ""
    if suggested.moved_together:
        said.append(
            f"Their spend moved together (correlation {several}{ratio(suggested.correlation)}), so the model can "
            "hardly tell their effects apart."
        )
    elif not math.isnan(suggested.correlation):
        said.append(f"Their spend did not move together (correlation {several}{ratio(suggested.correlation)}).")
    return " ".join(said)


def suggestions(current: Planner) -> tuple[list[SuggestedGroup], str]:
    """Suggested groups that are not on the board yet; and why there are none."""
    curves = current.known_curves
    try:
        found = _suggested(curves.origin.fingerprint, tuple(current.source.dims), current.channels, curves)
    except GroupingError as error:
        return [], error.text
    there = {frozenset(group.channels) for group in current.board.groups}
    left = [suggested for suggested in found if frozenset(suggested.channels) not in there]
    if left:
        return left, ""
    if found:
        return [], "Every suggested group is on the board already."
    return [], "No channels have a platform or a word in common, and no two had spend that moved together."


@st.cache_resource(show_spinner=False, max_entries=32)
def _suggested(
    key: str, dims: tuple[str, ...], channels: tuple[str, ...], _curves: ResponseCurves
) -> list[SuggestedGroup]:
    return suggested_groups(channels, dims, _curves.historical_spend)


def _suggestions(current: Planner) -> None:
    found, why_none = suggestions(current)
    if why_none:
        st.caption(plain(why_none))
        return
    st.caption("A suggestion from names and from how spend moved. You know better what is briefed together.")
    if len(found) > 1:
        names = tuple(suggested.name for suggested in found)
        st.button(
            f"Accept all {len(found)}", key="accept-all", type="primary", on_click=safe_change(_accept), args=(names,)
        )
    for suggested in found:
        st.button(
            plain(f"Make {suggested.name}"),
            key=key_of("accept", suggested.name),
            on_click=safe_change(_accept),
            args=((suggested.name,),),
        )
        taken = in_words(replace(regrouping(current.board, _asked([suggested])), made={}))
        st.caption(plain(f"{reasons_in_words(suggested)} {taken}".strip()))


def _accept(names: tuple[str, ...]) -> None:
    """Make suggested groups on the board as it is now, as one step."""
    current = planner()
    chosen = [suggested for suggested in suggestions(current)[0] if suggested.name in names]
    if chosen:
        what = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} groups"
        take_over(current, regrouping(current.board, _asked(chosen)).after, f"suggested {what}")


def _asked(chosen: list[SuggestedGroup]) -> dict[str, tuple[str, ...]]:
    return {suggested.name: suggested.channels for suggested in chosen}


def _make(label: str) -> None:
    """Group the board as it is now: a drop may have reached Python with this very click."""
    current = planner()
    offer = quick_groups(current)[0].get(label)
    if offer is not None:
        take_over(current, offer.after, label[0].lower() + label[1:])


def _offers(current: Planner) -> None:
    offers, reasons = quick_groups(current)
    for label, offer in offers.items():
        st.button(
            label,
            key=key_of("quick", label),
            width="stretch",
            disabled=offer.changes_nothing,
            on_click=safe_change(_make),
            args=(label,),
        )
        st.caption(plain(in_words(offer)))
    for reason in reasons:
        st.caption(plain(reason))

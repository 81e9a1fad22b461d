"""Above the board: undo and redo, and groupings that are made in one step, told in words before."""

import streamlit as st

from mmm_groups.errors import GroupingError
from mmm_groups.quick_groups import CHANNEL, groups_by_dim, groups_by_prefix
from mmm_groups.ui.board import Regrouping, regrouping, ungrouping
from mmm_groups.ui.format import plain
from mmm_groups.ui.grouping import redo, take_over, undo
from mmm_groups.ui.state import Planner, planner

_NAMES_SHOWN = 5


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
            on_click=undo,
            disabled=not last,
            help=plain(f"Undo: {last}") if last else "Nothing to undo yet.",
        )
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            on_click=redo,
            disabled=not following,
            help=plain(f"Do again: {following}") if following else "Nothing was undone.",
        )
        with st.popover("Quick groups", icon=":material/auto_awesome_motion:"):
            _offers(current)


def quick_groups(current: Planner) -> tuple[dict[str, Regrouping], list[str]]:
    """What can be grouped in one step, label to what it would do; and why something cannot."""
    channels, dims = current.source.channels, current.source.dims
    offers: dict[str, Regrouping] = {}
    reasons: list[str] = []
    for dim in (*dims, CHANNEL) if dims else ():
        try:
            groups = groups_by_dim(channels, dims, dim)
        except GroupingError as error:
            return {}, [str(error)]
        if any(len(members) > 1 for members in groups.values()):
            offers[f"Group by {dim}"] = regrouping(current.board, groups)
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
        said.append(f"Makes {groups} of {size} {channels}{each}: {_listed(list(offer.made))}.")
    for name, (lost, had) in offer.shrunk.items():
        said.append(f"{name} gives up {lost} of its {had} channels.")
    if offer.dissolved:
        goes, them = ("is", "it") if len(offer.dissolved) == 1 else ("are", "them")
        said.append(f"{_listed(list(offer.dissolved))} {goes} dissolved; undo brings {them} back.")
    return " ".join(said)


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
            key=f"quick-{label}",
            width="stretch",
            disabled=offer.changes_nothing,
            on_click=_make,
            args=(label,),
        )
        st.caption(plain(in_words(offer)))
    for reason in reasons:
        st.caption(plain(reason))


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"

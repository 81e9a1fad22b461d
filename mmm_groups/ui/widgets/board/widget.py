"""The drag board as a Streamlit component (components v2), registered once at import."""

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import TypedDict

import streamlit as st

from mmm_groups.ui.widgets.board.layout import PALETTE_SIZE, UNGROUPED, BoardLayoutError, BoardState
from mmm_groups.ui.widgets.script import joined_script
from mmm_groups.ui.widgets.widget_state import last_seq, sent_state, session_token

SCRIPT = joined_script("board/board.js")
STYLE = resources.files("mmm_groups.ui.widgets.board").joinpath("board.css").read_text(encoding="utf-8")
_MOUNT = st.components.v2.component("mmm_groups_board", css=STYLE, js=SCRIPT)


class CardCurve(TypedDict):
    """A group's small curve as its card draws it, in parts of the drawing's width and height (0 to 1).

    ``at`` is the reference spend and ``known`` the largest spend that history saw; None where they are unknown.
    ``words`` says the same for those who cannot see it.
    """

    spend: list[float]
    response: list[float]
    at: float | None
    known: float | None
    words: str


def board(
    state: BoardState,
    *,
    channels: Sequence[str],
    captions: Mapping[str, str],
    subtitles: Mapping[str, str],
    curves: Mapping[str, CardCurve],
    palette: Sequence[str],
    color_names: Sequence[str],
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Draw the board. After a drag, rename, recolour, new group or delete, ``on_change`` runs before the page does.

    In ``on_change``, settle the change: ``apply_layout(state, read_layout(key), channels)``. Any
    state may be passed on the next run, also an older one (undo) or a new one (another scenario).

    Parameters
    ----------
    state : BoardState
        The truth, kept by the page under its own session key.
    channels : sequence of str
        All channels of the model.
    captions : mapping of channel to str
        Small text on a channel, such as its share of spend. May be incomplete.
    subtitles : mapping of group id to str
        Small text below a group's name; `UNGROUPED` for the ungrouped channels. May be incomplete.
    curves : mapping of group id to CardCurve
        Small curve on a group's card. May be incomplete.
    palette : sequence of 10 str
        CSS colours; a group's ``color`` is the index.
    color_names : sequence of 10 str
        What people call these colours.
    key : str
        Key of the widget; ``f"{key}:session"`` is used in the session state as well.
    on_change : callable
        Runs after every change in the browser, before the page.

    Raises
    ------
    BoardLayoutError
        If the board does not hold exactly ``channels``, or the palette has not 10 colours with a name each.
    """
    placed = [*state.ungrouped, *(channel for group in state.groups for channel in group.channels)]
    if sorted(placed) != sorted(channels):
        raise BoardLayoutError(f"The board holds {sorted(placed)}, the model has {sorted(channels)}.")
    if (len(palette), len(color_names)) != (PALETTE_SIZE, PALETTE_SIZE):
        raise BoardLayoutError(
            f"The board needs {PALETTE_SIZE} colours with a name each, the palette has {len(palette)} and "
            f"{len(color_names)} names."
        )
    _MOUNT(
        key=key,
        data={
            "session": session_token(key),
            "ack": max(state.ack, last_seq(key, "layout")),
            "groups": [
                {
                    "id": group.id,
                    "name": group.name,
                    "color": group.color,
                    "subtitle": subtitles.get(group.id, ""),
                    "channels": list(group.channels),
                }
                for group in state.groups
            ],
            "ungrouped": list(state.ungrouped),
            "ungroupedSubtitle": subtitles.get(UNGROUPED, "Each of these is planned on its own"),
            "captions": {channel: captions[channel] for channel in channels if channel in captions},
            "curves": dict(curves),
            "palette": list(palette),
            "colorNames": list(color_names),
        },
        on_layout_change=on_change,
    )


def read_layout(key: str) -> Mapping[str, object]:
    """The last layout the browser sent, to be used in ``on_change``.

    Raises
    ------
    BoardLayoutError
        If the board with this key has not sent one.
    """
    layout = sent_state(key, "layout")
    if layout is None:
        raise BoardLayoutError(f"The board '{key}' has not sent a layout. Call read_layout only in its on_change.")
    return layout

"""The drag board, with the curve of the group that was touched last beside it."""

import streamlit as st

from mmm_groups.display.look import COLOR_NAMES
from mmm_groups.display.numbers import plain
from mmm_groups.display.presentation import look
from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.frame.page import beside, is_part_run, page_part
from mmm_groups.ui.group_channels.board_steps import captions, card_curves, move_channels, subtitles
from mmm_groups.ui.group_channels.quick_grouping import board_tools
from mmm_groups.ui.group_channels.sub_channel_panel import OPEN as PARTS_OPEN
from mmm_groups.ui.group_channels.sweep_panel import OPEN as SWEEP_OPEN
from mmm_groups.ui.panels.curve_panel import curve_panel
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.widget import board


@page_part
def board_panel(planner: Planner) -> None:
    """The board and the curve; where a panel below is open, the whole page runs, because it depends on the groups."""
    if is_part_run() and (st.session_state.get(PARTS_OPEN) or st.session_state.get(SWEEP_OPEN)):
        st.rerun()
    board_side, curve_side = st.columns([3, 2], gap="large")
    # The curve goes first: it is what answers a drop, and the board shows that already.
    with curve_side, beside():
        _curve(planner)
    with board_side:
        board_tools(planner)
        board(
            planner.board,
            channels=planner.channels,
            captions=captions(planner),
            subtitles=subtitles(planner),
            curves=card_curves(planner),
            palette=look().palette,
            color_names=COLOR_NAMES,
            key="board",
            on_change=safe_change(move_channels),
        )


def _curve(planner: Planner) -> None:
    try:
        curve_panel(planner, planner.shown_group(list(planner.groups)), key="touched", height=360)
    except MmmGroupsError as error:  # the board stays, to group otherwise
        st.error(plain(error), icon=":material/error:")

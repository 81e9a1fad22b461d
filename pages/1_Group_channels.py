"""Group channels: the drag board, and the curve of the group that was touched last."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.board import board
from mmm_groups.ui.curve_panel import curve_panel
from mmm_groups.ui.grouping import captions, card_curves, move_channels, subtitles
from mmm_groups.ui.page import beside, next_step, open_page, stop_with
from mmm_groups.ui.parts_panel import parts_panel
from mmm_groups.ui.quick_grouping import board_tools
from mmm_groups.ui.sweep_panel import sweep_panel
from mmm_groups.ui.theme import COLOR_NAMES, palette

HERE = "pages/1_Group_channels.py"

planner = open_page(
    HERE,
    "Drag channels onto a group, or onto “New group”. With the keyboard: Tab to a channel, Space lifts it, arrows "
    "move it, Space drops it, Esc cancels. Ungrouped channels are planned one by one.",
)

board_side, curve_side = st.columns([3, 2], gap="large")
with board_side:
    board_tools(planner)
    board(
        planner.board,
        channels=planner.channels,
        captions=captions(planner),
        subtitles=subtitles(planner),
        curves=card_curves(planner),
        palette=palette(),
        color_names=COLOR_NAMES,
        key="board",
        on_change=move_channels,
    )
with curve_side, beside():
    try:
        curve_panel(planner, planner.shown_group(list(planner.groups)), key="touched", height=360)
    except MmmGroupsError as error:
        stop_with(error)

parts_panel(planner)
sweep_panel(planner)
next_step(HERE)

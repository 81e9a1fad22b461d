"""Group channels: the drag board, and the curve of the group that was touched last."""

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.group_channels.board_panel import board_panel
from mmm_groups.ui.group_channels.sub_channel_panel import sub_channel_panel
from mmm_groups.ui.group_channels.sweep_panel import sweep_panel

HERE = "pages/1_Group_channels.py"

with open_page(
    HERE,
    "Drag channels onto a group, or onto “New group”. With the keyboard: Tab to a channel, Space lifts it, arrows "
    "move it, Space drops it, Esc cancels. Ungrouped channels are planned one by one.",
) as planner:
    board_panel()
    sub_channel_panel(planner)
    sweep_panel(planner)
    next_step(HERE)

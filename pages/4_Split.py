"""Split: each group's money back to its channels, and what the split costs."""

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.split.page_part import split_part

HERE = "pages/4_Split.py"

with open_page(
    HERE,
    "Share each group's money out to its channels. Move a slider and see at once what the split earns or costs.",
    needs_plan=True,
):
    split_part()
    next_step(HERE)

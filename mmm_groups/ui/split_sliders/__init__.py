"""Linked sliders with which a planner splits one group's money over its channels."""

from mmm_groups.ui.split_sliders.relink import WHOLE, from_shares, relink, to_shares
from mmm_groups.ui.split_sliders.widget import SentSplit, discard_split, read_split, split_sliders

__all__ = [
    "WHOLE",
    "SentSplit",
    "discard_split",
    "from_shares",
    "read_split",
    "relink",
    "split_sliders",
    "to_shares",
]

"""The drag board on which a planner drags channels into named groups."""

from mmm_groups.ui.board.history import BoardHistory, Step, described
from mmm_groups.ui.board.layout import (
    UNGROUPED,
    BoardGroup,
    BoardLayoutError,
    BoardState,
    add_group,
    apply_layout,
    delete_group,
    initial_state,
    rename_group,
    to_mapping,
)
from mmm_groups.ui.board.parts import replaced
from mmm_groups.ui.board.regroup import Regrouping, regrouping, ungrouping
from mmm_groups.ui.board.widget import CardCurve, board, read_layout

__all__ = [
    "UNGROUPED",
    "BoardGroup",
    "BoardHistory",
    "BoardLayoutError",
    "BoardState",
    "CardCurve",
    "Regrouping",
    "Step",
    "add_group",
    "apply_layout",
    "board",
    "delete_group",
    "described",
    "initial_state",
    "read_layout",
    "regrouping",
    "rename_group",
    "replaced",
    "to_mapping",
    "ungrouping",
]

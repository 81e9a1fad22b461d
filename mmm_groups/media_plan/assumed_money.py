"""What has to be assumed where a plan says less than money by channel and date, each with a sentence that says so."""

from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.model.calendar import period_word
from mmm_groups.model.flighting import Flighting
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.sentences import some_of

Missing = Literal["zero", "reference"]
"""What channels get that a plan does not name: nothing, or their reference spend."""


def filled_up(
    money: pd.DataFrame, grid: PlanGrid, left_out: tuple[str, ...], missing: Missing | None
) -> tuple[pd.DataFrame, tuple[MarkedText, ...]]:
    """Money with what channels get that a plan does not name, and a note that says so.

    Raises
    ------
    MediaPlanError
        If there are such channels and nothing says what they get, or their reference is unknown.
    """
    if not left_out:
        return money, ()
    names = some_of(list(left_out))
    if missing is None:
        raise MediaPlanError(
            f"The plan does not name {names}. Say what they get with missing: zero (nothing) or reference (what they "
            "spent lately)."
        )
    if missing == "zero":
        return money, (MarkedText(f"Not named in the plan, so without money: {names}."),)
    reference = grid.reference[list(left_out)]
    if reference.isna().any():
        raise MediaPlanError(f"What {names} spent lately is unknown. Name them in the plan, or give them nothing.")
    filled = money.copy()
    filled[list(left_out)] = grid.spread_totals(grid.reference)[list(left_out)]
    spent = marked_exactly(float(reference.sum()))
    return filled, (MarkedText(f"Not named in the plan, so with their reference spend, {spent} in all: {names}."),)


def spread_note(grid: PlanGrid, phasing: Flighting | None = None) -> tuple[MarkedText, ...]:
    """How totals were spread over the dates, in words; nothing where there are no dates."""
    if grid.horizon is None:
        return ()
    word = period_word(grid.horizon.frequency)
    if np.ptp(grid.phasing.to_numpy(), axis=0).max() <= 1e-12:
        how = f"evenly over the {grid.periods} {word}"
    elif phasing is None:
        how = f"over the {grid.periods} {word} as the curves were read"
    else:
        how = f"over the {grid.periods} {word} by the phasing that was asked for"
    return (MarkedText(f"Totals are spread {how} of the window."),)

"""What every statement of the planner shares: its number types, and refusals as a `ConstraintError`."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.typed_value import TypedValue

MOST = 1e100
"""Of any amount or figure: sums of many stay far from overflowing."""

Money = Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=MOST, allow_inf_nan=False)]
Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Change = Annotated[float, Field(ge=-1, allow_inf_nan=False)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Statement(TypedValue):
    """A goal, a utility or a constraint."""

    error_type: ClassVar[type[MmmGroupsError]] = ConstraintError

    # Stated here for type checkers: a goal hands its own fields on to it.
    def __init__(self, **values: Any) -> None:
        super().__init__(**values)

"""What every statement of the planner shares: its number types, and refusals as a `ConstraintError`."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from mmm_groups.errors import ConstraintError

Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Change = Annotated[float, Field(ge=-1, allow_inf_nan=False)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Stated(BaseModel):
    """A statement of the planner; every refusal becomes a `ConstraintError`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConstraintError(" ".join(_in_words(type(self).__name__, item) for item in error.errors())) from error


def _in_words(statement: str, item: ErrorDetails) -> str:
    """A sentence on one thing that pydantic refused."""
    if item["type"] == "value_error":
        return f"{item['ctx']['error']}."
    where = ".".join(map(str, item["loc"])) or "values"
    return f"The {where} of {statement} is {item['input']!r}; {item['msg'][0].lower()}{item['msg'][1:]}."

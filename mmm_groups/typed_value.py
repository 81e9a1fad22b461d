"""Base of what somebody typed or stated: frozen values that refuse what makes no sense with an error of ours."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from mmm_groups.errors import MmmGroupsError


class TypedValue(BaseModel):
    """A frozen value; every refusal of pydantic becomes one error of the class's `error_type`.

    A check of the value's own (a validator) raises ValueError with a whole sentence but its full stop. What pydantic
    refuses by itself (a type, a range, a missing or unknown field) is put into words by `refusal`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error_type: ClassVar[type[MmmGroupsError]] = MmmGroupsError

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            sentences = [self._sentence(item, values) for item in error.errors()]
            raise self.error_type(" ".join(sentences)) from error

    @classmethod
    def _sentence(cls, item: ErrorDetails, values: Mapping[str, Any]) -> str:
        if item["type"] == "value_error":
            return f"{item['ctx']['error']}."
        reason = f"{item['msg'][0].lower()}{item['msg'][1:]}"
        return cls.refusal(tuple(map(str, item["loc"])), item["input"], reason, values)

    @classmethod
    def refusal(cls, place: tuple[str, ...], given: Any, reason: str, values: Mapping[str, Any]) -> str:
        """A sentence on one thing that pydantic refused.

        Parameters
        ----------
        place : tuple of str
            Where it stands: the field and, inside it, keys and positions; empty for the value as a whole.
        given : object
            What was given there.
        reason : str
            Why it is refused, without a capital and a full stop.
        values : mapping
            All that was given, by field.
        """
        return f"The {'.'.join(place) or 'values'} of {cls.__name__} is {given!r}; {reason}."

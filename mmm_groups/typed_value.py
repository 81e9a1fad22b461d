"""Base of what somebody typed or stated: frozen values that refuse what makes no sense with an error of ours."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from mmm_groups.errors import MmmGroupsError

_REASONS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "greater_than": "it must be more than {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than": "it must be less than {lt:g}",
    "less_than_equal": "it must be at most {le:g}",
    "finite_number": "it must be a finite number",
    **dict.fromkeys(("float_type", "float_parsing"), "it must be a number"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "it must be a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "it must be true or false"),
    "string_type": "it must be a text",
    "string_too_short": "the text must have at least {min_length} letters",
    "string_too_long": "the text must have at most {max_length} letters",
    "string_pattern_mismatch": "the text does not have the form {pattern}",
    "too_short": "it must have at least {min_length} items, not {actual_length}",
    "too_long": "it must have at most {max_length} items, not {actual_length}",
    "literal_error": "it must be {expected}",
    "union_tag_invalid": "there is no kind '{tag}'; it must be one of {expected_tags}",
    "union_tag_not_found": "it does not say which kind it is",
    **dict.fromkeys(("tuple_type", "list_type"), "it must be a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "it must have named fields"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "it must be a date: 2026-01-05"),
}
"""Kind of a refusal of pydantic's to the reason, in our words."""

_OTHER = "such a value does not fit there"


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
        reason = _REASONS[item["type"]].format(**item.get("ctx", {})) if item["type"] in _REASONS else _OTHER
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

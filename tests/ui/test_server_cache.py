"""Answers that all sessions share."""

import pytest

from mmm_groups.ui.planner.server_cache import shared

pytestmark = pytest.mark.unit


def test_the_last_argument_is_no_part_of_the_key_and_the_oldest_answers_go() -> None:
    asked = []

    @shared(2)
    def double(number: int, large: object) -> list[int]:
        asked.append(number)
        return [2 * number]

    first = double(1, object())
    assert double(1, object()) is first
    double(2, None)
    assert double(1, None) is first  # used again, so 2 is the oldest now
    double(3, None)
    assert double(1, None) is first
    assert double(2, None) == [4]
    assert asked == [1, 2, 3, 2]


def test_a_refusal_is_not_kept() -> None:
    tries = []

    @shared(2)
    def fails_once(number: int, large: object) -> int:
        tries.append(number)
        if len(tries) == 1:
            raise ValueError("not yet")
        return number

    with pytest.raises(ValueError, match="not yet"):
        fails_once(1, None)
    assert fails_once(1, None) == 1

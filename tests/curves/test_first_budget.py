"""The budget that stands in the field before a planner types one."""

from collections.abc import Mapping

import pytest

import mmm_groups as mg
from mmm_groups.curves.first_budget import first_budget


@pytest.mark.parametrize(
    ("reference", "budget"),
    [
        ({"a": 10.4, "b": 4.8}, 10.4 + 4.8),  # what was spent, to the last digit
        ({"a": 0.0, "b": 0.4}, 0.4),  # money may be counted in millions
        ({"a": 0.0, "b": 0.0}, 680.0),  # nothing: half of what both curves reach, 1,357, in two digits
        (None, 680.0),
    ],
)
def test_first_budget_follows_what_was_spent_or_what_the_curves_reach(
    reference: Mapping[str, float] | None, budget: float
) -> None:
    curves = mg.ResponseCurves.from_arrays(
        ["a", "b"], [[0.0, 1000.0], [0.0, 357.0]], [[0.0, 5.0], [0.0, 3.0]], reference=reference
    )
    assert first_budget(curves) == budget


def test_first_budget_is_as_small_as_the_curves() -> None:
    assert first_budget(mg.ResponseCurves.from_arrays(["a"], [[0.0, 0.2]], [[0.0, 5.0]])) == 0.1

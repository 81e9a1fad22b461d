"""Budgets that look as if they were for one period, or in thousands."""

import pytest
from support.curves import root_curves, s_shaped

import mmm_groups as mg
from mmm_groups.curves.first_budget import unusual_budget
from mmm_groups.errors import UnusualBudgetWarning


@pytest.mark.parametrize(
    ("budget", "readings"),
    [
        (40.0, None),
        (4.0, None),
        (200.0, None),
        (3.9, {"per period": 15.6}),  # four periods
        (0.04, {"in thousands": 40.0}),
        (40_000.0, {"in units": 40.0}),
        (201.0, {}),
        (0.0, None),  # nothing is no slip of a unit
    ],
)
def test_what_a_budget_may_have_meant(budget: float, readings: dict[str, float] | None) -> None:
    curves = root_curves([1.0, 2.0, 3.0, 4.0])  # a reference of 40 over four periods
    found = unusual_budget(budget, curves)
    assert found == (None if readings is None else pytest.approx(readings))


def test_without_a_reference_nothing_is_unusual() -> None:
    assert unusual_budget(1e9, s_shaped([(50, 30, 3)])) is None


def test_python_warns() -> None:
    curves = root_curves([1.0, 2.0, 3.0, 4.0])
    with pytest.warns(UnusualBudgetWarning, match=r"budget of 3.90 .* reference spend of 40\. Per period .* 15\.6"):
        mg.optimize(curves, goal=mg.FixedBudget(3.9))

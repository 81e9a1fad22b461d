"""The same plan in euros, in millions, and on a scale of 0 to 1: the same words, in the digits of its size."""

import numpy as np
import pytest

import mmm_groups as mg
from mmm_groups.curves.first_budget import first_budget
from mmm_groups.errors import InfeasibleError
from mmm_groups.plan.explain import reference_sentence, sentences_of
from mmm_groups.plan.uplift import uplift_of


def curves_in(unit: float) -> mg.ResponseCurves:
    """Two exponential curves, in a unit of money; the reference is 0.6 and 0.4 units."""
    spend = np.linspace(0, 4, 401)
    response = np.stack([size * (1 - np.exp(-spend / bend)) for size, bend in ((300.0, 1.0), (200.0, 0.7))])
    draws = np.array([0.8, 1.0, 1.2])[:, None, None] * response
    return mg.ResponseCurves.from_arrays(
        ["tv", "search"], [unit * spend] * 2, draws, reference={"tv": 0.6 * unit, "search": 0.4 * unit}
    )


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6, 1e12])
def test_the_first_budget_is_the_reference_in_every_unit(unit: float) -> None:
    assert first_budget(curves_in(unit)) == pytest.approx(unit, rel=1e-12)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6, 1e12])
def test_more_money_is_never_called_the_same(unit: float) -> None:
    plan = mg.optimize(curves_in(unit), goal=mg.FixedBudget(1.437 * unit))
    assert reference_sentence(plan).startswith("With 0.437 more" if unit == 1.0 else "With ")
    assert "the same money" not in reference_sentence(plan)


def test_small_returns_are_read() -> None:
    plan = mg.optimize(curves_in(1e6), goal=mg.FixedBudget(1.2e6))
    # At the optimum of two exponentials all money earns the same at the margin: size / bend * exp(-spend / bend).
    margin = 300.0 * np.exp(-float(plan.spends["tv"]) / 1e6) / 1e6
    assert margin == pytest.approx(plan.marginal_return, rel=0.01)
    assert f"{plan.marginal_return:.5f}" in sentences_of(plan)[0]


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_a_plan_that_is_the_reference_neither_beats_nor_misses_it(unit: float) -> None:
    curves = curves_in(unit)
    plan = mg.optimize(
        curves,
        goal=mg.FixedBudget(first_budget(curves)),
        constraints=[mg.ConstraintBuilder.change_bounds(["tv", "search"], 0.0, 0.0)],
    )
    assert np.isnan(plan.probability_better)
    assert uplift_of(plan).mean == uplift_of(plan).low == uplift_of(plan).high == 0.0
    assert plan.groups["change"].tolist() == [0.0, 0.0]
    assert reference_sentence(plan).startswith("The plan is the reference spend")


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("off", [1e-12, 3e-10, -3e-10, 9e-10])
def test_a_budget_that_misses_locks_on_everything_by_rounding_is_met(unit: float, off: float) -> None:
    locks = [mg.ConstraintBuilder.change_bounds(["tv", "search"], 0.0, 0.0)]
    plan = mg.optimize(curves_in(unit), goal=mg.FixedBudget(unit * (1 + off)), constraints=locks)
    assert plan.channel_spends.tolist() == pytest.approx([0.6 * unit, 0.4 * unit], rel=1e-8)


def test_a_budget_that_misses_them_by_more_is_refused_with_the_money() -> None:
    locks = [mg.ConstraintBuilder.change_bounds(["tv", "search"], 0.0, 0.0)]
    with pytest.raises(InfeasibleError, match=r"raise the budget by 0\.0100;"):
        mg.optimize(curves_in(1.0), goal=mg.FixedBudget(0.99), constraints=locks)

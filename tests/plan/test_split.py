"""Splitting a plan's groups anew."""

import numpy as np
import pytest
from support.curves import root_curves, uncertain

import mmm_groups as mg
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.assumptions import assumptions_of
from mmm_groups.plan.frontier import frontier_of
from mmm_groups.plan.split import best_shares, split_plan, split_prices

C = mg.ConstraintBuilder


@pytest.mark.parametrize("amount", [7.3, 35.55, 0.01])
def test_a_tiny_lock_does_not_stop_a_new_split(amount: float) -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=2e6)
    groups = {"G": ["c0", "c1"]}
    plan = mg.optimize(
        curves,
        goal=mg.FixedBudget(1_234_567.89),
        groups=groups,
        split="marginal_roi",
        constraints=[C.lock("c2", amount)],
    )
    assert mg.split_plan(plan, "marginal_roi").utility == pytest.approx(plan.utility, rel=1e-6)
    assert mg.consistency(plan).holds


def test_a_group_at_the_end_of_its_curve_can_be_split_anew() -> None:
    spend = np.linspace(0, 100, 41)
    response = [300 * (1 - np.exp(-spend / 300)), 100 * (1 - np.exp(-spend / 30)), 80 * (1 - np.exp(-spend / 30))]
    reference = {"a": 60.0, "b": 40.0, "c": 40.0}
    curves = mg.ResponseCurves.from_arrays(list("abc"), [spend] * 3, np.array(response), reference=reference)
    plan = mg.optimize(curves, goal=mg.FixedBudget(200.0), groups={"G": ["a", "b"]}, split="marginal_roi")
    again = mg.split_plan(plan, "marginal_roi")
    assert again.groups.loc["G", "spend"] == pytest.approx(plan.spends["G"])
    assert mg.plan_csv(again).startswith("group,channel")


def test_groups_that_only_constraints_name_stay_known() -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=1000.0)
    named = mg.ChannelGroups({"Meta": ["c0", "c1"]})
    limits = [C.group_min_spend(["Meta"], 250.0)]
    plan = mg.optimize(curves, goal=mg.FixedBudget(300.0), constraints=limits, named_groups=named)
    assert mg.consistency(plan).holds
    assert mg.split_plan(plan, "historical").total == pytest.approx(300.0)


def test_a_bound_is_never_below_the_plan() -> None:
    curves = root_curves([1.0, 2.0, 1.5], top=200.0, history=[20.0, 10.0, 10.0])
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups={"G": ["c0", "c1"]}, method="weighted_average")
    again = mg.split_plan(plan, "marginal_roi")
    assert again.upper_bound >= again.objective


def test_best_shares_are_called_so_and_stay_free_at_other_budgets() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=2000, top=400.0)
    groups = mg.ChannelGroups({"Both": ["c0", "c1"]})
    free = mg.optimize(curves, goal=mg.FixedBudget(30.0), groups=groups, split="marginal_roi")
    fixed = mg.optimize(curves, goal=mg.FixedBudget(30.0), groups=groups)
    for plan, rule in (
        (free, "what earns most"),
        (fixed, "fixed shares"),
        (split_plan(fixed, "marginal_roi"), "what earns most"),
        (split_plan(free, "historical"), "fixed shares"),
    ):
        assert f"Both ({rule}): c0" in "; ".join(assumptions_of(plan).values())
    (larger,) = frontier_of(split_plan(fixed, "marginal_roi"), [60.0])
    assert larger.delivered == pytest.approx(np.sqrt(14 * 60.0), rel=1e-4)


@pytest.mark.slow
def test_no_best_split_is_worse_than_the_one_that_is_there() -> None:
    curves = uncertain(4, draws=30, seed=2, points=60)
    groups = mg.ChannelGroups({"A": ["c0", "c3"], "B": ["c1", "c2"]})
    plan = mg.optimize(curves, goal=mg.FixedBudget(40.0), groups=groups, utility=mg.Quantile(0.2))
    found = mg.consistency(plan).by_group["split_loss"]
    for name in plan.problem.groups:
        prices = split_prices(plan, name, by_name(best_shares(plan, name)))
        assert prices.over_best <= 0
        assert found[name] == pytest.approx(-prices.over_best)

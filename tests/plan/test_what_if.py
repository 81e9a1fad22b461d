"""Moving money away from a plan: prices from the square root itself, bounds from trying, spends by properties."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.examples import examples

import mmm_groups as mg
from mmm_groups.errors import SplitError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.what_if import moved_plan, spend_bounds, spends_at
from mmm_groups.problem.constraints import Constraint
from mmm_groups.ui.widgets.sliders.relink import from_shares

C = mg.ConstraintBuilder
SCALES = [3.0, 1.0, 2.0, 2.0]
GROUPS = mg.ChannelGroups({"Pair": ["c0", "c1"]})
DRAWS = 5


def planned(*constraints: Constraint, total: float = 60.0) -> mg.Plan:
    curves = root_curves(SCALES, draws=DRAWS, points=1500, history=[10.0, 30.0, 10.0, 10.0])
    return mg.optimize(curves, goal=mg.FixedBudget(total), groups=GROUPS, constraints=constraints)


def by_hand(spends: dict[str, float]) -> np.ndarray:
    """What the square roots earn in every draw; Pair is split one to three, as it was."""
    channels = [spends["Pair"] / 4, spends["Pair"] * 3 / 4, spends["c2"], spends["c3"]]
    mean = sum(scale * math.sqrt(spend) for scale, spend in zip(SCALES, channels, strict=True))
    return mean * (1 + 0.1 * (np.arange(DRAWS) - (DRAWS - 1) / 2))


def test_the_price_of_a_move_is_what_the_square_roots_say() -> None:
    plan = planned()
    spends = {"Pair": float(plan.spends["Pair"]) - 8.0, "c2": float(plan.spends["c2"]) + 8.0}
    spends["c3"] = float(plan.spends["c3"])
    moved = moved_plan(plan, spends)
    lost = by_hand(spends) - by_hand(by_name(plan.spends))
    assert moved.difference == pytest.approx(lost.mean(), rel=2e-3)
    assert moved.difference < 0
    assert moved.probability_better == 0.0
    low, high = moved.interval
    assert lost.min() - 1e-3 <= low <= moved.difference <= high <= lost.max() + 1e-3
    assert moved.channel_spends["c1"] == pytest.approx(3 * moved.channel_spends["c0"])
    # Pair's root has the scale 3 / 2 + sqrt(3) / 2, and the best plan of a budget earns the root of budget x squares.
    squares = (1.5 + math.sqrt(3) / 2) ** 2 + 8
    assert moved.worth == pytest.approx(by_hand(spends).mean() ** 2 / squares - 60.0, rel=5e-3)
    assert moved.worth < -1


def test_nothing_moved_costs_nothing() -> None:
    plan = planned()
    same = moved_plan(plan, by_name(plan.spends))
    assert same.difference == 0.0
    assert same.interval == (0.0, 0.0)
    assert same.broken == ()


def test_a_broken_limit_on_several_groups_is_named() -> None:
    plan = planned(C.group_max_spend(["c2", "c3"], 20.0))
    spends = by_name(plan.spends) | {"Pair": plan.spends["Pair"] - 5, "c2": plan.spends["c2"] + 5}
    assert moved_plan(plan, spends).broken == ("c2 + c3 at most 20",)
    assert moved_plan(plan, spends).difference > 0  # the limit held the plan back


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Pair": 0.0}, "add up to .* What one group gets, others must give"),
        ({"Pair": -1.0}, "The spend of Pair is -1"),
        ({"other": 1.0}, r"but the plan's groups are \['Pair', 'c2', 'c3'\]"),
    ],
)
def test_spends_that_do_not_fit_are_refused(change: dict[str, float], message: str) -> None:
    plan = planned()
    with pytest.raises(SplitError, match=message):
        moved_plan(plan, by_name(plan.spends) | change)


def test_the_end_of_a_curve_is_not_passed() -> None:
    plan = planned(total=150.0)
    with pytest.raises(SplitError, match=r"c2 would spend 150, but its curve ends at 100. Move less money"):
        moved_plan(plan, {"Pair": 0.0, "c2": 150.0, "c3": 0.0})


@pytest.mark.parametrize(
    "constraint",
    [
        C.spend_bounds("Pair", 10.0, 30.0),
        C.group_max_spend(["c1"], 12.0),
        C.group_max_ratio(["c3"], 0.4),
        C.group_min_spend(["Pair", "c2"], 20.0),
    ],
    ids=lambda constraint: str(constraint.kind),
)
def test_bounds_are_what_trying_finds(constraint: Constraint) -> None:
    plan = planned(constraint)
    bounds = spend_bounds(plan)
    for name, lower, upper, lower_by, upper_by in bounds.itertuples():
        if lower_by:
            assert can_spend(plan, name, lower + 0.01)
            assert not can_spend(plan, name, lower - 0.01)
        if upper_by:
            assert can_spend(plan, name, upper - 0.01)
            assert not can_spend(plan, name, upper + 0.01)
    assert (bounds[["lower_by", "upper_by"]] != "").any(axis=None)


def can_spend(plan: mg.Plan, name: str, spend: float) -> bool:
    """Whether a group can spend this much with any of eleven ways to share the rest between the two others."""
    other, third = (str(each) for each in plan.spends.index if each != name)
    ways = [{name: spend, other: part * (60 - spend), third: (1 - part) * (60 - spend)} for part in np.arange(11) / 10]
    return any(not plan.problem.broken_by(plan.problem.group_curves.channel_plan(pd.Series(way))) for way in ways)


FREE, HELD = planned(), planned(C.spend_bounds("c2", 14.0, 14.03), C.spend_bounds("Pair", None, 30.0))


@examples(25)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=2).map(sorted), st.sets(st.sampled_from(["Pair", "c2"])))
def test_spends_at_shares_add_up_and_stay_inside(cuts: list[int], kept: set[str]) -> None:
    for plan, bounds in ((FREE, spend_bounds(FREE)), (HELD, spend_bounds(HELD))):
        tenths = [cuts[0], cuts[1] - cuts[0], 1000 - cuts[1]]
        exact = dict(zip(plan.spends.index, from_shares((plan.spends / plan.total).tolist()), strict=True))
        shares = {str(n): t / 1000 for n, t in zip(plan.spends.index, tenths, strict=True)}
        still = frozenset(name for name in kept if shares[name] == exact[name] / 1000)
        spends = spends_at(plan, shares, still, bounds)
        assert spends.sum() == pytest.approx(plan.total, rel=1e-12)
        inside = spends.between(bounds["lower"] - 1e-9, bounds["upper"] + 1e-9)
        assert inside.all()


def test_shares_as_they_were_are_the_exact_plan() -> None:
    plan = FREE
    tenths = from_shares((plan.spends / plan.total).tolist())
    shares = {str(name): part / 1000 for name, part in zip(plan.spends.index, tenths, strict=True)}
    same = spends_at(plan, shares, frozenset(shares), spend_bounds(plan))
    pd.testing.assert_series_equal(same, plan.spends, check_names=False, rtol=1e-12)


def test_a_moved_slider_is_met_to_the_tenth() -> None:
    plan = FREE
    shares = {"Pair": 0.5, "c2": 0.3, "c3": 0.2}
    spends = spends_at(plan, shares, frozenset(), spend_bounds(plan))
    assert spends.to_dict() == pytest.approx({"Pair": 30.0, "c2": 18.0, "c3": 12.0})

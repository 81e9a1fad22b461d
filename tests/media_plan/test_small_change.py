"""The best small change of a media plan: its money, its phasing, and no better one on a grid of moves."""

import itertools

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import InfeasibleError
from mmm_groups.media_plan.small_change import best_small_change
from mmm_groups.numerics.labelled import by_name

SCALES = [3.0, 1.0, 2.0]
SPENDS = {"c0": 5.0, "c1": 30.0, "c2": 20.0}


@pytest.fixture(scope="module")
def curves() -> mg.ResponseCurves:
    return root_curves(SCALES, points=1500)


@pytest.fixture(scope="module")
def plan(curves: mg.ResponseCurves) -> mg.MediaPlan:
    return mg.MediaPlan.from_totals(SPENDS, curves, name="Agency")


def test_no_small_change_on_a_grid_is_better(curves: mg.ResponseCurves, plan: mg.MediaPlan) -> None:
    change = best_small_change(plan, curves, 0.1)
    spends = by_name(change.plan.totals)
    assert sum(spends.values()) == pytest.approx(55.0)
    assert sum(max(before - spends[name], 0) for name, before in SPENDS.items()) <= 5.5 + 1e-6
    reached = sum(scale * np.sqrt(spend) for scale, spend in zip(SCALES, spends.values(), strict=True))
    steps = np.arange(-5.5, 5.51, 0.25)
    for first, second in itertools.product(steps, steps):
        moved = np.array([*SPENDS.values()]) + np.array([first, second, -first - second])
        taken = np.maximum(np.array([*SPENDS.values()]) - moved, 0).sum()
        if (moved >= 0).all() and taken <= 5.5:
            assert np.array(SCALES) @ np.sqrt(moved) <= reached + 1e-3
    assert change.plan.name == "Agency, up to 10 % moved"


def test_each_channel_keeps_its_phasing_and_each_group_its_split(curves: mg.ResponseCurves) -> None:
    late = pd.DataFrame({"c0": [0.0, 0.0, 1.0, 4.0], "c1": [20.0, 10.0, 0.0, 0.0], "c2": [5.0] * 4})
    even = mg.MediaPlan.from_totals(SPENDS, curves)
    plan = even.with_money(late.set_index(even.money.index) if len(even.money) == 4 else even.money)
    change = best_small_change(plan, curves, 0.2, groups={"Pair": ["c0", "c1"]})
    before, after = plan.money, change.plan.money
    for channel in before:
        shares = (before[channel] / before[channel].sum()).tolist()
        assert (after[channel] / after[channel].sum()).tolist() == pytest.approx(shares)
    assert after["c0"].sum() / after["c1"].sum() == pytest.approx(5 / 30)


def test_nothing_may_move_and_limits_may_clash(curves: mg.ResponseCurves, plan: mg.MediaPlan) -> None:
    same = best_small_change(plan, curves, 0.0)
    assert by_name(same.plan.totals) == pytest.approx(SPENDS, abs=1e-6)
    with pytest.raises(InfeasibleError, match="at most 1 % of the plan's 55 moved elsewhere"):
        best_small_change(plan, curves, 0.01, constraints=[mg.ConstraintBuilder.group_max_spend(["c1"], 20.0)])

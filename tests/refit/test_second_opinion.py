"""Groups by four ways: curves, plans, and the cross table, against closed forms of square-root curves."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves
from support.reference import square_root_optimum

import mmm_groups as mg
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MmmGroupsError, RefitError
from mmm_groups.numerics.labelled import number_at, row_of
from mmm_groups.refit.second_opinion import (
    SecondOpinion,
    cross_table,
    curve_gap,
    over_groups,
    plans_by_way,
    second_opinion,
    spends_by_way,
)

GROUPS = {"AB": ("c0", "c1"), "c2": ("c2",)}
CELLS = {"AB": ("AB",), "c2": ("c2",)}
SCALES, REFITTED, BUDGET = [3.0, 2.0, 4.0], [3.2, 5.0], 40.0


def named(curves: ResponseCurves, names: list[str]) -> ResponseCurves:
    history = curves.historical_spend.set_axis(names, axis=1)
    return ResponseCurves.from_arrays(names, curves.spend.values, curves.response.values, history)


@pytest.fixture(scope="module")
def opinion() -> SecondOpinion:
    curves = root_curves(SCALES)
    refit = named(root_curves(REFITTED, history=[20.0, 10.0]), ["AB", "c2"])
    return second_opinion(curves, refit, GROUPS, CELLS)


def group_scale() -> float:
    """Of the sum of two square roots when each gets half of the money."""
    return (SCALES[0] + SCALES[1]) * math.sqrt(0.5)


def test_each_way_optimises_its_own_curves(opinion: SecondOpinion) -> None:
    plans, why_not = plans_by_way(opinion, BUDGET)
    channels = square_root_optimum([group_scale(), SCALES[2]], BUDGET)
    refit = square_root_optimum(REFITTED, BUDGET)
    spends = spends_by_way(plans, GROUPS)
    assert spends["sum"].to_numpy() == pytest.approx(channels, abs=0.2)  # the curves have 400 points
    assert spends["refit"].to_numpy() == pytest.approx(refit, abs=0.2)
    assert set(plans) == {"sum", "weighted_average", "refit"}
    assert "Re-estimation of AB needs" in why_not["re_estimated"]  # four dates of history


def test_the_cross_table_is_what_each_model_says_of_each_plan(opinion: SecondOpinion) -> None:
    plans, _ = plans_by_way(opinion, BUDGET)
    table = cross_table(opinion, plans)

    def by_hand(scales: list[float], spends: pd.Series) -> float:
        return float(sum(scale * np.sqrt(spend) for scale, spend in zip(scales, spends, strict=True)))

    for way, plan in plans.items():
        spends = plan.spends[["AB", "c2"]]
        assert table.loc[("channels", way), "response"] == pytest.approx(
            by_hand([group_scale(), SCALES[2]], spends), rel=1e-4
        )
        assert table.loc[("refit", way), "response"] == pytest.approx(by_hand(REFITTED, spends), rel=1e-4)
    wrong = row_of(table, ("refit", "sum"))
    lost = number_at(table, ("refit", "refit"), "response") - wrong["response"]
    assert wrong["lost"] == pytest.approx(lost)
    assert wrong["lost"] > 0
    assert number_at(table, ("channels", "refit"), "lost") > 0
    assert number_at(table, ("channels", "sum"), "lost") == number_at(table, ("refit", "refit"), "lost") == 0
    # The marginal return of the optimum of a·√x + b·√y under x + y = B is √(a² + b²) / (2√B).
    rate = math.hypot(*REFITTED) / (2 * math.sqrt(BUDGET))
    assert wrong["money"] == pytest.approx(lost / rate, rel=0.02)
    # All draws of these curves are multiples of each other, so what is lost is lost in every draw.
    assert wrong["probability"] == 1.0
    assert wrong["lost_low"] == pytest.approx(0.9 * wrong["lost"], rel=1e-6)
    assert wrong["lost_high"] == pytest.approx(1.1 * wrong["lost"], rel=1e-6)


def test_limits_on_whole_groups_hold_for_every_way(opinion: SecondOpinion) -> None:
    build = mg.ConstraintBuilder
    limits = [build.group_max_spend(["AB"], 10.0), build.spend_bounds("c0", 1.0, 2.0), build.lock("c2", 30.0)]
    kept, left_out = over_groups(limits, GROUPS)
    assert (kept, left_out) == ([limits[0], limits[2]], [limits[1]])
    plans, _ = plans_by_way(opinion, BUDGET, kept)
    assert all(plan.spends["AB"] == pytest.approx(10.0) for plan in plans.values())
    with pytest.raises(MmmGroupsError, match="45"):
        plans_by_way(opinion, BUDGET, [build.group_min_spend(["AB"], 45.0)])


def test_the_gap_of_the_curves_at_given_spends(opinion: SecondOpinion) -> None:
    spends = pd.Series({"AB": 25.0, "c2": 16.0})
    gap = curve_gap(opinion, spends)
    assert gap.loc["AB", "sum"] == pytest.approx(group_scale() * 5, rel=1e-4)
    assert gap.loc["AB", "refit"] == pytest.approx(REFITTED[0] * 5, rel=1e-4)
    assert gap.loc["c2", "difference"] == pytest.approx((REFITTED[1] - SCALES[2]) * 4, rel=1e-4)
    # Draws are 0.9, 1 and 1.1 times the mean: the refit of c2 is at least 18, its sum at most 17.6.
    assert not gap.loc["c2", "agree"]
    assert number_at(gap, "c2", "difference_low") > 0
    same = second_opinion(root_curves(SCALES), named(root_curves([group_scale(), 4.0]), ["AB", "c2"]), GROUPS, CELLS)
    assert curve_gap(same, spends)["agree"].all()


def test_refits_of_other_groups_windows_or_outcomes_are_refused() -> None:
    curves = root_curves(SCALES)
    refit = named(root_curves(REFITTED), ["AB", "c2"])
    with pytest.raises(RefitError, match=r"is for the groups \['X', 'c2'\], but now there are \['AB', 'c2'\]"):
        second_opinion(curves, refit, GROUPS, {"X": ("AB",), "c2": ("c2",)})
    with pytest.raises(RefitError, match="Read the refit's curves for the same window"):
        second_opinion(replace(curves, origin=replace(curves.origin, target="visits")), refit, GROUPS, CELLS)

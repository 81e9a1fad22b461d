"""What a chart draws: response, ROI and mROI with intervals, against closed forms and finite differences."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import CurvesError
from mmm_groups.groups.curve_with_interval import curve_table, curve_with_interval, member_curves, mroi_along
from mmm_groups.groups.methods import Method

PAIR = mg.ChannelGroups({"A": ["c0", "c1"]})
SPLIT = {"A": {"c0": 0.25, "c1": 0.75}}
SPEND = np.linspace(0, 90, 46)
CHORDS = 5e-3  # slopes of a curve of some hundred chords: half of the 1 % that an mROI may be off


@pytest.fixture
def roots() -> mg.GroupCurves:
    return mg.group_curves(root_curves([3.0, 1.0], draws=21, points=280), PAIR, split=SPLIT)


def test_square_roots_have_a_closed_form(roots: mg.GroupCurves) -> None:
    drawn = curve_with_interval(roots, "A", SPEND, mass=0.9)
    height = 3 * np.sqrt(0.25) + np.sqrt(0.75)
    np.testing.assert_allclose(drawn.response.mean, height * np.sqrt(SPEND), rtol=1e-3)
    assert np.isnan(drawn.roi.mean[0])
    inner = slice(5, None)  # a square root is infinitely steep at 0: no chord follows it there
    np.testing.assert_allclose(drawn.roi.mean[inner], height / np.sqrt(SPEND[inner]), rtol=1e-3)
    np.testing.assert_allclose(drawn.mroi.mean[inner], height / np.sqrt(SPEND[inner]) / 2, rtol=CHORDS)
    # The draws are the curve times 0, 0.1, ..., 2; 18 steps between the 19 of them that 90 % of 21 hold.
    for line in (drawn.response, drawn.roi, drawn.mroi):
        np.testing.assert_allclose((line.high - line.low)[inner], 1.8 * line.mean[inner], rtol=1e-6)
        assert (line.low[inner] < line.mean[inner]).all()


def test_the_mroi_is_the_slope_in_every_draw(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    for method in get_args(Method):
        made = mg.group_curves(demo_curves, platforms, method)
        at = np.array([3e5, 7e5, 1.2e6])
        step = 2e4  # wider than the spacing of the points, so that chords do not show
        forward, back = made.draws_along("Meta", at + step), made.draws_along("Meta", at - step)
        found = mroi_along(made, "Meta", at)
        assert found.shape == (demo_curves.draws, 3)
        np.testing.assert_allclose(found, (forward - back) / (2 * step), rtol=0.01)
        mean = [made.mroi_at(pd.Series(dict.fromkeys(made.groups, 1e5) | {"Meta": float(x)}))["Meta"] for x in at]
        np.testing.assert_allclose(found.mean(axis=0), mean, rtol=1e-5)


def test_members_add_up_and_know_their_own_spend(roots: mg.GroupCurves) -> None:
    drawn, members = curve_with_interval(roots, "A", SPEND), member_curves(roots, "A", SPEND)
    assert [member.name for member in members] == ["c0", "c1"]
    np.testing.assert_allclose(sum(member.response.mean for member in members), drawn.response.mean, rtol=1e-9)
    np.testing.assert_allclose(members[0].own_spend, 0.25 * SPEND)
    np.testing.assert_allclose(members[1].roi.mean[5:], 1 / np.sqrt(0.75 * SPEND[5:]), rtol=1e-3)
    np.testing.assert_allclose(members[1].mroi.mean[5:], 0.5 / np.sqrt(0.75 * SPEND[5:]), rtol=1e-3)
    # A group's next unit goes to its members by their shares.
    blended = 0.25 * members[0].mroi.mean + 0.75 * members[1].mroi.mean
    np.testing.assert_allclose(blended[5:], drawn.mroi.mean[5:], rtol=CHORDS)
    assert np.isnan(members[0].response.low).all()


def test_a_period_divides_money_and_response_but_not_their_ratio(roots: mg.GroupCurves) -> None:
    whole = curve_with_interval(roots, "A", SPEND)
    week = whole.per_period(4)
    np.testing.assert_allclose(4 * week.spend, whole.spend)
    np.testing.assert_allclose(4 * week.response.high, whole.response.high)
    np.testing.assert_allclose(week.response.mean[1:] / week.spend[1:], whole.roi.mean[1:])
    assert week.roi is whole.roi
    assert week.mroi is whole.mroi
    assert week.known_up_to == pytest.approx(whole.known_up_to / 4)


def test_the_table_holds_every_line_that_is_drawn(roots: mg.GroupCurves) -> None:
    drawn = {"Sum": curve_with_interval(roots, "A", SPEND)} | {m.name: m for m in member_curves(roots, "A", SPEND)}
    table = curve_table(drawn, "A")
    assert list(table.columns) == [
        *("group", "curve", "group_spend", "spend", "response", "response_low", "response_high"),
        *("roi", "roi_low", "roi_high", "mroi", "mroi_low", "mroi_high", "beyond_history"),
    ]
    assert len(table) == 3 * len(SPEND)
    by_point = table.pivot_table(index="group_spend", columns="curve", values="response")
    np.testing.assert_allclose(by_point["c0"] + by_point["c1"], by_point["Sum"], rtol=1e-9)
    # History spent 10 on each channel: at a quarter of the group's money, c1's 10 are reached at 13.33.
    assert table.loc[table["beyond_history"], "group_spend"].min() == pytest.approx(14)


def test_an_unknown_group_and_a_spend_beyond_the_curve_are_refused(roots: mg.GroupCurves) -> None:
    for ask in (curve_with_interval, member_curves, mroi_along):
        with pytest.raises(CurvesError, match=r"no group 'B' in these curves. They have \['A'\]"):
            ask(roots, "B", SPEND)
    with pytest.raises(CurvesError, match="'A' is 1,000, but its curve reaches from 0 to 133"):
        curve_with_interval(roots, "A", np.array([1000.0]))

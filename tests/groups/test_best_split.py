"""The best split at every spend against dynamic programming, closed forms and counting on the fingers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import s_shaped
from support.examples import examples

import mmm_groups as mg
from mmm_groups.groups.best_split import best_split
from mmm_groups.groups.curve_with_interval import curve_with_interval
from mmm_groups.groups.split_path import MOST_POINTS, thinned

POINTS = np.linspace(0, 60, 61)


def hill(points: np.ndarray, top: float, half: float, slope: float) -> np.ndarray:
    return np.asarray(top * points**slope / (half**slope + points**slope))


def best_on_whole_numbers(values: list[np.ndarray]) -> np.ndarray:
    """What members earn together at every whole group spend, each known at 0, 1, 2 and so on.

    Exact for curves that are linear in between: at the best split all members but one stand on a point of their own.
    """
    best = values[0]
    for own in values[1:]:
        total = np.full(len(best) + len(own) - 1, -np.inf)
        for spend, earned in enumerate(own):
            total[spend : spend + len(best)] = np.maximum(total[spend : spend + len(best)], best + earned)
        best = total
    return best


def best_at(values: list[np.ndarray], spend: float) -> float:
    """The same at any spend: one member has a broken number of units, the others whole ones."""
    whole, broken = divmod(spend, 1.0)
    tops = []
    for member, own in enumerate(values):
        units = np.arange(len(own))
        shifted = np.interp(units[:-1] + broken, units, own)
        tops.append(best_on_whole_numbers([*values[:member], shifted, *values[member + 1 :]])[: int(whole) + 1][-1])
    return float(max(tops))


def test_square_roots_have_a_closed_form() -> None:
    points = 100 * np.linspace(0, 1, 2000) ** 2
    found = best_split(np.stack([points, points]), np.stack([3 * np.sqrt(points), np.sqrt(points)]))
    inside = found.parts[0] < 99
    np.testing.assert_allclose(found.parts[0][inside], 0.9 * found.spend[inside], atol=0.1)
    np.testing.assert_allclose(found.parts.sum(axis=0), found.spend)
    assert not len(found.jumps)


SHAPE = st.tuples(st.floats(1, 9), st.floats(3, 50), st.floats(0.7, 5), st.sampled_from([0.0, 0.0, 0.05]))


@examples(15)
@given(shapes=st.lists(SHAPE, min_size=2, max_size=5))
def test_members_of_any_shape_against_dynamic_programming(shapes: list[tuple[float, float, float, float]]) -> None:
    values = [hill(POINTS, *shape) - fall * POINTS for *shape, fall in shapes]
    count = len(values)
    found = best_split(np.tile(POINTS, (count, 1)), np.stack(values))
    assert (np.diff(found.spend) > 0).all()
    assert found.spend[-1] == pytest.approx(60 * count)
    np.testing.assert_allclose(found.parts.sum(axis=0), found.spend, atol=1e-9)
    assert (found.parts >= 0).all()
    assert (found.parts <= 60 + 1e-9).all()
    earned = sum(np.interp(part, POINTS, own) for part, own in zip(found.parts, values, strict=True))
    best = best_on_whole_numbers(values)
    size = np.abs(best).max()
    whole = np.arange(len(best))
    np.testing.assert_allclose(np.interp(whole, found.spend, earned), best, atol=1e-9 * size)
    for place in np.linspace(1, len(found.spend) - 2, 6).astype(int):
        assert float(np.asarray(earned)[place]) == pytest.approx(best_at(values, found.spend[place]), abs=1e-9 * size)


def test_money_jumps_where_another_member_takes_over() -> None:
    """A earns 1 a unit up to 10 in all; B nothing up to 20, then 10 a unit: from 21 on all money is better in B."""
    early, late = np.array([0.0, 10, 60]), np.array([0.0, 20, 30])
    found = best_split(np.stack([early, late]), np.array([[0.0, 10, 10], [0, 0, 100]]))
    assert found.jumps == pytest.approx([21.0])
    place = int(np.searchsorted(found.spend, 21.0))
    assert found.spend[place] == pytest.approx(21.0)
    assert found.parts[0, place] >= 10
    assert found.parts[:, place + 1] == pytest.approx([0.0, 21.0], abs=1e-3)
    assert np.interp(35.0, found.spend, found.parts[0]) == pytest.approx(5.0)


def test_many_members_keep_both_sides_of_their_jumps() -> None:
    points, jumps = np.linspace(0, 100, 5001), np.array([33.3, 77.74])
    kept = points[thinned(points, jumps)]
    assert MOST_POINTS <= len(kept) <= MOST_POINTS + 4
    for jump in jumps:
        assert {round(jump, 6), round(jump + 0.02, 6)} <= set(kept.round(6))


PAIR = {"Both": ["c0", "c1"]}


def early_and_late(draws: int = 1) -> mg.ResponseCurves:
    """The members of the jump at 21, with some history."""
    known = np.array(
        [np.interp(POINTS, [0, 10, 60], [0, 10, 10]), np.interp(POINTS, [0, 20, 30, 60], [0, 0, 100, 100])]
    )
    factors = np.linspace(0.5, 1.5, draws) if draws > 1 else np.ones(1)
    response = np.stack([known * [[1.0], [factor]] for factor in factors])
    history = pd.DataFrame([[15.0, 28.0]], index=pd.date_range("2025-01-06", periods=1), columns=["c0", "c1"])
    return mg.ResponseCurves.from_arrays(["c0", "c1"], [POINTS, POINTS], response, history)


def test_known_up_to_is_where_a_member_first_leaves_its_history() -> None:
    """Members may give money back: past 21 c0 has none, and from 40 on it takes more than its 15 once more."""
    curves = mg.group_curves(early_and_late(), PAIR, split="marginal_roi")
    jump = curves.paths["Both"].jumps
    assert jump == pytest.approx([21.0])
    assert curves.paths["Both"].at(np.array([20.0, 25.0, 47.0]))[0] == pytest.approx([20.0, 0, 17], abs=1e-3)
    assert curves.largest_known("Both") == pytest.approx(15.0)


def test_response_and_mroi_are_right_on_either_side_of_a_jump() -> None:
    curves = mg.group_curves(early_and_late(), PAIR, split="marginal_roi")
    at = np.array([5.0, 15.0, 20.5, 21.5, 25.0, 29.0, 35.0, 45.0])
    response = [5.0, 10, 10, 15, 50, 90, 105, 110]
    assert curves.draws_along("Both", at)[0] == pytest.approx(response, rel=1e-5)
    slopes = [1.0, 0, 0, 10, 10, 10, 1, 0]
    shown = curve_with_interval(curves, "Both", at)
    assert shown.mroi.mean == pytest.approx(slopes, abs=1e-4)
    for spend, slope in zip(at, slopes, strict=True):
        assert curves.mroi_at(pd.Series({"Both": spend}))["Both"] == pytest.approx(slope, abs=1e-4)


def test_a_jump_does_not_widen_the_interval_of_the_mroi() -> None:
    """Each draw jumps in its own way; its slope on either side is one of its members'."""
    curves = mg.group_curves(early_and_late(draws=9), PAIR, split="marginal_roi")
    at = np.linspace(0.5, 50, 100)
    shown = curve_with_interval(curves, "Both", at)
    assert shown.mroi.high.max() <= 15 + 1e-3
    assert shown.mroi.low.min() >= -1e-3


@pytest.mark.parametrize("method", ["sum", "weighted_average"])
def test_a_chart_along_the_best_split_of_s_shapes_is_the_members_own_curves(method: str) -> None:
    parameters = [(10.0, 40.0, 4.0), (6.0, 12.0, 3.0), (5.0, 20.0, 1.0)]
    curves = s_shaped(parameters, points=101)
    made = mg.group_curves(curves, {"All": list(curves.channels)}, method=method, split="marginal_roi")  # type: ignore[arg-type]
    drawn, path = made.points[0], made.paths["All"]
    assert len(path.jumps)
    known = [np.asarray(own, dtype=np.float64) for own in curves.mean]
    at = np.sort(np.concatenate([drawn[1:-1], np.setdiff1d(np.linspace(1, 99, 197), drawn)]))
    at = at[~((at[:, None] > path.jumps) & (at[:, None] < path.jumps * (1 + 1e-9) + 1e-4)).any(axis=1)]
    if method == "sum":
        best = np.array([best_at(known, spend) for spend in at])
    else:
        own = [np.interp(at, points, values) for points, values in zip(curves.spend.values, known, strict=True)]
        best = (path.at(at) / at * own).sum(axis=0)
    found, is_point = made.draws_along("All", at)[0], np.isin(at, drawn)
    assert found[is_point] == pytest.approx(best[is_point], rel=1e-6)
    assert found == pytest.approx(best, rel=1e-6 if method == "sum" else 5e-4)  # shares are no straight lines

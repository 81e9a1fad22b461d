"""Linked shares: always 100.0 %, in proportion."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.split_vectors import VECTORS

from mmm_groups.errors import SplitError
from mmm_groups.ui.widgets.sliders.relink import from_shares, relink, to_shares

pytestmark = pytest.mark.unit
type Move = tuple[list[int], int, int, set[int]]
"""Start, the row that is moved, where to, and the locked rows."""
type BoundedMove = tuple[list[int], int, int, set[int], list[tuple[int, int]]]


@st.composite
def splits(draw: st.DrawFn, min_rows: int = 1) -> list[int]:
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=min_rows - 1, max_size=11)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]


@st.composite
def moves(draw: st.DrawFn) -> Move:
    start = draw(splits())
    rows = st.integers(0, len(start) - 1)
    return start, draw(rows), draw(st.integers(-200, 1200)), draw(st.sets(rows))


@pytest.mark.parametrize("case", VECTORS, ids=[case["why"] for case in VECTORS])
def test_vectors(case: dict[str, Any]) -> None:
    found = relink(case["start"], case["index"], case["value"], case["locked"], case.get("bounds"))
    assert found == case["moved"]


@st.composite
def bounded_moves(draw: st.DrawFn) -> BoundedMove:
    start, index, value, locked = draw(moves())
    ends = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(lambda two: (min(two), max(two)))
    return start, index, value, locked, [draw(ends) for _ in start]


@given(bounded_moves())
def test_bounds_hold_for_whoever_began_inside_them_and_nobody_goes_further_out(move: BoundedMove) -> None:
    start, _, _, locked, bounds = move
    moved = relink(*move)
    assert sum(moved) == 1000
    assert [moved[row] for row in locked] == [start[row] for row in locked]
    for before, after, (low, high) in zip(start, moved, bounds, strict=True):
        assert min(low, before) <= after <= max(high, before)


@given(bounded_moves())
def test_the_hand_is_followed_as_far_as_a_split_inside_the_bounds_exists(move: BoundedMove) -> None:
    start, index, value, locked, bounds = move
    others = [row for row in range(len(start)) if row != index]
    assume(index not in locked and len(locked) < len(others))
    inside = [
        (at, at) if row in locked else (min(low, at), max(high, at))
        for row, (at, (low, high)) in enumerate(zip(start, bounds, strict=True))
    ]

    def possible(at: int) -> bool:  # tried one by one, not solved for
        least, most = sum(inside[row][0] for row in others), sum(inside[row][1] for row in others)
        return inside[index][0] <= at <= inside[index][1] and least <= 1000 - at <= most

    nearest = min((at for at in range(1001) if possible(at)), key=lambda at: abs(at - value))
    assert relink(*move)[index] == nearest


@given(moves())
def test_bounds_that_hold_nobody_change_nothing(move: Move) -> None:
    assert relink(*move, [(0, 1000)] * len(move[0])) == relink(*move)


@given(moves())
def test_always_a_whole_and_never_negative(move: Move) -> None:
    moved = relink(*move)
    assert sum(moved) == 1000
    assert min(moved) >= 0
    assert len(moved) == len(move[0])


@given(moves())
def test_locked_rows_stay(move: Move) -> None:
    start, _, _, locked = move
    moved = relink(*move)
    assert [moved[row] for row in locked] == [start[row] for row in locked]


@given(moves())
def test_the_moved_row_is_where_the_hand_is_or_at_its_limit(move: Move) -> None:
    start, index, value, locked = move
    assume(index not in locked and len(locked) < len(start) - 1)
    limit = 1000 - sum(start[row] for row in locked)
    assert relink(*move)[index] == sorted([0, value, limit])[1]


@given(moves())
def test_the_others_keep_their_proportions_within_one_tenth(move: Move) -> None:
    start, index, _, locked = move
    free = [row for row in range(len(start)) if row != index and row not in locked]
    assume(index not in locked and sum(start[row] for row in free) > 0)
    moved = relink(*move)
    rest = sum(moved[row] for row in free)
    for row in free:
        # Exact fractions, which the rule itself never forms; a largest remainder rounds by less than one.
        assert abs(moved[row] - Fraction(rest * start[row], sum(start[r] for r in free))) < 1


@given(moves())
def test_free_rows_that_were_all_zero_get_equal_parts(move: Move) -> None:
    start, index, value, locked = move
    free = [row for row in range(len(start)) if row != index and row not in locked]
    assume(index not in locked and free)
    for row in free:
        start[index], start[row] = start[index] + start[row], 0
    moved = relink(start, index, value, locked)
    parts = [moved[row] for row in free]
    assert max(parts) - min(parts) <= 1


@given(moves())
def test_returning_to_the_start_value_restores_the_start(move: Move) -> None:
    start, index, _, locked = move
    assert relink(start, index, start[index], locked) == start


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12).filter(lambda weights: sum(weights) > 1e-3))
def test_shares_become_the_nearest_tenths(weights: list[float]) -> None:
    shares = [weight / sum(weights) for weight in weights]
    tenths = from_shares(shares)
    assert sum(tenths) == 1000
    assert all(abs(part - share * 1000) < 1 + 1e-6 for part, share in zip(tenths, shares, strict=True))


@given(splits())
def test_tenths_survive_the_way_through_shares(tenths: list[int]) -> None:
    assert from_shares(to_shares(tenths)) == tenths


def test_thirds() -> None:
    assert from_shares([1 / 3, 1 / 3, 1 / 3]) == [334, 333, 333]
    assert to_shares([624, 376]) == [0.624, 0.376]


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([0.5, 0.4], "add up to 0.9"),
        ([], "add up to 0"),
        ([1.5, -0.5], "from 0 to 1"),
        ([float("nan"), 1.0], "from 0 to 1"),
    ],
)
def test_refused_shares(shares: list[float], message: str) -> None:
    with pytest.raises(SplitError, match=message):
        from_shares(shares)


@pytest.mark.parametrize(
    ("start", "index", "locked", "message"),
    [
        ([500, 400], 0, [], r"\[500, 400\] add up to 900"),
        ([1100, -100], 0, [], "none below 0"),
        ([500, 500], 2, [], "no row 2"),
        ([500, 500], -1, [], "no row -1"),
        ([500, 500], 0, [1, 7], r"do not exist: \[7\]"),
    ],
)
def test_refused_moves(start: list[int], index: int, locked: list[int], message: str) -> None:
    with pytest.raises(SplitError, match=message):
        relink(start, index, 100, locked)


def test_bounds_that_do_not_fit_the_rows_are_refused() -> None:
    with pytest.raises(SplitError, match="1 pairs of bounds for 2 rows"):
        relink([500, 500], 0, 600, [], [(0, 1000)])

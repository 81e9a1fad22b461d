"""The solver's core against SciPy's linear programming, its own optimality conditions, and hand-made corner cases."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from support.examples import examples

from mmm_groups.errors import SolverError
from mmm_groups.solver.program import Objective, Program, Requirement
from mmm_groups.solver.simplex import maximise, maximise_each
from mmm_groups.solver.tie_breaking import break_ties


def scipy_value(program: Program) -> float | None:
    """The same program as one column a piece, by HiGHS; None if infeasible."""
    lengths = np.diff(program.points, axis=1)
    slopes = np.diff(program.values, axis=1) / np.where(lengths > 0, lengths, 1.0)
    objective, pieces = program.objective, lengths.shape[1]
    rows = np.repeat(program.matrix, pieces, axis=1)
    base = program.matrix @ program.points[:, 0]
    above, below = np.isfinite(program.upper), np.isfinite(program.lower)
    left = [*rows[above], *-rows[below]]
    right = [*(program.upper - base)[above], *(base - program.lower)[below]]
    response, spend = program.values[:, 0].sum(), program.points[:, 0].sum()
    if (required := objective.requirement) is not None:
        left.append(-(required.response_weight * slopes - required.spend_weight).ravel())
        right.append(required.response_weight * response - required.spend_weight * spend - required.minimum)
    found = linprog(
        -(objective.response_weight * slopes - objective.spend_weight).ravel(),
        A_ub=np.array(left) if left else None,
        b_ub=np.array(right) if right else None,
        bounds=[(0.0, float(length)) for length in lengths.ravel()],
    )
    if found.status == 2:
        return None
    assert found.fun is not None
    return float(-found.fun + objective.value(response, spend))


def earned(program: Program, spends: np.ndarray) -> float:
    return sum(float(np.interp(x, p, v)) for x, p, v in zip(spends, program.points, program.values, strict=True))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, m = draw(st.integers(1, 7)), draw(st.integers(2, 60)), draw(st.integers(0, 5))
    points = np.cumsum(rng.random((n, p)), axis=1) * draw(st.sampled_from([1.0, 1e6]))
    points -= points[:, :1] * draw(st.booleans())
    slopes = np.sort(rng.normal(0.5, 1, (n, p - 1)), axis=1)[:, ::-1]
    if draw(st.booleans()):
        slopes = np.round(slopes)  # ties within and between curves
    values = np.concatenate([np.zeros((n, 1)), np.cumsum(slopes * np.diff(points, axis=1), axis=1)], axis=1)
    matrix = rng.choice([0.0, 0.0, 1.0, 1.0, -0.5], size=(m, n))
    inside = points[:, 0] + rng.random(n) * (points[:, -1] - points[:, 0])
    used = matrix @ inside + rng.normal(0, 0.3, m) * points.max() * draw(st.booleans())
    slack = rng.random(m) * points.max() * 0.2
    lower = np.where(rng.random(m) < 0.5, used - slack, -np.inf)
    upper = np.where(rng.random(m) < 0.7, used + slack, np.inf)
    is_equal = rng.random(m) < 0.3
    lower, upper = np.where(is_equal, used, lower), np.where(is_equal, used, upper)
    response = sum(float(np.interp(x, a, b)) for x, a, b in zip(inside, points, values, strict=True))
    objective = draw(
        st.sampled_from(
            [
                Objective(),
                Objective(2.0, 1.0),
                Objective(requirement=Requirement(1.0, 0.4, 0.0)),
                Objective(0.0, 1.0, Requirement(1.0, 0.0, response)),
            ]
        )
    )
    return Program(points, values, matrix, lower, upper, objective)


@examples(250)
@given(program=programs())
def test_it_agrees_with_scipy(program: Program) -> None:
    wanted, found = scipy_value(program), maximise(program)
    assert (found is None) == (wanted is None)
    if found is None or wanted is None:
        return
    money, size = program.points.max(), max(abs(wanted), np.abs(program.values).max())
    response, spend = earned(program, found.spends), float(found.spends.sum())
    assert program.objective.value(response, spend) == pytest.approx(wanted, abs=1e-7 * size)
    used = program.matrix @ found.spends
    assert (used <= program.upper + 1e-9 * money).all()
    assert (used >= program.lower - 1e-9 * money).all()
    assert program.objective.shortfall(response, spend) <= 1e-8 * size
    # The prices prove it: no spends can exceed the bound they give.
    assert program.bound(found.prices, found.requirement_price) == pytest.approx(wanted, abs=1e-7 * size)


@examples(60)
@given(program=programs())
def test_prices_have_the_sign_of_the_end_they_price(program: Program) -> None:
    found = maximise(program)
    if found is None:
        return
    used = program.matrix @ found.spends
    near = 1e-7 * max(program.points.max(), 1.0)
    for price, at, low, high in zip(found.prices, used, program.lower, program.upper, strict=True):
        assert price <= 0 or abs(at - high) <= near
        assert price >= 0 or abs(at - low) <= near


@st.composite
def nearly_dependent(draw: st.DrawFn, rounding: float) -> Program:
    """Rows that follow from others but for some rounding."""
    program = draw(programs())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, count = len(program.matrix), len(program.points)
    if not rows:
        return program
    parts = rng.choice([0.0, 1.0, 1.0, -1.0, 0.3], size=(draw(st.integers(1, 4)), rows))
    inside = program.points[:, 0] + rng.random(count) * (program.points[:, -1] - program.points[:, 0])
    follows = parts @ program.matrix
    noise = rounding * rng.normal(size=follows.shape) * rng.integers(0, 2, size=follows.shape)
    is_something = np.any(follows, axis=1, keepdims=True)
    matrix = np.vstack([program.matrix, np.where(is_something, follows + noise, 0.0)])
    used = matrix @ inside
    slack = rng.random(len(matrix)) * program.points.max() * 0.2 * rng.integers(0, 2, size=len(matrix))
    lower = np.where(rng.random(len(matrix)) < 0.7, used - slack, -np.inf)
    upper = np.where(rng.random(len(matrix)) < 0.7, used + slack, np.inf)
    return Program(program.points, program.values, matrix, lower, upper, program.objective)


@examples(250)
@given(data=st.data(), digits=st.integers(12, 17))
def test_rows_that_follow_from_others_are_no_trap(data: st.DataObject, digits: int) -> None:
    program = data.draw(nearly_dependent(10.0**-digits))
    found = maximise(program)
    wanted = scipy_value(program)
    assert found is not None or wanted is None
    if found is None or wanted is None:
        return
    money, size = program.points[:, -1].sum(), max(abs(wanted), np.abs(program.values).max())
    response, spend = earned(program, found.spends), float(found.spends.sum())
    assert program.objective.value(response, spend) == pytest.approx(wanted, abs=1e-6 * size)
    assert (program.matrix @ found.spends <= program.upper + 1e-8 * money).all()
    assert (program.matrix @ found.spends >= program.lower - 1e-8 * money).all()
    assert program.objective.shortfall(response, spend) <= 1e-7 * size
    assert (
        program.bound(found.prices, found.requirement_price) >= program.objective.value(response, spend) - 1e-7 * size
    )


@examples(250)
@given(data=st.data(), digits=st.integers(4, 12))
def test_whatever_the_rows_limits_are_met_or_the_answer_is_refused(data: st.DataObject, digits: int) -> None:
    program = data.draw(nearly_dependent(10.0**-digits))
    draws = program.values * np.linspace(0.5, 2, 4)[:, None, None]
    answers = []
    with suppress(SolverError):
        answers = [maximise(program), *maximise_each(program, draws)]
    for found in answers:
        if found is not None:
            money = program.points[:, -1].sum()
            assert (program.matrix @ found.spends <= program.upper + 1e-7 * money).all()
            assert (program.matrix @ found.spends >= program.lower - 1e-7 * money).all()


def test_without_rows_every_draw_fills_what_gains() -> None:
    points = np.tile([0.0, 1.0, 2.0, 3.0], (2, 1))
    values = np.array([[0.0, 3.0, 4.0, 4.5], [0.0, 1.2, 1.3, 1.4]])
    none = np.zeros((0, 2))
    program = Program(points, values, none, np.zeros(0), np.zeros(0), Objective(1.0, 0.9))
    found = maximise_each(program, values * np.array([1.0, 2.0, 0.5])[:, None, None])
    # Each piece whose slope exceeds 0.9: by hand.
    assert [answer.spends.tolist() for answer in found if answer is not None] == [[2.0, 1.0], [3.0, 1.0], [1.0, 0.0]]


def test_a_small_limit_beside_a_large_one_holds() -> None:
    points = np.tile(np.linspace(0, 1, 101) ** 2 * 4e9, (3, 1))
    values = np.array([[1.0], [2.0], [3.0]]) * np.sqrt(points)
    matrix = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    ends = np.array([1e9, 1.0])
    found = maximise(Program(points, values, matrix, ends, ends, Objective()))
    assert found is not None
    assert found.spends[:2].sum() == pytest.approx(1.0, abs=1e-6)
    assert found.spends.sum() == pytest.approx(1e9, rel=1e-15)


def test_many_curves_from_one_start_are_as_good_as_from_scratch() -> None:
    rng = np.random.default_rng(5)
    points = np.tile(np.linspace(0, 1, 65) ** 2 * 100, (6, 1))
    values = rng.uniform(1, 3, (6, 1)) * np.sqrt(points)
    matrix = np.array([np.ones(6), [1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 0]], dtype=float)
    program = Program(points, values, matrix, np.array([150, -np.inf, 60]), np.array([150, 40, np.inf]), Objective())
    draws = values * rng.lognormal(0, 0.3, (40, 6, 1))
    for curves, found in zip(draws, maximise_each(program, draws), strict=True):
        alone = program.with_curves(points, curves)
        assert found is not None
        assert earned(alone, found.spends) == pytest.approx(scipy_value(alone), rel=1e-9)


def test_equal_curves_share_like_the_reference() -> None:
    points = np.tile([0.0, 100.0], (3, 1))
    program = Program(points, points.copy(), np.ones((1, 3)), np.array([90.0]), np.array([90.0]), Objective())
    found = maximise(program)
    assert found is not None
    np.testing.assert_allclose(break_ties(program, found, np.array([30.0, 40.0, 20.0])), [30, 40, 20], atol=1e-9)
    np.testing.assert_allclose(break_ties(program, found, np.full(3, np.nan)), [30, 30, 30], atol=2.5)
    short = break_ties(program, found, np.array([60.0, 60.0, 60.0]))
    assert short.sum() == pytest.approx(90)
    np.testing.assert_allclose(short, 30, atol=3)


def test_flat_curves_keep_what_was_spent() -> None:
    # Both curves are saturated: money beyond 10 earns nothing, wherever it goes.
    points = np.tile([0.0, 10.0, 100.0], (2, 1))
    program = Program(points, np.minimum(points, 10), np.ones((1, 2)), np.array([80.0]), np.array([80.0]), Objective())
    found = maximise(program)
    assert found is not None
    np.testing.assert_allclose(break_ties(program, found, np.array([55.0, 25.0])), [55, 25], atol=1e-9)

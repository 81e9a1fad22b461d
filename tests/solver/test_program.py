"""The program's own arithmetic: rows for SciPy, and the Lagrangian's weights."""

import numpy as np
import pytest

from mmm_groups.solver.program import Objective, Program, Requirement, inequalities


def test_rows_hold_exactly_where_the_limits_do() -> None:
    matrix = np.array([[1.0, 1.0], [1.0, -2.0], [0.0, 1.0]])
    lower, upper = np.array([-np.inf, 0.0, 1.0]), np.array([4.0, np.inf, 1.0])
    rows, ends = inequalities(matrix, lower, upper)
    assert rows.shape == (4, 2)
    for x in np.stack(np.meshgrid(np.linspace(0, 5, 11), np.linspace(0, 2, 9)), axis=-1).reshape(-1, 2):
        used = matrix @ x
        assert (rows @ x <= ends).all() == ((used >= lower) & (used <= upper)).all()


def test_without_limits_there_are_no_rows() -> None:
    rows, ends = inequalities(np.zeros((0, 3)), np.zeros(0), np.zeros(0))
    assert rows.shape == (0, 3)
    assert ends.shape == (0,)


def test_the_bound_is_the_largest_lagrangian_over_the_points() -> None:
    points, values = np.array([[0.0, 2.0, 5.0], [0.0, 1.0, 4.0]]), np.array([[0.0, 3.0, 4.0], [0.0, 2.0, 2.5]])
    objective = Objective(2.0, 0.5, Requirement(response_weight=1.0, spend_weight=0.25, minimum=1.5))
    program = Program(points, values, np.array([[1.0, 1.0]]), np.array([-np.inf]), np.array([4.0]), objective)
    price, requirement_price = 0.75, 0.4
    by_hand = max(
        2.0 * (a + b) - 0.5 * (x + y) + price * (4.0 - x - y) + requirement_price * ((a + b) - 0.25 * (x + y) - 1.5)
        for x, a in zip(points[0], values[0], strict=True)
        for y, b in zip(points[1], values[1], strict=True)
    )
    assert program.bound(np.array([price]), requirement_price) == pytest.approx(by_hand, rel=1e-14)

"""The best split at every spend against enumeration and a closed form."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reference import best_by_enumeration, interpolated

from mmm_groups.groups.best_split import best_split_path

POINTS = np.linspace(0, 60, 61)


def hill(top: float, half: float, slope: float) -> np.ndarray:
    return np.asarray(top * POINTS**slope / (half**slope + POINTS**slope))


def test_square_roots_have_a_closed_form() -> None:
    points = 100 * np.linspace(0, 1, 2000) ** 2
    spend, parts = best_split_path([points, points], [3 * np.sqrt(points), np.sqrt(points)])
    inside = parts[0] < 99
    np.testing.assert_allclose(parts[0][inside], 0.9 * spend[inside], atol=0.1)
    np.testing.assert_allclose(parts.sum(axis=0), spend)


@settings(max_examples=25, deadline=None)
@given(
    shapes=st.lists(st.tuples(st.floats(1, 9), st.floats(5, 50), st.floats(0.7, 4)), min_size=3, max_size=3),
    steps=st.integers(1, 50),
)
def test_three_members_against_enumeration(shapes: list[tuple[float, float, float]], steps: int) -> None:
    values = [hill(*shape) for shape in shapes]
    spend, parts = best_split_path([POINTS] * 3, values)
    at = steps * 180 / 400  # a spend on the grid of the dynamic program
    found = sum(interpolated(float(np.interp(at, spend, parts[i])), POINTS, values[i]) for i in range(3))
    curves = [lambda x, v=v: interpolated(x, POINTS, v) for v in values]
    best, _ = best_by_enumeration(curves, at, steps, allowed=lambda s: max(s) <= 60)
    assert found >= best - 1e-9 * max(best, 1)
    np.testing.assert_allclose(parts.sum(axis=0), spend, atol=1e-9)
    assert (parts >= 0).all()
    assert (parts <= 60 + 1e-9).all()

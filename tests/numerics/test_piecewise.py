"""Interpolation, derivatives and envelopes of piecewise linear curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.reference import interpolated

from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.piecewise import (
    concave_envelope,
    equidistributed,
    interpolate,
    nearest_reaching,
    slopes_at_points,
)

POINTS = np.array([0.0, 1.0, 2.5, 4.0, 7.0])
numbers = st.floats(-1e6, 1e6)


@given(arrays(float, 5, elements=numbers), st.floats(0, 7))
def test_interpolation_reads_the_chord(values: np.ndarray, at: float) -> None:
    found = float(interpolate(POINTS, values, at))
    assert np.isclose(found, interpolated(at, POINTS, values), rtol=1e-9, atol=1e-6)


def test_many_curves_at_many_places() -> None:
    values = np.array([[0.0, 1, 2, 3, 4], [0, 2, 4, 6, 8]], dtype=np.float32)
    np.testing.assert_allclose(interpolate(POINTS, values, np.array([0.5, 7.0])), [[0.5, 4.0], [1.0, 8.0]])


def test_points_give_their_own_values_exactly() -> None:
    values = np.random.default_rng(0).normal(size=5)
    assert (interpolate(POINTS, values, POINTS) == values).all()


def test_slopes_are_exact_for_parabolas() -> None:
    np.testing.assert_allclose(slopes_at_points(POINTS, POINTS**2 - 3 * POINTS), 2 * POINTS - 3, atol=1e-12)


@given(arrays(float, 5, elements=st.floats(-100, 100)))
def test_the_envelope_is_the_least_concave_curve_above(values: np.ndarray) -> None:
    envelope = concave_envelope(POINTS, values)
    assert (envelope >= values - 1e-9).all()
    slopes = np.diff(envelope) / np.diff(POINTS)
    assert (np.diff(slopes) <= 1e-9 * (1 + np.abs(slopes).max())).all()
    # Least: at every point some chord between two points of the curve reaches it.
    for x, y in zip(POINTS, envelope, strict=True):
        chords = [
            interpolated(x, (a, b), (va, vb))
            for a, va in zip(POINTS, values, strict=True)
            for b, vb in zip(POINTS, values, strict=True)
            if a <= x <= b and a < b
        ]
        assert np.isclose(y, max(chords), atol=1e-7)


def test_equidistributed_points_follow_the_density() -> None:
    points = np.linspace(0, 1, 1001)
    placed = equidistributed(points, 2 * points, 11)
    np.testing.assert_allclose(placed, np.sqrt(np.linspace(0, 1, 11)), atol=1e-3)


def test_the_interval_is_arviz_s() -> None:
    import arviz_stats.base as oracle

    draws = np.random.default_rng(1).gamma(2.0, size=(400, 7))
    low, high = hdi(draws, 0.94)
    np.testing.assert_allclose(
        np.stack([low, high], axis=-1), oracle.array_stats.hdi(draws, prob=0.94, axis=0), rtol=1e-12
    )


def test_the_nearest_place_that_reaches_a_value_is_up_for_more_and_down_for_less() -> None:
    points, values = np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 2.0, 1.0, 5.0])
    assert nearest_reaching(points, values, 0.5, 1.5) == pytest.approx(0.75)
    assert nearest_reaching(points, values, 2.5, 4.0) == pytest.approx(3.75)
    assert nearest_reaching(points, values, 2.5, 0.5) == pytest.approx(0.25)
    assert nearest_reaching(points, values, 2.5, 1.5) == 2.5
    assert np.isnan(nearest_reaching(points, values, 2.5, 6.0))


def test_the_slope_at_the_beginning_of_an_s_shape_is_not_below_nothing() -> None:
    points = np.linspace(0, 1, 30)
    slopes = slopes_at_points(points, points**3)
    assert slopes[0] == 0.0
    np.testing.assert_allclose(slopes[1:-1], 3 * points[1:-1] ** 2, atol=2e-3)
    assert slopes_at_points(points, -np.sqrt(points))[0] < 0  # what hurts from the first money on keeps its sign

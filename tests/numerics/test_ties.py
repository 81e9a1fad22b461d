"""A tie is a tie, whatever the unit."""

import numpy as np
import pytest

from mmm_groups.numerics.ties import difference


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e12])
def test_rounding_is_no_difference_in_any_unit(unit: float) -> None:
    thirds = np.array([1 / 3 + 1 / 3 + 1 / 3, 0.1 + 0.2, 2.0, 0.0, np.nan]) * unit
    whole = np.array([1.0, 0.3, 1.0, 0.0, 1.0]) * unit
    np.testing.assert_array_equal(difference(thirds, whole), np.array([0.0, 0.0, 1.0, 0.0, np.nan]) * unit)

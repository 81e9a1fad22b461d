"""The small curves on the cards are the group's curve."""

from dataclasses import replace

import numpy as np
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.groups.small_curves import small_curves


def test_a_group_of_root_curves_is_the_sum_along_its_historical_split() -> None:
    curves = root_curves([3.0, 1.0], points=4000, top=400.0, history=[30.0, 10.0])
    made = small_curves(mg.group_curves(curves, mg.ChannelGroups({"Both": ["c0", "c1"]})), points=9)["Both"]
    assert (made.spend[0], made.response[0]) == (0.0, 0.0)
    assert np.allclose(np.diff(made.spend), made.spend[1])
    assert made.reference == pytest.approx(40.0)
    assert made.known_up_to == pytest.approx(40.0)
    assert made.spend[-1] == pytest.approx(60.0)  # half again beyond what was spent
    expected = 3 * np.sqrt(0.75 * made.spend) + np.sqrt(0.25 * made.spend)
    assert made.response == pytest.approx(expected, rel=1e-3)


def test_what_is_not_known_is_not_a_number() -> None:
    curves = root_curves([1.0, 1.0])
    unknown = replace(
        curves, reference_spend=curves.reference_spend * np.nan, largest_spend=curves.largest_spend * np.nan
    )
    made = small_curves(mg.group_curves(unknown))
    assert list(made) == ["c0", "c1"]
    assert np.isnan([made["c0"].reference, made["c0"].known_up_to]).all()
    assert made["c0"].spend[-1] == pytest.approx(100.0)  # to the end of the curve


def test_only_the_groups_that_are_asked_for_and_only_known_ones() -> None:
    curves = mg.group_curves(root_curves([3.0, 1.0, 2.0]))
    assert small_curves(curves, ["c2"])["c2"].response == pytest.approx(small_curves(curves)["c2"].response)
    assert list(small_curves(curves, ["c2"])) == ["c2"]
    with pytest.raises(mg.MmmGroupsError, match=r"There is no group 'c9'.*'c0', 'c1', 'c2'"):
        small_curves(curves, ["c9"])

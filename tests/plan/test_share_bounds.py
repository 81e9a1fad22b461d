"""How far shares may move, against splitting the plan again with many shares and seeing what is refused."""

import numpy as np
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import SplitError
from mmm_groups.numerics.labelled import number_at
from mmm_groups.plan.share_bounds import share_bounds
from mmm_groups.problem.constraints import Constraint

C = mg.ConstraintBuilder
STEP = 0.025
GROUPS = mg.ChannelGroups({"Both": ["c0", "c1"], "Three": ["c2", "c3", "c4"]})


def planned(*constraints: Constraint, total: float = 60.0) -> mg.Plan:
    curves = root_curves([3.0, 1.0, 2.0, 2.0, 1.0], history=[10.0] * 5)
    return mg.optimize(curves, goal=mg.FixedBudget(total), groups=GROUPS, constraints=constraints)


def allowed(plan: mg.Plan, group: str, channel: str) -> tuple[float, float]:
    """Smallest and largest share, in steps of 2.5 %, that `split_plan` lets a channel of a group of two have."""
    (other,) = [name for name in GROUPS.over(plan.problem.channel_curves.channels)[group] if name != channel]
    fits = []
    for share in np.arange(41) * STEP:
        try:
            mg.split_plan(plan, {group: {channel: share, other: 1 - share}})
        except SplitError:
            continue
        fits.append(share)
    return min(fits), max(fits)


@pytest.mark.parametrize(
    "constraint",
    [
        C.spend_bounds("c0", 5.0, 20.0),
        C.group_max_ratio(["c1"], 0.4),
        C.group_min_ratio(["c0"], 0.2),
        C.group_min_spend(["c1", "c2"], 12.0),
        C.ratio_between(["c0"], ["c1"], max=2.0),
    ],
    ids=lambda constraint: type(constraint).__name__,
)
def test_bounds_are_what_splitting_again_accepts(constraint: Constraint) -> None:
    plan = planned(constraint)
    bounds = share_bounds(plan, "Both")
    for channel in ("c0", "c1"):
        low, high = allowed(plan, "Both", channel)
        assert low - STEP < number_at(bounds, channel, "lower") <= low + 1e-9
        assert high - 1e-9 <= number_at(bounds, channel, "upper") < high + STEP
    assert (bounds[["lower_by", "upper_by"]] != "").any(axis=None)


def test_a_limit_on_some_of_three_bounds_none_by_itself() -> None:
    plan = planned(C.group_max_spend(["c2", "c3"], 15.0))
    bounds = share_bounds(plan, "Three")
    # It leaves at least the rest to the third one.
    assert bounds.loc["c4", "lower"] == pytest.approx(1 - 15.0 / plan.spends["Three"])
    assert bounds.loc[["c2", "c3"], "upper"].tolist() == [1.0, 1.0]
    assert bounds.loc["c4", "lower_by"] != ""


def test_nothing_holds_without_limits_but_the_end_of_a_curve() -> None:
    free = share_bounds(planned(), "Both")
    assert free["lower"].tolist() == [0.0, 0.0]
    assert free["upper"].tolist() == [1.0, 1.0]
    assert (free[["lower_by", "upper_by"]] == "").all(axis=None)
    plan = planned(C.spend_bounds("Both", 160.0, None), total=220.0)
    ends = share_bounds(plan, "Both")
    assert ends.loc["c0", "upper"] == pytest.approx(100.0 / plan.spends["Both"])
    assert ends.loc["c0", "upper_by"] == "the curve of c0 ends at 100"


def test_an_unknown_group_is_named() -> None:
    with pytest.raises(SplitError, match=r"no group 'Bth' in the plan. Its groups are \['Both', 'Three'\]"):
        share_bounds(planned(), "Bth")

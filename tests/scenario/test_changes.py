"""What typing changes: the next scenario holds what was typed, in force or kept."""

from datetime import date

import pytest

import mmm_groups as mg
from mmm_groups.scenario.changes import (
    changed,
    checked,
    typed_limits,
    with_channels_split,
    with_flighting,
    with_goal,
    with_kept,
    with_limits,
    with_split,
)
from mmm_groups.scenario.fields import Group, RuleFlighting, Source, TableFlighting
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

pytestmark = pytest.mark.unit

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b", "c"))
PARTS = mg.SubChannels("a", {"left": 0.5, "right": 0.5})
AT_MOST = RowLimit(upper=5.0)
C = mg.ConstraintBuilder


@pytest.fixture
def typed() -> Scenario:
    group = Group(id="g", name="G", color=0, channels=("a", "b"))
    return Scenario(name="A", source=SOURCE, groups=(group,), goal=mg.FixedBudget(10.0))


def test_a_field_that_there_is_not_is_refused(typed: Scenario) -> None:
    with pytest.raises(TypeError, match=r"no \['budget'\]"):
        changed(typed, budget=1.0)
    with pytest.raises(TypeError, match=r"keeps no \['goal'\]"):
        with_kept(typed, goal=None)


def test_a_goal_without_its_number_is_none_yet_and_loses_nothing(typed: Scenario) -> None:
    half = with_goal(typed, GoalInputs(kind="target_roi", utility="quantile", quantile=0.2), 7.0)
    assert (half.goal, half.utility, half.budget) == (None, mg.Quantile(0.2), 7.0)
    whole = with_goal(half, GoalInputs(kind="target_roi").with_value(2.0), 7.0)
    assert (whole.goal, whole.budget, whole.kept.budget) == (mg.TargetRoi(2.0), 7.0, 7.0)
    back = with_goal(whole, GoalInputs(values={"target_roi": 2.0}), 7.0)
    assert (back.goal, back.budget, back.kept.budget) == (mg.FixedBudget(7.0), 7.0, None)
    assert back.kept.goal_inputs == GoalInputs(values={"target_roi": 2.0})


def test_limits_of_a_part_that_is_merged_are_kept_until_it_is_back(typed: Scenario) -> None:
    limits = {("channel", "left"): AT_MOST, ("channel", "c"): AT_MOST, ("group", "g"): AT_MOST}
    split = with_limits(with_channels_split(changed(typed, groups=()), (PARTS,)), limits)  # type: ignore[arg-type]
    split = changed(split, constraints=(C.group_max_spend(["left", "c"], 3.0),))
    merged = with_channels_split(split, ())
    assert [row.key for row in merged.limits] == ["c", "g"]
    assert [row.key for row in merged.kept.limits] == ["left"]
    assert (merged.constraints, merged.kept.constraints) == ((), split.constraints)
    again = with_channels_split(merged, (PARTS,))
    assert typed_limits(again) == typed_limits(split) == limits
    assert (again.kept.limits, again.kept.constraints, again.constraints) == ((), (), split.constraints)


def test_shares_and_locks_are_typed_apart(typed: Scenario) -> None:
    locked = with_split(typed, ("a", "b"), locked=("a",))
    shared = with_split(locked, ("b", "a"), shares={"a": 0.25, "b": 0.75})
    assert len(shared.splits) == 1
    split = shared.split_of(("b", "a"))
    assert split is not None
    assert (split.channels, split.shares, split.locked) == (("a", "b"), {"a": 0.25, "b": 0.75}, ("a",))
    assert with_split(shared, ("a", "b"), shares="historical").splits == locked.splits
    assert with_split(locked, ("a", "b"), locked=()).splits == ()


def test_the_planners_own_table_is_kept_beside_a_rule(typed: Scenario) -> None:
    table = TableFlighting(dates=(date(2026, 1, 5),), weights={"a": (1.0,)})
    ruled = with_flighting(typed, RuleFlighting(rule="last_year"), table)
    assert (ruled.table, ruled.kept.flighting) == (table, table)
    chosen = with_flighting(ruled, table)
    assert (chosen.flighting, chosen.table, chosen.kept.flighting) == (table, table, None)


def test_what_cannot_be_stored_is_said(typed: Scenario) -> None:
    assert checked(typed) == typed
    with pytest.raises(mg.MmmGroupsError, match="'name' of the Scenario"):
        checked(changed(typed, name=""))
    with pytest.raises(mg.MmmGroupsError, match="add up to 130"):
        checked(with_split(typed, ("a", "b"), shares={"a": 0.6, "b": 0.7}))

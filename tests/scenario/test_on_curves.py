"""What a scenario means on curves: splits and constraints, against what is typed."""

import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.groups.shares import rules_by_members, without_history
from mmm_groups.scenario.fields import Group, LimitRow, MemberSplit, Source
from mmm_groups.scenario.on_curves import constraints_on, constraints_on_sets, split_channel_constraints, split_on
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

pytestmark = pytest.mark.unit

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("c0", "c1", "c2", "c3"))
PARTS = mg.SubChannels("c0", {"left": 0.5, "right": 0.5})
C = mg.ConstraintBuilder


@pytest.fixture(scope="module")
def curves() -> mg.ResponseCurves:
    return root_curves([3.0, 1.0, 2.0, 1.5], history=[10.0, 20.0, 0.0, 0.0])


def test_shares_are_even_where_history_gives_none_and_nobody_typed_any(curves: mg.ResponseCurves) -> None:
    groups = {"Old": ("c0", "c1"), "New": ("c2", "c3")}
    assert without_history(curves, groups) == ["New"]
    assert without_history(curves, {"Mixed": ("c1", "c2"), "c3": ("c3",)}) == []
    even = {"c2": 0.5, "c3": 0.5}
    assert rules_by_members(curves, groups, {}) == {"Old": "historical", "New": even}
    typed = {frozenset({"c3", "c2"}): {"c2": 0.1, "c3": 0.9}, frozenset({"c0"}): "marginal_roi"}
    assert rules_by_members(curves, groups, typed, "marginal_roi") == {  # type: ignore[arg-type]
        "Old": "marginal_roi",
        "New": {"c2": 0.1, "c3": 0.9},
    }


def test_a_scenario_says_the_split_of_every_group_of_several_channels(curves: mg.ResponseCurves) -> None:
    groups = (Group(id="o", name="Old", color=0, channels=("c1", "c0")),)
    splits = (MemberSplit(channels=("c0", "c1"), shares={"c0": 0.3, "c1": 0.7}),)
    scenario = Scenario(name="A", source=SOURCE, groups=groups, splits=splits)
    assert split_on(scenario, curves, splits) == {"Old": {"c0": 0.3, "c1": 0.7}}
    assert split_on(scenario, curves, ()) == {"Old": "historical"}


def test_a_group_with_the_name_of_a_split_channel_has_limits_of_its_own(curves: mg.ResponseCurves) -> None:
    scenario = Scenario(
        name="A",
        source=SOURCE,
        sub_channels=(PARTS,),
        groups=(Group(id="g", name="c0", color=0, channels=("left", "c1")),),
        channel_limits=True,
        limits=(
            LimitRow(of="group", key="g", limit=RowLimit(upper=5.0)),
            LimitRow(of="channel", key="c0", limit=RowLimit(upper=9.0)),
        ),
        constraints=(C.group_min_spend(["c2", "c3"], 1.0),),
    )
    parted = curves.with_subchannels((PARTS,))
    assert split_channel_constraints(scenario, parted) == (C.group_max_spend(["left", "right"], 9.0),)
    assert constraints_on_sets(scenario, parted) == [
        C.group_max_spend(["left", "right"], 9.0),
        C.group_min_spend(["c2", "c3"], 1.0),
    ]
    assert constraints_on(scenario, parted)[0] == C.spend_bounds("c0", upper=5.0)

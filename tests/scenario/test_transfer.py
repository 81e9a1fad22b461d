"""A scenario on another source: names follow the mapping everywhere, and what is left out is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.scenario_strategies import scenarios

import mmm_groups as mg
from mmm_groups.scenario.channel_mapping import channel_differences
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.scenario.fields import (
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    RuleFlighting,
    Source,
    Window,
)
from mmm_groups.scenario.media_plans import KeptPlan, MediaPlans
from mmm_groups.scenario.references import GivenReference
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.transfer import transfer

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b", "c", "d"))
C = mg.ConstraintBuilder


def other(*channels: str) -> Source:
    return Source(kind="curves", name="other", sha256="cd" * 32, channels=channels)


def rich() -> Scenario:
    return Scenario(
        name="Plan",
        source=SOURCE,
        goal=mg.FixedBudget(100.0),
        groups=(
            Group(id="1", name="G", color=0, channels=("a", "b")),
            Group(id="2", name="D", color=1, channels=("d",)),
        ),
        splits=(MemberSplit(channels=("a", "b"), shares={"a": 0.25, "b": 0.75}, locked=("b",)),),
        limits=(
            LimitRow(of="group", key="1", limit=RowLimit(lower=-20.0, unit="change")),
            LimitRow(of="group", key="2", limit=RowLimit(upper=9.0)),
            LimitRow(of="channel", key="a", limit=RowLimit(lower=2.0)),
        ),
        kept=Kept(ungrouped=("c", "d")),
        constraints=(C.lock("a", 5.0), C.group_max_spend(["G", "c"], 50.0), C.ratio_between(["d"], ["c"], max=2.0)),
        prices={"a": 2.0, "d": 3.0},
        flighting=RuleFlighting(by_channel={"a": "last_year", "d": "last_year"}),
        reference=GivenReference(spends={"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}, of="Agency"),
        media_plans=MediaPlans(
            kept=(KeptPlan(name="Agency", origin="totals", window=None, money=dict.fromkeys("abcd", (5.0,))),),
            shown="Agency",
            names={"Telly": "a", "Fees": None, "Social": "G", "Radio ads": "d"},
        ),
    )


def test_other_channels_are_named() -> None:
    gone = channel_differences(rich(), other("a", "b", "c", "x"))
    assert (gone.missing, gone.new) == (("d",), ("x",))
    with pytest.raises(mg.MmmGroupsError, match=r"Missing: \['d'\]; new: \['x'\]. Say which"):
        transfer(rich(), other("a", "b", "c", "x"))
    with pytest.raises(mg.MmmGroupsError, match=r"does not have \['d'\]. Map each.*new there: \['x'\]"):
        transfer(rich(), other("a", "b", "c", "x"), {})


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"z": "a"}, "channels the scenario does not have: \\['z'\\]"),
        ({"d": "y"}, "leads to channels that 'other' does not have: \\['y'\\]"),
        ({"d": "a"}, "Two channels cannot become one: {'a': \\['a', 'd'\\]}"),
    ],
)
def test_a_wrong_mapping_is_refused(mapping: dict[str, str], said: str) -> None:
    with pytest.raises(mg.MmmGroupsError, match=said):
        transfer(rich(), other("a", "b", "c", "x"), mapping)


def test_names_change_everywhere() -> None:
    new = transfer(rich(), other("x", "c", "b", "d"), {"a": "x"})
    made = new.scenario
    assert new.changes == ()
    assert made.all_groups() == {"G": ("x", "b"), "D": ("d",), "c": ("c",)}
    assert made.splits[0].shares == {"x": 0.25, "b": 0.75}
    assert made.constraints[0] == C.lock("x", 5.0)
    assert [(row.key, row.limit.lower) for row in made.limits] == [("1", -20.0), ("2", None), ("x", 2.0)]
    assert made.kept.ungrouped == ("c", "d")
    assert made.prices == {"x": 2.0, "d": 3.0}
    assert made.flighting == RuleFlighting(by_channel={"x": "last_year", "d": "last_year"})
    assert made.reference == GivenReference(spends={"x": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}, of="Agency")
    assert made.media_plans.kept[0].totals == dict.fromkeys("xbcd", 5.0)
    assert made.media_plans.names == {"Telly": "x", "Fees": None, "Social": "G", "Radio ads": "d"}
    assert made.source.name == "other"


def test_media_plans_go_along_and_what_they_lose_is_said() -> None:
    new = transfer(rich(), other("a", "b", "c", "e"), {"d": None})
    plans = new.scenario.media_plans
    assert plans.shown_plan is not None
    assert plans.shown_plan.totals == {"a": 5.0, "b": 5.0, "c": 5.0, "e": 0.0}
    assert plans.names == {"Telly": "a", "Fees": None, "Social": "G"}  # what “Radio ads” are is asked again
    assert "The media plan “Agency” loses its money on d." in new.changes
    assert "The media plan “Agency” spends nothing on e." in new.changes


def test_a_move_between_models_and_curves_says_what_only_a_model_can_answer() -> None:
    window = Window(start=date(2026, 1, 5), end=date(2026, 3, 30))
    model = other("a", "b", "c", "d").model_copy(update={"kind": "model"})
    up = transfer(rich().model_copy(update={"prices": {}}), model, window=window)
    assert up.scenario.window == window
    assert up.changes == ("It is planned for 2026-01-05 to 2026-03-30, because it named no dates.",)
    on_model = rich().model_copy(update={"source": model, "window": window, "reach": 9.0})
    down = transfer(on_model, SOURCE, window=None)
    assert down.scenario.window is None
    assert (down.scenario.prices, down.scenario.reach) == ({}, None)
    assert down.scenario.flighting == RuleFlighting()
    assert down.changes == (
        "Left out, because 'curves' holds curves alone: the window 2026-01-05 to 2026-03-30, the flighting, the prices "
        "per unit, how far the curves should reach.",
    )


def test_two_channels_may_swap_names() -> None:
    made = transfer(rich(), other("a", "b", "c", "d"), {"a": "b", "b": "a"}).scenario
    assert made.splits[0].shares == {"b": 0.25, "a": 0.75}
    assert made.constraints[0] == C.lock("b", 5.0)


def test_what_is_left_out_is_told() -> None:
    new = transfer(rich(), other("a", "b", "c", "x"), {"d": None})
    made = new.scenario
    assert made.all_groups() == {"G": ("a", "b"), "c": ("c",), "x": ("x",)}
    assert made.constraints == (C.lock("a", 5.0), C.group_max_spend(["G", "c"], 50.0))
    assert made.prices == {"a": 2.0}
    assert new.changes == (
        "Left out: d.",
        "The limit ratio_between on d, c is left out, because a channel of it is.",
        "The limits of D are left out, because it is.",
        "New, and planned one by one: x.",
        "The given reference spends nothing on x.",
        "The media plan “Agency” loses its money on d.",
        "The media plan “Agency” spends nothing on x.",
    )
    lost = transfer(rich(), other("a", "c", "d"), {"b": None})
    assert lost.scenario.splits == ()
    assert "The split of a, b is left out, because a channel of it is." in lost.changes


@examples(40)
@given(scenarios())
def test_a_move_and_back_changes_nothing(made: Scenario) -> None:
    there = {name: f"new {place}" for place, name in enumerate(made.source.channels)}
    away = made.source.model_copy(update={"channels": tuple(there.values()), "sha256": "ef" * 32})
    on_other = transfer(made, away, there).scenario
    back = transfer(on_other, made.source, {new: old for old, new in there.items()}).scenario
    assert back.inputs_hash == made.inputs_hash


def at_rest(channels: tuple[str, ...]) -> dict[str, Any]:
    """What names every channel and is not in force."""
    return {
        "constraints": (
            C.group_min_spend(channels, 1.0),
            C.ratio_between(channels[:1], channels[1:], max=2.0),
            C.change_bounds(channels, 0.0),
            *(C.lock(name, 1.0) for name in channels),
        ),
        "limits": tuple(LimitRow(of="channel", key=name, limit=RowLimit(upper=1.0)) for name in channels),
        "export_mapping": DisaggregationMappingConfig(channels={name: {"row": 1.0} for name in channels}),
    }


def texts_in(value: object) -> set[str]:
    """Every text of a document, keys and values."""
    if isinstance(value, dict):
        return texts_in(list(value)) | texts_in(list(value.values()))
    if isinstance(value, list):
        return set().union(*map(texts_in, value))
    return {value} if isinstance(value, str) else set()


@examples(40)
@given(scenarios(st.integers(0, 99).map("old {}".format)), st.data())
def test_no_old_name_survives(made: Scenario, data: st.DataObject) -> None:
    channels = made.source.channels
    left_out = data.draw(st.sets(st.sampled_from(channels)))
    there = {name: None if name in left_out else f"new {place}" for place, name in enumerate(channels)}
    stay = [name for name in there.values() if name is not None]
    source = made.source.model_copy(update={"channels": (*stay, "fresh"), "sha256": "ef" * 32})
    typed = made.model_copy(update={"kept": made.kept.model_copy(update=at_rest(channels))})
    new = transfer(typed, source, there)
    assert not texts_in(new.scenario.model_dump(mode="json")) & set(channels)
    assert all(name in " ".join(new.changes) for name in left_out)
    if not left_out:
        assert new.scenario.kept.model_copy(update={"flighting": None, "ungrouped": ()}) == typed.kept.model_copy(
            update={"flighting": None, "ungrouped": ()} | at_rest(tuple(stay))
        )


def test_what_is_at_rest_follows_and_what_is_left_out_of_it_is_told() -> None:
    typed = rich().model_copy(update={"kept": Kept(**at_rest(("a", "d")))})
    new = transfer(typed, other("x", "b", "c"), {"a": "x", "d": None})
    kept = new.scenario.kept
    assert kept.constraints == (C.lock("x", 1.0),)
    assert [row.key for row in kept.limits] == ["x"]
    assert kept.export_mapping == DisaggregationMappingConfig(channels={"x": {"row": 1.0}})
    for sentence in (
        "The limit group_min_spend on a, d is left out, because a channel of it is.",
        "The limits of d are left out, because it is.",
        "The export rows of d are left out, because it is.",
    ):
        assert sentence in new.changes
    gone = DisaggregationMappingConfig(channels={"d": {"row": 1.0}})
    only_d = rich().model_copy(update={"kept": Kept(export_mapping=gone)})
    nothing = transfer(only_d, other("a", "b", "c"), {"d": None})
    assert nothing.scenario.kept.export_mapping is None


def test_a_split_at_rest_goes_along_unless_a_new_channel_bears_a_name_of_it() -> None:
    # Of sub-channels of a channel that is whole again.
    split = MemberSplit(channels=("feed", "reels"), shares={"feed": 0.5, "reels": 0.5})
    typed = rich().model_copy(update={"splits": (split,)})
    assert transfer(typed, other("a", "b", "c", "d"), {}).scenario.splits == (split,)
    new = transfer(typed, other("a", "b", "c", "reels"), {"d": None})
    assert new.scenario.splits == ()
    assert "The split of feed, reels is left out, because a channel of it is." in new.changes

"""A scenario is everything that was typed: it survives JSON, old forms, and another model."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from support.scenario_forms import OLD_FORMS
from support.scenario_strategies import scenarios

import mmm_groups as mg
from mmm_groups.scenario.document import read_scenario, scenario_json, upgraded
from mmm_groups.scenario.fields import (
    GivenReference,
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    PlanSummary,
    RuleFlighting,
    Settings,
    Source,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.move import channel_differences, moved
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b", "c", "d"))
C = mg.ConstraintBuilder


def scenario(**how: object) -> Scenario:
    return Scenario(**{"name": "Plan", "source": SOURCE, "goal": mg.FixedBudget(100.0)} | how)


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_json_gives_back_what_was_typed(made: Scenario) -> None:
    read = read_scenario(scenario_json(made))
    assert read == made
    assert read.inputs_hash == made.inputs_hash
    assert read_scenario(scenario_json(made, indent=2).encode()) == made


@pytest.mark.parametrize("path", OLD_FORMS, ids=lambda path: path.stem)
def test_documents_of_every_form_are_read(path: Path) -> None:
    read = read_scenario(path.read_text())
    assert read.goal == mg.FixedBudget(4_400_000)
    assert read.all_groups()["Meta"] == ("facebook", "instagram")
    assert read.constraints[0] == C.group_max_spend(["tiktok"], 400_000)


def test_figures_of_an_old_form_still_answer_to_its_inputs() -> None:
    text = OLD_FORMS[0].read_text()
    assert not read_scenario(text).is_stale
    changed = json.loads(text)
    changed["constraints"][0]["amount"] += 1
    assert read_scenario(json.dumps(changed)).is_stale
    del changed["reach"]  # written by hand: nobody knows what its figures answer to
    assert read_scenario(json.dumps(changed)).is_stale


def test_form_1_kept_goals_one_by_one() -> None:
    old = json.loads(OLD_FORMS[0].read_text())
    old["kept"]["goals"] = [
        {"kind": "fixed_budget", "total": 7.0},
        {"kind": "target_roi", "value": 2.0, "min_budget": 1.0, "max_budget": None},
        {"kind": "max_profit", "margin": 0.3, "min_budget": None, "max_budget": 9.0},
    ]
    kept = read_scenario(json.dumps(old)).kept
    assert kept.budget == 7.0
    assert kept.goal_inputs == GoalInputs(values={"target_roi": 2.0, "max_profit": 0.3}, max_budget=9.0)


def test_every_form_has_a_document() -> None:
    assert [path.stem for path in OLD_FORMS] == [f"version_{n}" for n in range(1, scenario().schema_version + 1)]


def test_old_forms_go_up_step_by_step() -> None:
    steps = {1: lambda old: old | {"two": old.pop("one")}, 2: lambda old: old | {"three": old["two"] + 1}}
    assert upgraded({"schema_version": 1, "one": 1}, steps, 3) == {"schema_version": 3, "two": 1, "three": 2}
    assert upgraded({"schema_version": 2, "two": 5}, steps, 3) == {"schema_version": 3, "two": 5, "three": 6}
    with pytest.raises(mg.MmmGroupsError, match="form 1 cannot be read any more"):
        upgraded({"schema_version": 1}, {}, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no valid JSON"),
        ("[1]", "a JSON object with names and values, not list"),
        ("{}", "'schema_version' is None"),
        ('{"schema_version": true}', "'schema_version' is True"),
        ('{"schema_version": 99}', "written by a later version of the app"),
        ('{"schema_version": 1, "reach": NaN}', "NaN is no number"),
        ("[" * 100_000, "no valid JSON"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, said: str) -> None:
    with pytest.raises(mg.MmmGroupsError, match=said):
        read_scenario(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"goal": {"kind": "fixed_budget"}}, "A goal, a limit or a split of a channel.*misses a value"),
        ({"goal": {"kind": "fixed_budget", "total": -1}}, "FixedBudget is -1"),
        ({"goal": {"kind": "wish"}}, "goal.*'wish'"),
        ({"colour": 1}, "'colour' of the Scenario"),
        ({"name": ""}, "'name' of the Scenario"),
        ({"window": {"start": "2026-02-01", "end": "2026-01-01"}}, "ends on 2026-01-01, before it starts"),
        ({"source": SOURCE.model_dump() | {"kind": "model"}}, "needs its window"),
        ({"source": SOURCE.model_dump() | {"channels": ["a", "a"]}}, "stand twice: \\['a'\\]"),
        ({"groups": [{"id": "1", "name": "G", "color": 0, "channels": ["x"]}]}, "channels the model does not have"),
        ({"groups": [{"id": "1", "name": "G", "color": 10, "channels": []}]}, "color"),
        ({"splits": [{"channels": ["a", "b"], "shares": {"a": 0.5, "b": 0.6}}]}, "add up to 110.0000%"),
        ({"splits": [{"channels": ["a", "b"], "shares": {"a": 1}}]}, "names \\['a'\\], but is for \\['a', 'b'\\]"),
        ({"splits": [{"channels": ["a"], "shares": "historical", "locked": ["b"]}]}, "locks channels .*'b'"),
        ({"splits": [{"channels": ["a"], "shares": "historical"}] * 2}, "channels of splits must differ"),
        ({"limits": [{"of": "group", "key": "g", "limit": {}}]}, "does not have: \\['group g'\\]"),
        ({"limits": [{"of": "channel", "key": "a", "limit": {}}] * 2}, "rows of limits must differ"),
        ({"limits": [{"of": "channel", "key": "a", "limit": {"lower": "x"}}]}, "'limit.lower' of the LimitRow"),
    ],
)
def test_a_refusal_names_the_culprit(change: dict[str, object], said: str) -> None:
    document = json.loads(scenario_json(scenario())) | change
    with pytest.raises(mg.MmmGroupsError, match=said):
        read_scenario(json.dumps(document))


def test_a_table_needs_a_weight_for_each_date() -> None:
    with pytest.raises(mg.MmmGroupsError, match="'a' has 1 weights for 2 dates"):
        TableFlighting(dates=["2026-01-05", "2026-01-12"], weights={"a": [1.0]})


def test_the_summary_is_stale_when_numbers_change_and_only_then() -> None:
    figures = {"groups": {}, "channels": {}, "group_response": {}, "response": 1.0, "objective": 1.0}
    group = Group(id="1", name="G", color=0, channels=("a", "b"))
    split = MemberSplit(channels=("a", "b"), shares={"a": 0.5, "b": 0.5})
    made = scenario(groups=[group], splits=[split])
    made = made.model_copy(update={"summary": PlanSummary(answers_to=made.inputs_hash, **figures)})
    looks = {
        "name": "Other",
        "notes": "why",
        "settings": Settings(currency="$"),
        "groups": (Group(id="1", name="G", color=7, channels=("a", "b")),),
        "splits": (
            MemberSplit(channels=("b", "a"), shares={"a": 0.5, "b": 0.5}, locked=("a",)),
            MemberSplit(channels=("c", "d"), shares="marginal_roi"),  # no group now
        ),
        "kept": Kept(budget=5.0, goal_inputs=GoalInputs(kind="target_roi"), ungrouped=("d", "c")),
        "limits": (
            LimitRow(of="channel", key="a", limit=RowLimit(upper=1.0)),  # inside a group, and such rows are off
            LimitRow(of="channel", key="c", limit=RowLimit(unit="change")),
        ),
        "channel_limits": True,
    }
    for name, value in looks.items():
        assert not made.model_copy(update={name: value}).is_stale, name
    numbers = {
        "goal": mg.FixedBudget(100.01),
        "utility": mg.Quantile(0.5),
        "reach": 5.0,
        "method": "weighted_average",
        "groups": (),
        "splits": (),
        "resplit": (),
        "flighting": RuleFlighting(rule="last_year"),
        "reference": GivenReference(spends=dict.fromkeys("abcd", 1.0)),
        "constraints": (C.lock("a", 1.0),),
        "limits": (LimitRow(of="group", key="1", limit=RowLimit(upper=1.0)),),
        "settings": Settings(interval=0.5),
        "window": Window(start="2026-01-05", end="2026-01-12"),
    }
    for name, value in numbers.items():
        assert made.model_copy(update={name: value}).is_stale, name
    inside = (LimitRow(of="channel", key="a", limit=RowLimit(upper=1.0)),)
    assert made.model_copy(update={"limits": inside, "channel_limits": True}).is_stale


def other(*channels: str) -> Source:
    return Source(kind="curves", name="other", sha256="cd" * 32, channels=channels)


def rich() -> Scenario:
    return scenario(
        groups=[
            Group(id="1", name="G", color=0, channels=("a", "b")),
            Group(id="2", name="D", color=1, channels=["d"]),
        ],
        splits=[MemberSplit(channels=("a", "b"), shares={"a": 0.25, "b": 0.75}, locked=("b",))],
        limits=[
            LimitRow(of="group", key="1", limit=RowLimit(lower=-20.0, unit="change")),
            LimitRow(of="group", key="2", limit=RowLimit(upper=9.0)),
            LimitRow(of="channel", key="a", limit=RowLimit(lower=2.0)),
        ],
        kept=Kept(ungrouped=("c", "d")),
        constraints=[C.lock("a", 5.0), C.group_max_spend(["G", "c"], 50.0), C.ratio_between(["d"], ["c"], max=2.0)],
        prices={"a": 2.0, "d": 3.0},
        flighting=RuleFlighting(by_channel={"a": "last_year", "d": "last_year"}),
        reference=GivenReference(spends={"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}),
    )


def test_other_channels_are_named() -> None:
    gone = channel_differences(rich(), other("a", "b", "c", "x"))
    assert (gone.missing, gone.new) == (("d",), ("x",))
    with pytest.raises(mg.MmmGroupsError, match=r"Missing: \['d'\]; new: \['x'\]. Say which"):
        moved(rich(), other("a", "b", "c", "x"))
    with pytest.raises(mg.MmmGroupsError, match=r"does not have \['d'\]. Map each.*new there: \['x'\]"):
        moved(rich(), other("a", "b", "c", "x"), {})


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
        moved(rich(), other("a", "b", "c", "x"), mapping)


def test_names_change_everywhere() -> None:
    new = moved(rich(), other("x", "c", "b", "d"), {"a": "x"})
    made = new.scenario
    assert new.changes == ()
    assert made.all_groups() == {"G": ("x", "b"), "D": ("d",), "c": ("c",)}
    assert made.splits[0].shares == {"x": 0.25, "b": 0.75}
    assert made.constraints[0] == C.lock("x", 5.0)
    assert [(row.key, row.limit.lower) for row in made.limits] == [("1", -20.0), ("2", None), ("x", 2.0)]
    assert made.kept.ungrouped == ("c", "d")
    assert made.prices == {"x": 2.0, "d": 3.0}
    assert made.flighting == RuleFlighting(by_channel={"x": "last_year", "d": "last_year"})
    assert made.reference == GivenReference(spends={"x": 1.0, "b": 2.0, "c": 3.0, "d": 4.0})
    assert made.source.name == "other"


def test_a_move_between_models_and_curves_says_what_only_a_model_can_answer() -> None:
    window = Window(start="2026-01-05", end="2026-03-30")
    model = other("a", "b", "c", "d").model_copy(update={"kind": "model"})
    up = moved(rich().model_copy(update={"prices": {}}), model, window=window)
    assert up.scenario.window == window
    assert up.changes == ("It is planned for 2026-01-05 to 2026-03-30, because it named no dates.",)
    on_model = rich().model_copy(update={"source": model, "window": window, "reach": 9.0})
    down = moved(on_model, SOURCE, window=None)
    assert down.scenario.window is None
    assert (down.scenario.prices, down.scenario.reach) == ({}, None)
    assert down.scenario.flighting == RuleFlighting()
    assert down.changes == (
        "Left out, because 'curves' holds curves alone: the window 2026-01-05 to 2026-03-30, the flighting, the prices "
        "per unit, how far the curves should reach.",
    )


def test_two_channels_may_swap_names() -> None:
    made = moved(rich(), other("a", "b", "c", "d"), {"a": "b", "b": "a"}).scenario
    assert made.splits[0].shares == {"b": 0.25, "a": 0.75}
    assert made.constraints[0] == C.lock("b", 5.0)


def test_what_is_left_out_is_told() -> None:
    new = moved(rich(), other("a", "b", "c", "x"), {"d": None})
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
    )
    lost = moved(rich(), other("a", "c", "d"), {"b": None})
    assert lost.scenario.splits == ()
    assert "The split of a, b is left out, because a channel of it is." in lost.changes


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_a_move_and_back_changes_nothing(made: Scenario) -> None:
    there = {name: f"new {place}" for place, name in enumerate(made.source.channels)}
    away = made.source.model_copy(update={"channels": tuple(there.values()), "sha256": "ef" * 32})
    on_other = moved(made, away, there).scenario
    back = moved(on_other, made.source, {new: old for old, new in there.items()}).scenario
    assert back.inputs_hash == made.inputs_hash


def test_a_whole_amount_from_a_table_hashes_as_it_is_read() -> None:
    made = rich()
    whole = RowLimit(upper=9.0).model_copy(update={"upper": 9})  # as a planner's table hands it over
    limits = tuple(row.model_copy(update={"limit": whole}) if row.key == "2" else row for row in made.limits)
    assert made.model_copy(update={"limits": limits}).inputs_hash == made.inputs_hash

"""A scenario is everything that was typed: it survives JSON, old forms, and another model."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from support.examples import examples
from support.scenario_forms import OLD_FORMS
from support.scenario_strategies import scenarios

import mmm_groups as mg
from mmm_groups.scenario.document import read_scenario, scenario_json, upgraded
from mmm_groups.scenario.fields import (
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
from mmm_groups.scenario.media_plans import KeptPlan, MediaPlans
from mmm_groups.scenario.references import GivenReference, LastYearReference
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b", "c", "d"))
C = mg.ConstraintBuilder
PLAN = KeptPlan(
    name="Agency",
    origin="table",
    window=Window(start=date(2026, 1, 5), end=date(2026, 1, 12)),
    money={"a": (1.0, 2.0), "b": (0.0, 0.0)},
)


def scenario(**how: Any) -> Scenario:
    usual: dict[str, Any] = {"name": "Plan", "source": SOURCE, "goal": mg.FixedBudget(100.0)}
    return Scenario(**usual | how)


@examples(40)
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
    assert read.summary is not None
    assert not read.is_stale


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
        ({"splits": [{"channels": ["a", "b"], "shares": {"a": 0.5, "b": 0.6}}]}, "add up to 110 %, not to 100 %"),
        ({"splits": [{"channels": ["a", "b"], "shares": {"a": 1}}]}, "names \\['a'\\], but is for \\['a', 'b'\\]"),
        ({"splits": [{"channels": ["a"], "shares": "historical", "locked": ["b"]}]}, "locks channels .*'b'"),
        ({"splits": [{"channels": ["a"], "shares": "historical"}] * 2}, "channels of splits must differ"),
        ({"media_plans": {"shown": "X"}}, "media plan 'X' is shown"),
        ({"media_plans": {"kept": [PLAN.model_dump(mode="json")] * 2}}, "names of media plans must differ"),
        (
            {"media_plans": {"kept": [PLAN.model_dump(mode="json") | {"money": {"a": [1], "b": [1, 2]}}]}},
            "not as many amounts for each channel",
        ),
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
        TableFlighting(dates=(date(2026, 1, 5), date(2026, 1, 12)), weights={"a": (1.0,)})


def test_the_summary_is_stale_when_numbers_change_and_only_then() -> None:
    figures: dict[str, Any] = {"groups": {}, "channels": {}, "group_response": {}, "response": 1.0, "objective": 1.0}
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
        "media_plans": MediaPlans(kept=(PLAN,), shown="Agency", names={"Fees": None}),
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
        "reference": LastYearReference(),
        "constraints": (C.lock("a", 1.0),),
        "limits": (LimitRow(of="group", key="1", limit=RowLimit(upper=1.0)),),
        "settings": Settings(interval=0.5),
        "window": Window(start=date(2026, 1, 5), end=date(2026, 1, 12)),
    }
    for name, value in numbers.items():
        assert made.model_copy(update={name: value}).is_stale, name
    inside = (LimitRow(of="channel", key="a", limit=RowLimit(upper=1.0)),)
    assert made.model_copy(update={"limits": inside, "channel_limits": True}).is_stale


def test_whose_amounts_a_reference_has_changes_no_number() -> None:
    given = GivenReference(spends=dict.fromkeys("abcd", 1.0))
    assert scenario(reference=given).inputs_hash != scenario().inputs_hash
    named = given.model_copy(update={"of": "Agency"})
    assert scenario(reference=named).inputs_hash == scenario(reference=given).inputs_hash


def test_media_plans_take_each_others_place_by_name() -> None:
    plans = MediaPlans().with_plan(PLAN, {"Fees": None}).with_plan(PLAN.model_copy(update={"name": "Last year"}))
    assert plans.shown == "Last year"
    other = PLAN.model_copy(update={"money": {"a": (3.0, 4.0)}})
    again = plans.with_plan(other, {"Telly": "a"})
    assert [plan.total for plan in again.kept] == [7.0, 3.0]
    assert again.shown == "Agency"
    assert again.names == {"Fees": None, "Telly": "a"}
    assert again.without("Agency").shown == "Last year"
    assert again.without("Agency").without("Last year") == MediaPlans(names=again.names)


def test_a_whole_amount_from_a_table_hashes_as_it_is_read() -> None:
    row = LimitRow(of="channel", key="a", limit=RowLimit(upper=9.0))
    made = scenario(channel_limits=True, limits=(row,))
    whole = RowLimit(upper=9.0).model_copy(update={"upper": 9})  # as a planner's table hands it over
    limits = (row.model_copy(update={"limit": whole}),)
    assert made.model_copy(update={"limits": limits}).inputs_hash == made.inputs_hash

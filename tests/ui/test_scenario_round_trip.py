"""A planner becomes a scenario and comes back: nothing typed is lost, and every way of running it gives its numbers."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.examples import examples
from support.scenario_strategies import GOAL_INPUTS, MONEY, NAMES, POSITIVE, ROW_LIMITS, constraints, scenarios

import mmm_groups as mg
from mmm_groups.command_line.main import main
from mmm_groups.curves.other_tools.curve_file import CurveFile, open_curve_file
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import HorizonError
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.fields import Group, MemberSplit, RuleFlighting, TableFlighting, Window
from mmm_groups.scenario.references import GivenReference, LastYearReference, LatestReference
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.run import run_scenario, source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.group_channels.board_steps import split_channels
from mmm_groups.ui.planner.opening import new_planner, planner_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group, apply_layout

pytestmark = pytest.mark.unit

C = mg.ConstraintBuilder


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> CurveFile:
    path = tmp_path_factory.mktemp("roots") / "roots.nc"
    root_curves([3.0, 1.0, 2.0, 1.5, 0.5], history=[10.0, 20.0, 30.0, 0.0, 0.0]).save(path)
    source = open_curve_file(path)
    assert isinstance(source, CurveFile)
    return source


@st.composite
def layouts(draw: st.DrawFn, channels: tuple[str, ...]) -> dict[str, object]:
    """What a browser may send: any groups in any order, also empty ones, with any colours and names."""
    places = [draw(st.integers(-1, 3)) for _ in channels]
    order = draw(st.permutations(channels))
    of = dict(zip(channels, places, strict=True))
    groups = [
        {
            "id": f"new-{place}",
            "name": draw(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)),
            "color": draw(st.integers(-1, 9)),
            "channels": [name for name in order if of[name] == place],
        }
        for place in draw(st.permutations(range(4)))
    ]
    return {"seq": 1, "groups": groups, "ungrouped": [name for name in order if of[name] == -1]}


@st.composite
def half_typed(draw: st.DrawFn, source: PlanningSource) -> Planner:
    """A planner in any state that typing can bring about."""
    planner = new_planner(source)
    planner.set_board(apply_layout(planner.board, draw(layouts(source.channels)), source.channels))
    planner.change(method=draw(st.sampled_from(["sum", "weighted_average", "re_estimated"])))
    planner.set_goal(draw(GOAL_INPUTS), draw(MONEY))
    keys = [*(("group", group.id) for group in planner.board.groups), *(("channel", name) for name in source.channels)]
    planner.replace_limits(draw(st.dictionaries(st.sampled_from(keys), ROW_LIMITS, max_size=4)))
    planner.change(channel_limits=draw(st.booleans()))
    sets = st.lists(constraints(list(source.channels)), max_size=3)
    planner.change(constraints=tuple(c for c in draw(sets) if c.kind not in {"lock", "spend_bounds", "change_bounds"}))
    shared = [inside for inside in planner.groups.values() if len(inside) > 1]
    for inside in shared if draw(st.booleans()) else []:
        raw = [draw(st.integers(1, 999)) for _ in inside]
        planner.set_split(inside, {name: part / sum(raw) for name, part in zip(inside, raw, strict=True)})
    for inside in shared:
        if draw(st.booleans()):
            planner.set_split(inside, locked=(draw(st.sampled_from(inside)),))
    planner.change_settings(currency=draw(st.sampled_from(["", "€", "CHF"])), interval=draw(st.floats(0.5, 0.99)))
    planner.change(name=draw(NAMES), notes=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20)))
    if isinstance(source, mg.FittedModel) and planner.horizon is not None:
        dates, names = planner.horizon.dates, list(source.channels)
        weights = pd.DataFrame(draw(st.floats(0.1, 9)), index=dates, columns=names)
        table = draw(st.none() | st.just(TableFlighting.of(weights)))
        planner.set_flighting(draw(st.sampled_from(["even", "last_year"] + ["table"] * (table is not None))), table)
        planner.change(reach=draw(st.none() | POSITIVE))
        planner.ask_again()
    return planner


def assert_same(planner: Planner, other: Planner) -> None:
    for name in Scenario.model_fields:
        assert getattr(planner.scenario, name) == getattr(other.scenario, name), name
    assert (planner.source, planner.horizon) == (other.source, other.horizon)


def through_json(planner: Planner) -> Planner:
    return planner_of(read_scenario(scenario_json(planner.document())), planner.source)


@examples(40)
@given(st.data())
def test_nothing_typed_is_lost(roots: CurveFile, data: st.DataObject) -> None:
    planner = data.draw(half_typed(roots))
    back = through_json(planner)
    assert_same(planner, back)
    assert back.inputs() == planner.inputs()
    assert back.document() == planner.document()


@examples(10)
@given(st.data())
def test_nothing_typed_about_a_model_is_lost(demo: mg.FittedModel, data: st.DataObject) -> None:
    planner = data.draw(half_typed(demo))
    back = through_json(planner)
    assert_same(planner, back)
    if planner.horizon is not None:
        assert repr(back.request) == repr(planner.request)


@examples(10)
@given(scenarios())
def test_any_scenario_settles_once_it_was_opened(roots: CurveFile, made: Scenario) -> None:
    channels = dict(zip(made.source.channels, roots.channels, strict=False))
    if len(made.source.channels) > len(roots.channels) or set(made.source.channels) & set(roots.channels):
        return
    from mmm_groups.scenario.transfer import transfer

    plain = made.model_copy(
        update={"window": None, "flighting": RuleFlighting(), "prices": {}, "reach": None, "kept": made.kept}
    )
    typed = transfer(plain, source_of(roots), channels).scenario
    planner = planner_of(typed, roots)
    assert_same(planner, through_json(planner))


@pytest.fixture
def planner(roots: CurveFile) -> Planner:
    planner = new_planner(roots)
    board = add_group(planner.board, "Big", ["c2", "c0"])
    planner.set_board(add_group(board, "New", ["c3", "c4"]))  # never spent anything: even shares
    planner.set_goal(budget=70.0)
    planner.set_limits({"Big": RowLimit(lower=-30.0, upper=20.0, unit="change"), "c0": RowLimit(upper=9.0)})
    planner.change(channel_limits=True, constraints=(C.group_max_spend(["c0", "c2", "c1"], 60.0),))
    return planner


def test_every_way_of_running_it_gives_the_same_numbers(planner: Planner, tmp_path: Path) -> None:
    planner.optimise()
    assert planner.result is not None
    in_app = planner.result.plan.channel_spends.to_dict()
    assert 0 < in_app["c0"] <= 9.0 + 1e-9
    assert in_app["c0"] + in_app["c2"] <= 1.2 * 40 + 1e-9
    scenario = planner.document_with_figures()
    assert scenario.summary is not None
    assert not scenario.is_stale
    assert run_scenario(scenario, planner.source).channel_spends.to_dict() == in_app
    opened = planner_of(scenario, planner.source)
    assert opened.result is not None
    assert opened.result.plan.channel_spends.to_dict() == in_app
    file = tmp_path / "plan.json"
    file.write_text(scenario_json(scenario))
    assert main(["run", str(file), str(planner.source.path), "--check"]) == 0


def test_a_split_that_was_changed_after_the_optimum_stays_so(planner: Planner) -> None:
    planner.optimise()
    planner.set_split(("c0", "c2"), {"c0": 0.1, "c2": 0.9})
    scenario = planner.document_with_figures()
    opened = planner_of(read_scenario(scenario_json(scenario)), planner.source)
    assert opened.is_resplit
    assert opened.final().plan.channel_spends.to_dict() == planner.final().plan.channel_spends.to_dict()
    assert opened.final().plan.spends.to_dict() == planner.result.plan.spends.to_dict()  # type: ignore[union-attr]
    assert run_scenario(scenario, planner.source).channel_spends.to_dict() == (
        planner.final().plan.channel_spends.to_dict()
    )
    assert opened.document_with_figures() == scenario


def test_figures_that_answer_to_other_inputs_are_no_figures(planner: Planner) -> None:
    planner.optimise()
    planner.set_goal(budget=planner.budget + 1)
    scenario = planner.document_with_figures()
    assert scenario.summary is None
    assert planner_of(scenario, planner.source).result is None


def test_what_the_command_line_states_stands_where_the_page_shows_it(roots: CurveFile) -> None:
    typed = Scenario(
        name="A",
        source=source_of(roots),
        groups=(Group(id="g1", name="Big", color=3, channels=("c0", "c2")),),
        default_split="marginal_roi",
        goal=mg.TargetResponse(20.0, max_budget=90.0),
        utility=mg.Quantile(0.3),
        constraints=(
            C.spend_bounds("Big", 1.0, 30.0),
            C.lock("c1", 5.0),
            C.change_bounds(["c2"], -0.5, 0.25),
            C.group_max_spend(["Big", "c3"], 33.0),
        ),
    )
    planner = planner_of(typed, roots)
    assert planner.row_limit("Big") == RowLimit(lower=1.0, upper=30.0)
    assert planner.row_limit("c1") == RowLimit(lower=5.0, upper=5.0)
    assert planner.row_limit("c2") == RowLimit(lower=-50.0, upper=25.0, unit="change")
    assert planner.scenario.channel_limits
    assert planner.scenario.constraints == (C.group_max_spend(["c0", "c2", "c3"], 33.0),)
    assert planner.goal == mg.TargetResponse(20.0, max_budget=90.0)
    assert planner.problem().utility == mg.Quantile(0.3)
    # The mean, because a search among bad cases takes seconds.
    planner.set_goal(planner.goal_inputs.with_utility(mg.MeanResponse()))
    ran = run_scenario(typed.model_copy(update={"utility": mg.MeanResponse()}), roots)
    planner.optimise()
    assert planner.result is not None
    assert planner.result.plan.channel_spends.to_numpy() == pytest.approx(ran.channel_spends.to_numpy())
    assert ran.spends["Big"] <= 30 + 1e-9


def test_a_flighting_by_channel_becomes_a_table(demo: mg.FittedModel) -> None:
    typed = Scenario(
        name="A",
        source=source_of(demo),
        window=Window(start=date(2026, 1, 5), end=date(2026, 3, 30)),
        flighting=RuleFlighting(by_channel={"tv": "last_year"}),
    )
    planner = planner_of(typed, demo)
    assert planner.flighting == "table"
    assert planner.weights is not None
    assert planner.weights["facebook"].max() == planner.weights["facebook"].min()
    assert planner.weights["tv"].max() > planner.weights["tv"].min()
    assert planner.weights.index[0] + timedelta(weeks=12) == planner.weights.index[-1]
    assert planner.curves is None  # to be read: nobody asked for such a flighting before


def test_a_window_that_the_model_refuses_can_still_be_changed(
    demo: mg.FittedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise HorizonError("The model does not know how effects vary there.")

    monkeypatch.setattr("mmm_groups.model.fitted_model.FittedModel.horizon", refused)
    planner = new_planner(demo)  # or no page could be opened, not even the one that offers other dates
    assert planner.horizon == demo.next_horizon()
    assert planner.request.horizon.dates.equals(demo.next_horizon().dates)


def test_a_given_reference_is_what_the_planner_plans_against(roots: CurveFile) -> None:
    spends = {"c0": 4.0, "c1": 9.0, "c2": 16.0, "c3": 0.0, "c4": 0.0}
    typed = Scenario(
        name="A", source=source_of(roots), goal=mg.FixedBudget(30.0), reference=GivenReference(spends=spends)
    )
    planner = planner_of(typed, roots)
    assert planner.reference_of(["c0", "c2"]) == 20.0
    planner.optimise()
    assert planner.result is not None
    assert np.array_equal(planner.result.plan.response, run_scenario(typed, roots).response)
    assert_same(planner, through_json(planner))


def test_a_reference_that_cannot_be_known_here_gives_way_and_that_is_said(roots: CurveFile) -> None:
    planner = planner_of(Scenario(name="A", source=source_of(roots), reference=LastYearReference()), roots)
    assert planner.scenario.reference == LatestReference()
    assert "do not say what was spent when" in str(planner.reference_refused)
    assert planner.reference_of(["c1"]) == 20.0


def test_curves_for_other_dates_cannot_answer(roots: CurveFile) -> None:
    typed = Scenario(name="A", source=source_of(roots), window=Window(start=date(2026, 1, 5), end=date(2026, 3, 30)))
    with pytest.raises(mg.MmmGroupsError, match="asks for the window 2026-01-05 to 2026-03-30"):
        planner_of(typed, roots)


def test_parts_of_a_channel_and_the_limits_typed_before_come_back_and_give_the_same_numbers(roots: CurveFile) -> None:
    planner = new_planner(roots)
    planner.set_board(add_group(planner.board, "Both", ["c0", "c1"]))
    planner.change(constraints=(C.group_max_spend(["c2", "c3"], 12.0),))
    planner.set_limits({"c2": RowLimit(lower=None, upper=9.0), "c4": RowLimit(lower=1.0, upper=None)})
    split_channels(
        planner, (mg.SubChannels("c2", {"left": 0.25, "right": 0.75}, effectiveness={"left": 2.0}),), "split"
    )
    planner.change_kept(export_mapping=mg.DisaggregationMappingConfig(channels={"c0": {"spring": 0.4, "summer": 0.6}}))
    planner.set_limits({"left": RowLimit(lower=None, upper=4.0)})
    planner.change(constraints=(*planner.scenario.constraints, C.group_min_spend(["left", "right"], 5.0)))
    planner.optimise()
    assert planner.result is not None
    spends = planner.result.plan.channel_spends
    assert spends["left"] + spends["right"] <= 9.0 + 1e-9  # the limit of the whole channel holds its parts
    scenario = read_scenario(scenario_json(planner.document_with_figures()))
    back = planner_of(scenario, roots)
    assert_same(planner, back)
    assert back.inputs() == planner.inputs()
    plan = run_scenario(scenario, roots)
    assert plan.channel_spends.to_dict() == pytest.approx(spends.to_dict(), abs=1e-9)
    assert not scenario.is_stale

    # Merged again, limits on parts rest; nothing of them is lost in a scenario.
    split_channels(planner, (), "merged")
    assert planner.scenario.kept.constraints
    resting = planner_of(read_scenario(scenario_json(planner.document())), roots)
    assert resting.scenario.kept.constraints == planner.scenario.kept.constraints
    assert resting.limits == planner.limits


def test_the_app_and_the_file_give_the_same_numbers(demo: mg.FittedModel) -> None:
    planner = new_planner(demo)
    board = add_group(planner.board, "Meta", ["instagram", "facebook"])
    planner.set_board(add_group(board, "Google", ["search", "youtube"]))
    shares = {"facebook": 0.7, "instagram": 0.3}
    planner.set_split(planner.groups["Meta"], shares)
    planner.change(constraints=(C.group_max_spend(["tiktok"], 400_000),))
    planner.optimise()
    later = {"search": 0.6, "youtube": 0.4}
    typed = Scenario(
        name="A",
        source=source_of(demo),
        window=Window(start=date(2026, 1, 5), end=date(2026, 3, 30)),
        groups=tuple(
            Group(id=group.id, name=group.name, color=group.color, channels=group.channels)
            for group in planner.board.groups
        ),
        splits=(MemberSplit(channels=("facebook", "instagram"), shares=shares),),
        goal=mg.FixedBudget(planner.budget),
        constraints=tuple(planner.constraints()),
    )
    run = run_scenario(read_scenario(scenario_json(typed)), demo)
    assert planner.result is not None
    assert run.channel_spends.to_dict() == planner.result.plan.channel_spends.to_dict()
    assert np.array_equal(run.response, planner.result.plan.response)
    planner.set_split(planner.groups["Google"], later)
    typed = typed.model_copy(
        update={"resplit": (*typed.splits, MemberSplit(channels=("search", "youtube"), shares=later))}
    )
    resplit = run_scenario(typed, demo)
    assert resplit.channel_spends.to_dict() == planner.final().plan.channel_spends.to_dict()
    assert resplit.spends.to_dict() == run.spends.to_dict()
    assert resplit.channel_spends["search"] == pytest.approx(0.6 * run.spends["Google"])

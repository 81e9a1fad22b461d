"""A scenario that is run gives the app's numbers; two that are compared are compared draw by draw."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves
from support.scenario_forms import OLD_FORMS

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import ScenarioError
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.labelled import number_at, row_of
from mmm_groups.scenario.asked_curves import with_reference
from mmm_groups.scenario.comparison import OTHER_DRAWS, UNKNOWN_DRAWS, Run, compare_scenarios
from mmm_groups.scenario.document import read_scenario
from mmm_groups.scenario.fields import (
    Group,
    RuleFlighting,
    Settings,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.references import GivenReference, LastYearReference
from mmm_groups.scenario.run import run_scenario, source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.summary import departures, summary_of

C = mg.ConstraintBuilder
NEXT = Window(start=date(2026, 1, 5), end=date(2026, 3, 30))


def on(source: PlanningSource, **how: Any) -> Scenario:
    window = NEXT if isinstance(source, mg.FittedModel) else None
    usual: dict[str, Any] = {"name": "A", "source": source_of(source), "window": window, "goal": mg.FixedBudget(60.0)}
    return Scenario(**usual | how)


@pytest.fixture(scope="module")
def curve_file(tmp_path_factory: pytest.TempPathFactory) -> PlanningSource:
    path = tmp_path_factory.mktemp("curves") / "roots.nc"
    root_curves([3.0, 1.0, 2.0], history=[10.0, 20.0, 30.0]).save(path)
    return open_curve_file(path)


def test_the_closed_form(curve_file: PlanningSource) -> None:
    # The best of k·sqrt(x) spends in proportion to k²: 9, 1 and 4 parts.
    plan = run_scenario(on(curve_file, default_split="marginal_roi"), curve_file)
    assert plan.channel_spends.to_numpy() == pytest.approx(np.array([9, 1, 4]) * 60 / 14, rel=0.02)


def test_the_stored_document_still_gives_its_numbers(demo: mg.FittedModel) -> None:
    for path in OLD_FORMS:
        stored = read_scenario(path.read_text())
        assert stored.summary is not None
        assert departures(stored.summary, run_scenario(stored, demo)) == ()


def test_what_is_typed_reaches_the_curves(demo: mg.FittedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def heard(model: object, start: object, end: object, **how: object) -> mg.ResponseCurves:
        asked.update(how, window=(start, end))
        return mg.response_curves(demo)

    monkeypatch.setattr("mmm_groups.scenario.asked_curves.response_curves", heard)
    table = TableFlighting(dates=(date(2026, 1, 5), date(2026, 1, 12)), weights={"tv": (1.0, 3.0)})
    run_scenario(on(demo, flighting=table, prices={"tv": 2.0}, reach=9e6, goal=mg.FixedBudget(4e6)), demo)
    assert asked["window"] == (pd.Timestamp("2026-01-05"), pd.Timestamp("2026-03-30"))
    assert (asked["prices"], asked["budget"]) == ({"tv": 2.0}, 9e6)
    frame = asked["flighting"]
    assert isinstance(frame, pd.DataFrame)
    assert frame.loc["2026-01-12", "tv"] == 3.0
    rules = RuleFlighting(rule="last_year", by_channel={"tv": "even"})
    run_scenario(on(demo, flighting=rules, goal=mg.FixedBudget(4e6)), demo)
    assert asked["flighting"] == dict.fromkeys(demo.channels, "last_year") | {"tv": "even"}


def test_goal_utility_method_and_interval_are_used(curve_file: PlanningSource) -> None:
    groups = [Group(id="1", name="G", color=0, channels=("c0", "c1"))]
    typed = on(curve_file, groups=groups, method="weighted_average", utility=mg.Quantile(0.2))
    plan = run_scenario(typed.model_copy(update={"settings": Settings(interval=0.5)}), curve_file)
    assert plan.problem.group_curves.method == "weighted_average"
    assert (plan.problem.utility, plan.interval) == (mg.Quantile(0.2), 0.5)
    assert plan.channel_spends["c1"] == pytest.approx(2 * plan.channel_spends["c0"])  # as history split 10 to 20
    assert run_scenario(on(curve_file, goal=mg.TargetRoi(2.0)), curve_file).problem.goal == mg.TargetRoi(2.0)


def test_a_given_reference_is_what_plans_are_held_against(curve_file: PlanningSource) -> None:
    given = GivenReference(spends={"c0": 4.0, "c1": 9.0, "c2": 16.0})
    plan = run_scenario(
        on(curve_file, reference=given, constraints=[C.change_bounds(["c1"], lower=-0.1, upper=0.0)]), curve_file
    )
    assert plan.groups["reference_spend"].to_list() == [4.0, 9.0, 16.0]
    assert float(plan.reference_response.mean()) == pytest.approx(3 * 2 + 1 * 3 + 2 * 4, rel=1e-3)
    assert 8.1 - 1e-9 <= plan.spends["c1"] <= 9 + 1e-9
    latest = run_scenario(on(curve_file), curve_file)
    assert plan.problem.channel_curves.origin.fingerprint != latest.problem.channel_curves.origin.fingerprint


def test_a_reference_of_a_year_before_is_that_of_the_same_weeks(tmp_path: Path) -> None:
    weeks = pd.date_range("2024-01-01", periods=104, freq="W-MON")
    spent = pd.DataFrame({"c0": np.arange(104.0), "c1": 1.0}, index=weeks)
    window = Horizon(weeks[-1] + pd.Timedelta(weeks=1), weeks[-1] + pd.Timedelta(weeks=2), "W-MON")
    curves = mg.ResponseCurves.from_arrays(
        ["c0", "c1"], [[0.0, 500.0]] * 2, [[0.0, 1.0]] * 2, spent, periods=2, horizon=window
    )
    referred = with_reference(curves, LastYearReference())
    assert referred.reference_spend.to_dict() == {"c0": 52.0 + 53.0, "c1": 2.0}
    assert curves.reference_spend.to_dict() == {"c0": 102.0 + 103.0, "c1": 2.0}
    assert referred.origin.fingerprint != curves.origin.fingerprint
    young = replace(curves, historical_spend=spent.tail(30))
    with pytest.raises(ScenarioError, match="history only reaches from 2025-06-02 to 2025-12-22"):
        with_reference(young, LastYearReference())
    with pytest.raises(ScenarioError, match="do not say what was spent when"):
        with_reference(replace(curves, historical_spend=spent.head(0)), LastYearReference())


def test_groups_without_history_are_split_evenly(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("curves") / "new.nc"
    root_curves([3.0, 1.0, 2.0], history=[0.0, 0.0, 30.0]).save(path)
    source = open_curve_file(path)
    plan = run_scenario(on(source, groups=[Group(id="1", name="G", color=0, channels=("c0", "c1"))]), source)
    assert plan.channel_spends["c0"] == pytest.approx(plan.channel_spends["c1"])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"goal": None}, "'A' has no goal yet"),
        ({"window": NEXT}, "the window 2026-01-05 to 2026-03-30"),
        ({"prices": {"c0": 1.0}}, "prices per unit"),
        ({"reach": 5.0}, "curves that reach further"),
        ({"flighting": RuleFlighting(rule="last_year")}, "a flighting"),
        ({"reference": GivenReference(spends={"c0": 1.0})}, "must name every channel"),
    ],
)
def test_what_cannot_be_run_is_said(curve_file: PlanningSource, how: dict[str, object], said: str) -> None:
    with pytest.raises(mg.MmmGroupsError, match=said):
        run_scenario(on(curve_file, **how), curve_file)


def test_another_source_needs_a_mapping(curve_file: PlanningSource, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("curves") / "renamed.nc"
    old = root_curves([3.0, 1.0, 2.0], history=[10.0, 20.0, 30.0])
    names = ["c0", "radio", "c2"]
    mg.ResponseCurves.from_arrays(
        names, old.spend.values, old.response.values, old.historical_spend.set_axis(names, axis=1)
    ).save(path)
    renamed = open_curve_file(path)
    typed = on(curve_file, constraints=[C.lock("c1", 7.0)])
    with pytest.raises(mg.MmmGroupsError, match=r"Missing: \['c1'\]; new: \['radio'\]"):
        run_scenario(typed, renamed)
    plan = run_scenario(typed, renamed, mapping={"c1": "radio"})
    assert plan.channel_spends["radio"] == pytest.approx(7.0)
    before = run_scenario(typed, curve_file)
    assert plan.channel_spends.to_numpy() == pytest.approx(before.channel_spends.to_numpy())


def test_a_summary_tells_other_numbers(curve_file: PlanningSource) -> None:
    typed = on(curve_file)
    plan = run_scenario(typed, curve_file)
    summary = summary_of(typed, plan)
    assert summary.total == pytest.approx(60.0)
    assert summary.response == pytest.approx(float(plan.response.mean()))
    assert typed.model_copy(update={"summary": summary}).is_stale is False
    assert departures(summary, plan) == ()
    more = run_scenario(on(curve_file, goal=mg.FixedBudget(66.0)), curve_file)
    assert [text.split()[0] for text in departures(summary, more)] == ["c0", "c1", "c2", "The"]


def run_of(typed: Scenario, source: PlanningSource) -> Run:
    return Run(typed, run_scenario(typed, source))


def test_the_difference_is_taken_draw_by_draw(curve_file: PlanningSource) -> None:
    a, b = on(curve_file), on(curve_file, name="B", goal=mg.FixedBudget(54.0), constraints=[C.lock("c1", 30.0)])
    runs = [run_of(a, curve_file), run_of(b, curve_file)]
    found = compare_scenarios(runs).difference("A", "B")
    draws = runs[0].plan.response.values - runs[1].plan.response.values  # three draws, so the interval is two of them
    assert found.mean == pytest.approx(draws.mean())
    assert draws.min() <= found.low < found.high <= draws.max()
    assert found.probability_first_better == 1.0
    turned = compare_scenarios(runs).difference("B", "A")
    assert (turned.mean, turned.low, turned.high) == (-found.mean, -found.high, -found.low)
    assert (turned.probability_first_better, turned.probability_second_better) == (0.0, 1.0)
    # Draws move together, so the difference is far surer than the two intervals suggest.
    totals = compare_scenarios(runs).totals
    assert found.high - found.low < 0.5 * (totals["response_high"] - totals["response_low"]).max()


def test_spends_stand_side_by_side(curve_file: PlanningSource) -> None:
    groups = [Group(id="1", name="G", color=0, channels=("c0", "c1"))]
    runs = [
        run_of(on(curve_file), curve_file),
        run_of(on(curve_file, name="B", groups=groups), curve_file),
        run_of(on(curve_file, name="C", goal=mg.TargetResponse(20.0)), curve_file),
    ]
    found = compare_scenarios(runs)
    assert list(found.group_spends.index) == ["c0", "c1", "c2", "G"]
    assert np.isnan(number_at(found.group_spends, "c0", "B"))
    assert np.isnan(number_at(found.group_spends, "G", "A"))
    assert found.channel_spends["A"].sum() == pytest.approx(60.0)
    assert found.totals.loc["C", "response"] == pytest.approx(20.0, rel=1e-4)
    assert found.totals.loc["C", "roi"] == pytest.approx(20.0 / number_at(found.totals, "C", "spend"), rel=1e-4)
    assert found.channel_responses["A"].sum() == pytest.approx(found.totals.loc["A", "response"])
    assert [(pair.first, pair.second) for pair in found.differences] == [("A", "B"), ("A", "C"), ("B", "C")]


def test_only_inputs_that_differ_are_listed(curve_file: PlanningSource) -> None:
    groups = [Group(id="1", name="G", color=0, channels=("c0", "c1"))]
    a = on(curve_file, constraints=[C.lock("c1", 30.0), C.change_bounds(["c2"], -0.2, 0.3)])
    b = on(curve_file, name="B", groups=groups, utility=mg.Quantile(0.1), goal=mg.TargetRoi(2.0, max_budget=70.0))
    table = compare_scenarios([run_of(a, curve_file), run_of(b, curve_file)]).inputs
    assert row_of(table, "Goal").to_list() == ["fixed budget: total 60", "target roi: max budget 70, value 2"]
    assert row_of(table, "Group G").to_list() == ["", "c0, c1"]
    assert table.loc["Utility", "B"] == "quantile: q 0.1"
    assert row_of(table, "Limits").to_list() == [
        "c1 locked at 30; c2 from -20.0000% to +30.0000% of the reference",
        "",
    ]
    assert list(table.index) == ["Goal", "Utility", "Limits", "Group G"]


def test_what_cannot_be_compared_is_said(curve_file: PlanningSource, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = run_of(on(curve_file), curve_file)
    with pytest.raises(mg.MmmGroupsError, match="2 to 4 scenarios can be compared; these are 1"):
        compare_scenarios([run])
    with pytest.raises(mg.MmmGroupsError, match="have one name"):
        compare_scenarios([run, run])
    path = tmp_path_factory.mktemp("curves") / "mean.nc"
    root_curves([3.0, 1.0, 2.0], draws=1).save(path)
    mean = open_curve_file(path)
    alone = compare_scenarios([run, run_of(on(mean, name="B"), mean)]).difference("A", "B")
    assert alone.unknown == UNKNOWN_DRAWS
    assert np.isnan([alone.low, alone.high, alone.probability_first_better]).all()
    path = tmp_path_factory.mktemp("curves") / "others.nc"
    root_curves([3.0, 1.0, 2.5]).save(path)
    others = open_curve_file(path)
    found = compare_scenarios([run, run_of(on(others, name="B"), others)]).difference("A", "B")
    assert found.unknown == OTHER_DRAWS
    assert np.isnan(found.high)
    assert np.isfinite(found.mean)

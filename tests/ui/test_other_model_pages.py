"""Scenarios of another model on the screen, and scenarios held against each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.curves import root_curves
from support.pages import PAGES, read, shown
from support.scenario_steps import arrived, at_work, part, planner_in, saved, store

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.scenario.comparison import OTHER_DRAWS, Difference
from mmm_groups.scenario.fields import Group
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.run import source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.scenarios.compare_panel import difference_in_words, spend_in_words
from mmm_groups.ui.widgets.board.layout import add_group

C = mg.ConstraintBuilder


def other_model(tmp_path: Path) -> Scenario:
    """A scenario on curves of which one channel has another name than the demo's."""
    path = tmp_path / "other.nc"
    root_curves([3.0] * 9, history=[10.0] * 9, top=4e6).save(path)
    names = ["facebook", "instagram", "search", "youtube", "television", "radio", "outdoor", "tiktok", "display"]
    curves = mg.ResponseCurves.open(path)
    again = mg.ResponseCurves.from_arrays(
        names, curves.spend.values, curves.response.values, curves.historical_spend.set_axis(names, axis=1)
    )
    again.save(path)
    return Scenario(
        name="Elsewhere",
        source=source_of(open_curve_file(path)),
        groups=(Group(id="g1", name="Screens", color=2, channels=("television", "youtube")),),
        goal=mg.FixedBudget(3_000_000.0),
        constraints=(C.lock("television", 900_000.0),),
    )


def test_a_scenario_of_another_model_asks_for_a_mapping(tmp_path: Path) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("optimise", scenario=key)
    assert "A scenario waits for its model" in read(at)
    at.switch_page(PAGES["scenarios"]).run()
    assert "Where shall “Elsewhere” be opened?" in read(at)
    assert "“television” is missing here" in shown(at.selectbox(key="map-0").label)
    assert at.selectbox(key="map-0").options == ["Leave it out", "tv"]
    at.selectbox(key="map-0").set_value("tv").run()
    at.button(key="open-elsewhere").click().run()
    planner = planner_in(at)
    assert planner.groups["Screens"] == ("youtube", "tv")
    assert planner.row_limit("tv") == RowLimit(lower=900_000.0, upper=900_000.0)
    assert planner.budget == 3_000_000
    assert not planner.work.is_read_only
    planner.optimise()
    assert planner.result is not None
    assert planner.result.plan.channel_spends["tv"] == pytest.approx(900_000)


def test_what_is_left_out_on_another_model_is_told(tmp_path: Path) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("scenarios", scenario=key)
    at.button(key="open-elsewhere").click().run()
    part(at, "Saved scenarios")
    assert "Left out: television" in read(at)
    assert "The limit lock on television is left out" in read(at)
    assert "It is planned for 2026-01-05 to 2026-03-30, because it named no dates" in read(at)
    again = arrived("scenarios", scenario=key)
    again.button(key="forget-elsewhere").click().run()
    assert "Where shall" not in read(again)


def test_a_scenario_opens_once_its_model_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("scenarios", scenario=key)
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    at.run()
    assert "Where shall" not in read(at)
    assert planner_in(at).groups["Screens"] == ("youtube", "television")


def test_scenarios_are_held_against_each_other(limited: Planner) -> None:
    at = at_work("scenarios", limited)
    part(at, "Compare")
    assert "Save at least one scenario" in read(at)
    part(at, "This plan")
    key = saved(at, "Spring")
    limited.set_goal(budget=5_000_000.0)
    limited.set_board(add_group(limited.board, "Google", ["search", "youtube"]))
    part(at, "Compare")
    at.multiselect(key="compared").set_value(["open", f"{key} 1"]).run()
    assert not at.exception, at.exception
    text = read(at)
    assert "Spring, version 1 brings" in text
    assert "sales less than This plan (Spring)" in text
    assert "It is better with a probability of 0 %. It spends €1.00M less." in text
    assert "group the channels differently" in text
    totals = at.dataframe[0].value
    assert totals["spend"].to_list() == pytest.approx([5_000_000, 4_000_000])
    limited.optimise()
    assert limited.result is not None
    assert totals.loc["This plan (Spring)", "response"] == pytest.approx(float(limited.result.plan.response.mean()))
    spends = at.dataframe[1].value
    assert spends.sum().to_list() == pytest.approx([5_000_000, 4_000_000])
    assert list(at.table[0].value.index) == ["Group Google", "Goal"]


def test_what_cannot_be_compared_is_said(limited: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = other_model(tmp_path)
    key = store().create(elsewhere, "Bob").version.scenario_id
    at = part(at_work("scenarios", limited), "Compare")
    at.multiselect(key="compared").set_value(["open", f"{key} 1"]).run()
    assert "Elsewhere, version 1 is left out: it was made on “other”" in read(at)
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    at.run()
    assert "The scenarios plan for different outcomes" in read(at)


def test_differences_in_words() -> None:
    pair = Difference("A", "B", -2_000_000.0, -3e6, -1e6, 0.02, 0.98)
    said = "A brings 2.00M sales less than B (between −3.00M and −1.00M). It is better with a probability of 2 %."
    assert difference_in_words(pair, "sales") == said
    assert difference_in_words(pair.turned, "sales").startswith("B brings 2.00M sales more than A (between 1.00M and")
    unknown = replace(pair, low=np.nan, high=np.nan, probability_first_better=np.nan, unknown=OTHER_DRAWS)
    assert "How sure that is cannot be said: the plans come from different models" in difference_in_words(
        unknown, "sales"
    )
    same = replace(pair, mean=0.0, probability_first_better=0.0, probability_second_better=0.0)
    assert difference_in_words(same, "sales") == "A and B bring the same."
    assert spend_in_words(-1_500.0, "€") == "It spends €1.50k less."
    assert spend_in_words(0.0, "€") == "Both spend the same."

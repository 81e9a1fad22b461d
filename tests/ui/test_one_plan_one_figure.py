"""One plan says the same figures on every page, under its link, in the list, in every export and in a terminal."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from support.curves import hill
from support.pages import figures, optimum, read
from support.scenario_steps import arrived, at_work, part, planner_in, saved

import mmm_groups as mg
from mmm_groups.command_line.outcome import plan_text
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.display.numbers import compact, compact_money, number
from mmm_groups.display.scenario_words import summary_in_words
from mmm_groups.export.html_page import report_html
from mmm_groups.export.workbook import workbook
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.run import run_scenario
from mmm_groups.ui.export.export_files import plan_report
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import open_source
from mmm_groups.ui.widgets.board.layout import add_group

NAMES = ["tv", "radio", "search", "social"]


def source(folder: Path, unit: float, slope: float) -> PlanningSource:
    """Four Hill curves with draws, S-shaped for slopes above 1, as a file of curves."""
    rng = np.random.default_rng(3)
    spend = np.tile(np.linspace(0, 4, 121), (4, 1))
    known = [(900.0, 0.8), (300.0, 0.3), (500.0, 0.6), (200.0, 0.2)]
    mean = np.stack([hill(spend[i], top, half, slope) for i, (top, half) in enumerate(known)])
    draws = mean * np.exp(rng.normal(0, [[[0.3], [0.1], [0.2], [0.4]]], (40, 4, 1)))
    weeks = pd.date_range("2025-01-06", periods=8, freq="W-MON")
    shares = np.array([0.5, 0.15, 0.25, 0.1]) / 8 * np.linspace(0.7, 1.3, 8)[:, None]
    past = pd.DataFrame(shares * unit, index=weeks, columns=NAMES)
    file = folder / "ours.nc"
    mg.ResponseCurves.from_arrays(NAMES, spend * unit, draws * 1e3, past, target="sales").save(file)
    return open_source(file)


def blended(planner: Planner) -> None:
    planner.change(method="weighted_average")


def for_the_worst(planner: Planner) -> None:
    planner.set_goal(GoalInputs(utility="conditional_value_at_risk"))


def plain_sum(planner: Planner) -> None:
    planner.change(method="sum")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "unit", "slope", "is_resplit"),
    [
        pytest.param(blended, 1e6, 2.5, True, id="blended S-shapes, split otherwise"),
        pytest.param(for_the_worst, 1e6, 0.9, False, id="worst cases"),
        pytest.param(plain_sum, 1.0, 2.5, True, id="S-shapes in millions, split otherwise"),
        pytest.param(blended, 1.0, 0.9, False, id="blended in millions"),
    ],
)
def test_one_plan_has_one_figure(
    folder: Path, asked: Callable[[Planner], None], unit: float, slope: float, is_resplit: bool
) -> None:
    planner = new_planner(source(folder, unit, slope))
    planner.set_board(add_group(planner.board, "Screen", ["tv", "social"]))
    asked(planner)
    planner.optimise()
    if is_resplit:
        planner.set_split(("tv", "social"), {"tv": 0.6, "social": 0.4})
    plan = planner.final().plan
    response, roi = float(plan.response.mean()), float(plan.response.mean()) / plan.total
    assert response != pytest.approx(float(plan.predicted.mean())) or asked is not blended

    at = at_work("optimise", planner)
    assert figures(at)["Response"] == compact(response)
    table = optimum(at)
    assert table["response"].sum() == pytest.approx(response, rel=1e-9)
    assert table["spend"].tolist() == pytest.approx(plan.spends.tolist())
    split = at_work("split", planner)
    assert figures(split)["The whole plan brings"] == compact(response)
    assert figures(split)["Screen spends"] == compact_money(plan.spends["Screen"], planner.currency)
    channels = next(table.value for table in split.dataframe if "split" in table.value.columns)
    assert channels["response"].sum() == pytest.approx(response, rel=1e-9)

    assert ("what the channels earn on their own curves" in read(at_work("curves", planner))) == (asked is blended)

    listed = at_work("scenarios", planner)
    key = saved(listed, "Ours")
    said = f"{compact_money(plan.total, planner.currency)} brings {compact(response)}"
    assert said in read(part(listed, "Saved scenarios"))
    linked = arrived("optimise", scenario=key, version="1")
    assert figures(linked)["Response"] == compact(response)
    other = planner_in(linked).final().plan
    assert float(other.response.mean()) == response

    report = plan_report(planner, planner.final())
    lines = {line.label: line.value for line in report.headlines}
    assert [lines[name] for name in ("Spend", "Response", "ROI")] == pytest.approx([plan.total, response, roi])
    assert f'<div class="label">Response</div><div class="value">{compact(response)}</div>' in report_html(report)
    summary = openpyxl.load_workbook(io.BytesIO(workbook(report)))["Summary"]
    cells = {row[0].value: row[1].value for row in summary.iter_rows()}
    assert [cells[name] for name in ("Response", "ROI")] == pytest.approx([response, roi])
    assert f"{said}, P(better)" in summary_in_words(planner.document_with_figures())
    stored = read_scenario(scenario_json(planner.document_with_figures()))
    again = run_scenario(stored, planner.source)
    assert float(again.response.mean()) == response
    last = plan_text(again).splitlines()[-1]
    assert last == f"Total spend {number(plan.total)}, response {number(response)} sales."

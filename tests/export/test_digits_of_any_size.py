"""No figure that leaves the app reads 0 when it is not, be money in euros, in millions or on a scale of 0 to 1."""

import re
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.command_line.outcome import plan_text
from mmm_groups.display.charts.frame import spend_bars
from mmm_groups.display.charts.results import frontier_chart, stability_chart, waterfall
from mmm_groups.display.charts.scenarios import spends_chart
from mmm_groups.display.numbers import percent
from mmm_groups.export.html_page import report_html
from mmm_groups.export.report import PlanReport, goal_in_words
from mmm_groups.plan.frontier import frontier_of
from mmm_groups.plan.uplift import response_steps
from mmm_groups.scenario.row_limits import RowLimit

NOTHING = re.compile(r"(?<![\d.,])[€−+]*0(?:\.0+)?(?![\d.,]|e-)")
"""A figure of zeros alone."""


def planned(unit: float) -> mg.Plan:
    """Three exponential curves in pairs, in a unit of money; nothing about the plan is 0."""
    spend = np.linspace(0, 4, 201)
    tops, bends = (300.0, 200.0, 120.0), (1.0, 0.7, 0.5)
    response = np.stack([top * (1 - np.exp(-spend / bend)) for top, bend in zip(tops, bends, strict=True)])
    draws = np.linspace(0.8, 1.2, 5)[:, None, None] * response * np.linspace(0.9, 1.1, 5)[:, None, None]
    names = ["tv", "search", "social"]
    past = {"tv": 0.6 * unit, "search": 0.3 * unit, "social": 0.1 * unit}
    curves = mg.ResponseCurves.from_arrays(names, [unit * spend] * 3, draws * unit, reference=past)
    return mg.optimize(curves, goal=mg.FixedBudget(1.437 * unit), groups={"Both": ["tv", "search"]})


def hovers(figure: object) -> str:
    """Everything that a chart says under the pointer."""
    traces = figure.data  # type: ignore[attr-defined]
    said = [getattr(trace, name, None) for trace in traces for name in ("text", "hovertext")]
    return "\n".join(str(text) for texts in said if texts is not None for text in np.atleast_1d(texts))


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e-3, 1.0, 1e6])
def test_no_figure_reads_as_nothing(unit: float) -> None:
    plan = planned(unit)
    colors = dict.fromkeys([*plan.groups.index, "all others", "acting together"], "#336699")
    steps = response_steps(plan)
    ends = (float(plan.reference_response.mean()), float(plan.response.mean()))
    stable = mg.stability(plan).table.assign(low=lambda t: t["spend"] / 2, high=lambda t: t["spend"] * 2)
    texts = {
        "terminal": plan_text(plan).replace("mroi", ""),
        "bars": hovers(spend_bars({"Reference": plan.groups["reference_spend"], "Plan": plan.spends}, colors, "€")),
        "steps": hovers(waterfall(steps, ends, colors, "sales")),
        "budgets": hovers(frontier_chart(frontier_of(plan, [unit, 2 * unit]).table, {}, "sales", "€")),
        "sure": hovers(stability_chart(stable, colors, "€", 0.94)),
        "beside": hovers(spends_chart(pd.DataFrame({"a": plan.spends, "b": plan.spends}), "€")),
        "goal": goal_in_words(mg.TargetResponse(plan.utility, min_budget=unit), "€", "sales"),
    }
    for name, said in texts.items():
        assert said, name
        assert not NOTHING.search(said), (name, said)
    report = report_html(PlanReport(plan, mg.consistency(plan), "curves", datetime.now(UTC), "€"))
    cells = re.findall(r'<td class="number">([^<]*)</td>|<div class="value">([^<]*)</div>', report)
    assert len(cells) > 30
    assert not [cell for pair in cells for cell in pair if re.fullmatch(r"[€−+]*0(\.0+)?( %)?", cell)]


def test_a_small_share_is_no_share_of_nothing() -> None:
    assert [percent(0.003), percent(0.0004, 1), percent(0.0), percent(0.345)] == ["0.3 %", "0.04 %", "0 %", "34 %"]


def test_limits_keep_their_money_when_the_unit_is_changed() -> None:
    limit = RowLimit(upper=-56.3, unit="change").in_unit("money", 1e-3)
    assert limit.upper == pytest.approx(0.437e-3, rel=1e-6)

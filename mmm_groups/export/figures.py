"""Charts of a report, drawn by the app's own builders in a look for paper, at a width that fits a printed page."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from mmm_groups.curves.spend_table import reference_table
from mmm_groups.display.charts.curves import GroupChart, overview_figure
from mmm_groups.display.charts.frame import spend_bars
from mmm_groups.display.charts.media_plans import money_chart, response_chart
from mmm_groups.display.charts.results import waterfall
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.presentation import PLAIN, look, presented
from mmm_groups.export.report import PlanReport
from mmm_groups.groups.curve_with_interval import curve_with_interval
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.labelled import Numbers, row_of
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.uplift import response_steps

WIDTH = 960
"""px: fits A4 in landscape, so that a chart prints as it is shown."""

MOST_GROUPS = 12
"""Groups in one bar chart; of more, those with the most money."""

_CURVES_IN_A_FIGURE, _COLUMNS, _POINTS = 9, 3, 61
_BAR, _MARGIN = 38, 104  # px
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@presented(PLAIN)
def spend_figure(report: PlanReport) -> go.Figure:
    """Spend by group: the reference, where it is known, beside the plan."""
    table = report.plan.groups.loc[largest_groups(report.plan)]
    reference = {} if table["reference_spend"].isna().any() else {"Reference": table["reference_spend"]}
    figure = spend_bars(reference | {"Optimised": table["spend"]}, _colors(report.plan), report.currency)
    return _fitted(figure, _MARGIN + _BAR * len(table))


@presented(PLAIN)
def response_figure(report: PlanReport) -> go.Figure:
    """From the reference's response to the plan's, one step a group; only where a reference is known."""
    plan = report.plan
    ends = (float(plan.reference_response.mean()), float(plan.response.mean()))
    figure = waterfall(response_steps(plan, MOST_GROUPS), ends, _colors(plan), report.target)
    return _fitted(figure, 380)


@presented(PLAIN)
def curve_figures(report: PlanReport) -> list[go.Figure]:
    """Every group's curve in a small chart with the reference and the plan on it; several figures, none cut."""
    plan, curves = report.plan, report.plan.problem.channel_curves
    words = ChartWords(
        quantity="response",
        target=report.target,
        currency=report.currency,
        period="",
        mass=plan.interval,
        has_tail=bool(curves.origin.model_hash),
    )
    names = list(plan.problem.groups)
    spent = reference_table(curves, plan.problem.groups, plan.interval) if curves.has_reference else None
    charts = [_chart(plan, name, None if spent is None else row_of(spent, name)) for name in names]
    figures = []
    for first in range(0, len(charts), _CURVES_IN_A_FIGURE):
        figure = overview_figure(charts[first : first + _CURVES_IN_A_FIGURE], words, _COLUMNS)
        figures.append(_fitted(figure, int(figure.layout.height)))
    return figures


@presented(PLAIN)
def media_money_figure(report: PlanReport, found: PlanEvaluation) -> go.Figure:
    """Money of a media plan by date, stacked by the optimum's groups; of many, the largest and all others."""
    groups, colors = report.plan.problem.groups, _colors(report.plan)
    money = pd.DataFrame({name: found.plan.money[list(members)].sum(axis=1) for name, members in groups.items()})
    rest = [name for name in money if name not in largest_groups(report.plan)]
    if rest:
        money = money.drop(columns=rest).assign(Others=money[rest].sum(axis=1))
    return _fitted(money_chart(money, colors | {"Others": look().muted}, report.currency), 380)


@presented(PLAIN)
def media_response_figure(report: PlanReport, found: PlanEvaluation) -> go.Figure:
    """Response to a media plan by date, where it is known."""
    if found.dates is None:
        raise RuntimeError("A plan that is known by totals only has no response by date.")
    return _fitted(response_chart(found.dates, report.target), 380)


def largest_groups(plan: Plan) -> list[str]:
    """The groups of a bar chart, in the plan's order."""
    most = plan.groups[["spend", "reference_spend"]].max(axis=1).sort_values(ascending=False, kind="stable")
    kept = set(most.index[:MOST_GROUPS])
    return [str(name) for name in plan.groups.index if name in kept]


def chart_html(figure: go.Figure, name: str) -> str:
    """A chart as a piece of an HTML page that holds `chart_script`; its name is unique on the page."""
    made = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"chart-{name}",
        config={"displayModeBar": False, "responsive": False},
    )
    return f'<div class="chart">{made}</div>'


def chart_script() -> str:
    """The script that draws charts, as text: a page holds it once."""
    return str(get_plotlyjs())


def _chart(plan: Plan, group: str, reference: Numbers | None) -> GroupChart:
    curves = plan.problem.group_curves
    marks = {"Optimised": row_of(plan.groups, group)}
    if reference is not None:
        marks = {"Reference": reference} | marks
    reach = curves.chart_end(group, [float(figures["spend"]) for figures in marks.values()])
    line = curve_with_interval(curves, group, np.linspace(0, reach, _POINTS), plan.interval)
    return GroupChart(name=group, color=_colors(plan)[group], lines={"Response": line}, members=[], marks=marks)


def _colors(plan: Plan) -> dict[str, str]:
    names = [str(name) for name in plan.problem.groups]
    colors = look().palette
    return {name: colors[place % len(colors)] for place, name in enumerate(names)} | {"": look().muted}


def _fitted(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(width=WIDTH, height=height, autosize=False, font={"family": _FONT, "size": 13})
    return figure

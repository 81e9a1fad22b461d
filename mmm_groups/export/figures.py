"""Charts of a report, drawn by the app's own builders in a look for paper, at a width that fits a printed page."""

import numpy as np
import pandas as pd

from mmm_groups.curves.spend_table import reference_table
from mmm_groups.display.charts.curves import GroupChart, overview_figure
from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import spend_bars
from mmm_groups.display.charts.media_plans import money_chart, response_chart
from mmm_groups.display.charts.results import waterfall
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.presentation import PLAIN, look, presented
from mmm_groups.export.report import PlanReport
from mmm_groups.groups.curve_with_interval import curve_with_interval
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.labelled import Numbers, labels_of, row_of
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
def spend_figure(report: PlanReport) -> Figure:
    """Spend by group: the reference, where it is known, beside the plan."""
    table = report.plan.groups.loc[largest_groups(report.plan)]
    reference = {} if table["reference_spend"].isna().any() else {"Reference": table["reference_spend"]}
    figure = spend_bars(reference | {"Optimised": table["spend"]}, _colors(report.plan), report.currency)
    return _fitted(figure, height=_MARGIN + _BAR * len(table))


@presented(PLAIN)
def response_figure(report: PlanReport) -> Figure:
    """From the reference's response to the plan's, one step a group; only where a reference is known."""
    plan = report.plan
    ends = (float(plan.reference_response.mean()), float(plan.response.mean()))
    figure = waterfall(response_steps(plan, MOST_GROUPS), ends, _colors(plan), report.target)
    return _fitted(figure, height=380)


@presented(PLAIN)
def curve_figures(report: PlanReport) -> list[Figure]:
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
        figures.append(_fitted(figure))
    return figures


@presented(PLAIN)
def media_money_figure(report: PlanReport, found: PlanEvaluation) -> Figure:
    """Money of a media plan by date, stacked by the optimum's groups; of many, the largest and all others."""
    groups, colors = report.plan.problem.groups, _colors(report.plan)
    money = pd.DataFrame({name: found.plan.money[list(members)].sum(axis=1) for name, members in groups.items()})
    rest = [name for name in money if name not in largest_groups(report.plan)]
    if rest:
        money = money.drop(columns=rest).assign(Others=money[rest].sum(axis=1))
    return _fitted(money_chart(money, colors | {"Others": look().muted}, report.currency), height=380)


@presented(PLAIN)
def media_response_figure(report: PlanReport, found: PlanEvaluation) -> Figure:
    """Response to a media plan by date, where it is known."""
    if found.dates is None:
        raise RuntimeError("A plan that is known by totals only has no response by date.")
    return _fitted(response_chart(found.dates, report.target), height=380)


def largest_groups(plan: Plan) -> list[str]:
    """The groups of a bar chart, in the plan's order."""
    most = plan.groups[["spend", "reference_spend"]].max(axis=1).sort_values(ascending=False, kind="stable")
    kept = set(labels_of(most)[:MOST_GROUPS])
    return [name for name in labels_of(plan.groups) if name in kept]


def chart_html(figure: Figure, name: str) -> str:
    """A chart as a piece of an HTML page that holds the `script` of figures; its name is unique on the page."""
    made = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"chart-{name}",
        config={"displayModeBar": False, "responsive": False},
    )
    return f'<div class="chart">{made}</div>'


def _chart(plan: Plan, group: str, reference: Numbers | None) -> GroupChart:
    curves = plan.problem.group_curves
    marks: dict[str, Numbers] = {"Optimised": row_of(plan.groups, group)}
    if reference is not None:
        marks = {"Reference": reference} | marks
    reach = curves.chart_end(group, [figures["spend"] for figures in marks.values()])
    line = curve_with_interval(curves, group, np.linspace(0, reach, _POINTS), plan.interval)
    return GroupChart(name=group, color=_colors(plan)[group], lines={"Response": line}, members=[], marks=marks)


def _colors(plan: Plan) -> dict[str, str]:
    names = [str(name) for name in plan.problem.groups]
    colors = look().palette
    return {name: colors[place % len(colors)] for place, name in enumerate(names)} | {"": look().muted}


def _fitted(figure: Figure, **height: int) -> Figure:
    figure.update_layout(width=WIDTH, **height, autosize=False, font={"family": _FONT, "size": 13})
    return figure

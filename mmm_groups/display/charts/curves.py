"""Charts of response curves: one group in full, and all groups at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from mmm_groups.display.charts.curve_traces import (
    curve_trace,
    estimate_of,
    interval_traces,
    mark_traces,
    member_traces,
    pieces_by_history,
)
from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import Trace, fixed_margins, layout_and_axis, type_size
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact_money
from mmm_groups.display.presentation import look
from mmm_groups.groups.curve_with_interval import CurveWithInterval
from mmm_groups.numerics.labelled import Numbers

_METHOD_DASHES = ("solid", "dash", "dot")
_MOST_COLUMNS = 5
_ROW_HEIGHT = 175  # px of a small chart with its title and ticks
_ROW_GAP = 0.42  # of it, for title and ticks


@dataclass(frozen=True)
class GroupChart:
    """What one chart shows.

    Attributes
    ----------
    name, color : str
        The group and its colour everywhere.
    lines : dict[str, CurveWithInterval]
        Label (`Sum`) to curve; the first one has the interval.
    members : sequence of CurveWithInterval
        Channels along the split.
    marks : dict[str, Numbers]
        `Reference`, `Optimised`: spend, response, roi, mroi.
    bounds : tuple
        Lower and upper bound of the group's spend; None where there is none.
    """

    name: str
    color: str
    lines: Mapping[str, CurveWithInterval]
    members: Sequence[CurveWithInterval]
    marks: Mapping[str, Numbers]
    bounds: tuple[float | None, float | None] = (None, None)


def group_figure(chart: GroupChart, words: ChartWords, height: int) -> Figure:
    """One group: interval, members, methods, marked plans, bounds, and the range beyond history dashed or shaded."""
    main = next(iter(chart.lines.values()))
    end = float(main.spend[-1])
    traces = [*interval_traces(main, chart.color, words), *member_traces(chart.members, words, _top(main, words))]
    for (label, curve), dash in zip(chart.lines.items(), _METHOD_DASHES, strict=False):
        is_alone = len(chart.lines) == 1
        everywhere = [(np.ones(len(curve.spend), dtype=bool), dash)]
        for shown, (piece, style) in enumerate(pieces_by_history(curve) if is_alone else everywhere):
            looks = {"color": chart.color, "width": 3, "dash": style}
            name = chart_label(chart.name) if is_alone else label
            hover = f"{chart_label(chart.name)}, {label.lower()}"
            traces.append(curve_trace(curve, hover, words, looks, piece, name=name, showlegend=not shown))
    traces += mark_traces(chart.marks, chart.color, words)
    layout, axis = layout_and_axis(height)
    axis |= {"automargin": False}
    shade, beyond = _beyond_history(main, "more than ever spent")
    lines, bounds = _bounds(chart.bounds, end, words)
    layout |= {
        "margin": fixed_margins(is_long=words.writes_in_full),
        "xaxis": axis | {"title": {"text": words.spend_title}, "rangemode": "tozero", "range": [0, end * 1.01]},
        "yaxis": axis | {"title": {"text": words.value_title}, "rangemode": "tozero", "tickformat": words.value_format},
        "shapes": shade + lines,
        "annotations": beyond + bounds,
    }
    made: Figure = go.Figure({"data": traces, "layout": layout})
    return made


def overview_figure(charts: Sequence[GroupChart], words: ChartWords, columns: int) -> Figure:
    """Every group in a small chart of its own: curve, interval, marked plans, and what was never spent dashed.

    ROI and mROI share one scale, so that groups can be compared; responses have scales of their own.
    """
    columns = max(1, min(columns, len(charts), _MOST_COLUMNS))
    rows = -(-len(charts) // columns)
    layout, axis = layout_and_axis(40 + _ROW_HEIGHT * rows)
    margins = fixed_margins(is_long=words.writes_in_full, titled=False, top=32)
    layout |= {"showlegend": False, "margin": margins, "annotations": []}
    small = axis | {"automargin": False} | {"nticks": 4, "tickfont": {"size": type_size(11)}, "rangemode": "tozero"}
    shares_scale = words.quantity != "response"
    # Between two charts stand the ticks of the right one; those of a shared scale stand at the far left only.
    gap = 0.025 if shares_scale else 0.09 if words.writes_in_full else 0.05
    traces: list[Trace] = []
    for place, chart in enumerate(charts):
        row, column = divmod(place, columns)
        across, up = _cell(row, column, rows, columns, gap)
        number = str(place + 1) if place else ""
        at = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        traces += [trace | at for trace in _small_traces(chart, words)]
        layout[f"xaxis{number}"] = small | {"domain": across, "anchor": at["yaxis"]}
        layout[f"yaxis{number}"] = small | {"domain": up, "anchor": at["xaxis"], "tickformat": words.value_format}
        if shares_scale:
            layout[f"yaxis{number}"] |= {"showticklabels": column == 0} | ({"matches": "y"} if place else {})
        layout["annotations"].append(_title(chart_label(chart.name, 26), across, up))
    made: Figure = go.Figure({"data": traces, "layout": layout})
    return made


def _small_traces(chart: GroupChart, words: ChartWords) -> list[Trace]:
    (label, curve), *_ = chart.lines.items()
    hover = f"{chart_label(chart.name)}, {label.lower()}"
    lines = [
        curve_trace(curve, hover, words, {"color": chart.color, "width": 2.2, "dash": dash}, piece)
        for piece, dash in pieces_by_history(curve)
    ]
    marked_plans = mark_traces(chart.marks, chart.color, words, size=9, named=False)
    return [*interval_traces(curve, chart.color, words), *lines, *marked_plans]


def _cell(row: int, column: int, rows: int, columns: int, gap: float) -> tuple[list[float], list[float]]:
    """Left and right, and bottom and top, of a small chart, as fractions of the whole figure."""
    width, high_gap = (1 - gap * (columns - 1)) / columns, _ROW_GAP / rows
    height = (1 - high_gap * (rows - 1)) / rows
    left, top = column * (width + gap), 1 - row * (height + high_gap)
    return [left, min(left + width, 1.0)], [max(top - height, 0.0), top]


def _title(text: str, across: list[float], up: list[float]) -> dict[str, Any]:
    return {
        "text": text,
        "x": sum(across) / 2,
        "y": up[1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": type_size(13), "color": look().ink},
    }


def _top(curve: CurveWithInterval, words: ChartWords) -> float:
    shown = estimate_of(curve, words.quantity)
    return float(np.nanmax(np.concatenate([shown.mean, shown.high])))


def _beyond_history(curve: CurveWithInterval, said: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The shade over spends beyond history, and its label."""
    if not curve.known_up_to < curve.spend[-1]:
        return [], []
    ends = {"x0": curve.known_up_to, "x1": float(curve.spend[-1]), "y0": 0, "y1": 1}
    looks = {"fillcolor": translucent(look().ink, 0.04), "line": {"width": 0}, "layer": "below"}
    shade = {"type": "rect", "yref": "y domain"} | looks | ends
    note = {
        "text": said,
        "x": float(curve.spend[-1]),
        "y": 1,
        "yref": "y domain",
        "xanchor": "right",
        "yanchor": "top",
        "showarrow": False,
        "font": {"color": look().muted, "size": type_size(12)},
    }
    return [shade], [note]


def _bounds(
    bounds: tuple[float | None, float | None], end: float, words: ChartWords
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines at the bounds that lie on the chart, and their labels."""
    lower, upper = bounds
    is_locked = lower is not None and lower == upper
    named = [("locked at", lower, "left")] if is_locked else [("min", lower, "left"), ("max", upper, "right")]
    lines, notes = [], []
    for said, amount, anchor in named:
        if amount is None or amount > end:
            continue
        across = {"x0": amount, "x1": amount, "y0": 0, "y1": 1, "yref": "y domain"}
        looks = {"color": translucent(look().ink, 0.55), "width": 1.2, "dash": "dot"}
        lines.append({"type": "line", "line": looks} | across)
        notes.append(
            {
                "text": f"{said} {compact_money(amount, words.currency)}",
                "x": amount,
                "y": 0,
                "yref": "y domain",
                "xanchor": anchor,
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"color": look().ink, "size": type_size(12)},
                "bgcolor": translucent(look().paper, 0.8),
            }
        )
    return lines, notes

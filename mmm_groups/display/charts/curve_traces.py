"""Curves, intervals and marked plans of the curve charts, as the plain dictionaries that Plotly reads.

Plotly checks every value when a figure is put together step by step: four fifths of the time of a chart. These are
handed to it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmm_groups.display.charts.frame import Trace, interval_area, type_size
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, compact_money, percent, ratio
from mmm_groups.display.presentation import look
from mmm_groups.groups.curve_with_interval import CurveWithInterval, Estimate, Quantity
from mmm_groups.numerics.labelled import Numbers

_MARKS = {"Reference": ("circle", "right"), "Optimised": ("diamond", "left")}
_LABEL_GAP = 0.05  # of the chart's height: members' names closer than this would lie on each other
_MOST_LABELS = 6


def estimate_of(curve: CurveWithInterval, quantity: Quantity) -> Estimate:
    """The quantity of a curve that is on the value axis."""
    return {"response": curve.response, "roi": curve.roi, "mroi": curve.mroi}[quantity]


def interval_traces(curve: CurveWithInterval, color: str, words: ChartWords) -> list[Trace]:
    """The interval around a curve, as one closed area; nothing where there is none."""
    shown = estimate_of(curve, words.quantity)
    if not np.isfinite(shown.low).any():
        return []
    name = f"{percent(words.mass)} interval" if np.isfinite(words.mass) else "interval"
    return [interval_area(curve.spend, shown.low, shown.high, translucent(color, 0.16), name=name)]


def member_traces(curves: Sequence[CurveWithInterval], words: ChartWords, top: float) -> list[Trace]:
    """The channels' lines in grey, with the names of those whose ends leave room for one.

    Parameters
    ----------
    curves : sequence of CurveWithInterval
    words : ChartWords
    top : float
        Where the chart ends above, in its own unit.
    """
    if not curves:
        return []
    lines = [
        {
            "type": "scatter",
            "x": member.spend,
            "y": estimate_of(member, words.quantity).mean,
            "name": "Channels",
            "legendgroup": "members",
            "showlegend": place == 0,
            "mode": "lines",
            "line": {"color": look().muted, "width": 1.4, "dash": "solid"},
            "hovertext": hover_texts(chart_label(member.name), member, words),
            "hoverinfo": "text",
        }
        for place, member in enumerate(curves)
    ]
    ends = [float(estimate_of(member, words.quantity).mean[-1]) for member in curves]
    named = _labelled(ends, _LABEL_GAP * top)
    names = {
        "type": "scatter",
        "x": [float(curves[place].spend[-1]) for place in named],
        "y": [ends[place] for place in named],
        "mode": "text",
        "text": [chart_label(curves[place].name, 18) for place in named],
        "textposition": "top left",
        "textfont": {"size": type_size(12), "color": look().muted},
        "legendgroup": "members",
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return [*lines, names]


def _labelled(ends: Sequence[float], gap: float) -> list[int]:
    """Which lines get their name at the end: from the top, those that leave room for each other."""
    named: list[int] = []
    for place in sorted(range(len(ends)), key=lambda place: -ends[place] if np.isfinite(ends[place]) else np.inf):
        is_free = all(abs(ends[place] - ends[other]) > gap for other in named)
        if np.isfinite(ends[place]) and is_free and len(named) < _MOST_LABELS:
            named.append(place)
    return named


def curve_trace(
    curve: CurveWithInterval,
    label: str,
    words: ChartWords,
    looks: dict[str, Any],
    piece: NDArray[np.bool_],
    **named: object,
) -> Trace:
    """A curve's mean at the points of `piece`; `label` is how its hover begins."""
    return {
        "type": "scatter",
        "x": curve.spend[piece],
        "y": estimate_of(curve, words.quantity).mean[piece],
        "mode": "lines",
        "line": {"simplify": False} | looks,
        "text": hover_texts(label, curve, words)[piece],
        "hoverinfo": "text",
        **named,
    }


def pieces_by_history(curve: CurveWithInterval) -> list[tuple[NDArray[np.bool_], str]]:
    """The points inside history, solid, and those beyond, dashed; the two meet."""
    if not np.isfinite(curve.known_up_to):
        return [(np.ones(len(curve.spend), dtype=bool), "solid")]
    inside = curve.spend <= curve.known_up_to * 1.0001
    beyond = ~inside
    if inside.any():
        beyond[np.flatnonzero(inside)[-1]] = True
    return [(piece, dash) for piece, dash in ((inside, "solid"), (beyond, "dash")) if piece.sum() > 1]


def mark_traces(
    plans: Mapping[str, Numbers], color: str, words: ChartWords, *, size: int = 13, named: bool = True
) -> list[Trace]:
    """A point for each plan on the curve; with its name beside where there is room."""
    traces = []
    for label, figures in plans.items():
        symbol, side = _MARKS[label]
        # Responses rise and ratios fall: the text stands on the free side of the line.
        above = (side == "left") == (words.quantity == "response")
        value = float(figures[words.quantity])
        if not np.isfinite(value):
            continue
        traces.append(
            {
                "type": "scatter",
                "x": [figures["spend"]],
                "y": [value],
                "mode": "markers+text" if named else "markers",
                "text": [label],
                "textposition": f"{'top' if above else 'bottom'} {side}",
                "textfont": {"color": look().ink},
                "showlegend": False,
                "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": look().paper, "width": 2}},
                "hovertext": f"<b>{label}</b><br>Spend {compact_money(float(figures['spend']), words.currency)}<br>"
                f"Response {compact(float(figures['response']))}<br>ROI {ratio(float(figures['roi']))}<br>"
                f"mROI {ratio(float(figures['mroi']))}",
                "hoverinfo": "text",
                "cliponaxis": False,
            }
        )
    return traces


def hover_texts(label: str, curve: CurveWithInterval, words: ChartWords) -> NDArray[np.str_]:
    """What a pointer reads at every point of a curve: spend, response, ROI and mROI with their intervals."""
    per = f" per {words.period}" if words.period else ""
    texts = []
    for i, spend in enumerate(curve.own_spend):
        rows = [
            f"<b>{label}</b>",
            f"Spend {compact_money(float(spend), words.currency)}{per}",
            f"Response {_ranged(curve.response, i, compact)} {words.outcome}{per}",
            f"ROI {_ranged(curve.roi, i, ratio)}",
            f"mROI {_ranged(curve.mroi, i, ratio)}",
        ]
        texts.append("<br>".join(rows))
    return np.array(texts)


def _ranged(shown: Estimate, i: int, write: Callable[[float], str]) -> str:
    text = write(float(shown.mean[i]))
    if np.isfinite(shown.low[i]):
        text += f" ({write(float(shown.low[i]))} to {write(float(shown.high[i]))})"
    return text

"""The chart of a channel's assumed parts."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from mmm_groups.display.charts.frame import dress
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, compact_money
from mmm_groups.display.presentation import look
from mmm_groups.groups.curve_with_interval import DrawnCurve

_DASHES = ("solid", "dash", "dot", "dashdot")  # parts with equal shares lie on each other


def parts_figure(
    lines: Mapping[str, DrawnCurve], reference: Mapping[str, float], colors: Mapping[str, str], words: ChartWords
) -> go.Figure:
    """Response of every part to its own spend over the window, with band and reference spend.

    Parameters
    ----------
    lines : mapping
        Part to its curve over the window.
    reference : mapping
        Part to reference spend, in currency; NaN if it is unknown.
    colors : mapping
        Part to colour.
    words : ChartWords
    """
    figure = go.Figure()
    for (part, curve), dash in zip(lines.items(), cycle(_DASHES), strict=False):
        color, line = colors[part], curve.response
        if np.isfinite(line.low).all():
            figure.add_scatter(
                x=np.concatenate([curve.spend, curve.spend[::-1]]),
                y=np.concatenate([line.high, line.low[::-1]]),
                fill="toself",
                fillcolor=translucent(color, 0.14),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        hovers = [
            f"{chart_label(part)}: {compact_money(spend, words.currency)} brings {compact(value)}"
            for spend, value in zip(curve.spend, line.mean, strict=True)
        ]
        figure.add_scatter(
            x=curve.spend,
            y=line.mean,
            mode="lines",
            name=chart_label(part),
            line={"color": color, "width": 2.4, "dash": dash},
            text=hovers,
            hoverinfo="text",
        )
        at = reference.get(part, float("nan"))
        if np.isfinite(at) and at <= curve.spend[-1]:
            figure.add_scatter(
                x=[at],
                y=[float(np.interp(at, curve.spend, line.mean))],
                mode="markers",
                marker={"color": color, "size": 10, "line": {"color": look().paper, "width": 1.5}},
                showlegend=False,
                text=[f"{chart_label(part)}: reference spend {compact_money(at, words.currency)}"],
                hoverinfo="text",
            )
    dress(figure, 340)
    unit = f" ({words.currency})" if words.currency else ""
    figure.update_xaxes(title=f"Spend of the part over the window{unit}")
    figure.update_yaxes(title=f"Incremental {words.target}", rangemode="tozero")
    return figure

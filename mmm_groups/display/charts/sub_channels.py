"""The chart of a channel's assumed sub-channels."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import dress, interval_area
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, compact_money
from mmm_groups.display.presentation import look
from mmm_groups.groups.curve_with_interval import CurveWithInterval

_DASHES = ("solid", "dash", "dot", "dashdot")  # those with equal shares lie on each other


def sub_channel_figure(
    curves: Mapping[str, CurveWithInterval],
    reference: Mapping[str, float],
    colors: Mapping[str, str],
    words: ChartWords,
) -> Figure:
    """Response of every sub-channel to its own spend over the window, with interval and reference spend.

    Parameters
    ----------
    curves : mapping
        Sub-channel to its curve over the window.
    reference : mapping
        Sub-channel to reference spend, in currency; NaN if it is unknown.
    colors : mapping
        Sub-channel to colour.
    words : ChartWords
    """
    figure: Figure = go.Figure()
    for (name, curve), dash in zip(curves.items(), cycle(_DASHES), strict=False):
        color, response = colors[name], curve.response
        if np.isfinite(response.low).all():
            fill = translucent(color, 0.14)
            figure.add_trace(interval_area(curve.spend, response.low, response.high, fill, showlegend=False))
        hovers = [
            f"{chart_label(name)}: {compact_money(spend, words.currency)} brings {compact(value)}"
            for spend, value in zip(curve.spend, response.mean, strict=True)
        ]
        figure.add_scatter(
            x=curve.spend,
            y=response.mean,
            mode="lines",
            name=chart_label(name),
            line={"color": color, "width": 2.4, "dash": dash},
            text=hovers,
            hoverinfo="text",
        )
        at = reference.get(name, float("nan"))
        if np.isfinite(at) and at <= curve.spend[-1]:
            figure.add_scatter(
                x=[at],
                y=[float(np.interp(at, curve.spend, response.mean))],
                mode="markers",
                marker={"color": color, "size": 10, "line": {"color": look().paper, "width": 1.5}},
                showlegend=False,
                text=[f"{chart_label(name)}: reference spend {compact_money(at, words.currency)}"],
                hoverinfo="text",
            )
    dress(figure, 340)
    unit = f" ({words.currency})" if words.currency else ""
    figure.update_xaxes(title=f"Spend of the part over the window{unit}")
    figure.update_yaxes(title=f"Incremental {words.outcome}", rangemode="tozero")
    return figure

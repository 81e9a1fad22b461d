"""Charts: they draw what they are given; every number comes from a tested function."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from mmm_groups.group_curves import GroupCurves
from mmm_groups.intervals import INTERVAL, hdi
from mmm_groups.ui.format import chart_label
from mmm_groups.ui.theme import ink, muted, paper, translucent

Floats = NDArray[np.float64]
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
_DRAWN_POINTS = 121


@dataclass(frozen=True)
class CurveView:
    """A group's curve, thinned for drawing; spend in currency, the rest in units of the target.

    Attributes
    ----------
    spend, mean, low, high, roi : arrays, (point,)
    parts : dict[str, array]
        Member channel to its response at the group's spend; they add up to `mean`.
    """

    spend: Floats
    mean: Floats
    low: Floats
    high: Floats
    roi: Floats
    parts: dict[str, Floats]


def curve_view(curves: GroupCurves, group: str, reach: float, mass: float = INTERVAL) -> CurveView:
    """What the chart of a group's curve shows, up to a spend of `reach`.

    Without draws a single channel has the interval its file gives, and a group of several has none: NaN.
    """
    spend = np.linspace(0, reach, _DRAWN_POINTS)
    draws = curves.draws_along(group, spend)
    members = curves.groups[group]
    own_band = not curves.curves.has_draws and len(members) == 1
    low, high = curves.curves.band_along(members[0], spend) if own_band else hdi(draws, mass)
    mean = draws.mean(axis=0)
    roi = np.divide(mean, spend, out=np.full_like(mean, np.nan), where=spend > 0)
    return CurveView(spend, mean, low, high, roi, curves.parts_along(group, spend))


def curve_figure(
    view: CurveView,
    *,
    name: str,
    color: str,
    target: str,
    currency: str,
    band_label: str,
    known_up_to: float,
    marks: dict[str, tuple[float, float]],
    height: int = 430,
) -> go.Figure:
    """A group's response curve with band, members, marked plans and the range beyond history dashed.

    Parameters
    ----------
    marks : dict
        Label (`Reference`, `Optimised`) to (spend, response).
    known_up_to : float
        Largest spend the history saw; the curve is dashed beyond.
    band_label : str
        How much the interval holds, such as `94 %`; empty if nobody says.
    """
    figure = go.Figure()
    if np.isfinite(view.low).all():
        figure.add_scatter(
            x=np.concatenate([view.spend, view.spend[::-1]]),
            y=np.concatenate([view.high, view.low[::-1]]),
            fill="toself",
            fillcolor=translucent(color, 0.16),
            line={"width": 0},
            hoverinfo="skip",
            name=f"{band_label} interval".strip(),
        )
    if len(view.parts) > 1:
        for dash, (channel, part) in zip(("dot", "dash", "dashdot", "longdash") * 25, view.parts.items(), strict=False):
            figure.add_scatter(
                x=view.spend,
                y=part,
                name=f"of this: {chart_label(channel)}",
                line={"color": muted(), "width": 1.4, "dash": dash},
                hovertemplate=f"{chart_label(channel)}: %{{y:,.3s}}<extra></extra>",
            )
    inside, beyond = view.spend <= known_up_to * 1.0001, view.spend >= known_up_to * 0.9999
    hover = f"{currency}%{{x:,.4s}} → %{{y:,.4s}} {target}<br>ROI %{{customdata:.2f}}<extra>{chart_label(name)}</extra>"
    for part_of, dash, shown in ((inside, "solid", True), (beyond | _next_to(inside), "dash", False)):
        if part_of.sum() > 1:
            figure.add_scatter(
                x=view.spend[part_of],
                y=view.mean[part_of],
                customdata=view.roi[part_of],
                name=chart_label(name),
                showlegend=shown,
                line={"color": color, "width": 3, "dash": dash, "simplify": False},
                hovertemplate=hover,
            )
    if known_up_to < view.spend[-1]:
        figure.add_vrect(
            x0=known_up_to,
            x1=view.spend[-1],
            fillcolor=translucent(ink(), 0.04),
            line_width=0,
            layer="below",
            annotation={"text": "more than ever spent", "font": {"color": muted(), "size": 12}},
            annotation_position="top right",
        )
    looks = (("circle", "bottom right"), ("diamond", "top left"))
    for (symbol, side), (label, (spend, response)) in zip(looks, marks.items(), strict=False):
        figure.add_scatter(
            x=[spend],
            y=[response],
            name=label,
            mode="markers+text",
            text=[label],
            textposition=side,
            showlegend=False,
            marker={"symbol": symbol, "size": 13, "color": color, "line": {"color": paper(), "width": 2}},
            hovertemplate=f"{label}: {currency}%{{x:,.0f}} → %{{y:,.4s}} {target}<extra></extra>",
        )
    _dress(figure, height)
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    figure.update_yaxes(title=f"Incremental {target} (tail included)", rangemode="tozero")
    return figure


def spend_bars(spends: dict[str, pd.Series], colors: dict[str, str], currency: str) -> go.Figure:
    """Spend by group for several plans: the first one muted, the last one in the groups' colours."""
    figure = go.Figure()
    last = list(spends)[-1]
    for label, spend in spends.items():
        fill = [colors[name] for name in spend.index] if label == last else [muted()] * len(spend)
        figure.add_bar(
            y=[chart_label(name) for name in spend.index],
            x=spend.to_numpy(),
            name=label,
            orientation="h",
            marker={"color": fill, "opacity": 1.0 if label == last else 0.55},
            hovertemplate=f"{label}: {currency}%{{x:,.0f}}<extra>%{{y}}</extra>",
        )
    _dress(figure, 90 + 58 * len(colors))
    figure.update_layout(barmode="group", bargap=0.3, legend={"traceorder": "reversed"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure


def _next_to(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The last point inside, so that the dashed line begins where the solid one ends."""
    edge = np.zeros_like(inside)
    if inside.any():
        edge[np.flatnonzero(inside)[-1]] = True
    return edge


def _dress(figure: go.Figure, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        legend={"orientation": "h", "y": 1.03, "yanchor": "bottom", "x": 0},
        hovermode="closest",
        separators=".,",
        font={"size": 14},
    )
    figure.update_xaxes(tickformat="~s", zeroline=False, rangemode="tozero", automargin=True)
    figure.update_yaxes(tickformat="~s", zeroline=False, automargin=True)

"""Charts of the second opinion: a group's curve by four ways, and the plans side by side."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import dress, interval_area, money_hovers
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, money
from mmm_groups.display.presentation import look
from mmm_groups.display.second_opinion_words import WAY_NAMES
from mmm_groups.numerics.intervals import hdi
from mmm_groups.refit.second_opinion import WAYS, SecondOpinion, Way

_DASHES: dict[Way, str] = {"sum": "solid", "weighted_average": "dash", "re_estimated": "dot", "refit": "solid"}
_WITH_INTERVAL: tuple[Way, ...] = ("sum", "refit")
_POINTS = 60


def way_colors() -> dict[Way, str]:
    """Colour of every way, the same in all charts."""
    return dict(zip(WAYS, look().palette, strict=False))


def curves_by_way(
    opinion: SecondOpinion, group: str, marks: dict[str, float], mass: float, target: str, currency: str
) -> Figure:
    """One group's response by four ways; the two models with their intervals, spends that matter as dotted lines."""
    target = chart_label(target, 40)
    figure: Figure = go.Figure()
    colors = way_colors()
    shortest = min(made.spend.sel(group=group).values[-1] for made in opinion.curves.values())
    known = max([mark for mark in marks.values() if np.isfinite(mark)], default=shortest)
    end = min(2.0 * known, shortest) if known > 0 else shortest
    spend = np.linspace(0.0, end, _POINTS)
    for way, made in opinion.curves.items():
        draws = made.draws_along(group, spend)
        mean = draws.mean(axis=0)
        color, name = colors[way], WAY_NAMES[way]
        if way in _WITH_INTERVAL and len(draws) > 1:
            low, high = hdi(draws, mass)
            figure.add_trace(interval_area(spend, low, high, translucent(color, 0.16), showlegend=False))
        figure.add_scatter(
            x=spend,
            y=mean,
            name=name,
            line={"color": color, "width": 3 if way in _WITH_INTERVAL else 2, "dash": _DASHES[way]},
            text=[
                f"{name}: {compact(value)} {target} at {money(at, currency)}"
                for value, at in zip(mean.tolist(), spend.tolist(), strict=True)
            ],
            hoverinfo="text",
        )
    for label, at in marks.items():
        if np.isfinite(at) and at <= end:
            figure.add_vline(x=at, line={"color": look().muted, "dash": "dot"}, annotation_text=label)
    dress(figure, 420)
    figure.update_annotations(font={"color": look().ink}, bgcolor=look().paper)
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    figure.update_yaxes(title=f"Incremental {target}")
    return figure


def plans_side_by_side(spends: pd.DataFrame, currency: str) -> Figure:
    """Spend of every group in each way's plan; groups x ways, in currency."""
    figure: Figure = go.Figure()
    colors = way_colors()
    for way in reversed([way for way in WAYS if way in spends]):
        figure.add_bar(
            y=[chart_label(str(name)) for name in spends.index],
            x=spends[way].to_numpy(),
            name=WAY_NAMES[way],
            orientation="h",
            marker={"color": colors[way]},
            **money_hovers(WAY_NAMES[way], spends[way], currency),
        )
    dress(figure, 90 + (24 + 16 * len(spends.columns)) * len(spends))
    figure.update_layout(barmode="group", bargap=0.25, legend={"traceorder": "reversed"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure

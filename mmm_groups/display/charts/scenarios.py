"""Charts of scenarios side by side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import dress, money_hovers
from mmm_groups.display.numbers import chart_label, compact, percent
from mmm_groups.display.presentation import look
from mmm_groups.scenario.comparison import Difference

_BAR, _ROOM = 16, 110  # px of one bar, and of axis and legend


def spends_chart(table: pd.DataFrame, currency: str) -> Figure:
    """Spends of two to four scenarios, one bar each by group or channel.

    Parameters
    ----------
    table : pd.DataFrame, names x scenarios
        In currency; NaN where a scenario has no such group or channel.
    currency : str
    """
    figure: Figure = go.Figure()
    colors = look().palette
    for place, name in enumerate(table.columns):
        figure.add_bar(
            y=[chart_label(row) for row in table.index],
            x=table[name].to_numpy(),
            name=chart_label(name, 40),
            orientation="h",
            marker={"color": colors[place]},
            **money_hovers(chart_label(name, 40), table[name], currency),
        )
    dress(figure, _ROOM + len(table) * (_BAR * len(table.columns) + 14))
    figure.update_layout(barmode="group", bargap=0.25, legend={"traceorder": "normal"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure


def differences_chart(pairs: Sequence[Difference], target: str) -> Figure:
    """Response of each scenario less that of one other, with the interval where it is known."""
    target = chart_label(target, 40)
    figure: Figure = go.Figure()
    colors = look().palette
    for place, pair in enumerate(pairs):
        known = np.isfinite([pair.low, pair.high]).all()
        sure = f"<br>{compact(pair.low)} to {compact(pair.high)}" if known else ""
        sure += f"<br>better: {percent(pair.probability_first_better)}" if known else ""
        figure.add_scatter(
            x=[pair.mean],
            y=[chart_label(pair.first, 40)],
            mode="markers",
            marker={"size": 12, "color": colors[place + 1]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [pair.high - pair.mean],
                "arrayminus": [pair.mean - pair.low],
                "thickness": 3,
                "width": 8,
                "color": colors[place + 1],
            }
            if known
            else None,
            hovertemplate=f"{compact(pair.mean)} {target}{sure}<extra>{chart_label(pair.first, 40)}</extra>",
            showlegend=False,
        )
    dress(figure, 90 + 46 * len(pairs))
    figure.add_vline(x=0, line={"color": look().muted, "width": 1})
    figure.update_xaxes(title=f"{target} more or less than {chart_label(pairs[0].second, 40)}", rangemode="normal")
    figure.update_yaxes(autorange="reversed")
    return figure

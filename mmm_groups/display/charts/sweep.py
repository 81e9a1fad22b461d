"""Chart of many groupings: response that each gives up, against the number of amounts to decide."""

import pandas as pd
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import dress
from mmm_groups.display.numbers import chart_label, compact
from mmm_groups.display.presentation import look


def sweep_figure(table: pd.DataFrame, target: str) -> Figure:
    """One dot for each grouping; a line joins those that are the cheapest for their number of amounts.

    Parameters
    ----------
    table : pd.DataFrame
        From `Sweep.table`.
    target : str
    """
    target = chart_label(target, 40)
    planned = table[table["refusal"] == ""].assign(cost=lambda rows: rows["cost"].clip(lower=0.0))
    best = planned[planned["is_best"]].sort_values("decisions")
    accent = look().palette[0]
    figure: Figure = go.Figure()
    figure.add_scatter(
        x=planned["decisions"],
        y=planned["cost"],
        mode="markers",
        name="A grouping",
        marker={"color": look().muted, "size": 8, "opacity": 0.55},
        text=_hovers(planned),
        hoverinfo="text",
    )
    figure.add_scatter(
        x=best["decisions"],
        y=best["cost"],
        mode="lines+markers",
        name="Nothing is cheaper with so few",
        line={"color": accent, "width": 2},
        marker={"color": accent, "size": 10, "line": {"color": look().ink, "width": 1}},
        text=_hovers(best),
        hoverinfo="text",
    )
    dress(figure, 400)
    figure.update_layout(showlegend=True)
    few, many = int(table["decisions"].min()), int(table["decisions"].max())
    dtick = 1 if many - few <= 15 else None
    figure.update_xaxes(title="Amounts to decide", range=[few - 0.5, many + 0.5], dtick=dtick, tickformat="d")
    top = float(planned["cost"].max()) if len(planned) else 0.0
    # A little room below 0, so that dots which give up nothing are whole.
    figure.update_yaxes(title=f"Gives up ({target})", range=[-0.04 * (top or 1.0), 1.06 * (top or 1.0)])
    return figure


def _hovers(rows: pd.DataFrame) -> list[str]:
    return [
        f"<b>{chart_label(name, 60)}</b><br>{decisions} amounts, gives up {compact(cost)}"
        for name, decisions, cost in zip(rows["name"], rows["decisions"], rows["cost"], strict=True)
    ]

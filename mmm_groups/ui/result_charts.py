"""Charts of a result: response from the reference to the plan, other budgets, and how sure the advice is."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmm_groups.ui.charts import dress
from mmm_groups.ui.format import chart_label, compact, compact_money, signed
from mmm_groups.ui.theme import ink, muted, palette, paper, translucent

_GAIN, _LOSS = 2, 5  # places of green and red in the palette
_ROW = 44  # px of a row of a chart with one row a group


def waterfall(steps: pd.DataFrame, start: float, end: float, target: str) -> go.Figure:
    """Response of the reference, what each group gains or loses against it, response of the plan.

    Parameters
    ----------
    steps : pd.DataFrame
        From `response_steps`.
    start, end : float
        Response of the reference and of the plan, in units of the target.
    """
    colors = palette()
    names = ["Reference", *map(str, steps.index), "Optimised"]
    ends = [
        f"<br>{compact(low)} to {compact(high)}" if np.isfinite(low) else ""
        for low, high in zip(steps["low"], steps["high"], strict=True)
    ]
    figure = go.Figure(
        go.Waterfall(
            x=[chart_label(name, 18) for name in names],
            y=[start, *steps["change"], end],
            measure=["absolute", *["relative"] * len(steps), "total"],
            text=[compact(start), *(signed(compact(change), change) for change in steps["change"]), compact(end)],
            textposition="outside",
            hovertext=[
                f"{name}: {signed(compact(change), change)} {target}{between}"
                for name, change, between in zip(names, [start, *steps["change"], end], ["", *ends, ""], strict=True)
            ],
            hoverinfo="text",
            increasing={"marker": {"color": colors[_GAIN]}},
            decreasing={"marker": {"color": colors[_LOSS]}},
            totals={"marker": {"color": muted()}},
            connector={"line": {"color": muted(), "width": 1}},
            cliponaxis=False,
        )
    )
    dress(figure, 420)
    figure.update_layout(showlegend=False)
    levels = start + np.concatenate([[0.0], np.cumsum(steps["change"])])
    low, high = float(levels.min()), float(levels.max())
    # The steps are small beside the whole: the axis begins where they can be seen, and its title says so.
    room = max(high - low, 1e-9 * max(abs(high), 1.0))
    base = max(low - 0.6 * room, 0.0)
    title = f"Incremental {target}" + (f" (axis begins at {compact(base)})" if base > 0 else "")
    figure.update_yaxes(title=title, range=[base, high + 0.25 * room], rangemode="normal")
    return figure


def frontier_chart(table: pd.DataFrame, marks: dict[str, float], target: str, currency: str) -> go.Figure:
    """Response over budgets with its interval above, ROI and mROI below; budgets that matter are marked.

    Parameters
    ----------
    table : pd.DataFrame
        A frontier's table.
    marks : dict
        Label to budget: `Reference`, `Plan`.
    """
    colors, money = palette(), currency or "unit of money"
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.06)
    budgets = table["budget"].to_numpy()
    known = np.isfinite(table["response_low"].to_numpy())
    if known.any():
        figure.add_scatter(
            x=np.concatenate([budgets[known], budgets[known][::-1]]),
            y=np.concatenate([table["response_high"][known], table["response_low"][known][::-1]]),
            mode="lines",
            fill="toself",
            fillcolor=translucent(colors[0], 0.16),
            line={"width": 0},
            hoverinfo="skip",
            name="interval",
            row=1,
            col=1,
        )
    lines = (("response", "Response", colors[0], 1), ("roi", "ROI", colors[1], 2), ("mroi", "mROI", colors[2], 2))
    for column, name, color, row in lines:
        figure.add_scatter(
            x=budgets,
            y=table[column],
            mode="lines+markers",
            marker={"size": 4},
            name=name,
            line={"color": color, "width": 3},
            text=_frontier_hovers(table, currency, target),
            hoverinfo="text",
            row=row,
            col=1,
        )
    dress(figure, 460)
    for place, (label, budget) in enumerate(marks.items()):
        figure.add_vline(x=budget, line={"color": translucent(ink(), 0.55), "width": 1.2, "dash": "dot"})
        figure.add_annotation(
            x=budget,
            y=0.02 + 0.11 * place,
            yref="y domain",
            text=f"{label} {compact_money(budget, currency)}",
            showarrow=False,
            xanchor="left" if budget < np.mean(budgets) else "right",
            font={"color": ink(), "size": 12},
            bgcolor=translucent(paper(), 0.8),
        )
    figure.update_xaxes(rangemode="normal", range=[budgets.min(), budgets.max()])
    figure.update_xaxes(title=f"Budget over the window{f' ({currency})' if currency else ''}", row=2, col=1)
    figure.update_yaxes(title=f"Incremental {target}", rangemode="normal", row=1, col=1)
    figure.update_yaxes(title=f"{target} per {money}", tickformat=".2~f", rangemode="normal", row=2, col=1)
    return figure


def _frontier_hovers(table: pd.DataFrame, currency: str, target: str) -> list[str]:
    return [
        f"<b>Budget {compact_money(row.budget, currency)}</b><br>Response {compact(row.response)} {target}<br>"
        f"ROI {row.roi:.2f}<br>mROI {row.mroi:.2f}"
        for row in table.itertuples()
    ]


def stability_chart(table: pd.DataFrame, colors: dict[str, str], currency: str, mass: float) -> go.Figure:
    """For each group the spends that single draws would choose, with the plan and the reference.

    Parameters
    ----------
    table : pd.DataFrame
        A stability's table: spend, median, low, high, reference_spend by group.
    mass : float
        Probability inside low and high.
    """
    figure = go.Figure()
    labels = [chart_label(str(name)) for name in table.index]
    for place, (label, name) in enumerate(zip(labels, table.index, strict=True)):
        row = table.loc[name]
        figure.add_scatter(
            x=[row["low"], row["high"]],
            y=[label, label],
            mode="lines",
            line={"color": translucent(colors[str(name)], 0.45), "width": 14},
            name=f"best spend of {mass:.0%} of the draws",
            legendgroup="draws",
            showlegend=place == 0,
            hovertext=f"<b>{label}</b><br>{compact_money(row['low'], currency)} to "
            f"{compact_money(row['high'], currency)}",
            hoverinfo="text",
        )
    for column, name, symbol, color in (
        ("median", "median draw", "line-ns-open", ink()),
        ("reference_spend", "Reference", "circle", muted()),
        ("spend", "Plan", "diamond", ink()),
    ):
        if table[column].isna().all():
            continue
        figure.add_scatter(
            x=table[column],
            y=labels,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 13, "color": color, "line": {"color": paper(), "width": 1.5}}
            if column != "median"
            else {"symbol": symbol, "size": 16, "color": color, "line": {"width": 2}},
            hovertemplate=f"{name}: {currency}%{{x:,.0f}}<extra>%{{y}}</extra>",
        )
    dress(figure, 130 + _ROW * len(table))
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure

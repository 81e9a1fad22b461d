"""Charts of a result: from the reference's response to the plan's, other budgets, and spread over the draws."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import RATIO_FORMAT, dress, interval_area, money_hovers
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, compact_money, percent, ratio, short, signed
from mmm_groups.display.presentation import look
from mmm_groups.numerics.arrays import Floats

_FULL_LABELS = 6  # bars whose labels have room for numbers in full
_ROW = 44  # px of a row of a chart with one row a group


def waterfall(steps: pd.DataFrame, ends: tuple[float, float], colors: dict[str, str], target: str) -> Figure:
    """Response of the reference, what each group gains or loses against it, response of the plan.

    Parameters
    ----------
    steps : pd.DataFrame
        From `response_steps`.
    ends : (float, float)
        Response of the reference and of the plan, in units of the target.
    colors : dict
        Colour of every group; losses are paler than gains.
    """
    start, end = ends
    changes = steps["change"].to_numpy()
    levels = start + np.concatenate([[0.0], np.cumsum(changes)])
    room = max(float(np.ptp(levels)), 1e-9 * max(abs(start), abs(end))) or 1.0  # 1 only where all is 0
    # The steps are small beside the whole: the axis begins where they can be seen, and its title says so.
    base = max(float(levels.min()) - 0.6 * room, 0.0)
    target = chart_label(target, 40)
    names = ["Reference", *map(str, steps.index), "Optimised"]
    bottoms = np.concatenate([[base], np.minimum(levels[:-1], levels[1:]), [base]])
    tops = np.concatenate([[start], np.maximum(levels[:-1], levels[1:]), [end]])
    texts = _steps_written(start, changes, end, compact)
    labels = _steps_written(start, changes, end, short) if len(names) > _FULL_LABELS else texts
    between = [
        f"<br>{compact(low)} to {compact(high)}" if np.isfinite(low) else ""
        for low, high in zip(steps["low"], steps["high"], strict=True)
    ]
    figure: Figure = go.Figure(
        go.Bar(
            x=[chart_label(name, 18) for name in names],
            y=tops - bottoms,
            base=bottoms,
            marker={
                "color": [look().muted, *(colors.get(str(name), look().muted) for name in steps.index), look().muted],
                "opacity": [0.55, *np.where(changes < 0, 0.45, 1.0).tolist(), 1.0],
            },
            hovertext=[
                f"<b>{chart_label(name)}</b><br>{text} {target}{ends}"
                for name, text, ends in zip(names, texts, ["", *between, ""], strict=True)
            ],
            hoverinfo="text",
        )
    )
    for place, level in enumerate(levels):
        line = {"color": look().muted, "width": 1}
        figure.add_shape(type="line", x0=place + 0.4, x1=place + 0.6, y0=level, y1=level, line=line)
    for place, (text, top) in enumerate(zip(labels, tops, strict=True)):
        figure.add_annotation(x=place, y=top, text=text, showarrow=False, yshift=11, font={"color": look().ink})
    dress(figure, 420)
    title = f"Incremental {target}" + (f" (axis begins at {compact(base)})" if base > 0 else "")
    figure.update_yaxes(title=title, range=[base, float(levels.max()) + 0.2 * room], rangemode="normal")
    return figure


def _steps_written(start: float, changes: Floats, end: float, write: Callable[[float], str]) -> list[str]:
    return [write(start), *(signed(write(change), change) for change in changes), write(end)]


def frontier_chart(
    table: pd.DataFrame, marks: dict[str, float], target: str, currency: str, measure: str = ""
) -> Figure:
    """Response over budgets with its interval above, ROI and mROI below; budgets that matter are marked.

    Parameters
    ----------
    table : pd.DataFrame
        A frontier's table.
    marks : dict
        Label to budget: `Reference`, `Plan`.
    measure : str
        What the mROI measures, where that is another than the response; see `measure_of`.
    """
    target = chart_label(target, 40)
    money = currency or "unit of money"
    figure: Figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.06)
    budgets = table["budget"].to_numpy()
    low, high = table["response_low"].to_numpy(), table["response_high"].to_numpy()
    if np.isfinite(low).any():
        area = interval_area(budgets, low, high, translucent(look().ink, 0.12), name="interval")
        figure.add_trace(area, row=1, col=1)
    # Not in colours: those mean groups everywhere.
    lines = (("response", "Response", "solid", 1), ("roi", "ROI", "dash", 2), ("mroi", f"mROI{measure}", "dot", 2))
    for column, name, dash, row in lines:
        figure.add_scatter(
            x=budgets,
            y=table[column],
            mode="lines",
            name=name,
            line={"color": look().ink, "width": 2.5, "dash": dash},
            text=_frontier_hovers(table, currency, target),
            hoverinfo="text",
            row=row,
            col=1,
        )
    dress(figure, 460)
    for place, (label, budget) in enumerate(marks.items()):
        figure.add_vline(x=budget, line={"color": translucent(look().ink, 0.55), "width": 1.2, "dash": "dot"})
        figure.add_annotation(
            x=budget,
            y=0.02 + 0.11 * place,
            yref="y domain",
            text=f"{label} {compact_money(budget, currency)}",
            showarrow=False,
            xanchor="left" if budget < np.mean(budgets) else "right",
            font={"color": look().ink, "size": 12},
            bgcolor=translucent(look().paper, 0.8),
        )
    figure.update_xaxes(rangemode="normal", range=[budgets.min(), budgets.max()])
    figure.update_xaxes(title=f"Budget over the window{f' ({currency})' if currency else ''}", row=2, col=1)
    figure.update_yaxes(title=f"Incremental {target}", rangemode="normal", row=1, col=1)
    figure.update_yaxes(title=f"{target} per {money}", tickformat=RATIO_FORMAT, rangemode="normal", row=2, col=1)
    return figure


def _frontier_hovers(table: pd.DataFrame, currency: str, target: str) -> list[str]:
    return [
        f"<b>Budget {compact_money(budget, currency)}</b><br>Response {compact(response)} {target}<br>"
        f"ROI {ratio(roi)}<br>mROI {ratio(mroi)}"
        for budget, response, roi, mroi in table[["budget", "response", "roi", "mroi"]].to_numpy(dtype=np.float64)
    ]


def stability_chart(table: pd.DataFrame, colors: dict[str, str], currency: str, mass: float) -> Figure:
    """For each group the spends that single draws would choose, with the plan and the reference.

    Parameters
    ----------
    table : pd.DataFrame
        A stability's table: spend, median, low, high, reference_spend by group.
    mass : float
        Probability inside low and high.
    """
    figure: Figure = go.Figure()
    labels = [chart_label(str(name)) for name in table.index]
    for place, (label, name) in enumerate(zip(labels, table.index, strict=True)):
        row = table.loc[name]
        figure.add_scatter(
            x=[row["low"], row["high"]],
            y=[label, label],
            mode="lines",
            line={"color": translucent(colors[str(name)], 0.45), "width": 14},
            name=f"best spend of {percent(mass)} of the draws",
            legendgroup="draws",
            showlegend=place == 0,
            hovertext=f"<b>{label}</b><br>{compact_money(row['low'], currency)} to "
            f"{compact_money(row['high'], currency)}",
            hoverinfo="text",
        )
    for column, name, symbol, color in (
        ("median", "median draw", "line-ns-open", look().ink),
        ("reference_spend", "Reference", "circle", look().muted),
        ("spend", "Plan", "diamond", look().ink),
    ):
        if table[column].isna().all():
            continue
        figure.add_scatter(
            x=table[column],
            y=labels,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 13, "color": color, "line": {"color": look().paper, "width": 1.5}}
            if column != "median"
            else {"symbol": symbol, "size": 16, "color": color, "line": {"width": 2}},
            **money_hovers(name, table[column], currency),
        )
    dress(figure, 130 + _ROW * len(table))
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure

"""Charts of a media plan: money by date, response by date with what flows in and out of the window, elbow room."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.charts.frame import dress
from mmm_groups.display.look import translucent
from mmm_groups.display.numbers import chart_label, compact, compact_money
from mmm_groups.display.presentation import look
from mmm_groups.numerics.labelled import Numbers, labels_of, number_at

_ROW = 44  # px of a row of a chart with one row a group


def money_chart(
    money: pd.DataFrame,
    colors: dict[str, str],
    currency: str,
    reference: Numbers | None = None,
    reference_name: str = "Reference",
) -> Figure:
    """Money by date, stacked by group or channel, in front of the reference's.

    Parameters
    ----------
    money : pd.DataFrame, dates x names
        In currency; dates are those of the model, or first days of months.
    colors : dict
        Colour of every name.
    reference : Numbers, optional
        Date to money in all.
    """
    figure: Figure = go.Figure()
    labels = date_labels(money.index)
    if reference is not None:
        figure.add_bar(
            x=labels,
            y=reference.to_numpy(),
            name=chart_label(reference_name, 32),
            width=0.96,
            marker={"color": translucent(look().muted, 0.28), "line": {"width": 0}},
            hovertemplate=f"{chart_label(reference_name, 32)}: {currency}%{{y:,.0f}}<extra>%{{x}}</extra>",
        )
    base = np.zeros(len(money))
    for name in money:
        column = money[name].to_numpy(dtype=np.float64)
        figure.add_bar(
            x=labels,
            y=column,
            base=base,
            width=0.62,
            name=chart_label(str(name)),
            marker={"color": colors[str(name)], "line": {"color": look().paper, "width": 0.6}},
            customdata=column,
            hovertemplate=f"{chart_label(str(name))}: {currency}%{{customdata:,.0f}}<extra>%{{x}}</extra>",
        )
        base = base + column
    dress(figure, 380)
    figure.update_layout(barmode="overlay", legend={"traceorder": "normal"})
    figure.update_xaxes(type="category", tickangle=0, nticks=_ticks(len(money)), tickformat=None)
    figure.update_yaxes(title=f"Spend ({currency})" if currency else "Spend", rangemode="tozero")
    return figure


def response_chart(
    dates: pd.DataFrame, target: str, reference: Numbers | None = None, reference_name: str = "Reference"
) -> Figure:
    """Response by date: what earlier spend still delivers, what the plan delivers on top, and its tail.

    Parameters
    ----------
    dates : pd.DataFrame
        A plan evaluation's `dates`.
    reference : Numbers, optional
        Date to the response of the reference, without what flows in; drawn on top of that.
    """
    figure: Figure = go.Figure()
    labels, tail = date_labels(dates.index), dates["is_tail"].to_numpy()
    carry_in = dates["carry_in"].to_numpy()
    if np.abs(carry_in).max() > 0:
        figure.add_bar(
            x=labels,
            y=np.where(tail, np.nan, carry_in),
            name="Earlier spend (carry-over)",
            marker={"color": translucent(look().muted, 0.4)},
            customdata=[compact(value) for value in carry_in],
            hovertemplate="Earlier spend: %{customdata}<extra>%{x}</extra>",
        )
    own = look().palette[0]
    for name, inside, opacity in (("This plan", ~tail, 1.0), ("This plan, after the window", tail, 0.45)):
        if not inside.any():
            continue
        rows = dates[inside]
        low, high = rows["response_low"].to_numpy(), rows["response_high"].to_numpy()
        response = rows["response"].to_numpy()
        figure.add_bar(
            x=labels[inside],
            y=response,
            base=carry_in[inside],
            name=name,
            marker={"color": own, "opacity": opacity},
            error_y={
                "type": "data",
                "array": high - response,
                "arrayminus": response - low,
                "color": look().ink,
                "thickness": 1.1,
                "width": 3,
            }
            if np.isfinite(low).all()
            else None,
            customdata=[
                f"{compact(mean)}" + (f" ({compact(least)} to {compact(most)})" if np.isfinite(least) else "")
                for mean, least, most in zip(response, low, high, strict=True)
            ],
            hovertemplate=f"{name}: %{{customdata}}<extra>%{{x}}</extra>",
        )
    if reference is not None:
        level = reference.reindex(dates.index).to_numpy(dtype=np.float64) + carry_in
        figure.add_scatter(
            x=labels,
            y=level,
            mode="lines",
            name=chart_label(reference_name, 32),
            line={"color": look().ink, "width": 1.8, "dash": "dot"},
            customdata=[compact(value) for value in level - carry_in],
            hovertemplate=f"{chart_label(reference_name, 32)}: %{{customdata}}<extra>%{{x}}</extra>",
        )
    dress(figure, 380)
    figure.update_layout(barmode="overlay", bargap=0.3)
    figure.update_xaxes(type="category", tickangle=0, nticks=_ticks(len(dates)), tickformat=None)
    figure.update_yaxes(title=f"Incremental {chart_label(target, 40)}")
    return figure


def elbow_room_chart(room: pd.DataFrame, colors: dict[str, str], currency: str) -> Figure:
    """How far each group's money may move while the plan stays almost as good.

    Parameters
    ----------
    room : pd.DataFrame
        From `elbow_room`.
    """
    figure: Figure = go.Figure()
    labels = [chart_label(name) for name in labels_of(room)]
    for label, name in zip(labels, labels_of(room), strict=True):
        lower, upper = number_at(room, name, "lower"), number_at(room, name, "upper")
        figure.add_bar(
            y=[label],
            x=[upper - lower],
            base=[lower],
            orientation="h",
            marker={"color": translucent(colors[name], 0.5)},
            showlegend=False,
            hovertext=f"<b>{label}</b><br>{compact_money(lower, currency)} to {compact_money(upper, currency)}",
            hoverinfo="text",
        )
    figure.add_scatter(
        x=room["spend"],
        y=labels,
        mode="markers",
        name="Optimum",
        marker={"symbol": "diamond", "size": 12, "color": look().ink, "line": {"color": look().paper, "width": 1.5}},
        hovertext=[
            f"{label}: {compact_money(spend, currency)}" for label, spend in zip(labels, room["spend"], strict=True)
        ],
        hoverinfo="text",
    )
    dress(figure, 96 + _ROW * len(room))
    figure.update_layout(bargap=0.45)
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure


def date_labels(dates: pd.Index) -> np.ndarray:
    """Dates as they stand under a chart: `5 Jan` (`5 Jan 26` where the year changes), `Jan 2026` for months."""
    if not isinstance(dates, pd.DatetimeIndex):
        return np.array([str(label) for label in dates])
    if dates.name == "month":
        return np.array([f"{date:%b %Y}" for date in dates])
    if (dates != dates.normalize()).any():
        return np.array([f"{date:%Y-%m-%d %H:%M}" for date in dates])
    is_one_year = dates[0].year == dates[-1].year
    return np.array([f"{date.day} {date:%b}" if is_one_year else f"{date.day} {date:%b %y}" for date in dates])


def _ticks(count: int) -> int:
    return min(count, 10)

"""Charts of response curves: one group in full, and all groups at a glance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from mmm_groups.drawn_curve import DrawnCurve, Line, Quantity
from mmm_groups.ui.charts import dress
from mmm_groups.ui.format import chart_label, compact, compact_money, percent, ratio
from mmm_groups.ui.number_style import current_style
from mmm_groups.ui.theme import ink, muted, paper, translucent

_METHOD_DASHES = ("solid", "dash", "dot")
_MARKS = {"Reference": ("circle", "right"), "Optimised": ("diamond", "left")}
_LABEL_GAP = 0.05  # of the chart's height: members' names closer than this would lie on each other
_MOST_LABELS = 6
_MOST_COLUMNS = 5
_ROW_HEIGHT = 175  # px of a small chart with its title and ticks
_ROW_GAP = 0.42  # of it, for title and ticks


@dataclass(frozen=True)
class ChartWords:
    """Units and labels of a chart.

    Attributes
    ----------
    quantity : Quantity
    target, currency : str
    period : str
        `week` if money and response are those of one period; empty for the whole window.
    mass : float
        Mass of the interval; NaN if nobody says.
    has_tail : bool
        True if the response counts what spend causes after the window: a file of curves does not say.
    """

    quantity: Quantity
    target: str
    currency: str
    period: str
    mass: float
    has_tail: bool = True

    @property
    def spend_title(self) -> str:
        """Title of the spend axis."""
        unit = f" ({self.currency})" if self.currency else ""
        return (f"Spend per {self.period}" if self.period else "Spend over the window") + unit

    @property
    def value_title(self) -> str:
        """Title of the value axis."""
        money = self.currency or "unit of money"
        per = f" per {self.period}" if self.period else ""
        return {
            "response": f"Incremental {self.target}{per}{' (tail included)' * self.has_tail}",
            "roi": f"ROI: {self.target} per {money}",
            "mroi": f"mROI: {self.target} per next {money}",
        }[self.quantity]

    @property
    def value_format(self) -> str:
        """How Plotly writes the ticks of the value axis."""
        if self.quantity != "response":
            return ".2~f"
        return "~s" if current_style().shortens else ",.7~g"


@dataclass(frozen=True)
class GroupChart:
    """What one chart shows.

    Attributes
    ----------
    name, color : str
        The group and its colour everywhere.
    lines : dict[str, DrawnCurve]
        Label (`Sum`) to curve; the first one has the band.
    members : sequence of DrawnCurve
        Channels along the split.
    marks : dict[str, pd.Series]
        `Reference`, `Optimised`: spend, response, roi, mroi.
    bounds : tuple
        Lower and upper bound of the group's spend; None where there is none.
    """

    name: str
    color: str
    lines: Mapping[str, DrawnCurve]
    members: Sequence[DrawnCurve]
    marks: Mapping[str, pd.Series]
    bounds: tuple[float | None, float | None] = (None, None)


def group_figure(chart: GroupChart, words: ChartWords, height: int) -> go.Figure:
    """One group: band, members, methods, marked plans, bounds, and the range beyond history dashed or shaded."""
    figure = go.Figure()
    main = next(iter(chart.lines.values()))
    _add_band(figure, main, chart.color, words)
    _add_members(figure, chart.members, words, _top(main, words.quantity))
    for (label, curve), dash in zip(chart.lines.items(), _METHOD_DASHES, strict=False):
        name = chart_label(chart.name) if len(chart.lines) == 1 else label
        parts = _split_at_history(curve) if len(chart.lines) == 1 else ((np.ones(len(curve.spend), bool), dash),)
        for shown, (part, style) in enumerate(parts):
            figure.add_scatter(
                x=curve.spend[part],
                y=_line(curve, words.quantity).mean[part],
                mode="lines",
                name=name,
                showlegend=not shown,
                line={"color": chart.color, "width": 3, "dash": style, "simplify": False},
                text=_hovers(f"{chart_label(chart.name)}, {label.lower()}", curve, words)[part],
                hoverinfo="text",
            )
    _shade_beyond_history(figure, main, "more than ever spent")
    _add_bounds(figure, chart.bounds, float(main.spend[-1]), words)
    _add_marks(figure, chart.marks, chart.color, words)
    dress(figure, height)
    figure.update_xaxes(title=words.spend_title, range=[0, main.spend[-1] * 1.01])
    figure.update_yaxes(title=words.value_title, rangemode="tozero", tickformat=words.value_format)
    return figure


def overview_figure(charts: Sequence[GroupChart], words: ChartWords, columns: int) -> go.Figure:
    """Every group in a small chart of its own: curve, band, marked plans, and what was never spent dashed.

    ROI and mROI share one scale, so that groups can be compared; responses have scales of their own.
    """
    columns = max(1, min(columns, len(charts), _MOST_COLUMNS))
    rows = -(-len(charts) // columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[chart_label(chart.name, 26) for chart in charts],
        shared_yaxes=False if words.quantity == "response" else "all",
        horizontal_spacing=0.05 if words.quantity == "response" else 0.025,
        vertical_spacing=_ROW_GAP / rows,
    )
    for place, chart in enumerate(charts):
        at = {"row": place // columns + 1, "col": place % columns + 1}
        (label, curve), *_ = chart.lines.items()
        _add_band(figure, curve, chart.color, words, at)
        for part, style in _split_at_history(curve):
            figure.add_scatter(
                x=curve.spend[part],
                y=_line(curve, words.quantity).mean[part],
                mode="lines",
                line={"color": chart.color, "width": 2.2, "dash": style, "simplify": False},
                text=_hovers(f"{chart_label(chart.name)}, {label.lower()}", curve, words)[part],
                hoverinfo="text",
                **at,
            )
        _add_marks(figure, chart.marks, chart.color, words, at, size=9)
    dress(figure, 40 + _ROW_HEIGHT * rows)
    figure.update_layout(showlegend=False, margin={"l": 8, "r": 8, "t": 32, "b": 8})
    figure.update_annotations(font={"size": 13, "color": ink()})
    figure.update_xaxes(nticks=4, tickfont={"size": 11})
    figure.update_yaxes(nticks=4, tickfont={"size": 11}, rangemode="tozero", tickformat=words.value_format)
    return figure


def _line(curve: DrawnCurve, quantity: Quantity) -> Line:
    return {"response": curve.response, "roi": curve.roi, "mroi": curve.mroi}[quantity]


def _top(curve: DrawnCurve, quantity: Quantity) -> float:
    line = _line(curve, quantity)
    return float(np.nanmax(np.concatenate([line.mean, line.high])))


def _add_band(
    figure: go.Figure, curve: DrawnCurve, color: str, words: ChartWords, at: Mapping[str, int] | None = None
) -> None:
    line = _line(curve, words.quantity)
    known = np.isfinite(line.low) & np.isfinite(line.high)
    if not known.any():
        return
    spend = curve.spend[known]
    figure.add_scatter(
        x=np.concatenate([spend, spend[::-1]]),
        y=np.concatenate([line.high[known], line.low[known][::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=translucent(color, 0.16),
        line={"width": 0},
        hoverinfo="skip",
        name=f"{percent(words.mass)} interval" if np.isfinite(words.mass) else "interval",
        **(at or {}),
    )


def _add_members(figure: go.Figure, members: Sequence[DrawnCurve], words: ChartWords, top: float) -> None:
    named = _labelled([float(_line(member, words.quantity).mean[-1]) for member in members], _LABEL_GAP * top)
    for place, member in enumerate(members):
        line = _line(member, words.quantity).mean
        texts = [""] * (len(line) - 1) + [chart_label(member.name, 18) if place in named else ""]
        figure.add_scatter(
            x=member.spend,
            y=line,
            name="Channels",
            legendgroup="members",
            showlegend=place == 0,
            mode="lines+text",
            text=texts,
            textposition="top left",
            textfont={"size": 12, "color": muted()},
            line={"color": muted(), "width": 1.4, "dash": "solid"},
            hovertext=_hovers(chart_label(member.name), member, words),
            hoverinfo="text",
        )


def _labelled(ends: Sequence[float], gap: float) -> set[int]:
    """Which lines get their name at the end: from the top, those that leave room for each other."""
    named: list[int] = []
    for place in sorted(range(len(ends)), key=lambda place: -ends[place] if np.isfinite(ends[place]) else np.inf):
        is_free = all(abs(ends[place] - ends[other]) > gap for other in named)
        if np.isfinite(ends[place]) and is_free and len(named) < _MOST_LABELS:
            named.append(place)
    return set(named)


def _hovers(label: str, curve: DrawnCurve, words: ChartWords) -> NDArray[np.str_]:
    per = f" per {words.period}" if words.period else ""
    texts = []
    for i, spend in enumerate(curve.own_spend):
        rows = [
            f"<b>{label}</b>",
            f"Spend {compact_money(float(spend), words.currency)}{per}",
            f"Response {_ranged(curve.response, i, compact)} {words.target}{per}",
            f"ROI {_ranged(curve.roi, i, ratio)}",
            f"mROI {_ranged(curve.mroi, i, ratio)}",
        ]
        texts.append("<br>".join(rows))
    return np.array(texts)


def _ranged(line: Line, i: int, write: Callable[[float], str]) -> str:
    text = write(float(line.mean[i]))
    if np.isfinite(line.low[i]):
        text += f" ({write(float(line.low[i]))} to {write(float(line.high[i]))})"
    return text


def _split_at_history(curve: DrawnCurve) -> list[tuple[NDArray[np.bool_], str]]:
    """The points inside history, solid, and those beyond, dashed; the two meet."""
    if not np.isfinite(curve.known_up_to):
        return [(np.ones(len(curve.spend), dtype=bool), "solid")]
    inside = curve.spend <= curve.known_up_to * 1.0001
    beyond = ~inside
    if inside.any():
        beyond[np.flatnonzero(inside)[-1]] = True
    return [(part, dash) for part, dash in ((inside, "solid"), (beyond, "dash")) if part.sum() > 1]


def _shade_beyond_history(figure: go.Figure, curve: DrawnCurve, said: str) -> None:
    if not curve.known_up_to < curve.spend[-1]:
        return
    figure.add_vrect(
        x0=curve.known_up_to,
        x1=curve.spend[-1],
        fillcolor=translucent(ink(), 0.04),
        line_width=0,
        layer="below",
        annotation={"text": said, "font": {"color": muted(), "size": 12}},
        annotation_position="top right",
    )


def _add_bounds(figure: go.Figure, bounds: tuple[float | None, float | None], reach: float, words: ChartWords) -> None:
    lower, upper = bounds
    is_locked = lower is not None and lower == upper
    named = [("locked at", lower, "right")] if is_locked else [("min", lower, "right"), ("max", upper, "left")]
    for said, amount, side in named:
        if amount is None or amount > reach:
            continue
        figure.add_vline(
            x=amount,
            line={"color": translucent(ink(), 0.55), "width": 1.2, "dash": "dot"},
            annotation={
                "text": f"{said} {compact_money(amount, words.currency)}",
                "font": {"color": ink(), "size": 12},
                "bgcolor": translucent(paper(), 0.8),
            },
            annotation_position=f"bottom {side}",
        )


def _add_marks(
    figure: go.Figure,
    marks: Mapping[str, pd.Series],
    color: str,
    words: ChartWords,
    at: Mapping[str, int] | None = None,
    size: int = 13,
) -> None:
    for label, figures in marks.items():
        symbol, side = _MARKS[label]
        # Responses rise and ratios fall: the text stands on the free side of the line.
        above = (side == "left") == (words.quantity == "response")
        value = float(figures[words.quantity])
        if not np.isfinite(value):
            continue
        figure.add_scatter(
            x=[figures["spend"]],
            y=[value],
            mode="markers" if at else "markers+text",
            text=[label],
            textposition=f"{'top' if above else 'bottom'} {side}",
            textfont={"color": ink()},
            showlegend=False,
            marker={"symbol": symbol, "size": size, "color": color, "line": {"color": paper(), "width": 2}},
            hovertext=f"<b>{label}</b><br>Spend {compact_money(float(figures['spend']), words.currency)}<br>"
            f"Response {compact(float(figures['response']))}<br>ROI {ratio(float(figures['roi']))}<br>"
            f"mROI {ratio(float(figures['mroi']))}",
            hoverinfo="text",
            cliponaxis=False,
            **(at or {}),
        )

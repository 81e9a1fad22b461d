"""What all charts share: their look, bars of spends, the area of an interval. No chart calculates a number."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from mmm_groups.display.charts.figure import Figure
from mmm_groups.display.numbers import chart_label, money
from mmm_groups.display.presentation import look, number_style, type_scale
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers

Trace = dict[str, Any]
"""One drawn thing, as Plotly reads it."""

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def config_for(*names: str) -> dict[str, Any]:
    """Configuration of a chart whose picture is downloaded under these names, at twice the size of the screen's."""
    return CONFIG | {"toImageButtonOptions": {"format": "png", "filename": file_name(*names), "scale": 2}}


RATIO_FORMAT = ".3~r"
"""How Plotly writes the ticks of ROI and mROI: in three digits, however small."""


def file_name(*names: str) -> str:
    """Names as one file name without an ending: `Meta` and `mROI` give `meta_mroi`."""
    return re.sub(r"\W+", "_", "_".join(names).casefold()).strip("_") or "chart"


def spend_bars(spends: dict[str, Numbers], colors: dict[str, str], currency: str) -> Figure:
    """Spend by group for several plans: the first one muted, the last one in the groups' colours."""
    figure: Figure = go.Figure()
    last = list(spends)[-1]
    for label, spend in spends.items():
        fill = [colors[name] for name in spend.index] if label == last else look().muted
        figure.add_bar(
            y=[chart_label(name) for name in spend.index],
            x=spend.to_numpy(),
            name=label,
            orientation="h",
            marker={"color": fill, "opacity": 1.0 if label == last else 0.55},
            showlegend=label != last,
            **money_hovers(label, spend, currency),
        )
    # The legend would show these bars in the colour of the first group, as if it meant that one.
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        marker={"symbol": "square", "size": 11, "color": look().ink},
        name=f"{last}, in the groups’ colours",
    )
    dress(figure, 90 + 58 * len(colors))
    figure.update_layout(barmode="group", bargap=0.3, legend={"traceorder": "reversed"})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=f"Spend over the window ({currency})" if currency else "Spend over the window")
    return figure


def money_hovers(label: str, spends: Iterable[float], currency: str) -> dict[str, object]:
    """What bars and marks of money say under the pointer, beside the row's name: in digits that follow their size."""
    return {
        "hovertext": [f"{label}: {money(float(spend), currency)}" for spend in spends],
        "hovertemplate": "%{hovertext}<extra>%{y}</extra>",
    }


def dress(figure: Figure, height: int) -> None:
    """Give a figure the look that all charts share."""
    layout, axis = layout_and_axis(height)
    figure.update_layout(layout)
    figure.update_xaxes(rangemode="tozero", **axis)
    figure.update_yaxes(**axis)


def layout_and_axis(height: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The look that all charts share, as Plotly reads it: the layout, and each of its axes."""
    style, scale = number_style(), type_scale()
    layout: dict[str, Any] = {
        "height": round(height * scale),
        "margin": {"l": 8, "r": 8, "t": 44, "b": 8},
        "legend": {"orientation": "h", "y": 1.03, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
        "separators": style.plotly_separators,
        "font": {"size": round(14 * scale)},
        "paper_bgcolor": look().paper,  # a downloaded picture must not be see-through
        "plot_bgcolor": look().paper,
        "template": {},  # Plotly's own would be copied into every chart: half of what is sent, and its colours unused
    }
    return layout, {"tickformat": amount_format(), "zeroline": False, "automargin": True}


def amount_format() -> str:
    """How Plotly writes the ticks of amounts; in full it needs more digits than any has, or 10,000,000 becomes 1e+7."""
    return "~s" if number_style().shortens else ",.12~g"


def fixed_margins(*, is_long: bool, titled: bool = True, top: int = 44) -> dict[str, int]:
    """Room for ticks and titles of a chart of numbers, in px.

    Plotly measures them itself if asked, by drawing everything up to three times: that is most of what a chart takes in
    the browser.

    Parameters
    ----------
    is_long : bool
        Whether numbers stand in full on the value axis.
    titled : bool
        Whether the axes have titles.
    top : int
        Room above, for the legend.
    """
    scale, titles = type_scale(), 26 if titled else 0
    sides = {"l": (92 if is_long else 46) + titles, "r": 14, "t": top, "b": 24 + titles}
    return {side: round(room * scale) for side, room in sides.items()}


def interval_area(at: Floats, low: Floats, high: Floats, fill: str, **named: object) -> Trace:
    """The area between the ends of an interval, as one closed shape; points without an interval are left out.

    Parameters
    ----------
    at : array, (point,)
        Places on the x axis.
    low, high : array, (point,)
    fill : str
        CSS colour of the area.
    **named
        What else Plotly should know of it, such as its name.
    """
    known = np.isfinite(low) & np.isfinite(high)
    return {
        "type": "scatter",
        "x": np.concatenate([at[known], at[known][::-1]]),
        "y": np.concatenate([high[known], low[known][::-1]]),
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0},
        "hoverinfo": "skip",
        **named,
    }


def type_size(usual: int) -> int:
    """Size of type in a chart, in px."""
    return round(usual * type_scale())

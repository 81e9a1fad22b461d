"""All groups at a glance: one small chart each."""

import streamlit as st

from mmm_groups.display.charts.curves import GroupChart, overview_figure
from mmm_groups.display.charts.frame import config_for
from mmm_groups.ui.panels.curve_panel import QUANTITIES, marks_of, shown_curve, words_of
from mmm_groups.ui.panels.curve_table import curves_in_rows
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.plotted_curves import METHOD_NAMES, OVERVIEW_POINTS, plotted_curve
from mmm_groups.ui.widgets.downloads import download_data

_MOST = 20


def overview(planner: Planner) -> None:
    """Draw the curves of all groups; of very many, the largest first and the rest on demand."""
    names = list(planner.groups)
    if len(names) < 2:
        return
    st.subheader("All groups", anchor=False)
    spent = planner.known_curves.reference_spend.fillna(0.0)
    sizes = {name: sum(spent[channel] for channel in inside) for name, inside in planner.groups.items()}
    largest = sorted(names, key=lambda name: -sizes[name])[:_MOST]
    if len(names) > _MOST and not st.toggle(f"Show all {len(names)}, not only the {_MOST} largest", key="all-groups"):
        names = [name for name in names if name in largest]
    scale = (
        "Every chart has its own scale."
        if planner.curve_choice.quantity == "response"
        else "All charts share the scale upwards; each has its own spend."
    )
    words = words_of(planner)
    charts = [_small(planner, name) for name in names]
    known = {"Reference": "Dot: reference spend.", "Optimised": "Diamond: optimised spend."}
    marked = " ".join(said for label, said in known.items() if label in charts[0].marks)
    st.caption(" ".join(filter(None, [scale, marked, "Dashed: more than ever spent."])))
    st.plotly_chart(
        overview_figure(charts, words, columns=4 if len(names) > 6 else 3),
        key="overview",
        config=config_for("all groups", words.quantity),
        alt=f"{QUANTITIES[words.quantity]} curves of {', '.join(names)}.",
    )
    download_data(lambda: curves_in_rows(planner, charts), "all groups", "curves", key="overview-csv")


def _small(planner: Planner, group: str) -> GroupChart:
    curves, marks = planner.group_curves(), marks_of(planner, group)
    by = planner.known_curves.periods if planner.curve_choice.per_period else 1
    end = curves.chart_end(group, [figures["spend"] * by for figures in marks.values()])
    curve = plotted_curve(curves, group, end, planner.interval, OVERVIEW_POINTS)
    return GroupChart(
        name=group,
        color=planner.colors()[group],
        lines={METHOD_NAMES[planner.scenario.method]: shown_curve(planner, curve)},
        members=[],
        marks=marks,
    )

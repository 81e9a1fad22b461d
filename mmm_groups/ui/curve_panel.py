"""One group's curve with its figures, as it stands beside the board and on the curves page."""

import streamlit as st

from mmm_groups.summary import reference_table
from mmm_groups.ui.charts import CONFIG, curve_figure, curve_view
from mmm_groups.ui.format import compact, compact_money, percent
from mmm_groups.ui.state import Planner


def curve_panel(planner: Planner, group: str, *, key: str, height: int = 430) -> None:
    """Draw a group's curve with today's spend and, if there is one, the optimised spend."""
    curves = planner.group_curves()
    channels = planner.known_curves
    members = planner.groups[group]
    today = reference_table(channels, {group: members}, planner.interval).iloc[0]
    known_up_to = curves.largest_known(group)
    marks = {"Spent": (float(today.spend), float(today.response))}
    reach = curves.drawn_reach(group, [float(today.spend)])
    if planner.result is not None and not planner.is_stale:
        plan = planner.final_plan()
        assert plan is not None
        row = plan.groups.loc[group]
        marks["Optimised"] = (float(row.spend), float(row.response))
        reach = curves.drawn_reach(group, [float(today.spend), float(row.spend)])
    st.subheader(group, anchor=False)
    target = planner.model.target
    figures = {
        "Spent": (compact_money(today.spend, planner.currency), "Over the latest dates of the data."),
        "Brings": (
            compact(today.response),
            f"Incremental {target}, posterior mean; with {percent(planner.interval)} probability between "
            f"{compact(today.response_low)} and {compact(today.response_high)}.",
        ),
        "ROI": (f"{today.roi:.2f}", f"Incremental {target} per unit of currency spent."),
        "mROI": (f"{today.mroi:.2f}", "What the next unit of currency would bring, at the historical split."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, explained) in figures.items():
            st.metric(label, value, help=explained, width="content")
    figure = curve_figure(
        curve_view(curves, group, reach, planner.interval),
        name=group,
        color=planner.colors()[group],
        target=planner.model.target,
        currency=planner.currency,
        known_up_to=known_up_to,
        marks=marks,
        height=height,
    )
    st.plotly_chart(
        figure,
        key=f"curve-{key}",
        config=CONFIG,
        alt=f"Response curve of {group}: {compact_money(today.spend, planner.currency)} spent brings "
        f"{compact(today.response)} {planner.model.target}.",
    )
    if len(members) > 1:
        rule = "your split" if group in planner.split else "the historical split"
        shares = ", ".join(f"{channel} {percent(share)}" for channel, share in curves.shares[group].items())
        st.caption(f"Sum of the channels' responses along {rule}: {shares}. The grey lines are their parts.")

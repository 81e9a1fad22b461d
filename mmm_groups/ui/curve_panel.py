"""One group's curve with its figures, as it stands beside the board and on the curves page."""

import numpy as np
import pandas as pd
import streamlit as st

from mmm_groups.group_curves import Method
from mmm_groups.summary import reference_table
from mmm_groups.ui.charts import CONFIG, curve_figure, curve_view
from mmm_groups.ui.format import compact, compact_money, percent, plain, signed
from mmm_groups.ui.source_words import (
    NO_REFERENCE,
    even_split_reason,
    interval_label,
    missing_band,
    reference_help,
)
from mmm_groups.ui.state import Planner, tied

_METHODS: dict[Method, str] = {
    "sum": "Sum",
    "weighted_average": "Weighted average",
    "re_estimated": "Re-estimated",
}
_METHOD_HELP = (
    "How the channels' curves become the group's. **Sum**: what the channels earn along the group's split; the plan's "
    "own promise. **Weighted average**: the group as one blended channel, never above the sum for concave curves. "
    "**Re-estimated**: one saturation curve through what past mixes of the group would have earned."
)


def pick_method(planner: Planner) -> None:
    """Choose how group curves are made; it holds for the optimiser as well."""
    st.segmented_control(
        "Method",
        [method for method in _METHODS if method != "re_estimated" or planner.has_history],
        **tied("method", planner.method, lambda own, method: setattr(own, "method", method)),
        format_func=lambda method: _METHODS[method],
        required=True,
        help=_METHOD_HELP,
    )


def method_notes(planner: Planner) -> None:
    """What a planner must know about the group curves of the chosen method."""
    for note in planner.group_curves().notes:
        st.warning(plain(note), icon=":material/info:")


def curve_panel(planner: Planner, group: str, *, key: str, height: int = 430) -> None:
    """Draw a group's curve with its reference spend and, if there is one, the optimised spend."""
    curves = planner.group_curves()
    channels, target = planner.known_curves, planner.source.target
    members = planner.groups[group]
    # Without history nothing is known to lie beyond it.
    known_up_to = curves.largest_known(group) if np.isfinite(curves.largest_known(group)) else np.inf
    marks = {}
    if channels.has_reference:
        today = reference_table(channels, {group: members}, planner.interval).iloc[0]
        marks["Reference"] = (float(today.spend), float(today.response))
    if planner.result is not None and not planner.is_stale:
        # The optimum itself, with the split it was found for: the split page shows what other shares do to it.
        row = planner.result.plan.groups.loc[group]
        marks["Optimised"] = (float(row.spend), float(row.response))
    reach = curves.drawn_reach(group, [spend for spend, _ in marks.values()])
    st.subheader(plain(group), anchor=False)
    if channels.has_reference:
        _figures_today(planner, today)
    else:
        st.caption(f"No reference spend is marked: {NO_REFERENCE}.")
    figure = curve_figure(
        curve_view(curves, group, reach, planner.interval),
        band_label=interval_label(channels, planner.interval),
        name=group,
        color=planner.colors()[group],
        target=target,
        currency=planner.currency,
        known_up_to=known_up_to,
        marks=marks,
        height=height,
    )
    st.plotly_chart(
        figure,
        key=f"curve-{key}",
        config=CONFIG,
        alt=f"Response curve of {group}. "
        + " ".join(
            f"{label}: {compact_money(spend, planner.currency)} spent brings {compact(response)} {target}."
            for label, (spend, response) in marks.items()
        ),
    )
    if reason := missing_band(channels, len(members)):
        st.caption(reason)
    if len(members) > 1 and planner.method != "sum" and "Reference" in marks:
        _say_difference(planner, group, marks["Reference"][0])
    if len(members) > 1:
        rule = "your split" if members in planner.custom_splits else "the historical split"
        if group in planner.without_history and members not in planner.custom_splits:
            rule = f"an even split ({even_split_reason(channels)})"
        at = next((spend for spend, _ in marks.values()), reach)
        shares = ", ".join(
            f"{channel} {percent(share)}" for channel, share in curves.paths[group].shares_at(at).items()
        )
        st.caption(plain(f"The grey lines are what the channels earn along {rule}: {shares}."))


def _figures_today(planner: Planner, today: pd.Series) -> None:
    target = plain(planner.source.target)
    interval = f"{interval_label(planner.curves, planner.interval)} interval".strip()
    ends = f"{compact(today.response_low)} to {compact(today.response_high)}"
    between = f"; its {interval} goes from {ends}" if np.isfinite(today.response_low) else ""
    figures = {
        "Reference": (compact_money(today.spend, planner.currency), reference_help(planner.source)),
        "Brings": (compact(today.response), f"Incremental {target}, mean{between}."),
        "ROI": (f"{today.roi:.2f}", f"Incremental {target} per unit of currency spent."),
        "mROI": (f"{today.mroi:.2f}", "What the next unit of currency would bring, at the historical split."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, explained) in figures.items():
            st.metric(label, value, help=explained, width="content")


def _say_difference(planner: Planner, group: str, spend: float) -> None:
    curves = planner.group_curves()
    difference = curves.over_sum(group, spend)
    st.caption(
        f"At the reference spend the {_METHODS[planner.method].lower()} curve says "
        f"{signed(compact(difference), difference)} {planner.source.target} against the sum of the channels."
        + (
            f" It misses the group's own history by {percent(curves.fits[group].error, 1)}."
            if group in curves.fits
            else ""
        )
    )

"""One group's curve with its figures, as it stands beside the board and on the curves page."""

import streamlit as st

from mmm_groups.group_curves import Method
from mmm_groups.summary import reference_table
from mmm_groups.ui.charts import CONFIG, curve_figure, curve_view
from mmm_groups.ui.format import compact, compact_money, percent, plain, signed
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
        list(_METHODS),
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
    channels = planner.known_curves
    members = planner.groups[group]
    today = reference_table(channels, {group: members}, planner.interval).iloc[0]
    known_up_to = curves.largest_known(group)
    marks = {"Reference": (float(today.spend), float(today.response))}
    if planner.result is not None and not planner.is_stale:
        # The optimum itself, with the split it was found for: the split page shows what other shares do to it.
        row = planner.result.plan.groups.loc[group]
        marks["Optimised"] = (float(row.spend), float(row.response))
    reach = curves.drawn_reach(group, [spend for spend, _ in marks.values()])
    st.subheader(plain(group), anchor=False)
    target = planner.model.target
    figures = {
        "Reference": (
            compact_money(today.spend, planner.currency),
            "What was spent over the latest dates of the data, as many as the planning window has.",
        ),
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
    if len(members) > 1 and planner.method != "sum":
        _say_difference(planner, group, float(today.spend))
    if len(members) > 1:
        rule = "your split" if members in planner.custom_splits else "the historical split"
        if group in planner.without_history and members not in planner.custom_splits:
            rule = "an even split (nothing was spent in the reference period, so history gives none)"
        shares = ", ".join(
            f"{channel} {percent(share)}" for channel, share in curves.paths[group].shares_at(today.spend).items()
        )
        st.caption(plain(f"The grey lines are what the channels earn along {rule}: {shares}."))


def _say_difference(planner: Planner, group: str, spend: float) -> None:
    curves = planner.group_curves()
    difference = curves.over_sum(group, spend)
    st.caption(
        f"At the reference spend the {_METHODS[planner.method].lower()} curve says "
        f"{signed(compact(difference), difference)} {planner.model.target} against the sum of the channels."
        + (
            f" It misses the group's own history by {percent(curves.fits[group].error, 1)}."
            if group in curves.fits
            else ""
        )
    )

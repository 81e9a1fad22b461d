"""One group's curve with its figures, as shown beside the board and on the curves page."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.elements.lib.utils import LabelVisibility

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.display.charts.curves import GroupChart, group_figure
from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.numbers import compact, compact_money, percent, plain, ratio
from mmm_groups.display.source_words import (
    NO_REFERENCE,
    even_split_reason,
    interval_label,
    interval_mass,
    missing_band,
    reference_help,
)
from mmm_groups.groups.curve_with_interval import CurveWithInterval, Quantity
from mmm_groups.model.calendar import one_period
from mmm_groups.numerics.labelled import Numbers, row_of
from mmm_groups.ui.panels.curve_table import curves_in_rows
from mmm_groups.ui.planner.open_planners import tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.plotted_curves import METHOD_NAMES, by_every_method, members_of, plotted_curve, reference_of
from mmm_groups.ui.widgets.downloads import download_data

QUANTITIES: dict[Quantity, str] = {"response": "Response", "roi": "ROI", "mroi": "mROI"}
_METHOD_HELP = (
    "How the channels' curves become the group's. **Sum**: what the channels earn along the group's split; the plan's "
    "own promise. **Weighted average**: the group as one blended channel, never above the sum for concave curves. "
    "**Re-estimated**: one saturation curve through what past mixes of the group would have earned."
)
_QUANTITY_HELP = (
    "**Response**: what the spend brings. **ROI**: response per unit of money spent, over all of it. **mROI**: what "
    "the next unit of money brings; money should go where it is highest."
)
_SHARES_SAID = 4
_FEW_GROUPS = 12  # more are chosen from a list that can be searched


def pick_group(planner: Planner, names: list[str]) -> str:
    """Choose the group to look at."""
    chosen = planner.shown_group(names)
    own = tied("curve-group", chosen, Planner.touch)
    if len(names) <= _FEW_GROUPS:
        st.pills("Group", names, required=True, format_func=plain, **own)
    else:
        st.selectbox(f"Group (one of {len(names)}; type to search)", names, **own)
    return chosen


def pick_method(planner: Planner) -> None:
    """Choose how group curves are made; it holds for the optimiser as well."""
    st.segmented_control(
        "Method",
        [method for method in METHOD_NAMES if method != "re_estimated" or planner.has_history],
        **tied("method", planner.scenario.method, lambda own, method: own.change(method=method)),
        format_func=lambda method: METHOD_NAMES[method],
        required=True,
        help=_METHOD_HELP,
    )


def pick_view(planner: Planner, *, key: str, bare: bool = False) -> None:
    """Choose what stands on the chart's axes; `bare` leaves the labels out where there is little room."""
    choice = planner.curve_choice
    shown: LabelVisibility = "collapsed" if bare else "visible"
    period = one_period(planner.source.frequency)
    st.segmented_control(
        "Show",
        list(QUANTITIES),
        **tied(f"quantity-{key}", choice.quantity, lambda own, value: _choose(own, quantity=value)),
        format_func=lambda quantity: QUANTITIES[quantity],
        required=True,
        help=_QUANTITY_HELP,
        label_visibility=shown,
    )
    if planner.known_curves.periods < 2:  # also where a file does not say how many dates its window has
        return
    st.segmented_control(
        "Money and response",
        [False, True],
        **tied(f"period-{key}", choice.per_period, lambda own, value: _choose(own, per_period=value)),
        format_func=lambda per_period: f"Per {period}" if per_period else "Total",
        required=True,
        label_visibility=shown,
        help=f"Over the whole planning window, or divided by its {planner.known_curves.periods} "
        f"{period}s. ROI and mROI are the same either way.",
    )


def pick_all_methods(planner: Planner) -> None:
    """Choose whether the three methods stand on one chart."""
    st.toggle(
        "All methods",
        **tied("all-methods", planner.curve_choice.all_methods, lambda own, value: _choose(own, all_methods=value)),
        help="The three methods of making the group's curve on one chart. Optimising goes by the method chosen beside.",
    )


def method_notes(planner: Planner) -> None:
    """What a planner must know about the curves, and about the group curves of the chosen method."""
    if planner.known_curves.is_conditional:
        st.warning(
            "The channels of this model do not add up. Each curve here is conditional: it holds while every other "
            "channel keeps its reference spend.",
            icon=":material/link:",
        )
    if planner.scenario.method == "weighted_average" and planner.scenario.sub_channels:
        st.info(
            "Under the weighted average a channel's parts, grouped again, are less than the channel, because their "
            "curves are blended before they are read. Under the sum they are the channel.",
            icon=":material/info:",
        )
    for note in planner.group_curves().notes:
        st.warning(plain(note), icon=":material/info:")


def curve_panel(planner: Planner, group: str, *, key: str, height: int = 430, wide: bool = False) -> None:
    """Draw a group's curve with its reference spend and, if there is one, the optimised spend.

    Parameters
    ----------
    wide : bool
        Figures beside the chart instead of above it, and all methods if the planner wants them; otherwise
        the choice of axes stands with the chart.
    """
    figures, chart_side = st.columns([1, 5], gap="medium") if wide else (st.container(), st.container())
    with figures:
        _headline(planner, group, wide)
    chart, why_not = _chart(planner, group, all_methods=wide and planner.curve_choice.all_methods)
    with chart_side:
        if not wide:
            with st.container(horizontal=True, gap="small"):
                pick_view(planner, key=key, bare=True)
        st.plotly_chart(
            group_figure(chart, words_of(planner), height),
            key=f"curve-{key}",
            config=config_for(group, planner.curve_choice.quantity, "curve"),
            alt=_in_words(planner, group),
        )
        if reason := missing_band(planner.known_curves, len(planner.groups[group])):
            st.caption(reason)
        if _is_model(planner, group):
            st.caption(
                "The marks and the figures are what the channels earn on their own curves. The group's curve is a "
                "model of its own, so it may pass beside them."
            )
        for reason in why_not:
            st.caption(plain(reason))
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(plain(_about_members(planner, group)))
            download_data(lambda: curves_in_rows(planner, [chart]), group, "curve", key=f"csv-{key}")


_FIGURES = ("spend", "response", "response_low", "response_high", "roi", "mroi")


def marks_of(planner: Planner, group: str) -> dict[str, Numbers]:
    """The plans that are marked on a group's curve, with what they earn there."""
    marks = {}
    if planner.known_curves.has_reference:
        marks["Reference"] = _today(planner, group)
    if (result := planner.shown) is not None and not planner.is_stale:
        marks["Optimised"] = row_of(result.plan.groups, group)
    return {label: _in_period(planner, figures) for label, figures in marks.items()}


def shown_curve(planner: Planner, curve: CurveWithInterval) -> CurveWithInterval:
    """A curve in the unit of time that the planner looks at."""
    return curve.per_period(planner.known_curves.periods) if planner.curve_choice.per_period else curve


def words_of(planner: Planner) -> ChartWords:
    """Units and labels of the charts as the planner looks at them."""
    choice = planner.curve_choice
    return ChartWords(
        quantity=choice.quantity,
        target=planner.source.target,
        currency=planner.currency,
        period=one_period(planner.source.frequency) if choice.per_period else "",
        mass=interval_mass(planner.curves, planner.interval),
        has_tail=not isinstance(planner.source, CurveFile),
    )


def _choose(planner: Planner, **changed: object) -> None:
    planner.curve_choice = replace(planner.curve_choice, **changed)  # type: ignore[arg-type]


def _in_period(planner: Planner, figures: Numbers) -> Numbers:
    by = planner.known_curves.periods if planner.curve_choice.per_period else 1
    return pd.Series(
        {name: float(figures[name]) / (1 if name in ("roi", "mroi") else by) for name in _FIGURES if name in figures}
    )


def _chart(planner: Planner, group: str, *, all_methods: bool) -> tuple[GroupChart, list[str]]:
    """The chart, and why methods are missing on it."""
    curves = planner.group_curves()
    marks = marks_of(planner, group)
    bounds = planner.row_limit(group).in_money(planner.reference_of(planner.groups[group]))
    by = planner.known_curves.periods if planner.curve_choice.per_period else 1
    near = curves.chart_end(group, [figures["spend"] * by for figures in marks.values()])
    # A bound within sight widens the chart; a far one would squeeze the curve into a corner.
    inside = [bound for bound in bounds if bound is not None and bound <= 1.5 * near]
    end = curves.chart_end(group, [near / 1.5, *(bound / 1.4 for bound in inside)])
    lines = {METHOD_NAMES[planner.scenario.method]: plotted_curve(curves, group, end, planner.interval)}
    why_not: list[str] = []
    if all_methods and len(curves.groups[group]) > 1:
        found, reasons = by_every_method(curves, group, end, planner.interval)
        lines = {METHOD_NAMES[method]: curve for method, curve in found.items()}
        why_not = [f"{METHOD_NAMES[method]} is not drawn: {reason.marked}" for method, reason in reasons.items()]
    chart = GroupChart(
        name=group,
        color=planner.colors()[group],
        lines={label: shown_curve(planner, curve) for label, curve in lines.items()},
        members=[shown_curve(planner, curve) for curve in members_of(curves, group, end)],
        marks=marks,
        bounds=(bounds[0] if bounds[0] is None else bounds[0] / by, bounds[1] if bounds[1] is None else bounds[1] / by),
    )
    return chart, why_not


def _headline(planner: Planner, group: str, wide: bool) -> None:
    curves, target = planner.known_curves, plain(planner.source.target)
    st.subheader(plain(group), anchor=False)
    if not curves.has_reference:
        st.caption(f"No reference spend is marked: {NO_REFERENCE}.")
        return
    today = _in_period(planner, _today(planner, group))
    period = f" per {one_period(planner.source.frequency)}" * planner.curve_choice.per_period
    interval = f"{interval_label(curves, planner.interval)} interval".strip()
    ends = f"{compact(today.response_low)} to {compact(today.response_high)}"
    between = f"; its {interval} goes from {ends}" if np.isfinite(today.response_low) else ""
    spent = compact_money(today.spend, planner.currency)
    figures = {
        f"Reference{period}": (spent, reference_help(planner.source, planner.curves, planner.scenario.reference)),
        f"Brings{period}": (compact(today.response), f"Incremental {target}, mean{between}."),
        "ROI": (f"{ratio(today.roi)}", f"Incremental {target} per unit of currency spent."),
        "mROI": (f"{ratio(today.mroi)}", "What the next unit of currency would bring, at the historical split."),
    }
    with st.container(horizontal=not wide, gap="small" if wide else "medium"):
        for label, (value, explained) in figures.items():
            st.metric(label, value, help=explained, width="content")


def _about_members(planner: Planner, group: str) -> str:
    curves, members = planner.group_curves(), planner.groups[group]
    if len(members) < 2:
        return ""
    is_own = planner.own_shares(members) is not None
    rule = "your split" if is_own else "the historical split"
    if group in planner.without_history and not is_own:
        rule = f"an even split ({even_split_reason(planner.known_curves)})"
    shares = (
        curves.paths[group]
        .shares_at(_spend_looked_at(planner, group))
        .sort_values(ascending=False, kind="stable")[:_SHARES_SAID]
    )
    said = ", ".join(f"{channel} {percent(share)}" for channel, share in shares.items())
    more = f" and {len(members) - len(shares)} more" if len(members) > len(shares) else ""
    return f"The grey lines are the channels along {rule}: {said}{more}."


def _spend_looked_at(planner: Planner, group: str) -> float:
    """The group's reference spend; where that is unknown its optimised one, or else where its curve ends."""
    spent = planner.reference_of(planner.groups[group])
    if np.isfinite(spent):
        return spent
    if planner.result is not None and not planner.is_stale:
        return float(planner.result.plan.spends[group])
    return float(planner.group_curves().spend.sel(group=group)[-1])


def _is_model(planner: Planner, group: str) -> bool:
    """True if the group's curve may promise something else at the marked spends than its channels earn."""
    return planner.scenario.method != "sum" and len(planner.groups[group]) > 1


def _in_words(planner: Planner, group: str) -> str:
    own = " on its channels' own curves" * _is_model(planner, group)
    marked = "; ".join(
        f"{label}: {compact_money(figures['spend'], planner.currency)} spent brings {compact(figures['response'])} "
        f"{planner.source.target}{own}"
        for label, figures in marks_of(planner, group).items()
    )
    return f"{QUANTITIES[planner.curve_choice.quantity]} curve of {group}. {marked}"


def _today(planner: Planner, group: str) -> Numbers:
    """What the reference spend of a group brings."""
    return row_of(reference_of(planner.known_curves, planner.groups, planner.interval), group)

"""What the reference spend would bring, on the start page; or, where it is unknown, what the curves hold."""

import streamlit as st

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.spend_table import reference_table, table_at
from mmm_groups.display.media_plan_words import reference_name
from mmm_groups.display.numbers import compact, compact_money, plain, ratio
from mmm_groups.display.source_words import NO_REFERENCE, is_latest_spend, reference_help
from mmm_groups.numerics.labelled import row_of
from mmm_groups.scenario.references import LatestReference
from mmm_groups.ui.frame.reference_choice import reference_choice
from mmm_groups.ui.panels.spend_tables import spend_view
from mmm_groups.ui.planner.planner import Planner


def reference_panel(planner: Planner) -> None:
    """Three figures and one row a channel."""
    curves = planner.known_curves
    if not curves.has_reference:
        st.subheader("What each channel would bring where its curve ends", anchor=False)
        st.info(
            f"There is no reference plan to begin with: {NO_REFERENCE}. A CSV can say it in the column "
            "`reference_spend`, a netCDF file in the variable `reference_spend` or `historical_spend`.",
            icon=":material/info:",
        )
        spend_view(table_at(curves, curves.upper, interval=planner.interval), planner, name="Channel", key="ends")
        return
    st.subheader(plain(_title(planner)), anchor=False)
    reference_choice(planner, key="start-reference", label="Reference")
    everything = row_of(reference_table(curves, {"all": curves.channels}), "all")
    spent, response, roi = st.columns(3)
    spent.metric(
        "Reference spend",
        compact_money(everything["spend"], planner.currency),
        help=plain(reference_help(planner.source, planner.curves, planner.scenario.reference)),
        border=True,
    )
    response.metric(
        f"Incremental {plain(planner.source.target)}",
        compact(everything["response"]),
        help="Posterior mean of what this spend causes in the window and in the carry-over weeks after it."
        if not isinstance(planner.source, CurveFile)
        else "Mean of what this spend causes, as the curves in the file count it.",
        border=True,
    )
    roi.metric(
        "ROI",
        ratio(everything["roi"]),
        help=f"Incremental {plain(planner.source.target)} per unit of currency.",
        border=True,
    )
    spend_view(reference_table(curves, interval=planner.interval), planner, name="Channel", key="reference")


def _title(planner: Planner) -> str:
    chosen, curves = planner.scenario.reference, planner.known_curves
    if isinstance(chosen, LatestReference) and not is_latest_spend(curves):
        return "What the reference spend would bring"
    return f"What the spend of {reference_name(chosen, curves)} would bring in the window"

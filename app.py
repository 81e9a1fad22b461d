"""Start: what this is, which model is open, for which weeks, in which currency."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.summary import reference_table
from mmm_groups.ui.format import CURRENCIES, compact, compact_money, period_word
from mmm_groups.ui.model_picker import pick_model, pick_window
from mmm_groups.ui.page import next_step, open_page, stop_with
from mmm_groups.ui.state import tied
from mmm_groups.ui.tables import spend_view

HERE = "app.py"

planner = open_page(
    HERE,
    "Drag channels into the groups you brief, see each group's response curve, find the best budget, split it back to "
    "channels, and leave with a spreadsheet. Every number comes from your fitted marketing mix model.",
    needs_curves=False,
)

left, right = st.columns(2, gap="large")
with left, st.container(border=True, height="stretch"):
    st.subheader("Model", anchor=False)
    pick_model(planner)
with right, st.container(border=True, height="stretch"):
    st.subheader("Planning window", anchor=False)
    pick_window(planner)
    st.selectbox(
        "Currency",
        list(CURRENCIES.values()),
        format_func=lambda symbol: next(name for name, known in CURRENCIES.items() if known == symbol),
        help="Only the symbol: models do not store a currency and nothing is converted.",
        **tied("currency", planner.currency, lambda own, symbol: setattr(own, "currency", symbol)),
    )

if planner.curves is None:
    st.stop()

try:
    table = reference_table(planner.curves)
    everything = reference_table(planner.curves, {"all": planner.curves.channels}).loc["all"]
except MmmGroupsError as error:
    stop_with(error)
weeks = f"{planner.curves.periods} {period_word(planner.model.frequency)}"
st.subheader(f"What the spend of the last {weeks} would bring in the window", anchor=False)
spent, response, roi = st.columns(3)
spent.metric(
    "Reference spend",
    compact_money(everything["spend"], planner.currency),
    help="Money spent over the latest dates of the training data, as many as the planning window has.",
    border=True,
)
response.metric(
    f"Incremental {planner.model.target}",
    compact(everything["response"]),
    help="Posterior mean of what this spend causes in the window and in the carry-over weeks after it.",
    border=True,
)
roi.metric(
    "ROI",
    f"{everything['roi']:.2f}",
    help=f"Incremental {planner.model.target} per unit of currency.",
    border=True,
)
spend_view(table, planner, name="Channel", key="reference")
next_step(HERE)

"""Start: what this is, which model or file of curves is open, for which weeks"""

import streamlit as st

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.frame.skeletons import skeleton
from mmm_groups.ui.start.last_work import offer_last_work
from mmm_groups.ui.start.model_picker import pick_model, pick_window
from mmm_groups.ui.start.reference_panel import reference_panel

HERE = "app.py"

with open_page(
    HERE,
    "Drag channels into the groups you brief, see each group's response curve, find the best budget, split it back to "
    "channels, and leave with a spreadsheet. Every number comes from your marketing mix model, or from its curves.",
    needs_curves=False,
) as planner:
    offer_last_work(planner)
    left, right = st.columns(2, gap="large")
    below = st.container()  # drawn before the curves are read, which can take a minute
    if planner.curves is None:
        with below:
            skeleton("What the reference spend would bring stands here once the curves are read.", figures=3, rows=6)
    with left, st.container(border=True, height="stretch"):
        st.subheader("Model or curves", anchor=False)
        pick_model(planner)
    with right, st.container(border=True, height="stretch"):
        st.subheader("Planning window", anchor=False)
        pick_window(planner)

    if planner.curves is None:
        st.stop()

    reference_panel(planner)
    next_step(HERE)

"""The start page's controls: which model, which window."""

import time
from pathlib import Path

import pandas as pd
import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.format import period_word
from mmm_groups.ui.models import available_models, keep_upload, models_folder, read_curves, ready_curves
from mmm_groups.ui.state import Planner, open_planner


def pick_model(planner: Planner) -> None:
    """Choose among the demo, the models folder and an upload; say what is open."""
    models = available_models()
    paths = list(models.values())
    chosen = st.selectbox(
        "Open",
        list(models),
        index=paths.index(planner.model.file.path) if planner.model.file.path in paths else 0,
        help=f"The demo, and every .nc file in {models_folder()}",
    )
    if models[chosen] != planner.model.file.path:
        _open(models[chosen])
    with st.popover("Upload a model", icon=":material/upload:"):
        st.write(f"A `.nc` file written by PyMC-Marketing's `MMM.save()`. It is kept in `{models_folder()}`.")
        upload = st.file_uploader("Model file", type="nc", key="upload")
        if upload is not None and st.session_state.get("opened-upload") != upload.file_id:
            st.session_state["opened-upload"] = upload.file_id
            _open(keep_upload(upload.name, upload.getvalue()))
    model = planner.model
    st.markdown(
        f"**{len(model.channels)} channels**, {len(model.dates)} dates from {model.dates[0]:%d %b %Y} to "
        f"{model.dates[-1]:%d %b %Y}, outcome **{model.target}**, {model.draws} posterior draws."
    )


def pick_window(planner: Planner) -> None:
    """Choose first date and number of dates; read the curves if nobody did before."""
    model = planner.model
    first = model.next_horizon(1).start
    starts = pd.DatetimeIndex([*model.dates[-52:], *model.next_horizon(52).dates])
    start_side, length_side = st.columns(2)
    with start_side:
        start = st.selectbox(
            "First date",
            list(starts),
            index=int(starts.get_loc(planner.horizon.start)),
            format_func=lambda date: f"{date:%d %b %Y}" + (" (first after the data)" if date == first else ""),
        )
    with length_side:
        periods = int(st.number_input(f"Number of {period_word(model.frequency)}", 1, 104, planner.horizon.periods))
    horizon = model.horizon(start, pd.date_range(start, periods=periods, freq=model.frequency)[-1])
    if horizon != planner.horizon:
        planner.horizon, planner.curves = horizon, ready_curves(model, horizon)
        st.rerun()
    st.caption(f"Money is spread evenly from {horizon}; what it causes in the carry-over dates after that counts too.")
    if planner.curves is None:
        _offer_reading(planner)
    else:
        for note in planner.curves.notes:
            st.warning(note, icon=":material/info:")


def _open(path: Path) -> None:
    try:
        open_planner(path)
    except MmmGroupsError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.rerun()


def _offer_reading(planner: Planner) -> None:
    st.info("Curves for this model and window have to be read from the model once (10 to 60 seconds).")
    if not st.button("Read the curves", type="primary"):
        return
    began = time.perf_counter()
    with st.status("Reading the curves", expanded=True) as status:
        try:
            planner.curves = read_curves(
                planner.model,
                planner.horizon,
                progress=lambda step: status.write(f"{time.perf_counter() - began:4.0f} s · {step}"),
            )
        except MmmGroupsError as error:
            status.update(label="The curves could not be read", state="error")
            st.error(str(error), icon=":material/error:")
            return
        status.update(label=f"Read in {time.perf_counter() - began:.0f} s", state="complete")
    st.rerun()

"""Reading curves from a model, with its steps and their times on the screen."""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_status_container import StatusContainer

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.display.numbers import money, number, plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.jobs.job_queue import job
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.ui.panels.jobs import cancel_button
from mmm_groups.ui.panels.reading_jobs import curves_of, is_open_here, reading_job, start_reading
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import CurveRequest, read_curves

_LOOK_SECONDS = 0.3


def offer_reading(planner: Planner) -> None:
    """Offer to read the curves that are asked for."""
    st.info("Curves for this model and window have to be read from the model once (10 to 60 seconds).")
    if isinstance(planner.source, FittedModel):
        read_here(planner.source, planner.request, "Read the curves", planner)


def offer_further(planner: Planner) -> None:
    """Where the budget exceeds the shortest curve, say so and offer to read the curves further."""
    curves = planner.modelled_curves  # parts end where their channel does, at their share of it
    shortest = float(curves.upper.min())
    if planner.budget <= shortest:
        return
    end, budget = money(shortest, planner.currency), money(planner.budget, planner.currency)
    st.warning(
        plain(
            f"The curve of {curves.upper.idxmin()} ends at {end}, below the budget of {budget}; no plan goes beyond it."
        ),
        icon=":material/straighten:",
    )
    if isinstance(planner.source, FittedModel) and st.button("Read the curves up to the budget", key="read-further"):
        request = planner.request
        further = CurveRequest(request.horizon, request.flighting, request.prices, budget=planner.budget)
        _read(planner.source, further, planner)


def read_here(model: FittedModel, request: CurveRequest, label: str, planner: Planner | None = None) -> None:
    """A button that reads a model's curves; where a job already reads them, its progress.

    Parameters
    ----------
    model : FittedModel
    request : CurveRequest
    label : str
        Of the button.
    planner : Planner, optional
        Who gets the curves; without one they are only kept for everybody.
    """
    known = reading_job(model, request)
    if st.button(label, type="primary") or (known is not None and known.is_open):
        _read(model, request, planner)


def _read(model: FittedModel, request: CurveRequest, planner: Planner | None) -> None:
    began = time.perf_counter()
    cancelling = st.empty()
    with st.status("Reading the curves", expanded=True) as status:
        try:
            if is_open_here(model):
                # Its graph is already in this process: seconds, where another process would have to import and rebuild.
                curves = read_curves(model, request, timed_steps(status, began))
            else:
                curves = _read_outside(model, request, status, cancelling)
        except MmmGroupsError as error:
            status.update(label="The curves could not be read", state="error")
            st.error(plain(error), icon=":material/error:")
            return
        if planner is not None:
            planner.take(curves)
            planner.change(reach=request.budget)
        status.update(label=f"Read in {number(time.perf_counter() - began, 0)} s", state="complete")
    st.rerun()


def _read_outside(
    model: FittedModel, request: CurveRequest, status: StatusContainer, cancelling: DeltaGenerator
) -> ResponseCurves:
    """Have the curves read by a job and show its steps; they go on if the planner leaves the page."""
    began = time.perf_counter()
    asked = start_reading(model, request)
    cancel_button(cancelling, asked.id)
    listed = 0
    while (now := job(asked.id)).is_open:
        waits = now.record.state == "queued"
        status.update(label=plain("Waiting for other long work" if waits else now.record.step or "Starting"))
        for step, took in now.record.steps[listed:]:
            status.write(f"{took:4.0f} s · {plain(step)}")
        listed = len(now.record.steps)
        time.sleep(_LOOK_SECONDS)
    cancelling.empty()
    curves = curves_of(now, model, request)
    # Channels that do not add up, and planned prices on such a model, are answered by the model itself, whose compiled
    # graph cannot leave a process: what the job has read is taken from the cache, and the rest is compiled here.
    return curves if curves is not None else read_curves(model, request, timed_steps(status, began))


def timed_steps(status: DeltaGenerator, began: float | None = None) -> Callable[[str], None]:
    """Writes each step of long work into its status box, with the seconds since the work began."""
    start = time.perf_counter() if began is None else began
    return lambda step: status.write(f"{number(time.perf_counter() - start, 0)} s · {plain(step)}")

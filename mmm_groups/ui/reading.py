"""Reading curves from a model, with its steps and their times on the screen."""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmm_groups.errors import MmmGroupsError
from mmm_groups.fitted_model import FittedModel
from mmm_groups.ui.format import money, plain
from mmm_groups.ui.models import CurveRequest, read_curves
from mmm_groups.ui.state import Planner


def offer_reading(planner: Planner) -> None:
    """Offer to read the curves that are asked for."""
    st.info("Curves for this model and window have to be read from the model once (10 to 60 seconds).")
    if st.button("Read the curves", type="primary"):
        _read(planner, planner.request)


def offer_further(planner: Planner) -> None:
    """Where the budget exceeds the shortest curve, say so and offer to read the curves further."""
    curves = planner.known_curves
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
        _read(planner, CurveRequest(request.horizon, request.flighting, request.prices, budget=planner.budget))


def timed_steps(status: DeltaGenerator) -> Callable[[str], None]:
    """Writes each step of long work into its status box, with the seconds since the work began."""
    began = time.perf_counter()
    return lambda step: status.write(f"{time.perf_counter() - began:.0f} s · {step}")


def _read(planner: Planner, request: CurveRequest) -> None:
    if not isinstance(planner.source, FittedModel):
        raise RuntimeError("Curves from a file need no reading.")
    began = time.perf_counter()
    with st.status("Reading the curves", expanded=True) as status:
        try:
            planner.curves = read_curves(
                planner.source,
                request,
                progress=timed_steps(status),
            )
        except MmmGroupsError as error:
            status.update(label="The curves could not be read", state="error")
            st.error(plain(str(error)), icon=":material/error:")
            return
        planner.reach = request.budget
        status.update(label=f"Read in {time.perf_counter() - began:.0f} s", state="complete")
    st.rerun()

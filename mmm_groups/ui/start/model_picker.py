"""The start page's controls: which model or file of curves, which window."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.display.numbers import plain
from mmm_groups.display.source_words import limits_in_words, source_in_words, window_in_words
from mmm_groups.errors import HorizonError, MmmGroupsError, ModelFileError
from mmm_groups.model.calendar import period_word, periods_of
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.horizon import Horizon
from mmm_groups.ui.panels.read_curves import offer_reading
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import open_planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import DEMO_NAME, ENDINGS, available_models, models_folder, store_upload
from mmm_groups.ui.start.flighting_form import pick_flighting, pick_prices
from mmm_groups.ui.widgets.choices import one_of

_YEARS_AHEAD = 2
_LONGEST_YEARS = 2


def pick_model(planner: Planner) -> None:
    """Choose among the demo, the models folder and an upload; say what is open."""
    models, trouble = {DEMO_NAME: DEMO_MODEL}, ""
    try:
        models = available_models()
    except OSError as error:
        trouble = f"The folder of models ({models_folder()}) cannot be read: {error.strerror}. Open the demo."
    name = next((name for name, path in models.items() if path == planner.source.path), None)
    # Set before the widget is made, so that a file that could not be opened does not stay chosen.
    st.session_state["model"] = name
    st.selectbox(
        "Open",
        list(models),
        key="model",
        on_change=safe_change(_open_chosen),
        help=f"The demo, and every .nc and .csv file in {models_folder()}",
    )
    if trouble:
        st.warning(plain(trouble), icon=":material/folder_off:")
    with st.popover("Upload a model or curves", icon=":material/upload:"):
        st.write(
            "A `.nc` file written by PyMC-Marketing's `MMM.save()`, or response curves of any other tool: a `.csv` "
            "with the columns channel, spend, response, or a `.nc` file of Meridian's or of our own kind. It is kept "
            f"in `{models_folder()}`."
        )
        st.file_uploader(
            "Model or curves",
            type=[ending.removeprefix(".") for ending in ENDINGS],
            key="upload",
            on_change=safe_change(_open_upload),
        )
    if trouble := st.session_state.pop("model-trouble", None):
        st.error(plain(trouble), icon=":material/error:")
    st.markdown(source_in_words(planner.source))
    if isinstance(planner.source, CurveFile):
        st.caption(limits_in_words(planner.source))


def pick_window(planner: Planner) -> None:
    """Choose first date and number of dates; read the curves if nobody did before.

    Curves from a file have the window they were made for, which is shown and cannot be chosen.
    """
    if isinstance(planner.source, CurveFile):
        st.markdown(window_in_words(planner.source))
    elif planner.horizon is not None:
        _choose_window(planner.source, planner.horizon)
        pick_flighting(planner)
        pick_prices(planner)
    if planner.curves is None:
        offer_reading(planner)
    else:
        for note in planner.curves.origin.notes:
            st.warning(plain(note), icon=":material/info:")


def _choose_window(model: FittedModel, horizon: Horizon) -> None:
    first = model.next_horizon(1).start
    ahead = model.next_horizon(periods_of(model.frequency, _YEARS_AHEAD)).dates
    starts = model.dates[-periods_of(model.frequency, 1) :].append(ahead)
    # A window of a scenario may lie elsewhere, or be longer.
    starts = starts.union(pd.DatetimeIndex([horizon.start]))
    longest = max(periods_of(model.frequency, _LONGEST_YEARS), horizon.periods)
    lengths = range(1, longest + 1)

    def change(own: Planner, start: pd.Timestamp | None = None, periods: int | None = None) -> None:
        window = own.horizon or horizon  # not the one drawn here: both widgets can change in one run
        dates = pd.date_range(start or window.start, periods=int(periods or window.periods), freq=model.frequency)
        try:
            wanted = model.horizon(dates[0], dates[-1])
        except HorizonError as error:
            st.session_state["window-trouble"] = plain(str(error))
            return
        if own.flighting == "table":
            st.toast("The window changed, so money is spread evenly again. Your table was for other dates.")
        own.change_window(wanted)

    start_side, length_side = st.columns(2)
    with start_side:
        st.selectbox(
            "First date",
            list(starts),
            format_func=lambda date: f"{date:%Y-%m-%d}" + (" (first after the data)" if date == first else ""),
            **tied("window-start", horizon.start, lambda own, start: change(own, start=one_of(starts, start))),
        )
    with length_side:
        st.number_input(
            f"Number of {period_word(model.frequency)}",
            1,
            longest,
            **tied(
                "window-periods",
                horizon.periods,
                lambda own, count: change(own, periods=one_of(lengths, count)),
            ),
        )
    if trouble := st.session_state.pop("window-trouble", None):
        st.error(trouble, icon=":material/error:")
    st.caption(f"Money is spent from {horizon}; what it causes in the carry-over dates after that counts too.")


def _open_chosen() -> None:
    name = st.session_state["model"]
    _open(lambda: _path_of(name))


def _path_of(name: str) -> Path:
    models = available_models()
    if name not in models:  # never looked for elsewhere: a message made by hand may name any file of the server
        raise ModelFileError(
            f"'{name[:80]}' is not in the folder of models any more ({models_folder()}). Choose another file."
        )
    return models[name]


def _open_upload() -> None:
    upload = st.session_state["upload"]
    if upload is not None:
        _open(lambda: store_upload(upload.name, upload.getvalue()))


def _open(find: Callable[[], Path]) -> None:
    """Open a model in a callback; what was open stays open, with the reason, if that fails."""
    try:
        opened = open_planner(find())
    except MmmGroupsError as error:
        st.session_state["model-trouble"] = error.text
    else:
        st.toast(f"Opened {plain(opened.source.name)}", icon=":material/check:")

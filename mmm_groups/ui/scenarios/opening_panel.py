"""Open a scenario from a file, or on another model than it was made on, with a mapping of its channels."""

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError, reason_of
from mmm_groups.scenario.channel_mapping import channel_differences
from mmm_groups.scenario.document import read_scenario
from mmm_groups.scenario.run import source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.transfer import transfer
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import source_with
from mmm_groups.ui.planner.work_identity import WorkIdentity
from mmm_groups.ui.scenarios.scenario_list import leave
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.work.arrival import elsewhere, forget_elsewhere, open_unsaved, show_on

_TROUBLE, _CHANGES = "mmm_groups.opening-trouble", "mmm_groups.opening-changes"
_LEFT_OUT = "Leave it out"


def upload_panel() -> None:
    """Open a scenario file."""
    st.file_uploader("Open a scenario file", type=["json"], key="scenario-upload", on_change=safe_change(_open_upload))
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")
    for change in st.session_state.pop(_CHANGES, ()):
        st.info(plain(change), icon=":material/info:")


def _open_upload() -> None:
    upload = st.session_state["scenario-upload"]
    if upload is None:
        return
    try:
        scenario = read_scenario(upload.getvalue())
        leave(planner())
        open_unsaved(scenario)
    except (MmmGroupsError, UnicodeDecodeError) as error:
        st.session_state[_TROUBLE] = f"“{upload.name}” was not opened. {reason_of(error)}"


def mapping_panel(current: Planner) -> None:
    """Where a scenario waits for a model: say which channels differ here, and let the planner map them."""
    waiting = elsewhere()
    if waiting is None:
        return
    scenario, work = waiting
    if (source := source_with(scenario.source.sha256)) is not None:  # its file was uploaded meanwhile
        show_on(scenario, work, source)
        st.rerun()
    with st.container(border=True, key="mapping"):
        st.subheader(plain(f"Where shall “{scenario.name}” be opened?"), anchor=False)
        st.write(
            plain(
                f"It was made on “{scenario.source.name}” ({scenario.source.sha256[:8]}), which is not here. Upload "
                f"that on the start page, or open the scenario on “{current.source.name}”, which is open now: then it "
                "becomes a plan of your own, and the figures are worked out anew."
            )
        )
        mapping = _mapping(scenario, current)
        with st.container(horizontal=True):
            label = plain(f"Open it on {current.source.name}")
            st.button(label, key="open-elsewhere", type="primary", on_click=safe_change(_open_here), args=(mapping,))
            st.button("Do not open it", key="forget-elsewhere", on_click=safe_change(forget_elsewhere))


def _mapping(scenario: Scenario, current: Planner) -> dict[str, str | None]:
    """Each missing channel with the one that takes its place, as chosen."""
    gone = channel_differences(scenario, source_of(current.source))
    if not gone.missing and not gone.new:
        st.success("Both have the same channels, so everything that was typed fits.", icon=":material/check_circle:")
        return {}
    if gone.new:
        st.write(plain(f"New here: {', '.join(gone.new)}. What no missing channel becomes is planned by itself."))
    mapping: dict[str, str | None] = {}
    for place, channel in enumerate(gone.missing):
        taken = st.selectbox(
            plain(f"“{channel}” is missing here. It becomes"),
            [_LEFT_OUT, *gone.new],
            key=f"map-{place}",
        )
        mapping[channel] = None if taken == _LEFT_OUT else one_of(gone.new, taken)
    return mapping


def _open_here(mapping: dict[str, str | None]) -> None:
    waiting, current = elsewhere(), planner()
    if waiting is None:
        return
    scenario, _ = waiting
    try:
        # The window of a file of curves is its own; that of the open model is what the planner looks at now.
        made = transfer(scenario, source_of(current.source), mapping, window=current.scenario.window)
        leave(current)
        show_on(made.scenario, WorkIdentity(), current.source)
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text
    else:
        st.session_state[_CHANGES] = made.changes

"""What a session opens with: work in progress or a saved scenario that the address names, found again by a reload."""

import re

import streamlit as st

from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError, ScenarioNotFoundError
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.saved_versions import SavedVersion
from mmm_groups.storage.scenario_store import ScenarioStore
from mmm_groups.storage.work_store import Work, WorkStore
from mmm_groups.ui.planner.open_planners import is_session_new, take_up
from mmm_groups.ui.planner.opening import planner_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import source_with
from mmm_groups.ui.planner.work_identity import WorkIdentity
from mmm_groups.ui.work.autosave import author, remember_author
from mmm_groups.ui.work.browser_token import browser_token
from mmm_groups.ui.work.database import shared_database

WORK, SCENARIO, VERSION = "work", "scenario", "version"
"""Names in the address."""

_ARRIVED, _TROUBLE, _ELSEWHERE = "mmm_groups.arrived", "mmm_groups.arrival-trouble", "mmm_groups.elsewhere"


def arrive() -> None:
    """Open what the address names, once a session; what cannot be opened is said on the page."""
    if st.session_state.get(_ARRIVED):
        return
    st.session_state[_ARRIVED] = True
    asked = st.query_params.to_dict()
    try:
        if SCENARIO in asked:
            open_link(asked[SCENARIO], asked.get(VERSION))
        elif WORK in asked and is_session_new():
            open_work(asked[WORK])
        elif VERSION in asked:
            raise ScenarioNotFoundError(
                "The address asks for a version, but does not say of which scenario. Open it from the list."
            )
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text


def say_trouble() -> None:
    """Why what the address names is not open, if it is not."""
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/link_off:")


def open_work(work_id: str) -> None:
    """Go on with work in progress; with a copy if another browser began it.

    Raises
    ------
    StoreError, ScenarioError
        If it is not kept any more, or cannot be opened here.
    """
    work = shared_database().ask(lambda database: WorkStore(database).open(work_id))
    is_mine = work.owner == browser_token()
    identity = WorkIdentity(scenario_id=work.scenario_id, version=work.based_on)
    if is_mine:
        identity.work_id, identity.kept_at = work.id, work.kept_at
        if work.author and not author():
            remember_author(work.author)
    else:
        st.toast("This work was begun in another browser. You go on with a copy of it.", icon=":material/content_copy:")
    show(work.scenario, identity)


def go_on(work_id: str) -> None:
    """Go on with work in progress; what stands in the way is said on the page."""
    try:
        open_work(work_id)
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text


def open_link(scenario_id: str, version: str | None) -> None:
    """Open a saved scenario as a link does: to be looked at, unless it was made in this browser.

    Raises
    ------
    StoreError, ScenarioError
        If there is no such scenario or version, or it cannot be opened here.
    """
    if version is not None and not re.fullmatch(r"[0-9]{1,9}", version):
        raise ScenarioNotFoundError(f"The address asks for version '{version[:40]}', but versions are numbers.")
    number = None if version is None else int(version)
    token = browser_token()
    scenario, saved = shared_database().ask(lambda database: ScenarioStore(database).open(scenario_id, number))
    is_mine = shared_database().ask(lambda database: ScenarioStore(database).is_owned(scenario_id, token))
    open_saved(scenario, saved, is_read_only=not is_mine)


def open_saved(scenario: Scenario, saved: SavedVersion, *, is_read_only: bool) -> None:
    """Open a version of a saved scenario, to be changed or to be looked at."""
    identity = WorkIdentity(scenario_id=saved.scenario_id, version=saved.number, saved_by=saved.saved_by)
    if is_read_only:
        identity.shown = scenario
    show(scenario, identity)


def open_unsaved(scenario: Scenario) -> None:
    """Open a scenario that comes from a file, as new work; raises MmmGroupsError."""
    show(scenario, WorkIdentity())


def show(scenario: Scenario, identity: WorkIdentity) -> None:
    """Open a scenario on the file that it was made on; if that is not here, remember it for the Scenarios page.

    Raises
    ------
    MmmGroupsError
        If the file cannot answer the scenario.
    """
    source = source_with(scenario.source.sha256)
    if source is None:
        st.session_state[_ELSEWHERE] = (scenario, identity)
        return
    show_on(scenario, identity, source)


def show_on(scenario: Scenario, identity: WorkIdentity, source: PlanningSource) -> None:
    """Open a scenario on this file."""
    opened = planner_of(scenario, source)
    opened.work = identity
    if identity.is_read_only:  # as it is open, to see whether anything was changed
        identity.shown, identity.shown_result = opened.scenario, opened.result
    take_up(opened)
    st.session_state.pop(_ELSEWHERE, None)


def elsewhere() -> tuple[Scenario, WorkIdentity] | None:
    """A scenario that waits for a file to be opened on, and which work it is."""
    found: tuple[Scenario, WorkIdentity] | None = st.session_state.get(_ELSEWHERE)
    return found


def forget_elsewhere() -> None:
    """Give up opening the scenario that waits."""
    st.session_state.pop(_ELSEWHERE, None)


def name_in_address(planner: Planner) -> None:
    """Name in the address what is open, so that a reload finds it again."""
    identity, wanted = planner.work, {}
    if identity.is_read_only and identity.scenario_id is not None:
        wanted = {SCENARIO: identity.scenario_id, VERSION: str(identity.version)}
    elif identity.kept_at is not None:
        wanted = {WORK: identity.work_id}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def my_work() -> tuple[list[Work], list[str]]:
    """Work in progress of this browser, the latest first, and why some cannot be read; raises StoreError."""
    token = browser_token()
    return shared_database().ask(lambda database: WorkStore(database).of(token))

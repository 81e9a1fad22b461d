"""Work in progress is saved on the server at each step; if that fails, the page says so and the work goes on."""

import streamlit as st

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError, StoreError, WorkElsewhereError
from mmm_groups.scenario.document import scenario_json
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import Database
from mmm_groups.storage.scenario_store import author_name
from mmm_groups.storage.work_store import WorkStore
from mmm_groups.ui.planner.opening import new_scenario
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.work_identity import WorkIdentity
from mmm_groups.ui.work.browser_token import browser_token
from mmm_groups.ui.work.database import shared_database

_AUTHOR = "mmm_groups.author"


def author() -> str:
    """The name under which this session saves; empty until it is typed."""
    return str(st.session_state.get(_AUTHOR, ""))


def remember_author(name: str) -> None:
    """Save under this name from now on; raises StoreError if it cannot be stored."""
    st.session_state[_AUTHOR] = author_name(name) if name.strip() else ""


def autosave(planner: Planner) -> None:
    """Keep what is typed if it changed; what belongs to somebody else is put back as it was."""
    try:
        if planner.work.is_read_only:
            _put_back(planner)
        elif (mark := _new_mark(planner)) is not None:
            _keep(planner, mark)
    except MmmGroupsError as error:
        if isinstance(error, StoreError) and shared_database().refusal is not None:
            return  # `say_not_kept` tells it
        st.warning(
            plain(f"This step is not kept on the server, because: {error.text.marked}"), icon=":material/cloud_off:"
        )


def _put_back(planner: Planner) -> None:
    shown, plan = planner.work.shown, planner.work.shown_result
    if shown is None or planner.scenario == shown:
        return
    planner.scenario = shown
    planner.ask_again()
    planner.result = planner.result if plan is None else plan
    st.toast("This scenario is read only, so what you changed is put back.", icon=":material/lock:")


def _new_mark(planner: Planner) -> tuple[object, ...] | None:
    """The mark of what is typed if it is to be kept; None if it is kept already."""
    work = planner.work
    mark = _mark(planner, planner.document())
    if mark == work.last_mark:
        return None
    # Whoever only looks at the demo leaves nothing behind.
    is_demo = planner.source.path == DEMO_MODEL
    if work.last_mark is None and is_demo and mark == _mark(planner, new_scenario(planner.source)):
        work.last_mark = mark
        return None
    return mark


def _mark(planner: Planner, typed: Scenario) -> tuple[object, ...]:
    """Differs whenever there is something new to save; of a result, only whether it is another one counts."""
    work, has_plan = planner.work, planner.result is not None and planner.curves is not None and not planner.is_stale
    return typed, has_plan, work.scenario_id, work.version, author()


def _keep(planner: Planner, mark: tuple[object, ...]) -> None:
    work, typed = planner.work, planner.document_with_figures()
    try:
        shared_database().ask(lambda database: _put(database, work, typed))
    except WorkElsewhereError:
        planner.work = work = WorkIdentity(scenario_id=work.scenario_id, version=work.version, saved_by=work.saved_by)
        shared_database().ask(lambda database: _put(database, work, typed))
        st.toast("The same work goes on in another tab. This tab goes on with a copy of it.", icon=":material/tab:")
    work.last_mark = mark


def _put(database: Database, work: WorkIdentity, typed: Scenario) -> None:
    work.kept_at = WorkStore(database).keep(
        work.work_id,
        browser_token(),
        typed,
        work.scenario_id,
        work.version,
        author=author(),
        after=work.kept_at,
    )


def say_not_kept(planner: Planner) -> None:
    """Where the database fails: what that means, and a download of everything that is typed."""
    refusal = shared_database().refusal
    if refusal is None:
        return
    with st.container(key="unkept", border=True):
        st.warning(
            "Your work is not being kept on the server at the moment. It is still open here: go on, and download it "
            "before you close this tab.",
            icon=":material/cloud_off:",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            download_scenario(planner, key="unkept-download")
            if st.button("Try again", key="unkept-retry", icon=":material/refresh:"):
                _try_again(planner)
            with st.popover("What the database says", type="tertiary"):
                st.write(plain(refusal))


def download_scenario(planner: Planner, *, key: str) -> None:
    """A button that downloads everything that is typed as a file."""
    st.download_button(
        "Download the scenario",
        lambda: scenario_json(planner.document_with_figures(), indent=2),
        file_name=planner.file_name("scenario", "json"),
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key=key,
        help="Everything you typed, with the plan's figures, as a JSON file. Open it on the Scenarios page or with "
        "`mmm-groups run`.",
    )


def _try_again(planner: Planner) -> None:
    try:
        shared_database().ask(lambda database: WorkStore(database).of(browser_token()), at_once=True)
        _keep(planner, _mark(planner, planner.document()))
    except StoreError:
        st.toast("The database still does not answer.", icon=":material/cloud_off:")
    else:
        st.toast("Your work is kept again.", icon=":material/cloud_done:")
        st.rerun()

"""Saved scenarios and work in progress: look through them, open, archive and bring back."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.display.scenario_words import ago, summary_in_words
from mmm_groups.errors import MmmGroupsError, StoreError
from mmm_groups.storage.saved_versions import ListedScenario, SavedVersion
from mmm_groups.ui.planner.last_net import caught, safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.work.arrival import elsewhere, my_work, open_saved, open_work
from mmm_groups.ui.work.autosave import author
from mmm_groups.ui.work.saved_scenarios import (
    archive,
    bring_back,
    drop_work,
    is_changed,
    listed,
    saved_scenario,
    versions_of,
)

_TROUBLE = "mmm_groups.list-trouble"
_FIRST = 20


def scenario_list(current: Planner) -> None:
    """The saved scenarios, the latest first; raises StoreError."""
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")
    search, switch = st.columns([3, 2], vertical_alignment="bottom")
    wanted = search.text_input("Search", key="scenario-search", placeholder="Name, model or person").casefold()
    is_archive = switch.toggle("Show archived ones", key="scenario-archive")
    found = [item for item in listed(archived=is_archive) if wanted in _words(item)]
    if not found:
        _say_none(wanted, is_archive)
        return
    most = len(found) if st.session_state.get("scenario-all") else _FIRST
    for item in found[:most]:
        _row(current, item)
    if len(found) > most:
        st.button(f"Show all {len(found)}", key="scenario-all")


def _say_none(wanted: str, is_archive: bool) -> None:
    if wanted:
        st.info("No scenario has this in its name, its model or its authors.", icon=":material/search_off:")
    elif is_archive:
        st.info("No scenario is archived.", icon=":material/inventory_2:")
    else:
        st.info("No scenario is saved yet. Save the open plan under “This plan”.", icon=":material/bookmark:")


def _words(item: ListedScenario) -> str:
    return f"{item.latest.name} {item.latest.saved_by} {item.created_by} {_source_name(item.latest)}".casefold()


def _source_name(version: SavedVersion) -> str:
    try:
        return saved_scenario(version.scenario_id, version.number).source.name
    except MmmGroupsError:
        return ""  # its row says what is wrong with it


def _row(current: Planner, item: ListedScenario) -> None:
    latest = item.latest
    key = latest.scenario_id
    with st.container(border=True, key=f"scenario-{key}"):
        text, figures, buttons = st.columns([4, 4, 3], vertical_alignment="center")
        is_open = current.work.scenario_id == key
        text.markdown(f"**{plain(latest.name)}**{'  ·  open' if is_open else ''}")
        text.caption(plain(f"Version {latest.number}, saved {ago(latest.saved_at)} by {latest.saved_by}"))
        with figures, caught("a row of the list of scenarios"):  # one that cannot be shown hides no other
            st.markdown(plain(summary_in_words(saved_scenario(key, latest.number))))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if item.archived_at is not None:
                _button("Bring back", f"back-{key}", partial(bring_back, key))
                return
            _button("Open", f"open-{key}", partial(_open, latest), is_main=True)
            with st.popover("More"):
                _versions(latest)
                _button("Archive", f"archive-{key}", partial(_archive, key), icon=":material/inventory_2:")


def _versions(latest: SavedVersion) -> None:
    found = versions_of(latest.scenario_id) if latest.number > 1 else [latest]
    for version in found:
        text, button = st.columns([4, 1], vertical_alignment="center")
        text.caption(plain(f"Version {version.number} “{version.name}”, {ago(version.saved_at)} by {version.saved_by}"))
        with button:
            _button("Open", f"version-{version.scenario_id}-{version.number}", partial(_open, version))


def _button(
    label: str, key: str, action: Callable[[], None], *, is_main: bool = False, icon: str | None = None
) -> None:
    """A button whose action may be refused; the page then says why."""

    def act() -> None:
        try:
            action()
        except MmmGroupsError as error:
            st.session_state[_TROUBLE] = error.text

    st.button(label, key=key, on_click=safe_change(act), type="primary" if is_main else "secondary", icon=icon)


def _open(version: SavedVersion) -> None:
    leave(planner())
    open_saved(saved_scenario(version.scenario_id, version.number), version, is_read_only=False)
    if elsewhere() is None:  # otherwise the page asks what to open it on
        st.toast(f"Opened {plain(version.name)}, version {version.number}.", icon=":material/folder_open:")


def leave(current: Planner) -> None:
    """Before something else is opened: work that holds nothing new is not kept as work in progress any longer."""
    work = current.work
    if work.kept_at is None or work.scenario_id is None:
        return
    try:
        if not is_changed(current):
            drop_work(work.work_id)
    except StoreError:
        return  # then it simply stays there


def _archive(scenario_id: str) -> None:
    archive(scenario_id, author() or "somebody without a name")
    st.toast("Archived. “Show archived ones” brings it back.", icon=":material/inventory_2:")


def work_list(current: Planner) -> None:
    """Work in progress of this browser that is not open here; raises StoreError."""
    found, unreadable = my_work()
    for sentence in unreadable:
        st.warning(plain(sentence), icon=":material/error:")
    mine = [work for work in found if work.id != current.work.work_id]
    if not mine:
        return
    st.subheader("Work in progress in this browser", anchor=False)
    for work in mine[:_FIRST]:
        text, buttons = st.columns([6, 3], vertical_alignment="center")
        text.markdown(f"**{plain(work.scenario.name)}**  ")
        text.caption(plain(f"{summary_in_words(work.scenario)}. Kept {ago(work.kept_at)}"))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            _button("Go on", f"work-{work.id}", partial(_go_on, work.id))
            _button("Forget", f"forget-{work.id}", partial(drop_work, work.id))


def _go_on(work_id: str) -> None:
    leave(planner())
    open_work(work_id)

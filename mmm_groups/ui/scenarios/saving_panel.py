"""The open plan on the Scenarios page: its name and notes, saving it, and the link that shows it to others."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.opening import UNTITLED
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.work.arrival import SCENARIO, VERSION
from mmm_groups.ui.work.autosave import author, download_scenario, remember_author
from mmm_groups.ui.work.saved_scenarios import is_changed, save

_SAID, _TROUBLE = "mmm_groups.saving-said", "mmm_groups.saving-trouble"
_MOST_LETTERS, _MOST_NOTES = 200, 20_000


def saving_panel(current: Planner) -> None:
    """Name the open plan, save it, take it along as a file."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        own = tied("scenario-title", current.scenario.name, _store_title)
        st.text_input("Name", max_chars=_MOST_LETTERS, disabled=current.work.is_read_only, **own)
        own = tied("scenario-notes", current.scenario.notes, lambda planner, text: planner.change(notes=text))
        st.text_area(
            "Notes",
            max_chars=_MOST_NOTES,
            height=120,
            placeholder="What was asked for, what was agreed, what to look at again.",
            disabled=current.work.is_read_only,
            **own,
        )
    with right:
        st.markdown(plain(_standing(current)))
        own = tied("author", author(), lambda planner, name: remember_author(name))
        st.text_input("Your name", max_chars=_MOST_LETTERS, help="Stands beside what you save. Asked once.", **own)
        with st.container(horizontal=True):
            _buttons(current)
            download_scenario(current, key="download-scenario")
    if said := st.session_state.pop(_SAID, None):
        st.success(plain(said), icon=":material/check_circle:")
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")


def _buttons(current: Planner) -> None:
    if current.work.is_read_only:
        return
    is_new = current.work.scenario_id is None
    st.button(
        "Save" if is_new else "Save a new version",
        key="save",
        type="primary",
        icon=":material/save:",
        on_click=safe_change(_save),
        args=(is_new,),
    )
    if not is_new:
        st.button(
            "Save as another scenario",
            key="save-as",
            icon=":material/save_as:",
            on_click=safe_change(_save),
            args=(True,),
        )


def _save(as_new: bool) -> None:
    if not author():
        st.session_state[_TROUBLE] = "Type your name first, so that others see who saved this."
        return
    try:
        done = save(planner(), as_new=as_new)
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text
    else:
        st.session_state[_SAID] = done.sentence or f"Saved as version {done.version.number} of “{done.version.name}”."


def _store_title(current: Planner, title: str) -> None:
    current.change(name=" ".join(title.split()) or UNTITLED)


def _standing(current: Planner) -> str:
    """What became of the open plan so far, in a sentence."""
    work = current.work
    if work.scenario_id is None:
        kept = "It is kept on the server at each step" if work.kept_at is not None else "Nothing is kept of it yet"
        return f"This plan is not saved under a name yet. {kept}; save it to share and to compare it."
    if work.is_read_only:
        return f"This is version {work.version}, saved by {work.saved_by}. It is read only."
    whose = f"version {work.version}" + (f" by {work.saved_by}" if work.saved_by else "")
    try:
        changed = is_changed(current)
    except MmmGroupsError:
        return f"This plan began with {whose}, which cannot be read at the moment."
    if changed:
        return f"Changed since {whose}. The changes are kept on the server; save them as a new version to share them."
    return f"Saved as {whose}. Nothing was changed since."


def share_panel(current: Planner, pages: dict[str, str]) -> None:
    """The link that opens the saved version in any browser that reaches this server.

    Parameters
    ----------
    current : Planner
    pages : dict
        Path of a page in the address to its name.
    """
    work = current.work
    if work.scenario_id is None:
        st.caption("Save this plan to get a link that shows it to others.")
        return
    page, pinned = st.columns([2, 3], vertical_alignment="bottom")
    place = page.selectbox("The link opens", list(pages), format_func=lambda path: pages[path], key="share-page")
    is_pinned = pinned.toggle(
        f"Always version {work.version}",
        value=True,
        key="share-pinned",
        help="Off: whatever version is the latest when the link is opened.",
    )
    place = one_of(pages, place)
    st.code(link(work.scenario_id, work.version if is_pinned else None, place), language=None, wrap_lines=True)
    st.caption("Whoever opens it sees the saved version and cannot change it; they can duplicate it and edit that.")


def link(scenario_id: str, version: int | None, page: str) -> str:
    """The address that opens a saved scenario at a page of this server."""
    here = urlsplit(st.context.url or "http://localhost/Scenarios")
    folder = here.path.rsplit("/", 1)[0]
    asked = {SCENARIO: scenario_id} | ({} if version is None else {VERSION: str(version)})
    return urlunsplit((here.scheme, here.netloc, f"{folder}/{page}", urlencode(asked), ""))

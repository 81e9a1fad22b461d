"""Saved scenarios as the app asks for them: versions never change, so each is read once a server."""

import streamlit as st

from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import database_url
from mmm_groups.storage.saved_versions import ListedScenario, Saved, SavedVersion
from mmm_groups.storage.scenario_store import ScenarioStore
from mmm_groups.storage.work_store import WorkStore
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.work_identity import WorkIdentity
from mmm_groups.ui.work.autosave import author
from mmm_groups.ui.work.browser_token import browser_token
from mmm_groups.ui.work.database import shared_database


def saved_scenario(scenario_id: str, number: int) -> Scenario:
    """The content of a version; raises StoreError or ScenarioError."""
    return _saved_scenario(database_url(), scenario_id, number)


@st.cache_resource(show_spinner=False, max_entries=512)
def _saved_scenario(url: str, scenario_id: str, number: int) -> Scenario:
    return shared_database().ask(lambda database: ScenarioStore(database).open(scenario_id, number))[0]


def listed(*, archived: bool = False) -> list[ListedScenario]:
    """All scenarios by their latest version, the one saved last first; raises StoreError."""
    return shared_database().ask(lambda database: ScenarioStore(database).listed(archived=archived))


def versions_of(scenario_id: str) -> list[SavedVersion]:
    """All versions of a scenario, the last one first; raises StoreError."""
    return shared_database().ask(lambda database: ScenarioStore(database).versions(scenario_id))[::-1]


def save(planner: Planner, *, as_new: bool) -> Saved:
    """Save what is typed, with the plan's figures, as a new scenario or as a new version of the one that is open.

    Raises
    ------
    StoreError, ScenarioError
        If the database refuses; what is typed stays open.
    """
    typed, work, name = planner.document_with_figures(), planner.work, author()
    key, version = work.scenario_id, work.version
    if as_new or key is None or version is None:
        token = browser_token()
        done = shared_database().ask(lambda database: ScenarioStore(database).create(typed, name, token), at_once=True)
    else:
        done = shared_database().ask(
            lambda database: ScenarioStore(database).save(key, typed, name, version), at_once=True
        )
    planner.work = WorkIdentity(
        work_id=work.work_id,
        kept_at=work.kept_at,
        scenario_id=done.version.scenario_id,
        version=done.version.number,
        saved_by=done.version.saved_by,
    )
    return done


def is_changed(planner: Planner) -> bool:
    """True if something was typed since the version that this work began with or was saved as."""
    work = planner.work
    if work.is_read_only:
        return False
    if work.scenario_id is None or work.version is None:
        return True
    stored = saved_scenario(work.scenario_id, work.version)
    typed = planner.document()
    return (typed.inputs_hash, typed.model_copy(update={"summary": None})) != (
        stored.inputs_hash,
        stored.model_copy(update={"summary": None}),
    )


def archive(scenario_id: str, name: str) -> None:
    """Take a scenario out of the list; raises StoreError."""
    shared_database().ask(lambda database: ScenarioStore(database).archive(scenario_id, name), at_once=True)


def bring_back(scenario_id: str) -> None:
    """Bring an archived scenario back into the list; raises StoreError."""
    shared_database().ask(lambda database: ScenarioStore(database).unarchive(scenario_id), at_once=True)


def drop_work(work_id: str) -> None:
    """Forget work in progress; raises StoreError."""
    shared_database().ask(lambda database: WorkStore(database).drop(work_id), at_once=True)

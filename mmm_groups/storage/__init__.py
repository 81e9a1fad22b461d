"""Scenarios on a shelf: every version that was ever saved, and work in progress, in SQLite or PostgreSQL."""

from mmm_groups.storage.database import Database, database_url, open_database
from mmm_groups.storage.scenario_store import ListedScenario, Saved, SavedVersion, ScenarioStore
from mmm_groups.storage.work_store import Work, WorkStore

__all__ = [
    "Database",
    "ListedScenario",
    "Saved",
    "SavedVersion",
    "ScenarioStore",
    "Work",
    "WorkStore",
    "database_url",
    "open_database",
]

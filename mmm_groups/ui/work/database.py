"""The database of scenarios as the app uses it: opened once per server, and left alone for a while after it fails."""

import time
from collections.abc import Callable

import streamlit as st

from mmm_groups.errors import StoreError
from mmm_groups.storage.database import Database, database_url, open_database

PAUSE = 20.0
"""Seconds for which a database that failed is not asked again: no page waits for it every time."""

_PATIENCE = 1.5  # seconds to wait for somebody else's writing, while a planner waits for the page


class SharedDatabase:
    """One database, with its last failure.

    Parameters
    ----------
    url : str
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._database: Database | None = None
        self._failed_at = -PAUSE
        self.refusal: StoreError | None = None

    def ask[T](self, action: Callable[[Database], T], *, at_once: bool = False) -> T:
        """Do something with the database.

        Parameters
        ----------
        action : callable
        at_once : bool
            Ask also a database that failed a moment ago, because the planner wants it.

        Raises
        ------
        StoreError
            What the database or the action refuses. A failure of the database itself is remembered, and raised again
            without asking until `PAUSE` is over.
        """
        if self.refusal is not None and not at_once and time.monotonic() - self._failed_at < PAUSE:
            raise self.refusal
        try:
            if self._database is None:
                self._database = open_database(self._url, patience=_PATIENCE)
        except StoreError as error:
            self._fail(error)
            raise
        try:
            answer = action(self._database)
        except StoreError as error:
            # The database failed: nobody waits for it for a while. A question that was wrong, or something that it
            # cannot hold, is of one visitor: it is kept for all others.
            if error.__cause__ is not None and type(error) is not StoreError:
                self._fail(error)
            raise
        self.refusal = None
        return answer

    def _fail(self, error: StoreError) -> None:
        self.refusal, self._failed_at = error, time.monotonic()


def shared_database() -> SharedDatabase:
    """The database that all sessions of this server share."""
    return _shared_database(database_url())


@st.cache_resource(show_spinner=False)
def _shared_database(url: str) -> SharedDatabase:
    return SharedDatabase(url)

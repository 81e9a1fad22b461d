"""What a database refuses, in a planner's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mmm_groups.errors import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreUnavailableError,
)

STILL_OPEN = "What you typed is still open: save again later, or export the scenario as a file now."

_SQLITE = {
    sqlite3.SQLITE_BUSY: StoreLockedError,
    sqlite3.SQLITE_LOCKED: StoreLockedError,
    sqlite3.SQLITE_FULL: StoreFullError,
    sqlite3.SQLITE_CANTOPEN: StoreUnavailableError,
    sqlite3.SQLITE_READONLY: StoreUnavailableError,
    sqlite3.SQLITE_PERM: StoreUnavailableError,
    sqlite3.SQLITE_IOERR: StoreUnavailableError,
    sqlite3.SQLITE_CORRUPT: StoreDamagedError,
    sqlite3.SQLITE_NOTADB: StoreDamagedError,
}
# Classes and codes of PostgreSQL's appendix A.
_POSTGRES = {
    "53": StoreFullError,  # insufficient resources: 53100 is a full disk
    "55P03": StoreLockedError,  # a lock was not to be had in time
    "57014": StoreLockedError,  # a statement took too long
    "40": StoreLockedError,  # two transactions stood in each other's way
    "25006": StoreUnavailableError,  # read only
    "42501": StoreUnavailableError,  # not allowed
    "08": StoreUnavailableError,  # no connection
    "28": StoreUnavailableError,  # wrong password
    "3D": StoreUnavailableError,  # no such database
    "57P": StoreUnavailableError,  # the server is stopping
    "42P01": StoreDamagedError,  # a table is missing
    "XX": StoreDamagedError,
}
_SAID: dict[type[StoreError], str] = {
    StoreLockedError: "The database of scenarios is busy: somebody else held it for too long",
    StoreFullError: "The database of scenarios is full: there is no space left where it lies",
    StoreUnavailableError: "The database of scenarios cannot be reached or written",
    StoreDamagedError: "The database of scenarios is damaged, or is none of this app's",
    StoreError: "The database of scenarios refused",
}


@contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn what the database raises inside into a `StoreError` that names `where` and what to do."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raised = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        kind = _kind(raised)
        reason = " ".join(str(raised).split())[:300].rstrip(".")
        raise kind(f"{_SAID[kind]} ({where}: {reason}). {STILL_OPEN}") from error
    except (UnicodeError, OverflowError) as error:  # of the driver, about what it was asked to write
        raise StoreError(f"{_SAID[StoreError]} ({where}: {error}). {STILL_OPEN}") from error


def _kind(raised: BaseException) -> type[StoreError]:
    if isinstance(raised, sqlite3.Error):
        # The lowest byte is the primary code; sqlite3 gives none where its own wrapper refuses.
        code = getattr(raised, "sqlite_errorcode", None)
        if code is None:
            return StoreError
        if "no such table" in str(raised):
            return StoreDamagedError
        return _SQLITE.get(code & 0xFF, StoreError)
    state = getattr(raised, "sqlstate", None)
    if state is None:  # psycopg names no state where it could not connect, or lost the server
        return StoreUnavailableError if type(raised).__name__ in {"OperationalError", "InterfaceError"} else StoreError
    return next((kind for begin, kind in _POSTGRES.items() if str(state).startswith(begin)), StoreError)

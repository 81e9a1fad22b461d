"""The database of scenarios: where it lies, and how it is opened and brought up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import platformdirs
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from mmm_groups.errors import StoreDamagedError, StoreTooNewError, StoreUnavailableError
from mmm_groups.kept_files import create_whole
from mmm_groups.storage.refusals import STILL_OPEN, in_words

URL_VARIABLE = "MMM_GROUPS_DATABASE_URL"
PATIENCE = 10.0
"""Seconds to wait for somebody else's writing."""

_STEPS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6D6D6D67  # any number that all servers of this app share and no other application uses
_WRITES = "writes"


@dataclass(frozen=True)
class Database:
    """An open database that is up to date.

    Attributes
    ----------
    engine : Engine
    where : str
        Its place in words, without a password.
    """

    engine: Engine
    where: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; refusals become `StoreError`."""
        with in_words(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of what is written inside is kept, or nothing is; refusals become `StoreError`."""
        with in_words(self.where), self.engine.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection


def database_url() -> str:
    """`MMM_GROUPS_DATABASE_URL`, or a SQLite file in the user's data folder of the operating system."""
    chosen = os.environ.get(URL_VARIABLE)
    return chosen or f"sqlite:///{platformdirs.user_data_path('mmm_groups') / 'scenarios.sqlite'}"


def open_database(url: str | None = None, *, patience: float = PATIENCE) -> Database:
    """Open the database, make it if it is new, and bring it up to date.

    Parameters
    ----------
    url : str, optional
        `sqlite:///path` or `postgresql://user:password@host/name`; default: `database_url`.
    patience : float
        Seconds to wait for somebody else's writing.

    Raises
    ------
    StoreTooNewError
        If a later version of the app brought it up to date already.
    StoreUnavailableError
        If it cannot be reached, or the address is none.
    StoreDamagedError, StoreLockedError, StoreFullError
        If the file is no database, or is empty; if it is locked; if there is no space.
    """
    place = _place(url or database_url())
    where = place.render_as_string(hide_password=True)
    with in_words(where):
        if place.get_backend_name() == "sqlite":
            where = _made_file(place)
            database = Database(_sqlite(where, patience), where)
        else:
            database = Database(_postgres(place, patience), where)
    try:
        _bring_up_to_date(database)
    except BaseException:
        database.engine.dispose()
        raise
    return database


def _place(url: str) -> URL:
    try:
        place = make_url(url)
    except (SQLAlchemyError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreUnavailableError(f"{URL_VARIABLE} holds no address of a database. {_ADVICE}") from error
    if place.drivername in ("postgres", "postgresql"):
        place = place.set(drivername="postgresql+psycopg")
    if place.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreUnavailableError(f"{URL_VARIABLE} names '{place.drivername}', which this app cannot use. {_ADVICE}")
    if place.drivername == "sqlite" and place.database in (None, "", ":memory:"):
        raise StoreUnavailableError(f"{URL_VARIABLE} names SQLite without a file. {_ADVICE}")
    return place


_ADVICE = "Use sqlite:////folder/scenarios.sqlite or postgresql://user:password@host/name."


def _made_file(place: URL) -> str:
    path = Path(str(place.database)).expanduser().absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A new file is never empty, so that an empty one is known to have lost what it held.
        if not path.exists():
            create_whole(path, _new_file())
        is_empty = path.stat().st_size == 0
    except OSError as error:
        raise StoreUnavailableError(
            f"The database of scenarios cannot be made in the folder {path.parent}: {error}. {STILL_OPEN}"
        ) from error
    if is_empty:
        raise StoreDamagedError(
            f"The database of scenarios ({path}) is an empty file: whatever it held is gone. Put a copy of it back, or "
            f"remove the file to begin a new database. {STILL_OPEN}"
        )
    return str(path)


def _new_file() -> bytes:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.execute("PRAGMA user_version = 1")
        return empty.serialize()


def _sqlite(path: str, patience: float) -> Engine:
    # Opened anew for each use and never made anew: a handle to a file that was deleted would write into nothing.
    place = URL.create("sqlite", database=f"file:{quote(path)}", query={"mode": "rw", "uri": "true"})
    engine = create_engine(place, poolclass=NullPool, connect_args={"timeout": patience})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # sqlite3 would begin too late, and end before changes of tables
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that turns into a writer half-way can be refused without waiting: writers say so at once.
        is_writing = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _postgres(place: URL, patience: float) -> Engine:
    waits = f"-c lock_timeout={int(patience * 1000)} -c timezone=UTC"
    return create_engine(
        place,
        pool_pre_ping=True,  # a server that was restarted meanwhile is simply asked again
        connect_args={"connect_timeout": max(2, int(patience)), "options": waits},
    )


def _bring_up_to_date(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    steps = ScriptDirectory.from_config(config)
    known, latest = {step.revision for step in steps.walk_revisions()}, steps.get_current_head()
    with database.reading() as connection:
        if _state(connection, known, database.where) == latest:
            return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":  # several servers that start at once take turns
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if _state(connection, known, database.where) != latest:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _state(connection: Connection, known: set[str], where: str) -> str | None:
    state = MigrationContext.configure(connection).get_current_revision()
    if state is not None and state not in known:
        raise StoreTooNewError(
            f"The database of scenarios ({where}) was brought up to date by a later version of the app (its step "
            f"{state}; this version knows {max(known)}). Update the app, or name another database in {URL_VARIABLE}. "
            f"{STILL_OPEN}"
        )
    return state

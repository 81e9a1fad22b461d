"""The database under the store: brought up to date, busy, full, gone; on SQLite and on a real PostgreSQL server."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, text
from support.stored_scenarios import SOURCE, scenario

from mmm_groups.errors import (
    StoreDamagedError,
    StoreFullError,
    StoreLockedError,
    StoreTooNewError,
    StoreUnavailableError,
)
from mmm_groups.scenario.document import scenario_json
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import _STEPS, Database, database_url, open_database
from mmm_groups.storage.scenario_store import ScenarioStore
from mmm_groups.storage.tables import METADATA
from mmm_groups.storage.work_store import WorkStore


def migrated(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        upgrade(config, to)


def test_an_older_database_is_brought_up_to_date(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as held:
        held.setattr("mmm_groups.storage.database._bring_up_to_date", lambda database: None)
        old = open_database(store_url)
    migrated(old, "r0001")
    key, document = "k" * 32, scenario_json(scenario())
    with old.writing() as connection:
        made = {"id": key, "at": "2026-01-05T00:00:00+00:00", "document": document}
        made["sha256"] = sha256(document.encode()).hexdigest()
        connection.execute(text("INSERT INTO scenarios (id, created_at, created_by) VALUES (:id, :at, 'Ada')"), made)
        connection.execute(
            text(
                "INSERT INTO versions (scenario_id, number, name, document, sha256, saved_at, saved_by) "
                "VALUES (:id, 1, 'Spring', :document, :sha256, :at, 'Ada')"
            ),
            made,
        )
    with pytest.raises(StoreDamagedError, match="damaged, or is none of this app's"):
        WorkStore(old).of("Ada")
    new = open_database(store_url)
    assert ScenarioStore(new).open(key)[0] == scenario()
    assert not ScenarioStore(new).is_owned(key, "browser")
    WorkStore(new).keep("tab", "Ada", scenario(), key, 1)
    assert len(WorkStore(new).of("Ada")[0]) == 1
    for database in (old, new):
        database.engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_servers_that_start_at_once_do_not_stand_in_each_others_way(store_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_database(store_url), range(4)))
    key = ScenarioStore(opened[0]).create(scenario(), "Ada").version.scenario_id
    assert all(ScenarioStore(database).open(key)[0] == scenario() for database in opened)
    for database in opened:
        database.engine.dispose()


def test_a_newer_database_is_left_alone(store_url: str, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(StoreTooNewError, match=r"by a later version of the app \(its step r9999.*export the scenario"):
        open_database(store_url)


def test_a_locked_database_is_said_to_be_busy(store_url: str, store: ScenarioStore, database: Database) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    hasty = open_database(store_url, patience=0.2)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE scenarios IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StoreLockedError, match=r"is busy.*export the scenario as a file now"):
            ScenarioStore(hasty).save(key, scenario(), "Bob", based_on=1)
    assert ScenarioStore(hasty).save(key, scenario(), "Bob", based_on=1).version.number == 2
    hasty.engine.dispose()


def test_a_full_disk_keeps_what_was_there(store: ScenarioStore, database: Database) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    big = Scenario(name="big", source=SOURCE, notes="x" * 20_000)
    if database.engine.dialect.name == "sqlite":

        @event.listens_for(database.engine, "connect")
        def fill(connection: sqlite3.Connection, record: object) -> None:
            connection.execute("PRAGMA max_page_count = 12")
    else:
        with database.writing() as connection:  # the server's own code for a full disk, out of the statement itself
            connection.execute(
                text(
                    "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no space left' "
                    "USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql"
                )
            )
            connection.execute(
                text("CREATE TRIGGER no_space BEFORE INSERT ON versions FOR EACH ROW EXECUTE FUNCTION full_disk()")
            )
    with pytest.raises(StoreFullError, match=r"is full.*export the scenario as a file now"):
        store.save(key, big, "Ada", based_on=1)
    assert [version.number for version in store.versions(key)] == [1]
    assert store.open(key)[0] == scenario()


def test_a_database_that_is_gone_is_said_to_be(store_url: str, store: ScenarioStore, database: Database) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    if database.engine.dialect.name == "sqlite":
        Path(database.where).unlink()
        with pytest.raises(StoreUnavailableError, match=r"cannot be reached or written.*unable to open"):
            store.save(key, scenario(), "Ada", based_on=1)
        assert not Path(database.where).exists()  # not made anew, empty
        return
    with database.engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    database.engine.dispose()
    admin = create_engine(database.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
    with pytest.raises(StoreUnavailableError, match="cannot be reached or written"):
        store.save(key, scenario(), "Ada", based_on=1)


def test_a_server_that_cut_its_clients_off_is_asked_again(store: ScenarioStore, database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # a file has no server
    key = store.create(scenario(), "Ada").version.scenario_id
    with pytest.raises(StoreUnavailableError), database.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert store.open(key)[0] == scenario()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "holds no address of a database. Use sqlite:"),
        ("postgresql://me:secret@host:port/db", "holds no address of a database"),
        ("mysql://me@host/db", "'mysql', which this app cannot use"),
        ("sqlite://", "SQLite without a file"),
        ("sqlite:////proc/no/scenarios.sqlite", "in the folder /proc/no"),
        ("postgres://me:secret@/db?host=/no/such/folder", r"me:\*\*\*@"),
    ],
)
def test_an_address_that_leads_nowhere(address: str, said: str) -> None:
    with pytest.raises(StoreUnavailableError, match=said) as refused:
        open_database(address, patience=2)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.sqlite"
    path.write_text("a letter, not a database" * 100)
    with pytest.raises(StoreDamagedError, match=r"none of this app's.*not a database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("a letter")


def test_the_default_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MMM_GROUPS_DATABASE_URL")
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / name)
    assert database_url() == f"sqlite:///{tmp_path}/mmm_groups/scenarios.sqlite"
    open_database()
    assert (tmp_path / "mmm_groups" / "scenarios.sqlite").exists()

"""The store of scenarios: the same tests on SQLite and on a real PostgreSQL server."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from postgres_server import postgres_server
from scenario_strategies import scenarios
from sqlalchemy import create_engine, event, text

import mmm_groups as mg
from mmm_groups.errors import (
    ScenarioNotFoundError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreTooNewError,
    StoreUnavailableError,
    WorkElsewhereError,
)
from mmm_groups.scenario import Scenario
from mmm_groups.scenario_document import scenario_json
from mmm_groups.scenario_fields import Source
from mmm_groups.storage import Database, ScenarioStore, WorkStore, database_url, open_database
from mmm_groups.storage.database import _STEPS
from mmm_groups.storage.tables import METADATA

ROOT = Path(__file__).parent.parent
SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b"))


def scenario(name: str = "Spring", budget: float = 100.0) -> Scenario:
    return Scenario(name=name, source=SOURCE, goal=mg.FixedBudget(budget))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/scenarios ?#%41.sqlite"
    server: str = request.getfixturevalue("server")
    name = f"db{uuid4().hex}"
    admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, patience=30)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def store(database: Database) -> ScenarioStore:
    return ScenarioStore(database)


def test_what_is_saved_is_opened(store: ScenarioStore) -> None:
    first = store.create(scenario(), "Ada").version
    assert (first.number, first.saved_by, first.based_on) == (1, "Ada", None)
    second = store.save(first.scenario_id, scenario("Summer", 200.0), " Bob ", based_on=1)
    assert (second.version.number, second.overlooked, second.sentence) == (2, (), "")
    assert store.open(first.scenario_id) == (scenario("Summer", 200.0), second.version)
    assert store.open(first.scenario_id, 1) == (scenario(), first)
    assert store.versions(first.scenario_id) == [first, second.version]
    assert second.version.saved_by == "Bob"
    assert second.version.saved_at >= first.saved_at


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenarios())
def test_every_scenario_survives(store: ScenarioStore, made: Scenario) -> None:
    assert store.open(store.create(made, "Ada").version.scenario_id)[0] == made


def test_the_later_of_two_savers_is_told_and_both_versions_stay(store: ScenarioStore) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    store.save(key, scenario(budget=1.0), "Bob", based_on=1)
    late = store.save(key, scenario(budget=2.0), "Cleo", based_on=1)
    assert [(other.number, other.saved_by) for other in late.overlooked] == [(2, "Bob")]
    assert late.sentence.startswith("Saved as version 3. Meanwhile others saved version 2 by Bob, which your version")
    assert [store.open(key, number)[0].goal for number in (1, 2, 3)] == [mg.FixedBudget(b) for b in (100.0, 1.0, 2.0)]


def test_an_archived_scenario_comes_back(store: ScenarioStore) -> None:
    keys = [store.create(scenario(name), "Ada").version.scenario_id for name in ("one", "two")]
    store.save(keys[0], scenario("one again"), "Bob", based_on=1)
    assert [item.latest.name for item in store.listed()] == ["one again", "two"]
    store.archive(keys[0], "Bob")
    assert [item.latest.name for item in store.listed()] == ["two"]
    (gone,) = store.listed(archived=True)
    assert (gone.latest.name, gone.archived_by, gone.created_by) == ("one again", "Bob", "Ada")
    assert gone.archived_at is not None
    late = store.save(keys[0], scenario("one more"), "Ada", based_on=2)
    assert late.sentence == "Bob archived this scenario meanwhile; bring it back to see it in the list."
    store.unarchive(keys[0])
    assert [item.latest.number for item in store.listed()] == [3, 1]
    assert store.listed(archived=True) == []


def test_what_is_not_there_is_said(store: ScenarioStore) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    calls = [
        lambda: store.open("nothing"),
        lambda: store.save("nothing", scenario(), "Ada", 1),
        lambda: store.versions("nothing"),
        lambda: store.archive("nothing", "Ada"),
        lambda: store.unarchive("nothing"),
    ]
    for call in calls:
        with pytest.raises(ScenarioNotFoundError, match="There is no scenario 'nothing' in this database"):
            call()
    with pytest.raises(ScenarioNotFoundError, match="There is no version 2 of the scenario"):
        store.open(key, 2)
    with pytest.raises(StoreError, match=r"Version 2 of this scenario was never saved.*The latest is 1"):
        store.save(key, scenario(), "Ada", based_on=2)
    with pytest.raises(StoreError, match="Say who saves"):
        store.create(scenario(), "  ")
    for broken in ("Ada\nb  version 2", "\udcff"):
        with pytest.raises(StoreError, match="has a line break or a letter that no text can hold"):
            store.create(scenario(), broken)
    for odd in (0, 2**31, 10**30):
        with pytest.raises(ScenarioNotFoundError, match=f"There is no version {odd} of the scenario"):
            store.open(key, odd)
    for call in (store.open, store.versions, store.unarchive):
        with pytest.raises(ScenarioNotFoundError, match="There is no scenario '\udcff"):
            call("\udcff")
    assert [item.latest.number for item in store.listed()] == [1]


def test_a_changed_document_is_noticed(store: ScenarioStore, database: Database) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    with database.writing() as connection:
        connection.execute(text("UPDATE versions SET document = replace(document, '100.0', '999.0')"))
    with pytest.raises(StoreDamagedError, match="'Spring' is not what Ada saved"):
        store.open(key)


def test_threads_save_at_once(store: ScenarioStore) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    meet = threading.Barrier(8)

    def save(place: int) -> list[tuple[int, int]]:
        meet.wait()
        done = [store.save(key, scenario(budget=float(place)), f"p{place}", based_on=1) for _ in range(3)]
        return [(saved.version.number, len(saved.overlooked)) for saved in done]

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pair for pairs in pool.map(save, range(8)) for pair in pairs)
    # Whoever saves version n, with version 1 open, is told of the n - 2 versions in between: nobody is missed.
    assert found == [(number, number - 2) for number in range(2, 26)]
    for version in store.versions(key)[1:]:
        assert store.open(key, version.number)[0].goal == mg.FixedBudget(float(version.saved_by[1:]))


def saver(url: str, key: str, author: str, times: int, *how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(ROOT / "tests" / "saving_process.py"), url, key, author, str(times), *how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_processes_save_at_once_and_one_is_killed(store: ScenarioStore, url: str) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    steady, doomed = saver(url, key, "steady", 40), saver(url, key, "doomed", 100_000)
    assert steady.stdout is not None
    assert doomed.stdout is not None
    assert [process.stdout.readline() for process in (steady, doomed) if process.stdout] == ["ready\n"] * 2
    time.sleep(0.2 + 0.3 * random.Random(7).random())
    doomed.kill()
    mine = [int(line) for line in steady.communicate(timeout=60)[0].split()]
    # The kill may have cut its last line off.
    told = [int(line) for line in doomed.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
    assert steady.returncode == 0
    assert len(mine) == 40
    assert told
    kept = store.versions(key)
    assert [version.number for version in kept] == list(range(1, len(kept) + 1))
    by = {version.number: version.saved_by for version in kept}
    assert all(by[number] == "steady" for number in mine)
    assert all(by[number] == "doomed" for number in told)  # what was acknowledged is there
    assert list(by.values()).count("doomed") <= len(told) + 1  # a save may have been kept that could not tell it
    for version in kept[:: max(1, len(kept) // 20)]:
        assert store.open(key, version.number)[0] == scenario()


def test_a_save_killed_before_its_end_leaves_nothing(store: ScenarioStore, url: str) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    doomed = saver(url, key, "doomed", 1, "hang")
    assert doomed.stdout is not None
    assert [doomed.stdout.readline() for _ in range(2)] == ["ready\n", "written\n"]
    assert [version.number for version in store.versions(key)] == [1]  # readers do not wait for it
    doomed.kill()
    doomed.communicate()
    assert store.save(key, scenario(budget=5.0), "Bob", based_on=1).version.number == 2
    assert store.open(key)[0].goal == mg.FixedBudget(5.0)


def test_work_in_progress_is_kept_step_by_step(database: Database) -> None:
    work, store = WorkStore(database), ScenarioStore(database)
    key = store.create(scenario(), "Ada").version.scenario_id
    for budget in (1.0, 2.0, 3.0):
        work.keep("tab 1", "Ada", scenario(budget=budget), key, 1)
    work.keep("tab 2", "Ada", Scenario(name="Half typed", source=SOURCE))
    work.keep("tab 3", "Bob", scenario())
    assert [found.id for found in work.of("Ada")] == ["tab 2", "tab 1"]
    kept = work.open("tab 1")
    assert (kept.scenario.goal, kept.scenario_id, kept.based_on) == (mg.FixedBudget(3.0), key, 1)
    assert work.open("tab 2").scenario.goal is None
    work.drop("tab 1")
    work.drop("tab 1")
    with pytest.raises(ScenarioNotFoundError, match="not kept any more"):
        work.open("tab 1")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda budget: work.keep("new", "Cleo", scenario(budget=budget)), [7.0] * 12))
    assert [found.scenario.goal for found in work.of("Cleo")] == [mg.FixedBudget(7.0)]


def test_a_restart_finds_everything(url: str) -> None:
    first = open_database(url)
    key = ScenarioStore(first).create(scenario(), "Ada").version.scenario_id
    WorkStore(first).keep("tab", "Ada", scenario(budget=9.0))
    first.engine.dispose()
    second = open_database(url)
    assert ScenarioStore(second).open(key)[0] == scenario()
    assert WorkStore(second).open("tab").scenario.goal == mg.FixedBudget(9.0)
    second.engine.dispose()


def test_two_tabs_of_one_session_lose_nothing(database: Database) -> None:
    store = WorkStore(database)
    begun = store.keep("tab", "browser", scenario(budget=1.0), author="Ada")
    assert store.open("tab").kept_at == begun
    assert store.open("tab").author == "Ada"
    later = store.keep("tab", "browser", scenario(budget=2.0), after=begun)
    with pytest.raises(WorkElsewhereError, match="changed elsewhere since"):
        store.keep("tab", "browser", scenario(budget=3.0), after=begun)
    assert store.open("tab").scenario.goal == mg.FixedBudget(2.0)
    store.drop("tab")
    store.keep("tab", "browser", scenario(budget=4.0), after=later)  # nothing stands in the way any more
    assert store.open("tab").scenario.goal == mg.FixedBudget(4.0)


def test_the_browser_that_made_a_scenario_is_known_again(store: ScenarioStore) -> None:
    key = store.create(scenario(), "Ada", "browser").version.scenario_id
    assert store.is_owned(key, "browser")
    assert not store.is_owned(key, "other")
    unknown = store.create(scenario(), "Ada").version.scenario_id
    assert not store.is_owned(unknown, "browser")


def migrated(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        upgrade(config, to)


def test_an_older_database_is_brought_up_to_date(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as held:
        held.setattr("mmm_groups.storage.database._bring_up_to_date", lambda database: None)
        old = open_database(url)
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
    new = open_database(url)
    assert ScenarioStore(new).open(key)[0] == scenario()
    assert not ScenarioStore(new).is_owned(key, "browser")
    WorkStore(new).keep("tab", "Ada", scenario(), key, 1)
    assert len(WorkStore(new).of("Ada")) == 1
    for database in (old, new):
        database.engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_servers_that_start_at_once_do_not_stand_in_each_others_way(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_database(url), range(4)))
    key = ScenarioStore(opened[0]).create(scenario(), "Ada").version.scenario_id
    assert all(ScenarioStore(database).open(key)[0] == scenario() for database in opened)
    for database in opened:
        database.engine.dispose()


def test_a_newer_database_is_left_alone(url: str, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(StoreTooNewError, match=r"by a later version of the app \(its step r9999.*export the scenario"):
        open_database(url)


def test_a_locked_database_is_said_to_be_busy(url: str, store: ScenarioStore, database: Database) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    hasty = open_database(url, patience=0.2)
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


def test_a_database_that_is_gone_is_said_to_be(url: str, store: ScenarioStore, database: Database) -> None:
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
        ("sqlite:////proc/no/scenarios.sqlite", "The folder /proc/no cannot be made"),
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

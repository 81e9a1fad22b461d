"""The store of scenarios: the same tests on SQLite and on a real PostgreSQL server."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from support.scenario_strategies import scenarios
from support.stored_scenarios import SOURCE, scenario

import mmm_groups as mg
from mmm_groups.errors import (
    ScenarioNotFoundError,
    StoreDamagedError,
    StoreError,
    WorkElsewhereError,
)
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import Database, open_database
from mmm_groups.storage.scenario_store import ScenarioStore
from mmm_groups.storage.work_store import WorkStore

ROOT = Path(__file__).parent.parent.parent


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
    calls: list[Callable[[], object]] = [
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
    asked: list[Callable[[str], object]] = [store.open, store.versions, store.unarchive]
    for ask in asked:
        with pytest.raises(ScenarioNotFoundError, match="There is no scenario '\udcff"):
            ask("\udcff")
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
    command = [
        sys.executable,
        str(ROOT / "tests" / "storage" / "saving_process.py"),
        url,
        key,
        author,
        str(times),
        *how,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_processes_save_at_once_and_one_is_killed(store: ScenarioStore, store_url: str) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    steady, doomed = saver(store_url, key, "steady", 40), saver(store_url, key, "doomed", 100_000)
    assert steady.stdout is not None
    assert doomed.stdout is not None
    assert [process.stdout.readline() for process in (steady, doomed) if process.stdout] == ["ready\n"] * 2
    first = doomed.stdout.readline()  # on a busy machine its first save takes a while
    time.sleep(0.2 + 0.3 * random.Random(7).random())
    doomed.kill()
    mine = [int(line) for line in steady.communicate(timeout=60)[0].split()]
    # The kill may have cut its last line off.
    told = [int(line) for line in (first + doomed.communicate()[0]).splitlines(keepends=True) if line.endswith("\n")]
    assert steady.returncode == 0
    assert len(mine) == 40
    assert first.endswith("\n")
    kept = store.versions(key)
    assert [version.number for version in kept] == list(range(1, len(kept) + 1))
    by = {version.number: version.saved_by for version in kept}
    assert all(by[number] == "steady" for number in mine)
    assert all(by[number] == "doomed" for number in told)  # what was acknowledged is there
    assert list(by.values()).count("doomed") <= len(told) + 1  # a save may have been kept that could not tell it
    for version in kept[:: max(1, len(kept) // 20)]:
        assert store.open(key, version.number)[0] == scenario()


def test_a_save_killed_before_its_end_leaves_nothing(store: ScenarioStore, store_url: str) -> None:
    key = store.create(scenario(), "Ada").version.scenario_id
    doomed = saver(store_url, key, "doomed", 1, "hang")
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
    assert [found.id for found in work.of("Ada")[0]] == ["tab 2", "tab 1"]
    kept = work.open("tab 1")
    assert (kept.scenario.goal, kept.scenario_id, kept.based_on) == (mg.FixedBudget(3.0), key, 1)
    assert work.open("tab 2").scenario.goal is None
    work.drop("tab 1")
    work.drop("tab 1")
    with pytest.raises(ScenarioNotFoundError, match="not kept any more"):
        work.open("tab 1")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda budget: work.keep("new", "Cleo", scenario(budget=budget)), [7.0] * 12))
    assert [found.scenario.goal for found in work.of("Cleo")[0]] == [mg.FixedBudget(7.0)]


def test_a_restart_finds_everything(store_url: str) -> None:
    first = open_database(store_url)
    key = ScenarioStore(first).create(scenario(), "Ada").version.scenario_id
    WorkStore(first).keep("tab", "Ada", scenario(budget=9.0))
    first.engine.dispose()
    second = open_database(store_url)
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

"""What one visitor sends never stops keeping work for others, and what cannot be read hides nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import text
from support.stored_scenarios import scenario

from mmm_groups.errors import ScenarioNotFoundError, StoreDamagedError, StoreError, StoreUnavailableError
from mmm_groups.storage.database import Database, open_database
from mmm_groups.storage.scenario_store import author_name
from mmm_groups.storage.work_store import WorkStore
from mmm_groups.ui.work.autosave import remember_author
from mmm_groups.ui.work.database import SharedDatabase


@pytest.mark.parametrize("letters", ["a\0b", "\ud800", "x" * 201, "a\nb"])
def test_a_name_that_no_database_holds_is_refused_before_it_is_written(letters: str) -> None:
    with pytest.raises(StoreError, match="who saves"):
        author_name(letters)
    with pytest.raises(StoreError, match="who saves"):
        remember_author(letters)


@pytest.mark.parametrize("author", ["\ud800", "a\0b"])
def test_a_write_that_the_database_cannot_hold_stops_nobody_else(
    author: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmm_groups.ui.work.database.open_database", lambda url, patience: database)
    shared = SharedDatabase("")
    shared.ask(lambda database: WorkStore(database).keep("tab 1", "Ada", scenario()))
    try:
        shared.ask(lambda database: WorkStore(database).keep("tab 2", "Mallory", scenario(), author=author))
    except StoreError:
        assert shared.refusal is None
    assert shared.ask(lambda database: WorkStore(database).keep("tab 3", "Ada", scenario()))
    assert len(shared.ask(lambda database: WorkStore(database).of("Ada"))[0]) == 2


def test_work_that_cannot_be_read_hides_no_other(database: Database) -> None:
    work = WorkStore(database)
    for tab in ("tab 1", "tab 2"):
        work.keep(tab, "Ada", scenario())
    with database.writing() as connection:
        broken = {"document": '{"schema_version": 2, "name": "x", "summary": {"response": 1e999}}'}
        connection.execute(text("UPDATE work SET document = :document WHERE id = 'tab 1'"), broken)
    found, unreadable = work.of("Ada")
    assert [one.id for one in found] == ["tab 2"]
    assert len(unreadable) == 1
    assert unreadable[0].startswith("Work kept on ")


def test_an_emptied_file_is_no_new_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/scenarios.sqlite"
    open_database(url).engine.dispose()
    (tmp_path / "scenarios.sqlite").write_bytes(b"")
    with pytest.raises(StoreDamagedError, match="is an empty file: whatever it held is gone"):
        open_database(url)
    assert (tmp_path / "scenarios.sqlite").read_bytes() == b""
    (tmp_path / "scenarios.sqlite").unlink()
    with pytest.raises(ScenarioNotFoundError):
        WorkStore(open_database(url)).open("tab")


def test_a_folder_that_takes_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailableError, match="cannot be made in the folder"):
        open_database(f"sqlite:///{tmp_path}/file/scenarios.sqlite")

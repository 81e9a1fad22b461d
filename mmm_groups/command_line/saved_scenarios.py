"""Saved scenarios on the command line."""

from argparse import Namespace

from mmm_groups.command_line.outcome import DONE, put, read_text, tell
from mmm_groups.errors import ScenarioError
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import open_database
from mmm_groups.storage.saved_versions import SavedVersion
from mmm_groups.storage.scenario_store import ScenarioStore

_SAVED = "id:"


def scenario_from(named: str) -> Scenario:
    """The scenario in a file, on the standard input (`-`), or in the database (`id:ID` or `id:ID@VERSION`).

    Raises
    ------
    ScenarioError, StoreError, OutputError
        If it is none, is not there, or cannot be read.
    """
    if not named.startswith(_SAVED):
        return read_scenario(read_text(named))
    key, _, number = named.removeprefix(_SAVED).partition("@")
    if number and not (number.isdecimal() and len(number) < 10):
        raise ScenarioError(f"'{number}' is no version of a scenario. Write 'id:{key}@2' for the second one.")
    return _store().open(key, int(number) if number else None)[0]


def list_scenarios(asked: Namespace) -> int:
    """List scenarios: id, version, when, who, name."""
    found = _store().listed(archived=asked.archived)
    put("\n".join(_line(item.latest) for item in found) if found else "There are no scenarios.", None)
    return DONE


def versions(asked: Namespace) -> int:
    """List all versions of a scenario."""
    put("\n".join(_line(version) for version in _store().versions(asked.id)), None)
    return DONE


def show(asked: Namespace) -> int:
    """Write a saved scenario as JSON."""
    put(scenario_json(scenario_from(_saved(asked.scenario)), indent=2), asked.output)
    return DONE


def save(asked: Namespace) -> int:
    """Save a scenario file as a new scenario, or as a new version of one."""
    if (asked.id is None) != (asked.based_on is None):
        raise ScenarioError("Give --id and --based-on together for a new version, or neither for a new scenario.")
    scenario = read_scenario(read_text(asked.scenario))
    store = _store()
    saved = (
        store.create(scenario, asked.author)
        if asked.id is None
        else store.save(asked.id, scenario, asked.author, asked.based_on)
    )
    if saved.sentence:
        tell(saved.sentence)
    put(f"{saved.version.scenario_id}@{saved.version.number}", None)
    return DONE


def archive(asked: Namespace) -> int:
    """Archive a scenario."""
    _store().archive(asked.id, asked.author)
    return DONE


def restore(asked: Namespace) -> int:
    """Bring an archived scenario back."""
    _store().unarchive(asked.id)
    return DONE


def _saved(named: str) -> str:
    return named if named.startswith(_SAVED) else f"{_SAVED}{named}"


def _store() -> ScenarioStore:
    return ScenarioStore(open_database())


def _line(version: SavedVersion) -> str:
    when = f"{version.saved_at:%Y-%m-%d %H:%M} UTC"
    return f"{version.scenario_id}  version {version.number:<3} {when}  {version.saved_by}  {version.name}"

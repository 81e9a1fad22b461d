"""Saved scenarios. Versions are only ever added: saving overwrites nothing, and deleting is an archive."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, func, insert, select, update

from mmm_groups.errors import ScenarioNotFoundError, StoreDamagedError, StoreError
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.sentences import is_one_line
from mmm_groups.storage.database import Database
from mmm_groups.storage.saved_versions import ListedScenario, Saved, SavedVersion
from mmm_groups.storage.tables import SCENARIOS, VERSIONS


class ScenarioStore:
    """Save, open, list and archive scenarios.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, scenario: Scenario, author: str, owner: str | None = None) -> Saved:
        """Keep a new scenario as its version 1.

        Parameters
        ----------
        scenario : Scenario
        author : str
            Who saves, for people.
        owner : str, optional
            Which browser it is, to know its maker again.

        Raises
        ------
        StoreError
            If the database refuses; then nothing of it is kept.
        """
        now, key = datetime.now(UTC), uuid4().hex
        with self._database.writing() as connection:
            connection.execute(
                insert(SCENARIOS).values(id=key, created_at=now, created_by=author_name(author), owner=owner)
            )
            return Saved(_add(connection, key, 1, scenario, author, now, None))

    def save(self, scenario_id: str, scenario: Scenario, author: str, based_on: int) -> Saved:
        """Add a version; nobody's work is ever overwritten.

        Parameters
        ----------
        scenario_id : str
        scenario : Scenario
        author : str
        based_on : int
            The version that was open while this one was typed.

        Returns
        -------
        Saved
            With the versions that others saved since.

        Raises
        ------
        ScenarioNotFoundError
            If there is no such scenario.
        StoreError
            If `based_on` was never saved, or the database refuses; then nothing of it is kept.
        """
        _refuse_unknown(scenario_id)
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            # Savers of one scenario take turns on its row, so numbers have no gap and nobody is missed.
            held = connection.execute(select(SCENARIOS).where(SCENARIOS.c.id == scenario_id).with_for_update()).first()
            if held is None:
                raise _not_found(scenario_id)
            latest = connection.execute(
                select(func.max(VERSIONS.c.number)).where(VERSIONS.c.scenario_id == scenario_id)
            ).scalar_one()
            if not 1 <= based_on <= latest:
                raise StoreError(
                    f"Version {based_on} of this scenario was never saved, so nothing can be based on it. The latest "
                    f"is {latest}."
                )
            since = _versions(connection, scenario_id, after=based_on)
            version = _add(connection, scenario_id, latest + 1, scenario, author, now, based_on)
        return Saved(version, tuple(since), held.archived_by)

    def open(self, scenario_id: str, number: int | None = None) -> tuple[Scenario, SavedVersion]:
        """A version of a scenario; the latest if none is named.

        Raises
        ------
        ScenarioNotFoundError
            If there is no such scenario or version.
        StoreDamagedError
            If its content is not what was saved.
        ScenarioTooNewError
            If a later version of the app saved it.
        """
        _refuse_unknown(scenario_id, number)
        asked = select(VERSIONS).where(VERSIONS.c.scenario_id == scenario_id)
        asked = (
            asked.order_by(VERSIONS.c.number.desc()).limit(1)
            if number is None
            else asked.where(VERSIONS.c.number == number)
        )
        with self._database.reading() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise _not_found(scenario_id, number)
        if fingerprint_of(row.document) != row.sha256:
            raise StoreDamagedError(
                f"Version {row.number} of the scenario '{row.name}' is not what {row.saved_by} saved: its content was "
                "changed in the database. Open another version."
            )
        return read_scenario(row.document), _version(row)

    def is_owned(self, scenario_id: str, owner: str) -> bool:
        """True if this browser made the scenario."""
        asked = select(SCENARIOS.c.owner).where(SCENARIOS.c.id == scenario_id)
        with self._database.reading() as connection:
            return connection.execute(asked).scalar_one_or_none() == owner

    def versions(self, scenario_id: str) -> list[SavedVersion]:
        """All versions, the first one first; raises ScenarioNotFoundError if there is no such scenario."""
        _refuse_unknown(scenario_id)
        with self._database.reading() as connection:
            found = _versions(connection, scenario_id)
        if not found:
            raise _not_found(scenario_id)
        return found

    def listed(self, *, archived: bool = False) -> list[ListedScenario]:
        """Scenarios by their latest version, the one saved last first; the archived ones instead if asked."""
        latest = (
            select(VERSIONS.c.scenario_id, func.max(VERSIONS.c.number).label("number"))
            .group_by(VERSIONS.c.scenario_id)
            .subquery()
        )
        is_latest = (VERSIONS.c.scenario_id == latest.c.scenario_id) & (VERSIONS.c.number == latest.c.number)
        asked = (
            # Without the documents: a long list must stay quick.
            select(*_HEAD, SCENARIOS)
            .join(latest, is_latest)
            .join(SCENARIOS, SCENARIOS.c.id == VERSIONS.c.scenario_id)
            .where(SCENARIOS.c.archived_at.is_not(None) if archived else SCENARIOS.c.archived_at.is_(None))
            .order_by(VERSIONS.c.saved_at.desc(), VERSIONS.c.scenario_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(asked).all()
        return [
            ListedScenario(_version(row), row.created_by, row.created_at, row.archived_by, row.archived_at)
            for row in rows
        ]

    def archive(self, scenario_id: str, author: str) -> None:
        """Take a scenario out of the list; its versions stay, and `unarchive` brings it back."""
        self._mark(scenario_id, archived_at=datetime.now(UTC), archived_by=author_name(author))

    def unarchive(self, scenario_id: str) -> None:
        """Bring an archived scenario back into the list."""
        self._mark(scenario_id, archived_at=None, archived_by=None)

    def _mark(self, scenario_id: str, **marks: object) -> None:
        _refuse_unknown(scenario_id)
        with self._database.writing() as connection:
            done = connection.execute(update(SCENARIOS).where(SCENARIOS.c.id == scenario_id).values(**marks))
            if done.rowcount == 0:
                raise _not_found(scenario_id)


_ID = re.compile("[0-9a-z]{1,32}")
_LAST_NUMBER = 2**31 - 1  # of the column in PostgreSQL
_HEAD = [VERSIONS.c[name] for name in ("scenario_id", "number", "name", "saved_by", "saved_at", "based_on")]


def _versions(connection: Connection, scenario_id: str, after: int = 0) -> list[SavedVersion]:
    asked = select(*_HEAD).where(VERSIONS.c.scenario_id == scenario_id, VERSIONS.c.number > after)
    return [_version(row) for row in connection.execute(asked.order_by(VERSIONS.c.number))]


def _version(row: Row[*tuple[Any, ...]]) -> SavedVersion:
    return SavedVersion(row.scenario_id, row.number, row.name, row.saved_by, row.saved_at, row.based_on)


def _add(
    connection: Connection,
    scenario_id: str,
    number: int,
    scenario: Scenario,
    author: str,
    now: datetime,
    based_on: int | None,
) -> SavedVersion:
    document = scenario_json(scenario)
    connection.execute(
        insert(VERSIONS).values(
            scenario_id=scenario_id,
            number=number,
            name=scenario.name,
            document=document,
            sha256=fingerprint_of(document),
            based_on=based_on,
            saved_at=now,
            saved_by=author_name(author),
        )
    )
    return SavedVersion(scenario_id, number, scenario.name, author_name(author), now, based_on)


def author_name(name: str) -> str:
    """The name of who saves, as it is stored; raises StoreError if it cannot be."""
    known = name.strip()
    if not 1 <= len(known) <= 200:
        raise StoreError("Say who saves: a name of 1 to 200 letters.")
    # A line break would draw a line of its own in every list; half a letter cannot be stored.
    if not is_one_line(known):
        raise StoreError(f"The name {known!r} of who saves has a line break or a letter that no text can hold.")
    return known


def _refuse_unknown(scenario_id: str, number: int | None = None) -> None:
    """Raise ScenarioNotFoundError for what was never handed out, and databases cannot even be asked about."""
    if not _ID.fullmatch(scenario_id) or (number is not None and not 1 <= number <= _LAST_NUMBER):
        raise _not_found(scenario_id, number)


def _not_found(scenario_id: str, number: int | None = None) -> ScenarioNotFoundError:
    what = f"scenario '{scenario_id}'" if number is None else f"version {number} of the scenario '{scenario_id}'"
    return ScenarioNotFoundError(f"There is no {what} in this database. Look it up in the list of scenarios.")

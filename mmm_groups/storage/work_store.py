"""Work in progress, kept on the server at each step: a closed laptop, a reload or a restart loses nothing."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from mmm_groups.errors import MmmGroupsError, ScenarioNotFoundError, WorkElsewhereError
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import Database
from mmm_groups.storage.tables import WORK


@dataclass(frozen=True)
class Work:
    """What somebody has typed and not saved.

    Attributes
    ----------
    id : str
        One for each open session, made by the caller.
    owner : str
        Who may open it again.
    scenario : Scenario
    scenario_id, based_on : str and int, or None
        The saved scenario and version that it began with; None for new work.
    kept_at : datetime
        In UTC.
    author : str
        The name under which its owner saves; empty if it was never asked.
    """

    id: str
    owner: str
    scenario: Scenario
    scenario_id: str | None
    based_on: int | None
    kept_at: datetime
    author: str = ""


class WorkStore:
    """Keep and find work in progress.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self,
        work_id: str,
        owner: str,
        scenario: Scenario,
        scenario_id: str | None = None,
        based_on: int | None = None,
        *,
        author: str = "",
        after: datetime | None = None,
    ) -> datetime:
        """Keep the latest step of one session's work, in place of its step before.

        Parameters
        ----------
        work_id, owner : str
        scenario : Scenario
        scenario_id, based_on : str and int, optional
            The saved scenario and version that it began with.
        author : str
            The name under which the owner saves.
        after : datetime, optional
            When the step before was kept, as this method or `open` said: if another session kept one since, this one
            is refused instead of taking its place.

        Returns
        -------
        datetime
            When it was kept.

        Raises
        ------
        WorkElsewhereError
            If another session kept a step since `after`.
        StoreError
            If the database refuses; the step before is still kept then.
        """
        now = datetime.now(UTC)
        values = {
            "owner": owner,
            "document": scenario_json(scenario),
            "scenario_id": scenario_id,
            "based_on": based_on,
            "kept_at": now,
            "author": author or None,
        }
        with self._database.writing() as connection:
            if after is not None:
                asked = select(WORK.c.kept_at).where(WORK.c.id == work_id).with_for_update()
                last = connection.execute(asked).scalar_one_or_none()
                if last is not None and last != after:
                    raise WorkElsewhereError("This work was changed elsewhere since. Go on with a copy of it.")
            # One statement, so that two tabs of one session cannot stand in each other's way.
            made = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(WORK)
            connection.execute(
                made.values(id=work_id, **values).on_conflict_do_update(index_elements=[WORK.c.id], set_=values)
            )
        return now

    def open(self, work_id: str) -> Work:
        """Work by its id; raises ScenarioNotFoundError if there is none."""
        row = None
        if re.fullmatch("[ -~]{1,64}", work_id):  # others were never handed out, and databases refuse some of them
            with self._database.reading() as connection:
                row = connection.execute(select(WORK).where(WORK.c.id == work_id)).first()
        if row is None:
            raise ScenarioNotFoundError("This work in progress is not kept any more. Open a saved scenario instead.")
        return _work(row)

    def of(self, owner: str) -> tuple[list[Work], list[str]]:
        """All work of one owner, the latest first; and why some of it cannot be read, one sentence each."""
        asked = select(WORK).where(WORK.c.owner == owner).order_by(WORK.c.kept_at.desc(), WORK.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(asked).all()
        found, unreadable = [], []
        for row in rows:
            try:
                found.append(_work(row))
            except MmmGroupsError as error:
                unreadable.append(f"Work kept on {row.kept_at:%Y-%m-%d} cannot be read: {error.text.marked}")
        return found, unreadable

    def drop(self, work_id: str) -> None:
        """Forget work that was saved or given up; nothing happens if there is none."""
        with self._database.writing() as connection:
            connection.execute(delete(WORK).where(WORK.c.id == work_id))


def _work(row: Row[*tuple[Any, ...]]) -> Work:
    return Work(
        row.id, row.owner, read_scenario(row.document), row.scenario_id, row.based_on, row.kept_at, row.author or ""
    )

"""Which work this is: its id in the database, the saved scenario that it began with, and whose it is."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.result import Result


@dataclass
class WorkIdentity:
    """Under which id this work is kept, and which saved scenario it began with.

    Attributes
    ----------
    work_id : str
        Id of the work in progress: unguessable, because who has it can go on with a copy.
    last_mark : tuple or None
        What was kept last, to keep it again only if it changed; None if nothing was looked at yet.
    kept_at : datetime or None
        When it was kept, as the database says; None if it is not kept there.
    scenario_id, version : str and int, or None
        The saved scenario, and the version of it, that this work began with or was saved as last.
    saved_by : str
        Who saved that version.
    shown : Scenario or None
        What somebody else's link opened: it is shown and cannot be changed.
    shown_result : Result or None
        Its plan.
    """

    work_id: str = field(default_factory=lambda: uuid4().hex)
    last_mark: tuple[object, ...] | None = None
    kept_at: datetime | None = None
    scenario_id: str | None = None
    version: int | None = None
    saved_by: str = ""
    shown: Scenario | None = None
    shown_result: Result | None = None

    @property
    def is_read_only(self) -> bool:
        """True if what is open belongs to somebody else."""
        return self.shown is not None

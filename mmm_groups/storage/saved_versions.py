"""What the store tells about saved scenarios, without their content."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SavedVersion:
    """One version of a scenario, without its content.

    Attributes
    ----------
    scenario_id : str
    number : int
        From 1 upwards, without gaps.
    name : str
        The scenario's name in this version.
    saved_by : str
    saved_at : datetime
        In UTC.
    based_on : int or None
        The version that was open when this one was typed.
    """

    scenario_id: str
    number: int
    name: str
    saved_by: str
    saved_at: datetime
    based_on: int | None


@dataclass(frozen=True)
class Saved:
    """What saving found.

    Attributes
    ----------
    version : SavedVersion
        The new version.
    overlooked : tuple[SavedVersion, ...]
        Versions that others saved since the one that was open; they are kept as well.
    archived_by : str or None
        Who archived the scenario meanwhile.
    """

    version: SavedVersion
    overlooked: tuple[SavedVersion, ...] = ()
    archived_by: str | None = None

    @property
    def sentence(self) -> str:
        """What to tell who saved; empty if nobody came in between."""
        said = []
        if self.overlooked:
            who = ", ".join(f"version {other.number} by {other.saved_by}" for other in self.overlooked)
            said.append(
                f"Saved as version {self.version.number}. Meanwhile others saved {who}, which your version does not "
                "hold. Both are kept: compare them, or open the other one."
            )
        if self.archived_by is not None:
            said.append(f"{self.archived_by} archived this scenario meanwhile; bring it back to see it in the list.")
        return " ".join(said)


@dataclass(frozen=True)
class ListedScenario:
    """One scenario in the list: its latest version, who made it, and who archived it."""

    latest: SavedVersion
    created_by: str
    created_at: datetime
    archived_by: str | None
    archived_at: datetime | None

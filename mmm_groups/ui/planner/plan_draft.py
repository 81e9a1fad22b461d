"""A sheet that a planner brings, and what was answered about it so far: names, missing channels, money outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmm_groups.media_plan.assumed_money import Missing
from mmm_groups.media_plan.confirmed_table import Outside
from mmm_groups.media_plan.plan_table import PlanTable
from mmm_groups.numerics.marking import MarkedText

_NOTHING = 1e-9  # relative to the sheet's money


@dataclass
class PlanDraft:
    """A sheet, and the answers to what it leaves open.

    Attributes
    ----------
    name : str
        Of the plan that it becomes.
    content, file : text or bytes, and str
        What was brought, and what errors call it.
    has_two_readings : bool
        True if it could not be read because nobody knows whether `50,000` is fifty thousand or fifty.
    table : PlanTable or None
        What was read; None if it could not be read.
    refused : MarkedText or None
        Why it could not be read, or cannot become a plan.
    before : mapping
        Name in earlier sheets to what it meant: a channel, a group, or None where it was left out.
    answers : dict[str, str or None]
        The same as it was chosen for this sheet.
    missing, outside
        What channels get that nobody names, and what becomes of money outside the window; None while that is open.
    """

    name: str
    content: str | bytes = ""
    file: str = ""
    has_two_readings: bool = False
    table: PlanTable | None = None
    refused: MarkedText | None = None
    before: Mapping[str, str | None] = field(default_factory=dict)
    answers: dict[str, str | None] = field(default_factory=dict)
    missing: Missing | None = None
    outside: Outside | None = None

    @property
    def mapping(self) -> dict[str, str | None]:
        """What names in the sheet mean: as chosen for it, else as they were understood before."""
        written = set() if self.table is None else {match.written for match in self.table.names}
        return {name: meant for name, meant in {**self.before, **self.answers}.items() if name in written}

    @property
    def open_names(self) -> list[str]:
        """Names that nobody has said the meaning of."""
        unmatched = () if self.table is None else self.table.unmatched
        return [match.written for match in unmatched if match.written not in self.mapping]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Channels that the sheet does not name."""
        return () if self.table is None else self.table.missing_with(self.mapping)

    @property
    def has_outside(self) -> bool:
        """True if some of the sheet's money is on days outside the window."""
        return self.table is not None and self.table.outside > _NOTHING * self.table.total

    @property
    def is_open(self) -> bool:
        """True while something about the sheet must be answered before it is a plan."""
        asks_channels = bool(self.left_out) and self.missing is None
        asks_outside = self.has_outside and self.outside is None
        return self.table is None or bool(self.open_names) or asks_channels or asks_outside

"""A scenario: everything a planner typed, as one frozen value that can be stored, sent and run again."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mmm_groups.curves.sub_channels import SubChannels, parted_names
from mmm_groups.fingerprint import fingerprint_of_values
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.methods import Method
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.problem.statement import Positive
from mmm_groups.problem.utilities import MEAN, StatedUtility
from mmm_groups.scenario.fields import (
    Flighting,
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    Name,
    PlanSummary,
    RowKey,
    RuleFlighting,
    ScenarioValue,
    Settings,
    Source,
    TableFlighting,
    Window,
    refuse_twice,
)
from mmm_groups.scenario.media_plans import MediaPlans
from mmm_groups.scenario.references import LatestReference, Reference
from mmm_groups.scenario.row_limits import RowLimit, limit_rows
from mmm_groups.scenario.sub_channel_limits import limits_on_split_channels

SCHEMA_VERSION: Literal[3] = 3
"""Raised whenever a document of the version before cannot be read as it stands; see `scenario_document`."""


class Scenario(ScenarioValue):
    """Everything a planner typed about one question, with a summary of the answer.

    Attributes
    ----------
    schema_version : int
        Form of the document.
    name, notes : str
        For people; no number depends on them.
    source : Source
    window : Window or None
        None for curves whose file does not say which dates they are for.
    flighting : Flighting
        How each channel's money is spread over the window's dates.
    prices : dict[str, float]
        Planned price per unit of channels that the model knows in units; others cost what they did.
    reach : float or None
        A budget that every curve was asked to take alone, in currency.
    sub_channels : tuple[SubChannels, ...]
        Channels of the source that are split, by assumption.
    groups : tuple[Group, ...]
        In the board's order; channels that none of them holds are planned one by one.
    method : Method
        How channels' curves become a group's.
    default_split : `historical` or `marginal_roi`
        Split of groups that `splits` does not name.
    splits : tuple[MemberSplit, ...]
        The splits under which the groups are optimised.
    resplit : tuple[MemberSplit, ...] or None
        If given: the optimum's group spends are kept and shared out like this instead.
    goal : Goal or None
        None while its number is not typed yet; such a scenario can be kept but not run.
    utility : Utility
    limits : tuple[LimitRow, ...]
        Minimum and maximum of groups and channels as typed, also those of rows that are not shown now.
    channel_limits : bool
        Whether channels inside groups have limits of their own.
    constraints : tuple[Constraint, ...]
        Constraints on sets of channels, or any others; they name groups and channels.
    reference : Reference
    media_plans : MediaPlans
        Plans that were brought, and which one is shown; no number of the optimum depends on them.
    settings : Settings
    kept : Kept
    summary : PlanSummary or None
    """

    schema_version: Literal[3] = SCHEMA_VERSION
    name: Name
    notes: Annotated[str, Field(max_length=20_000)] = ""
    source: Source
    window: Window | None = None
    flighting: Flighting = RuleFlighting()
    prices: dict[str, Positive] = Field(default={})
    reach: Positive | None = None
    sub_channels: tuple[SubChannels, ...] = ()
    groups: tuple[Group, ...] = ()
    method: Method = "sum"
    default_split: Literal["historical", "marginal_roi"] = "historical"
    splits: tuple[MemberSplit, ...] = ()
    resplit: tuple[MemberSplit, ...] | None = None
    goal: Goal | None = None
    utility: StatedUtility = MEAN
    limits: tuple[LimitRow, ...] = ()
    channel_limits: bool = False
    constraints: tuple[Constraint, ...] = ()
    reference: Reference = LatestReference()
    media_plans: MediaPlans = MediaPlans()
    settings: Settings = Settings()
    kept: Kept = Kept()
    summary: PlanSummary | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.source.kind == "model" and self.window is None:
            raise ValueError("A scenario on a model needs its window: the first and the last date")
        refuse_twice("The ids of groups", tuple(group.id for group in self.groups))
        refuse_twice("The names of groups", tuple(group.name for group in self.groups))
        for splits in (self.splits, self.resplit or ()):
            refuse_twice("The channels of splits", tuple(str(sorted(split.channels)) for split in splits))
        refuse_twice("The rows of limits", tuple(f"{row.of} {row.key}" for row in self.limits))
        known = {"group": {group.id for group in self.groups}, "channel": {*self.source.channels, *self.channels}}
        if foreign := [f"{row.of} {row.key}" for row in self.limits if row.key not in known[row.of]]:
            raise ValueError(f"Limits are typed for groups or channels that the scenario does not have: {foreign}")
        self.all_groups()
        return self

    def all_groups(self, channels: tuple[str, ...] | None = None) -> dict[str, tuple[str, ...]]:
        """All groups over the scenario's channels (or others), members in that order; empty groups are left out.

        Raises
        ------
        GroupingError
            If a group names an unknown channel, a channel stands in two groups, or a name is that of a foreign channel.
        """
        known = self.channels if channels is None else channels
        place = {channel: position for position, channel in enumerate(known)}
        named = ChannelGroups({group.name: group.channels for group in self.groups if group.channels}).over(known)
        return {name: tuple(sorted(members, key=place.__getitem__)) for name, members in named.items()}

    def row_limits(self, names: Iterable[str]) -> dict[str, RowLimit]:
        """What is typed in the rows of these groups and channels; an empty limit where nothing is."""
        typed = {(row.of, row.key): row.limit for row in self.limits}
        return {name: typed.get(self.row_key(name), RowLimit()) for name in names}

    def row_key(self, name: str) -> RowKey:
        """What the row of a group or channel is called: a group's id, so that it keeps its limits when renamed."""
        ids = (group.id for group in self.groups if group.name == name)
        return next((("group", key) for key in ids), ("channel", name))

    def split_channel_limits(self) -> dict[str, RowLimit]:
        """Limits typed on channels that are split now, which hold their sub-channels together; no empty ones."""
        typed = {row.key: row.limit for row in self.limits if row.of == "channel"}
        return limits_on_split_channels(
            self.sub_channels,
            lambda name: typed.get(name, RowLimit()),
            with_channels=self.channel_limits,
            grouped={channel for group in self.groups for channel in group.channels},
        )

    def limits_in_force(self, groups: Mapping[str, tuple[str, ...]]) -> dict[str, RowLimit]:
        """The limits of the rows that stand in the table among these groups, and of split channels; no empty ones."""
        found = self.row_limits(limit_rows(groups, with_channels=self.channel_limits))
        return {name: limit for name, limit in found.items() if not limit.is_empty} | self.split_channel_limits()

    def split_of(self, channels: Collection[str]) -> MemberSplit | None:
        """How the group with exactly these channels is split; None if nothing is typed about it."""
        return next((split for split in self.splits if set(split.channels) == set(channels)), None)

    @property
    def budget(self) -> float | None:
        """Number of the fixed budget, in currency, also while another goal is chosen; None if it was never typed."""
        return self.goal.total if isinstance(self.goal, FixedBudget) else self.kept.budget

    @property
    def table(self) -> TableFlighting | None:
        """The planner's own flighting, also while another one is chosen."""
        return self.flighting if isinstance(self.flighting, TableFlighting) else self.kept.flighting

    @property
    def channels(self) -> tuple[str, ...]:
        """What is planned on: the source's channels, the sub-channels of those that are split.

        Raises
        ------
        SubChannelError
            If sub-channels do not fit the source's channels.
        """
        return parted_names(self.source.channels, self.sub_channels)

    @property
    def inputs_hash(self) -> str:
        """Changes with everything that a plan's numbers depend on, and with nothing else."""
        groups = self.all_groups()
        plain = {"flighting", "prices", "reach", "window", "method", "goal", "utility", "constraints"}
        if self.sub_channels:  # so that scenarios from before there were sub-channels keep their hash
            plain.add("sub_channels")
        typed = self.model_dump(mode="json", include=plain) | {
            # What a planner only looks at changes no number: colours, ids, order, currency, sliders that are locked,
            # and whatever belongs to groups or rows that are not there now.
            "source": self.source.sha256,
            "reference": self.reference.model_dump(mode="json", exclude={"of"}),
            "groups": {name: list(inside) for name, inside in groups.items()},
            "splits": self._splits_in_force(self.splits, groups),
            "resplit": None if self.resplit is None else self._splits_in_force(self.resplit, groups),
            "limits": {name: _as_read(limit.model_dump()) for name, limit in self.limits_in_force(groups).items()},
            "interval": self.settings.interval,
        }
        return fingerprint_of_values(typed)

    def _splits_in_force(self, splits: tuple[MemberSplit, ...], groups: Mapping[str, tuple[str, ...]]) -> object:
        typed = {frozenset(split.channels): split.shares for split in splits}
        shared = {name: inside for name, inside in groups.items() if len(inside) > 1}
        return {name: typed.get(frozenset(inside), self.default_split) for name, inside in shared.items()}

    @property
    def is_stale(self) -> bool:
        """True if the summary answers to other inputs than these."""
        return self.summary is not None and self.summary.answers_to != self.inputs_hash


def _as_read(typed: dict[str, object]) -> dict[str, object]:
    # A table hands a whole amount over as an integer, which a document brings back as a float.
    return {name: float(value) if type(value) is int else value for name, value in typed.items()}

"""The fields of a scenario: each thing that a planner typed, as a frozen value that refuses what makes no sense."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from mmm_groups.errors import MmmGroupsError, ScenarioError
from mmm_groups.model.flighting import FlightingRule, flighting_as_json, weights_table
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.digits import not_whole
from mmm_groups.numerics.intervals import INTERVAL
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.statement import MOST, Money
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.sentences import repeated
from mmm_groups.typed_value import TypedValue

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
GroupName = Annotated[str, Field(min_length=1)]  # as free as the board, on which nothing typed is refused
Finite = Annotated[float, Field(ge=-MOST, le=MOST, allow_inf_nan=False)]
Shares = dict[str, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]]


class ScenarioValue(TypedValue):
    """A scenario, or a part of one."""

    error_type: ClassVar[type[MmmGroupsError]] = ScenarioError

    @classmethod
    def refusal(cls, place: tuple[str, ...], given: Any, reason: str, values: Mapping[str, Any]) -> str:
        """A sentence on one thing that pydantic refused; see `TypedValue`."""
        where = ".".join(place) or "values"
        return f"The part '{where}' of the {cls.__name__} cannot be used: {reason} (it is {str(given)[:80]!r})."


class Source(ScenarioValue):
    """What was planned on: a fitted model, or a file of curves.

    Attributes
    ----------
    kind : `model` or `curves`
    name : str
        The file's name without its ending, for people.
    sha256 : str
        Hash of the file's bytes, which identifies it.
    channels : tuple[str, ...]
        Its channels, in its order.
    """

    kind: Literal["model", "curves"]
    name: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    channels: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        refuse_twice("The channels of the source", self.channels)
        return self


class Window(ScenarioValue):
    """The planning window, both dates included."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"The window ends on {self.end}, before it starts on {self.start}")
        return self

    @classmethod
    def of(cls, horizon: Horizon) -> Self:
        """The window of these dates."""
        return cls(start=horizon.start.date(), end=horizon.end.date())


class RuleFlighting(ScenarioValue):
    """One rule for all channels, or by channel; channels that `by_channel` names follow that."""

    kind: Literal["rule"] = "rule"
    rule: FlightingRule = "even"
    by_channel: dict[str, FlightingRule] = Field(default={})


class TableFlighting(ScenarioValue):
    """The planner's own table: a weight for each date and channel, of which only the proportions count."""

    kind: Literal["table"] = "table"
    dates: Annotated[tuple[date, ...], Field(min_length=1)]
    weights: dict[str, tuple[Money, ...]]

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        for channel, column in self.weights.items():
            if len(column) != len(self.dates):
                raise ValueError(
                    f"The flighting of '{channel}' has {len(column)} weights for {len(self.dates)} dates; give one each"
                )
        return self

    @classmethod
    def of(cls, weights: pd.DataFrame) -> Self:
        """The table of these weights, dates x channels."""
        return cls(**flighting_as_json(weights))

    @property
    def frame(self) -> pd.DataFrame:
        """The weights, dates x channels."""
        return weights_table(self.dates, self.weights)


Flighting = Annotated[RuleFlighting | TableFlighting, Field(discriminator="kind")]


class Group(ScenarioValue):
    """A group on the board.

    Attributes
    ----------
    id : str
        Stays when the group is renamed.
    name : str
    color : int
        Place in the palette of ten.
    channels : tuple[str, ...]
        Empty for a group that is still being made; such a group is not planned.
    """

    id: GroupName
    name: GroupName
    color: Annotated[int, Field(ge=0, le=9)]
    channels: tuple[str, ...] = ()


class MemberSplit(ScenarioValue):
    """How the money of the group with exactly these channels goes to them.

    Kept by members, so that a split comes back when its channels do; one whose channels are no group now is at rest.

    Attributes
    ----------
    shares : mapping or rule
        Channel to share, adding up to 1; or `historical` or `marginal_roi`.
    locked : tuple[str, ...]
        Channels whose share the planner holds while moving others.
    """

    channels: Annotated[tuple[str, ...], Field(min_length=1)]
    shares: Shares | Literal["historical", "marginal_roi"]
    locked: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse_twice("The channels of a split", self.channels)
        if isinstance(self.shares, dict):
            if set(self.shares) != set(self.channels):
                raise ValueError(f"A split names {sorted(self.shares)}, but is for {sorted(self.channels)}")
            if abs((total := math.fsum(self.shares.values())) - 1) > 1e-6:
                raise ValueError(f"The shares of {list(self.channels)} {not_whole(total)}")
        if foreign := sorted(set(self.locked) - set(self.channels)):
            raise ValueError(f"A split of {list(self.channels)} locks channels that it does not have: {foreign}")
        return self


RowKey = tuple[Literal["group", "channel"], str]
"""Which row of the table of limits: of a group, by its id, or of a channel, by its name."""


class LimitRow(ScenarioValue):
    """What is typed in one row of the table of limits, in its own unit; it may be no limit that a plan can meet.

    Attributes
    ----------
    of : `group` or `channel`
    key : str
        Id of the group, which stays when it is renamed, or name of the channel.
    limit : RowLimit
    """

    of: Literal["group", "channel"]
    key: str
    limit: RowLimit


class Settings(ScenarioValue):
    """How figures are shown: the symbol before money, and the mass of intervals."""

    currency: Annotated[str, Field(max_length=8)] = "€"
    interval: Annotated[float, Field(gt=0, lt=1)] = INTERVAL


class Kept(ScenarioValue):
    """What was typed and is not in force now; it is there when the planner goes back to it.

    Attributes
    ----------
    budget : float or None
        Number of the fixed budget, in currency.
    goal_inputs : GoalInputs or None
        Numbers of all other goals and utilities; the scenario's own goal and utility go before. Without a goal, its
        `kind` is the goal whose number is still missing.
    flighting : TableFlighting or None
        The planner's table while another flighting is chosen.
    ungrouped : tuple[str, ...]
        Order on the board of the channels in no group; channels that it leaves out come after.
    constraints, limits : tuple[Constraint, ...] and tuple[LimitRow, ...]
        On sub-channels of channels that are not split now.
    export_mapping : DisaggregationMappingConfig or None
        How channels are parted into export rows; no plan depends on it.
    """

    budget: Finite | None = None
    goal_inputs: GoalInputs | None = None
    flighting: TableFlighting | None = None
    ungrouped: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    export_mapping: DisaggregationMappingConfig | None = None


class PlanSummary(ScenarioValue):
    """The figures of the plan that a scenario gave; None where a figure is unknown.

    Attributes
    ----------
    answers_to : str
        `Scenario.inputs_hash` of what was typed when the plan was made: another hash means the figures are stale.
    groups, channels : dict[str, float]
        Name to spend over the window, in currency.
    group_response : dict[str, float]
        Group to mean response, in units of the target.
    response, response_low, response_high, reference_response : float
        Of the whole plan, in units of the target; the ends are those of the interval in the settings.
    probability_better : float
        Share of draws in which the plan beats the reference.
    objective, upper_bound : float
        What the goal maximises, and what no plan can exceed.
    """

    answers_to: str
    groups: dict[str, Money]
    channels: dict[str, Money]
    group_response: dict[str, Finite | None]
    response: Finite
    response_low: Finite | None = None
    response_high: Finite | None = None
    reference_response: Finite | None = None
    probability_better: Finite | None = None
    objective: Finite
    upper_bound: Finite | None = None

    @property
    def total(self) -> float:
        """Money spent in all, in currency."""
        return math.fsum(self.channels.values())


def refuse_twice(what: str, names: tuple[str, ...]) -> None:
    """Raise ValueError, which becomes a `ScenarioError`, if a name stands twice."""
    twice = repeated(names)
    if twice:
        raise ValueError(f"{what} must differ, but these stand twice: {twice}")

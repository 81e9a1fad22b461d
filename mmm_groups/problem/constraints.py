"""Constraints as the planner states them: typed values that a scenario can store."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from mmm_groups.errors import ConstraintError
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.statement import Change, Money, Names, Positive, Ratio, Statement


class NamingChannels(Statement):
    """What all constraints share: they name channels or groups."""

    name_fields: ClassVar[tuple[str, ...]] = ("channels",)
    """Fields that hold one name or several."""
    is_of_sums: ClassVar[bool] = True
    """Whether it bounds what the names of a field spend together, and not each name by itself."""

    def _by_field(self) -> dict[str, tuple[str, ...]]:
        given = {field: getattr(self, field) for field in self.name_fields}
        return {field: (names,) if isinstance(names, str) else names for field, names in given.items()}

    def names(self) -> tuple[str, ...]:
        """Every channel or group that it names, in the order of its fields."""
        return tuple(name for names in self._by_field().values() for name in names)

    def renamed(self, mapping: Mapping[str, str]) -> Self:
        """The same constraint on other names; names that `mapping` leaves out stay."""
        new: dict[str, str | tuple[str, ...]] = {}
        for field in self.name_fields:
            given = getattr(self, field)
            is_one = isinstance(given, str)
            new[field] = mapping.get(given, given) if is_one else tuple(mapping.get(name, name) for name in given)
        return self.model_copy(update=new)

    def with_sets(self, replace: Callable[[tuple[str, ...]], Iterable[str]]) -> Self:
        """The same constraint with other names for the channels of each sum, such as a group for its members.

        A constraint that is not on sums stays as it is: on several names instead of one it would be another statement.
        """
        if not self.is_of_sums:
            return self
        return self.model_copy(update={field: tuple(replace(names)) for field, names in self._by_field().items()})


class GroupMinSpend(NamingChannels):
    """`channels` (channel or group names) together spend at least `amount` over the horizon."""

    kind: Literal["group_min_spend"] = "group_min_spend"
    channels: Names
    amount: Money


class GroupMaxSpend(NamingChannels):
    """`channels` (channel or group names) together spend at most `amount` over the horizon."""

    kind: Literal["group_max_spend"] = "group_max_spend"
    channels: Names
    amount: Money


class GroupMinRatio(NamingChannels):
    """`channels` together get at least the share `ratio` of the total."""

    kind: Literal["group_min_ratio"] = "group_min_ratio"
    channels: Names
    ratio: Ratio


class GroupMaxRatio(NamingChannels):
    """`channels` together get at most the share `ratio` of the total."""

    kind: Literal["group_max_ratio"] = "group_max_ratio"
    channels: Names
    ratio: Ratio


class SpendBounds(NamingChannels):
    """One channel or group spends between `lower` and `upper` over the horizon."""

    name_fields: ClassVar[tuple[str, ...]] = ("name",)
    is_of_sums: ClassVar[bool] = False

    kind: Literal["spend_bounds"] = "spend_bounds"
    name: str
    lower: Money | None
    upper: Money | None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError(f"'{self.name}' needs a minimum or a maximum")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(
                f"The minimum of '{self.name}' ({marked_amount(self.lower)}) exceeds its maximum "
                f"({marked_amount(self.upper)})"
            )
        return self


class ChangeBounds(NamingChannels):
    """Each of `channels` (channel or group names) moves by at least `lower` and at most `upper` of its reference spend.

    -0.2 and 0.3 mean from 20 % less to 30 % more.
    """

    is_of_sums: ClassVar[bool] = False

    kind: Literal["change_bounds"] = "change_bounds"
    channels: Names
    lower: Change | None = None
    upper: Change | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError(f"The change of {', '.join(self.channels)} needs a lower or an upper bound")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(
                f"The least change {marked(self.lower):+.0%} exceeds the greatest {marked(self.upper):+.0%}"
            )
        return self


class Lock(NamingChannels):
    """One channel or group spends exactly `amount` over the horizon."""

    name_fields: ClassVar[tuple[str, ...]] = ("name",)
    is_of_sums: ClassVar[bool] = False

    kind: Literal["lock"] = "lock"
    name: str
    amount: Money


class RatioBetween(NamingChannels):
    """`numerator` channels together spend between `min` and `max` times what `denominator` channels spend."""

    name_fields: ClassVar[tuple[str, ...]] = ("numerator", "denominator")

    kind: Literal["ratio_between"] = "ratio_between"
    numerator: Names
    denominator: Names
    min: Money | None = None
    max: Money | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("A ratio between two sets needs min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"The least ratio {marked(self.min):g} exceeds the greatest {marked(self.max):g}")
        return self


class MaxMoved(NamingChannels):
    """Of what `channels` spend in a plan, `amounts`, at most the share `share` is taken away from where it is."""

    is_of_sums: ClassVar[bool] = False

    kind: Literal["max_moved"] = "max_moved"
    channels: Names
    amounts: tuple[Money, ...]
    share: Ratio

    @model_validator(mode="after")
    def _one_amount_each(self) -> Self:
        if len(self.channels) != len(self.amounts):
            raise ValueError(
                f"{len(self.amounts)} amounts are given for {len(self.channels)} channels. Give each channel one"
            )
        return self


class OffOrAtLeast(NamingChannels):
    """`channels` (channel or group names) together spend nothing, or at least `amount`, over the horizon."""

    kind: Literal["off_or_at_least"] = "off_or_at_least"
    channels: Names
    amount: Positive


class InSteps(NamingChannels):
    """`channels` (channel or group names) together spend a whole number of times `step` over the horizon."""

    kind: Literal["in_steps"] = "in_steps"
    channels: Names
    step: Positive


Constraint = Annotated[
    GroupMinSpend
    | GroupMaxSpend
    | GroupMinRatio
    | GroupMaxRatio
    | SpendBounds
    | ChangeBounds
    | Lock
    | RatioBetween
    | MaxMoved
    | OffOrAtLeast
    | InSteps,
    Field(discriminator="kind"),
]
"""What must hold; `TypeAdapter(Constraint)` reads one back from JSON."""


def on_single_channels(constraints: Iterable[Constraint], channels: Collection[str]) -> list[Constraint]:
    """Constraints that can be kept where channels are decided one by one: without those on the amounts of groups."""
    return [
        stated
        for stated in constraints
        if not isinstance(stated, OffOrAtLeast | InSteps)
        or (len(stated.channels) == 1 and stated.channels[0] in channels)
    ]


class ConstraintBuilder:
    """States constraints; names are channels or groups, money is over the whole horizon.

    Each is typed `Constraint`, so that a list of different ones is a `list[Constraint]`.
    """

    @staticmethod
    def group_min_spend(channels: Sequence[str], amount: float) -> Constraint:
        """`channels` together spend at least `amount`."""
        return GroupMinSpend(channels=_names(channels), amount=amount)

    @staticmethod
    def group_max_spend(channels: Sequence[str], amount: float) -> Constraint:
        """`channels` together spend at most `amount`."""
        return GroupMaxSpend(channels=_names(channels), amount=amount)

    @staticmethod
    def group_min_ratio(channels: Sequence[str], ratio: float) -> Constraint:
        """`channels` together get at least the share `ratio` (0 to 1) of the total."""
        return GroupMinRatio(channels=_names(channels), ratio=ratio)

    @staticmethod
    def group_max_ratio(channels: Sequence[str], ratio: float) -> Constraint:
        """`channels` together get at most the share `ratio` (0 to 1) of the total."""
        return GroupMaxRatio(channels=_names(channels), ratio=ratio)

    @staticmethod
    def spend_bounds(name: str, lower: float | None = None, upper: float | None = None) -> Constraint:
        """One channel or group spends between `lower` and `upper`."""
        return SpendBounds(name=name, lower=lower, upper=upper)

    @staticmethod
    def change_bounds(channels: Sequence[str], lower: float | None = None, upper: float | None = None) -> Constraint:
        """Each of `channels` changes between `lower` and `upper` of its reference spend (-0.2, 0.3: -20 % to +30 %)."""
        return ChangeBounds(channels=_names(channels), lower=lower, upper=upper)

    @staticmethod
    def lock(name: str, amount: float) -> Constraint:
        """One channel or group spends exactly `amount`."""
        return Lock(name=name, amount=amount)

    @staticmethod
    def ratio_between(
        numerator: Sequence[str], denominator: Sequence[str], *, min: float | None = None, max: float | None = None
    ) -> Constraint:
        """`numerator` together spend between `min` and `max` times `denominator`."""
        return RatioBetween(numerator=_names(numerator), denominator=_names(denominator), min=min, max=max)

    @staticmethod
    def max_moved(plan: Mapping[str, float], share: float) -> Constraint:
        """Of a plan's money (channel or group to spend), at most `share` is taken away from where the plan has it."""
        return MaxMoved(channels=_names(tuple(plan)), amounts=tuple(map(float, plan.values())), share=share)

    @staticmethod
    def off_or_at_least(channels: Sequence[str], amount: float) -> Constraint:
        """`channels` together spend nothing, or at least `amount`: less than that is not worth a campaign."""
        return OffOrAtLeast(channels=_names(channels), amount=amount)

    @staticmethod
    def in_steps(channels: Sequence[str], step: float) -> Constraint:
        """`channels` together spend a whole number of times `step`, as media are sold in packages."""
        return InSteps(channels=_names(channels), step=step)


def _names(channels: Sequence[str]) -> tuple[str, ...]:
    if isinstance(channels, str):
        raise ConstraintError(f"Give a list of names, such as ['{channels}'], not one text.")
    try:
        return tuple(channels)
    except TypeError as error:
        raise ConstraintError(f"Give a list of channel or group names, not {channels!r}.") from error

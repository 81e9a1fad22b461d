"""Which channel of another source takes the place of each channel of a scenario, and what its names become."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mmm_groups.errors import ScenarioError
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.fields import Source
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.sentences import repeated


@dataclass(frozen=True)
class ChannelDifferences:
    """Channels of a scenario that a source lacks, and channels of the source that the scenario does not know."""

    missing: tuple[str, ...]
    new: tuple[str, ...]


def channel_differences(scenario: Scenario, source: Source) -> ChannelDifferences:
    """Which channels are missing in a source, and which are new."""
    old, new = scenario.source.channels, source.channels
    return ChannelDifferences(
        tuple(channel for channel in old if channel not in new), tuple(channel for channel in new if channel not in old)
    )


def channel_mapping(
    scenario: Scenario, source: Source, mapping: Mapping[str, str | None] | None
) -> dict[str, str | None]:
    """Every channel of the scenario's source with its new one, or None if it is left out.

    Raises
    ------
    ScenarioError
        As `transfer`.
    """
    differences = channel_differences(scenario, source)
    if mapping is None and (differences.missing or differences.new):
        raise ScenarioError(
            f"'{source.name}' has other channels than the scenario '{scenario.name}'. Missing: "
            f"{list(differences.missing)}; new: {list(differences.new)}. Say which new channel takes the place of each "
            "missing one, or that it is left out."
        )
    given = mapping or {}
    _refuse_unknown(scenario, source, given)
    if still := [name for name in differences.missing if name not in given]:
        new = differences.new
        raise ScenarioError(
            f"'{source.name}' does not have {still}. Map each to one of its channels "
            f"({'new there: ' + str(list(new)) if new else 'none of them is new'}), or leave it out."
        )
    complete = {name: given.get(name, name) for name in scenario.source.channels}
    _refuse_two_as_one(complete)
    return complete


def _refuse_unknown(scenario: Scenario, source: Source, mapping: Mapping[str, str | None]) -> None:
    old = scenario.source.channels
    if unknown := sorted(set(mapping) - set(old)):
        raise ScenarioError(f"The mapping names channels the scenario does not have: {unknown}. It has {list(old)}.")
    if unknown := sorted({name for name in mapping.values() if name is not None} - set(source.channels)):
        raise ScenarioError(
            f"The mapping leads to channels that '{source.name}' does not have: {unknown}. It has "
            f"{list(source.channels)}."
        )


def _refuse_two_as_one(mapping: Mapping[str, str | None]) -> None:
    targets = [name for name in mapping.values() if name is not None]
    if twice := repeated(targets):
        sources = {name: [channel for channel, target in mapping.items() if target == name] for name in twice}
        raise ScenarioError(f"Two channels cannot become one: {sources}. Leave one of them out, or map it elsewhere.")


@dataclass(frozen=True)
class Renaming:
    """Where the names of a scenario go.

    Attributes
    ----------
    channels : mapping
        Channel or sub-channel of the scenario to its new name; None if it is left out.
    groups : mapping
        Group to its name, which stays; None if all its channels are left out.
    taken : frozenset[str]
        Channels of the new source. The scenario may keep a name that it has no use for now, such as a sub-channel's of
        a channel that is whole again: if a channel there bears it, it is another one, so what kept it is left out.
    """

    channels: Mapping[str, str | None]
    groups: Mapping[str, str | None]
    taken: frozenset[str]

    @classmethod
    def of(cls, scenario: Scenario, source: Source, channels: Mapping[str, str | None]) -> "Renaming":
        """What a mapping of channels means for all names of a scenario."""
        # Sub-channels keep their names and stay or go with their channel.
        sub_channels = {
            name: None if channels[split.parent] is None else name
            for split in scenario.sub_channels
            for name in split.parts
        }
        own = cls(dict(channels) | sub_channels, {}, frozenset(source.channels))
        groups = {
            group.name: None if group.channels and not own.of_channels(group.channels) else group.name
            for group in scenario.groups
        }
        return cls(own.channels, groups, own.taken)

    def of_channel(self, name: str) -> str | None:
        """The new name of a channel or sub-channel."""
        if name in self.channels:
            return self.channels[name]
        return None if name in self.taken else name

    def of_channels(self, names: Iterable[str]) -> tuple[str, ...]:
        """The new names of those that stay."""
        return tuple(new for name in names if (new := self.of_channel(name)) is not None)

    def by_channel[T](self, values: Mapping[str, T]) -> dict[str, T]:
        """The same values by new names, without those of channels that are left out."""
        return {new: value for name, value in values.items() if (new := self.of_channel(name)) is not None}

    def of_constraint(self, constraint: Constraint) -> Constraint | None:
        """The constraint with new names; None if a channel or group that it names is left out."""
        new: dict[str, str] = {}
        for name in constraint.names():
            found = self.groups[name] if name in self.groups else self.of_channel(name)
            if found is None:
                return None
            new[name] = found
        return constraint.renamed(new)

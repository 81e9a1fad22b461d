"""Take a scenario to another model: which channels are missing or new, and what becomes of what named them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import ScenarioError
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.fields import (
    GivenReference,
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    RuleFlighting,
    Source,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.scenario import Scenario

_SETS = ("channels", "numerator", "denominator")


@dataclass(frozen=True)
class ChannelDifferences:
    """Channels of a scenario that a source lacks, and channels of the source that the scenario does not know."""

    missing: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Moved:
    """A scenario on another source.

    Attributes
    ----------
    scenario : Scenario
        Without a summary, because the old figures are those of the old source.
    changes : tuple[str, ...]
        What was left out because a channel was, and which channels are new, in sentences.
    """

    scenario: Scenario
    changes: tuple[str, ...]


def channel_differences(scenario: Scenario, source: Source) -> ChannelDifferences:
    """Which channels are missing in a source, and which are new."""
    old, new = scenario.source.channels, source.channels
    return ChannelDifferences(
        tuple(channel for channel in old if channel not in new), tuple(channel for channel in new if channel not in old)
    )


def moved(
    scenario: Scenario,
    source: Source,
    mapping: Mapping[str, str | None] | None = None,
    *,
    window: Window | None = None,
) -> Moved:
    """The scenario as it reads on another source.

    Parameters
    ----------
    scenario : Scenario
    source : Source
    mapping : mapping, optional
        Old channel to new channel, or to None to leave it out. Channels that both have under one name need no line.
        May be left out if the source has the same channels; with new channels, give a mapping, if only an empty one:
        they are then planned one by one.
    window : Window, optional
        For a scenario without a window that moves to a model: which one to plan. For one that moves from a model to
        curves: the one that they are for; what else was asked of the model (flighting, prices, reach) is left out.

    Returns
    -------
    Moved

    Raises
    ------
    ScenarioError
        If the channels differ and no mapping is given, it leaves a missing channel open, names unknown channels, or
        makes two channels one.
    """
    gone = channel_differences(scenario, source)
    if mapping is None and (gone.missing or gone.new):
        raise ScenarioError(
            f"'{source.name}' has other channels than the scenario '{scenario.name}'. Missing: {list(gone.missing)}; "
            f"new: {list(gone.new)}. Say which new channel takes the place of each missing one, or that it is left out."
        )
    modelled = _complete(scenario, source, mapping or {}, gone)
    split, to = _parts(scenario, modelled)
    kept, changes = _constraints(scenario, to)
    limits, gone_limits = _limits(scenario, to)
    changes += gone_limits
    left = [name for name in scenario.source.channels if modelled[name] is None]
    if left:
        changes.insert(0, f"Left out: {', '.join(left)}.")
    taken = set(modelled.values())
    if fresh := [name for name in source.channels if name not in taken]:
        changes.append(f"New, and planned one by one: {', '.join(fresh)}.")
    reference, note = _reference(scenario, source, modelled)
    asked, left_out = _asked(scenario, source, window)
    changes += left_out
    new = scenario.model_copy(
        update={
            "source": source,
            "flighting": _flighting(scenario.flighting, modelled),
            "prices": _renamed(scenario.prices, modelled),
            **asked,
            "sub_channels": split,
            "groups": tuple(_group(group, to) for group in scenario.groups if not _is_lost(group, to)),
            "splits": _splits(scenario.splits, to, changes),
            "resplit": None if scenario.resplit is None else _splits(scenario.resplit, to, changes),
            "limits": limits,
            "constraints": kept,
            "reference": reference,
            "kept": _at_rest(scenario.kept, to),
            "summary": None,
        }
    )
    # Copies are not checked: a document is.
    return Moved(Scenario(**new.model_dump()), tuple(dict.fromkeys([*changes, *note])))


def _asked(scenario: Scenario, source: Source, window: Window | None) -> tuple[dict[str, object], list[str]]:
    """What changes of what is asked of the curves: a model can answer for any window, curves only for their own."""
    if source.kind == "model":
        if scenario.window is not None or window is None:
            return {}, []
        return {"window": window}, [f"It is planned for {window.start} to {window.end}, because it named no dates."]
    if scenario.source.kind == "curves":
        return {}, []
    lost = {
        f"the window {scenario.window.start} to {scenario.window.end}" if scenario.window else "": (
            scenario.window is not None and scenario.window != window
        ),
        "the flighting": scenario.flighting != RuleFlighting(),
        "the prices per unit": bool(scenario.prices),
        "how far the curves should reach": scenario.reach is not None,
    }
    told = [what for what, is_lost in lost.items() if is_lost]
    sentences = [f"Left out, because '{source.name}' holds curves alone: {', '.join(told)}."] if told else []
    return {"window": window, "flighting": RuleFlighting(), "prices": {}, "reach": None}, sentences


def _complete(
    scenario: Scenario, source: Source, mapping: Mapping[str, str | None], gone: ChannelDifferences
) -> dict[str, str | None]:
    """Every old channel with its new one, or None."""
    old = scenario.source.channels
    if unknown := sorted(set(mapping) - set(old)):
        raise ScenarioError(f"The mapping names channels the scenario does not have: {unknown}. It has {list(old)}.")
    if unknown := sorted({name for name in mapping.values() if name is not None} - set(source.channels)):
        raise ScenarioError(
            f"The mapping leads to channels that '{source.name}' does not have: {unknown}. It has "
            f"{list(source.channels)}."
        )
    if still := [name for name in gone.missing if name not in mapping]:
        raise ScenarioError(
            f"'{source.name}' does not have {still}. Map each to one of its channels "
            f"({'new there: ' + str(list(gone.new)) if gone.new else 'none of them is new'}), or leave it out."
        )
    to = {name: mapping.get(name, name) for name in old}
    targets = [name for name in to.values() if name is not None]
    if twice := sorted({name for name in targets if targets.count(name) > 1}):
        sources = {name: [channel for channel, target in to.items() if target == name] for name in twice}
        raise ScenarioError(f"Two channels cannot become one: {sources}. Leave one of them out, or map it elsewhere.")
    return to


def _parts(
    scenario: Scenario, modelled: Mapping[str, str | None]
) -> tuple[tuple[SubChannels, ...], dict[str, str | None]]:
    """Splits of channels that stay, and where every channel and part goes: parts stay or go with their channel."""
    kept, to = [], dict(modelled)
    for split in scenario.sub_channels:
        parent = modelled[split.parent]
        to |= {part: None if parent is None else part for part in split.parts}
        if parent is not None:
            kept.append(split.model_copy(update={"parent": parent}))
    return tuple(kept), to


def _known(names: Iterable[str], to: Mapping[str, str | None]) -> list[str]:
    """The new names of channels that stay; names that are no channels (groups) as they are."""
    new = [to.get(name, name) for name in names]
    return [name for name in new if name is not None]


def _renamed[T](by_channel: Mapping[str, T], to: Mapping[str, str | None]) -> dict[str, T]:
    return {name: value for channel, value in by_channel.items() if (name := to.get(channel)) is not None}


def _flighting[F: (RuleFlighting | TableFlighting)](flighting: F, to: Mapping[str, str | None]) -> F:
    if isinstance(flighting, TableFlighting):
        return flighting.model_copy(update={"weights": _renamed(flighting.weights, to)})
    return flighting.model_copy(update={"by_channel": _renamed(flighting.by_channel, to)})


def _is_lost(group: Group, to: Mapping[str, str | None]) -> bool:
    return bool(group.channels) and not _known(group.channels, to)


def _group(group: Group, to: Mapping[str, str | None]) -> Group:
    return group.model_copy(update={"channels": tuple(_known(group.channels, to))})


def _splits(
    splits: tuple[MemberSplit, ...], to: Mapping[str, str | None], changes: list[str]
) -> tuple[MemberSplit, ...]:
    """Splits whose channels all stay; others have lost their meaning."""
    kept = []
    for split in splits:
        if len(_known(split.channels, to)) < len(split.channels):
            changes.append(f"The split of {', '.join(split.channels)} is left out, because a channel of it is.")
            continue
        shares = split.shares if isinstance(split.shares, str) else _renamed(split.shares, to)
        channels, locked = tuple(_known(split.channels, to)), tuple(_known(split.locked, to))
        kept.append(MemberSplit(channels=channels, shares=shares, locked=locked))
    return tuple(kept)


def _at_rest(kept: Kept, to: Mapping[str, str | None]) -> Kept:
    table = None if kept.flighting is None else _flighting(kept.flighting, to)
    return kept.model_copy(update={"flighting": table, "ungrouped": tuple(_known(kept.ungrouped, to))})


def _limits(scenario: Scenario, to: Mapping[str, str | None]) -> tuple[tuple[LimitRow, ...], list[str]]:
    """Rows of limits with new names; one of a lost channel or group is left out, and that is told."""
    names = {group.id: group.name for group in scenario.groups}
    lost = {group.id for group in scenario.groups if _is_lost(group, to)}
    kept, changes = [], []
    for row in scenario.limits:
        if row.of == "group" and row.key not in lost:
            kept.append(row)
        elif row.of == "channel" and (new := to.get(row.key, row.key)) is not None:
            kept.append(row.model_copy(update={"key": new}))
        elif not row.limit.is_empty:
            changes.append(f"The limits of {names.get(row.key, row.key)} are left out, because it is.")
    return tuple(kept), changes


def _constraints(scenario: Scenario, to: Mapping[str, str | None]) -> tuple[tuple[Constraint, ...], list[str]]:
    """Constraints with new names; one that named a lost channel or group is left out, and that is told."""
    lost = {group.name for group in scenario.groups if _is_lost(group, to)}
    group_names = {group.name for group in scenario.groups}
    kept, changes = [], []
    for constraint in scenario.constraints:
        fields = {key: getattr(constraint, key) for key in (*_SETS, "name") if hasattr(constraint, key)}
        named = [name for value in fields.values() for name in ((value,) if isinstance(value, str) else value)]
        if [name for name in named if name in lost or (name not in group_names and to.get(name, name) is None)]:
            changes.append(
                f"The limit {constraint.kind} on {', '.join(named)} is left out, because a channel of it is."
            )
            continue
        new = {
            key: _one(value, to, group_names)
            if isinstance(value, str)
            else tuple(_one(name, to, group_names) for name in value)
            for key, value in fields.items()
        }
        kept.append(constraint.model_copy(update=new))
    return tuple(kept), changes


def _one(name: str, to: Mapping[str, str | None], groups: set[str]) -> str:
    new = name if name in groups else to.get(name, name)
    assert new is not None
    return new


def _reference(
    scenario: Scenario, source: Source, to: Mapping[str, str | None]
) -> tuple[GivenReference | object, list[str]]:
    """A given reference says what every channel spent, so new channels spent nothing in it."""
    given = scenario.reference
    if not isinstance(given, GivenReference):
        return given, []
    spends = _renamed(given.spends, to)
    fresh = [name for name in source.channels if name not in spends]
    note = [f"The given reference spends nothing on {', '.join(fresh)}."] if fresh else []
    return GivenReference(spends=spends | dict.fromkeys(fresh, 0.0)), note

"""Take a scenario to another model: what named its channels names those of the other, or is left out, which is said."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.changes import checked
from mmm_groups.scenario.channel_mapping import Renaming, channel_mapping
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.scenario.fields import (
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    RuleFlighting,
    Source,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.media_plans import MediaPlans
from mmm_groups.scenario.references import GivenReference
from mmm_groups.scenario.scenario import Scenario


@dataclass(frozen=True)
class Transfer:
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


def transfer(
    scenario: Scenario,
    source: Source,
    mapping: Mapping[str, str | None] | None = None,
    *,
    window: Window | None = None,
) -> Transfer:
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

    Raises
    ------
    ScenarioError
        If the channels differ and no mapping is given, it leaves a missing channel open, names unknown channels, or
        makes two channels one.
    """
    channels = channel_mapping(scenario, source, mapping)
    names = Renaming.of(scenario, source, channels)
    sentences = _Sentences()
    if left := [name for name, new in channels.items() if new is None]:
        sentences.add(f"Left out: {', '.join(left)}.")
    fields = _what_names_groups(scenario, names, sentences)
    if fresh := [name for name in source.channels if name not in channels.values()]:
        sentences.add(f"New, and planned one by one: {', '.join(fresh)}.")
    fields |= _asked_of_the_source(scenario, source, window, names, sentences)
    fields |= {
        "splits": _splits(scenario.splits, names, sentences),
        "resplit": None if scenario.resplit is None else _splits(scenario.resplit, names, sentences),
        "reference": _reference(scenario, source, names, sentences),
        "media_plans": _media_plans(scenario, names, fresh, sentences),
        "kept": _kept(scenario, names, sentences),
    }
    new = scenario.model_copy(update={"source": source, "summary": None, **fields})
    # Copies are not checked: a document is.
    return Transfer(checked(new), sentences.each_once())


class _Sentences:
    """What a planner must be told about the transfer, in the order in which it is found."""

    def __init__(self) -> None:
        self._all: list[str] = []

    def add(self, sentence: str) -> None:
        self._all.append(sentence)

    def each_once(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._all))


def _what_names_groups(scenario: Scenario, names: Renaming, sentences: _Sentences) -> dict[str, object]:
    """Groups that keep a channel, and the constraints and limits on them and on channels that stay."""
    return {
        "sub_channels": _sub_channels(scenario, names),
        "groups": tuple(
            group.model_copy(update={"channels": names.of_channels(group.channels)})
            for group in scenario.groups
            if names.groups[group.name] is not None
        ),
        "constraints": _constraints(scenario.constraints, names, sentences),
        "limits": _limits(scenario.limits, scenario.groups, names, sentences),
    }


def _sub_channels(scenario: Scenario, names: Renaming) -> tuple[SubChannels, ...]:
    return tuple(
        split.model_copy(update={"parent": parent})
        for split in scenario.sub_channels
        if (parent := names.of_channel(split.parent)) is not None
    )


def _constraints(constraints: tuple[Constraint, ...], names: Renaming, sentences: _Sentences) -> tuple[Constraint, ...]:
    kept = []
    for constraint in constraints:
        new = names.of_constraint(constraint)
        if new is not None:
            kept.append(new)
        else:
            named = ", ".join(constraint.names())
            sentences.add(f"The limit {constraint.kind} on {named} is left out, because a channel of it is.")
    return tuple(kept)


def _limits(
    rows: tuple[LimitRow, ...], groups: tuple[Group, ...], names: Renaming, sentences: _Sentences
) -> tuple[LimitRow, ...]:
    name_of = {group.id: group.name for group in groups}
    kept = []
    for row in rows:
        is_group = row.of == "group"
        name = name_of.get(row.key, row.key) if is_group else row.key
        new = names.groups.get(name, name) if is_group else names.of_channel(name)
        if new is not None:
            kept.append(row if is_group else row.model_copy(update={"key": new}))  # a group's id stays
        elif not row.limit.is_empty:
            sentences.add(f"The limits of {name} are left out, because it is.")
    return tuple(kept)


def _asked_of_the_source(
    scenario: Scenario, source: Source, window: Window | None, names: Renaming, sentences: _Sentences
) -> dict[str, object]:
    """What is asked of the curves: a model can answer for any window, curves only for their own."""
    renamed: dict[str, object] = {
        "flighting": _flighting(scenario.flighting, names),
        "prices": names.by_channel(scenario.prices),
    }
    if source.kind == "model":
        if scenario.window is not None or window is None:
            return renamed
        sentences.add(f"It is planned for {window.start} to {window.end}, because it named no dates.")
        return renamed | {"window": window}
    if scenario.source.kind == "curves":
        return renamed
    if lost := _lost_on_curves(scenario, window):
        sentences.add(f"Left out, because '{source.name}' holds curves alone: {', '.join(lost)}.")
    return {"window": window, "flighting": RuleFlighting(), "prices": {}, "reach": None}


def _lost_on_curves(scenario: Scenario, window: Window | None) -> list[str]:
    """What was asked of the model and cannot be asked of curves for `window`, in words."""
    own = scenario.window
    return [
        *([f"the window {own.start} to {own.end}"] if own is not None and own != window else []),
        *(["the flighting"] if scenario.flighting != RuleFlighting() else []),
        *(["the prices per unit"] if scenario.prices else []),
        *(["how far the curves should reach"] if scenario.reach is not None else []),
    ]


def _flighting[F: (RuleFlighting | TableFlighting)](flighting: F, names: Renaming) -> F:
    if isinstance(flighting, TableFlighting):
        return flighting.model_copy(update={"weights": names.by_channel(flighting.weights)})
    return flighting.model_copy(update={"by_channel": names.by_channel(flighting.by_channel)})


def _splits(splits: tuple[MemberSplit, ...], names: Renaming, sentences: _Sentences) -> tuple[MemberSplit, ...]:
    """Splits whose channels all stay; others have lost their meaning."""
    kept = []
    for split in splits:
        channels = names.of_channels(split.channels)
        if len(channels) < len(split.channels):
            sentences.add(f"The split of {', '.join(split.channels)} is left out, because a channel of it is.")
            continue
        shares = split.shares if isinstance(split.shares, str) else names.by_channel(split.shares)
        kept.append(MemberSplit(channels=channels, shares=shares, locked=names.of_channels(split.locked)))
    return tuple(kept)


def _reference(scenario: Scenario, source: Source, names: Renaming, sentences: _Sentences) -> object:
    """A given reference says what every channel spent, so new channels spent nothing in it."""
    given = scenario.reference
    if not isinstance(given, GivenReference):
        return given
    spends = names.by_channel(given.spends)
    fresh = [name for name in source.channels if name not in spends]
    if fresh:
        sentences.add(f"The given reference spends nothing on {', '.join(fresh)}.")
    return given.model_copy(update={"spends": spends | dict.fromkeys(fresh, 0.0)})


def _media_plans(scenario: Scenario, names: Renaming, fresh: list[str], sentences: _Sentences) -> MediaPlans:
    """Media plans under new names; what sheets called a channel or group that is left out is asked again."""
    plans, kept = scenario.media_plans, []
    for plan in plans.kept:
        columns = names.by_channel(plan.money)
        periods = len(next(iter(plan.money.values())))
        new = plan.model_copy(update={"money": dict.fromkeys(fresh, (0.0,) * periods) | columns})
        if lost := [name for name, money in plan.totals.items() if money > 0 and names.of_channel(name) is None]:
            sentences.add(f"The media plan “{plan.name}” loses its money on {', '.join(lost)}.")
        if fresh:
            sentences.add(f"The media plan “{plan.name}” spends nothing on {', '.join(fresh)}.")
        if new.money:
            kept.append(new)
    understood = {}
    for written, known in plans.names.items():
        new_name = None if known is None else names.groups.get(known, names.of_channel(known))
        if known is None or new_name is not None:
            understood[written] = new_name
    shown = plans.shown if any(plan.name == plans.shown for plan in kept) else None
    return MediaPlans(kept=tuple(kept), shown=shown, names=understood)


def _kept(scenario: Scenario, names: Renaming, sentences: _Sentences) -> Kept:
    """What is not in force now, with new names; `budget` and `goal_inputs` name nothing."""
    kept = scenario.kept
    return kept.model_copy(
        update={
            "flighting": None if kept.flighting is None else _flighting(kept.flighting, names),
            "ungrouped": names.of_channels(kept.ungrouped),
            "constraints": _constraints(kept.constraints, names, sentences),
            "limits": _limits(kept.limits, scenario.groups, names, sentences),
            "export_mapping": _export_mapping(kept.export_mapping, names, sentences),
        }
    )


def _export_mapping(
    mapping: DisaggregationMappingConfig | None, names: Renaming, sentences: _Sentences
) -> DisaggregationMappingConfig | None:
    """The rows of channels that stay; rows are the agency's own names and stay as they are."""
    if mapping is None:
        return None
    for channel in mapping.channels:
        if names.of_channel(channel) is None:
            sentences.add(f"The export rows of {channel} are left out, because it is.")
    channels = names.by_channel(mapping.channels)
    return DisaggregationMappingConfig(channels=channels, basis=mapping.basis) if channels else None

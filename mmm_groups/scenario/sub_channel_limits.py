"""Limits that were typed on a channel which is split into sub-channels now: they hold its sub-channels together.

A limit that cannot hold, because a name in it does not exist now, is at rest: kept, and in force again with the name.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.problem.constraints import (
    Constraint,
    ConstraintBuilder,
    GroupMaxSpend,
    GroupMinSpend,
    Lock,
    SpendBounds,
)
from mmm_groups.scenario.row_limits import RowLimit, with_groups_named


def constraints_on_split_channels(
    limits: Mapping[str, RowLimit], assumed: Iterable[SubChannels], reference: Numbers
) -> tuple[Constraint, ...]:
    """Limits typed on split channels, as constraints on their sub-channels together.

    Parameters
    ----------
    limits : mapping
        Channel to the limits in its row.
    assumed : iterable of SubChannels
    reference : pd.Series
        Sub-channel to reference spend, in currency; NaN if unknown: then a limit in percent of it is at rest.
    """
    return tuple(
        constraint
        for split in assumed
        for constraint in stated_together(limits.get(split.parent, RowLimit()), split.parts, reference)
    )


def limits_on_split_channels(
    assumed: Iterable[SubChannels],
    limit_of: Callable[[str], RowLimit],
    *,
    with_channels: bool,
    grouped: Collection[str],
) -> dict[str, RowLimit]:
    """Limits in the rows of split channels: of those rows that would stand in the table if the channel were whole.

    Parameters
    ----------
    assumed : iterable of SubChannels
    limit_of : callable
        Channel to the limits in its row.
    with_channels : bool
        Whether channels inside groups have rows of their own.
    grouped : collection of str
        Channels and sub-channels that stand in a group on the board.
    """
    asked = [split.parent for split in assumed if with_channels or not set(split.parts) <= set(grouped)]
    return {parent: limit for parent in asked if not (limit := limit_of(parent)).is_empty}


def stated_together(limit: RowLimit, channels: Sequence[str], reference: Numbers) -> list[Constraint]:
    """The constraints that the limits of a row mean for several channels together; none where they cannot be met."""
    if limit.is_empty or limit.fault:
        return []
    build, names = ConstraintBuilder, list(channels)
    lower, upper = limit.in_money(float(reference[names].sum(skipna=False)))
    found: list[Constraint] = []
    if lower is not None:
        found.append(build.group_min_spend(names, lower))
    if upper is not None:
        found.append(build.group_max_spend(names, upper))
    return found


def without_implied(constraints: Iterable[Constraint]) -> list[Constraint]:
    """The constraints, but of two that bound the same channels only the tighter one: it implies the other."""
    found: dict[tuple[str, object], Constraint] = {}
    for place, constraint in enumerate(constraints):
        if not isinstance(constraint, GroupMinSpend | GroupMaxSpend):
            found["other", place] = constraint
            continue
        key = (constraint.kind, constraint.channels)
        other = found.get(key)
        is_tighter = not isinstance(other, GroupMinSpend | GroupMaxSpend) or (
            constraint.amount > other.amount
            if isinstance(constraint, GroupMinSpend)
            else constraint.amount < other.amount
        )
        if is_tighter:
            found[key] = constraint
    return list(found.values())


def constraints_on_sums(
    constraints: Iterable[Constraint],
    limits: Mapping[str, RowLimit],
    groups: Mapping[str, tuple[str, ...]],
    assumed: Sequence[SubChannels],
    reference: Numbers,
) -> list[Constraint]:
    """Constraints on sums of channels as a problem takes them, and the limits typed on split channels.

    Groups are named where a sum holds all their channels, and split channels are their sub-channels.

    Parameters
    ----------
    constraints : iterable of constraints
    limits : mapping
        Split channel to the limits in its row; see `limits_on_split_channels`.
    groups : mapping
    assumed : sequence of SubChannels
    reference : pd.Series
        Channel or sub-channel to reference spend, in currency; NaN if unknown.
    """
    whole = [with_sub_channels_named(constraint, assumed) for constraint in constraints]
    named, own = with_groups_named(whole, groups), constraints_on_split_channels(limits, assumed, reference)
    return without_implied([*own, *named]) if own else named


def with_sub_channels_named(constraint: Constraint, assumed: Iterable[SubChannels]) -> Constraint:
    """The constraint with sub-channels in place of channels that are split, where it is on sums."""
    splits = list(assumed)
    return constraint.with_sets(lambda channels: with_sub_channels(channels, splits))


def with_sub_channels(channels: Sequence[str], assumed: Iterable[SubChannels]) -> tuple[str, ...]:
    """Several channels, with the sub-channels of those that are split in their place."""
    of = {split.parent: split.parts for split in assumed}
    return tuple(dict.fromkeys(name for channel in channels for name in of.get(channel, (channel,))))


def in_force_and_at_rest(
    constraints: Iterable[Constraint], known: Iterable[str]
) -> tuple[list[Constraint], list[Constraint]]:
    """Constraints whose names all exist now, and those that name a sub-channel which does not.

    One on a single name is always in force: it may name a group.
    """
    there = set(known)
    everything = list(constraints)
    in_force = [
        constraint
        for constraint in everything
        if isinstance(constraint, SpendBounds | Lock) or set(constraint.names()) <= there
    ]
    return in_force, [constraint for constraint in everything if constraint not in in_force]

"""What was typed about a channel while it stands on the board as its parts: limits go on, at rest is what cannot."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pandas as pd

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.problem.constraints import (
    Constraint,
    ConstraintBuilder,
    GroupMaxSpend,
    GroupMinSpend,
    Lock,
    SpendBounds,
)
from mmm_groups.scenario.row_limits import RowLimit, with_groups_named


def carried(
    limits: Mapping[str, RowLimit], assumed: Iterable[SubChannels], reference: pd.Series
) -> tuple[Constraint, ...]:
    """Limits typed on a channel, for its parts together.

    Parameters
    ----------
    limits : mapping
        Channel to the limits in its row.
    assumed : iterable of SubChannels
    reference : pd.Series
        Part to reference spend, in currency; NaN if unknown: then a limit in percent of it is at rest.
    """
    return tuple(
        constraint
        for split in assumed
        for constraint in on_set(limits.get(split.parent, RowLimit()), split.parts, reference)
    )


def rows_carried(
    assumed: Iterable[SubChannels],
    limit_of: Callable[[str], RowLimit],
    *,
    with_channels: bool,
    grouped: Collection[str],
) -> dict[str, RowLimit]:
    """Rows of split channels whose limits hold on: those that would stand in the table if the channel were whole.

    Parameters
    ----------
    assumed : iterable of SubChannels
    limit_of : callable
        Channel to the limits in its row.
    with_channels : bool
        Whether channels inside groups have rows of their own.
    grouped : collection of str
        Channels and parts that stand in a group on the board.
    """
    asked = [split.parent for split in assumed if with_channels or not set(split.parts) <= set(grouped)]
    return {parent: limit for parent in asked if not (limit := limit_of(parent)).is_empty}


def on_set(limit: RowLimit, channels: Sequence[str], reference: pd.Series) -> list[Constraint]:
    """What the limits of a row mean for channels together; nothing where they cannot hold by themselves."""
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


def together(carried_over: Iterable[Constraint], stated: Iterable[Constraint]) -> list[Constraint]:
    """Both, but of two that bound the same channels only the tighter one: it implies the other."""
    found: dict[tuple[str, object], Constraint] = {}
    for place, constraint in enumerate([*carried_over, *stated]):
        if not isinstance(constraint, GroupMinSpend | GroupMaxSpend):
            found["other", place] = constraint
            continue
        key = (constraint.kind, constraint.channels)
        held = found.get(key)
        is_tighter = not isinstance(held, GroupMinSpend | GroupMaxSpend) or (
            constraint.amount > held.amount
            if isinstance(constraint, GroupMinSpend)
            else constraint.amount < held.amount
        )
        if is_tighter:
            found[key] = constraint
    return list(found.values())


def stated_on_sets(
    constraints: Iterable[Constraint],
    limits: Mapping[str, RowLimit],
    groups: Mapping[str, tuple[str, ...]],
    assumed: Sequence[SubChannels],
    reference: pd.Series,
) -> list[Constraint]:
    """Constraints on sets, with groups named and split channels as their parts, and the limits of split channels.

    Parameters
    ----------
    constraints : iterable of constraints
    limits : mapping
        Split channel to the limits that hold on, as `rows_carried` finds them.
    groups : mapping
    assumed : sequence of SubChannels
    reference : pd.Series
        Channel or part to reference spend, in currency; NaN if unknown.
    """
    whole = [with_parts_named(constraint, assumed) for constraint in constraints]
    named, own = with_groups_named(whole, groups), carried(limits, assumed, reference)
    return together(own, named) if own else named


def with_parts_named(constraint: Constraint, assumed: Iterable[SubChannels]) -> Constraint:
    """The constraint with parts in place of channels that are split, where it is on sums."""
    splits = list(assumed)
    return constraint.with_sets(lambda channels: expanded(channels, splits))


def expanded(channels: Sequence[str], assumed: Iterable[SubChannels]) -> tuple[str, ...]:
    """A set of channels with the parts of those that are split."""
    of = {split.parent: split.parts for split in assumed}
    return tuple(dict.fromkeys(part for channel in channels for part in of.get(channel, (channel,))))


def settled(constraints: Iterable[Constraint], known: Iterable[str]) -> tuple[list[Constraint], list[Constraint]]:
    """Constraints on sets that can hold, and those that name a part which does not exist now.

    One on a single name always holds: it may name a group.
    """
    there = set(known)
    everything = list(constraints)
    holds = [
        constraint
        for constraint in everything
        if isinstance(constraint, SpendBounds | Lock) or set(constraint.names()) <= there
    ]
    return holds, [constraint for constraint in everything if constraint not in holds]

"""What was typed about a channel while it stands on the board as its parts: limits go on, at rest is what cannot."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from mmm_groups.constraints import Constraint, ConstraintBuilder, GroupMaxSpend, GroupMinSpend
from mmm_groups.row_limits import RowLimit
from mmm_groups.sub_channels import SubChannels

SETS = ("channels", "numerator", "denominator")


def carried(
    limit_of: Callable[[str], RowLimit],
    assumed: Iterable[SubChannels],
    reference: pd.Series,
    in_rows: Callable[[SubChannels], bool],
) -> tuple[Constraint, ...]:
    """Limits typed on a channel, for its parts together.

    Parameters
    ----------
    limit_of : callable
        Channel to the limits in its row.
    assumed : iterable of SubChannels
    reference : pd.Series
        Part to reference spend, in currency; NaN if unknown: then a limit in percent of it is at rest.
    in_rows : callable
        True if the channel's own row would count on the board as it is: see `is_in_rows`.
    """
    return tuple(
        constraint
        for split in assumed
        if in_rows(split)
        for constraint in on_set(limit_of(split.parent), split.parts, reference)
    )


def is_in_rows(split: SubChannels, grouped: Iterable[str], *, with_channels: bool) -> bool:
    """True if limits on single channels count, or a part is planned on its own."""
    return with_channels or bool(set(split.parts) - set(grouped))


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


def expanded(channels: Sequence[str], assumed: Iterable[SubChannels]) -> tuple[str, ...]:
    """A set of channels with the parts of those that are split."""
    of = {split.parent: split.parts for split in assumed}
    return tuple(dict.fromkeys(part for channel in channels for part in of.get(channel, (channel,))))


def with_parts_named(constraints: Iterable[Constraint], assumed: Sequence[SubChannels]) -> list[Constraint]:
    """Constraints on sets of channels, with the parts of channels that are split in their place."""
    if not assumed:
        return list(constraints)
    return [
        constraint.model_copy(
            update={key: expanded(getattr(constraint, key), assumed) for key in SETS if hasattr(constraint, key)}
        )
        for constraint in constraints
    ]


def named_in(constraint: Constraint) -> set[str]:
    """Channels that a constraint on sets names."""
    return {name for key in SETS if hasattr(constraint, key) for name in getattr(constraint, key)}


def settled(constraints: Iterable[Constraint], known: Iterable[str]) -> tuple[list[Constraint], list[Constraint]]:
    """Constraints on sets that can hold, and those that name a part which does not exist now."""
    there = set(known)
    everything = list(constraints)
    holds = [constraint for constraint in everything if named_in(constraint) <= there]
    return holds, [constraint for constraint in everything if constraint not in holds]

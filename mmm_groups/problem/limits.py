"""Constraints as linear limits on channel spends: ``lower <= sum of coefficient * spend <= upper``."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from mmm_groups.errors import ConstraintError
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.problem.constraints import (
    ChangeBounds,
    Constraint,
    GroupMaxRatio,
    GroupMaxSpend,
    GroupMinRatio,
    GroupMinSpend,
    InSteps,
    Lock,
    MaxMoved,
    OffOrAtLeast,
    RatioBetween,
    SpendBounds,
)
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.problem.limit import Limit, MovedMoney, cut_of
from mmm_groups.sentences import repeated
from mmm_groups.solver.allowed_spends import AllowedSpends


def limits_of(
    goal: Goal,
    constraints: Iterable[Constraint],
    groups: Mapping[str, tuple[str, ...]],
    reference: Numbers | None = None,
) -> tuple[Limit, ...]:
    """All limits that goal and constraints mean for the channels of `groups`; those of the budget come first.

    Parameters
    ----------
    goal, constraints
        As the planner stated them.
    groups : mapping
        Group to its channels; constraints may name both.
    reference : Numbers, optional
        Channel to reference spend, in currency, for constraints relative to it.

    Raises
    ------
    ConstraintError
        If a constraint names something that is neither a channel nor a group, is stated twice with the same amounts, or
        is relative to a reference spend that nobody knows.
    """
    channels = [channel for members in groups.values() for channel in members]
    limits = [
        *_budget_limits(goal, channels),
        *(
            replace(limit, named=frozenset(members_of(constraint.names(), groups))) if not limit.named else limit
            for constraint in constraints
            for limit in _limits(constraint, groups, channels, reference)
        ),
    ]
    keys = Counter(limit.key for limit in limits)
    limits = [keyed_by_amount(limit) if keys[limit.key] > 1 else limit for limit in limits]
    keys = Counter(limit.key for limit in limits)
    twice = sorted({limit.label for limit in limits if keys[limit.key] > 1})
    if twice:
        named = ", ".join(f"'{label.marked}'" for label in twice)
        raise ConstraintError(f"Stated more than once: [{named}]. Keep one of each.")
    return tuple(limits)


def keyed_by_amount(limit: Limit) -> Limit:
    """A limit among others of its kind on the same channels, which may all be met: its amount is part of its key."""
    return replace(limit, key=f"{limit.key}: {limit.label}")


def _budget_limits(goal: Goal, channels: list[str]) -> list[Limit]:
    everything = dict.fromkeys(channels, 1.0)
    if isinstance(goal, FixedBudget):
        label = MarkedText(f"the budget is {marked_exactly(goal.total)}")
        return [Limit("budget", "budget", label, everything, goal.total, goal.total)]
    found = []
    if (least := goal.min_budget) is not None:
        label = MarkedText(f"the budget is at least {marked_exactly(least)}")
        found.append(Limit("budget_min", "least_budget", label, everything, least, np.inf))
    if (most := goal.max_budget) is not None:
        label = MarkedText(f"the budget is at most {marked_exactly(most)}")
        found.append(Limit("budget_max", "greatest_budget", label, everything, -np.inf, most))
    return found


def _limits(
    constraint: Constraint,
    groups: Mapping[str, tuple[str, ...]],
    channels: list[str],
    reference: Numbers | None,
) -> list[Limit]:
    match constraint:
        case GroupMinSpend(channels=names, amount=amount):
            return [
                _on_spend(
                    constraint,
                    MarkedText(f"{_joined(names)} at least {marked_exactly(amount)}"),
                    groups,
                    amount,
                    np.inf,
                )
            ]
        case GroupMaxSpend(channels=names, amount=amount):
            return [
                _on_spend(
                    constraint,
                    MarkedText(f"{_joined(names)} at most {marked_exactly(amount)}"),
                    groups,
                    -np.inf,
                    amount,
                )
            ]
        case GroupMinRatio() | GroupMaxRatio():
            return [_on_share(constraint, groups, channels)]
        case SpendBounds(name=name, lower=lower, upper=upper):
            low, high = -np.inf if lower is None else lower, np.inf if upper is None else upper
            words = [] if lower is None else [f"at least {marked_exactly(lower)}"]
            words += [] if upper is None else [f"at most {marked_exactly(upper)}"]
            return [_on_spend(constraint, MarkedText(f"{name} {' and '.join(words)}"), groups, low, high)]
        case Lock(name=name, amount=amount):
            return [
                _on_spend(constraint, MarkedText(f"{name} locked at {marked_exactly(amount)}"), groups, amount, amount)
            ]
        case ChangeBounds(channels=names):
            return [_change(constraint, name, groups, reference) for name in names]
        case RatioBetween():
            return _ratio_between(constraint, groups)
        case MaxMoved():
            return [_moved(constraint, groups)]
        case OffOrAtLeast(channels=names, amount=amount):
            label = MarkedText(f"{_joined(names)} nothing or at least {marked_exactly(amount)}")
            return [_on_amounts(constraint, label, groups, AllowedSpends(least=amount))]
        case InSteps(channels=names, step=step):
            label = MarkedText(f"{_joined(names)} in steps of {marked_exactly(step)}")
            return [_on_amounts(constraint, label, groups, AllowedSpends(step=step))]
    raise ConstraintError(f"{constraint!r} is not a constraint. State it with ConstraintBuilder.")


def _on_spend(
    constraint: GroupMinSpend | GroupMaxSpend | SpendBounds | Lock,
    label: MarkedText,
    groups: Mapping[str, tuple[str, ...]],
    lower: float,
    upper: float,
) -> Limit:
    """A limit on what the named channels spend together, in currency."""
    names = constraint.names()
    return Limit(_key(constraint, names), "spend", label, _sum_of(names, groups), lower, upper)


def _on_amounts(
    constraint: OffOrAtLeast | InSteps, label: MarkedText, groups: Mapping[str, tuple[str, ...]], allowed: AllowedSpends
) -> Limit:
    """A limit on which amounts the named channel or group may spend."""
    names = constraint.names()
    coefficients = _sum_of(names, groups)
    return Limit(_key(constraint, names), "amounts", label, coefficients, -np.inf, np.inf, allowed=allowed)


def _on_share(
    constraint: GroupMinRatio | GroupMaxRatio, groups: Mapping[str, tuple[str, ...]], channels: list[str]
) -> Limit:
    """A limit on the named channels' share of the total: ``named - ratio * total`` is at least or at most 0."""
    names, ratio = constraint.channels, constraint.ratio
    word, lower, upper = ("least", 0.0, np.inf) if isinstance(constraint, GroupMinRatio) else ("most", -np.inf, 0.0)
    label = MarkedText(f"{_joined(names)} at {word} {marked(100 * ratio):.4g} % of the total")
    inside = set(members_of(names, groups))
    coefficients = {channel: (1.0 if channel in inside else 0.0) - ratio for channel in channels}
    return Limit(_key(constraint, names), "share_of_total", label, coefficients, lower, upper)


def _change(
    constraint: ChangeBounds, name: str, groups: Mapping[str, tuple[str, ...]], reference: Numbers | None
) -> Limit:
    members = members_of([name], groups)
    spent = float("nan") if reference is None else float(reference[members].sum(skipna=False))
    if not np.isfinite(spent):
        raise ConstraintError(
            f"The change of {name} is bounded relative to its reference spend, but that is unknown. Give curves with "
            "historical spend, or bound its spend in money."
        )
    words = [
        f"{word} {marked(by):+.4g} %" for word, by in (("at least", _percent(constraint.lower)),) if by is not None
    ]
    words += [
        f"{word} {marked(by):+.4g} %" for word, by in (("at most", _percent(constraint.upper)),) if by is not None
    ]
    lower = -np.inf if constraint.lower is None else (1 + constraint.lower) * spent
    upper = np.inf if constraint.upper is None else (1 + constraint.upper) * spent
    label = MarkedText(f"{name} {' and '.join(words)} of its reference spend {marked_exactly(spent)}")
    return Limit(
        _key(constraint, [name]), "spend", label, dict.fromkeys(members, 1.0), lower, upper, frozenset(members)
    )


def _percent(change: float | None) -> float | None:
    return None if change is None else 100 * change


def _ratio_between(constraint: RatioBetween, groups: Mapping[str, tuple[str, ...]]) -> list[Limit]:
    above, below = _sum_of(constraint.numerator, groups), _sum_of(constraint.denominator, groups)
    common = sorted(set(above) & set(below))
    if common:
        raise ConstraintError(f"A ratio between two sets needs different channels; {common} are in both.")
    key = _key(constraint, [*constraint.numerator, "to", *constraint.denominator])
    found = []
    for word, factor in (("least", constraint.min), ("most", constraint.max)):
        if factor is not None:
            coefficients = above | {channel: -factor * part for channel, part in below.items()}
            label = MarkedText(
                f"{_joined(constraint.numerator)} at {word} {marked(factor):g} times {_joined(constraint.denominator)}"
            )
            lower, upper = (0.0, np.inf) if word == "least" else (-np.inf, 0.0)
            found.append(Limit(f"{key} at {word}", "spend", label, coefficients, lower, upper))
    return found


def _moved(constraint: MaxMoved, groups: Mapping[str, tuple[str, ...]]) -> Limit:
    members_of(constraint.channels, groups)  # refuses unknown names, and channels that are meant twice
    named = zip(constraint.channels, constraint.amounts, strict=True)
    amounts = {tuple(members_of([name], groups)): amount for name, amount in named}
    total = sum(amounts.values())
    label = MarkedText(
        f"at most {marked(100 * constraint.share):.4g} % of the plan's {marked_exactly(total)} moved elsewhere"
    )
    whole = Limit("max_moved", "moved", label, {}, -np.inf, np.inf, moved=MovedMoney(amounts, constraint.share * total))
    return cut_of(whole, list(amounts))


def members_of(names: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Channels that `names` (channels or groups) stand for, each once.

    Raises
    ------
    ConstraintError
        If a name is neither a channel nor a group, or a channel is meant twice.
    """
    channels = {channel for members in groups.values() for channel in members}
    found: list[str] = []
    for name in names:
        if name not in groups and name not in channels:
            raise ConstraintError(
                f"A constraint names '{name}', which is neither a group nor a channel. The groups are {list(groups)}, "
                f"the channels {sorted(channels)}."
            )
        found += groups.get(name, (name,))
    twice = repeated(found)
    if twice:
        raise ConstraintError(f"The constraint on {list(names)} means {twice} twice. Name each channel once.")
    return found


def _sum_of(names: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    return dict.fromkeys(members_of(names, groups), 1.0)


def _joined(names: Iterable[str]) -> str:
    return " + ".join(names)


def _key(constraint: Constraint, names: Iterable[str]) -> str:
    return f"{constraint.kind}[{', '.join(names)}]"

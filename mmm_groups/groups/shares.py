"""How a group's money goes to its channels: from a split rule to shares that add up to 1."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import SplitError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import not_whole
from mmm_groups.numerics.labelled import Numbers

SplitRule = Literal["historical", "marginal_roi"] | Mapping[str, float]
"""`historical`: shares of the reference spend. `marginal_roi`: whatever earns most. A mapping: channel to share."""

Split = SplitRule | Mapping[str, SplitRule]
"""One rule for all groups, or group name to rule; groups that a mapping leaves out keep their historical split."""

SPLIT_RULES = ("historical", "marginal_roi")
BEST_RULE = "marginal_roi"
_SUM_TOLERANCE = 1e-9


def split_rules(groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, SplitRule]:
    """The rule of every group; historical where a mapping names none.

    Raises
    ------
    SplitError
        If a rule or a group is unknown.
    """
    if isinstance(split, str):
        return dict.fromkeys(groups, _known_rule(split))
    if not isinstance(split, Mapping):
        raise SplitError(
            f"A split must be one of {list(SPLIT_RULES)}, or group names to rules or shares, not {split!r}."
        )
    unknown = sorted(set(split) - set(groups))
    if unknown:
        raise SplitError(f"The split names groups that do not exist: {unknown}. The groups are {list(groups)}.")
    return {name: _rule(name, split[name]) if name in split else "historical" for name in groups}


def without_history(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Groups of several channels for which history gives no split: they spent nothing, or nobody knows what."""
    # What is unknown is NaN, which is not above 0.
    return [name for name, inside in groups.items() if len(inside) > 1 and not curves.reference_of(inside) > 0]


def rules_by_members(
    curves: ResponseCurves,
    groups: Mapping[str, tuple[str, ...]],
    given: Mapping[frozenset[str], SplitRule],
    default: SplitRule = "historical",
) -> dict[str, SplitRule]:
    """The rule of every group of several channels; even shares where it would follow a history that there is not.

    Parameters
    ----------
    curves : ResponseCurves
    groups : mapping
        Group to its channels.
    given : mapping
        Channels to the rule of the group that has exactly these.
    default : SplitRule
        Rule of all other groups.
    """
    no_history = set(without_history(curves, groups))
    rules: dict[str, SplitRule] = {}
    for name, inside in groups.items():
        if len(inside) > 1:
            rule = given.get(frozenset(inside), default)
            is_even = rule == "historical" and name in no_history
            rules[name] = dict.fromkeys(inside, 1 / len(inside)) if is_even else rule
    return rules


def shares_of(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, Numbers]:
    """Fixed shares of every group's channels, each a Series over its channels that adds up to 1.

    Groups whose rule is `marginal_roi` have no fixed shares and are left out.

    Parameters
    ----------
    curves : ResponseCurves
        Gives the reference spend that the historical split follows.
    groups : mapping
        All groups over the curves' channels, as `ChannelGroups.over` returns them.
    split : Split
        One rule for all groups, or a rule for each.

    Raises
    ------
    SplitError
        If a rule, group or channel is unknown, a share is negative, shares do not add up to 1, or a historical split
        is asked for without history.
    """
    found = fractions_of(curves, groups, split)
    return {name: pd.Series(shares, index=list(groups[name])) for name, shares in found.items()}


def fractions_of(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, Floats]:
    """As `shares_of`, but plain arrays in the order of the channels: making a Series costs as much as a solve."""
    rules = split_rules(groups, split)
    spent = np.asarray(curves.reference_spend, dtype=np.float64)
    return {
        name: _shares(curves, spent, name, groups[name], rule)
        for name, rule in rules.items()
        if rule != BEST_RULE or len(groups[name]) == 1
    }


def _rule(group: str, rule: object) -> SplitRule:
    if isinstance(rule, str):
        return _known_rule(rule)
    if isinstance(rule, Mapping):
        return rule
    raise SplitError(f"The split of '{group}' must be one of {list(SPLIT_RULES)} or channel shares, not {rule!r}.")


def _known_rule(rule: str) -> SplitRule:
    if rule == "historical":
        return "historical"
    if rule == "marginal_roi":
        return "marginal_roi"
    raise SplitError(f"There is no split '{rule}'. Choose one of {list(SPLIT_RULES)}, or give channel shares.")


def _shares(curves: ResponseCurves, spent: Floats, group: str, members: tuple[str, ...], rule: SplitRule) -> Floats:
    if not isinstance(rule, str):
        return _custom(group, members, rule)
    return np.ones(1) if len(members) == 1 else _historical(spent[curves.places(members)], group, members)


def _historical(spent: Floats, group: str, members: tuple[str, ...]) -> Floats:
    if not np.isfinite(spent).all() or spent.sum() <= 0:
        raise SplitError(
            f"Group '{group}' has no historical spend in the reference period, so its split cannot follow history. "
            f"Give shares for {list(members)}."
        )
    return np.asarray(spent / spent.sum(), dtype=np.float64)


def _custom(group: str, members: tuple[str, ...], rule: Mapping[str, float]) -> Floats:
    unknown, missing = sorted(set(rule) - set(members)), sorted(set(members) - set(rule))
    if unknown or missing:
        raise SplitError(
            f"The split of '{group}' must name exactly its channels {list(members)}. Unknown: {unknown}; "
            f"missing: {missing}."
        )
    try:
        shares = np.array([float(rule[channel]) for channel in members])
    except (TypeError, ValueError) as error:
        raise SplitError(f"The shares of '{group}' must be numbers such as 0.7, not {dict(rule)}.") from error
    bad = {name: float(x) for name, x in zip(members, shares, strict=True) if not np.isfinite(x) or x < 0}
    if bad:
        raise SplitError(f"Shares must be numbers of at least 0; in '{group}' they are not: {bad}.")
    if abs(shares.sum() - 1) > _SUM_TOLERANCE:
        raise SplitError(f"The shares of '{group}' {not_whole(shares.sum(), ' or '.join(members))}.")
    return np.asarray(shares / shares.sum(), dtype=np.float64)

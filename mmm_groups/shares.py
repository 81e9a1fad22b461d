"""How a group's money goes to its channels: from a split rule to shares that add up to 1."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.errors import SplitError
from mmm_groups.response_curves import ResponseCurves

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
    unknown = sorted(set(split) - set(groups))
    if unknown:
        raise SplitError(f"The split names groups that do not exist: {unknown}. The groups are {list(groups)}.")
    return {name: _rule(name, split[name]) if name in split else "historical" for name in groups}


def shares_of(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], split: Split) -> dict[str, pd.Series]:
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
    rules = split_rules(groups, split)
    return {
        name: _shares(curves, name, groups[name], rule)
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


def _shares(curves: ResponseCurves, group: str, members: tuple[str, ...], rule: SplitRule) -> pd.Series:
    if len(members) == 1 and isinstance(rule, str):
        return pd.Series([1.0], index=list(members))
    return _historical(curves, group, members) if isinstance(rule, str) else _custom(group, members, rule)


def _historical(curves: ResponseCurves, group: str, members: tuple[str, ...]) -> pd.Series:
    spent = curves.reference_spend[list(members)]
    if not np.isfinite(spent).all() or spent.sum() <= 0:
        raise SplitError(
            f"Group '{group}' has no historical spend in the reference period, so its split cannot follow history. "
            f"Give shares for {list(members)}."
        )
    return spent / spent.sum()


def _custom(group: str, members: tuple[str, ...], rule: Mapping[str, float]) -> pd.Series:
    unknown, missing = sorted(set(rule) - set(members)), sorted(set(members) - set(rule))
    if unknown or missing:
        raise SplitError(
            f"The split of '{group}' must name exactly its channels {list(members)}. Unknown: {unknown}; "
            f"missing: {missing}."
        )
    shares = pd.Series({channel: float(rule[channel]) for channel in members})
    bad = {channel: share for channel, share in shares.items() if not np.isfinite(share) or share < 0}
    if bad:
        raise SplitError(f"Shares must be numbers of at least 0; in '{group}' they are not: {bad}.")
    if abs(shares.sum() - 1) > _SUM_TOLERANCE:
        raise SplitError(
            f"The shares of '{group}' add up to {shares.sum():.4%}, not to 100 %. Change "
            f"{' or '.join(members)} by {1 - shares.sum():+.4%}."
        )
    return shares / shares.sum()

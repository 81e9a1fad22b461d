"""How far a group's shares may move before a limit on its channels is broken."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.plan import Plan


def share_bounds(plan: Plan, group: str) -> pd.DataFrame:
    """Smallest and largest share of each of a group's channels, all other spends staying as in the plan.

    Counted are limits that come down to one channel of the group, and the ends of the channels' curves. A limit on
    several channels of the group, but not on all, bounds none of them by itself: `split_plan` refuses shares that break
    it.

    Parameters
    ----------
    plan : Plan
    group : str

    Returns
    -------
    pd.DataFrame
        Indexed by channel: lower and upper, shares of the group's spend; 0 and 1 where nothing holds the channel.
        lower_by and upper_by, the limit in words; empty where nothing holds it. Where limits clash, lower exceeds
        upper.

    Raises
    ------
    SplitError
        If there is no such group.
    """
    members, spend = plan.members(group), float(plan.spends[group])
    if spend <= 0:
        return tightest_bounds([], list(members), 1.0)
    ends = plan.problem.channel_curves.upper
    stated = []
    for limit in plan.problem.limits:
        outside = sum(
            factor * float(plan.channel_spends[name])
            for name, factor in limit.coefficients.items()
            if name not in members
        )
        factors = {name: limit.coefficients.get(name, 0.0) for name in members}
        stated.append((limit.label, factors, limit.lower - outside, limit.upper - outside))
    for channel in members:
        factors = {name: 1.0 if name == channel else 0.0 for name in members}
        label = MarkedText(f"the curve of {channel} ends at {marked_amount(ends[channel])}")
        stated.append((label, factors, -np.inf, float(ends[channel])))
    # The shares of a group add up, so they are what is bounded: its spend is the unit.
    in_shares = [(label, factors, lower / spend, upper / spend) for label, factors, lower, upper in stated]
    return tightest_bounds(in_shares, list(members), 1.0)


def tightest_bounds(
    limits: Iterable[tuple[MarkedText, Mapping[str, float], float, float]], names: list[str], whole: float
) -> pd.DataFrame:
    """Least and greatest amount that limits leave each of several names, whose amounts always add up to `whole`.

    If all other names count the same in a limit, the fixed sum leaves one unknown: the amount of this one.

    Parameters
    ----------
    limits : iterable of (label, factors, lower, upper)
        In words; name to what one unit of its amount puts against the limit; the limit's ends.
    names : list of str
    whole : float
        In the unit of the ends: currency, or 1 for shares.

    Returns
    -------
    pd.DataFrame
        Indexed by name: lower, upper, lower_by and upper_by; 0, `whole` and empty words where no limit holds.
    """
    least = dict.fromkeys(names, (0.0, ""))
    most = dict.fromkeys(names, (whole, ""))
    for label, factors, lowest, highest in limits:
        counted = Counter(factors.values())
        for name, factor in factors.items():
            others = [other for other, count in counted.items() if count > (other == factor)]
            if len(others) != 1 or others[0] == factor:
                continue
            (rest,) = others
            lower, upper = sorted((end - rest * whole) / (factor - rest) for end in (lowest, highest))
            if lower > least[name][0]:
                least[name] = lower, label
            if upper < most[name][0]:
                most[name] = upper, label
    return pd.DataFrame(
        {
            "lower": [least[name][0] for name in names],
            "upper": [most[name][0] for name in names],
            # As objects: pandas would make plain texts of them.
            "lower_by": pd.Series([least[name][1] for name in names], index=names, dtype=object),
            "upper_by": pd.Series([most[name][1] for name in names], index=names, dtype=object),
        },
        index=names,
    )

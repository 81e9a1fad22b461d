"""How far a group's shares may move before a limit on its channels is broken."""

from collections import Counter

import numpy as np
import pandas as pd

from mmm_groups.limits import Limit
from mmm_groups.plan import Plan


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
    table = pd.DataFrame({"lower": 0.0, "upper": 1.0, "lower_by": "", "upper_by": ""}, index=list(members))
    if spend <= 0:
        return table
    ends = plan.problem.curves.curves.upper
    own = [
        Limit(f"end[{name}]", f"the curve of {name} ends at {ends[name]:,.0f}", {name: 1.0}, -np.inf, float(ends[name]))
        for name in members
    ]
    for limit in (*plan.problem.limits, *own):
        for channel, lower, upper in _alone(limit, members, spend, plan.channel_spends):
            if lower / spend > table.loc[channel, "lower"]:
                table.loc[channel, ["lower", "lower_by"]] = [lower / spend, limit.label]
            if upper / spend < table.loc[channel, "upper"]:
                table.loc[channel, ["upper", "upper_by"]] = [upper / spend, limit.label]
    return table


def _alone(limit: Limit, members: tuple[str, ...], spend: float, spends: pd.Series) -> list[tuple[str, float, float]]:
    """Channels that a limit holds by themselves while the group keeps its `spend`: (channel, lower, upper), currency.

    If all other members count the same in the limit, the group's fixed spend leaves one unknown: this channel's.
    """
    factors = {name: limit.coefficients.get(name, 0.0) for name in members}
    outside = sum(factor * float(spends[name]) for name, factor in limit.coefficients.items() if name not in factors)
    found = []
    for channel, factor in factors.items():
        others = Counter(other for name, other in factors.items() if name != channel)
        if len(others) != 1 or factor in others:
            continue
        (rest,) = others
        ends = [(end - outside - rest * spend) / (factor - rest) for end in (limit.lower, limit.upper)]
        found.append((channel, min(ends), max(ends)))
    return found

"""Which limit holds a group, and what loosening it is worth."""

import pandas as pd

from mmm_groups.plan.plan import Plan


def dearest_limits(plan: Plan) -> pd.DataFrame:
    """The limit that holds each group most.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pd.DataFrame
        Indexed by group: `limit` in words and `price`, its shadow price: objective per unit of currency by which it is
        loosened (for a lock: by which its amount is raised). An empty text and NaN for groups that nothing holds.
    """
    labels, prices = [], []
    for members in plan.problem.groups.values():
        holding = [
            (abs(price), limit.label, price)
            for limit, price in plan.holding_limits
            if not limit.is_on_budget and set(limit.channels) & set(members)
        ]
        _, label, price = max(holding, default=(0.0, "", float("nan")))
        labels.append(label)
        prices.append(price)
    groups = pd.Index(list(plan.problem.groups), name="group")
    return pd.DataFrame({"limit": pd.Series(labels, index=groups, dtype=object), "price": prices}, index=groups)

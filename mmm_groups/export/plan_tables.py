"""A plan as tables that leave the app: by group, by channel, by date, and its limits; money to the cent."""

import numpy as np
import pandas as pd

from mmm_groups.curves.sub_channels import parent_of
from mmm_groups.errors import FlightingError
from mmm_groups.numerics.labelled import column_of, dates_of, texts_of
from mmm_groups.numerics.rounding import Cents, cents_in_parts
from mmm_groups.plan.binding_limits import dearest_limits
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.limit import Limit
from mmm_groups.tables.formulas import inert_csv

MONEY = ("spend", "reference_spend", "change")
"""Columns of money in the tables by group and by channel."""

_FIGURES = {
    "spend": "spend",
    "share": "share_of_budget",
    "reference_spend": "reference_spend",
    "change": "change",
    "response": "response",
    "response_low": "response_low",
    "response_high": "response_high",
    "roi": "roi",
    "mroi": "mroi",
    "extrapolated": "beyond_history",
    "binding": "binding_limits",
}
COLUMNS = {"group": "group", "channel": "channel", "split": "share_of_group"} | _FIGURES
GROUP_COLUMNS = {"group": "group", "channels": "channels"} | _FIGURES | {"limit_price": "limit_worth"}


def cents_of(plan: Plan) -> Cents:
    """The smallest money in the plan's tables."""
    return Cents.of(plan.total)


def channel_cents(plan: Plan) -> dict[str, int]:
    """Channel to its spend in whole cents, which add up to the plan's rounded total."""
    return cents_of(plan).count(plan.channel_spends)


def plan_table(plan: Plan) -> pd.DataFrame:
    """One row a channel, by group in the order of the plan; money rounded to cents whose sum is the budget.

    The largest remainder rule decides which channels get the cents that rounding leaves over. Where channels are split
    into parts, one more column says whose part a row is by assumption.
    """
    table = plan.channels.reset_index()
    cents = channel_cents(plan)
    table["spend"] = [cents_of(plan).money(cents[channel]) for channel in texts_of(table, "channel")]
    table["change"] = (table["spend"] - table["reference_spend"]).round(cents_of(plan).decimals)
    order = {name: place for place, name in enumerate(plan.problem.groups)}
    if not plan.problem.channel_curves.has_largest_spend:
        table["extrapolated"] = None  # nobody knows what was spent at most
    table = table.iloc[np.argsort([order[group] for group in texts_of(table, "group")], kind="stable")]
    found = table[list(COLUMNS)].rename(columns=COLUMNS).reset_index(drop=True)
    if parents := parent_of(plan.problem.channel_curves.origin.assumed):
        found["assumed_part_of"] = [parents.get(channel, "") for channel in texts_of(found, "channel")]
    return found


def group_table(plan: Plan) -> pd.DataFrame:
    """One row a group; its spend is the sum of its channels' in `plan_table`, to the cent."""
    groups, cents = plan.problem.groups, channel_cents(plan)
    table = plan.groups.assign(limit_price=dearest_limits(plan)["price"]).reset_index()
    names = texts_of(table, "group")
    table["channels"] = ["; ".join(groups[name]) for name in names]
    table["spend"] = [cents_of(plan).money(sum(cents[channel] for channel in groups[name])) for name in names]
    table["change"] = (table["spend"] - table["reference_spend"]).round(cents_of(plan).decimals)
    if not plan.problem.channel_curves.has_largest_spend:
        table["extrapolated"] = None
    return table[list(GROUP_COLUMNS)].rename(columns=GROUP_COLUMNS)


def flighting_table(plan: Plan) -> pd.DataFrame:
    """Money by date and channel.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pd.DataFrame, dates x channels
        In currency; every column adds up to the channel's spend in `plan_table`, to the cent. The columns are in the
        order of that table.

    Raises
    ------
    FlightingError
        If the curves do not say how money is spread over the window's dates.
    """
    curves = plan.problem.channel_curves
    flighting, parents = curves.flighting, parent_of(curves.origin.assumed)
    if flighting.empty:
        raise FlightingError(
            "The curves come from a file that does not say how money is spread over dates, so the plan cannot be laid "
            "out by date. Plan on a model for that."
        )
    cents = channel_cents(plan)
    by_date = {}
    for channel in texts_of(plan_table(plan), "channel"):
        shares = column_of(flighting, parents.get(channel, channel))  # parts are spread like the whole channel
        parts = cents_in_parts(cents[channel], np.asarray(shares, dtype=np.float64))
        by_date[channel] = [cents_of(plan).money(part) for part in parts]
    return pd.DataFrame(by_date, index=flighting.index).rename_axis("date")


def limits_table(plan: Plan) -> pd.DataFrame:
    """Every limit on the plan: the budget, what the planner stated, and curves that end where the plan does.

    Returns
    -------
    pd.DataFrame
        `limit` in words; `channels` that it speaks of; `least` and `most`, in currency, NaN where there is none or
        where the limit is a share of other spends; `used`, what the plan spends of it; `holds`, True if it holds the
        plan back; `worth`, its shadow price: the goal's gain per unit of currency by which it is loosened.
    """
    worth = {limit.key: price for limit, price in plan.holding_limits}
    rows = []
    used = plan.problem.used(plan.channel_spends)
    for limit, amount in zip(plan.problem.limits, map(float, used), strict=True):
        holds = limit.key in worth
        if not holds and not limit.is_on_budget and not limit.named:
            continue  # the far end of a curve says nothing to a planner
        is_sum = set(limit.coefficients.values()) == {1.0}
        rows.append(
            {
                "limit": limit.label,
                "channels": _spoken_of(limit),
                "least": limit.lower if is_sum and np.isfinite(limit.lower) else np.nan,
                "most": limit.upper if is_sum and np.isfinite(limit.upper) else np.nan,
                "used": amount if is_sum else np.nan,
                "holds": holds,
                "worth": worth.get(limit.key, 0.0),
            }
        )
    return pd.DataFrame(rows, columns=["limit", "channels", "least", "most", "used", "holds", "worth"])


def _spoken_of(limit: Limit) -> str:
    return "all" if limit.is_on_budget else "; ".join(limit.channels)


def plan_csv(plan: Plan) -> str:
    """The plan's table as CSV text; see `inert_csv`."""
    return inert_csv(plan_table(plan), money=MONEY, decimals=cents_of(plan).shown)


def group_csv(plan: Plan) -> str:
    """The plan by group as CSV text; see `inert_csv`."""
    return inert_csv(group_table(plan), money=MONEY, decimals=cents_of(plan).shown)


def flighting_csv(plan: Plan) -> str:
    """Money by date and channel as CSV text, one line for each; raises FlightingError as `flighting_table`."""
    wide = flighting_table(plan)
    group_of = {channel: group for group, channels in plan.problem.groups.items() for channel in channels}
    rows = [
        (f"{date:%Y-%m-%d}", group_of[channel], channel, spend)
        for channel in map(str, wide.columns)
        for date, spend in zip(dates_of(wide), column_of(wide, channel), strict=True)
    ]
    return inert_csv(
        pd.DataFrame(rows, columns=["date", "group", "channel", "spend"]),
        money=("spend",),
        decimals=cents_of(plan).shown,
    )

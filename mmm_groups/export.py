"""A plan as a table that leaves the app."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmm_groups.plan import Plan

COLUMNS = {
    "group": "group",
    "channel": "channel",
    "split": "share_of_group",
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
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plan_table(plan: Plan) -> pd.DataFrame:
    """One row a channel, by group in the order of the plan; money rounded to cents whose sum is the budget.

    The largest remainder rule decides which channels get the cents that rounding leaves over.
    """
    table = plan.channels.reset_index()
    table["spend"] = rounded_to_sum(table["spend"])
    table["change"] = table["spend"] - table["reference_spend"]
    order = {name: place for place, name in enumerate(plan.problem.curves.groups)}
    if not plan.problem.curves.curves.has_largest_spend:
        table["extrapolated"] = None  # nobody knows what was spent at most
    table = table.sort_values("group", key=lambda names: names.map(order), kind="stable")
    return table[list(COLUMNS)].rename(columns=COLUMNS).reset_index(drop=True)


def rounded_to_sum(money: pd.Series, decimals: int = 2) -> pd.Series:
    """Round amounts so that they still add up to their rounded total (largest remainder rule)."""
    unit = 10**decimals
    exact = money * unit
    whole = exact.round(6) // 1
    left = round(float(exact.sum())) - int(whole.sum())
    winners = (exact - whole).sort_values(ascending=False, kind="stable").index[:left]
    whole.loc[winners] += 1
    return whole / unit


def plan_csv(plan: Plan) -> str:
    """The plan's table as CSV text; see `inert_csv`."""
    return inert_csv(plan_table(plan), money=("spend", "reference_spend", "change"))


def inert_csv(table: pd.DataFrame, money: Sequence[str] = ()) -> str:
    """A table as CSV text; names that a spreadsheet would take for a formula are quoted with an apostrophe.

    Parameters
    ----------
    table : pd.DataFrame
    money : sequence of str
        Columns to be written with two decimals, and empty where unknown.
    """
    table = table.copy()
    for column in table.select_dtypes(exclude="number").columns:
        if table[column].dtype != bool:
            table[column] = ["" if value is None else _inert(str(value)) for value in table[column]]
    for column in money:
        table[column] = [f"{amount:.2f}" if np.isfinite(amount) else "" for amount in table[column]]
    return str(table.to_csv(index=False, float_format="%.10g"))


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text

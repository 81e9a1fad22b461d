"""What a plan changes against the reference spend: in all, and group by group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import column_of, labels_of
from mmm_groups.plan.plan import Plan

OTHERS, TOGETHER = "all others", "acting together"
"""Steps of several groups at once: small changes in one, and what channels that do not add up earn only jointly."""

_ROUNDING = 1e-6  # relative to the plan's response: groups whose changes miss the total by less add up


@dataclass(frozen=True)
class Uplift:
    """What a plan brings more than the reference spend, in units of the target.

    Attributes
    ----------
    mean : float
        NaN without a reference.
    low, high : float
        Ends of the highest-density interval; NaN without draws.
    """

    mean: float
    low: float
    high: float


def uplift_of(plan: Plan) -> Uplift:
    """Response of the plan minus that of the reference spend, draw by draw."""
    draws = plan.gain
    low, high = hdi(draws, plan.interval)
    return Uplift(float(np.mean(draws)), float(low), float(high))


def roi_of(plan: Plan) -> float:
    """Mean response of the whole plan per unit of currency; NaN if nothing is spent."""
    return float(plan.response.mean()) / plan.total if plan.total > 0 else float("nan")


def response_steps(plan: Plan, most: int = 12) -> pd.DataFrame:
    """From the reference's response to the plan's, one step a group.

    Parameters
    ----------
    plan : Plan
    most : int
        Steps of single groups; of more groups those with the smallest changes are one step.

    Returns
    -------
    pd.DataFrame
        Indexed by step: `change`, posterior mean in units of the target, and `low`, `high`, ends of its interval (NaN
        without draws, and for a step of several groups). The changes add up to the whole uplift; where channels do not
        add up, the last step is what they bring only together. NaN without a reference.
    """
    columns = {"response_change": "change", "response_change_low": "low", "response_change_high": "high"}
    table = plan.groups[list(columns)].rename(columns=columns)
    if len(table) > most:
        changes = column_of(table, "change")
        kept = labels_of(changes.abs().sort_values(ascending=False, kind="stable"))[: most - 1]
        small = [name for name in labels_of(table) if name not in kept]
        rest = pd.DataFrame({"change": [changes[small].sum(skipna=False)]}, index=[OTHERS])
        table = pd.concat([table.drop(index=small), rest])
    jointly = uplift_of(plan).mean - column_of(table, "change").sum(skipna=False)
    if abs(jointly) > _ROUNDING * abs(float(plan.response.mean())):
        table = pd.concat([table, pd.DataFrame({"change": [jointly]}, index=[TOGETHER])])
    return table.reindex(columns=["change", "low", "high"]).astype(np.float64).rename_axis("step")

"""The same question decided by group, inside each group and by channel: what each level of decision brings."""

import numpy as np
import pandas as pd

from mmm_groups.evaluation.consistency import ConsistencyReport
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.ties import difference

REFERENCE, PLAN, BEST_INSIDE, BY_CHANNEL = "reference", "plan", "best_inside", "by_channel"


def decision_levels(report: ConsistencyReport) -> pd.DataFrame:
    """Spend and response of the reference, the plan, its best split inside each group, and the best channel plan.

    Parameters
    ----------
    report : ConsistencyReport

    Returns
    -------
    pd.DataFrame
        Indexed by level: spend in currency; response (posterior mean); roi; utility, what the plan is chosen for (the
        same as response for the mean); and over_plan: utility minus that of the plan. All in units of the target.
        `by_channel` decides the modelled channels one by one with the plan's money under the same limits, those on
        groups included; `best_inside` keeps every group's money. Without a reference there is no such row; where a
        limit is broken, the best split is unknown and NaN.
    """
    plan, best = report.plan, report.best_channel_plan
    curves, utility = plan.problem.channel_curves, plan.problem.utility
    unknown = np.full(curves.draws, np.nan)
    inside = unknown if report.best_split is None else curves.earned_by(by_name(report.best_split))
    levels = {
        REFERENCE: (float(curves.reference_spend.sum()), plan.reference_response.values),
        PLAN: (plan.total, plan.response.values),
        BEST_INSIDE: (plan.total, inside),
        BY_CHANNEL: (best.total, best.response.values),
    }
    if not curves.has_reference:
        del levels[REFERENCE]
    rows = {name: (spend, float(draws.mean()), utility.of(draws)) for name, (spend, draws) in levels.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["spend", "response", "utility"])
    table["roi"] = table["response"] / table["spend"].where(table["spend"] > 0)
    table["over_plan"] = difference(table["utility"], plan.delivered)
    return table.rename_axis("level")

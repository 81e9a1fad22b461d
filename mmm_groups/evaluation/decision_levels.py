"""The same question decided by group, inside each group and by channel: what each level of decision brings."""

import pandas as pd

from mmm_groups.evaluation.consistency import ConsistencyReport

REFERENCE, PLAN, BEST_INSIDE, BY_CHANNEL = "reference", "plan", "best_inside", "by_channel"


def decision_levels(report: ConsistencyReport) -> pd.DataFrame:
    """Spend and response of the reference, the plan, its best split inside each group, and the best channel plan.

    Parameters
    ----------
    report : ConsistencyReport

    Returns
    -------
    pd.DataFrame
        Indexed by level: spend in currency; response (posterior mean), roi, and over_plan: response minus that of the
        plan, in units of the target. `by_channel` decides the modelled channels one by one with the plan's money under
        the same limits, those on groups included; `best_inside` keeps every group's money. Without a reference there is
        no such row; where a limit is broken, the best split is unknown and NaN.
    """
    plan, best = report.plan, report.best_channel_plan
    curves = plan.problem.channel_curves
    response = float(plan.response.mean())
    rows = {}
    if curves.has_reference:
        rows[REFERENCE] = (float(curves.reference_spend.sum()), float(plan.reference_response.mean()))
    rows[PLAN] = (plan.total, response)
    rows[BEST_INSIDE] = (plan.total, response + float(report.by_group["split_loss"].sum(skipna=False)))
    rows[BY_CHANNEL] = (best.total, float(best.response.mean()))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["spend", "response"])
    table["roi"] = table["response"] / table["spend"].where(table["spend"] > 0)
    table["over_plan"] = table["response"] - response
    return table.rename_axis("level")

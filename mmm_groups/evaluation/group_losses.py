"""What each group's split and curve cost, in the plan's own measures."""

import numpy as np
import pandas as pd

from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.ties import difference
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.worth import group_worth
from mmm_groups.problem.utilities import MEAN


def aggregation_errors(plan: Plan) -> Numbers:
    """Group to (predicted by its curve) minus (response of its channels), posterior mean, in units of the target."""
    return plan.groups["predicted"] - plan.groups["response"]


def group_losses(plan: Plan, best_split: Numbers | None) -> pd.DataFrame:
    """One row a group: what its split and its curve cost, and the money for the group that would make up for it.

    Parameters
    ----------
    plan : Plan
    best_split : Numbers or None
        Channel spends when every group's money is split best; None where that is unknown.

    Returns
    -------
    pd.DataFrame
        `split_loss` (utility that the plan gains when this group alone is split best), `aggregation_error` (posterior
        mean), and both in money.
    """
    curves, utility, spends = plan.problem.channel_curves, plan.problem.utility, plan.channel_spends
    rows = {}
    for name, error in aggregation_errors(plan).items():
        loss = float("nan")
        if best_split is not None:
            members = list(plan.problem.groups[str(name)])
            split = spends.copy()
            split[members] = best_split[members]
            loss = float(difference(utility.of(curves.earned_by(by_name(split))), plan.delivered))
        rows[name] = {
            "split_loss": loss,
            "aggregation_error": error,
            "split_loss_money": group_worth(plan, str(name), loss, utility) if np.isfinite(loss) else loss,
            "aggregation_error_money": group_worth(plan, str(name), float(error), MEAN),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")

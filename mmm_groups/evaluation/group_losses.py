"""What each group's split and curve cost, in the plan's own measures."""

import numpy as np
import pandas as pd

from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.ties import difference
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import best_shares
from mmm_groups.plan.worth import group_worth
from mmm_groups.problem.utilities import MEAN


def aggregation_errors(plan: Plan) -> Numbers:
    """Group to (predicted by its curve) minus (response of its channels), posterior mean, in units of the target."""
    predicted, earned = plan.groups["predicted"], plan.groups["response"]
    return pd.Series(difference(predicted, earned), index=predicted.index)


def group_losses(plan: Plan) -> pd.DataFrame:
    """One row a group: what its split and its curve cost, and the money for the group that would make up for it.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pd.DataFrame
        `split_loss` (utility that the plan gains when this group alone is split best; NaN for a plan that breaks a
        limit), `aggregation_error` (posterior mean), and both in money.
    """
    curves, utility, spends = plan.problem.channel_curves, plan.problem.utility, plan.channel_spends
    # A plan that breaks a limit cannot be split better within it: what its split loses is unknown.
    is_broken = bool(plan.problem.broken_by(spends))
    rows = {}
    for name, error in aggregation_errors(plan).items():
        members, loss = list(plan.problem.groups[str(name)]), float("nan") if is_broken else 0.0
        if len(members) > 1 and not is_broken:
            split = spends.copy()
            split[members] = best_shares(plan, str(name))[members] * plan.spends[str(name)]
            loss = float(difference(utility.of(curves.earned_by(by_name(split))), plan.delivered))
        rows[name] = {
            "split_loss": loss,
            "aggregation_error": error,
            "split_loss_money": group_worth(plan, str(name), loss, utility) if np.isfinite(loss) else loss,
            "aggregation_error_money": group_worth(plan, str(name), float(error), MEAN),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")

"""The budget that stands in the field before a planner types one."""

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.spend_history import reference_spend


def reference_budget(model: FittedModel, horizon: Horizon) -> float:
    """What the latest dates spent, as many as the window has, in currency."""
    return float(reference_spend(model.historical_spend, horizon.periods).sum())


def first_budget(curves: ResponseCurves) -> float:
    """The reference spend; where it is unknown or nothing, half of what the curves reach, in two digits."""
    spent = float(curves.reference_spend.sum(skipna=False))
    return spent if spent > 0 else float(f"{curves.upper.sum() / 2:.2g}")

"""The budget that stands in the field before a planner types one, and budgets that look mistyped."""

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


USUAL = (0.1, 5.0)
"""Times the reference spend: budgets between are taken as they are."""


def unusual_budget(budget: float, curves: ResponseCurves) -> dict[str, float] | None:
    """What else a budget may have meant that is far from the reference spend; None if it is usual, or nothing is known.

    Parameters
    ----------
    budget : float
        As typed, in currency over the whole window.
    curves : ResponseCurves

    Returns
    -------
    dict or None
        Reading (`per period`, `in thousands`, `in units`) to the budget that it makes; only those of a usual size.
    """
    spent = float(curves.reference_spend.sum(skipna=False))
    least, most = (share * spent for share in USUAL)
    if not spent > 0 or budget == 0 or least <= budget <= most:
        return None
    readings = {"per period": budget * curves.origin.periods, "in thousands": budget * 1e3, "in units": budget / 1e3}
    return {what: meant for what, meant in readings.items() if least <= meant <= most}

"""Does the grouped answer agree with the channels, with the best channel plan, and with the model itself?"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curve_extraction import response_of
from mmm_groups.fitted_model import FittedModel
from mmm_groups.group_curves import group_curves
from mmm_groups.intervals import hdi
from mmm_groups.optimize import solve
from mmm_groups.plan import Plan
from mmm_groups.problem import budget_problem

MONEY_TOLERANCE = 1e-9
RESPONSE_TOLERANCE = 1e-4  # what the curves themselves promise; groups of many channels are thinned within it
BEST_TOLERANCE = 1e-6
MODEL_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Check:
    """One thing that must hold.

    Attributes
    ----------
    name : str
        What is checked, in words.
    holds : bool
    finding : str
        The finding in a sentence, with its number.
    error : float
        Relative size of what is wrong.
    tolerance : float
        What was allowed.
    """

    name: str
    holds: bool
    finding: str
    error: float
    tolerance: float


@dataclass(frozen=True, repr=False)
class ConsistencyReport:
    """What a plan's numbers are worth.

    Attributes
    ----------
    plan : Plan
    checks : tuple[Check, ...]
    best_channel_plan : Plan
        The optimum of the modelled channels one by one, under the same budget and constraints.
    cost_of_grouping : float
        Mean response that deciding over groups with this split gives up against it, in units of the target.
    cost_of_grouping_money : float
        Budget that would buy this response at the plan's marginal return, in currency.
    aggregation_error : pd.Series
        Group to (predicted by its curve) minus (response of its channels), posterior mean, in units of the target.
    uplift : xr.DataArray, dims (draw,)
        Response of the plan minus response of the reference spend, in units of the target; NaN without reference.
    """

    plan: Plan
    checks: tuple[Check, ...]
    best_channel_plan: Plan
    cost_of_grouping: float
    cost_of_grouping_money: float
    aggregation_error: pd.Series
    uplift: xr.DataArray

    def __repr__(self) -> str:
        marks = "; ".join(f"{'✓' if check.holds else '✗'} {check.name}" for check in self.checks)
        return f"<ConsistencyReport: {marks}; cost of grouping {self.cost_of_grouping:,.0f}>"

    @property
    def holds(self) -> bool:
        """True if every check holds."""
        return all(check.holds for check in self.checks)

    @property
    def uplift_interval(self) -> tuple[float, float]:
        """Highest-density interval of the uplift, in units of the target; NaN for curves without draws."""
        low, high = hdi(self.uplift.values, self.plan.interval)
        return float(low), float(high)

    @property
    def probability_better(self) -> float:
        """Share of draws in which the plan beats the reference; NaN without draws or without reference."""
        is_known = self.plan.problem.curves.curves.has_draws and bool(np.isfinite(self.uplift).all())
        return float((self.uplift > 0).mean()) if is_known else float("nan")

    def verify_with(self, model: FittedModel) -> "ConsistencyReport":
        """Evaluate the channel plan on PyMC-Marketing itself (seconds) and add that check.

        Raises
        ------
        CurvesError
            If the curves were not read from this model.
        """
        curves = self.plan.problem.curves.curves
        response = response_of(curves, model)
        truth = response.incremental(self.plan.channel_spends[list(model.channels)].to_numpy())
        found = self.plan.response.values
        error = float(np.max(np.abs(found - truth) / np.maximum(np.abs(truth), 1e-300)))
        check = Check(
            "The model itself agrees",
            error <= MODEL_TOLERANCE,
            f"PyMC-Marketing evaluates this plan at {truth.mean():,.0f} {curves.target}, the curves at "
            f"{found.mean():,.0f}; over all {len(truth)} draws they differ by at most {error:.4%}.",
            error,
            MODEL_TOLERANCE,
        )
        return replace(self, checks=(*self.checks, check))


def consistency(plan: Plan) -> ConsistencyReport:
    """Check a plan and price its grouping.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    ConsistencyReport
    """
    curves = plan.problem.curves
    best = solve(
        budget_problem(group_curves(curves.curves), plan.problem.goal, plan.problem.constraints, curves.groups)
    )
    cost = max(best.utility - float(plan.response.mean()), 0.0)
    price = float(plan.shadow_prices["budget"])
    return ConsistencyReport(
        plan=plan,
        checks=(_money(plan), _limits(plan), _responses(plan), _not_above_best(plan, best)),
        best_channel_plan=best,
        cost_of_grouping=cost,
        cost_of_grouping_money=cost / price if price > 0 else float("nan"),
        aggregation_error=_aggregation_error(plan),
        uplift=plan.response - plan.reference_response.sum("channel", skipna=False),
    )


def _money(plan: Plan) -> Check:
    total = plan.problem.goal.total
    by_group = float(plan.spends.sum())
    by_channel = float(plan.channel_spends.sum())
    error = max(abs(by_group - total), abs(by_channel - total)) / max(total, 1.0)
    return Check(
        "Money is conserved",
        error <= MONEY_TOLERANCE,
        f"Groups add up to {by_group:,.2f} and channels to {by_channel:,.2f}; the budget is {total:,.2f}.",
        error,
        MONEY_TOLERANCE,
    )


def _limits(plan: Plan) -> Check:
    broken = plan.problem.broken_by(plan.channel_spends)
    stated = len(plan.problem.constraints)
    finding = (
        f"Broken: {'; '.join(limit.label for limit in broken)}." if broken else f"All {stated} constraints are met."
    )
    if not stated and not broken:
        finding = "There are no constraints besides the budget and the range of the curves."
    return Check("Every limit is met", not broken, finding, float(len(broken)), 0.0)


def _aggregation_error(plan: Plan) -> pd.Series:
    predicted = plan.group_response.mean("draw").to_series()
    channels = plan.channel_response.mean("draw").to_series()
    return pd.Series(
        {
            name: float(predicted[name] - channels[list(members)].sum())
            for name, members in plan.problem.curves.groups.items()
        }
    )


def _responses(plan: Plan) -> Check:
    """The sum must agree with its channels; other methods are models of the group, whose error is only told."""
    method = plan.problem.curves.method
    error = float(np.abs(plan.predicted - plan.response).max()) / max(float(np.abs(plan.response).mean()), 1e-300)
    predicted, delivered = float(plan.predicted.mean()), float(plan.response.mean())
    said = f"The group curves predict {predicted:,.0f}, the channel curves {delivered:,.0f}"
    if method == "sum":
        finding = f"{said}; in no draw do they differ by more than {error:.1e} of it."
        name = "Groups and channels promise the same response"
        return Check(name, error <= RESPONSE_TOLERANCE, finding, error, RESPONSE_TOLERANCE)
    finding = f"{said}: an aggregation error of {predicted - delivered:+,.0f}, the price of one curve for the group."
    return Check("The aggregation error is known", bool(np.isfinite(error)), finding, error, float("inf"))


def _not_above_best(plan: Plan, best: Plan) -> Check:
    above = (float(plan.response.mean()) - best.upper_bound) / max(abs(best.upper_bound), 1e-300)
    return Check(
        "The grouped plan does not beat the best channel plan",
        above <= BEST_TOLERANCE,
        f"Deciding channel by channel under the same limits could earn {best.utility:,.0f}; this plan earns "
        f"{float(plan.response.mean()):,.0f}.",
        max(above, 0.0),
        BEST_TOLERANCE,
    )

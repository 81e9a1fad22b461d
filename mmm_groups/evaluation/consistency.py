"""Does the grouped answer agree with the channels, with the best channel plan, and with the model itself?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.curves.accuracy import largest_miss
from mmm_groups.curves.extraction import response_of
from mmm_groups.curves.sub_channel_curves import at_historical_mix, on_modelled_channels
from mmm_groups.evaluation.group_losses import aggregation_errors, group_losses
from mmm_groups.evaluation.pymc_comparison import Comparison, compare
from mmm_groups.evaluation.stability import HonestUplift, honest_uplift
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.response_by_date import incremental_by_date
from mmm_groups.numerics.digits import amount, marked_amount, marked_change, marked_exactly
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.ties import difference
from mmm_groups.plan.measures import on_average
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import best_split_spends
from mmm_groups.plan.worth import budget_worth
from mmm_groups.problem.constraints import on_single_channels
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.stating import stated_problem
from mmm_groups.problem.utilities import cases_of

MONEY_TOLERANCE = 1e-9
RESPONSE_TOLERANCE = 1e-4  # what the curves themselves promise; groups of many channels are thinned within it
BEST_TOLERANCE = 1e-6
SEARCH_TOLERANCE = 1e-4  # where the best channel plan is searched without a proof
MODEL_TOLERANCE = 1e-4
SAME_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Check:
    """One thing that must hold.

    Attributes
    ----------
    name : str
        What is checked, in words.
    holds : bool
    finding : MarkedText
        The finding in a sentence, with its number.
    error : float
        Relative size of what is wrong.
    tolerance : float
        What was allowed.
    """

    name: str
    holds: bool
    finding: MarkedText
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
        Utility (by default mean response) that deciding over groups with this split gives up against it, in units of
        the target. Below 0 only by rounding, or where the utility has no proven optimum.
    aggregation_error : Numbers
        Group to (predicted by its curve) minus (response of its channels), posterior mean, in units of the target.
    uplift : xr.DataArray, dims (draw,)
        Response of the plan minus response of the reference spend, in units of the target; NaN without reference.
    """

    plan: Plan
    checks: tuple[Check, ...]
    best_channel_plan: Plan
    cost_of_grouping: float
    aggregation_error: Numbers
    uplift: xr.DataArray

    def __repr__(self) -> str:
        marks = "; ".join(f"{'✓' if check.holds else '✗'} {check.name}" for check in self.checks)
        return f"<ConsistencyReport: {marks}; cost of grouping {amount(self.cost_of_grouping)}>"

    @property
    def holds(self) -> bool:
        """True if every check holds."""
        return all(check.holds for check in self.checks)

    @cached_property
    def cost_of_grouping_money(self) -> float:
        """How much more budget these groups take to earn what the best channel plan earns, in currency.

        Solved for along the best plans of larger budgets; NaN if none earns it under the limits and on the curves.
        """
        return budget_worth(self.plan, self.plan.delivered + self.cost_of_grouping)

    @cached_property
    def best_split(self) -> Numbers | None:
        """Channel spends when every group's money is split best; None for a plan that breaks a limit."""
        is_broken = bool(self.plan.problem.broken_by(self.plan.channel_spends))
        return None if is_broken else best_split_spends(self.plan)

    @cached_property
    def by_group(self) -> pd.DataFrame:
        """Group to `split_loss` against the best split of its spend, `aggregation_error`, and both in money.

        See `group_losses`; the split's loss is NaN for a plan that breaks a limit.
        """
        return group_losses(self.plan)

    @property
    def uplift_interval(self) -> tuple[float, float]:
        """Highest-density interval of the uplift, in units of the target; NaN for curves without draws."""
        low, high = hdi(self.uplift.values, self.plan.interval)
        return float(low), float(high)

    @property
    def probability_better(self) -> float:
        """Share of draws in which the plan beats the reference; NaN without draws or without reference."""
        return self.plan.probability_better

    def verify_with(
        self, model: FittedModel, progress: Callable[[str], None] = lambda step: None
    ) -> "ConsistencyReport":
        """Evaluate the channel plan on PyMC-Marketing itself, by another way than the curves came, and add that check.

        Parameters
        ----------
        model : FittedModel
        progress : callable
            Told each step before it is taken.

        The model knows no sub-channels: for the check each split channel spends as a whole, at its historical mix.

        Raises
        ------
        CurvesError
            If the curves were not read from this model.
        """
        curves = self.plan.problem.channel_curves
        progress("Starting PyMC-Marketing and compiling the model")
        response = response_of(curves, model)
        progress("Evaluating this plan in every draw")
        spends, found = self.plan.channel_spends, self.plan.response.values
        if curves.origin.assumed:
            found = curves.earned_by(by_name(at_historical_mix(curves.origin.assumed, spends)))
        modelled = on_modelled_channels(curves.origin.assumed, spends)[list(model.channels)]
        truth = incremental_by_date(response, np.asarray(modelled, dtype=np.float64))
        error = largest_miss(found, truth, self.plan.channel_response.values, curves.response.values[:, :, -1])
        check = Check(
            "The model itself agrees",
            error <= MODEL_TOLERANCE,
            MarkedText(
                f"PyMC-Marketing evaluates this plan at {marked_amount(truth.mean())} {curves.target}, the curves at "
                f"{marked_amount(found.mean())}; over all {len(truth)} draws they differ by at most "
                f"{marked(error):.4%} of what the channels earn.{_left_out_of_the_check(self.plan, found)}"
            ),
            error,
            MODEL_TOLERANCE,
        )
        return replace(self, checks=(*self.checks, check))

    def compare_with(self, model: FittedModel) -> Comparison:
        """PyMC-Marketing's own `allocate_budget` under the same limits (tens of seconds the first time); see `compare`.

        Raises
        ------
        CurvesError
            If the curves come from another model.
        """
        return compare(self.plan, model)

    @cached_property
    def honest(self) -> HonestUplift:
        """The uplift without the optimiser's curse, beside the naive one."""
        return honest_uplift(self.plan)


def consistency(plan: Plan) -> ConsistencyReport:
    """Check a plan and price its grouping."""
    best = best_channel_plan(plan)
    cost = float(difference(best.utility, plan.delivered))
    return ConsistencyReport(
        plan=plan,
        checks=(_money(plan), _limits(plan), _responses(plan), *_against_best(plan, best)),
        best_channel_plan=best,
        cost_of_grouping=cost,
        aggregation_error=aggregation_errors(plan),
        uplift=plan.response - plan.reference_response,
    )


def best_channel_plan(plan: Plan) -> Plan:
    """The optimum of the modelled channels one by one with the same money, constraints and utility.

    Limits on which amounts a group may spend do not hold it.
    """
    old = plan.problem
    alone = group_curves(old.channel_curves)
    goal = old.goal if isinstance(old.goal, FixedBudget) else FixedBudget(plan.total)
    constraints = on_single_channels(old.constraints, alone.paths)
    return solve(stated_problem(alone, goal, constraints, old.names, utility=old.utility), [plan.channel_spends])


def _left_out_of_the_check(plan: Plan, at_mix: NDArray[np.float64]) -> str:
    """What the model's check leaves out where channels are split by assumption; empty if none is."""
    curves = plan.problem.channel_curves
    if not curves.origin.assumed:
        return ""
    more = float(plan.response.mean()) - float(at_mix.mean())
    parents = ", ".join(split.parent for split in curves.origin.assumed)
    return (
        f" The model knows {parents} only as a whole, so the parts are summed for this check, at their historical mix. "
        f"The plan's own mix of parts makes {marked_change(more)} of it: that rests on your assumption."
    )


def _money(plan: Plan) -> Check:
    total = plan.problem.goal.total if isinstance(plan.problem.goal, FixedBudget) else plan.total
    by_group = float(plan.spends.sum())
    by_channel = float(plan.channel_spends.sum())
    error = max(abs(by_group - total), abs(by_channel - total)) / (total or 1.0)
    return Check(
        "Money is conserved",
        error <= MONEY_TOLERANCE,
        MarkedText(
            f"Groups add up to {marked_exactly(by_group)} and channels to {marked_exactly(by_channel)}; the budget is "
            f"{marked_exactly(total)}."
        ),
        error,
        MONEY_TOLERANCE,
    )


def _limits(plan: Plan) -> Check:
    broken = plan.problem.broken_by(plan.channel_spends)
    stated = len(plan.problem.constraints)
    met = "The only limit is met." if stated == 1 else f"All {stated} limits are met."
    finding = f"Broken: {'; '.join(limit.label.marked for limit in broken)}." if broken else met
    if not stated and not broken:
        finding = "There are no limits besides the budget and the range of the curves."
    return Check("Every limit is met", not broken, MarkedText(finding), float(len(broken)), 0.0)


def _responses(plan: Plan) -> Check:
    """The sum must agree with its channels; other methods are models of the group, whose error is only reported."""
    method = plan.problem.group_curves.method
    error = float(np.abs(plan.predicted - plan.response).max()) / max(float(np.abs(plan.response).mean()), 1e-300)
    predicted, delivered = float(plan.predicted.mean()), float(plan.response.mean())
    said = (
        f"The group curves predict {marked_amount(predicted)}{on_average(plan)}, the channel curves "
        f"{marked_amount(delivered)}"
    )
    if method == "sum":
        finding = f"{said}; in no draw do they differ by more than {marked(error):.1e} of it."
        name = "Groups and channels promise the same response"
        return Check(name, error <= RESPONSE_TOLERANCE, MarkedText(finding), error, RESPONSE_TOLERANCE)
    finding = (
        f"{said}: an aggregation error of {marked_change(predicted - delivered)}, the price of one curve for the group."
    )
    return Check("The aggregation error is known", bool(np.isfinite(error)), MarkedText(finding), error, float("inf"))


def _against_best(plan: Plan, best: Plan) -> list[Check]:
    """No plan beats the best channel plan; groups that are summed and free inside must be that plan."""
    earned, cases = plan.delivered, cases_of(plan.problem.utility)
    is_proven = bool(np.isfinite(best.upper_bound))
    most, tolerance = (best.upper_bound, BEST_TOLERANCE) if is_proven else (best.utility, SEARCH_TOLERANCE)
    size = max(abs(most), 1e-300)
    above = (earned - most) / size
    sentence = (
        f"Deciding channel by channel under the same limits could earn {marked_amount(best.utility)}{cases}; this plan "
        f"earns {marked_amount(earned)}."
    )
    if not is_proven:
        sentence += " The best channel plan was searched, not proven."
    name = "The grouped plan does not beat the best channel plan"
    checks = [Check(name, above <= tolerance, MarkedText(sentence), max(above, 0.0), tolerance)]
    curves, decisions = plan.problem.group_curves, plan.problem.decisions
    is_free = all(len(path.channels) == 1 for path in decisions.paths.values())
    is_grouped = any(len(members) > 1 for members in curves.groups.values())
    if curves.method == "sum" and is_free and is_grouped and best.bound_kind == "proven":
        error, allowed = abs(best.utility - earned) / size, max(SAME_TOLERANCE, plan.gap)
        same = "Sum and marginal ROI lose nothing against the channels"
        checks.append(Check(same, error <= allowed, MarkedText(sentence), error, allowed))
    return checks

"""A plan out of the best decisions, with a proof of how good it is."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd

from mmm_groups.curves.first_budget import unusual_budget
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import UnusualBudgetWarning
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import Split
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import amount
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.optimizer.best_decisions import BestDecisions, best_for
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.problem.moved_money import without_cuts
from mmm_groups.problem.stating import stated_problem
from mmm_groups.problem.utilities import MEAN, Utility


class PlanOptions(TypedDict, total=False):
    """Options of `optimize` beside the goal, with its defaults, for what asks the same of other money."""

    groups: ChannelGroups | Mapping[str, Sequence[str]] | None
    method: Method
    split: Split
    constraints: Iterable[Constraint]
    utility: Utility
    named_groups: ChannelGroups | None


def optimize(
    curves: ResponseCurves,
    *,
    goal: Goal,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    method: Method = "sum",
    split: Split = "historical",
    constraints: Iterable[Constraint] = (),
    utility: Utility = MEAN,
    named_groups: ChannelGroups | None = None,
) -> Plan:
    """The plan that reaches a goal best under constraints.

    Parameters
    ----------
    curves : ResponseCurves
    goal : Goal
        `FixedBudget`, `TargetRoi`, `TargetMarginalRoi`, `TargetResponse` or `MaxProfit`; money over the whole horizon.
    groups : ChannelGroups, optional
        Default: the modelled channels one by one.
    method, split
        How group curves are made and how a group's money is split; see `group_curves`.
    constraints : iterable of constraints
        From `ConstraintBuilder`; they may name groups and channels.
    utility : Utility
        What counts of an uncertain response: `MeanResponse`, `Quantile` or `ConditionalValueAtRisk`.
    named_groups : ChannelGroups, optional
        Groups that only the constraints speak of, when the channels are decided one by one.

    Returns
    -------
    Plan
        With the proven bound on what any plan could reach.

    Raises
    ------
    GroupingError, SplitError, ConstraintError
        If names or numbers do not fit.
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    _warn_of_unusual_budget(curves, goal)
    asked = PlanOptions(
        groups=groups, method=method, split=split, constraints=constraints, utility=utility, named_groups=named_groups
    )
    return solve(problem_of(curves, goal, **asked))


def problem_of(curves: ResponseCurves, goal: Goal, **options: Unpack[PlanOptions]) -> BudgetProblem:
    """The problem that `optimize` solves; errors as there."""
    if unknown := sorted(set(options) - set(PlanOptions.__annotations__)):
        raise TypeError(f"There are no options {unknown}. They are {list(PlanOptions.__annotations__)}.")
    made = group_curves(curves, options.get("groups"), options.get("method", "sum"), options.get("split", "historical"))
    names = known_groups(made, options.get("named_groups"))
    return stated_problem(made, goal, options.get("constraints", ()), names, utility=options.get("utility", MEAN))


def _warn_of_unusual_budget(curves: ResponseCurves, goal: Goal) -> None:
    if not isinstance(goal, FixedBudget) or (readings := unusual_budget(goal.total, curves)) is None:
        return
    meant = "".join(f" {what.capitalize()} it would be {amount(total)}." for what, total in readings.items())
    warnings.warn(
        f"The budget of {amount(goal.total)} for the whole window is far from the reference spend of "
        f"{amount(float(curves.reference_spend.sum()))}.{meant}",
        UnusualBudgetWarning,
        stacklevel=3,
    )


def known_groups(curves: GroupCurves, named_groups: ChannelGroups | None) -> dict[str, tuple[str, ...]]:
    """Groups that constraints may name: those that are decided, and those that only constraints speak of."""
    named = {} if named_groups is None else named_groups.over(curves.channel_curves.channels)
    return named | curves.groups


def solve(problem: BudgetProblem, known: Sequence[Numbers] = ()) -> Plan:
    """Solve a stated problem to global optimality; see `docs/solver.md`.

    Parameters
    ----------
    problem : BudgetProblem
    known : sequence of Numbers
        Plans that are known, channel to spend in currency: where the best one is searched, the answer is no worse than
        their money for every group.

    Raises
    ------
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    members = [list(path.channels) for path in problem.decisions.paths.values()]
    return _plan(best_for(problem, [np.array([float(plan[inside].sum()) for inside in members]) for plan in known]))


def _plan(best: BestDecisions) -> Plan:
    """Everything that a plan tells, out of what the solver found."""
    found, objective, optimum = best.solution, best.problem.objective, best.solution.optimum
    prices = best.presolved.prices(optimum, best.problem.decisions.points, found.values, objective)
    problem, prices = without_cuts(best.problem, found.spends, prices)
    budget = [i for i, limit in enumerate(problem.limits) if limit.is_on_budget]
    on_budget = np.ones((len(budget), 1))
    response_weight, unit_costs = objective.priced(prices[budget], optimum.requirement_price, on_budget)
    signed: Floats = np.where(np.equal(problem.lower, problem.upper), prices, np.abs(prices))
    regrouped, spends = _by_group(problem, found.spends)
    utility = found.utility
    if not np.isfinite(utility):
        utility = float(np.sum(interpolate_each(problem.decisions.points, problem.decisions.mean, found.spends)))
    objective_value = objective.value(utility, float(np.sum(found.spends)))
    return Plan(
        problem=regrouped,
        spends=spends,
        utility=utility,
        objective=objective_value,
        upper_bound=max(found.bound, objective_value) if np.isfinite(found.bound) else found.bound,
        shadow_prices=pd.Series(signed, index=[limit.key for limit in problem.limits]),
        marginal_return=unit_costs.item(0) / response_weight if response_weight > 0 else float("nan"),
        bound_kind=best.bound_kind,
    )


def _by_group(problem: BudgetProblem, decided: Floats) -> tuple[BudgetProblem, Numbers]:
    """The problem and the spends by the planner's groups again.

    A group whose channels were decided one by one keeps the shares that they got: in the problem that comes back it has
    a fixed split.
    """
    if problem.decisions is problem.group_curves:
        return problem, pd.Series(decided, index=list(problem.decisions.paths))
    by_channel: dict[str, float] = {}
    for path, spend in zip(problem.decisions.paths.values(), map(float, decided), strict=True):
        parts = np.array([spend]) if len(path.channels) == 1 else path.at(np.array([spend]))[:, 0]
        by_channel |= dict(zip(path.channels, map(float, parts), strict=True))
    groups = problem.groups
    spends = pd.Series({name: sum(by_channel[channel] for channel in members) for name, members in groups.items()})
    shares = {}
    for name, path in problem.group_curves.paths.items():
        if path.fractions is None:
            spent = np.array([by_channel[channel] for channel in path.channels], dtype=np.float64)
            total = float(np.sum(spent))
            shares[name] = pd.Series(spent / total, index=list(path.channels)) if total > 0 else path.shares_at(0.0)
    return replace(problem, group_curves=problem.group_curves.with_fixed_shares(shares)), spends

"""What more or less money would bring: the best plan for each of many budgets."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ConstraintError, SolverError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import Split
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.optimize import known_groups, solve
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint, ConstraintBuilder
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.stating import stated_problem
from mmm_groups.problem.utilities import MEAN, Utility
from mmm_groups.solver.program import inequalities

_LEAST, _MOST = 0.4, 1.6  # of the smaller and the larger one of plan and reference: what a planner may be asked about
_INSIDE = 1e-9  # relative: budgets at the very ends of what limits allow would clash by rounding


@dataclass(frozen=True, repr=False)
class Frontier:
    """The best plans of several budgets, or under several limits, in the order asked for.

    Attributes
    ----------
    plans : tuple[Plan, ...]
    groups : dict[str, tuple[str, ...]]
        Group to its channels, as the planner asked; channels of groups with a free split are decided one by one.
    """

    plans: tuple[Plan, ...]
    groups: dict[str, tuple[str, ...]]

    def __repr__(self) -> str:
        return f"<Frontier of {len(self.plans)} budgets>"

    def __len__(self) -> int:
        return len(self.plans)

    def __iter__(self) -> Iterator[Plan]:
        return iter(self.plans)

    def __getitem__(self, place: int) -> Plan:
        return self.plans[place]

    @cached_property
    def spends(self) -> pd.DataFrame:
        """Spend of every group in every plan, (plan, group), in currency."""
        rows = []
        for plan in self.plans:
            spent = by_name(plan.channel_spends)
            rows.append({name: sum(spent[c] for c in inside) for name, inside in self.groups.items()})
        return pd.DataFrame(rows, columns=list(self.groups))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a budget: budget, response, response_low, response_high, roi, mroi.

        `response` is the posterior mean of the channel plan, the interval that of the plan; `mroi` is what the next
        unit of currency brings in the measure that plans are chosen by (see `plan.measures.measure_of`).
        """
        rows = []
        for plan in self.plans:
            draws = plan.response.to_numpy()
            low, high = hdi(draws, plan.interval)
            mean = float(np.mean(draws))
            rows.append(
                {
                    "budget": plan.total,
                    "response": mean,
                    "response_low": float(low),
                    "response_high": float(high),
                    "roi": mean / plan.total if plan.total > 0 else float("nan"),
                    "mroi": plan.marginal_return,
                }
            )
        return pd.DataFrame(rows)


def budget_frontier(
    curves: ResponseCurves,
    totals: Sequence[float] | Floats,
    *,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    method: Method = "sum",
    split: Split = "historical",
    constraints: Iterable[Constraint] = (),
    utility: Utility = MEAN,
    named_groups: ChannelGroups | None = None,
) -> Frontier:
    """Optimise each of many budgets under the same constraints.

    Parameters
    ----------
    curves : ResponseCurves
    totals : sequence of float
        Budgets over the whole horizon, in currency.
    groups, method, split, constraints, utility, named_groups
        As in `optimize`.

    Returns
    -------
    Frontier
        One plan a total, and a table of them.

    Raises
    ------
    ConstraintError
        If there are no totals, or names or numbers do not fit.
    InfeasibleError
        If a budget clashes with the constraints; the text names both.
    """
    try:
        budgets = [float(total) for total in totals]
    except (TypeError, ValueError) as error:
        raise ConstraintError(f"The totals of a frontier must be a list of numbers, not {totals!r}.") from error
    if not budgets:
        raise ConstraintError("A frontier needs at least one budget. Give totals, such as [1_000_000, 2_000_000].")
    made = group_curves(curves, groups, method, split)
    names = known_groups(made, named_groups)
    stated = tuple(constraints)
    plans = (solve(stated_problem(made, FixedBudget(total), stated, names, utility=utility)) for total in budgets)
    return Frontier(tuple(plans), made.groups)


def budget_range(problem: BudgetProblem) -> tuple[float, float]:
    """The least and the greatest budget that the limits allow, those on the budget itself left out, in currency.

    Raises
    ------
    ConstraintError
        If no budget satisfies the limits.
    """
    kept = [place for place, limit in enumerate(problem.limits) if not limit.is_on_budget]
    matrix, lower, upper = problem.matrix[kept], problem.lower[kept], problem.upper[kept]
    scale = problem.money
    rows, ends = inequalities(matrix, lower / scale, upper / scale)
    found = []
    for sign in (1.0, -1.0):
        answer = linprog(sign * np.ones(matrix.shape[1]), A_ub=rows, b_ub=ends, bounds=(0, None), method="highs")
        if answer.status == 2:
            raise ConstraintError("No budget satisfies these limits. Loosen some of them.")
        if answer.status != 0 or answer.fun is None:
            raise SolverError(f"The range of budgets could not be found: {answer.message}")
        found.append(float(sign * answer.fun * scale))
    return found[0], found[1]


def range_to_plan(problem: BudgetProblem) -> tuple[float, float]:
    """`budget_range` less its very ends, which clash with limits by rounding."""
    least, most = budget_range(problem)
    return least + _INSIDE * problem.money, most - _INSIDE * problem.money


def totals_around(plan: Plan, count: int) -> list[float]:
    """Budgets from well below the plan and the reference to well above them, as far as the limits allow.

    Parameters
    ----------
    plan : Plan
    count : int
        How many; the plan's own total and that of the reference come on top where the limits allow them.

    Returns
    -------
    list of float
        Rising, each once, in currency.
    """
    least, most = range_to_plan(plan.problem)
    reference = float(plan.reference_spend.sum(skipna=False))
    known = [total for total in (plan.total, reference) if np.isfinite(total)]
    low, high = max(least, _LEAST * min(known)), min(most, _MOST * max(known))
    if not low < high:
        return [plan.total]
    inside = [total for total in known if low < total < high]
    return sorted({*map(float, np.linspace(low, high, count)), *inside})


def frontier_of(plan: Plan, totals: Sequence[float], progress: Callable[[float], None] | None = None) -> Frontier:
    """The best plan for each of many budgets under a plan's own limits and utility.

    Parameters
    ----------
    plan : Plan
        Of any goal; groups that were free to choose their split are free at every budget.
    totals : sequence of float
        Budgets over the whole horizon, in currency.
    progress : callable, optional
        Told after each budget which share of them is done.

    Raises
    ------
    InfeasibleError
        If a budget clashes with the limits.
    """
    plans = []
    for place, total in enumerate(totals):
        plans.append(_planned_again(plan, total, plan.problem.constraints))
        if progress is not None:
            progress((place + 1) / len(totals))
    return Frontier(tuple(plans), plan.problem.groups)


def freedom_of(plan: Plan, changes: Sequence[float]) -> Frontier:
    """What freedom is worth: the best plan of the same money for each of several largest changes of every group.

    Parameters
    ----------
    plan : Plan
        Of any goal. Its limits hold beside the changes.
    changes : sequence of float
        Share of its reference spend by which each group may move up or down: 0.3 for ± 30 %; inf for none but the
        plan's limits.

    Returns
    -------
    Frontier
        One plan a change, all of the plan's total.

    Raises
    ------
    ConstraintError
        If a reference spend is unknown, or a change is below 0.
    InfeasibleError
        If a change is too small for the budget or clashes with the limits.
    """
    plans = []
    for change in changes:
        bounds = [] if np.isinf(change) else [_within(name, change) for name in plan.problem.groups]
        plans.append(_planned_again(plan, plan.total, (*plan.problem.constraints, *bounds)))
    return Frontier(tuple(plans), plan.problem.groups)


def _within(name: str, change: float) -> Constraint:
    return ConstraintBuilder.change_bounds([name], max(-change, -1.0), change)


def _planned_again(plan: Plan, total: float, constraints: Iterable[Constraint]) -> Plan:
    """The best plan of a budget under other constraints; groups that chose their split are free to choose again."""
    old = plan.problem
    named = dict(old.names) | dict(old.groups) | dict(old.decisions.groups)
    goal = FixedBudget(total)
    return solve(stated_problem(old.decisions, goal, tuple(constraints), named, utility=old.utility))

"""The frontier around a plan: which budgets its limits allow, and the best plan for each."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linprog

from mmm_groups.constraints import FixedBudget
from mmm_groups.errors import ConstraintError, SolverError
from mmm_groups.frontier import Frontier
from mmm_groups.limits import BUDGET_KEYS
from mmm_groups.optimize import solve
from mmm_groups.plan import Plan
from mmm_groups.problem import BudgetProblem
from mmm_groups.stated_problem import stated_problem

_LEAST, _MOST = 0.4, 1.6  # of the smaller and the larger one of plan and reference: what a planner may be asked about
_INSIDE = 1e-9  # relative: budgets at the very ends of what limits allow would clash by rounding


def budget_range(problem: BudgetProblem) -> tuple[float, float]:
    """The least and the greatest budget that the limits allow, those on the budget itself left out, in currency.

    Raises
    ------
    ConstraintError
        If no budget satisfies the limits.
    """
    kept = [place for place, limit in enumerate(problem.limits) if limit.key not in BUDGET_KEYS]
    matrix, lower, upper = problem.matrix[kept], problem.lower[kept], problem.upper[kept]
    scale = problem.money
    rows = np.concatenate([matrix[np.isfinite(upper)], -matrix[np.isfinite(lower)]])
    ends = np.concatenate([upper[np.isfinite(upper)], -lower[np.isfinite(lower)]]) / scale
    found = []
    for sign in (1.0, -1.0):
        answer = linprog(np.full(matrix.shape[1], sign), A_ub=rows, b_ub=ends, bounds=(0, None), method="highs")
        if answer.status == 2:
            raise ConstraintError("No budget satisfies these limits. Loosen some of them.")
        if answer.status != 0:
            raise SolverError(f"The range of budgets could not be found: {answer.message}")
        found.append(float(sign * answer.fun * scale))
    return found[0], found[1]


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
    least, most = budget_range(plan.problem)
    least, most = least + _INSIDE * plan.problem.money, most - _INSIDE * plan.problem.money
    reference = float(plan.problem.curves.curves.reference_spend.sum(skipna=False))
    known = [total for total in (plan.total, reference) if np.isfinite(total)]
    low, high = max(least, _LEAST * min(known)), min(most, _MOST * max(known))
    if not low < high:
        return [plan.total]
    inside = [total for total in known if low < total < high]
    return sorted({*np.linspace(low, high, count).tolist(), *inside})


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
    old = plan.problem
    named = dict(old.curves.groups) | dict(old.decisions.groups)
    plans = []
    for place, total in enumerate(totals):
        goal = FixedBudget(total)
        plans.append(solve(stated_problem(old.decisions, goal, old.constraints, named, utility=old.utility)))
        if progress is not None:
            progress((place + 1) / len(totals))
    return Frontier(tuple(plans))

"""Limits that no plan can meet together: an irreducible infeasible subset of them (IIS), and the ways out of it.

The subset is found by the deletion filter (Chinneck and Dravnieks, 1991): a limit goes if the rest stay infeasible.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog

from mmm_groups.errors import InfeasibleError, SolverError
from mmm_groups.numerics.digits import decimals_of, marked_amount
from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.tolerances import LIMITS_CLASH
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.solver.program import inequalities

_MORE_ORDERS = 3  # in which limits are tried: an irreducible subset need not be the smallest
_EXACT = 1e-10  # of the scaled amounts: a cent that is missing clashes


def refuse_infeasible(problem: BudgetProblem) -> None:
    """Raise InfeasibleError if no plan meets all limits, naming an irreducible infeasible subset and the ways out.

    Without any one of its limits the rest of the subset could be met. Of those found in several orders it is the
    smallest.
    """
    everything = list(range(len(problem.limits)))
    if _smallest_miss(problem, everything).money <= 0:
        return
    rng = np.random.default_rng(0)
    orders = [everything, everything[::-1], *(rng.permutation(everything).tolist() for _ in range(_MORE_ORDERS))]
    subset = min((_irreducible_subset(problem, order) for order in orders), key=len)
    raise InfeasibleError(_in_words(problem, subset), tuple(problem.limits[i].key for i in subset))


def _irreducible_subset(problem: BudgetProblem, order: list[int]) -> list[int]:
    """An infeasible subset of which every limit is needed; limits are tried in `order`."""
    subset = sorted(order)
    for index in order:
        without = [other for other in subset if other != index]
        if _smallest_miss(problem, without).money > 0:
            subset = without
    return subset


@dataclass(frozen=True)
class _Miss:
    """By how much limits must be missed.

    Attributes
    ----------
    money : float
        In currency; 0 if none need be missed, infinite if missing the one in question does not help.
    raised : bool
        True if the one in question must be exceeded.
    """

    money: float
    raised: bool


def _smallest_miss(problem: BudgetProblem, kept: list[int], elastic: int | None = None) -> _Miss:
    """Least money by which the `kept` limits must be missed: all of them together, or only `elastic`."""
    scale = problem.money
    decisions = problem.matrix.shape[1]
    may_be_missed = np.diag([float(elastic in (None, index)) for index in kept])
    lower, upper = problem.lower[kept] / scale, problem.upper[kept] / scale
    rows, ends = inequalities(np.hstack([problem.matrix[kept], may_be_missed]), lower, upper)
    if not len(rows):
        return _Miss(0.0, raised=False)
    rows[:, decisions:] = -np.abs(rows[:, decisions:])  # the miss widens a limit at either end
    cost = np.concatenate([np.zeros(decisions), np.ones(len(kept))])
    found = linprog(
        cost,
        A_ub=rows,
        b_ub=ends,
        bounds=(0, None),
        method="highs",
        options={"primal_feasibility_tolerance": _EXACT, "dual_feasibility_tolerance": _EXACT},
    )
    if found.status == 2:
        return _Miss(float("inf"), raised=False)
    if found.status != 0 or found.fun is None or found.x is None:
        raise SolverError(f"The feasibility check stopped without an answer: {found.message}")
    if found.fun <= LIMITS_CLASH:
        return _Miss(0.0, raised=False)
    raised = (
        elastic is not None and float(problem.matrix[elastic] @ found.x[:decisions]) * scale > problem.upper[elastic]
    )
    return _Miss(float(found.fun * scale), raised)


def _in_words(problem: BudgetProblem, subset: list[int]) -> str:
    """The limits of an infeasible subset, and for each what change to it alone would let the others hold."""
    ends = [i for i in subset if problem.limits[i].kind == "curve_end"]
    if len(ends) == len(subset) - 1 and problem.limits[subset[0]].kind in ("budget", "least_budget"):
        known, asked = sum(problem.limits[i].upper for i in ends), problem.limits[subset[0]].lower
        return (
            f"The budget is {marked_amount(asked)}, but the curves are known up to {marked_amount(known)} in all. "
            "Lower the budget, or extract the curves with a larger reach."
        )
    labels = [problem.limits[i].label.marked for i in subset]
    ways = [way for way in (_way_out(problem, subset, index) for index in subset) if way]
    verb = "cannot be met" if len(labels) == 1 else "cannot all be met"
    way_out = f" Change at least one: {'; or '.join(ways)}." if ways else ""
    return f"These limits {verb}: {'; '.join(labels)}.{way_out}"


def _way_out(problem: BudgetProblem, subset: list[int], index: int) -> str:
    """How much of a change to one limit alone would let the others hold; empty if none would, or it cannot change."""
    limit = problem.limits[index]
    miss = _smallest_miss(problem, subset, elastic=index)
    whole_budget = limit.kind == "budget" and not miss.raised and miss.money >= limit.lower * (1 - 1e-9)
    if not np.isfinite(miss.money) or limit.kind == "curve_end" or whole_budget:
        return ""
    if limit.is_on_budget:
        is_raised = miss.raised or limit.kind == "greatest_budget"
        return f"{'raise' if is_raised else 'lower'} the {limit.kind.replace('_', ' ')} by {rounded_up(miss.money)}"
    if limit.kind == "share_of_total":
        points = np.ceil(1000 * _ratio_missed(problem, subset, index) - 1e-6) / 10
        return f"loosen '{limit.label.marked}' by {marked(points):g} percentage points"
    return f"loosen '{limit.label.marked}' by {rounded_up(miss.money)}"


def _ratio_missed(problem: BudgetProblem, subset: list[int], index: int) -> float:
    """By how much a ratio of the total must be loosened so that the others hold; by bisection."""
    limit = problem.limits[index]
    is_least = np.isfinite(limit.lower)
    ratio = 1.0 - max(limit.coefficients.values())
    near, far = 0.0, ratio if is_least else 1.0 - ratio
    for _ in range(24):
        middle = (near + far) / 2
        matrix = problem.matrix.copy()
        matrix[index] += middle if is_least else -middle
        if _smallest_miss(replace(problem, matrix=matrix), subset).money > 0:
            near = middle
        else:
            far = middle
    return far


def rounded_up(amount: float) -> str:
    """Money that is surely enough: whole from 100 upwards, else in three digits."""
    digit = 10.0 ** -decimals_of(amount)
    return marked_amount(float(np.ceil(amount / digit - 1e-6)) * digit)

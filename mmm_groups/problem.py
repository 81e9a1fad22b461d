"""A budget problem in group spends, and whether any plan can satisfy it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.constraints import Constraint, FixedBudget
from mmm_groups.errors import InfeasibleError, SolverError
from mmm_groups.group_curves import GroupCurves
from mmm_groups.limits import Limit, limits_of

Floats = NDArray[np.float64]

FEASIBILITY_TOLERANCE = 1e-9
"""Relative to the budget: how far a limit may be missed before a problem counts as impossible."""


LIMIT_TOLERANCE = 1e-7
"""Relative to the budget: a limit missed by less is met, and one this close is binding."""


@dataclass(frozen=True)
class BudgetProblem:
    """Find group spends that maximise the mean response under linear limits.

    Attributes
    ----------
    curves : GroupCurves
    goal : FixedBudget
    constraints : tuple[Constraint, ...]
        As the planner stated them.
    limits : tuple[Limit, ...]
        The budget, the constraints and the end of each curve, on channels.
    matrix : array, (limit, group)
        The same limits on group spends.
    """

    curves: GroupCurves
    goal: FixedBudget
    constraints: tuple[Constraint, ...]
    limits: tuple[Limit, ...]
    matrix: Floats

    @property
    def lower(self) -> Floats:
        """Lower ends of the limits, (limit,), in currency."""
        return np.array([limit.lower for limit in self.limits])

    @property
    def upper(self) -> Floats:
        """Upper ends of the limits, (limit,), in currency."""
        return np.array([limit.upper for limit in self.limits])

    def broken_by(self, spends: Floats) -> list[Limit]:
        """Limits that group spends, (group,), in currency, miss by more than 1e-7 of the budget."""
        used = self.matrix @ spends
        miss = np.maximum(used - self.upper, self.lower - used)
        allowed = LIMIT_TOLERANCE * max(self.goal.total, 1.0)
        return [limit for limit, by in zip(self.limits, miss, strict=True) if by > allowed]


def budget_problem(
    curves: GroupCurves,
    goal: FixedBudget,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
) -> BudgetProblem:
    """State a problem and refuse it at once if no plan can satisfy it.

    Parameters
    ----------
    curves : GroupCurves
        What is decided on.
    goal : FixedBudget
    constraints : iterable of constraints
    named_groups : mapping, optional
        Group names that constraints may use. Default: the groups of `curves`; another grouping is given when the same
        constraints are asked of the channels one by one.

    Raises
    ------
    ConstraintError
        If a constraint names something unknown.
    InfeasibleError
        If limits clash; the text names the smallest set that does, and what would make it fit.
    """
    stated = tuple(constraints)
    limits = limits_of(goal, stated, named_groups or curves.groups) + _curve_ends(curves)
    rows = [
        [
            sum(limit.coefficients.get(str(channel), 0.0) * share for channel, share in shares.items())
            for shares in curves.shares.values()
        ]
        for limit in limits
    ]
    problem = BudgetProblem(curves, goal, stated, limits, np.array(rows, dtype=np.float64))
    _refuse_impossible(problem)
    return problem


def _curve_ends(curves: GroupCurves) -> tuple[Limit, ...]:
    ends = zip(curves.groups.items(), curves.spend.values[:, -1], strict=True)
    return tuple(
        Limit(
            f"curve_end[{name}]",
            f"the curve of {name} is known up to {end:,.0f}",
            dict.fromkeys(members, 1.0),
            -np.inf,
            float(end),
        )
        for (name, members), end in ends
    )


def _refuse_impossible(problem: BudgetProblem) -> None:
    everything = list(range(len(problem.limits)))
    if _smallest_miss(problem, everything) <= 0:
        return
    clashing = list(everything)
    for index in everything:  # deletion filter: what can go while the rest still clashes is not part of the clash
        without = [other for other in clashing if other != index]
        if _smallest_miss(problem, without) > 0:
            clashing = without
    raise InfeasibleError(_clash_in_words(problem, clashing), tuple(problem.limits[i].key for i in clashing))


def _smallest_miss(problem: BudgetProblem, kept: list[int], elastic: int | None = None) -> float:
    """Least money by which limits must be missed: all of them together, or only `elastic`; 0 if none, inf if never."""
    scale = max(problem.goal.total, 1.0)
    groups = problem.matrix.shape[1]
    rows: list[Floats] = []
    ends: list[float] = []
    for position, index in enumerate(kept):
        slack = np.zeros(len(kept))
        slack[position] = -1.0 if elastic in (None, index) else 0.0
        for sign, end in ((1.0, problem.upper[index]), (-1.0, -problem.lower[index])):
            if np.isfinite(end):
                rows.append(np.concatenate([sign * problem.matrix[index], slack]))
                ends.append(end / scale)
    if not rows:
        return 0.0
    cost = np.concatenate([np.zeros(groups), np.ones(len(kept))])
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(ends), bounds=(0, None), method="highs")
    if found.status == 2:
        return float("inf")
    if found.status != 0:
        raise SolverError(f"The feasibility check stopped without an answer: {found.message}")
    return 0.0 if found.fun <= FEASIBILITY_TOLERANCE else float(found.fun * scale)


def _clash_in_words(problem: BudgetProblem, clashing: list[int]) -> str:
    labels = [problem.limits[i].label for i in clashing]
    ways = []
    for index in clashing:
        miss = _smallest_miss(problem, clashing, elastic=index)
        if np.isfinite(miss) and not problem.limits[index].key.startswith("curve_end"):
            ways.append(f"'{problem.limits[index].label}' by {miss:,.0f}")
    verb = "cannot be met" if len(labels) == 1 else "cannot all be met"
    way_out = f" Loosen at least one: {'; or '.join(ways)}." if ways else ""
    return f"These limits {verb}: {'; '.join(labels)}.{way_out}"

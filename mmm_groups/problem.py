"""A budget problem, and whether any plan can satisfy it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.constraints import Constraint, FixedBudget
from mmm_groups.errors import ConstraintError, InfeasibleError, SolverError
from mmm_groups.group_curves import GroupCurves, group_curves
from mmm_groups.limits import BUDGET_KEY, Limit, limits_of
from mmm_groups.split_path import SplitPath

Floats = NDArray[np.float64]

FEASIBILITY_TOLERANCE = 1e-9
"""Relative to the budget: how far a limit may be missed before a problem counts as impossible."""


LIMIT_TOLERANCE = 1e-7
"""Relative to the budget: a limit missed by less is met, and one this close is binding."""


@dataclass(frozen=True, repr=False)
class BudgetProblem:
    """Find spends that maximise the mean response under linear limits.

    Attributes
    ----------
    curves : GroupCurves
        The groups as the planner sees them.
    decisions : GroupCurves
        What the solver decides on: the same groups, but where a group follows its best split under the sum, its
        channels one by one, so that their own limits can hold them.
    goal : FixedBudget
    constraints : tuple[Constraint, ...]
        As the planner stated them.
    limits : tuple[Limit, ...]
        The budget, the constraints and the end of each curve, on channels.
    matrix : array, (limit, decision)
        The same limits on the solver's decisions.
    """

    curves: GroupCurves
    decisions: GroupCurves
    goal: FixedBudget
    constraints: tuple[Constraint, ...]
    limits: tuple[Limit, ...]
    matrix: Floats

    def __repr__(self) -> str:
        return f"<BudgetProblem over {', '.join(self.curves.paths)}: {'; '.join(limit.label for limit in self.limits)}>"

    @property
    def lower(self) -> Floats:
        """Lower ends of the limits, (limit,), in currency."""
        return np.array([limit.lower for limit in self.limits])

    @property
    def upper(self) -> Floats:
        """Upper ends of the limits, (limit,), in currency."""
        return np.array([limit.upper for limit in self.limits])

    @property
    def tolerance(self) -> float:
        """By how much money a limit may be missed and still counts as met, and as binding when this close."""
        return LIMIT_TOLERANCE * max(self.goal.total, 1.0)

    def used(self, channel_spends: pd.Series) -> Floats:
        """What a channel plan puts against each limit, (limit,), in currency."""
        return np.array(
            [
                sum(factor * float(channel_spends[name]) for name, factor in limit.coefficients.items())
                for limit in self.limits
            ]
        )

    def broken_by(self, channel_spends: pd.Series) -> list[Limit]:
        """Limits that a channel plan misses by more than the tolerance."""
        used = self.used(channel_spends)
        miss = np.maximum(used - self.upper, self.lower - used)
        return [limit for limit, by in zip(self.limits, miss, strict=True) if by > self.tolerance]


def budget_problem(
    curves: GroupCurves,
    goal: FixedBudget,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
    held: Iterable[Limit] = (),
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
    held : iterable of Limit
        Limits of our own beside the planner's, such as spends that must stay.

    Raises
    ------
    ConstraintError
        If a constraint names something unknown.
    InfeasibleError
        If limits clash; the text names the smallest set that does, and what would make it fit.
    """
    stated = tuple(constraints)
    decisions = _decisions(curves)
    limits = (*limits_of(goal, stated, named_groups or curves.groups), *held, *_curve_ends(decisions))
    rows = [[_factor(limit, name, path) for name, path in decisions.paths.items()] for limit in limits]
    problem = BudgetProblem(curves, decisions, goal, stated, limits, np.array(rows, dtype=np.float64))
    _refuse_impossible(problem)
    return problem


def _decisions(curves: GroupCurves) -> GroupCurves:
    """Groups that follow their best split under the sum are their channels, free."""
    free = [name for name, path in curves.paths.items() if path.shares is None]
    if curves.method != "sum" or not free:
        return curves
    fixed = {name: path for name, path in curves.paths.items() if name not in free}
    kept = ChannelGroups({name: path.channels for name, path in fixed.items()})
    split = {name: path.shares.to_dict() for name, path in fixed.items() if path.shares is not None}
    return group_curves(curves.curves, kept, curves.method, split)


def _factor(limit: Limit, name: str, path: SplitPath) -> float:
    """What one unit of currency for a decision puts against a limit."""
    factors = [limit.coefficients.get(channel, 0.0) for channel in path.channels]
    if path.shares is not None:
        return float(np.dot(factors, path.shares.to_numpy()))
    if len(set(factors)) > 1:
        raise ConstraintError(
            f"The limit “{limit.label}” holds single channels of {name}, whose split follows the best shares at every "
            "spend. Use the sum method, or give that group fixed shares."
        )
    return factors[0]


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
    if _smallest_miss(problem, everything).money <= 0:
        return
    clashing = list(everything)
    for index in everything:  # deletion filter: what can go while the rest still clashes is not part of the clash
        without = [other for other in clashing if other != index]
        if _smallest_miss(problem, without).money > 0:
            clashing = without
    raise InfeasibleError(_clash_in_words(problem, clashing), tuple(problem.limits[i].key for i in clashing))


@dataclass(frozen=True)
class _Miss:
    """Least money by which limits must be missed (0 if none need be, infinite if that does not help), and how."""

    money: float
    raised: bool


def _smallest_miss(problem: BudgetProblem, kept: list[int], elastic: int | None = None) -> _Miss:
    """How far limits must be missed: all of them together, or only `elastic`."""
    scale = max(problem.goal.total, 1.0)
    decisions = problem.matrix.shape[1]
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
        return _Miss(0.0, raised=False)
    cost = np.concatenate([np.zeros(decisions), np.ones(len(kept))])
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(ends), bounds=(0, None), method="highs")
    if found.status == 2:
        return _Miss(float("inf"), raised=False)
    if found.status != 0:
        raise SolverError(f"The feasibility check stopped without an answer: {found.message}")
    if found.fun <= FEASIBILITY_TOLERANCE:
        return _Miss(0.0, raised=False)
    raised = (
        elastic is not None and float(problem.matrix[elastic] @ found.x[:decisions]) * scale > problem.upper[elastic]
    )
    return _Miss(float(found.fun * scale), raised)


def _clash_in_words(problem: BudgetProblem, clashing: list[int]) -> str:
    ends = [i for i in clashing if problem.limits[i].key.startswith("curve_end")]
    if len(ends) == len(clashing) - 1 and problem.limits[clashing[0]].key == BUDGET_KEY:
        known = sum(problem.limits[i].upper for i in ends)
        return (
            f"The budget is {problem.goal.total:,.0f}, but the curves are known up to {known:,.0f} in all. Lower the "
            "budget, or extract the curves with a larger reach."
        )
    labels = [problem.limits[i].label for i in clashing]
    ways = [way for way in (_way_out(problem, clashing, index) for index in clashing) if way]
    verb = "cannot be met" if len(labels) == 1 else "cannot all be met"
    way_out = f" Change at least one: {'; or '.join(ways)}." if ways else ""
    return f"These limits {verb}: {'; '.join(labels)}.{way_out}"


def _way_out(problem: BudgetProblem, clashing: list[int], index: int) -> str:
    """How much of a change to one limit alone would let the others hold; empty if none would, or it cannot change."""
    limit = problem.limits[index]
    miss = _smallest_miss(problem, clashing, elastic=index)
    whole_budget = limit.key == BUDGET_KEY and not miss.raised and miss.money >= problem.goal.total * (1 - 1e-9)
    if not np.isfinite(miss.money) or limit.key.startswith("curve_end") or whole_budget:
        return ""
    if limit.key == BUDGET_KEY:
        return f"{'raise' if miss.raised else 'lower'} the budget by {rounded_up(miss.money)}"
    if limit.key.startswith(("group_min_ratio", "group_max_ratio")) and problem.goal.total > 0:
        points = np.ceil(1000 * miss.money / problem.goal.total) / 10
        return f"loosen '{limit.label}' by {points:g} percentage points"
    return f"loosen '{limit.label}' by {rounded_up(miss.money)}"


def rounded_up(amount: float) -> str:
    """Money that is surely enough: whole from 100 upwards, else to the cent."""
    return f"{np.ceil(amount - 1e-6):,.0f}" if amount >= 100 else f"{np.ceil(100 * amount - 1e-6) / 100:,.2f}"

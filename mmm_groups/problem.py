"""A budget problem, and whether any plan can satisfy it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.constraints import Constraint, FixedBudget, Goal, Stated
from mmm_groups.errors import ConstraintError, InfeasibleError, SolverError, SplitError
from mmm_groups.goals import aim_of
from mmm_groups.group_curves import GroupCurves
from mmm_groups.limits import BUDGET_KEY, BUDGET_KEYS, LEAST_BUDGET_KEY, MOST_BUDGET_KEY, Limit, limits_of
from mmm_groups.mix_guard import HELD_KEY, mix_limits
from mmm_groups.separable import Aim
from mmm_groups.split_path import SplitPath
from mmm_groups.tightened import Tightened, tightened
from mmm_groups.utilities import MEAN, Utility

Floats = NDArray[np.float64]

_MORE_ORDERS = 3  # in which limits are tried: an irreducible clash need not be the smallest
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
FEASIBILITY_TOLERANCE = 1e-9
"""Relative to the budget: how far a limit may be missed before a problem counts as impossible."""


LIMIT_TOLERANCE = 1e-7
"""Relative to the budget: a limit missed by less is met, and one this close is binding."""


@dataclass(frozen=True, repr=False)
class BudgetProblem:
    """Find spends that reach a goal under linear limits.

    Attributes
    ----------
    curves : GroupCurves
        The groups as the planner sees them.
    decisions : GroupCurves
        What the solver decides on: the same groups, but where a group follows its best split under the sum, its
        channels one by one, so that their own limits can hold them.
    goal : Goal
    constraints : tuple[Constraint, ...]
        As the planner stated them.
    limits : tuple[Limit, ...]
        The budget, the constraints and the end of each curve, on channels.
    matrix : array, (limit, decision)
        The same limits on the solver's decisions.
    utility : Utility
        What one number the draws of the response become.
    names : Mapping[str, tuple[str, ...]]
        Groups that constraints may name, with their channels.
    """

    curves: GroupCurves
    decisions: GroupCurves
    goal: Goal
    constraints: tuple[Constraint, ...]
    limits: tuple[Limit, ...]
    matrix: Floats
    utility: Utility = MEAN
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<BudgetProblem over {', '.join(self.curves.paths)}: {'; '.join(limit.label for limit in self.limits)}>"

    @cached_property
    def lower(self) -> Floats:
        """Lower ends of the limits, (limit,), in currency."""
        return np.array([limit.lower for limit in self.limits])

    @cached_property
    def upper(self) -> Floats:
        """Upper ends of the limits, (limit,), in currency."""
        return np.array([limit.upper for limit in self.limits])

    @property
    def aim(self) -> Aim:
        """The goal in numbers."""
        return aim_of(self.goal)

    @cached_property
    def money(self) -> float:
        """Money in play: the most that the goal lets anybody spend, in currency; at least 1."""
        known = float(self.decisions.points[:, -1].sum())
        if isinstance(self.goal, FixedBudget):
            return max(self.goal.total, 1.0)
        return max(known if self.goal.max_budget is None else min(known, self.goal.max_budget), 1.0)

    @cached_property
    def tight(self) -> Tightened | None:
        """The limits, sorted for the solver; None if single ones clash."""
        return tightened(self.matrix, self.lower, self.upper, self.decisions.points[:, -1])

    @cached_property
    def reference(self) -> Floats:
        """Reference spend of every decision, (decision,), in currency; NaN if it is unknown."""
        spent = self.curves.curves.reference_spend.to_numpy(dtype=np.float64)
        return np.array(
            [spent[self.curves.curves.places(path.channels)].sum() for path in self.decisions.paths.values()]
        )

    @cached_property
    def tolerances(self) -> Floats:
        """By how much money each limit may be missed and still counts as met, and as binding when this close, (limit,).

        A share of the limit's own amount, so that a small lock in a large budget is one; of the money in play for
        ratios, whose ends are 0.
        """
        ends = np.stack([np.abs(self.lower), np.abs(self.upper)])
        amounts = np.where(np.isfinite(ends), ends, 0.0).max(axis=0)
        amounts = np.where(amounts > 0, np.minimum(amounts, self.money), self.money)
        # Spends are sums, whose rounding does not shrink with the limit.
        return np.asarray(np.maximum(LIMIT_TOLERANCE * amounts, 1e-13 * self.money))

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
        return [limit for limit, by, most in zip(self.limits, miss, self.tolerances, strict=True) if by > most]


def budget_problem(
    curves: GroupCurves,
    goal: Goal,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
    held: Iterable[Limit] = (),
    utility: Utility = MEAN,
) -> BudgetProblem:
    """State a problem and refuse it at once if no plan can satisfy it.

    Parameters
    ----------
    curves : GroupCurves
        What is decided on.
    goal : Goal
    constraints : iterable of constraints
    named_groups : mapping, optional
        Group names that constraints may use. Default: the groups of `curves`; another grouping is given when the same
        constraints are asked of the channels one by one.
    held : iterable of Limit
        Limits of our own beside the planner's, such as spends that must stay.
    utility : Utility
        What one number the draws of the response become.

    Raises
    ------
    ConstraintError
        If a constraint names something unknown.
    SplitError
        If fixed shares leave the historical mix of a channel's parts that must be held.
    InfeasibleError
        If limits clash; the text names the smallest set that does, and what would make it fit.
    """
    problem = stated_problem(curves, goal, constraints, named_groups, held, utility)
    refuse_impossible(problem)
    return problem


def stated_problem(
    curves: GroupCurves,
    goal: Goal,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
    held: Iterable[Limit] = (),
    utility: Utility = MEAN,
) -> BudgetProblem:
    """State a problem without asking whether it can be met: solving it finds out."""
    if not isinstance(goal, Stated):
        raise ConstraintError(f"{goal!r} is no goal. State one, such as FixedBudget(1_000_000).")
    if not isinstance(utility, Stated):
        raise ConstraintError(f"{utility!r} is no utility. State one, such as MeanResponse().")
    stated = tuple(constraints)
    decisions = _decisions(curves)
    names = named_groups or curves.groups
    named = limits_of(goal, stated, names, curves.curves.reference_spend)
    limits = (*named, *mix_limits(curves.curves), *held, *_curve_ends(decisions))
    matrix = _matrix(limits, decisions)
    _refuse_other_mix(limits, matrix, decisions)
    return BudgetProblem(curves, decisions, goal, stated, limits, matrix, utility, names)


def _decisions(curves: GroupCurves) -> GroupCurves:
    """Groups that follow their best split under the sum are their channels, free."""
    if curves.method != "sum" or all(path.fractions is not None for path in curves.paths.values()):
        return curves
    fixed = {name: path for name, path in curves.paths.items() if path.fractions is not None}
    held = {channel for path in fixed.values() for channel in path.channels}
    alone = {
        channel: SplitPath(curves.curves, (channel,), np.ones(1))
        for channel in curves.curves.channels
        if channel not in held
    }
    return GroupCurves(curves.curves, curves.method, fixed | alone)


def _matrix(limits: tuple[Limit, ...], decisions: GroupCurves) -> Floats:
    """What one unit of currency for a decision puts against a limit, (limit, decision)."""
    place_of = decisions.curves.place_of
    on_channels = np.zeros((len(limits), len(place_of)))
    for row, limit in zip(on_channels, limits, strict=True):
        row[[place_of[channel] for channel in limit.coefficients]] = list(limit.coefficients.values())
    columns = []
    for name, path in decisions.paths.items():
        members = on_channels[:, [place_of[channel] for channel in path.channels]]
        column = members[:, 0]
        apart = (members != column[:, None]).any(axis=1)
        if apart.any() and path.fractions is None:
            label = limits[int(np.flatnonzero(apart)[0])].label
            raise ConstraintError(
                f"The limit “{label}” holds single channels of {name}, whose split follows the best shares at every "
                "spend. Use the sum method, or give that group fixed shares."
            )
        # A limit on the whole group holds it exactly, whatever rounding its shares have.
        along = path.fractions if path.fractions is not None else np.eye(len(path.channels))[0]
        together = members @ along
        # A ratio that the shares meet exactly says nothing; its rounding would hold the group at 0.
        together[np.abs(together) <= 1e-14 * (np.abs(members) @ along)] = 0.0
        columns.append(np.where(apart, together, column))
    return np.stack(columns, axis=1)


def _refuse_other_mix(limits: tuple[Limit, ...], matrix: Floats, decisions: GroupCurves) -> None:
    """Refuse fixed shares that leave a mix which must be held: the only way to meet both would be to spend nothing."""
    for limit, row in zip(limits, matrix, strict=True):
        if not limit.key.startswith(HELD_KEY) or np.count_nonzero(row) != 1:
            continue
        place = int(np.flatnonzero(row)[0])
        if (row[place] > 0 and limit.upper == 0) or (row[place] < 0 and limit.lower == 0):
            group = list(decisions.paths)[place]
            raise SplitError(
                f"The shares of '{group}' leave the historical mix of parts that plans hold: {limit.label}. Change the "
                "shares, or let the parts move freely (hold='never')."
            )


def _curve_ends(curves: GroupCurves) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            f"curve_end[{name}]",
            f"the curve of {name} is known up to {end:,.0f}",
            dict.fromkeys(members, 1.0),
            -np.inf,
            float(end),
        )
        for (name, members), end in zip(curves.groups.items(), curves.points[:, -1], strict=True)
    )


def refuse_impossible(problem: BudgetProblem) -> None:
    """Raise InfeasibleError if limits clash, naming a smallest set that does and the ways out.

    None of the set can go without the rest fitting; of the sets found in several orders it is the smallest.
    """
    everything = list(range(len(problem.limits)))
    if _smallest_miss(problem, everything).money <= 0:
        return
    rng = np.random.default_rng(0)
    orders = [everything, everything[::-1], *(rng.permutation(everything).tolist() for _ in range(_MORE_ORDERS))]
    clashing = min((_irreducible(problem, order) for order in orders), key=len)
    raise InfeasibleError(_clash_in_words(problem, clashing), tuple(problem.limits[i].key for i in clashing))


def _irreducible(problem: BudgetProblem, order: list[int]) -> list[int]:
    """A set of limits that clash, of which none can go: what can go while the rest still clashes is not part of it."""
    clashing = sorted(order)
    for index in order:
        without = [other for other in clashing if other != index]
        if _smallest_miss(problem, without).money > 0:
            clashing = without
    return clashing


@dataclass(frozen=True)
class _Miss:
    """Least money by which limits must be missed (0 if none need be, infinite if that does not help), and how."""

    money: float
    raised: bool


def _smallest_miss(problem: BudgetProblem, kept: list[int], elastic: int | None = None) -> _Miss:
    """How far limits must be missed: all of them together, or only `elastic`."""
    scale = problem.money
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
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(ends), bounds=(0, None), method="highs", options=_EXACT)
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
    if len(ends) == len(clashing) - 1 and problem.limits[clashing[0]].key in (BUDGET_KEY, LEAST_BUDGET_KEY):
        known, asked = sum(problem.limits[i].upper for i in ends), problem.limits[clashing[0]].lower
        return (
            f"The budget is {asked:,.0f}, but the curves are known up to {known:,.0f} in all. Lower the budget, "
            "or extract the curves with a larger reach."
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
    whole_budget = limit.key == BUDGET_KEY and not miss.raised and miss.money >= limit.lower * (1 - 1e-9)
    if not np.isfinite(miss.money) or limit.key.startswith("curve_end") or whole_budget:
        return ""
    if limit.key in BUDGET_KEYS:
        word = {BUDGET_KEY: "budget", MOST_BUDGET_KEY: "greatest budget"}.get(limit.key, "least budget")
        is_raised = miss.raised or limit.key == MOST_BUDGET_KEY
        return f"{'raise' if is_raised else 'lower'} the {word} by {rounded_up(miss.money)}"
    if limit.key.startswith(("group_min_ratio", "group_max_ratio")):
        points = np.ceil(1000 * _ratio_missed(problem, clashing, index) - 1e-6) / 10
        return f"loosen '{limit.label}' by {points:g} percentage points"
    return f"loosen '{limit.label}' by {rounded_up(miss.money)}"


def _ratio_missed(problem: BudgetProblem, clashing: list[int], index: int) -> float:
    """By how much a ratio of the total must be loosened so that the others hold; by bisection."""
    limit = problem.limits[index]
    is_least = np.isfinite(limit.lower)
    ratio = 1.0 - max(limit.coefficients.values())
    near, far = 0.0, ratio if is_least else 1.0 - ratio
    for _ in range(24):
        middle = (near + far) / 2
        matrix = problem.matrix.copy()
        matrix[index] += middle if is_least else -middle
        if _smallest_miss(replace(problem, matrix=matrix), clashing).money > 0:
            near = middle
        else:
            far = middle
    return far


def rounded_up(amount: float) -> str:
    """Money that is surely enough: whole from 100 upwards, else to the cent."""
    return f"{np.ceil(amount - 1e-6):,.0f}" if amount >= 100 else f"{np.ceil(100 * amount - 1e-6) / 100:,.2f}"

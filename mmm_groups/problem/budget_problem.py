"""A budget problem: what is decided on, the goal and the limits, as the solver reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ConstraintError
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.tolerances import LIMIT_MET, LIMITS_CLASH
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget, Goal, objective_of
from mmm_groups.problem.limit import Limit
from mmm_groups.problem.utilities import MEAN, Utility
from mmm_groups.solver.allowed_spends import AllowedSpends
from mmm_groups.solver.presolve import Presolved, presolve
from mmm_groups.solver.program import Objective


@dataclass(frozen=True, repr=False)
class BudgetProblem:
    """Find spends that reach a goal under linear limits.

    Attributes
    ----------
    group_curves : GroupCurves
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
        The one number that stands for the draws of a response.
    names : Mapping[str, tuple[str, ...]]
        Groups that constraints may name, with their channels.
    """

    group_curves: GroupCurves
    decisions: GroupCurves
    goal: Goal
    constraints: tuple[Constraint, ...]
    limits: tuple[Limit, ...]
    matrix: Floats
    utility: Utility = MEAN
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<BudgetProblem over {', '.join(self.groups)}: {'; '.join(limit.label for limit in self.limits)}>"

    @property
    def channel_curves(self) -> ResponseCurves:
        """The curves of the channels that the groups are made of."""
        return self.group_curves.channel_curves

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Group to its channels; an ungrouped channel is its own group."""
        return self.group_curves.groups

    @cached_property
    def lower(self) -> Floats:
        """Lower ends of the limits, (limit,), in currency."""
        return np.array([limit.lower for limit in self.limits])

    @cached_property
    def upper(self) -> Floats:
        """Upper ends of the limits, (limit,), in currency."""
        return np.array([limit.upper for limit in self.limits])

    @property
    def objective(self) -> Objective:
        """What the goal maximises and requires."""
        return objective_of(self.goal)

    @cached_property
    def money(self) -> float:
        """Money in play: the most that the goal lets anybody spend, in currency; 1 where that is nothing."""
        known = float(self.decisions.points[:, -1].sum())
        if isinstance(self.goal, FixedBudget):
            return self.goal.total or 1.0
        return (known if self.goal.max_budget is None else min(known, self.goal.max_budget)) or 1.0

    @cached_property
    def presolved(self) -> Presolved | None:
        """The limits after presolve; None if it finds that they cannot be met."""
        return presolve(self.matrix, self.lower, self.upper, self.decisions.points[:, -1], self.allowed)

    @cached_property
    def allowed(self) -> dict[int, AllowedSpends]:
        """Decisions that may not spend every amount.

        Raises
        ------
        ConstraintError
            If a limit on amounts is on several decisions, or one decision has two of a kind.
        """
        found: dict[int, AllowedSpends] = {}
        for limit, row in zip(self.limits, self.matrix, strict=True):
            if limit.allowed is None:
                continue
            places = np.flatnonzero(row)
            if not len(places):
                continue
            if len(places) > 1:
                raise ConstraintError(
                    f"“{limit.label.marked}” is on channels that are decided one by one. Give the group fixed shares "
                    "(historical or custom), or state it for each channel."
                )
            place, factor = int(places[0]), float(row[places[0]])
            ours, other = limit.allowed, found.get(place, AllowedSpends())
            if (ours.least and other.least) or (ours.step and other.step):
                raise ConstraintError(
                    f"“{limit.label.marked}” says of {list(self.decisions.paths)[place]} what another limit on its "
                    "amounts also says. Keep one of them."
                )
            least, step = (ours.least or 0.0) / factor, (ours.step or 0.0) / factor
            found[place] = AllowedSpends(max(least, other.least), max(step, other.step))
        return found

    @cached_property
    def widened(self) -> Presolved | None:
        """The same with limits apart by the rounding of money, for those that miss each other by no more.

        Such as a budget and locks on all of it.
        """
        rounding = LIMITS_CLASH * self.money
        lower, upper = self.lower - rounding, self.upper + rounding
        return presolve(self.matrix, lower, upper, self.decisions.points[:, -1], self.allowed)

    @cached_property
    def reference(self) -> Floats:
        """Reference spend of every decision, (decision,), in currency; NaN if it is unknown."""
        spent = self.channel_curves.reference_spend.to_numpy(dtype=np.float64)
        return np.array(
            [spent[self.channel_curves.places(path.channels)].sum() for path in self.decisions.paths.values()]
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
        return np.asarray(np.maximum(LIMIT_MET * amounts, 1e-13 * self.money))

    def used(self, channel_spends: Numbers) -> Floats:
        """What a channel plan puts against each limit, (limit,), in currency."""
        spends = by_name(channel_spends)
        return np.array([limit.used(spends) for limit in self.limits])

    def broken_by(self, channel_spends: Numbers) -> list[Limit]:
        """Limits that a channel plan misses by more than the tolerance."""
        used = self.used(channel_spends)
        miss = np.maximum(used - self.upper, self.lower - used)
        for place, limit in enumerate(self.limits):
            if limit.allowed is not None:
                around = limit.allowed.below(used[place]), limit.allowed.above(used[place])
                miss[place] = float(min(used[place] - around[0], around[1] - used[place]))
        return [limit for limit, by, most in zip(self.limits, miss, self.tolerances, strict=True) if by > most]

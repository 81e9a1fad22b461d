"""A budget problem out of what a planner states, refused at once if no plan can meet it."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from mmm_groups.errors import ConstraintError, SplitError
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.split_path import SplitPath
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.infeasibility import refuse_infeasible
from mmm_groups.problem.limit import Limit
from mmm_groups.problem.limits import limits_of
from mmm_groups.problem.statement import Statement
from mmm_groups.problem.sub_channel_limits import sub_channel_limits
from mmm_groups.problem.utilities import MEAN, MeanResponse, Utility


def budget_problem(
    curves: GroupCurves,
    goal: Goal,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
    own_limits: Iterable[Limit] = (),
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
    own_limits : iterable of Limit
        Limits of ours beside the planner's, such as spends that must stay.
    utility : Utility
        The one number that stands for the draws of a response.

    Raises
    ------
    ConstraintError
        If a constraint names something unknown.
    SplitError
        If fixed shares leave the historical mix of a channel's sub-channels that must be held.
    InfeasibleError
        If no plan meets all limits; the text names an irreducible infeasible subset, and what would make it fit.
    """
    problem = stated_problem(curves, goal, constraints, named_groups, own_limits, utility)
    refuse_infeasible(problem)
    return problem


def stated_problem(
    curves: GroupCurves,
    goal: Goal,
    constraints: Iterable[Constraint] = (),
    named_groups: Mapping[str, tuple[str, ...]] | None = None,
    own_limits: Iterable[Limit] = (),
    utility: Utility = MEAN,
) -> BudgetProblem:
    """State a problem without asking whether it can be met: solving it finds out."""
    if not isinstance(goal, Statement):
        raise ConstraintError(f"{goal!r} is no goal. State one, such as FixedBudget(1_000_000).")
    if not isinstance(utility, Statement):
        raise ConstraintError(f"{utility!r} is no utility. State one, such as MeanResponse().")
    stated = tuple(constraints)
    decisions = _decisions(curves)
    names = named_groups or curves.groups
    named = limits_of(goal, stated, names, curves.channel_curves.reference_spend)
    limits = (*named, *sub_channel_limits(curves.channel_curves), *own_limits, *_curve_ends(decisions))
    matrix = limit_matrix(limits, decisions)
    _refuse_shares_off_the_mix(limits, matrix, decisions)
    problem = BudgetProblem(curves, decisions, goal, stated, limits, matrix, utility, names)
    if problem.allowed and (not isinstance(utility, MeanResponse) or curves.channel_curves.is_conditional):
        label = next(limit.label.marked for limit in limits if limit.allowed is not None)
        raise ConstraintError(
            f"“{label}” can be kept where plans are made for the average response and channels add up. Choose the "
            "average response, or remove that limit."
        )
    return problem


def _decisions(curves: GroupCurves) -> GroupCurves:
    """What the solver decides on: each group with fixed shares, and the channels of the others one by one.

    By other methods than the sum a group has a curve of its own, so it stays one decision.
    """
    if curves.method != "sum" or all(path.fractions is not None for path in curves.paths.values()):
        return curves
    fixed = {name: path for name, path in curves.paths.items() if path.fractions is not None}
    inside = {channel for path in fixed.values() for channel in path.channels}
    alone = {
        channel: SplitPath(curves.channel_curves, (channel,), np.ones(1))
        for channel in curves.channel_curves.channels
        if channel not in inside
    }
    return GroupCurves(curves.channel_curves, curves.method, fixed | alone)


def limit_matrix(limits: tuple[Limit, ...], decisions: GroupCurves) -> Floats:
    """What one unit of currency for a decision puts against a limit, (limit, decision)."""
    place_of = decisions.channel_curves.place_of
    on_channels = np.zeros((len(limits), len(place_of)))
    for row, limit in zip(on_channels, limits, strict=True):
        row[[place_of[channel] for channel in limit.coefficients]] = list(limit.coefficients.values())
    columns = []
    for name, path in decisions.paths.items():
        members = on_channels[:, [place_of[channel] for channel in path.channels]]
        column = members[:, 0]
        apart = (members != column[:, None]).any(axis=1)
        if apart.any() and path.fractions is None:
            label = limits[int(np.flatnonzero(apart)[0])].label.marked
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


def _refuse_shares_off_the_mix(limits: tuple[Limit, ...], matrix: Floats, decisions: GroupCurves) -> None:
    """Refuse fixed shares that leave the historical mix of sub-channels: only a plan without spend would meet both."""
    for limit, row in zip(limits, matrix, strict=True):
        if limit.kind != "sub_channel_share" or np.count_nonzero(row) != 1:
            continue
        place = int(np.flatnonzero(row)[0])
        if (row[place] > 0 and limit.upper == 0) or (row[place] < 0 and limit.lower == 0):
            group = list(decisions.paths)[place]
            raise SplitError(
                f"The shares of '{group}' leave the historical mix of parts that plans hold: {limit.label.marked}. "
                "Change the shares, or let the parts move freely (hold='never')."
            )


def _curve_ends(curves: GroupCurves) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            f"curve_end[{name}]",
            "curve_end",
            _curve_end(name, end),
            dict.fromkeys(members, 1.0),
            -np.inf,
            end,
        )
        for (name, members), end in zip(curves.groups.items(), curves.points[:, -1].tolist(), strict=True)
    )


@lru_cache(maxsize=4096)  # the same in every problem on the same curves, and a fifteenth of the time of a small one
def _curve_end(name: str, end: float) -> MarkedText:
    return MarkedText(f"the curve of {name} is known up to {marked_amount(end)}")

"""What one would have to believe: by what factor a group's effect would have to differ for a plan to be the best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ConstraintError, NotAdditiveError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.groups.shares import SplitRule, rules_by_members
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_rate
from mmm_groups.numerics.labelled import by_name, column_of, labels_of, number, rows_of
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.plan.optimize import known_groups
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.moved_money import answered_with_cuts
from mmm_groups.problem.stating import stated_problem
from mmm_groups.solver.branch_and_bound import Solution, best_spends
from mmm_groups.solver.curve_shapes import CurveShapes
from mmm_groups.solver.presolve import presolve
from mmm_groups.solver.program import Objective

_STEP = 0.005  # of a group's spend, at least one point of its curve: so far one looks to either side of a plan
_PLACES = 40  # along the curve, where its shape alone does not say where a better plan may be
_FEW = 0.005  # a share of draws that would be written as 0 or 100 %
_AGREES = 0.05  # a factor this near to 1 is no dispute


def beliefs(
    spends: Mapping[str, float],
    curves: ResponseCurves,
    *,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    constraints: Iterable[Constraint] = (),
    named_groups: ChannelGroups | None = None,
) -> pd.DataFrame:
    """By what factor each group's effect would have to differ for given spends to be the best ones under limits.

    For a group that spends ``x`` on a curve ``F``, with ``V(y)`` the most that the others can bring where the group
    spends ``y`` of the same money: the factors ``f`` for which ``f F(x) + V(x) >= f F(y) + V(y)`` at every ``y``. On
    smooth concave curves that is one number, the marginal return of the others over the group's own; at a limit, or at
    no spend, a range without one end. On S-shaped curves there may be none.

    Parameters
    ----------
    spends : mapping
        Channel to spend over the horizon, in currency; every channel of the curves.
    curves : ResponseCurves
    groups : ChannelGroups, optional
        Whose beliefs are asked for; each keeps the shares that the spends give it. Default: the channels one by one.
    constraints : iterable of constraints
        Limits that the best plan would have to keep.
    named_groups : ChannelGroups, optional
        Groups that only the constraints speak of.

    Returns
    -------
    pd.DataFrame
        Indexed by group, the most disputed first: spend, in currency; factor, the one nearest to 1 that would do, NaN
        if none would or limits leave the group no choice; lower and upper, the range of factors that would do, NaN if
        none; share_of_draws, the share of the draws in which the group's last (factor above 1) or next money (below 1)
        is placed as the spends do, NaN without draws and where the factor is 1; is_decided, whether limits leave the
        group no other spend.

    Raises
    ------
    CurvesError
        If spends are missing, or leave the channels' curves.
    ConstraintError
        If they break one of the constraints.
    NotAdditiveError
        If the channels of the model do not add up.
    """
    if curves.is_conditional:
        raise NotAdditiveError(
            "The channels of this model do not add up, so no group has an effect of its own that could differ from the "
            "model's by a factor."
        )
    given = dict(zip(curves.channels, map(float, curves.checked(spends)), strict=True))
    made = curves_along(given, curves, groups)
    names = known_groups(made, named_groups)
    total = float(sum(given.values()))
    problem = stated_problem(made, FixedBudget(total), constraints, names)
    broken = problem.broken_by(pd.Series(given))
    if broken:
        raise ConstraintError(
            f"These spends break {len(broken)} of the limits: “{'”; “'.join(limit.label.marked for limit in broken)}”. "
            "So they cannot be the best under them. Loosen those limits, or ask without them."
        )
    held = {name: sum(given[channel] for channel in members) for name, members in made.groups.items()}
    rows = [_row(problem, place, spend, total) for place, spend in enumerate(held.values())]
    table = pd.DataFrame(rows, index=pd.Index(list(held), name="group"))
    apart = np.abs(np.log(np.maximum(column_of(table, "factor").to_numpy(dtype=np.float64), 1e-9)))
    disputed: Floats = np.where(table["is_decided"], 0.0, np.where(np.isnan(apart), np.inf, apart))
    return table.iloc[np.argsort(-disputed, kind="stable")]


def belief_sentences(table: pd.DataFrame) -> list[MarkedText]:
    """One sentence a group, in the order of the table: see `beliefs`."""
    return [MarkedText(_sentence(name, row)) for name, row in zip(labels_of(table), rows_of(table), strict=True)]


def _sentence(name: str, row: dict[str, object]) -> str:
    if row["is_decided"]:
        return f"{name}: the limits leave no other spend, so nothing has to be believed."
    factor, agree = number(row["factor"]), number(row["share_of_draws"])
    if np.isnan(factor):
        return (
            f"{name}: no factor makes this spend the best one. On a curve of this shape it is worth more to spend "
            "clearly less or clearly more."
        )
    if abs(factor - 1) <= _AGREES:
        return f"{name}: as the model says, to {marked(100 * _AGREES):.0f} %."
    end = "at least " if np.isinf(number(row["upper"])) else "at most " if row["lower"] == 0 else ""
    believed = f"{name} would have to work {end}{marked_rate(factor)} times as well as the model says"
    if np.isnan(agree):
        return f"{believed}."
    few, many = agree < _FEW, agree > 1 - _FEW  # as a whole number they would read as certainty
    share = f"under {marked(1)}" if few else f"over {marked(99)}" if many else f"{marked(100 * agree):.0f}"
    return f"{believed}; {share} % of the model's draws agree with this spend."


def curves_along(
    given: dict[str, float], curves: ResponseCurves, groups: ChannelGroups | Mapping[str, Sequence[str]] | None
) -> GroupCurves:
    """Group curves by the sum, along the shares that channel spends give.

    Parameters
    ----------
    given : dict
        Channel to spend, in currency.
    curves : ResponseCurves
    groups : ChannelGroups, optional
        Default: the channels one by one. A group that gets nothing is split as history has it, or evenly.
    """
    members = (groups if isinstance(groups, ChannelGroups) else ChannelGroups(groups)).over(curves.channels)
    shares: dict[frozenset[str], SplitRule] = {}
    for inside in members.values():
        total = sum(given[channel] for channel in inside)
        if total > 0:
            shares[frozenset(inside)] = {channel: given[channel] / total for channel in inside}
    return group_curves(curves, groups, split=rules_by_members(curves, members, shares))


@dataclass(frozen=True)
class _Placed:
    """A group's spend with the best use of the rest of the money: responses of both, and all spends, (decision,)."""

    own: float
    others: float
    spends: Floats


def _row(problem: BudgetProblem, place: int, spend: float, total: float) -> dict[str, float | bool]:
    """The row of one group."""
    here = _placed(problem, place, spend)
    points = problem.decisions.points[[place]]
    step = max(_STEP * spend, float(np.min(points[:, 1:] - points[:, :-1])))
    near = {side: _nearest(problem, place, spend, side * step) for side in (-1, 1)}
    found = [placed for placed in near.values() if placed is not None]
    row: dict[str, float | bool] = {"spend": spend, "factor": np.nan, "lower": np.nan, "upper": np.nan}
    row |= {"share_of_draws": np.nan, "is_decided": here is None or not found}
    if here is None or not found:
        return row
    lower, upper = _factors(here, found + _far(problem, place, total))
    if lower > upper:
        return row
    factor = min(max(1.0, lower), upper)
    aside = near[-1 if factor > 1 else 1]
    if factor != 1 and aside is not None and problem.channel_curves.has_draws:
        row["share_of_draws"] = _share_of_draws(problem, here, aside)
    return row | {"factor": factor, "lower": lower, "upper": upper}


def _factors(here: _Placed, elsewhere: list[_Placed]) -> tuple[float, float]:
    """Least and greatest factor at which no other spend is better: ``f (F(x) - F(y)) >= V(y) - V(x)`` at every y."""
    lower, upper = 0.0, np.inf
    for other in elsewhere:
        own, others = here.own - other.own, other.others - here.others
        if own > 0:
            lower = max(lower, others / own)
        elif own < 0:
            upper = min(upper, others / own)
        elif others > 0:
            lower = np.inf
    return lower, upper


def _placed(problem: BudgetProblem, place: int, spend: float) -> _Placed | None:
    """The best use of the money where one group spends this; None if the limits do not let it."""
    decisions = problem.decisions
    row = np.zeros(len(decisions.points))
    row[place] = 1.0

    def answer(problem: BudgetProblem) -> Solution | None:
        presolved = presolve(
            np.vstack([problem.matrix, row]),
            np.append(problem.lower, spend),
            np.append(problem.upper, spend),
            decisions.points[:, -1],
            problem.allowed,
        )
        if presolved is None:
            return None
        return best_spends(presolved, decisions.points, decisions.smooth_mean, Objective())

    found = answered_with_cuts(problem, answer, lambda found: None if found is None else found.spends)
    if found is None:
        return None
    own = interpolate_each(decisions.points[[place]], decisions.smooth_mean[[place]], np.full(1, spend)).item(0)
    return _Placed(own, found.objective_value - own, found.spends)


def _nearest(problem: BudgetProblem, place: int, spend: float, step: float) -> _Placed | None:
    """A spend a step to one side, or a smaller step where limits allow no more; None if they allow none."""
    for part in (1.0, 0.1, 0.01):
        at = spend + part * step
        if 0 <= at <= problem.decisions.points.item(place, -1) and (found := _placed(problem, place, at)) is not None:
            return found
    return None


def _far(problem: BudgetProblem, place: int, total: float) -> list[_Placed]:
    """Spends all along the curve, where the curves' shapes do not rule out that a better plan is far away."""
    decisions = problem.decisions
    if all(map(bool, CurveShapes(decisions.points, decisions.smooth_mean).is_concave)):
        return []
    along = np.linspace(0, min(decisions.points.item(place, -1), total), _PLACES)
    placed = [_placed(problem, place, at) for at in map(float, along)]
    return [found for found in placed if found is not None]


def _share_of_draws(problem: BudgetProblem, here: _Placed, other: _Placed) -> float:
    """Share of draws in which the spends as they are, the others at their best, earn no less than a step aside."""
    curves, names = problem.channel_curves, list(problem.decisions.paths)
    earned = [
        curves.earned_by(by_name(problem.decisions.channel_plan(pd.Series(placed.spends, index=names))))
        for placed in (here, other)
    ]
    return float(np.mean(np.greater_equal(earned[0], earned[1])))

"""The best group spends under the limits, with a proof of how good they are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.constraints import Constraint, FixedBudget
from mmm_groups.errors import SolverError
from mmm_groups.group_curves import Method, group_curves
from mmm_groups.piecewise import CURVE_NOISE, concave_envelope, interpolate
from mmm_groups.plan import Plan
from mmm_groups.problem import BudgetProblem, budget_problem
from mmm_groups.response_curves import ResponseCurves
from mmm_groups.shares import Split

Floats = NDArray[np.float64]

GAP_WANTED = 1e-6
"""Relative gap below which the envelope's answer is the optimum and no integer program is solved."""

INTEGER_GAP = 1e-5
"""Relative gap at which the integer program stops."""

TIME_LIMIT = 10.0
"""Seconds for the integer program; what it has by then is the answer, with its gap stated."""


def optimize(
    curves: ResponseCurves,
    *,
    goal: FixedBudget,
    groups: ChannelGroups | None = None,
    method: Method = "sum",
    split: Split = "historical",
    constraints: Iterable[Constraint] = (),
) -> Plan:
    """The plan with the largest mean response under a budget and constraints.

    Parameters
    ----------
    curves : ResponseCurves
    goal : FixedBudget
        Money over the whole horizon.
    groups : ChannelGroups, optional
        Default: the modelled channels one by one.
    method, split
        How group curves are made and how a group's money is split; see `group_curves`.
    constraints : iterable of constraints
        From `ConstraintBuilder`; they may name groups and channels.

    Returns
    -------
    Plan
        With the proven bound on what any plan could reach.

    Raises
    ------
    GroupingError, SplitError, ConstraintError
        If names or numbers do not fit.
    InfeasibleError
        If the limits clash.
    """
    return solve(budget_problem(group_curves(curves, groups, method, split), goal, constraints))


def solve(problem: BudgetProblem) -> Plan:
    """Solve a stated problem to global optimality.

    The concave envelopes of the mean curves give a linear program whose value no plan can exceed. If its answer earns
    that value on the curves themselves, it is the optimum; where it does not (S-shaped curves), an integer program over
    the curves' concave stretches decides, and its dual bound joins the proof.
    """
    tops = problem.decisions.mean.max(axis=1)
    envelopes = np.stack(
        [concave_envelope(p, v) for p, v in zip(problem.decisions.spend.values, problem.decisions.mean, strict=True)]
    )
    is_concave = (envelopes - problem.decisions.mean).max(axis=1) <= CURVE_NOISE * tops
    values = np.where(is_concave[:, None], envelopes, problem.decisions.mean)
    relaxed = _solve_pieces(
        problem, [_whole(p, e) for p, e in zip(problem.decisions.spend.values, envelopes, strict=True)]
    )
    bound, answer = relaxed.value, relaxed
    if _gap(bound, _earned(problem, relaxed.spends)) > GAP_WANTED:
        stretches = [
            _stretches(p, v, e) for p, v, e in zip(problem.decisions.spend.values, values, envelopes, strict=True)
        ]
        chosen, integer_bound = _choose_stretches(problem, stretches)
        bound = min(bound, integer_bound)
        if chosen is not None:
            found = _solve_pieces(problem, chosen)
            answer = max(found, relaxed, key=lambda answer: _earned(problem, answer.spends))
    earned = _earned(problem, answer.spends)
    settled, spends = _settled(problem, pd.Series(answer.spends, index=list(problem.decisions.paths)))
    return Plan(
        problem=settled,
        spends=spends,
        utility=earned,
        upper_bound=max(bound, earned),
        shadow_prices=answer.shadow_prices,
    )


def _settled(problem: BudgetProblem, decided: pd.Series) -> tuple[BudgetProblem, pd.Series]:
    """The planner's groups again: their spends, with groups that were free held at the shares the optimum gave them."""
    if problem.decisions is problem.curves:
        return problem, decided
    channels = problem.decisions.channel_plan(decided)
    groups = problem.curves.groups
    spends = pd.Series({name: float(channels[list(members)].sum()) for name, members in groups.items()})
    free = [name for name, path in problem.curves.paths.items() if path.shares is None]
    shares = {
        name: channels[list(groups[name])] / spends[name]
        if spends[name] > 0
        else problem.curves.paths[name].shares_at(0.0)
        for name in free
    }
    return replace(problem, curves=problem.curves.settled(shares)), spends


@dataclass(frozen=True)
class _Stretch:
    """A concave part of a curve: from `start` on, pieces of the given `lengths` with falling `slopes`."""

    start: float
    value: float
    lengths: Floats
    slopes: Floats


@dataclass(frozen=True)
class _Answer:
    spends: Floats
    value: float
    shadow_prices: pd.Series


def _whole(points: Floats, values: Floats) -> _Stretch:
    return _Stretch(0.0, float(values[0]), np.diff(points), np.diff(values) / np.diff(points))


def _stretches(points: Floats, values: Floats, envelope: Floats) -> list[_Stretch]:
    """Cut a curve into concave stretches: where it touches its envelope it is one, elsewhere at every rise of slope."""
    slopes = np.diff(values) / np.diff(points)
    touching = envelope - values <= CURVE_NOISE * float(values.max())
    cuts = [0]
    for i in range(1, len(slopes)):
        on_envelope = touching[i - 1] and touching[i] and touching[i + 1]
        if slopes[i] > slopes[i - 1] and not on_envelope:
            cuts.append(i)
    ends = [*cuts[1:], len(slopes)]
    return [
        _Stretch(float(points[a]), float(values[a]), np.diff(points[a : b + 1]), slopes[a:b])
        for a, b in zip(cuts, ends, strict=True)
    ]


def _scale(problem: BudgetProblem) -> tuple[float, float]:
    """Units in which the program's numbers are near 1: money, and response per money."""
    money = max(problem.goal.total, 1.0)
    roi = float((problem.decisions.mean[:, -1] / problem.decisions.spend.values[:, -1]).max())
    return money, roi if roi > 0 else 1.0


def _solve_pieces(problem: BudgetProblem, stretches: list[_Stretch]) -> _Answer:
    """Fill the pieces of one concave stretch for each group: a linear program, with the limits' shadow prices."""
    money, roi = _scale(problem)
    groups = np.repeat(np.arange(len(stretches)), [len(s.lengths) for s in stretches])
    starts = np.array([s.start for s in stretches])
    rows = csr_array(problem.matrix[:, groups])
    offset = problem.matrix @ starts
    equal = problem.lower == problem.upper
    above, below = np.isfinite(problem.upper) & ~equal, np.isfinite(problem.lower) & ~equal
    found = linprog(
        -np.concatenate([s.slopes for s in stretches]) / roi,
        A_ub=vstack([rows[above], -rows[below]]) if (above | below).any() else None,
        b_ub=np.concatenate([(problem.upper - offset)[above], (offset - problem.lower)[below]]) / money,
        A_eq=rows[equal],
        b_eq=(problem.upper - offset)[equal] / money,
        bounds=np.stack([np.zeros(len(groups)), np.concatenate([s.lengths for s in stretches]) / money], axis=1),
        method="highs",
    )
    if found.status != 0:
        raise SolverError(f"The optimiser stopped without an answer: {found.message} Please report this problem.")
    spends = starts + np.bincount(groups, found.x, len(stretches)) * money
    prices = np.zeros(len(problem.limits))
    prices[above] += -found.ineqlin.marginals[: above.sum()] * roi
    prices[below] -= found.ineqlin.marginals[above.sum() :] * roi
    prices[equal] = -found.eqlin.marginals * roi
    value = sum(s.value for s in stretches) - found.fun * roi * money
    index = [limit.key for limit in problem.limits]
    return _Answer(_balanced(problem, spends), float(value), pd.Series(prices, index=index))


def _choose_stretches(problem: BudgetProblem, stretches: list[list[_Stretch]]) -> tuple[list[_Stretch] | None, float]:
    """Which stretch of each curve holds the optimum: a multiple-choice integer program, and its upper bound.

    None if it found nothing within its time; the plan's gap then says how far the answer may be from the best.
    """
    money, roi = _scale(problem)
    flat = [(group, s) for group, parts in enumerate(stretches) for s in parts]
    owner = np.array([group for group, _ in flat])
    piece_of = np.repeat(np.arange(len(flat)), [len(s.lengths) for _, s in flat])
    lengths = np.concatenate([s.lengths for _, s in flat]) / money
    pieces, count = len(lengths), len(flat)
    # Variables: money in each piece, then one yes/no for each stretch. A piece takes money only in the chosen stretch.
    cost = np.concatenate([-np.concatenate([s.slopes for _, s in flat]), [-s.value / money for _, s in flat]]) / roi
    inside = hstack(
        [csr_array(np.eye(pieces)), csr_array((-lengths, (np.arange(pieces), piece_of)), shape=(pieces, count))]
    )
    one_each = hstack(
        [
            csr_array((len(stretches), pieces)),
            csr_array((np.ones(count), (owner, np.arange(count))), shape=(len(stretches), count)),
        ]
    )
    starts = np.array([s.start for _, s in flat]) / money
    limits = np.concatenate([problem.matrix[:, owner[piece_of]], problem.matrix[:, owner] * starts], axis=1)
    found = milp(
        cost,
        integrality=np.concatenate([np.zeros(pieces), np.ones(count)]),
        bounds=Bounds(0, np.concatenate([lengths, np.ones(count)])),
        constraints=[
            LinearConstraint(inside, -np.inf, 0),
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(limits, problem.lower / money, problem.upper / money),
        ],
        options={"mip_rel_gap": INTEGER_GAP, "time_limit": TIME_LIMIT},
    )
    bound = float(-found.mip_dual_bound * roi * money) if found.mip_dual_bound is not None else float("inf")
    if found.x is None and found.status == 1:
        return None, bound
    if found.x is None:
        raise SolverError(f"The optimiser stopped without an answer: {found.message} Please report this problem.")
    picked = found.x[pieces:] > 0.5
    chosen = [s for take, (_, s) in zip(picked, flat, strict=True) if take]
    return chosen, bound


def _balanced(problem: BudgetProblem, spends: Floats) -> Floats:
    """Remove the solver's rounding (1e-9 of the budget) from the sum, on the largest spend."""
    spends = np.clip(spends, 0.0, problem.decisions.spend.values[:, -1])
    rest = problem.goal.total - spends.sum()
    if abs(rest) > 1e-7 * max(problem.goal.total, 1.0):
        raise SolverError(
            f"The optimiser's spends miss the budget by {rest:,.2f}, more than rounding. Please report this problem."
        )
    spends[int(np.argmax(spends))] += rest
    return spends


def _earned(problem: BudgetProblem, spends: Floats) -> float:
    curves = zip(problem.decisions.spend.values, problem.decisions.mean, spends, strict=True)
    return float(sum(interpolate(points, values, spend) for points, values, spend in curves))


def _gap(bound: float, reached: float) -> float:
    return (bound - reached) / max(abs(bound), 1e-300)

"""The best spends for utilities other than the mean.

A mean of the worst draws is the least of many weighted means, and the optimum of any weighted mean bounds it from
above. So: keep the weighted means met so far, find the spends whose least one is best (a linear program), see which
weighting is worst there, add it. The program's own prices blend them into one weighted mean whose optimum is the bound;
on concave curves both meet. A quantile is not concave: with the draws that may fall below it chosen, the least of the
others is, so that choice and spends take turns, from several starts, and money moved between pairs climbs the rest. Its
bound is the quantile of what each draw could reach at most.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mmm_groups.climbing import climbed
from mmm_groups.drawn import Drawn
from mmm_groups.numerics.arrays import Floats
from mmm_groups.problem import BudgetProblem
from mmm_groups.solver.branch_and_bound import Found
from mmm_groups.solver.program import Aim, Optimum, Program
from mmm_groups.solver.simplex import maximise
from mmm_groups.unreachable import refuse
from mmm_groups.utilities import ConditionalValueAtRisk, MeanResponse, Quantile, worst_shares

Worst = Callable[[Floats], Floats]
"""From the response, (draw,), to the shares of draws, (draw,), whose weighted mean counts."""

CLOSED = 1e-5
"""Relative gap at which the bound counts as reached."""

_ROUNDS = 40
_TURNS, _TURN_ROUNDS = 4, 8  # of a quantile, for those that are finished
_FINISHED = 2  # starts that are followed to their end
_SHAKES, _EACH = (0.1, 0.03), 4  # relative changes of spends from which the best is climbed to again
_ELSEWHERE = 4  # random starts beside those that the draws suggest
_FEW = 4
_NEAR, _COARSE = 3, 9  # points kept on either side of a spend, and all along a curve


def risk_averse_spends(problem: BudgetProblem) -> tuple[Found, str]:
    """The best spends for the problem's utility, and what its bound is worth: `proven` or `relaxed`.

    Raises
    ------
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    tight = problem.tight
    if tight is None:
        refuse(problem)
    view = Drawn(problem, tight)
    if isinstance(problem.utility, ConditionalValueAtRisk):
        most = 1 / (problem.utility.alpha * view.draws)
        found = _least_best(view, lambda response: worst_shares(response, most), [view.even], _ROUNDS)
    else:
        assert isinstance(problem.utility, Quantile)
        found = _quantile(view, problem.utility.q)
    if found is None:
        refuse(replace(problem, utility=MeanResponse()))
    closed = found.bound - found.objective <= 10 * CLOSED * abs(found.bound)
    return found, "proven" if closed else "relaxed"


def _least_best(view: Drawn, worst: Worst, first: list[Floats], rounds: int) -> Found | None:
    """Spends whose least weighted mean is best, with the bound that a blend of the weightings gives."""
    weightings = list(first)
    curves = [view.averaged(shares) for shares in weightings]
    kept: Found | None = None
    bound, blend = np.inf, weightings[0]
    near: list[Floats] = []
    for _ in range(rounds):
        blended = view.best(blend)
        if blended is None:
            return kept
        if blended.bound < bound:
            bound = blended.bound
        near.append(blended.spends)
        tried = [blended.spends]
        answer = _best_of_least(view, curves, near[-6:])
        if answer is not None:
            tried.append(answer[0])
            near.append(answer[0])
            blend = np.asarray(answer[1] @ np.array(weightings))
        for spends in tried:
            utility, objective = view.reached(spends)
            if objective > -np.inf and (kept is None or objective > kept.objective):
                optimum = Optimum(spends, blended.optimum.prices, blended.optimum.need_price)
                kept = replace(blended, spends=spends, objective=objective, optimum=optimum, utility=utility)
            weightings.append(worst(view.response(spends)))
            curves.append(view.averaged(weightings[-1]))
        if kept is not None and bound - kept.objective <= CLOSED * abs(bound):
            break
    return None if kept is None else replace(kept, bound=max(bound, kept.objective))


def _best_of_least(view: Drawn, curves: list[Floats], near: list[Floats]) -> tuple[Floats, Floats] | None:
    """Spends whose least weighted mean is best, and the blend of weightings that proves it; None if none fit.

    On few points: some all along the curves, and those around earlier answers.
    """
    programs = [view.tight.program(view.problem.decisions.points, values, view.aim) for values in curves]
    points = programs[0].points
    picked = [_picked(at, [spends[i] for spends in near]) for i, at in enumerate(points)]
    owner = np.repeat(np.arange(len(points)), [len(p) for p in picked])
    money = max(float(points[:, -1].sum()), 1e-300)
    at = np.concatenate([row[p] for row, p in zip(points, picked, strict=True)]) / money
    earned = np.stack(
        [np.concatenate([row[p] for row, p in zip(program.values, picked, strict=True)]) for program in programs]
    )
    size = max(float(np.abs(earned).max()), 1e-300)
    rows, ends = _rows(view, owner, at, earned / size, money, size)
    aim = view.aim
    gain = np.append(-aim.charge * money * at / size, aim.reward)
    whole = np.zeros((len(points), len(at) + 1))
    whole[owner, np.arange(len(at))] = 1.0
    found = linprog(
        -gain / max(np.abs(gain).max(), 1e-300),
        A_ub=rows,
        b_ub=ends,
        A_eq=whole,
        b_eq=np.ones(len(points)),
        bounds=[(0, None)] * len(at) + [(None, None)],
        method="highs",
    )
    if found.status != 0:
        return None
    spends = np.asarray(np.bincount(owner, found.x[:-1] * at, len(points)) * money, dtype=np.float64)
    share = np.maximum(-found.ineqlin.marginals[: len(curves)], 0.0)
    if share.sum() <= 0:
        return None
    fitted = _fitted(programs[0], spends)
    return None if fitted is None else (fitted, np.asarray(share / share.sum(), dtype=np.float64))


def _rows(
    view: Drawn, owner: NDArray[np.intp], at: Floats, earned: Floats, money: float, size: float
) -> tuple[Floats, Floats]:
    """The program's rows ``A x <= b`` over (shares of the points, least weighted mean): means, limits, need."""
    tight, aim = view.tight, view.aim
    rows = [np.append(-values, 1.0) for values in earned]
    ends = [0.0] * len(rows)
    for row, low, high in zip(tight.matrix, tight.lower, tight.upper, strict=True):
        used = np.append(row[owner] * at, 0.0)
        for sign, end in ((1.0, high), (-1.0, -low)):
            if np.isfinite(end):
                rows.append(sign * used)
                ends.append(end / money)
    if aim.needs:
        rows.append(np.append(aim.take * money * at / size, -aim.give))
        ends.append(-aim.least / size)
    return np.array(rows), np.array(ends)


def _picked(points: Floats, near: list[float]) -> NDArray[np.intp]:
    """Places of the points to use: some all along, and those around each spend."""
    last = len(points) - 1
    around = [np.searchsorted(points, x) + np.arange(-_NEAR, _NEAR + 1) for x in near]
    found = np.unique(np.concatenate([np.linspace(0, last, _COARSE).round().astype(np.intp), *around]).clip(0, last))
    return np.asarray(found[np.append(True, np.diff(points[found]) > 0)])


def _fitted(program: Program, spends: Floats) -> Floats | None:
    """The nearest spends that meet the limits exactly: a solver's answer misses them by its tolerance."""
    low, high = program.points[:, 0], program.points[:, -1]
    middle = np.clip(spends, low, high)
    steps = np.geomspace(1e-9, 1.0, 10)
    points = np.concatenate(
        [
            (middle[:, None] - steps[::-1] * (middle - low)[:, None]),
            middle[:, None],
            (middle[:, None] + steps * (high - middle)[:, None]),
        ],
        axis=1,
    )
    points = np.clip(np.maximum.accumulate(points, axis=1), low[:, None], high[:, None])
    distance = (points - middle[:, None]) / max(float(high.max()), 1e-300)
    found = maximise(Program(points, -(distance**2), program.matrix, program.lower, program.upper, Aim()))
    return None if found is None else found.spends


def _quantile(view: Drawn, q: float) -> Found | None:
    """Choose which draws may fall below, maximise the least of the others, choose again; from several starts."""
    middle = view.best(view.even)
    if middle is None:
        return None
    place = q * (view.draws - 1)
    below, part = int(np.floor(place)), place - np.floor(place)
    # Between two ordered draws: either is maximised in turn, since both together are not concave.
    choices = ((below + 1, 1.0), (below, max(1 - part, 0.5)))
    starts = [_scored(view, start) for start in _starts(view, middle, q)]
    tried = [climbed(view, start) for start in starts]
    tried += [
        climbed(view, _taking_turns(view, start, below, cap, 1, _TURN_ROUNDS))
        for start in starts
        for below, cap in choices
    ]
    tried.sort(key=lambda found: -found.objective)
    ends = [_settling(view, found, below, cap, _TURN_ROUNDS) for found in tried[:_FINISHED] for below, cap in choices]
    best = _shaken(view, max(ends, key=lambda found: found.objective))
    last = [_settling(view, best, below, cap, _ROUNDS) for below, cap in choices]
    best = max(last, key=lambda found: found.objective)
    if best.objective == -np.inf:
        return None
    return replace(best, bound=max(_quantile_bound(view, middle.optimum, q), best.objective))


def _shaken(view: Drawn, found: Found) -> Found:
    """Climb again from nearby: draws that change places around the quantile make many small tops beside each other."""
    program = view.tight.program(view.problem.decisions.points, view.problem.decisions.mean, view.aim)
    rng = np.random.default_rng(1)
    for width in np.repeat(_SHAKES, _EACH):
        near = _fitted(program, found.spends * rng.lognormal(0, width, len(found.spends)))
        if near is not None:
            utility, objective = view.reached(near)
            other = climbed(view, replace(found, spends=near, utility=utility, objective=objective))
            found = other if other.objective > found.objective else found
    return found


def _settling(view: Drawn, found: Found, below: int, most: float, rounds: int) -> Found:
    """Climb and take turns until neither helps: the first stops at kinks, the second at its choice of draws."""
    for _ in range(_TURNS):
        better = climbed(view, _taking_turns(view, found, below, most, _TURNS, rounds))
        if not better.objective > found.objective + 1e-9 * abs(found.objective):
            return better
        found = better
    return found


def _starts(view: Drawn, middle: Found, q: float) -> list[Found]:
    """The best mean, the best means of the draws around the quantile, and the best mean of the worst draws."""
    order = np.argsort(view.response(middle.spends))
    ranks = (np.arange(view.draws) + 0.5) / view.draws
    starts = [middle]
    for width in (0.05, 0.2):
        shares = np.zeros(view.draws)
        shares[order] = np.maximum(width - np.abs(ranks - q), 1e-12)
        found = view.best(shares / shares.sum())
        starts += [] if found is None else [found]
    alpha = min(2 * q, 1.0) if q <= 0.5 else 1.0
    most = 1 / (alpha * view.draws)
    tail = _least_best(view, lambda response: worst_shares(response, most), [view.even], 6)
    starts += [] if tail is None else [tail]
    program = view.tight.program(view.problem.decisions.points, view.problem.decisions.mean, view.aim)
    rng = np.random.default_rng(0)
    for _ in range(_ELSEWHERE):
        near = _fitted(program, middle.spends * rng.lognormal(0, 0.7, len(middle.spends)))
        starts += [] if near is None else [replace(middle, spends=near)]
    if len(middle.spends) <= _FEW:  # between few curves all mixes are soon tried, and S-shapes reward extreme ones
        for mix in _mixes(len(middle.spends)):
            near = _fitted(program, mix * middle.spends.sum())
            starts += [] if near is None else [replace(middle, spends=near)]
    return starts


def _mixes(count: int) -> Floats:
    """All money in one place, and every pair at a quarter, a half and three quarters, (mix, decision)."""
    alone = np.eye(count)
    pairs = [
        share * alone[a] + (1 - share) * alone[b]
        for a in range(count)
        for b in range(a)
        for share in (0.1, 0.25, 0.5, 0.75, 0.9)
    ]
    return np.array([*alone, *pairs])


def _scored(view: Drawn, found: Found) -> Found:
    """The same plan with the problem's own utility."""
    utility, objective = view.reached(found.spends)
    return replace(found, objective=objective, utility=utility)


def _taking_turns(view: Drawn, start: Found, below: int, most: float, turns: int, rounds: int) -> Found:
    """Choose the draws that may fall below, maximise the least of the others, choose again."""
    best = start
    for _ in range(turns):
        above = np.argsort(view.response(best.spends), kind="stable")[below:]

        def worst(response: Floats, above: NDArray[np.intp] = above) -> Floats:
            shares = np.zeros(view.draws)
            shares[above] = worst_shares(response[above], min(most, 1.0))
            return shares

        first = worst(view.response(best.spends))
        even = np.zeros(view.draws)
        even[above[: max(len(above) // 10, 1)]] = 1 / max(len(above) // 10, 1)
        found = _least_best(view, worst, [first, even], rounds)
        if found is None or not found.objective > best.objective * (1 + 1e-9 * np.sign(best.objective)):
            break
        best = found
    return best


def _quantile_bound(view: Drawn, optimum: Optimum, q: float) -> float:
    """The quantile of the draws' own bounds at the prices of the mean: no plan is above every draw's bound."""
    aim, tight = view.aim, view.tight
    charges = aim.charge + optimum.need_price * aim.take + optimum.prices @ tight.matrix
    reward = aim.reward + optimum.need_price * aim.give
    ends = np.where(optimum.prices > 0, tight.upper, tight.lower)[optimum.prices != 0]
    fixed = float(ends @ optimum.prices[optimum.prices != 0]) - (optimum.need_price * aim.least if aim.needs else 0.0)
    decisions = view.problem.decisions
    bounds = np.full(view.draws, fixed)
    for place, name in enumerate(decisions.paths):
        points = np.unique(decisions.points[place].clip(tight.low[place], tight.high[place]))
        bounds += (reward * decisions.draws_along(name, points) - charges[place] * points).max(axis=1)
    return float(np.quantile(bounds, q))

"""A high quantile of the response: a heuristic search with a bound.

A quantile is not concave: with the draws that may fall below it chosen, the least of the others is, so that choice and
spends take turns, from several starts, and money moved between pairs climbs the rest. The bound is the quantile of what
each draw could reach at most.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.least_weighted_mean import ROUNDS, least_best, nearest_feasible
from mmm_groups.optimizer.local_search import local_search
from mmm_groups.problem.utilities import worst_shares
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Optimum

_TURNS, _TURN_ROUNDS = 4, 8  # of a quantile, for those that are finished
_FINISHED = 2  # starts that are followed to their end
_SHAKES, _EACH = (0.1, 0.03), 4  # relative changes of spends from which the best is climbed to again
_ELSEWHERE = 4  # random starts beside those that the draws suggest
_FEW = 4


def best_quantile(by_draw: ProblemByDraw, q: float) -> Solution | None:
    """Choose which draws may fall below, maximise the least of the others, choose again; from several starts."""
    middle = by_draw.best(by_draw.even)
    if middle is None:
        return None
    place = q * (by_draw.draws - 1)
    below, part = int(np.floor(place)), place - np.floor(place)
    # Between two ordered draws: either is maximised in turn, since both together are not concave.
    choices = ((below + 1, 1.0), (below, max(1 - part, 0.5)))
    starts = [_scored(by_draw, start) for start in _starts(by_draw, middle, q)]
    tried = [local_search(by_draw, start) for start in starts]
    tried += [
        local_search(by_draw, _taking_turns(by_draw, start, below, cap, 1, _TURN_ROUNDS))
        for start in starts
        for below, cap in choices
    ]
    tried.sort(key=lambda found: -found.objective_value)
    ends = [
        _settling(by_draw, found, below, cap, _TURN_ROUNDS) for found in tried[:_FINISHED] for below, cap in choices
    ]
    best = _shaken(by_draw, max(ends, key=lambda found: found.objective_value))
    last = [_settling(by_draw, best, below, cap, ROUNDS) for below, cap in choices]
    best = max(last, key=lambda found: found.objective_value)
    if best.objective_value == -np.inf:
        return None
    return replace(best, bound=max(_quantile_bound(by_draw, middle.optimum, q), best.objective_value))


def _shaken(by_draw: ProblemByDraw, found: Solution) -> Solution:
    """Climb again from nearby: draws that change places around the quantile make many small tops beside each other."""
    program = by_draw.presolved.program(
        by_draw.problem.decisions.points, by_draw.problem.decisions.mean, by_draw.objective
    )
    rng = np.random.default_rng(1)
    for width in np.repeat(_SHAKES, _EACH):
        near = nearest_feasible(program, found.spends * rng.lognormal(0, width, len(found.spends)))
        if near is not None:
            utility, objective_value = by_draw.reached(near)
            other = local_search(by_draw, replace(found, spends=near, utility=utility, objective_value=objective_value))
            found = other if other.objective_value > found.objective_value else found
    return found


def _settling(by_draw: ProblemByDraw, found: Solution, below: int, most: float, rounds: int) -> Solution:
    """Climb and take turns until neither helps: the first stops at kinks, the second at its choice of draws."""
    for _ in range(_TURNS):
        better = local_search(by_draw, _taking_turns(by_draw, found, below, most, _TURNS, rounds))
        if not better.objective_value > found.objective_value + 1e-9 * abs(found.objective_value):
            return better
        found = better
    return found


def _starts(by_draw: ProblemByDraw, middle: Solution, q: float) -> list[Solution]:
    """The best mean, the best means of the draws around the quantile, and the best mean of the worst draws."""
    order = np.argsort(by_draw.response(middle.spends))
    ranks = (np.arange(by_draw.draws) + 0.5) / by_draw.draws
    starts = [middle]
    for width in (0.05, 0.2):
        shares = np.zeros(by_draw.draws)
        shares[order] = np.maximum(width - np.abs(ranks - q), 1e-12)
        found = by_draw.best(shares / shares.sum())
        starts += [] if found is None else [found]
    alpha = min(2 * q, 1.0) if q <= 0.5 else 1.0
    most = 1 / (alpha * by_draw.draws)
    tail = least_best(by_draw, lambda response: worst_shares(response, most), [by_draw.even], 6)
    starts += [] if tail is None else [tail]
    program = by_draw.presolved.program(
        by_draw.problem.decisions.points, by_draw.problem.decisions.mean, by_draw.objective
    )
    rng = np.random.default_rng(0)
    for _ in range(_ELSEWHERE):
        near = nearest_feasible(program, middle.spends * rng.lognormal(0, 0.7, len(middle.spends)))
        starts += [] if near is None else [replace(middle, spends=near)]
    if len(middle.spends) <= _FEW:  # between few curves all mixes are soon tried, and S-shapes reward extreme ones
        for mix in _mixes(len(middle.spends)):
            near = nearest_feasible(program, mix * middle.spends.sum())
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


def _scored(by_draw: ProblemByDraw, found: Solution) -> Solution:
    """The same plan with the problem's own utility."""
    utility, objective_value = by_draw.reached(found.spends)
    return replace(found, objective_value=objective_value, utility=utility)


def _taking_turns(
    by_draw: ProblemByDraw, start: Solution, below: int, most: float, turns: int, rounds: int
) -> Solution:
    """Choose the draws that may fall below, maximise the least of the others, choose again."""
    best = start
    for _ in range(turns):
        above = np.argsort(by_draw.response(best.spends), kind="stable")[below:]

        def worst(response: Floats, above: NDArray[np.intp] = above) -> Floats:
            shares = np.zeros(by_draw.draws)
            shares[above] = worst_shares(response[above], min(most, 1.0))
            return shares

        first = worst(by_draw.response(best.spends))
        even = np.zeros(by_draw.draws)
        even[above[: max(len(above) // 10, 1)]] = 1 / max(len(above) // 10, 1)
        found = least_best(by_draw, worst, [first, even], rounds)
        if found is None or not found.objective_value > best.objective_value * (
            1 + 1e-9 * np.sign(best.objective_value)
        ):
            break
        best = found
    return best


def _quantile_bound(by_draw: ProblemByDraw, optimum: Optimum, q: float) -> float:
    """The quantile of the draws' own bounds at the prices of the mean: no plan is above every draw's bound."""
    presolved, decisions = by_draw.presolved, by_draw.problem.decisions
    program = presolved.program(decisions.points, decisions.mean, by_draw.objective)
    prices, requirement_price = optimum.prices, optimum.requirement_price
    response_weight, unit_costs = by_draw.objective.priced(prices, requirement_price, presolved.matrix)
    bounds = np.full(by_draw.draws, program.worth_of_limits(prices, requirement_price))
    for place, name in enumerate(decisions.paths):
        points = np.unique(decisions.points[place].clip(presolved.low[place], presolved.high[place]))
        bounds += (response_weight * decisions.draws_along(name, points) - unit_costs[place] * points).max(axis=1)
    return float(np.quantile(bounds, q))

"""A high quantile of the response: a heuristic search with a bound.

A quantile is not concave: with the draws that may fall below it chosen, the least of the others is, so that choice and
spends take turns, from several starts, and money moved between pairs climbs the rest. The bound is the quantile of what
each draw could reach at most.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import Drawn
from mmm_groups.optimizer.least_weighted_mean import ROUNDS, least_best, nearest_feasible
from mmm_groups.optimizer.local_search import climbed
from mmm_groups.problem.utilities import worst_shares
from mmm_groups.solver.branch_and_bound import Found
from mmm_groups.solver.program import Optimum

_TURNS, _TURN_ROUNDS = 4, 8  # of a quantile, for those that are finished
_FINISHED = 2  # starts that are followed to their end
_SHAKES, _EACH = (0.1, 0.03), 4  # relative changes of spends from which the best is climbed to again
_ELSEWHERE = 4  # random starts beside those that the draws suggest
_FEW = 4


def best_quantile(view: Drawn, q: float) -> Found | None:
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
    last = [_settling(view, best, below, cap, ROUNDS) for below, cap in choices]
    best = max(last, key=lambda found: found.objective)
    if best.objective == -np.inf:
        return None
    return replace(best, bound=max(_quantile_bound(view, middle.optimum, q), best.objective))


def _shaken(view: Drawn, found: Found) -> Found:
    """Climb again from nearby: draws that change places around the quantile make many small tops beside each other."""
    program = view.tight.program(view.problem.decisions.points, view.problem.decisions.mean, view.aim)
    rng = np.random.default_rng(1)
    for width in np.repeat(_SHAKES, _EACH):
        near = nearest_feasible(program, found.spends * rng.lognormal(0, width, len(found.spends)))
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
    tail = least_best(view, lambda response: worst_shares(response, most), [view.even], 6)
    starts += [] if tail is None else [tail]
    program = view.tight.program(view.problem.decisions.points, view.problem.decisions.mean, view.aim)
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
        found = least_best(view, worst, [first, even], rounds)
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

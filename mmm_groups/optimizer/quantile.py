"""A high quantile of the response: a heuristic search, with a bound that holds all the same.

A quantile is not concave in the spends, and nothing here proves that the best plan was found. Once the draws that may
fall below it are chosen, though, it is the least of the others, which is concave where the curves are. So choice and
spends take turns, from several starts; then money moved between pairs of decisions improves what is left. The bound is
the quantile of what each draw could reach at most. `docs/solver.md` tells what each constant is for.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.incumbent import first_on_the_way
from mmm_groups.optimizer.least_weighted_mean import ROUNDS, best_least_mean, nearest_feasible
from mmm_groups.optimizer.local_search import local_search
from mmm_groups.problem.utilities import worst_weights
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Objective, Optimum

_FEW = 4  # decisions up to which all money in one place, and pairs of decisions at `_PAIR_SHARES`, are starts as well
_PAIR_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
_TRIED = 4  # best starts, each searched locally, from which draws are chosen once
_FINISHED = 2  # best starts that are followed until nothing helps
_TURNS = 4  # at the most, of choosing draws and spends
_FIRST_ROUNDS = 8  # weightings added for one choice of draws, until the last time, when all `ROUNDS` are
_KICKS = (0.1,) * 8 + (0.03,) * 8  # log-normal spreads of the kicks after each of which it searches again
_LEAST_GAIN = 1e-9  # relative to the objective: less is no gain


def best_quantile(by_draw: ProblemByDraw, q: float, known: Sequence[Floats] = ()) -> Solution | None:
    """The best spends found for the `q` quantile of the response; None if none found meets the requirement.

    Parameters
    ----------
    by_draw : ProblemByDraw
    q : float
    known : sequence of arrays, (decision,)
        Plans to begin with, in currency.
    """
    mean = by_draw.best_for(by_draw.equal_weights)
    if mean is None:
        mean = replace(by_draw, objective=Objective()).best_for(by_draw.equal_weights)
    if mean is None:
        return None
    starts = _feasible_starts(by_draw, mean, q, known)
    if not starts:
        return None
    place = q * (by_draw.draws - 1)
    below, part = int(np.floor(place)), place - np.floor(place)
    # The quantile lies between two ordered draws: either is maximised in turn, since both together are not concave.
    choices = ((below + 1, 1.0), (below, max(1 - part, 0.5)))
    tried = sorted((_searched(by_draw, start) for start in starts), key=lambda found: -found.objective_value)
    tried += [
        _searched(by_draw, _alternated(by_draw, found, below, most, 1, _FIRST_ROUNDS))
        for found in tried[:_TRIED]
        for below, most in choices
    ]
    tried.sort(key=lambda found: -found.objective_value)
    promising = tried[:_FINISHED]
    ends = [_followed(by_draw, found, below, most, _FIRST_ROUNDS) for found in promising for below, most in choices]
    best = _kicked(by_draw, max(ends, key=lambda found: found.objective_value))
    last = [_followed(by_draw, best, below, most, ROUNDS) for below, most in choices]
    best = max(last, key=lambda found: found.objective_value)
    return replace(best, bound=max(_bound(by_draw, mean.optimum, q), best.objective_value))


def _feasible_starts(by_draw: ProblemByDraw, mean: Solution, q: float, known: Sequence[Floats]) -> list[Solution]:
    """Plans to begin with, moved until they meet the requirement; none if no plan is found that does."""
    starts = _starts(by_draw, mean, q, known)
    required = by_draw.objective.requirement
    if required is None:
        return [_scored(by_draw, replace(mean, spends=spends)) for spends in starts]
    margin = replace(by_draw, objective=Objective(required.response_weight, required.spend_weight))
    feasible = max(starts, key=lambda spends: margin.scored(spends)[1])
    if by_draw.scored(feasible)[1] == -np.inf:
        found = best_quantile(margin, q, starts)
        if found is None or by_draw.scored(found.spends)[1] == -np.inf:
            return []
        feasible = found.spends
    moved = [first_on_the_way(by_draw, spends, feasible) for spends in starts]
    return [_scored(by_draw, replace(mean, spends=spends)) for spends in moved]


def _starts(by_draw: ProblemByDraw, mean: Solution, q: float, known: Sequence[Floats]) -> list[Floats]:
    """The best mean, the best mean of the worst draws, the reference, and plans known; of few decisions, mixes."""
    alpha = min(2 * q, 1.0) if q <= 0.5 else 1.0
    most = 1 / (alpha * by_draw.draws)
    tail = best_least_mean(by_draw, lambda response: worst_weights(response, most), [by_draw.equal_weights], 6)
    wanted = [spends for spends in (by_draw.problem.reference, *known) if np.isfinite(spends).all()]
    if len(mean.spends) <= _FEW:  # S-shapes reward extreme mixes, and between few decisions they are soon tried
        wanted += list(_mixes(len(mean.spends)) * mean.spends.sum())
    moved = [nearest_feasible(by_draw.mean_program, spends) for spends in wanted]
    starts = [mean.spends, *([] if tail is None else [tail.spends])]
    return starts + [spends for spends in moved if spends is not None]


def _mixes(count: int) -> Floats:
    """All money in one place, and every pair of decisions at some shares, (mix, decision)."""
    alone = np.eye(count)
    pairs = [
        share * alone[a] + (1 - share) * alone[b] for a in range(count) for b in range(a) for share in _PAIR_SHARES
    ]
    return np.array([*alone, *pairs])


def _scored(by_draw: ProblemByDraw, found: Solution) -> Solution:
    """The same plan with the problem's own utility."""
    utility, objective_value = by_draw.scored(found.spends)
    optimum = replace(found.optimum, spends=found.spends)
    return replace(found, objective_value=objective_value, utility=utility, optimum=optimum)


def _searched(by_draw: ProblemByDraw, found: Solution) -> Solution:
    return _scored(by_draw, replace(found, spends=local_search(by_draw, found.spends)))


def _alternated(by_draw: ProblemByDraw, start: Solution, below: int, most: float, turns: int, rounds: int) -> Solution:
    """Choose the draws that may fall below, maximise the least of the others, choose again; never worse than the start.

    `most` is the largest weight of a single draw: at 1 the least of the others counts, at less the mean of the least.
    """
    best = start
    for _ in range(turns):
        above = np.argsort(by_draw.response(best.spends), kind="stable")[below:]

        def worst(response: Floats, above: NDArray[np.intp] = above) -> Floats:
            weights = np.zeros(by_draw.draws)
            weights[above] = worst_weights(response[above], min(most, 1.0))
            return weights

        least = worst(by_draw.response(best.spends))
        lowest_tenth = np.zeros(by_draw.draws)
        lowest_tenth[above[: max(len(above) // 10, 1)]] = 1 / max(len(above) // 10, 1)
        found = best_least_mean(by_draw, worst, [least, lowest_tenth], rounds, best.spends)
        if found is None or not _is_gain(found, best):
            break
        best = found
    return best


def _followed(by_draw: ProblemByDraw, found: Solution, below: int, most: float, rounds: int) -> Solution:
    """Take turns and search locally until neither gains: the first stops at its choice, the second at kinks."""
    for _ in range(_TURNS):
        better = _searched(by_draw, _alternated(by_draw, found, below, most, _TURNS, rounds))
        if not _is_gain(better, found):
            return better
        found = better
    return found


def _is_gain(new: Solution, old: Solution) -> bool:
    return new.objective_value > old.objective_value + _LEAST_GAIN * abs(old.objective_value)


def _kicked(by_draw: ProblemByDraw, found: Solution) -> Solution:
    """Iterated local search: draws that swap ranks around the quantile make many small tops beside each other."""
    rng = np.random.default_rng(1)
    for spread in _KICKS:
        near = nearest_feasible(by_draw.mean_program, found.spends * rng.lognormal(0, spread, len(found.spends)))
        if near is not None:
            near = first_on_the_way(by_draw, near, found.spends)
            other = _searched(by_draw, replace(found, spends=near))
            found = other if other.objective_value > found.objective_value else found
    return found


def _bound(by_draw: ProblemByDraw, optimum: Optimum, q: float) -> float:
    """The quantile of the draws' own bounds at the prices of the mean's optimum: no plan exceeds any draw's bound."""
    presolved, decisions = by_draw.presolved, by_draw.problem.decisions
    prices, requirement_price = optimum.prices, optimum.requirement_price
    response_weight, unit_costs = by_draw.objective.priced(prices, requirement_price, presolved.matrix)
    bounds = np.full(by_draw.draws, by_draw.mean_program.worth_of_limits(prices, requirement_price))
    for place, name in enumerate(decisions.paths):
        points = np.unique(decisions.points[place].clip(presolved.low[place], presolved.high[place]))
        bounds += (response_weight * decisions.draws_along(name, points) - unit_costs[place] * points).max(axis=1)
    return float(np.quantile(bounds, q))

"""The best spends for utilities other than the mean: worst cases by cutting planes, a quantile by search."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.least_weighted_mean import CLOSED, ROUNDS, best_least_mean, nearest_feasible
from mmm_groups.optimizer.out_of_reach import takes_a_search
from mmm_groups.optimizer.quantile import best_quantile
from mmm_groups.optimizer.worst_cases import WorstCaseSearch
from mmm_groups.problem.utilities import ConditionalValueAtRisk, Quantile, worst_weights
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Objective


def risk_averse_spends(by_draw: ProblemByDraw, known: Sequence[Floats]) -> tuple[Solution | None, str]:
    """The best spends for the problem's utility, and what their bound is worth: `proven` or `relaxed`.

    None if none are found that meet limits and requirement.

    Parameters
    ----------
    by_draw : ProblemByDraw
    known : sequence of arrays, (decision,)
        Plans that a search begins with, in currency.
    """
    utility = by_draw.problem.utility
    if isinstance(utility, ConditionalValueAtRisk):
        found = _best_worst_cases(by_draw, utility.alpha, known)
    else:
        assert isinstance(utility, Quantile)
        found = best_quantile(by_draw, utility.q, known)
    return found, "proven" if found is not None and _is_closed(found) else "relaxed"


def _is_closed(found: Solution) -> bool:
    return found.bound - found.objective_value <= 10 * CLOSED * abs(found.bound)


def _best_worst_cases(by_draw: ProblemByDraw, alpha: float, known: Sequence[Floats]) -> Solution | None:
    most = 1 / (alpha * by_draw.draws)

    def worst(response: Floats) -> Floats:
        return worst_weights(response, most)

    starts = _starts(by_draw, known)
    if not takes_a_search(by_draw.problem):
        found = best_least_mean(by_draw, worst, [by_draw.equal_weights], ROUNDS)
        if found is not None and _is_closed(found):
            return _no_worse(by_draw, found, starts)
        starts += [] if found is None else [found.spends]
    required, feasible = by_draw.objective.requirement, None
    if required is not None:
        margin = replace(by_draw, objective=Objective(required.response_weight, required.spend_weight))
        found = WorstCaseSearch(margin, worst).run(starts, enough=required.minimum)
        if found is None or by_draw.scored(found.spends)[1] == -np.inf:
            return None
        feasible = found.spends
    return WorstCaseSearch(by_draw, worst, feasible).run(starts)


def _no_worse(by_draw: ProblemByDraw, found: Solution, known: list[Floats]) -> Solution:
    """The same answer, or a known plan that is better by less than the gap."""
    for spends in known:
        utility, value = by_draw.scored(spends)
        if value > found.objective_value:
            at, bound = replace(found.optimum, spends=spends), max(found.bound, value)
            found = replace(found, spends=spends, objective_value=value, utility=utility, bound=bound, optimum=at)
    return found


def _starts(by_draw: ProblemByDraw, known: Sequence[Floats]) -> list[Floats]:
    """The plans known, the reference and the best mean, each moved inside the limits."""
    mean = by_draw.best_for(by_draw.equal_weights)
    wanted = [*known, by_draw.problem.reference, *([] if mean is None else [mean.spends])]
    moved = [nearest_feasible(by_draw.mean_program, spends) for spends in wanted if np.isfinite(spends).all()]
    return [spends for spends in moved if spends is not None]

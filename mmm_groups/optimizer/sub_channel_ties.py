"""Of equally good plans, the one whose sub-channels keep their channel's historical mix.

Sub-channels of a concave channel that are equally effective have pieces of equal slopes, so many mixes earn the same
but for the rounding of curves. The history showed one of them.
"""

from dataclasses import replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.numerics.tolerances import CURVE_NOISE
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.solver.branch_and_bound import Solution


def at_historical_mix(problem: BudgetProblem, found: Solution) -> Solution:
    """The same answer with sub-channels at their historical mix, wherever that costs nothing and meets every limit.

    Parameters
    ----------
    problem : BudgetProblem
        Sub-channels that are decided one by one are moved; those inside groups of fixed shares stay.
    found : Solution
    """
    decided = list(problem.decisions.paths)
    for split in problem.channel_curves.origin.assumed:
        if not set(split.parts) <= {name for name in decided if problem.decisions.groups[name] == (name,)}:
            continue
        places = [decided.index(part) for part in split.parts]
        spends = found.spends.copy()
        spends[places] = split.share_values * spends[places].sum()
        noise = CURVE_NOISE * float(np.abs(_earned_each(problem, found.spends)[places]).sum())
        if _fits(problem, spends) and _earned(problem, spends) >= _earned(problem, found.spends) - noise:
            found = replace(found, spends=spends, optimum=replace(found.optimum, spends=spends))
    return found


def _fits(problem: BudgetProblem, spends: Floats) -> bool:
    used = problem.matrix @ spends
    miss = np.maximum(used - problem.upper, problem.lower - used)
    is_allowed = all(rule.below(spends[i]) == rule.above(spends[i]) for i, rule in problem.allowed.items())
    return is_allowed and bool((miss <= problem.tolerances).all())


def _earned_each(problem: BudgetProblem, spends: Floats) -> Floats:
    """Mean response of every decision, (decision,)."""
    return interpolate_each(problem.decisions.points, problem.decisions.smooth_mean, spends)


def _earned(problem: BudgetProblem, spends: Floats) -> float:
    """Utility of what decisions earn."""
    curves = problem.decisions
    if isinstance(problem.utility, MeanResponse):
        return float(_earned_each(problem, spends).sum())
    by_decision = zip(curves.paths, spends, strict=True)
    earned = [curves.draws_along(name, np.array([spend]))[:, 0] for name, spend in by_decision]
    return problem.utility.of(np.sum(earned, axis=0))

"""Of equally good plans, the one whose sub-channels keep their channel's historical mix.

Sub-channels of a concave channel that are equally effective have pieces of equal slopes, so many mixes earn the same
within a piece. The history showed one of them.
"""

from dataclasses import replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.solver.branch_and_bound import Solution

_SAME = 1e-12
"""Relative to the response: plans that differ by less earn the same."""


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
        if _fits(problem, spends) and _earned(problem, spends) >= _earned(problem, found.spends) * (1 - _SAME):
            found = replace(found, spends=spends, optimum=replace(found.optimum, spends=spends))
    return found


def _fits(problem: BudgetProblem, spends: Floats) -> bool:
    used = problem.matrix @ spends
    miss = np.maximum(used - problem.upper, problem.lower - used)
    is_allowed = all(rule.below(spends[i]) == rule.above(spends[i]) for i, rule in problem.allowed.items())
    return is_allowed and bool((miss <= problem.tolerances).all())


def _earned(problem: BudgetProblem, spends: Floats) -> float:
    """Utility of what decisions earn."""
    curves = problem.decisions
    if isinstance(problem.utility, MeanResponse):
        return float(interpolate_each(curves.points, curves.smooth_mean, spends).sum())
    by_decision = zip(curves.paths, spends, strict=True)
    earned = [curves.draws_along(name, np.array([spend]))[:, 0] for name, spend in by_decision]
    return problem.utility.of(np.sum(earned, axis=0))

"""Spends whose least weighted mean of the draws is largest: cutting planes (Kelley, 1960).

The mean of the worst draws is the least of many weighted means, and the optimum of any single one bounds it from above.
So keep the weightings met so far; find the spends whose least weighted mean is largest (a linear program); add the
weighting that is worst there. The dual values of that program blend the weightings into one whose optimum is a bound;
on concave curves the two meet.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.incumbent import Incumbent
from mmm_groups.optimizer.mixtures import best_mixture
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.program import Objective, Program
from mmm_groups.solver.simplex import maximise

WorstWeights = Callable[[Floats], Floats]
"""From the response of a plan, (draw,), to the weights of the draws, (draw,), whose weighted mean counts there."""

CLOSED = 1e-5
"""Relative gap at which the bound counts as reached."""

ROUNDS = 40
"""Weightings that are added at the most; concave problems close in ten to twenty."""

_LATEST = 6  # spends met before around which the linear program is fine


def best_least_mean(
    by_draw: ProblemByDraw, worst: WorstWeights, first: list[Floats], rounds: int, feasible: Floats | None = None
) -> Solution | None:
    """Spends whose least weighted mean is largest, with a bound; None if none are found that meet the requirement.

    Parameters
    ----------
    by_draw : ProblemByDraw
    worst : callable
        The weighting that counts at a response.
    first : list of arrays, (draw,)
        Weightings to begin with.
    rounds : int
        Weightings to add at the most.
    feasible : array, (decision,), optional
        A plan that meets the requirement, towards which others are moved until they do.
    """
    weightings = list(first)
    programs = [by_draw.weighted_program(weights) for weights in weightings]
    incumbent = Incumbent(by_draw, feasible)
    around: Solution | None = None  # the solution whose prices belong to the incumbent
    bound, blend = np.inf, weightings[0]
    met: list[Floats] = []
    for _ in range(rounds):
        blended = by_draw.best_for(blend)
        if blended is None:
            break
        bound = min(bound, blended.bound)
        met.append(blended.spends)
        candidates = [blended.spends]
        mixture = best_mixture(programs, met[-_LATEST:])
        spends = None if mixture is None else nearest_feasible(programs[0], mixture.spends)
        if mixture is not None and spends is not None:
            candidates.append(spends)
            met.append(spends)
            blend = np.asarray(mixture.blend @ np.array(weightings))
        for spends in candidates:
            around = blended if incumbent.offer(spends) else around
            weightings.append(worst(by_draw.response(spends)))
            programs.append(by_draw.weighted_program(weightings[-1]))
        if incumbent.gap(bound) <= CLOSED:
            break
    if incumbent.spends is None or around is None:
        return None
    return replace(
        around,
        spends=incumbent.spends,
        objective_value=incumbent.value,
        bound=max(bound, incumbent.value),
        optimum=replace(around.optimum, spends=incumbent.spends),
        utility=incumbent.utility,
    )


def nearest_feasible(program: Program, spends: Floats) -> Floats | None:
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
    found = maximise(Program(points, -(distance**2), program.matrix, program.lower, program.upper, Objective()))
    return None if found is None else found.spends

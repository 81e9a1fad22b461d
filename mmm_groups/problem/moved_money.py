"""Limits on the money that is moved away from a plan, met exactly by cuts.

Such a limit is a maximum of linear ones, one for every set of givers. Only those that an answer breaks are stated: the
problem is answered again with them until none is broken (Kelley's cutting planes, 1960). What holds for the answer to
fewer limits, such as its bound, holds for all of them once it breaks none.
"""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from mmm_groups.errors import SolverError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.tolerances import LIMIT_MET
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.limit import Limit, cut_of
from mmm_groups.problem.stating import limit_matrix

_MOST_CUTS = 500  # measured: under ten


def answered_with_cuts[Answer](
    problem: BudgetProblem, answer: Callable[[BudgetProblem], Answer], spends: Callable[[Answer], Floats | None]
) -> Answer:
    """An answer that keeps the limits on moved money.

    Parameters
    ----------
    problem : BudgetProblem
    answer : callable
        Answers a problem without them.
    spends : callable
        From an answer to its spends, (decision,), in currency; None if the problem has no answer.
    """
    for _ in range(_MOST_CUTS):
        found = answer(problem)
        decided = spends(found)
        cut = None if decided is None else _cut(problem, decided)
        if cut is None:
            return found
        problem = cut
    raise SolverError("Limits on moved money took too many steps. Please report this problem.")


def _cut(problem: BudgetProblem, decided: Floats) -> BudgetProblem | None:
    """The problem with a cut for each limit on moved money that spends break; None if they break none."""
    whole = [limit for limit in problem.limits if limit.moved is not None and limit.key == "max_moved"]
    if not whole:
        return None
    spends = _by_channel(problem, decided)
    cuts = []
    for limit in whole:
        assert limit.moved is not None
        if limit.moved.taken(spends) > limit.moved.most + LIMIT_MET * problem.money:
            number = sum(other.moved is not None for other in problem.limits)
            cuts.append(replace(cut_of(limit, limit.moved.givers(spends)), key=f"{limit.key} {number}"))
    return _with_limits(problem, (*problem.limits, *cuts)) if cuts else None


def without_cuts(problem: BudgetProblem, decided: Floats, prices: Floats) -> tuple[BudgetProblem, Floats]:
    """The problem with one limit again for all its cuts, that of the sets that give, and the price of all of them.

    Parameters
    ----------
    problem : BudgetProblem
        With cuts.
    decided : array, (decision,)
        The answer, in currency.
    prices : array, (limit,)
    """
    cuts = [i for i, limit in enumerate(problem.limits) if limit.moved is not None]
    if not cuts:
        return problem, prices
    first, *others = cuts
    whole = problem.limits[first]
    assert whole.moved is not None
    limits = list(problem.limits)
    limits[first] = cut_of(whole, whole.moved.givers(_by_channel(problem, decided)))
    together = prices.copy()
    together[first] = prices[cuts].sum()
    kept = [i for i in range(len(limits)) if i not in others]
    return _with_limits(problem, tuple(limits[i] for i in kept)), together[kept]


def _with_limits(problem: BudgetProblem, limits: tuple[Limit, ...]) -> BudgetProblem:
    return replace(problem, limits=limits, matrix=limit_matrix(limits, problem.decisions))


def _by_channel(problem: BudgetProblem, decided: Floats) -> dict[str, float]:
    return by_name(problem.decisions.channel_plan(pd.Series(decided, index=list(problem.decisions.paths))))

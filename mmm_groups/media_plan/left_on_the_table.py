"""A media plan beside the best use of the same money under the same limits."""

from dataclasses import dataclass
from typing import Unpack

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.moves import Move, best_moves
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.numerics.ties import difference
from mmm_groups.numerics.tolerances import BEYOND_END
from mmm_groups.plan.optimize import PlanOptions, problem_of, solve
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.goals import FixedBudget


@dataclass(frozen=True, repr=False, eq=False)
class LeftOnTheTable:
    """What the best use of the same money would bring more than a plan.

    Attributes
    ----------
    evaluation : PlanEvaluation
    best : Plan
        The optimum with the plan's money, under the same limits.
    total : Difference
        Response of the best plan less that of the plan. Below 0 where the plan breaks a limit to its advantage, divides
        a group's money better than the split does, or has a better phasing than the curves. In money, at the best
        plan's marginal return.
    by_phasing : array, (draw,)
        Part of it that is because the plan is spread over the dates otherwise than the curves were read; NaN where the
        plan's totals leave the curves.
    broken : tuple[MarkedText, ...]
        Limits that the plan itself misses, in words.
    moves : tuple[Move, ...]
        At most three moves between two groups that would bring the plan most, each on top of those before it; none
        where channels do not add up or the plan leaves the curves.
    """

    evaluation: PlanEvaluation
    best: Plan
    total: Difference
    by_phasing: Floats
    broken: tuple[MarkedText, ...]
    moves: tuple[Move, ...]

    def __repr__(self) -> str:
        return f"<LeftOnTheTable: {self.sentence}>"

    @property
    def by_allocation(self) -> Floats:
        """Part of the difference that is because the money is divided otherwise, (draw,)."""
        return self.total.draws - self.by_phasing

    @property
    def sentence(self) -> MarkedText:
        """The finding in plain words."""
        missed = "; ".join(label.marked for label in self.broken)
        return MarkedText(
            f"The best use of the same money brings {self.total.in_words(self.evaluation.target).marked} than "
            f"“{self.evaluation.plan.name}”.{self.total.chance_in_words.marked}"
            + (f" The plan itself misses: {missed}." if missed else "")
        )


def leaves_on_the_table(
    evaluation: PlanEvaluation,
    curves: ResponseCurves,
    **options: Unpack[PlanOptions],
) -> LeftOnTheTable:
    """The best use of a plan's money under the same limits, and how much more it brings, draw by draw.

    Parameters
    ----------
    evaluation : PlanEvaluation
    curves : ResponseCurves
        Of the same model, window and channels.
    **options
        groups, method, split, constraints, utility and named_groups, as in `optimize`.

    Raises
    ------
    MediaPlanError
        If the curves are for other channels, another window or other draws.
    InfeasibleError
        If the plan's money cannot be spent under the limits.
    """
    plan = evaluation.plan
    _refuse_other_curves(evaluation, curves)
    best = solve(problem_of(curves, FixedBudget(plan.total), **options), [plan.totals])
    draws = difference(best.response.values, evaluation.response.values)
    spends = plan.totals[list(curves.channels)]
    is_inside = bool((spends <= curves.upper * (1 + BEYOND_END)).all())
    on_curves = curves.earned_by(by_name(spends)) if is_inside else np.full(len(draws), np.nan)
    return LeftOnTheTable(
        evaluation,
        best,
        Difference(draws, best.marginal_return, evaluation.interval),
        difference(on_curves, evaluation.response.values),
        tuple(limit.label for limit in best.problem.broken_by(spends)),
        best_moves(best.problem, spends, interval=evaluation.interval)
        if is_inside and not curves.is_conditional
        else (),
    )


def _refuse_other_curves(evaluation: PlanEvaluation, curves: ResponseCurves) -> None:
    plan = evaluation.plan
    if set(plan.channels) != set(curves.channels) or plan.horizon != curves.horizon:
        raise MediaPlanError(
            f"The curves are for other channels or another window ({curves.horizon or 'no dates'}) than the plan "
            f"“{plan.name}” ({plan.horizon or 'no dates'}). Read the curves of the plan's window."
        )
    if evaluation.response.sizes["draw"] != curves.draws:
        raise MediaPlanError(
            f"The curves have {curves.draws} draws, and “{plan.name}” was evaluated in "
            f"{evaluation.response.sizes['draw']}. Evaluate it on the model that the curves were read from."
        )

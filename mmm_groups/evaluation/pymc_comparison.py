"""PyMC-Marketing's own optimiser on the same problem: what it answers, judged by the model itself."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.curves.extraction import response_of
from mmm_groups.errors import CurvesError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.limit import Limit


@dataclass(frozen=True, repr=False)
class Comparison:
    """A plan beside PyMC-Marketing's answer to the same question.

    Attributes
    ----------
    plan : Plan
    their_spends : Numbers
        Channel to spend over the horizon, in currency, as `allocate_budget` answers.
    our_response, their_response : float
        Posterior mean response of both plans, both as PyMC-Marketing evaluates them, in units of the target.
    broken : tuple[MarkedText, ...]
        Limits that their plan misses by more than 1e-5 of the budget, in words.
    message : str
        What their solver said.
    seconds : float
        How long their `allocate_budget` took, compilation included the first time.
    """

    plan: Plan
    their_spends: Numbers
    our_response: float
    their_response: float
    broken: tuple[MarkedText, ...]
    message: str
    seconds: float

    def __repr__(self) -> str:
        return f"<Comparison: ours {self.our_response:,.5g}, theirs {self.their_response:,.5g}, {self.seconds:.2f} s>"

    @property
    def sentence(self) -> MarkedText:
        """The finding in plain words."""
        target = self.plan.target
        over = self.our_response - self.their_response
        word = "more" if over >= 0 else "less"
        sentence = (
            f"PyMC-Marketing's optimiser reaches {marked_amount(self.their_response)} {target} under the same limits, "
            f"this plan {marked_amount(self.our_response)}: {marked_amount(abs(over))} "
            f"({marked(abs(over) / abs(self.their_response)):.4%}) {word}, both as PyMC-Marketing evaluates them."
        )
        misses = "; ".join(label.marked for label in self.broken)
        return MarkedText(f"{sentence} Its plan misses: {misses}." if misses else sentence)


def compare(plan: Plan, model: FittedModel) -> Comparison:
    """Ask PyMC-Marketing's `allocate_budget` the plan's question, and evaluate both plans on the model.

    It decides on channels, not on groups, so its answer is bounded by the best channel plan; fixed shares of groups
    bind only ours. Its budgets are per period, and any constraint given removes its default budget constraint: that
    one is added again.

    Parameters
    ----------
    plan : Plan
        Of any goal: theirs spends the same money.
    model : FittedModel

    Raises
    ------
    CurvesError
        If the curves come from another model, or channels of it are split into sub-channels.
    """
    curves = plan.problem.channel_curves
    if curves.origin.assumed:
        raise CurvesError(
            "PyMC-Marketing's optimiser decides on modelled channels, and knows no parts of "
            f"{', '.join(split.parent for split in curves.origin.assumed)}. Merge the parts again to compare with it."
        )
    response = response_of(curves, model)
    budget = Limit(
        "budget", "budget", MarkedText("the budget"), dict.fromkeys(curves.channels, 1.0), plan.total, plan.total
    )
    limits = [budget, *(limit for limit in plan.problem.limits if limit.named)]
    rows = [
        (limit.key, np.array([limit.coefficients.get(name, 0.0) for name in model.channels]), limit.lower, limit.upper)
        for limit in limits
    ]
    began = time.perf_counter()
    spends, message = response.allocate(
        plan.total, np.asarray(curves.upper[list(model.channels)], dtype=np.float64), rows
    )
    seconds = time.perf_counter() - began
    theirs = pd.Series(spends, index=list(model.channels))[list(curves.channels)]
    ours_at, theirs_at = (
        float(response.incremental(np.array([spent[name] for name in model.channels])).mean())
        for spent in (by_name(plan.channel_spends), by_name(theirs))
    )
    slack = 1e-5 * plan.total
    broken = []
    for limit in limits:
        used = sum(factor * float(theirs[channel]) for channel, factor in limit.coefficients.items())
        if used > limit.upper + slack or used < limit.lower - slack:
            broken.append(limit.label)
    return Comparison(plan, theirs, ours_at, theirs_at, tuple(broken), message, seconds)

"""The best small change of a media plan: only so much of its money moves, and its phasing stays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.beliefs import curves_along
from mmm_groups.plan.optimize import known_groups, solve
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.constraints import Constraint, ConstraintBuilder
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.stating import stated_problem
from mmm_groups.problem.utilities import MEAN, Utility


@dataclass(frozen=True, repr=False, eq=False)
class SmallChange:
    """A media plan of which a part was moved.

    Attributes
    ----------
    best : Plan
        The optimum under the limit on moved money; its price is `best.shadow_prices["max_moved"]`.
    plan : MediaPlan
        The same money by date: every channel phased as it was, one that had nothing as the curves were read.
    """

    best: Plan
    plan: MediaPlan


def best_small_change(
    plan: MediaPlan,
    curves: ResponseCurves,
    share: float,
    *,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    constraints: Iterable[Constraint] = (),
    utility: Utility = MEAN,
    named_groups: ChannelGroups | None = None,
) -> SmallChange:
    """The best use of a plan's money that takes at most a share of it away from the groups that have it.

    Every group keeps the split that the plan gives it, so that nothing moves inside.

    Parameters
    ----------
    plan : MediaPlan
    curves : ResponseCurves
        Of the same channels and window.
    share : float
        Of the plan's money, from 0 to 1.
    groups, constraints, utility, named_groups
        As in `optimize`.

    Raises
    ------
    CurvesError
        If the plan's channels are others, or its money leaves their curves.
    InfeasibleError
        If the limits ask for a larger change.
    """
    spends = by_name(plan.totals)
    curves.checked(spends)
    made = curves_along(spends, curves, groups)
    held = {name: sum(spends[channel] for channel in members) for name, members in made.groups.items()}
    stated = (*constraints, ConstraintBuilder.max_moved(held, share))
    names = known_groups(made, named_groups)
    best = solve(stated_problem(made, FixedBudget(plan.total), stated, names, utility=utility))
    money, fresh = plan.money.copy(), MediaPlan.from_plan(best).money
    for channel, spend in by_name(best.channel_spends).items():
        money[channel] = money[channel] * (spend / spends[channel]) if spends[channel] > 0 else fresh[channel]
    percent = format(100 * share, "g")
    return SmallChange(best, plan.with_money(money).renamed(f"{plan.name}, up to {percent} % moved"))

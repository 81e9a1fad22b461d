"""What a model refitted at group level says about groups, against what the channels' curves say.

Four ways to a group's curve, the plan each would give at the same budget, and what each of these plans earns if either
model is right. No way is the judge: both models saw the same history, one with the channels apart, one with them
together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError, MmmGroupsError, RefitError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.groups.methods import METHODS
from mmm_groups.groups.shares import Split
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.worth import budget_worth
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.stating import budget_problem

Way = Literal["sum", "weighted_average", "re_estimated", "refit"]
Judge = Literal["channels", "refit"]
WAYS: tuple[Way, ...] = (*METHODS, "refit")
JUDGES: tuple[Judge, ...] = ("channels", "refit")

_BEST: dict[Judge, Way] = {"channels": "sum", "refit": "refit"}
"""The way whose optimum is the best that a model knows, under the same split and limits."""


@dataclass(frozen=True)
class SecondOpinion:
    """The same groups by four ways.

    Attributes
    ----------
    groups : dict
        Group to its channels in the original model.
    curves : dict[Way, GroupCurves]
        Of every group, by the ways that could be computed; always `sum` and `refit`.
    why_not : dict[Way, str]
        The other ways, each with the reason in a sentence.
    """

    groups: dict[str, tuple[str, ...]]
    curves: dict[Way, GroupCurves]
    why_not: dict[Way, str]

    def judged(self, judge: Judge, spends: Numbers) -> Floats:
        """Response of group spends if one of the models is right, (draw,), in units of the target.

        Parameters
        ----------
        judge : Judge
            `channels`: the original model, each group's money split to its channels; `refit`: the refitted one.
        spends : Numbers
            Group to spend over the horizon, in currency.
        """
        made = self.curves[_BEST[judge]]
        plan = made.channel_plan(spends[list(made.paths)])
        return np.asarray(made.channel_curves.earned_by(by_name(plan)), dtype=np.float64)


def second_opinion(
    curves: ResponseCurves,
    refit: ResponseCurves,
    groups: Mapping[str, tuple[str, ...]],
    cells: Mapping[str, tuple[str, ...]],
    split: Split = "historical",
) -> SecondOpinion:
    """The groups' curves out of the channels', by each method, and out of a refit.

    Parameters
    ----------
    curves : ResponseCurves
        Of the original model.
    refit : ResponseCurves
        Of the refitted one, over the same window and flighting.
    groups, cells : mapping
        Group to its channels in the original model and in the refit; see `GroupModel`.
    split : Split
        How a group's money goes to its channels in the original model. Within a refitted group of a panel it follows
        history.

    Raises
    ------
    RefitError
        If the two are not for the same window or outcome, or the groups do not match.
    """
    if set(groups) != set(cells):
        raise RefitError(
            f"The refit is for the groups {sorted(cells)}, but now there are {sorted(groups)}. Refit again."
        )
    if (curves.horizon, curves.target) != (refit.horizon, refit.target):
        raise RefitError(
            f"The curves of the refit are for {refit.horizon} and '{refit.target}', those of the channels for "
            f"{curves.horizon} and '{curves.target}'. Read the refit's curves for the same window."
        )
    made: dict[Way, GroupCurves] = {}
    why_not: dict[Way, str] = {}
    for method in METHODS:
        try:
            made[method] = group_curves(curves, ChannelGroups(dict(groups)), method, split)
        except CurvesError as error:
            if method == "sum":
                raise
            why_not[method] = error.text
    made["refit"] = group_curves(refit, ChannelGroups({name: cells[name] for name in made["sum"].paths}), "sum")
    return SecondOpinion(dict(groups), made, why_not)


def over_groups(constraints: Iterable[Constraint], groups: Iterable[str]) -> tuple[list[Constraint], list[Constraint]]:
    """Constraints that speak of whole groups only, and the others: a refitted model knows no channels inside groups."""
    known = set(groups)
    kept: list[Constraint] = []
    left_out: list[Constraint] = []
    for constraint in constraints:
        (kept if set(constraint.names()) <= known else left_out).append(constraint)
    return kept, left_out


def plans_by_way(
    opinion: SecondOpinion, budget: float, constraints: Iterable[Constraint] = ()
) -> tuple[dict[Way, Plan], dict[Way, str]]:
    """The plan that each way would give at the same budget and limits, and why a way gives none.

    Parameters
    ----------
    opinion : SecondOpinion
    budget : float
        Over the horizon, in currency.
    constraints : iterable of constraints
        On whole groups; see `over_groups`.

    Raises
    ------
    MmmGroupsError
        If the channels' sum or the refit give no plan: without both there is nothing to compare.
    """
    stated = list(constraints)
    plans: dict[Way, Plan] = {}
    why_not = dict(opinion.why_not)
    for way, made in opinion.curves.items():
        try:
            plans[way] = solve(budget_problem(made, FixedBudget(budget), stated))
        except MmmGroupsError as error:
            if way in _BEST.values():
                raise
            why_not[way] = error.text
    return plans, why_not


def cross_table(opinion: SecondOpinion, plans: Mapping[Way, Plan], mass: float = INTERVAL) -> pd.DataFrame:
    """What every way's plan earns if either model is right, and what is lost against that model's own best plan.

    Parameters
    ----------
    opinion : SecondOpinion
    plans : mapping
        Way to its plan; `sum` and `refit` are needed.
    mass : float
        Mass of the highest-density intervals.

    Returns
    -------
    pd.DataFrame
        Indexed by (judge, way): `response` (posterior mean, units of the target), `lost` with `lost_low` and
        `lost_high` (the judge's best plan minus this one, draw by draw), `money` (by how much less budget the judge's
        best plan would earn as little, in currency; NaN if none does) and `probability` that something is lost.
    """
    rows = {}
    for judge in JUDGES:
        best = plans[_BEST[judge]]
        at_best = opinion.judged(judge, best.spends)
        for way, plan in plans.items():
            reached = opinion.judged(judge, plan.spends)
            lost = at_best - reached
            low, high = hdi(lost, mass)
            worth = budget_worth(best, float(reached.mean()))
            rows[judge, way] = {
                "response": float(reached.mean()),
                "lost": float(lost.mean()),
                "lost_low": float(low),
                "lost_high": float(high),
                "money": 0.0 - worth,
                "probability": float((lost > 0).mean()),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["judge", "way"])


def spends_by_way(plans: Mapping[Way, Plan], groups: Iterable[str]) -> pd.DataFrame:
    """Spend of every group in each way's plan, groups x ways, in currency."""
    names = list(groups)
    return pd.DataFrame({way: plan.spends[names] for way, plan in plans.items()}, index=names)


def curve_gap(opinion: SecondOpinion, spends: Numbers, mass: float = INTERVAL) -> pd.DataFrame:
    """How far the refit's curve of each group lies from the sum of its channels at given spends.

    The two models' draws have nothing to do with each other: the interval of the difference treats them as independent.

    Parameters
    ----------
    opinion : SecondOpinion
    spends : Numbers
        Group to spend over the horizon, in currency.
    mass : float

    Returns
    -------
    pd.DataFrame
        Indexed by group: `spend`, `sum`, `refit` (posterior means, units of the target), `difference` (refit - sum),
        `difference_low`, `difference_high`, and `agree`: whether the interval holds 0.
    """
    rows = {}
    for group in opinion.groups:
        at = np.array([float(spends[group])])
        summed = opinion.curves["sum"].draws_along(group, at)[:, 0]
        refitted = opinion.curves["refit"].draws_along(group, at)[:, 0]
        low, high = hdi(_independent_differences(refitted, summed), mass)
        rows[group] = {
            "spend": float(at[0]),
            "sum": float(summed.mean()),
            "refit": float(refitted.mean()),
            "difference": float(refitted.mean() - summed.mean()),
            "difference_low": float(low),
            "difference_high": float(high),
            "agree": bool(low <= 0 <= high),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _independent_differences(a: Floats, b: Floats, most: int = 200) -> Floats:
    """Every draw of one with every draw of the other, of at most so many sorted, evenly spaced draws each."""
    thin_a, thin_b = (
        np.quantile(draws, (np.arange(min(most, len(draws))) + 0.5) / min(most, len(draws))) for draws in (a, b)
    )
    return np.asarray((thin_a[:, None] - thin_b[None, :]).ravel())


def safest_way(table: pd.DataFrame) -> tuple[Way, float]:
    """The way whose plan loses least in the worse of the two cases, and that loss as a share of the best response.

    Parameters
    ----------
    table : pd.DataFrame
        From `cross_table`.
    """
    best = pd.Series({judge: table.loc[(judge, _BEST[judge]), "response"] for judge in JUDGES})
    worst = (table["lost"] / best.loc[table.index.get_level_values("judge")].to_numpy()).groupby(level="way").max()
    way: Way = worst.idxmin()
    return way, float(worst[way])

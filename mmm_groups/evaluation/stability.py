"""How sure the advice is: the best plan of every posterior draw, and what choosing by the mean promises too much."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError, NotAdditiveError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.piecewise import interpolate
from mmm_groups.numerics.tolerances import SAME
from mmm_groups.optimizer.best_decisions import best_for
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.goals import TargetRoi
from mmm_groups.problem.moved_money import answered_with_cuts
from mmm_groups.solver.branch_and_bound import best_spends
from mmm_groups.solver.simplex import maximise_each

POINTS = 65
"""Points of each draw's curves: their best spends scatter far more than a chord of these misses."""

MOST_BENT = 200
"""Draws looked at when curves are S-shaped, where each takes a search; evenly many of all."""

_RIPPLE = 1e-3  # of a curve's steepest slope: single draws are stored in single precision


@dataclass(frozen=True, repr=False)
class Stability:
    """The best plans of single draws.

    Attributes
    ----------
    plan : Plan
        The plan in question.
    spends : pd.DataFrame, draws x groups
        What would be spent if that draw were the truth, in currency. Indexed by the draw's place.
    unreachable : int
        Draws on whose curves the goal is out of reach; they are left out.
    """

    plan: Plan
    spends: pd.DataFrame
    unreachable: int

    def __repr__(self) -> str:
        return f"<Stability of {', '.join(self.spends.columns)} over {len(self.spends)} draws>"

    @property
    def is_settled(self) -> bool:
        """True if every draw has the same best spends because limits hold them, whatever the draw."""
        if len(self.spends) < 2:
            return False
        problem = self.plan.problem
        holding = [limit for limit, holds in zip(problem.limits, self.plan.is_binding, strict=True) if holds]
        held = {channel for limit in holding if not limit.is_on_budget for channel in limit.channels}
        free = [members for members in problem.groups.values() if held.isdisjoint(members)]
        if len(free) > sum(limit.is_on_budget for limit in holding):  # a budget takes the choice from one group
            return False
        return bool((np.ptp(self.spends.to_numpy(), axis=0) <= SAME * self.plan.total).all())

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a group: spend in the plan, median and interval over the draws, and how they stand to the reference.

        Columns: spend, median, low, high (highest-density interval of the plan's mass), reference_spend, and
        `probability_more`: the share of draws that would spend more than the reference.
        """
        problem = self.plan.problem
        low, high = hdi(self.spends.to_numpy(), self.plan.interval)
        channels = problem.channel_curves
        spent = pd.Series({g: channels.reference_of(m) for g, m in problem.groups.items()}, dtype=float)
        table = pd.DataFrame({"spend": self.plan.spends, "median": self.spends.median()})
        table["low"], table["high"] = low, high
        table["reference_spend"] = spent
        more = (self.spends > spent + SAME * self.plan.total).mean()
        table["probability_more"] = more.where(spent.notna())
        return table.rename_axis("group")


def stability(plan: Plan) -> Stability:
    """Optimise every draw on its own curves, under the plan's goal and limits.

    Wide intervals mean that the model does not know how the money should be divided, however sure it is of the total.

    Parameters
    ----------
    plan : Plan
        Groups that were free to choose their split are free in every draw.

    Raises
    ------
    CurvesError
        If there are no draws.
    NotAdditiveError
        If the channels do not add up.
    """
    _refuse_unknown_draws(plan, "The stability of the advice")
    problem = plan.problem
    decisions = problem.decisions
    kept = np.unique(np.linspace(0, decisions.points.shape[1] - 1, POINTS).round().astype(np.intp))
    points = decisions.points[:, kept]
    values = np.asarray(decisions.response.values[:, :, kept], dtype=np.float64)
    found = _best_of_each(problem, points, values)
    if isinstance(problem.goal, TargetRoi):  # spending nothing reaches no ROI
        found = {draw: answer if answer is not None and answer.any() else None for draw, answer in found.items()}
    rows = {draw: answer for draw, answer in found.items() if answer is not None}
    spends = np.array([rows[d] for d in rows]).reshape(len(rows), len(decisions.paths)) @ _membership(problem)
    table = pd.DataFrame(spends, index=pd.Index(list(rows), name="draw"), columns=list(problem.groups))
    return Stability(plan, table, len(found) - len(rows))


def _best_of_each(problem: BudgetProblem, points: Floats, values: Floats) -> dict[int, Floats | None]:
    """Draw to its best spends, (decision,); None where its goal is out of reach."""
    values, is_concave = _without_ripples(points, values)
    if not is_concave or problem.allowed or any(limit.moved is not None for limit in problem.limits):
        draws = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_BENT)).round().astype(np.intp))
        return {int(draw): _best_of_one(problem, points, values[draw]) for draw in draws}
    presolved = problem.presolved
    assert presolved is not None
    program = presolved.program(points, values.mean(axis=0), problem.objective)
    cut = np.stack([interpolate(points[i], values[:, i], at) for i, at in enumerate(program.points)], axis=1)
    return {draw: None if answer is None else answer.spends for draw, answer in enumerate(maximise_each(program, cut))}


def _best_of_one(problem: BudgetProblem, points: Floats, values: Floats) -> Floats | None:
    """The best spends on one draw's curves, (decision,); None where the goal is out of reach."""

    def answer(problem: BudgetProblem) -> Floats | None:
        found = None
        if problem.presolved is not None:
            found = best_spends(problem.presolved, points, values, problem.objective)
        return None if found is None else found.spends

    return answered_with_cuts(problem, answer, lambda spends: spends)


def _without_ripples(points: Floats, values: Floats) -> tuple[Floats, bool]:
    """The same curves, (draw, decision, point), with slopes that never rise where they only do by rounding."""
    lengths = np.diff(points, axis=-1)
    slopes = np.diff(values, axis=-1) / lengths
    falling = np.minimum.accumulate(slopes, axis=-1)
    rises = (slopes - falling).max(axis=-1)
    if (rises > _RIPPLE * np.abs(slopes).max(axis=-1)).any():
        return values, False
    start = values[..., :1]
    return np.concatenate([start, start + np.cumsum(falling * lengths, axis=-1)], axis=-1), True


def _membership(problem: BudgetProblem) -> Floats:
    """Which decisions make up which group, (decision, group); a decision never spans two groups."""
    groups = problem.groups.values()
    rows = [[float(path.channels[0] in members) for members in groups] for path in problem.decisions.paths.values()]
    return np.array(rows)


@dataclass(frozen=True)
class HonestUplift:
    """What a plan brings more than the reference spend, with and without the optimiser's curse.

    The plan that looks best on some draws looks better on them than it is: it was chosen for it. Both figures are mean
    response (or the plan's utility) of plans less that of the reference spend, in units of the target.

    Attributes
    ----------
    naive : float
        Chosen and scored on the same half of the draws; mean of both halves.
    honest : float
        Chosen on one half, scored on the other; mean of both ways.
    """

    naive: float
    honest: float

    @property
    def curse(self) -> float:
        """How much of the naive figure is only there because the plan was chosen on it."""
        return self.naive - self.honest


def honest_uplift(plan: Plan) -> HonestUplift:
    """Choose the plan on one half of the draws and score it on the other, both ways.

    Halves are every second draw, so that each holds draws of all chains.

    Parameters
    ----------
    plan : Plan
        Its goal, limits and utility are used again; goals that find their own budget find it in each half.

    Raises
    ------
    CurvesError
        If there are fewer than four draws or no reference spend.
    InfeasibleError
        If the goal is out of reach on one half.
    """
    _refuse_unknown_draws(plan, "An uplift without the optimiser's curse")
    curves = plan.problem.channel_curves
    if curves.draws < 4 or not np.isfinite(curves.reference_spend).all():
        unknown = list(curves.reference_spend[curves.reference_spend.isna()].index)
        raise CurvesError(
            f"An honest uplift needs four draws and a reference spend for every channel. There are {curves.draws} "
            f"draws, and the reference is unknown for {unknown}."
        )
    halves = (_half(curves, 0), _half(curves, 1))
    naive, honest = [], []
    for chosen_on, scored_on in (halves, halves[::-1]):
        spends = _best_channel_spends(plan, chosen_on)
        naive.append(_uplift(plan, chosen_on, spends))
        honest.append(_uplift(plan, scored_on, spends))
    return HonestUplift(float(np.mean(naive)), float(np.mean(honest)))


def _refuse_unknown_draws(plan: Plan, what: str) -> None:
    curves = plan.problem.channel_curves
    if curves.is_conditional:
        raise NotAdditiveError(
            f"{what} is not available: the channels of this model do not add up, so plans are searched on its mean "
            "response, not on single draws."
        )
    curves.refuse_without_draws(what)


def _half(curves: ResponseCurves, first: int) -> ResponseCurves:
    return replace(curves, response=curves.response.isel(draw=slice(first, None, 2)))


def _best_channel_spends(plan: Plan, curves: ResponseCurves) -> Numbers:
    """The best plan on other draws, channel by channel, under the plan's problem."""
    old = plan.problem
    free = old.decisions is old.group_curves
    decisions = old.decisions.over(curves)
    problem = replace(old, group_curves=decisions if free else old.group_curves.over(curves), decisions=decisions)
    found = best_for(problem).solution
    return decisions.channel_plan(pd.Series(found.spends, index=list(decisions.paths)))


def _uplift(plan: Plan, curves: ResponseCurves, spends: Numbers) -> float:
    ends = curves.upper
    response = curves.earned_by(by_name(spends.clip(upper=ends)))
    reference = curves.earned_by(by_name(curves.reference_spend))
    utility = plan.problem.utility
    return utility.of(response) - utility.of(reference)

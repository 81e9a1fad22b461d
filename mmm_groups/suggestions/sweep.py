"""Which grouping costs least: many groupings solved for the same money under the same limits, and ranked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MmmGroupsError, NotAdditiveError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import SplitRule, rules_by_members
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.piecewise import interpolate
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.worth import budget_worth
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.problem.stating import stated_problem
from mmm_groups.problem.utilities import MEAN, MeanResponse, StatedUtility
from mmm_groups.suggestions.candidate_groupings import Grouping, Members, merges_of_two

CHUNK = 20
"""Groupings that are evaluated between two reports of progress."""

_SAME = 1e-9
"""Relative to the best response: costs that differ by less are the same."""


@dataclass(frozen=True)
class SweepQuestion:
    """What is asked of every grouping.

    Attributes
    ----------
    curves : ResponseCurves
    present : mapping
        The planner's groups over all channels. Constraints name them; in a grouping that does not keep such a group the
        constraint holds its channels as a set.
    goal : Goal
    constraints : tuple[Constraint, ...]
    method : Method
    splits : mapping
        Channels of a group to the shares that the planner gave it, for groupings that keep it.
    default_split : `historical` or `marginal_roi`
        Split of all other groups; those without historical spend share evenly.
    utility : StatedUtility
    """

    curves: ResponseCurves
    present: Mapping[str, Members]
    goal: Goal
    constraints: tuple[Constraint, ...] = ()
    method: Method = "sum"
    splits: Mapping[Members, SplitRule] = field(default_factory=dict)
    default_split: SplitRule = "historical"
    utility: StatedUtility = MEAN

    def split_of(self, groups: Mapping[str, Members]) -> dict[str, SplitRule]:
        """The split of every group of several channels."""
        given = {frozenset(members): rule for members, rule in self.splits.items()}
        return rules_by_members(self.curves, groups, given, self.default_split)


@dataclass(frozen=True)
class SweptGrouping:
    """What one grouping costs.

    Attributes
    ----------
    grouping : Grouping
    spend : float
        Money that its plan spends, in currency; NaN if it has none.
    response : float
        Utility (by default mean response) of its plan, in units of the target.
    cost : float
        What deciding channel by channel under the same limits, with the same money, would earn more.
    cost_money : float
        How much more budget this grouping takes to earn what the channels one by one earn, in currency; NaN if none
        earns it.
    refusal : str
        Why there is no plan for this grouping; empty if there is one.
    """

    grouping: Grouping
    spend: float = float("nan")
    response: float = float("nan")
    cost: float = float("nan")
    cost_money: float = float("nan")
    refusal: str = ""

    @property
    def decisions(self) -> int:
        """How many amounts are decided."""
        return self.grouping.decisions


@dataclass(frozen=True)
class Sweep:
    """Groupings in the order of what they cost; those without a plan last.

    Attributes
    ----------
    rows : tuple[SweptGrouping, ...]
    is_best : tuple[bool, ...]
        For each row: no other grouping costs less with as few decisions, or as little with fewer.
    """

    rows: tuple[SweptGrouping, ...]
    is_best: tuple[bool, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row a grouping: name, decisions, spend, response, cost, cost_money, is_best, refusal."""
        columns = ("decisions", "spend", "response", "cost", "cost_money", "refusal")
        table = pd.DataFrame({name: [getattr(row, name) for row in self.rows] for name in columns})
        table.insert(0, "name", [row.grouping.name for row in self.rows])
        return table.assign(is_best=list(self.is_best))


def sweep(
    question: SweepQuestion,
    groupings: Iterable[Grouping],
    progress: Callable[[int, int], None] = lambda done, total: None,
    chunk: int = CHUNK,
) -> Sweep:
    """Evaluate groupings and rank them by what they cost.

    Parameters
    ----------
    question : SweepQuestion
    groupings : iterable of Grouping
    progress : callable
        Called with how many groupings are done, and how many there are.
    chunk : int
        Groupings between two calls of `progress`.

    Raises
    ------
    NotAdditiveError
        If the channels do not add up, because then every single plan takes a search of seconds.
    MmmGroupsError
        If even the channels one by one have no plan: then no grouping has one.
    """
    asked = list(groupings)
    rows: list[SweptGrouping] = []
    progress(0, len(asked))
    for start in range(0, len(asked), chunk):
        rows += sweep_chunk(question, asked[start : start + chunk])
        progress(len(rows), len(asked))
    return ranked(rows)


def sweep_chunk(question: SweepQuestion, groupings: Sequence[Grouping]) -> list[SweptGrouping]:
    """Evaluate some groupings, in their order; errors as `sweep`. Depends on nothing but its arguments."""
    if question.curves.is_conditional:
        raise NotAdditiveError(
            "The channels of this model do not add up, so every grouping takes a search of its own. Compare single "
            "groupings on the Optimise page."
        )
    best: dict[float, float] = {}
    if isinstance(question.goal, FixedBudget):
        best[question.goal.total] = _channel_optimum(question, question.goal)
    return [_swept(question, grouping, best) for grouping in groupings]


def merged_further(
    question: SweepQuestion,
    progress: Callable[[int, int], None] = lambda done, total: None,
    known: Iterable[SweptGrouping] = (),
) -> list[SweptGrouping]:
    """From the present groups down to one: at each step all merges of two, of which the cheapest is gone on from.

    Not every grouping is tried (there are far too many), so a cheaper one can exist; errors as `sweep`.

    Parameters
    ----------
    question : SweepQuestion
    progress : callable
        Called after each step with how many merges are done, and how many there are.
    known : iterable of SweptGrouping
        Answers to the same question, which are not worked out again.
    """
    groups, rows = dict(question.present), []
    there = {row.grouping.partition: row for row in known}
    total = steps_further(len(groups))
    while len(groups) > 1:
        merges = [_named_by_groups(grouping) for grouping in merges_of_two(groups, question.curves.channels)]
        fresh = [grouping for grouping in merges if grouping.partition not in there]
        there |= {row.grouping.partition: row for row in sweep_chunk(question, fresh)}
        step = [there[grouping.partition] for grouping in merges]
        rows += step
        progress(len(rows), total)
        planned = [row for row in step if not row.refusal]
        if not planned:
            break
        groups = min(planned, key=lambda row: row.cost).grouping.groups
    return rows


def _named_by_groups(grouping: Grouping) -> Grouping:
    """The same grouping, called by its groups of several channels: after many joins the last one says too little."""
    several = [name for name, members in grouping.groups.items() if len(members) > 1]
    return Grouping(f"Groups {'; '.join(several)}", grouping.groups)


def steps_further(count: int) -> int:
    """How many groupings `merged_further` evaluates from so many groups."""
    return sum(k * (k - 1) // 2 for k in range(2, count + 1))


def ranked(rows: Iterable[SweptGrouping]) -> Sweep:
    """Rank what was evaluated: the cheapest first, of equally cheap ones the one with fewer decisions."""
    first: dict[frozenset[frozenset[str]], SweptGrouping] = {}
    for row in rows:
        first.setdefault(row.grouping.partition, row)
    once = list(first.values())
    size = max((abs(row.response) + abs(row.cost) for row in once if not row.refusal), default=1.0)
    steps = {id(row): round(row.cost / (_SAME * size)) if not row.refusal else 0 for row in once}
    order = sorted(once, key=lambda row: (bool(row.refusal), steps[id(row)], row.decisions, row.grouping.name))
    fewest, marks = np.inf, []
    for row in order:  # cheapest first: each is the best of its kind only if it needs fewer decisions than all before
        marks.append(not row.refusal and row.decisions < fewest)
        fewest = min(fewest, row.decisions) if not row.refusal else fewest
    return Sweep(tuple(order), tuple(marks))


def _swept(question: SweepQuestion, grouping: Grouping, best: dict[float, float]) -> SweptGrouping:
    try:
        plan = _planned(question, grouping)
        total = plan.total if not isinstance(question.goal, FixedBudget) else question.goal.total
        earned = _earned(plan)
        # A search by draws may end below what a grouping earns, and then begins again from there.
        is_below = earned > best.get(total, -np.inf) and not isinstance(question.utility, MeanResponse)
        if total not in best or is_below:
            best[total] = _channel_optimum(question, FixedBudget(total), [plan.channel_spends])
    except MmmGroupsError as error:
        return SweptGrouping(grouping, refusal=error.text)
    return SweptGrouping(
        grouping, plan.total, earned, best[total] - earned, budget_worth(plan, best[total], measured=_earned)
    )


def _planned(question: SweepQuestion, grouping: Grouping) -> Plan:
    groups = ChannelGroups(grouping.groups)
    curves = group_curves(question.curves, groups, question.method, question.split_of(grouping.groups))
    # The planner's own names first: limits that name them mean those channels in every grouping.
    names = grouping.groups | dict(question.present)
    return solve(stated_problem(curves, question.goal, question.constraints, names, utility=question.utility))


def _channel_optimum(question: SweepQuestion, goal: Goal, known: Sequence[Numbers] = ()) -> float:
    alone = group_curves(question.curves)
    problem = stated_problem(alone, goal, question.constraints, question.present, utility=question.utility)
    return solve(problem, known).utility


def _earned(plan: Plan) -> float:
    """Utility of the channel plan; for the mean, on the mean curves, without a look at single draws."""
    problem = plan.problem
    if not isinstance(problem.utility, MeanResponse):
        return problem.utility.of(plan.response.values)
    curves = problem.channel_curves
    spends = np.asarray(plan.channel_spends, dtype=np.float64).tolist()
    by_channel = zip(curves.spend.values, curves.mean, spends, strict=True)
    return sum((float(interpolate(points, values, spend)) for points, values, spend in by_channel), 0.0)

"""Open a source, or a scenario on it: as the pages show it, with everything that it says where they show it."""

import pandas as pd

from mmm_groups.curves.first_budget import first_budget, reference_budget
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import MmmGroupsError
from mmm_groups.model.flighting import flighting_shares
from mmm_groups.problem.constraints import ChangeBounds, Constraint, Lock, SpendBounds
from mmm_groups.scenario.asked_curves import flighting_of, refuse_other_curves
from mmm_groups.scenario.changes import (
    changed,
    typed_limits,
    with_flighting,
    with_goal,
    with_kept,
    with_limits,
    with_split,
)
from mmm_groups.scenario.fields import Kept, MemberSplit, RuleFlighting, TableFlighting, Window
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.run import source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.planner import Planner

UNTITLED = "Untitled plan"


def new_planner(source: PlanningSource) -> Planner:
    """A planner for whom nothing is typed yet."""
    planner = Planner(source, new_scenario(source))
    planner.ask_again()
    return planner


def planner_of(scenario: Scenario, source: PlanningSource) -> Planner:
    """A planner with everything that a scenario says, on the source that it names.

    Its plan is worked out again if the scenario had one and the curves are at hand.

    Raises
    ------
    MmmGroupsError
        If the source cannot answer the scenario: its channels, its window, its dates.
    """
    planner = Planner(source, as_shown(scenario, source))
    planner.ask_again()
    if scenario.summary is not None and not scenario.is_stale and planner.curves is not None:
        _plan_again(planner, scenario)
    return planner


def new_scenario(source: PlanningSource) -> Scenario:
    """A scenario on which nothing is typed yet, for the dates after the data or those that the curves are for."""
    if isinstance(source, CurveFile):
        horizon, budget = source.horizon, first_budget(source.curves)
    else:
        horizon = source.next_horizon()
        budget = reference_budget(source, horizon)
    window = None if horizon is None else Window.of(horizon)
    kept = Kept(ungrouped=source.channels)
    return with_goal(Scenario(name=UNTITLED, source=source_of(source), window=window, kept=kept), GoalInputs(), budget)


def as_shown(scenario: Scenario, source: PlanningSource) -> Scenario:
    """The same question in the form in which the pages have everything.

    Every number that can be typed has a value, limits stand in the rows of their groups and channels, constraints name
    channels, groups of the best split say so each, a flighting by channel is a table, and the shares are those wanted
    now.

    Raises
    ------
    MmmGroupsError
        If the source cannot answer the scenario.
    """
    first = new_scenario(source)
    typed = changed(scenario, source=first.source, resplit=None, summary=None)
    wanted = scenario.splits if scenario.resplit is None else scenario.resplit
    typed = changed(typed, splits=_splits(scenario, wanted), default_split="historical")
    typed = with_kept(typed, ungrouped=_ungrouped(scenario))
    inputs = scenario.kept.goal_inputs or GoalInputs()
    inputs = (inputs if scenario.goal is None else inputs.with_goal(scenario.goal)).with_utility(scenario.utility)
    budget = first.budget if scenario.budget is None else scenario.budget
    assert budget is not None
    typed = with_limits(with_goal(typed, inputs, budget), typed_limits(typed))
    typed = changed(typed, constraints=())
    for constraint in scenario.constraints:
        typed = _with_constraint(typed, constraint)
    return _for_the_window(typed, source, first.window)


def _for_the_window(typed: Scenario, source: PlanningSource, window: Window | None) -> Scenario:
    """The scenario for dates that the source has; `window` are those that it is for without being asked."""
    if isinstance(source, CurveFile):
        refuse_other_curves(typed, source)
        return changed(typed, window=window)
    wanted = typed.window or window
    assert wanted is not None
    horizon = source.horizon(pd.Timestamp(wanted.start), pd.Timestamp(wanted.end))
    typed, chosen = changed(typed, window=Window.of(horizon)), typed.flighting
    if isinstance(chosen, RuleFlighting) and chosen.by_channel:  # which the page offers as a table
        shares, _ = flighting_shares(source.historical_spend, horizon, flighting_of(typed))
        return with_flighting(typed, TableFlighting.of(100 * shares))
    return with_flighting(typed, chosen, typed.kept.flighting)


def _splits(scenario: Scenario, splits: tuple[MemberSplit, ...]) -> tuple[MemberSplit, ...]:
    """These splits with the default one written out, channels in the board's order, and the sliders that are locked."""
    typed = changed(scenario, splits=())
    if scenario.default_split == "marginal_roi":
        for inside in scenario.all_groups().values():
            if len(inside) > 1:
                typed = with_split(typed, inside, shares="marginal_roi")
    for split in splits:
        typed = with_split(typed, _ordered(scenario, split.channels), shares=split.shares)
    for split in (*scenario.splits, *(scenario.resplit or ())):
        if split.locked:
            typed = with_split(typed, _ordered(scenario, split.channels), locked=split.locked)
    return typed.splits


def _ordered(scenario: Scenario, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Channels in the board's order; as they stand where one of them is a part that does not exist now."""
    source, now = scenario.source.channels, scenario.channels
    order = now if set(channels) <= set(now) else source
    return tuple(sorted(channels, key=order.index)) if set(channels) <= set(order) else channels


def _ungrouped(scenario: Scenario) -> tuple[str, ...]:
    """All channels in no group: first those whose order on the board is kept."""
    channels = scenario.channels
    grouped = {channel for group in scenario.groups for channel in group.channels}
    ordered = dict.fromkeys([*scenario.kept.ungrouped, *channels])
    return tuple(channel for channel in ordered if channel not in grouped and channel in channels)


def _with_constraint(typed: Scenario, constraint: Constraint) -> Scenario:
    """Put a constraint where the Optimise page shows it: in the row of its group or channel, or among the sets."""
    groups, limits = typed.all_groups(), typed_limits(typed)
    for name, limit in _as_rows(constraint).items():
        if typed.row_key(name) in limits:
            break  # the row is taken: both hold
        typed = with_limits(typed, {**limits, typed.row_key(name): limit})
        return changed(typed, channel_limits=typed.channel_limits or name not in groups)

    def members(names: tuple[str, ...]) -> tuple[str, ...]:
        """Channels in place of groups, so that regrouping does not change the meaning."""
        return tuple(dict.fromkeys(channel for name in names for channel in groups.get(name, (name,))))

    return changed(typed, constraints=(*typed.constraints, constraint.with_sets(members)))


def _as_rows(constraint: Constraint) -> dict[str, RowLimit]:
    match constraint:
        case SpendBounds():
            return {constraint.name: RowLimit(lower=constraint.lower, upper=constraint.upper)}
        case Lock():
            return {constraint.name: RowLimit(lower=constraint.amount, upper=constraint.amount)}
        case ChangeBounds(channels=(name,)):
            ends = [None if end is None else 100 * end for end in (constraint.lower, constraint.upper)]
            return {name: RowLimit(lower=ends[0], upper=ends[1], unit="change")}
    return {}


def _plan_again(planner: Planner, scenario: Scenario) -> None:
    """The plan that the scenario had, made under the split that it was optimised with."""
    now = planner.scenario
    planner.change(splits=_splits(scenario, scenario.splits))
    try:
        planner.optimise()
    except MmmGroupsError:
        planner.result = None  # on another model it may be out of reach: the Optimise page says why
    planner.scenario = now

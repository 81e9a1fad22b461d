"""A scenario as a planner: everything that it says is typed again, where the pages show it."""

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import MmmGroupsError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import flighting_shares
from mmm_groups.model.horizon import Horizon
from mmm_groups.problem.constraints import ChangeBounds, Constraint, Lock, SpendBounds
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.scenario.asked_curves import refuse_other_curves
from mmm_groups.scenario.fields import GivenReference, MemberSplit, TableFlighting
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.open_planners import new_planner
from mmm_groups.ui.planner.planner import Planner, group_key
from mmm_groups.ui.widgets.board.layout import BoardGroup, BoardState

_Members = tuple[str, ...]
_Shares = dict[str, float] | Literal["marginal_roi"]


def planner_of(scenario: Scenario, source: PlanningSource) -> Planner:
    """A planner with everything that a scenario says, on the source that it names.

    Its plan is worked out again if the scenario had one and the curves are at hand.

    Raises
    ------
    MmmGroupsError
        If the source cannot answer the scenario: its channels, its window, its dates.
    """
    planner = new_planner(source)
    retype(planner, scenario)
    if scenario.summary is not None and not scenario.is_stale:
        _plan_again(planner, scenario)
    return planner


def retype(planner: Planner, scenario: Scenario) -> None:
    """Type everything that a scenario says, in place of what is typed; the result is left as it is."""
    typed, kept = scenario, scenario.kept
    planner.title, planner.notes = typed.name, typed.notes
    planner.currency, planner.interval = typed.settings.currency, typed.settings.interval
    planner.sub_channels = typed.sub_channels
    planner.constraints_at_rest = list(kept.constraints)
    planner.export_mapping = kept.export_mapping
    planner.board = _board(typed, planner.channels)
    planner.method = typed.method
    planner.custom_splits = _shares(typed, typed.splits if typed.resplit is None else typed.resplit)
    planner.locked = _locked(typed)
    goal = typed.goal
    inputs = kept.goal_inputs or GoalInputs()
    planner.goal_inputs = (inputs if goal is None else inputs.with_goal(goal)).with_utility(typed.utility)
    if isinstance(goal, FixedBudget):
        planner.budget = goal.total
    elif kept.budget is not None:
        planner.budget = kept.budget
    planner.channel_limits = typed.channel_limits
    planner.bounds = {
        (group_key(row.key) if row.of == "group" else f"channel {row.key}"): row.limit
        for row in (*typed.limits, *kept.limits)
    }
    planner.bounds_before = None
    planner.set_constraints = []
    for constraint in typed.constraints:
        _take_constraint(planner, constraint)
    planner.reference = typed.reference.spends if isinstance(typed.reference, GivenReference) else None
    _retype_window(planner, typed)


def _retype_window(planner: Planner, scenario: Scenario) -> None:
    source = planner.source
    if isinstance(source, CurveFile):
        refuse_other_curves(scenario, source)
        planner.take(source.curves)
        return
    if scenario.window is not None:
        planner.horizon = source.horizon(str(scenario.window.start), str(scenario.window.end))
    if planner.horizon is None:
        raise RuntimeError("A model has a window.")
    planner.prices, planner.reach = dict(scenario.prices), scenario.reach
    planner.flighting, table = _flighting(scenario, source, planner.horizon)
    planner.weights = table
    planner.ask_again()


def _flighting(
    scenario: Scenario, model: FittedModel, horizon: Horizon
) -> tuple[Literal["even", "last_year", "table"], pd.DataFrame | None]:
    """The chosen flighting and the planner's table, which may be at rest."""
    chosen, at_rest = scenario.flighting, scenario.kept.flighting
    if isinstance(chosen, TableFlighting):
        return "table", chosen.frame
    if chosen.by_channel:  # which the page offers as a table
        rules = dict.fromkeys(model.channels, chosen.rule) | chosen.by_channel
        shares, _ = flighting_shares(model.historical_spend, horizon, rules)
        return "table", 100 * shares
    return chosen.rule, None if at_rest is None else at_rest.frame


def _shares(scenario: Scenario, splits: tuple[MemberSplit, ...]) -> dict[_Members, _Shares]:
    found: dict[_Members, _Shares] = {}
    if scenario.default_split == "marginal_roi":
        shared = [inside for inside in scenario.all_groups().values() if len(inside) > 1]
        found |= dict.fromkeys(shared, "marginal_roi")
    for split in splits:
        inside = _ordered(scenario, split.channels)
        if split.shares != "historical":
            found[inside] = split.shares
        else:
            found.pop(inside, None)
    return found


def _locked(scenario: Scenario) -> dict[_Members, tuple[int, ...]]:
    found = {}
    for split in (*scenario.splits, *(scenario.resplit or ())):
        if split.locked:
            inside = _ordered(scenario, split.channels)
            found[inside] = tuple(map(inside.index, split.locked))
    return found


def _ordered(scenario: Scenario, channels: _Members) -> _Members:
    """Channels in the board's order; as they stand where one of them is a part that does not exist now."""
    source, now = scenario.source.channels, scenario.channels
    order = now if set(channels) <= set(now) else source
    return tuple(sorted(channels, key=order.index)) if set(channels) <= set(order) else channels


def _board(scenario: Scenario, channels: tuple[str, ...]) -> BoardState:
    groups = tuple(BoardGroup(group.id, group.name, group.color, group.channels) for group in scenario.groups)
    grouped = {channel for group in groups for channel in group.channels}
    ordered = dict.fromkeys([*scenario.kept.ungrouped, *channels])
    loose = tuple(channel for channel in ordered if channel not in grouped and channel in channels)
    return BoardState(groups, loose, ack=0)


def _take_constraint(planner: Planner, constraint: Constraint) -> None:
    """Put a constraint where the Optimise page shows it: in the row of its group or channel, or among the sets."""
    for name, limit in _as_rows(constraint).items():
        if planner.bound_key(name) in planner.bounds:
            planner.set_constraints.append(constraint)  # the row is taken: both hold
            return
        planner.bounds[planner.bound_key(name)] = limit
        planner.channel_limits |= name not in planner.groups
    if not _as_rows(constraint):
        planner.set_constraints.append(_by_channel(constraint, planner.groups))


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


def _by_channel(constraint: Constraint, groups: Mapping[str, _Members]) -> Constraint:
    """The constraint with channels in place of groups, so that regrouping does not change its meaning."""

    def members(names: _Members) -> _Members:
        return tuple(dict.fromkeys(channel for name in names for channel in groups.get(name, (name,))))

    return constraint.with_sets(members)


def _plan_again(planner: Planner, scenario: Scenario) -> None:
    if planner.curves is None:
        return
    planner.custom_splits = _shares(scenario, scenario.splits)
    try:
        planner.optimise()
    except MmmGroupsError:
        planner.result = None  # on another model it may be out of reach: the Optimise page says why
    if scenario.resplit is not None:
        planner.custom_splits = _shares(scenario, scenario.resplit)

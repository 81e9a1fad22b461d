"""A planner as a scenario: nothing that was typed is lost on the way, not even what is only half typed."""

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.groups.shares import SplitRule
from mmm_groups.model.flighting import flighting_as_json
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.scenario.fields import (
    GivenReference,
    Group,
    Kept,
    LatestReference,
    LimitRow,
    MemberSplit,
    RuleFlighting,
    Settings,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.run import source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.summary import summary_of
from mmm_groups.ui.planner.planner import Planner

_Members = tuple[str, ...]


def scenario_of(planner: Planner, *, with_figures: bool = False) -> Scenario:
    """Everything the planner typed, and the plan's figures if they are wanted and answer to it."""
    goal = _goal(planner)
    table = None if planner.weights is None else _table(planner.weights)
    splits, resplit = _splits(planner)
    chosen = table if planner.flighting == "table" else None
    rule = "even" if planner.flighting == "table" else planner.flighting
    rows = [_limit_row(key, limit) for key, limit in planner.bounds.items()]
    typed = Scenario(
        name=planner.title,
        notes=planner.notes,
        source=source_of(planner.source),
        window=window_of(planner),
        flighting=RuleFlighting(rule=rule) if chosen is None else chosen,
        prices=planner.prices,
        reach=planner.reach,
        sub_channels=planner.sub_channels,
        groups=tuple(
            Group(id=group.id, name=group.name, color=group.color, channels=group.channels)
            for group in planner.board.groups
        ),
        method=planner.method,
        splits=splits,
        resplit=resplit,
        goal=goal,
        utility=planner.goal_inputs.chosen_utility(),
        limits=tuple(row for row in rows if _is_there(row, planner)),
        channel_limits=planner.channel_limits,
        constraints=tuple(planner.set_constraints),
        reference=LatestReference() if planner.reference is None else GivenReference(spends=planner.reference),
        settings=Settings(currency=planner.currency, interval=planner.interval),
        kept=Kept(
            budget=None if isinstance(goal, FixedBudget) else planner.budget,
            goal_inputs=planner.goal_inputs,
            flighting=table if chosen is None else None,
            ungrouped=planner.board.ungrouped,
            constraints=tuple(planner.constraints_at_rest),
            export_mapping=planner.export_mapping,
            limits=tuple(row for row in rows if not _is_there(row, planner)),
        ),
    )
    return _with_figures(typed, planner) if with_figures else typed


def window_of(planner: Planner) -> Window | None:
    """The planning window; None for curves that do not say which dates they are for."""
    horizon = planner.horizon
    return None if horizon is None else Window(start=horizon.start.date(), end=horizon.end.date())


def _goal(planner: Planner) -> Goal | None:
    try:
        return planner.goal
    except ConstraintError:
        return None  # half typed: its numbers are among those that are kept


def _table(weights: pd.DataFrame) -> TableFlighting:
    return TableFlighting(**flighting_as_json(weights))


def _splits(planner: Planner) -> tuple[tuple[MemberSplit, ...], tuple[MemberSplit, ...] | None]:
    """The splits of the optimum, and those that its money was shared out by later, if they differ."""
    now = _member_splits(planner.custom_splits, planner.locked)
    if planner.result is None or planner.curves is None or not planner.is_resplit:
        return now, None
    groups = planner.groups
    then = {groups[name]: rule for name, rule in planner.result.split.items()}
    return _member_splits(then, {}), now


def _member_splits(
    splits: Mapping[_Members, SplitRule], locked: Mapping[_Members, tuple[int, ...]]
) -> tuple[MemberSplit, ...]:
    members = [*splits, *(inside for inside, places in locked.items() if places and inside not in splits)]
    return tuple(
        MemberSplit(
            channels=inside,
            shares=_plain(splits.get(inside, "historical")),
            locked=tuple(inside[place] for place in locked.get(inside, ())),
        )
        for inside in members
    )


def _plain(rule: SplitRule) -> dict[str, float] | Literal["historical", "marginal_roi"]:
    return rule if isinstance(rule, str) else dict(rule)


def _is_there(row: LimitRow, planner: Planner) -> bool:
    """False for limits of parts of a channel that is not split now: they are at rest."""
    return row.of == "group" or row.key in {*planner.source.channels, *planner.channels}


def _limit_row(key: str, limit: RowLimit) -> LimitRow:
    of, _, name = key.partition(" ")
    return LimitRow(of="group" if of == "group" else "channel", key=name, limit=limit)


def _with_figures(typed: Scenario, planner: Planner) -> Scenario:
    if planner.result is None or planner.curves is None or planner.is_stale:
        return typed
    try:
        plan = planner.final().plan
    except MmmGroupsError:
        return typed  # the split page says which limit its shares break
    return typed.model_copy(update={"summary": summary_of(typed, plan)})

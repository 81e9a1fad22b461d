"""A scenario on its source: what is typed, and how it is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

import pandas as pd

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.model.flighting import FlightingRule
from mmm_groups.model.horizon import Horizon
from mmm_groups.problem.goals import Goal
from mmm_groups.scenario.changes import (
    Shares,
    changed,
    typed_limits,
    with_flighting,
    with_goal,
    with_kept,
    with_limits,
    with_split,
)
from mmm_groups.scenario.fields import Group, RowKey, RuleFlighting, TableFlighting
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit, limit_rows
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.widgets.board.layout import BoardGroup, BoardState


@dataclass
class TypedScenario:
    """One model, or one file of curves, with everything that is typed on it.

    What follows from that is worked out once: a change puts another scenario in its place.

    Attributes
    ----------
    source : PlanningSource
        What is open.
    scenario : Scenario
        Everything that is typed. As `planner_of` opens it: it has a budget, the numbers of all goals and the order of
        all channels, and its shares are those that are wanted now.
    board_ack : int
        The last layout of the browser's board that is settled.
    """

    source: PlanningSource
    scenario: Scenario
    board_ack: int = 0
    _answers: dict[str, tuple[tuple[object, ...], object]] = field(default_factory=dict, init=False, repr=False)

    def change(self, **fields: object) -> None:
        """Type other values in some fields of the scenario."""
        self.scenario = changed(self.scenario, **fields)

    def change_kept(self, **fields: object) -> None:
        """Type other values in some fields that are not in force."""
        self.scenario = with_kept(self.scenario, **fields)

    def change_settings(self, **settings: object) -> None:
        """Choose how figures are shown: `currency`, `interval`."""
        self.change(settings=self.scenario.settings.model_copy(update=settings))

    def set_goal(self, inputs: GoalInputs | None = None, budget: float | None = None) -> None:
        """Choose another goal, other numbers of goals, or another budget."""
        self.scenario = with_goal(self.scenario, inputs or self.goal_inputs, self.budget if budget is None else budget)

    def set_limits(self, limits: Mapping[str, RowLimit | None]) -> None:
        """Type limits in the rows of groups and channels; None clears a row."""
        now = dict(self.limits)
        for name, limit in limits.items():
            key = self.scenario.row_key(name)
            if limit is None:
                now.pop(key, None)
            else:
                now[key] = limit
        self.replace_limits(now)

    def replace_limits(self, limits: Mapping[RowKey, RowLimit]) -> None:
        """Put these limits in place of those of all rows."""
        self.scenario = with_limits(self.scenario, limits)

    def set_split(
        self, channels: tuple[str, ...], shares: Shares | None = None, locked: tuple[str, ...] | None = None
    ) -> None:
        """Choose how the money of the group with exactly these channels goes to them, or which shares are locked."""
        self.scenario = with_split(self.scenario, channels, shares=shares, locked=locked)

    def own_shares(self, channels: tuple[str, ...]) -> Shares | None:
        """The planner's own split of the group with exactly these channels; None if it follows history."""
        split = self.scenario.split_of(channels)
        return None if split is None or split.shares == "historical" else split.shares

    def set_flighting(self, chosen: FlightingRule | Literal["table"], table: TableFlighting | None) -> None:
        """Choose how money is spread over the window's dates: by a rule, or by the planner's own table."""
        rule = table if chosen == "table" else RuleFlighting(rule=chosen)
        if rule is None:
            raise RuntimeError("A table is chosen that is not there.")
        self.scenario = with_flighting(self.scenario, rule, table)

    def set_board(self, board: BoardState) -> None:
        """Make this the grouping."""
        groups = tuple(
            Group.model_construct(id=group.id, name=group.name, color=group.color, channels=group.channels)
            for group in board.groups
        )
        self.board_ack = board.ack
        self.scenario = with_kept(changed(self.scenario, groups=groups), ungrouped=board.ungrouped)

    @property
    def currency(self) -> str:
        """Symbol shown before money."""
        return self.scenario.settings.currency

    @property
    def interval(self) -> float:
        """Mass of the intervals shown."""
        return self.scenario.settings.interval

    @property
    def budget(self) -> float:
        """Money over the horizon, for the goal that spends a fixed budget."""
        if self.scenario.budget is None:
            raise RuntimeError("A scenario is opened with a budget.")
        return self.scenario.budget

    @property
    def goal_inputs(self) -> GoalInputs:
        """The chosen goal and utility, with the numbers of every goal."""
        if self.scenario.kept.goal_inputs is None:
            raise RuntimeError("A scenario is opened with the numbers of all goals.")
        return self.scenario.kept.goal_inputs

    @property
    def goal(self) -> Goal:
        """The chosen goal; raises ConstraintError if its number is not typed yet."""
        return self.goal_inputs.goal(self.budget)

    @property
    def board(self) -> BoardState:
        """The grouping as the drag board has it."""
        groups = tuple(BoardGroup(group.id, group.name, group.color, group.channels) for group in self.scenario.groups)
        return BoardState(groups, self.scenario.kept.ungrouped, self.board_ack)

    @property
    def limits(self) -> Mapping[RowKey, RowLimit]:
        """What is typed in the rows of groups and channels, also in those that are not shown now."""
        scenario = self.scenario
        return self._once("limits", (scenario.limits, scenario.kept.limits), lambda: typed_limits(scenario))

    def row_limit(self, name: str) -> RowLimit:
        """The limits in the row of a group or channel."""
        return self.limits.get(self.scenario.row_key(name), RowLimit())

    @property
    def flighting(self) -> FlightingRule | Literal["table"]:
        """How money is spread over the window's dates; `table` means `weights`."""
        chosen = self.scenario.flighting
        return "table" if isinstance(chosen, TableFlighting) else chosen.rule

    @property
    def weights(self) -> pd.DataFrame | None:
        """The planner's own flighting, dates x channels, also while another one is chosen."""
        table = self.scenario.table
        return None if table is None else self._once("weights", (table,), lambda: table.frame)

    @property
    def horizon(self) -> Horizon | None:
        """The planning window; None for curves whose file does not say which dates they are for."""
        source, window = self.source, self.scenario.window
        if isinstance(source, CurveFile):
            return source.horizon
        if window is None:
            return None
        # Its ends are dates of the model; whether that can answer for them is asked when the curves are read.
        return Horizon(pd.Timestamp(window.start), pd.Timestamp(window.end), source.frequency)

    @property
    def channels(self) -> tuple[str, ...]:
        """What is planned on: the source's channels, and the parts of those that are split."""
        scenario = self.scenario
        return self._once("channels", (scenario.sub_channels,), lambda: scenario.channels)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """All groups over the channels; raises GroupingError if a name is that of a foreign channel."""
        scenario = self.scenario
        return self._once("groups", (scenario.groups, scenario.sub_channels), scenario.all_groups)

    def limit_rows(self) -> dict[str, tuple[str, ...]]:
        """Rows of the table of limits, each with its channels: the groups and, if wanted, the channels inside them."""
        return limit_rows(self.groups, with_channels=self.scenario.channel_limits)

    def _once[T](self, what: str, made_of: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` answers, worked out again only when something that it is made of was replaced."""
        known = self._answers.get(what)
        if known is None or any(old is not new for old, new in zip(known[0], made_of, strict=True)):
            known = self._answers[what] = (made_of, make())
        return cast(T, known[1])

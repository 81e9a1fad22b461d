"""A scenario open on its source: what is typed, how it is changed, and what follows from it on the curves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

import pandas as pd

from mmm_groups.curves.first_budget import reference_budget
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.shares import SplitRule, without_history
from mmm_groups.model.flighting import FlightingRule
from mmm_groups.model.horizon import Horizon
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.stating import budget_problem
from mmm_groups.scenario.asked_curves import flighting_of, with_reference
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
from mmm_groups.scenario.fields import Group, RowKey, RuleFlighting, TableFlighting, Window
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.on_curves import constraints_on, constraints_on_sets, split_on
from mmm_groups.scenario.row_limits import RowLimit, limit_rows
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.sources import CurveRequest, curves_with_sub_channels, ready_curves, shared_group_curves
from mmm_groups.ui.widgets.board.layout import BoardGroup, BoardState


@dataclass
class OpenScenario:
    """One model, or one file of curves, with everything that is typed on it.

    What follows from that is worked out once for each scenario and curves: a change puts another scenario in its place.

    Attributes
    ----------
    source : PlanningSource
        What is open.
    scenario : Scenario
        Everything that is typed. As `planner_of` opens it: it has a budget, the numbers of all goals and the order of
        all channels, and its shares are those that are wanted now.
    curves : ResponseCurves or None
        The source's own; None until they have been read from the model for this window.
    board_ack : int
        The last layout of the browser's board that is settled.
    """

    source: PlanningSource
    scenario: Scenario
    curves: ResponseCurves | None = None
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

    def change_window(self, horizon: Horizon) -> None:
        """Plan other dates on a model; a budget that was the reference of the old window becomes that of the new one.

        Curves from a file have the window they were made for: their page offers no other.
        """
        if isinstance(self.source, CurveFile) or self.horizon is None:
            raise RuntimeError("Curves from a file are for one window.")
        if self.budget == reference_budget(self.source, self.horizon):
            self.set_goal(budget=reference_budget(self.source, horizon))
        self.change(window=Window.of(horizon), reach=None)
        if self.flighting == "table":  # its dates are those of the old window
            self.set_flighting("even", self.scenario.table)
        self.ask_again()

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

    @property
    def request(self) -> CurveRequest:
        """What is asked of the model's curves now."""
        if self.horizon is None:
            raise RuntimeError("Curves from a file are for one window.")
        return CurveRequest(self.horizon, flighting_of(self.scenario), self.scenario.prices, self.scenario.reach)

    def ask_again(self) -> None:
        """Take the curves of the present request if they are at hand; otherwise they have to be read."""
        source = self.source
        self.take(source.curves if isinstance(source, CurveFile) else ready_curves(source, self.request))

    def take(self, curves: ResponseCurves | None) -> None:
        """Plan on these curves, held against the reference that was given if there is one."""
        self.curves = None if curves is None else with_reference(curves, self.scenario.reference)

    @property
    def has_history(self) -> bool:
        """True if spend by date is known, which re-estimation follows."""
        return not self.known_curves.historical_spend.empty

    def reference_of(self, members: Iterable[str]) -> float:
        """Reference spend of channels together, in currency; NaN if it is unknown."""
        return self.known_curves.reference_of(members)

    @property
    def modelled_curves(self) -> ResponseCurves:
        """The model's own curves, without parts; pages that need them stop before if they are not read yet."""
        if self.curves is None:
            raise RuntimeError("This page was shown before the curves were read.")
        return self.curves

    @property
    def known_curves(self) -> ResponseCurves:
        """The curves that are planned on, with the parts of channels that are split."""
        curves, assumed = self.modelled_curves, self.scenario.sub_channels
        return self._once("known_curves", (curves, assumed), lambda: curves_with_sub_channels(curves, assumed))

    @property
    def split(self) -> dict[str, SplitRule]:
        """The rule of every group of several channels."""
        return self._on_curves("split", lambda scenario, curves: split_on(scenario, curves, scenario.splits))

    @property
    def without_history(self) -> list[str]:
        """Groups of several channels for which history gives no split."""
        return self._on_curves("without_history", lambda scenario, curves: without_history(curves, self.groups))

    def group_curves(self) -> GroupCurves:
        """Curves of the current groups along their current splits."""
        return self._on_curves(
            "group_curves",
            lambda scenario, curves: shared_group_curves(curves, self.groups, scenario.method, self.split),
        )

    def constraints(self) -> list[Constraint]:
        """Limits of the rows, then the constraints on sets; raises ConstraintError if a row cannot be met."""
        return self._on_curves("constraints", constraints_on)

    def constraints_on_sets(self) -> list[Constraint]:
        """Constraints on sets of channels, with groups named where a set holds all their channels."""
        return self._on_curves("constraints_on_sets", constraints_on_sets)

    def problem(self) -> BudgetProblem:
        """The problem as it stands now; raises MmmGroupsError if it has no solution."""
        return budget_problem(self.group_curves(), self.goal, self.constraints(), utility=self.scenario.utility)

    def _on_curves[T](self, what: str, make: Callable[[Scenario, ResponseCurves], T]) -> T:
        scenario, curves = self.scenario, self.known_curves
        return self._once(what, (scenario, curves), lambda: make(scenario, curves))

    def _once[T](self, what: str, made_of: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` answers, worked out again only when something that it is made of was replaced."""
        known = self._answers.get(what)
        if known is None or any(old is not new for old, new in zip(known[0], made_of, strict=True)):
            known = self._answers[what] = (made_of, make())
        return cast(T, known[1])

"""What one planner has open and has typed, and what follows from it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from mmm_groups.curves.first_budget import reference_budget
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channels import SubChannels, parted_names
from mmm_groups.display.presentation import look
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import SplitRule
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting, FlightingRule
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.intervals import INTERVAL
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.split import split_plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.stating import budget_problem
from mmm_groups.scenario.asked_curves import with_reference
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.scenario.fields import GivenReference
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit, limit_rows, stated_rows
from mmm_groups.scenario.sub_channel_limits import (
    constraints_on_split_channels,
    constraints_on_sums,
    limits_on_split_channels,
)
from mmm_groups.ui.planner.curves_to_draw import CurveChoice
from mmm_groups.ui.planner.result import Result, ResultView, SweepResult
from mmm_groups.ui.planner.sources import CurveRequest, ready_curves, shared_group_curves, with_parts
from mmm_groups.ui.planner.work_identity import WorkIdentity
from mmm_groups.ui.widgets.board.history import BoardHistory
from mmm_groups.ui.widgets.board.layout import BoardState, to_mapping

UNTITLED = "Untitled plan"


@dataclass
class Planner:
    """One model, or one file of curves, with everything the planner decided about it.

    Attributes
    ----------
    source : PlanningSource
        What is open.
    horizon : Horizon or None
        The planning window; None for curves whose file does not say which dates they are for.
    curves : ResponseCurves or None
        None until they have been read from the model for this window.
    currency : str
        Symbol shown before money.
    board : BoardState
        The grouping.
    method : Method
        How the channels' curves become the group's.
    touched : str or None
        Name of the group that was changed last.
    custom_splits : dict
        Members of a group to their shares, or to `marginal_roi`: the best ones at every spend, as scenarios of the
        command line may ask for. Keyed by members, so that a split comes back when its channels do.
    locked : dict
        Members of a group to the rows whose sliders are locked.
    budget : float
        Money over the horizon, for the goal that spends a fixed budget.
    goal_inputs : GoalInputs
        The chosen goal and utility, with the numbers of every goal.
    bounds : dict
        Key of a group or channel (`bound_key`) to the limits in its row.
    bounds_before : dict or None
        The limits before the last preset, to be brought back.
    channel_limits : bool
        Whether channels inside groups have limits of their own.
    set_constraints : list[Constraint]
        Constraints on sets of channels.
    limits_added : int
        How many of them were ever added.
    result : Result or None
        The last optimum; it stays visible, marked as stale, when inputs change.
    resplit : Result or None
        The last optimum with another split, kept so that it is worked out once.
    result_view : ResultView
        Which chart of the result is shown.
    interval : float
        Mass of the intervals shown.
    board_history : BoardHistory
        Steps on the board that can be undone or done again.
    curve_choice : CurveChoice
        How the planner looks at curves.
    flighting : FlightingRule or "table"
        How money is spread over the window's dates; `table` means `weights`.
    weights : pd.DataFrame or None
        The planner's own flighting, dates x channels; kept while another one is chosen.
    prices : dict[str, float]
        Planned price per unit of channels that the model knows in units; others cost what they did.
    reach : float or None
        A budget that every curve was asked to take alone, in currency.
    reference : dict[str, float] or None
        What plans are held against, by channel over the window, in currency, as a scenario may give it; None: what the
        latest dates spent.
    title, notes : str
        What the scenario is called, and what the planner wrote about it.
    work : WorkIdentity
        Which saved scenario this began with, and where the work is kept.
    sub_channels : tuple[SubChannels, ...]
        Channels that are split into parts, by the planner's assumption.
    constraints_at_rest : list[Constraint]
        Constraints on parts that do not exist now; they come back with them.
    sweep : SweepResult or None
        The last comparison of groupings, with the inputs it answers to.
    export_mapping : DisaggregationMappingConfig or None
        How channels are parted into export rows; no plan depends on it.
    """

    source: PlanningSource
    horizon: Horizon | None
    curves: ResponseCurves | None
    board: BoardState
    budget: float
    currency: str = "€"
    method: Method = "sum"
    touched: str | None = None
    custom_splits: dict[tuple[str, ...], dict[str, float] | Literal["marginal_roi"]] = field(default_factory=dict)
    locked: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)
    goal_inputs: GoalInputs = field(default_factory=GoalInputs)
    bounds: dict[str, RowLimit] = field(default_factory=dict)
    bounds_before: dict[str, RowLimit] | None = None
    channel_limits: bool = False
    set_constraints: list[Constraint] = field(default_factory=list)
    limits_added: int = 0
    result: Result | None = None
    resplit: Result | None = None
    interval: float = INTERVAL
    board_history: BoardHistory = field(default_factory=BoardHistory)
    curve_choice: CurveChoice = field(default_factory=CurveChoice)
    flighting: FlightingRule | Literal["table"] = "even"
    weights: pd.DataFrame | None = None
    prices: dict[str, float] = field(default_factory=dict)
    reach: float | None = None
    result_view: ResultView = "spend"
    export_mapping: DisaggregationMappingConfig | None = None
    reference: dict[str, float] | None = None
    title: str = UNTITLED
    notes: str = ""
    work: WorkIdentity = field(default_factory=WorkIdentity)
    sub_channels: tuple[SubChannels, ...] = ()
    constraints_at_rest: list[Constraint] = field(default_factory=list)
    sweep: SweepResult | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """What is planned on: the source's channels, and the parts of those that are split."""
        return parted_names(self.source.channels, self.sub_channels)

    @property
    def goal(self) -> Goal:
        """The chosen goal; raises ConstraintError if its number is not typed yet."""
        return self.goal_inputs.goal(self.budget)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """All groups over the channels; raises GroupingError if a name is that of a foreign channel."""
        channels = self.channels
        groups = ChannelGroups(to_mapping(self.board)).over(channels)
        # In the source's order, so that moving a chip inside its group changes nothing.
        order = channels.index
        return {name: tuple(sorted(members, key=order)) for name, members in groups.items()}

    @property
    def split(self) -> dict[str, SplitRule]:
        """Custom shares by group name, and even ones where there is no history; missing groups follow history."""
        groups = self.groups
        even = {name: dict.fromkeys(groups[name], 1 / len(groups[name])) for name in self.without_history}
        own: dict[str, SplitRule] = {
            name: self.custom_splits[members] for name, members in groups.items() if members in self.custom_splits
        }
        return even | own

    @property
    def without_history(self) -> list[str]:
        """Groups of several channels for which history gives no split: they spent nothing, or nobody knows what."""
        curves = self.known_curves
        # What is unknown is NaN, which is not above 0.
        return [name for name, inside in self.groups.items() if len(inside) > 1 and not curves.reference_of(inside) > 0]

    @property
    def has_history(self) -> bool:
        """True if spend by date is known, which re-estimation follows."""
        return not self.known_curves.historical_spend.empty

    @property
    def window(self) -> str:
        """The planning window in words."""
        return str(self.horizon) if self.horizon else "the curves’ own window"

    @property
    def window_and_dates(self) -> str:
        """The planning window in words, with how many dates it has."""
        return f"{self.horizon}, {self.horizon.periods} dates" if self.horizon else f"For {self.window}"

    def file_name(self, what: str, ending: str) -> str:
        """Name of a file that leaves the app."""
        start = f"_{self.horizon.start:%Y-%m-%d}" if self.horizon else ""
        return f"{what}_{self.source.name}{start}.{ending}"

    def group_curves(self) -> GroupCurves:
        """Curves of the current groups along their current splits."""
        return shared_group_curves(self.known_curves, self.groups, self.method, self.split)

    @property
    def modelled_curves(self) -> ResponseCurves:
        """The model's own curves, without parts; pages that need them stop before if they are not read yet."""
        if self.curves is None:
            raise RuntimeError("This page was shown before the curves were read.")
        return self.curves

    @property
    def known_curves(self) -> ResponseCurves:
        """The curves that are planned on, with the parts of channels that are split."""
        return with_parts(self.modelled_curves, self.sub_channels)

    def bound_key(self, name: str) -> str:
        """Under which key the bounds of a group or channel stand: groups keep theirs when renamed."""
        named = (group_key(group.id) for group in self.board.groups if group.name == name)
        return next(named, f"channel {name}")

    def limit_rows(self) -> dict[str, tuple[str, ...]]:
        """Rows of the table of limits, each with its channels: the groups and, if wanted, the channels inside them."""
        return limit_rows(self.groups, with_channels=self.channel_limits)

    def row_limit(self, name: str) -> RowLimit:
        """The limits in the row of a group or channel."""
        return self.bounds.get(self.bound_key(name), RowLimit())

    def reference_of(self, members: Iterable[str]) -> float:
        """Reference spend of channels together, in currency; NaN if it is unknown."""
        return self.known_curves.reference_of(members)

    def constraints(self) -> list[Constraint]:
        """Limits of the rows, then the constraints on sets."""
        stated = stated_rows(self.limit_rows(), self.row_limit, self.known_curves.reference_spend)
        return stated + self.named_constraints()

    def split_channel_limits(self) -> dict[str, RowLimit]:
        """Limits typed on channels that are split now, which hold their sub-channels together."""
        grouped = set(self.channels) - set(self.board.ungrouped)
        return limits_on_split_channels(
            self.sub_channels, self.row_limit, with_channels=self.channel_limits, grouped=grouped
        )

    def split_channel_constraints(self) -> tuple[Constraint, ...]:
        """What `split_channel_limits` mean for the sub-channels."""
        return constraints_on_split_channels(
            self.split_channel_limits(), self.sub_channels, self.known_curves.reference_spend
        )

    def named_constraints(self) -> list[Constraint]:
        """Constraints on sets of channels, with groups named where a set holds all their channels."""
        reference = self.known_curves.reference_spend
        return constraints_on_sums(
            self.set_constraints, self.split_channel_limits(), self.groups, self.sub_channels, reference
        )

    def touch(self, group: str) -> None:
        """Remember which group the planner looks at."""
        self.touched = group

    def shown_group(self, names: list[str]) -> str:
        """The group to show among `names`: the one touched last, else the first."""
        return self.touched if self.touched in names else names[0]

    def change_window(self, horizon: Horizon) -> None:
        """Plan other dates on a model; a budget that was the reference of the old window becomes that of the new one.

        Curves from a file have the window they were made for: their page offers no other.
        """
        if isinstance(self.source, CurveFile) or self.horizon is None:
            raise RuntimeError("Curves from a file are for one window.")
        if self.budget == reference_budget(self.source, self.horizon):
            self.budget = reference_budget(self.source, horizon)
        self.horizon, self.reach = horizon, None
        if self.flighting == "table":  # its dates are those of the old window
            self.flighting = "even"
        self.ask_again()

    @property
    def request(self) -> CurveRequest:
        """What is asked of the model's curves now."""
        if self.horizon is None:
            raise RuntimeError("Curves from a file are for one window.")
        flighting: Flighting = "even" if self.flighting == "table" else self.flighting
        if self.flighting == "table" and self.weights is not None:
            flighting = self.weights
        return CurveRequest(self.horizon, flighting, self.prices, self.reach)

    def ask_again(self) -> None:
        """Take the curves of the present request if they are at hand; otherwise they have to be read."""
        if isinstance(self.source, FittedModel):
            self.take(ready_curves(self.source, self.request))

    def take(self, curves: ResponseCurves | None) -> None:
        """Plan on these curves, held against the reference that was given if there is one."""
        given = None if self.reference is None else GivenReference(spends=self.reference)
        self.curves = curves if curves is None or given is None else with_reference(curves, given)

    def problem(self) -> BudgetProblem:
        """The problem as it stands now; raises MmmGroupsError if it has no solution."""
        utility = self.goal_inputs.chosen_utility()
        return budget_problem(self.group_curves(), self.goal, self.constraints(), utility=utility)

    @property
    def takes_a_search(self) -> bool:
        """True if the optimiser needs seconds: for bad cases, and where channels do not add up."""
        return self.goal_inputs.utility != "mean_response" or self.known_curves.is_conditional

    def optimise(self) -> None:
        """Solve the problem and keep the result with its inputs; raises MmmGroupsError if the goal is out of reach."""
        began = time.perf_counter()
        plan = replace(solve(self.problem()), interval=self.interval)
        self.result = Result(plan, self.inputs(), self.split, time.perf_counter() - began)

    def inputs(self) -> tuple[object, ...]:
        """Everything the optimum depends on but the split, as typed."""
        return (
            self.known_curves.origin.fingerprint,
            self.method,
            tuple(sorted(self.groups.items())),  # in which order the cards stand changes no plan
            self.goal_inputs.in_force(self.budget),
            tuple((name, limit) for name in sorted(self.limit_rows()) if not (limit := self.row_limit(name)).is_empty),
            tuple(constraint.model_dump_json() for constraint in self.named_constraints()),
        )

    @property
    def is_stale(self) -> bool:
        """True if the last optimum answers to other inputs than the current ones."""
        return self.result is not None and self.result.inputs != self.inputs()

    @property
    def is_resplit(self) -> bool:
        """True if the split was changed after the last optimum."""
        return self.result is not None and not self.is_stale and self.result.split != self.split

    def final(self) -> Result:
        """The last optimum with its group spends split as the planner wants now.

        Raises
        ------
        SplitError
            If the shares break a limit on channels.
        """
        if self.result is None:
            raise RuntimeError("This page was shown before anything was optimised.")
        if not self.is_resplit:
            return self.result
        if self.resplit is None or (self.resplit.inputs, self.resplit.split) != (self.result.inputs, self.split):
            plan = split_plan(self.result.plan, self.split)
            self.resplit = Result(plan, self.result.inputs, self.split, self.result.seconds)
        return self.resplit

    def colors(self) -> dict[str, str]:
        """Colour of every group in the current appearance: the board's, and free ones for channels on their own."""
        colors = look().palette
        used = {group.color for group in self.board.groups}
        free = [index for index in range(len(colors)) if index not in used] or list(range(len(colors)))
        chosen = {group.name: colors[group.color] for group in self.board.groups}
        alone = [name for name in self.groups if name not in chosen]
        return chosen | {name: colors[free[place % len(free)]] for place, name in enumerate(alone)}

    def colors_for(self, names: Iterable[str]) -> dict[str, str]:
        """Colours of groups by name; grey for names that are no groups any more."""
        known = self.colors()
        return {str(name): known.get(str(name), look().muted) for name in names}


def group_key(group_id: str) -> str:
    """Under which key the bounds of a group on the board stand."""
    return f"group {group_id}"

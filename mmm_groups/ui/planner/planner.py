"""What one session has open and typed, how it looks at it, and the plan that was made of it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.display.presentation import look
from mmm_groups.errors import MmmGroupsError, SplitError
from mmm_groups.groups.shares import SplitRule
from mmm_groups.plan.optimize import solve
from mmm_groups.plan.split import split_plan
from mmm_groups.scenario.changes import changed, checked
from mmm_groups.scenario.fields import MemberSplit, RowKey
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.summary import summary_of
from mmm_groups.tables.written_numbers import Mark
from mmm_groups.ui.planner.board_history import BoardHistory
from mmm_groups.ui.planner.open_scenario import OpenScenario
from mmm_groups.ui.planner.plan_draft import PlanDraft
from mmm_groups.ui.planner.plotted_curves import CurveChoice
from mmm_groups.ui.planner.result import Result, ResultView, SweepResult
from mmm_groups.ui.planner.work_identity import WorkIdentity


@dataclass
class Planner(OpenScenario):
    """An open scenario with what belongs to the session alone.

    Attributes
    ----------
    touched : str or None
        Name of the group that was changed last.
    limits_before : mapping or None
        The limits before the last preset, to be brought back.
    limits_added : int
        How many constraints on sets of channels were ever added.
    result : Result or None
        The last optimum; it stays visible, marked as stale, when inputs change.
    resplit : Result or None
        The last optimum with another split, kept so that it is worked out once.
    result_view : ResultView
        Which chart of the result is shown.
    board_history : BoardHistory
        Steps on the board that can be undone or done again.
    curve_choice : CurveChoice
        How the planner looks at curves.
    work : WorkIdentity
        Which saved scenario this began with, and where the work is kept.
    plan_draft : PlanDraft or None
        A sheet that was brought last, and what was answered about it.
    decimal : `.` or `,`, or None
        The decimal mark of sheets in which no number shows it, once somebody said so.
    sweep : SweepResult or None
        The last comparison of groupings, with the inputs it answers to.
    """

    touched: str | None = None
    limits_before: Mapping[RowKey, RowLimit] | None = None
    limits_added: int = 0
    result: Result | None = None
    resplit: Result | None = None
    result_view: ResultView = "spend"
    board_history: BoardHistory = field(default_factory=BoardHistory)
    curve_choice: CurveChoice = field(default_factory=CurveChoice)
    work: WorkIdentity = field(default_factory=WorkIdentity)
    plan_draft: PlanDraft | None = None
    decimal: Mark | None = None
    sweep: SweepResult | None = None

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

    def touch(self, group: str) -> None:
        """Remember which group the planner looks at."""
        self.touched = group

    def shown_group(self, names: list[str]) -> str:
        """The group to show among `names`: the one touched last, else the first."""
        return self.touched if self.touched in names else names[0]

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
        return self._on_curves("inputs", self._inputs)

    def _inputs(self, scenario: Scenario, curves: ResponseCurves) -> tuple[object, ...]:
        limits = scenario.row_limits(sorted(self.limit_rows()))
        return (
            curves.origin.fingerprint,
            scenario.method,
            tuple(sorted(self.groups.items())),  # in which order the cards stand changes no plan
            self.goal_inputs.in_force(self.budget),
            tuple((name, limit) for name, limit in limits.items() if not limit.is_empty),
            tuple(constraint.model_dump_json() for constraint in self.constraints_on_sets()),
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

    @property
    def shown(self) -> Result | None:
        """The plan that every page shows: `final`; the last optimum while its inputs or shares are not in force."""
        if self.result is None:
            return None
        try:
            return self.final()
        except SplitError:
            return self.result

    def document(self) -> Scenario:
        """The scenario as it is stored: after a later split, also with the one that its plan was optimised under.

        Raises
        ------
        MmmGroupsError
            If something that is typed cannot be stored; the text names what.
        """
        return self._once("document", (self.scenario, self.curves, self.result), self._document)

    def _document(self) -> Scenario:
        typed = self.scenario
        if self.result is not None and self.curves is not None and self.is_resplit:
            typed = changed(typed, splits=_splits(self.result.split, self.groups), resplit=typed.splits)
        return checked(typed)

    def document_with_figures(self) -> Scenario:
        """The same with the plan's figures, if there are any that answer to it."""
        typed = self.document()
        if self.result is None or self.curves is None or self.is_stale:
            return typed
        try:
            plan = self.final().plan
        except MmmGroupsError:
            return typed  # the split page says which limit its shares break
        return changed(typed, summary=summary_of(typed, plan))

    def colors(self) -> dict[str, str]:
        """Colour of every group in the current appearance: the board's, and free ones for channels on their own."""
        colors, groups = look().palette, self.scenario.groups
        used = {group.color for group in groups}
        free = [index for index in range(len(colors)) if index not in used] or list(range(len(colors)))
        chosen = {group.name: colors[group.color] for group in groups}
        alone = [name for name in self.groups if name not in chosen]
        return chosen | {name: colors[free[place % len(free)]] for place, name in enumerate(alone)}

    def colors_for(self, names: Iterable[str]) -> dict[str, str]:
        """Colours of groups by name; grey for names that are no groups any more."""
        known = self.colors()
        return {str(name): known.get(str(name), look().muted) for name in names}


def _splits(rules: Mapping[str, SplitRule], groups: Mapping[str, tuple[str, ...]]) -> tuple[MemberSplit, ...]:
    return tuple(
        MemberSplit.model_construct(channels=groups[name], shares=rule if isinstance(rule, str) else dict(rule))
        for name, rule in rules.items()
        if rule != "historical"
    )

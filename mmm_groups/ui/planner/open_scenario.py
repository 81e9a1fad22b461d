"""A scenario open on its source: what follows on the curves from what is typed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mmm_groups.curves.first_budget import reference_budget
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ScenarioError
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.shares import SplitRule, without_history
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.stating import budget_problem
from mmm_groups.scenario.asked_curves import flighting_of, with_reference
from mmm_groups.scenario.fields import Window
from mmm_groups.scenario.on_curves import constraints_on, constraints_on_sets, split_on
from mmm_groups.scenario.references import LatestReference
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.planner.sources import CurveRequest, curves_with_sub_channels, ready_curves, shared_group_curves
from mmm_groups.ui.planner.typed_scenario import TypedScenario


@dataclass
class OpenScenario(TypedScenario):
    """Everything that is typed, with the curves that it is planned on.

    Attributes
    ----------
    curves : ResponseCurves or None
        The source's own; None until they have been read from the model for this window.
    reference_refused : MarkedText or None
        Why another reference than the one chosen is in force, until that was said.
    """

    curves: ResponseCurves | None = None
    reference_refused: MarkedText | None = None

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
        """Plan on these curves, held against the chosen reference; where they cannot give it, the latest spend."""
        try:
            self.curves = None if curves is None else with_reference(curves, self.scenario.reference)
        except ScenarioError as error:
            self.reference_refused = error.text
            self.change(reference=LatestReference())
            self.curves = curves

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

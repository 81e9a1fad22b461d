"""What the planner typed about the goal: every goal's numbers are kept while another one is chosen."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mmm_groups.errors import ConstraintError
from mmm_groups.problem.goals import FixedBudget, Goal, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.problem.utilities import ConditionalValueAtRisk, MeanResponse, Quantile, StatedUtility

GoalKind = Literal["fixed_budget", "target_roi", "target_marginal_roi", "target_response", "max_profit"]
UtilityKind = Literal["mean_response", "quantile", "conditional_value_at_risk"]

BAD_CASES = 0.1
"""Which quantile a bad year is, and how much of the draws the worst cases are."""

Number = Annotated[float, Field(allow_inf_nan=False)]
_MISSING: dict[GoalKind, str] = {
    "target_roi": "Type the ROI that the plan must reach.",
    "target_marginal_roi": "Type what the next unit of money must still bring.",
    "target_response": "Type the response that the plan must reach.",
    "max_profit": "Type the profit that one unit of the outcome leaves before media is paid.",
}


class GoalInputs(BaseModel):
    """The chosen goal and utility, and the numbers of all goals but the fixed budget.

    Attributes
    ----------
    kind : GoalKind
        The goal that is chosen.
    values : dict
        Goal to its number: an ROI, a marginal ROI, a response, the profit of one unit of response.
    min_budget, max_budget : float or None
        Between which a goal finds its own budget, in currency over the window; None: no limit.
    utility : UtilityKind
        What counts of an uncertain response.
    quantile, tail : float
        Which quantile a bad year is, and how much of the draws the worst cases are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: GoalKind = "fixed_budget"
    values: dict[GoalKind, Number | None] = {}
    min_budget: Number | None = None
    max_budget: Number | None = None
    utility: UtilityKind = "mean_response"
    quantile: Annotated[float, Field(gt=0, lt=1)] = BAD_CASES
    tail: Annotated[float, Field(gt=0, le=1)] = BAD_CASES

    @property
    def value(self) -> float | None:
        """The chosen goal's number; None if nothing is typed."""
        return self.values.get(self.kind)

    def with_value(self, value: float | None) -> "GoalInputs":
        """The same with another number for the chosen goal."""
        return self.model_copy(update={"values": self.values | {self.kind: value}})

    def goal(self, budget: float) -> Goal:
        """The goal as the optimiser takes it.

        Raises
        ------
        ConstraintError
            If its number is not typed yet, or the least budget exceeds the greatest.
        """
        if self.kind == "fixed_budget":
            return FixedBudget(budget)
        if self.value is None:
            raise ConstraintError(_MISSING[self.kind])
        between = {"min_budget": self.min_budget, "max_budget": self.max_budget}
        match self.kind:
            case "target_roi":
                return TargetRoi(self.value, **between)
            case "target_marginal_roi":
                return TargetMarginalRoi(self.value, **between)
            case "target_response":
                return TargetResponse(self.value, **between)
            case "max_profit":
                return MaxProfit(self.value, **between)

    def chosen_utility(self) -> StatedUtility:
        """The one number that stands for the draws of a response."""
        match self.utility:
            case "mean_response":
                return MeanResponse()
            case "quantile":
                return Quantile(self.quantile)
            case "conditional_value_at_risk":
                return ConditionalValueAtRisk(self.tail)

    def in_force(self, budget: float) -> tuple[object, ...]:
        """What the optimum depends on: the chosen goal's own inputs, not what is kept for others."""
        utility = self.chosen_utility()
        if self.kind == "fixed_budget":
            return (self.kind, budget, utility)
        return (self.kind, self.value, self.min_budget, self.max_budget, utility)

    def with_goal(self, goal: Goal) -> "GoalInputs":
        """The same with this goal chosen and its numbers typed; those of the other goals stay."""
        if isinstance(goal, FixedBudget):  # its number is the planner's budget, and it has no limits of the budget
            return self.model_copy(update={"kind": goal.kind})
        number = goal.margin if isinstance(goal, MaxProfit) else goal.value
        between = {"min_budget": goal.min_budget, "max_budget": goal.max_budget}
        return self.model_copy(update={"kind": goal.kind, **between}).with_value(number)

    def with_utility(self, utility: StatedUtility) -> "GoalInputs":
        """The same with this utility chosen."""
        match utility:
            case Quantile():
                return self.model_copy(update={"utility": utility.kind, "quantile": utility.q})
            case ConditionalValueAtRisk():
                return self.model_copy(update={"utility": utility.kind, "tail": utility.alpha})
            case MeanResponse():
                return self.model_copy(update={"utility": utility.kind})

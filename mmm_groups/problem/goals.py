"""Goals: what is wanted, as the planner states it, and what that means in numbers."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from mmm_groups.numerics.digits import marked_amount
from mmm_groups.problem.statement import Money, Positive, Statement
from mmm_groups.solver.program import Objective, Requirement


class FixedBudget(Statement):
    """Goal: spend exactly `total` over the horizon, in currency, for the largest response."""

    kind: Literal["fixed_budget"] = "fixed_budget"
    total: Money

    def __init__(self, total: float, **values: Any) -> None:
        super().__init__(total=total, **values)


class _Flexible(Statement):
    """A goal that finds its own budget, between `min_budget` and `max_budget` where they are given, in currency."""

    min_budget: Money | None = None
    max_budget: Money | None = None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)

    @model_validator(mode="after")
    def _ordered_budget(self) -> Self:
        if self.min_budget is not None and self.max_budget is not None and self.min_budget > self.max_budget:
            raise ValueError(
                f"The least budget ({marked_amount(self.min_budget)}) exceeds the greatest one "
                f"({marked_amount(self.max_budget)})"
            )
        return self


class TargetRoi(_Flexible):
    """Goal: the largest response whose ROI (response / spend) is at least `value`."""

    kind: Literal["target_roi"] = "target_roi"
    value: Positive

    def __init__(self, value: float, **values: Any) -> None:
        super().__init__(value=value, **values)


class TargetMarginalRoi(_Flexible):
    """Goal: spend as long as the next unit of currency brings at least `value`: largest response - value x spend."""

    kind: Literal["target_marginal_roi"] = "target_marginal_roi"
    value: Positive

    def __init__(self, value: float, **values: Any) -> None:
        super().__init__(value=value, **values)


class TargetResponse(_Flexible):
    """Goal: the least money whose response is at least `value`, in units of the target."""

    kind: Literal["target_response"] = "target_response"
    value: Money

    def __init__(self, value: float, **values: Any) -> None:
        super().__init__(value=value, **values)


class MaxProfit(_Flexible):
    """Goal: the largest profit, `margin` x response - spend; `margin` is the profit of one unit of response."""

    kind: Literal["max_profit"] = "max_profit"
    margin: Positive

    def __init__(self, margin: float, **values: Any) -> None:
        super().__init__(margin=margin, **values)


Goal = Annotated[FixedBudget | TargetRoi | TargetMarginalRoi | TargetResponse | MaxProfit, Field(discriminator="kind")]
"""What is wanted; `TypeAdapter(Goal)` reads one back from JSON."""


def objective_of(goal: Goal) -> Objective:
    """What a goal maximises and requires of the response R and the spend S.

    A target ROI requires R - value * S >= 0. A target response requires R >= value, for the least spend (the largest
    -S). Spending as long as the next unit earns at least `value` maximises R - value * S; a profit is margin * R - S.
    """
    match goal:
        case FixedBudget():
            return Objective()
        case TargetRoi(value=value):
            return Objective(requirement=Requirement(response_weight=1.0, spend_weight=value, minimum=0.0))
        case TargetMarginalRoi(value=value):
            return Objective(spend_weight=value)
        case TargetResponse(value=value):
            return Objective(
                0.0, spend_weight=1.0, requirement=Requirement(response_weight=1.0, spend_weight=0.0, minimum=value)
            )
        case MaxProfit(margin=margin):
            return Objective(response_weight=margin, spend_weight=1.0)

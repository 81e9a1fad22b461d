"""What a goal means in numbers: what is maximised, and what is needed."""

from mmm_groups.constraints import FixedBudget, Goal, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.solver.program import Aim


def aim_of(goal: Goal) -> Aim:
    """Maximise reward·R - charge·S, needing give·R - take·S >= least, of the response R and the spend S.

    A target ROI needs R - value·S >= 0, a target response R >= value (and the least spend, so the largest -S). Spending
    while the next unit brings at least `value` is the largest R - value·S, and a profit is margin·R - S.
    """
    match goal:
        case FixedBudget():
            return Aim()
        case TargetRoi(value=value):
            return Aim(give=1.0, take=value, least=0.0)
        case TargetMarginalRoi(value=value):
            return Aim(charge=value)
        case TargetResponse(value=value):
            return Aim(reward=0.0, charge=1.0, give=1.0, least=value)
        case MaxProfit(margin=margin):
            return Aim(reward=margin, charge=1.0)


def objective_name(goal: Goal, target: str) -> str:
    """What the goal maximises, in words."""
    match goal:
        case TargetResponse():
            return "spend, negative"
        case MaxProfit():
            return "profit"
        case TargetMarginalRoi(value=value):
            return f"{target} minus {value:g} for each unit of spend"
        case _:
            return target

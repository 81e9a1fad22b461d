"""How good a plan is, in sentences: what is proven, and how much an optimised plan flatters itself."""

import math

import pandas as pd

from mmm_groups.display.numbers import compact, compact_money, money, percent, ratio, signed
from mmm_groups.evaluation.stability import HonestUplift, Stability
from mmm_groups.numerics.labelled import number_at
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.goals import MaxProfit, TargetMarginalRoi, TargetResponse
from mmm_groups.problem.utilities import ConditionalValueAtRisk, Quantile

_EXACT = 1e-6  # a gap that no planner would call one
_SURE = 0.9  # share of draws that agree, from which the direction of a change counts as sure


def bound_in_words(plan: Plan, currency: str) -> str:
    """What no plan can exceed, how near this one comes, and whether that is proven."""
    if plan.bound_kind == "unknown" or not math.isfinite(plan.upper_bound):
        return (
            "The channels of this model do not add up, so the plan was searched from several starts and the best one "
            "kept; there is no proof that none is better."
            if plan.problem.channel_curves.is_conditional
            else "The plan was searched from several starts; there is no proof that none is better."
        )
    limit = f"Under these limits {_beyond(plan, currency)}"
    if plan.bound_kind == "proven" and plan.gap <= _EXACT:
        return f"Proven to be the best: {limit[0].lower()}{limit[1:]}, and this plan reaches that."
    miss = f"{limit}; this plan misses at most {_small(plan.gap)} of that"
    if plan.bound_kind == "proven":
        return f"{miss}, proven."
    return f"{miss}, and perhaps nothing: how near any plan can come is not known."


def honest_in_words(honest: HonestUplift | str, target: str) -> str:
    """The uplift without the optimiser's curse beside the naive one, or why there is none."""
    if isinstance(honest, str):
        return honest
    return (
        f"Chosen on one half of the model's draws and scored on the other, plans like this bring "
        f"{signed(compact(honest.honest), honest.honest)} {target} over the reference; scored on the half they were "
        f"chosen on, {signed(compact(honest.naive), honest.naive)}. The difference, "
        f"{compact(honest.curse)}, is how much a plan that was chosen for looking best promises too much."
    )


def utility_in_words(plan: Plan) -> str:
    """What the plan was chosen for, where that is not the average; empty if it is."""
    target = plan.target
    match plan.problem.utility:
        case Quantile(q=q):
            return (
                f"Planned for a bad year: in {percent(1 - q)} of the cases that the model holds possible it brings "
                f"more than {compact(plan.utility)} {target}."
            )
        case ConditionalValueAtRisk(alpha=alpha):
            return (
                f"Planned for the worst {percent(alpha)} of the cases that the model holds possible: there it brings "
                f"{compact(plan.utility)} {target} on average."
            )
        case _:
            return ""


def frontier_in_words(table: pd.DataFrame, target: str, currency: str) -> str:
    """What the smallest and the largest budget of a frontier bring."""
    first, last = table.iloc[0], table.iloc[-1]
    least, most = (compact_money(row.budget, currency) for row in (first, last))
    return (
        f"Every point is the best plan for its budget, under the same limits. From {least} to {most} the "
        f"response goes from {compact(first.response)} to "
        f"{compact(last.response)} {target}, and what the next unit of money brings from {ratio(first.mroi)} to "
        f"{ratio(last.mroi)}."
    )


def stability_in_words(found: Stability, currency: str) -> list[str]:
    """How far the best plans of single draws lie apart, and where they agree."""
    table = found.table
    widest = str((table["high"] - table["low"]).idxmax())
    low, high = (compact_money(number_at(table, widest, end), currency) for end in ("low", "high"))
    said = [
        "Each posterior draw is one way the world may be. The bar holds the spends that would be the best in "
        f"{percent(found.plan.interval)} of them: a wide one means that the model does not know the group's best "
        f"spend, however good the plan is as a whole. The widest is that of {widest}: {low} to {high}."
    ]
    if found.is_settled:
        return [
            "The limits leave one plan, the same in every draw: they decide the spends, not what the model knows. How "
            "sure the model is of them is seen when the limits are loosened."
        ]
    known = table["probability_more"].dropna()
    more = [f"{name} ({percent(share)})" for name, share in known.items() if share >= _SURE]
    less = [f"{name} ({percent(1 - share)})" for name, share in known.items() if share <= 1 - _SURE]
    agreed = [f"more than the reference for {', '.join(more)}"] if more else []
    agreed += [f"not more for {', '.join(less)}"] if less else []
    if agreed:
        said.append(f"Where the draws agree on the direction: {'; '.join(agreed)}.")
    if found.unreachable:
        said.append(f"In {found.unreachable} draws the goal is out of reach; they are left out.")
    return said


def _beyond(plan: Plan, currency: str) -> str:
    target = plan.target
    match plan.problem.goal:
        case TargetResponse():
            return f"the target takes at least {money(-plan.upper_bound, currency)}"
        case MaxProfit():
            return f"no plan makes more profit than {compact_money(plan.upper_bound, currency)}"
        case TargetMarginalRoi():
            return f"no plan brings more than {compact(plan.upper_bound)} {target} beyond what its money must bring"
        case _:
            kind = "" if not utility_in_words(plan) else " in such cases"
            return f"no plan can bring more than {compact(plan.upper_bound)} {target}{kind}"


def _small(share: float) -> str:
    return percent(share, 4 if share < 1e-4 else 2)

"""How good a plan is, in sentences: what is proven, and how much an optimised plan flatters itself."""

import math

from mmm_groups.display.numbers import compact, compact_money, in_style, money, percent, ratio, signed
from mmm_groups.evaluation.consistency import ConsistencyReport
from mmm_groups.evaluation.stability import HonestUplift, Stability
from mmm_groups.numerics.labelled import number_at
from mmm_groups.plan.frontier import Frontier
from mmm_groups.plan.measures import measure_of, on_average
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.goals import MaxProfit, TargetMarginalRoi, TargetResponse
from mmm_groups.problem.utilities import ConditionalValueAtRisk, Quantile, cases_of

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
    limit, own = f"Under these limits {_beyond(plan, currency)}", _on_own_curves(plan)
    if plan.bound_kind == "proven" and plan.gap <= _EXACT:
        return f"Proven to be the best: {limit[0].lower()}{limit[1:]}, and this plan reaches that.{own}"
    miss = f"{limit}; this plan misses at most {_small(plan.gap)} of that"
    if plan.bound_kind == "proven":
        return f"{miss}, proven.{own}"
    return f"{miss}, and perhaps nothing: how near any plan can come is not known.{own}"


def _on_own_curves(plan: Plan) -> str:
    """What the plan's channels earn where the bound speaks of the groups' curves; empty where both are one."""
    if not plan.has_group_models:
        return ""
    cases = in_style(cases_of(plan.problem.utility))
    earned = f"{compact(plan.delivered)} {plan.target}{cases}"
    return (
        f" On its channels' own curves this plan brings {earned}; the groups' curves predict {compact(plan.utility)}."
    )


def honest_in_words(honest: HonestUplift | str, plan: Plan) -> str:
    """The uplift without the optimiser's curse beside the naive one, or why there is none."""
    if isinstance(honest, str):
        return honest
    target = f"{plan.target}{in_style(cases_of(plan.problem.utility))}"
    return (
        f"Chosen on one half of the model's draws and scored on the other, plans like this bring "
        f"{signed(compact(honest.honest), honest.honest)} {target} over the reference; scored on the half they were "
        f"chosen on, {signed(compact(honest.naive), honest.naive)}. The difference, "
        f"{compact(honest.curse)}, is how much a plan that was chosen for looking best promises too much."
    )


def cost_of_grouping_in_words(report: ConsistencyReport, currency: str) -> str:
    """What the cost of grouping is, in which measure, and how much more budget would make up for it."""
    cases, worth = in_style(cases_of(report.plan.problem.utility)), report.cost_of_grouping_money
    said = f"What deciding channel by channel under the same limits could earn more{cases}."
    if not math.isfinite(worth):
        return f"{said} No larger budget makes up for it under these limits and on the known curves."
    return f"{said} With these groups it would take {compact_money(worth, currency)} more budget to earn as much."


def utility_in_words(plan: Plan) -> str:
    """What the plan was chosen for, where that is not the average; empty if it is."""
    target = plan.target
    match plan.problem.utility:
        case Quantile(q=q):
            return (
                f"Planned for a bad year: in {percent(1 - q)} of the cases that the model holds possible it brings "
                f"more than {compact(plan.delivered)} {target}{_reference(plan)}."
            )
        case ConditionalValueAtRisk(alpha=alpha):
            return (
                f"Planned for the worst {percent(alpha)} of the cases that the model holds possible: there it brings "
                f"{compact(plan.delivered)} {target} on average{_reference(plan)}."
            )
        case _:
            return ""


def _reference(plan: Plan) -> str:
    """What the reference spend brings in the cases that the plan was chosen for; empty where it is unknown."""
    before = plan.problem.utility.of(plan.reference_response.values) if plan.has_reference else math.nan
    return f", the reference spend {compact(before)}" if math.isfinite(before) else ""


def frontier_in_words(frontier: Frontier, target: str, currency: str) -> str:
    """What the smallest and the largest budget of a frontier bring."""
    table, plan = frontier.table, frontier[0]
    first, last = table.iloc[0], table.iloc[-1]
    least, most = (compact_money(row.budget, currency) for row in (first, last))
    return (
        f"Every point is the best plan for its budget, under the same limits. From {least} to {most} the "
        f"response goes from {compact(first.response)} to "
        f"{compact(last.response)} {target}{on_average(plan)}, and what the next unit of money "
        f"brings{in_style(measure_of(plan))} from {ratio(first.mroi)} to {ratio(last.mroi)}."
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
    target, measure = plan.target, in_style(measure_of(plan))
    match plan.problem.goal:
        case TargetResponse():
            return f"the target takes at least {money(-plan.upper_bound, currency)}{measure and f',{measure}'}"
        case MaxProfit():
            return f"no plan makes more profit than {compact_money(plan.upper_bound, currency)}{measure}"
        case TargetMarginalRoi():
            bound = compact(plan.upper_bound)
            return f"no plan brings more than {bound} {target}{measure} beyond what its money must bring"
        case _:
            return f"no plan can bring more than {compact(plan.upper_bound)} {target}{measure}"


def _small(share: float) -> str:
    return percent(share, 4 if share < 1e-4 else 2)

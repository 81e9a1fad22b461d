"""A plan in plain sentences."""

import math

import numpy as np

from mmm_groups.numerics.digits import marked_amount, marked_change, marked_exactly, marked_rate
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import labels_of, number_at
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.tolerances import JOINT_REQUIREMENT_MET
from mmm_groups.plan.measures import marginal_utility, measure_of, on_average, probability_of_goal, unspent
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.goals import FixedBudget, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.problem.limit import Limit

_PROVEN = 1e-5  # of the objective: a plan this near its proven bound is the best one
_SEEN = 5e-7  # of the plan's money: less is not seen
_ALIKE = 0.02  # marginal returns within 2 % of each other are the same to a planner


def sentences_of(plan: Plan, currency: str = "") -> list[MarkedText]:
    """One sentence on the budget and one on every group: what changes and what decides it.

    Parameters
    ----------
    plan : Plan
        Of any goal.
    currency : str
        Symbol put before money.
    """
    return [
        MarkedText(_budget_sentence(plan, currency) + _left_and_likely(plan, currency)),
        *(MarkedText(_group_sentence(plan, name, currency)) for name in labels_of(plan.groups)),
    ]


def reference_sentence(plan: Plan, currency: str = "") -> MarkedText:
    """What the plan brings against the reference spend, with its interval and how sure that is."""
    target = plan.target
    draws = plan.gain
    if not np.isfinite(draws).all():
        brings = f"The plan brings {marked_amount(float(plan.response.mean()))} {target}{on_average(plan)}"
        return MarkedText(f"{brings}; there is no reference spend to compare with.")
    money = plan.total - float(plan.reference_spend.sum())
    if plan.is_reference:
        return MarkedText(
            "The plan is the reference spend: no channel gets more or less, and the response is the same."
        )
    if abs(money) <= _SEEN * plan.total:
        spends = "With the same money as"
    else:
        spends = f"With {_money(abs(money), currency)} {'more' if money > 0 else 'less'} than"
    mean = float(np.mean(draws))
    more = f"{marked_amount(abs(mean))} {'more' if mean >= 0 else 'fewer'} {target}{on_average(plan)}"
    gain = f"{spends} the reference spend, the plan brings {more}"
    if not plan.has_draws:
        return MarkedText(f"{gain}; how sure that is cannot be told, because there are no draws.")
    low, high = (float(end) for end in hdi(draws, plan.interval))
    return MarkedText(
        f"{gain} ({marked(100 * plan.interval):.0f} % interval {marked_change(low)} to {marked_change(high)}); it "
        f"beats the reference with a probability of {marked(100 * float(np.mean(draws > 0))):.0f} %."
    )


def limit_sentences(plan: Plan, currency: str = "") -> list[MarkedText]:
    """One sentence on every limit that holds the plan back: what loosening it would bring, dearest first.

    The amounts are at the margin: small steps bring what is said, large ones less.
    """
    holding = [(limit, price) for limit, price in plan.holding_limits if not limit.is_on_budget]
    return [MarkedText(_limit_sentence(plan, *held, currency)) for held in sorted(holding, key=_cheapness)]


def _cheapness(held: tuple[Limit, float]) -> float:
    return -abs(held[1])


def _limit_sentence(plan: Plan, limit: Limit, price: float, currency: str) -> str:
    step, label = _handy(plan.total / 100), limit.label.marked
    brings = _worth(plan, abs(price) * step, currency)
    amount = _money(step, currency)
    if limit.kind == "curve_end":
        return f"{label[0].upper()}{label[1:]}: {amount} beyond that would {brings}."
    if limit.lower == limit.upper != 0:
        return f"{amount} {'more' if price > 0 else 'less'} in “{label}” would {brings}."
    if limit.lower == 0 or (limit.upper == 0 and len(set(limit.coefficients.values())) > 1):
        return f"Letting “{label}” go by {amount} would {brings}."
    used = float(plan.problem.used(plan.channel_spends).item(plan.problem.limits.index(limit)))
    is_cap = abs(used - limit.upper) <= abs(used - limit.lower)
    return f"{amount} {'more' if is_cap else 'less'} for “{label}” would {brings}."


def _worth(plan: Plan, amount: float, currency: str) -> str:
    """What an amount of the goal's objective is, in words."""
    target, measure = plan.target, measure_of(plan)
    match plan.problem.goal:
        case TargetResponse():
            return f"save about {_money(amount, currency)} for the same response{measure}"
        case MaxProfit():
            return f"bring about {_money(amount, currency)} more profit{measure}"
        case TargetMarginalRoi():
            return f"bring about {marked_amount(amount)} {target}{measure} more than its money must bring"
        case _:
            return f"bring about {marked_amount(amount)} more {target}{measure}"


def _budget_sentence(plan: Plan, currency: str) -> str:
    target, measure = plan.target, measure_of(plan)
    unit = currency or "unit of currency"
    margin, spent = plan.marginal_return, _money(plan.total, currency)
    roi = plan.utility / plan.total if plan.total > 0 else float("nan")
    capped = _capped(plan)
    is_best = plan.bound_kind == "proven" and plan.gap <= _PROVEN
    found, most = ("", "the most there is") if is_best else (" found", "the most found")
    if missed := _missed_goal(plan):
        return f"With the present shares {spent} {missed}. Optimise again to reach it."
    match plan.problem.goal:
        case FixedBudget():
            step = plan.total / 100
            if not margin > 0:
                return f"More budget than {spent} would bring nothing: these limits leave no room, or it earns nothing."
            return (
                f"1 % more budget ({_money(step, currency)}) would bring about {marked_amount(margin * step)} more "
                f"{target}{measure}: {marked_rate(margin)} for each {unit} at the margin."
            )
        case TargetRoi(value=value):
            why = capped or f"the most response{found} at an ROI of at least {marked_exactly(value)}"
            earned = f"{spent} earns an ROI of {marked_rate(roi)}{measure}, {why}"
            return f"{earned}; the last {unit} still brings {marked_rate(margin)}."
        case TargetMarginalRoi(value=value):
            ends = capped or "and there it ends"
            return (
                f"{spent}, {ends}: the next {unit} would bring {marked_rate(margin)}{measure}, against "
                f"{marked_exactly(value)} wanted."
            )
        case TargetResponse(value=value):
            step = value / 100
            return (
                f"{spent} is the least money{found} that reaches {marked_amount(value)} {target}{measure}"
                f"{f' ({capped})' if capped else ''}; 1 % more ({marked_amount(step)}) would take about "
                f"{_money(step / margin, currency) if margin > 0 else 'no more money'} more."
            )
        case MaxProfit(margin=value):
            profit = f"a profit of {_money(plan.objective, currency)}{measure}, {capped or most}"
            return (
                f"{spent} makes {profit}: the next {unit} would bring {marked_rate(margin)} {target}, worth "
                f"{marked_rate(value * margin)}."
            )


def _missed_goal(plan: Plan) -> str:
    """What a plan reaches of a target that it misses, having been split otherwise after it was optimised."""
    objective, measure = plan.problem.objective, measure_of(plan)
    if objective.shortfall(plan.utility, plan.total) <= JOINT_REQUIREMENT_MET * abs(plan.utility):
        return ""
    match plan.problem.goal:
        case TargetRoi(value=value):
            return f"earns an ROI of {marked_rate(plan.utility / plan.total)}{measure}, below {marked_exactly(value)}"
        case TargetResponse(value=value):
            reached = f"{marked_amount(plan.utility)} {plan.target}{measure}"
            return f"brings {reached}, below {marked_exactly(value)}"
        case _:
            return ""


def _left_and_likely(plan: Plan, currency: str) -> str:
    """What stays of the greatest budget, and how likely the goal is reached; empty where neither is asked."""
    said = ""
    if left := unspent(plan):
        all_of_it = _money(left + plan.total, currency)
        said = f" {_money(left, currency)} of {all_of_it} stay unspent because {_why_left(plan)}."
    if math.isfinite(likely := probability_of_goal(plan)):
        own = " on the channels' own curves" if plan.has_group_models else ""
        said += f" The goal is reached in {marked(100 * likely):.0f} % of the draws{own}."
    return said


def _why_left(plan: Plan) -> str:
    held = {name for limit, _ in plan.holding_limits for name in limit.channels}
    if all(held & set(members) for members in plan.problem.groups.values()):
        return "the limits leave no room for them"
    match plan.problem.goal:
        case TargetResponse():
            return "the response is reached without them"
        case TargetRoi():
            return "with them, all money would earn less than the ROI that is asked for"
        case TargetMarginalRoi():
            return "they would bring less than is asked for"
        case _:
            return "they would cost more than the profit they bring"


def _capped(plan: Plan) -> str:
    """Which limit of the budget decides a goal that finds its own; empty if none does."""
    for limit, _ in plan.holding_limits:
        if limit.is_on_budget:
            return f"held by the {limit.kind.replace('_', ' ')}"
    return ""


def _group_sentence(plan: Plan, name: str, currency: str) -> str:
    change, spend = number_at(plan.groups, name, "change"), _money(number_at(plan.groups, name, "spend"), currency)
    if not math.isfinite(change):
        moved = f"gets {spend}"
    elif abs(change) <= 0.005 * number_at(plan.groups, name, "reference_spend"):
        moved = f"stays at {spend}"
    else:
        verb = "gains" if change > 0 else "gives up"
        moved = f"{verb} {_money(abs(change), currency)} and gets {spend}"
    text = f"**{name}** {moved}: {_reason(plan, name, currency)}"
    extrapolated = labels_of(plan.channels[plan.channels["extrapolated"]])
    beyond = [channel for channel in plan.problem.groups[name] if channel in extrapolated]
    if not beyond:
        return text
    verb = "gets" if len(beyond) == 1 else "get"
    return f"{text} {', '.join(beyond)} {verb} more than in any past window of this length: the model extrapolates."


def _reason(plan: Plan, name: str, currency: str) -> str:
    measure = measure_of(plan)
    unit = currency or "unit of money"
    # In the measure that the plan was chosen by, like the price it is held against: two measures do not compare.
    mroi, price = float(marginal_utility(plan)[name]), plan.marginal_return
    alike = abs(mroi - price) <= _ALIKE * abs(price)
    next_one = f"its next {unit} brings {marked_rate(mroi)}{measure}"
    if not math.isfinite(price):
        return f"{next_one}."
    if binding := plan.binding_on(plan.problem.groups[name]):
        than = "about as much as" if alike else "more than" if mroi > price else "less than"
        return f"held by “{binding.marked}”; {next_one}, {than} the {marked_rate(price)} elsewhere."
    if plan.spends[name] == 0 and not alike and mroi < price:
        first = f"even its first {unit} brings only {marked_rate(mroi)}{measure}"
        return f"{first}, less than the {marked_rate(price)} elsewhere."
    # A high ROI says what the money brought so far, not what more of it would bring.
    roi = number_at(plan.groups, name, "roi")
    is_high = not measure and roi > 3 * mroi > 0
    past = f" Its ROI of {marked_rate(roi)} is high, but that is the average, not the next {unit}." * is_high
    if alike:
        return f"there its next {unit} brings about as much as everywhere else ({marked_rate(mroi)}{measure}).{past}"
    return f"{next_one}, against {marked_rate(price)} for the budget as a whole.{past}"


def _handy(amount: float) -> float:
    """A round amount of about this size: 1, 2 or 5 and zeros."""
    if not amount > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(amount))
    return float(next(step for step in (1, 2, 5, 10) if step * power >= amount * (1 - 1e-9)) * power)


def _money(amount: float, currency: str) -> str:
    return f"{currency}{' ' if len(currency) > 1 else ''}{marked_amount(amount)}"

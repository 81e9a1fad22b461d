"""What a media plan delivers, beside the reference and beside the best use of its money, in sentences."""

import math

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.display.numbers import compact, compact_money, percent, ratio, signed
from mmm_groups.display.source_words import is_latest_spend, reference_dates
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable
from mmm_groups.media_plan.plan_evaluation import PlanComparison, PlanEvaluation
from mmm_groups.media_plan.small_change import SmallChange
from mmm_groups.model.calendar import period_word
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.ties import difference
from mmm_groups.scenario.references import GivenReference, LastYearReference, Reference
from mmm_groups.sentences import some_of

_MUCH = 0.25  # of what is left on the table: from which on it is worth a sentence
_SURE = 0.995  # a chance beyond which no percentage is written: it would read as certainty


def chance(probability: float) -> str:
    """A probability in percent, never 0 or 100 %."""
    if math.isfinite(probability) and probability > _SURE:
        return f"over {percent(0.99)}"
    if math.isfinite(probability) and probability < 1 - _SURE:
        return f"under {percent(0.01)}"
    return percent(probability)


def dates_word(curves: ResponseCurves) -> str:
    """What the dates of the window are called: `weeks`."""
    return "dates" if curves.horizon is None else period_word(curves.horizon.frequency)


def reference_name(reference: Reference, curves: ResponseCurves) -> str:
    """What the reference is called: `the last 13 weeks`, `last year, same weeks`, a plan's name."""
    if isinstance(reference, GivenReference):
        return f"“{reference.of}”" if reference.of else "the given reference"
    if isinstance(reference, LastYearReference):
        return f"last year, same {dates_word(curves)}"
    return reference_dates(curves) if is_latest_spend(curves) else "the reference spend"


def delivers_in_words(found: PlanEvaluation, currency: str) -> str:
    """What the plan's money delivers, with its interval, ROI, and how much of it comes after the window."""
    mean, total = float(found.response.mean()), found.plan.total
    said = f"“{found.plan.name}” spends {compact_money(total, currency)} and delivers {compact(mean)} {found.target}"
    if found.has_draws:
        low, high = hdi(found.response.values, found.interval)
        said += f" ({percent(found.interval)} interval {compact(float(low))} to {compact(float(high))})"
    if total > 0:
        said += f", {ratio(mean / total)} for each {currency or 'unit of money'} spent"
    tail = found.tail
    if tail is not None and mean > 0 and float(tail.mean()) > 0.005 * mean:
        said += f"; {percent(float(tail.mean()) / mean)} of that after the window"
    return f"{said}."


def beside_in_words(found: PlanComparison, name: str, currency: str) -> str:
    """The plan beside the reference: difference in response and money, and the chance of beating it."""
    more, money = found.total.mean, float(difference(found.evaluation.plan.total, found.reference.plan.total))
    spent = compact_money(abs(money), currency)
    spends = "the same money" if money == 0 else f"{spent} {'more' if money > 0 else 'less'} money"
    if not found.total.draws.any():
        return f"Beside {name}: the same response, with {spends}."
    word = "more" if more >= 0 else "less"
    said = f"Beside {name}: {compact(abs(more))} {found.evaluation.target} {word}{_between(found.total)}, with {spends}"
    likely = found.total.probability_better
    return f"{said}. Chance of beating it: {chance(likely)}." if math.isfinite(likely) else f"{said}."


def small_change_in_words(change: SmallChange, gain: Difference, share: float, currency: str) -> str:
    """What the best small change of a plan delivers, and what a little more freedom would add."""
    most = compact_money(share * change.plan.total, currency)
    target, price = change.best.target, float(change.best.shadow_prices["max_moved"])
    if gain.mean <= 0:
        return f"No change of up to {most} under the limits delivers more."
    said = f"Moving up to {most} delivers {compact(gain.mean)} {target} more{_between(gain)}."
    further = price * change.plan.total / 100
    return f"{said} Another {percent(0.01)} of the money would add about {compact(further)}." if price > 0 else said


def left_in_words(left: LeftOnTheTable, currency: str) -> str:
    """What the best use of the same money delivers more, in response and in money, and where that comes from."""
    more, target = left.total.mean, left.evaluation.target
    if more <= 0:
        return (
            "Nothing is left on the table: the best use of the same money under the limits delivers "
            f"{compact(abs(more))} {target} less."
            if more < 0
            else "Nothing is left on the table: no other use of the same money under the limits delivers more."
        )
    worth = left.total.in_money(more)
    equals = f", as much as {compact_money(worth, currency)} of extra budget" if math.isfinite(worth) else ""
    said = (
        f"The best use of the same {compact_money(left.evaluation.plan.total, currency)} under the same limits "
        f"delivers {compact(more)} {target} more{_between(left.total)}{equals}."
    )
    allocation, phasing = float(left.by_allocation.mean()), float(left.by_phasing.mean())
    if math.isfinite(phasing) and abs(phasing) > 0.02 * more:
        said += (
            f" Of that, {_part(allocation)} comes from dividing the money otherwise and {_part(phasing)} from other "
            "phasing."
        )
    return said


def moves_in_words(left: LeftOnTheTable, currency: str) -> list[str]:
    """The moves of money that would deliver most, one sentence each."""
    return [
        f"Move {compact_money(move.amount, currency)} from {move.source} to {move.target}: "
        f"{signed(compact(move.gain), move.gain)} {left.evaluation.target}"
        for move in left.moves
    ]


def inside_in_words(left: LeftOnTheTable) -> str:
    """How much comes from other splits inside groups, which no move between groups brings; empty if little does."""
    rest = float(left.by_allocation.mean()) - sum(move.gain for move in left.moves)
    shared = [name for name, members in left.best.problem.groups.items() if len(members) > 1]
    if not shared or not rest > _MUCH * left.total.mean > 0:
        return ""
    return (
        "These moves keep the split inside each group as this plan has it. Splitting groups as the best plan does is "
        f"most of the other {compact(rest)} {left.evaluation.target}."
    )


def beyond_in_words(found: PlanEvaluation) -> str:
    """Where the plan leaves the range ever spent; empty where it does not."""
    table = found.beyond_history
    if table.empty:
        return ""
    whole = table.loc[table["date"].isna(), "channel"].tolist()
    dated = [name for name in table.loc[table["date"].notna(), "channel"].unique() if name not in whole]
    parts = [f"{some_of(whole)} over the whole window"] if whole else []
    parts += [f"{some_of(dated)} on single dates"] if dated else []
    return f"Above historical spend: {' and '.join(parts)}. There the model extrapolates."


def room_in_words(lower: float, upper: float, currency: str) -> str:
    """A group's elbow room: `310k to 420k`."""
    return f"{compact_money(lower, currency)} to {compact_money(upper, currency)}"


def _between(found: Difference) -> str:
    low, high = found.ends
    return f" (between {compact(low)} and {compact(high)})" if math.isfinite(low) else ""


def _part(amount: float) -> str:
    return signed(compact(amount), amount)

"""What moving money between groups costs, in sentences."""

import math

from mmm_groups.display.numbers import compact, compact_money, in_style, percent, signed
from mmm_groups.numerics.tolerances import SAME
from mmm_groups.plan.what_if import MovedPlan
from mmm_groups.problem.utilities import cases_of

_SAME = 1e-6  # of the response: smaller differences are rounding


def is_same(moved: MovedPlan) -> bool:
    """True if the spends earn what the plan earns, up to rounding: on average, and in what the plan was chosen for."""
    size = _SAME * max(abs(float(moved.plan.response.mean())), abs(moved.plan.delivered))
    return max(abs(moved.difference), abs(moved.utility_difference)) <= size


def is_at_plan(moved: MovedPlan) -> bool:
    """True if no money is moved."""
    return bool((moved.spends - moved.plan.spends).abs().max() <= SAME * moved.plan.total)


def interval_in_words(moved: MovedPlan) -> str:
    """The interval of the mean difference, in units of the target; empty without draws."""
    if not moved.plan.has_draws:
        return ""
    ends = " to ".join(signed(compact(end), end) for end in moved.interval)
    return f"{percent(moved.plan.interval)} interval {ends}"


def move_price_in_words(moved: MovedPlan, target: str, currency: str, worth: float) -> str:
    """What the moved spends bring less or more than the plan, in money, and how sure that is.

    Parameters
    ----------
    moved : MovedPlan
    target, currency : str
    worth : float
        The budget that the difference is worth; NaN if there is none, or it is not worked out.
    """
    if is_at_plan(moved):
        return "Nothing is moved: the sliders stand at the plan. Move one to see what that would cost."
    if is_same(moved):
        return "Moving the money like this changes the response by nothing that can be seen."
    cases = in_style(cases_of(moved.plan.problem.utility))
    more = moved.utility_difference
    said = f"This brings {_more_or_less(more, target)}{cases} than the plan{_priced(more, worth, currency)}."
    if cases:
        said += f" On average it brings {_more_or_less(moved.difference, target)}."
    if math.isfinite(moved.probability_better):
        said += f" It earns more than the plan in {percent(moved.probability_better)} of what the model holds possible."
    if more > 0 and moved.broken:
        said += " More is possible because this breaks a limit that the plan keeps."
    elif more > 0:
        said += " More is possible because the plan was chosen by other figures than its channels' own curves."
    return said


def _more_or_less(difference: float, target: str) -> str:
    return f"{compact(abs(difference))} {target} {'less' if difference < 0 else 'more'}"


def _priced(difference: float, worth: float, currency: str) -> str:
    """What a difference is worth in budget, to be put behind it."""
    if not math.isfinite(worth):
        return ""
    change = "smaller" if worth < 0 else "larger"
    as_much = "as little" if difference < 0 else "as much"
    return f"; the best plan of a budget {compact_money(abs(worth), currency)} {change} brings {as_much}"


def moves_in_words(moved: MovedPlan, currency: str) -> str:
    """From which groups the money went, and to which; empty if nothing moved."""
    change = moved.spends - moved.plan.spends
    least = 5e-4 * moved.plan.total
    parts = []
    for word, sign in (("From", -1.0), ("to", 1.0)):
        moves = change[sign * change > least].abs().sort_values(ascending=False)
        if moves.empty:
            return ""
        said = ", ".join(f"{name} {compact_money(float(amount), currency)}" for name, amount in moves.items())
        parts.append(f"{word} {said}")
    return f"{parts[0]} {parts[1]}."

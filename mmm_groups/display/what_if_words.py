"""What moving money between groups costs, in sentences."""

import math

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, percent, signed
from mmm_groups.numerics.tolerances import SAME
from mmm_groups.plan.what_if import MovedPlan

_SAME = 1e-6  # of the response: smaller differences are rounding


def is_same(moved: MovedPlan) -> bool:
    """True if the spends earn what the plan earns, up to rounding."""
    return abs(moved.difference) <= _SAME * abs(float(moved.plan.response.mean()))


def is_at_plan(moved: MovedPlan) -> bool:
    """True if no money is moved."""
    return bool((moved.spends - moved.plan.spends).abs().max() <= SAME * moved.plan.total)


def interval_in_words(moved: MovedPlan, currency: str) -> tuple[str, str]:
    """The interval of the difference, in units of the target and in budget; empty without draws."""
    if not moved.plan.has_draws:
        return "", ""
    ends = " to ".join(signed(compact(end), end) for end in moved.interval)
    worth = [moved.in_money(end) for end in moved.interval]
    in_money = " to ".join(
        signed(compact_money(end, currency), end) if math.isfinite(end) else UNKNOWN for end in worth
    )
    return f"{percent(moved.plan.interval)} interval {ends}", in_money


def move_price_in_words(moved: MovedPlan, target: str, currency: str) -> str:
    """What the moved spends bring less or more than the plan, in money, and how sure that is."""
    if is_at_plan(moved):
        return "Nothing is moved: the sliders stand at the plan. Move one to see what that would cost."
    if is_same(moved):
        return "Moving the money like this changes the response by nothing that can be seen."
    less = moved.difference < 0
    worth = moved.in_money(abs(moved.difference))
    priced = f", as much as {compact_money(worth, currency)} of budget brings at the plan's margin" * math.isfinite(
        worth
    )
    said = f"This brings {compact(abs(moved.difference))} {target} {'less' if less else 'more'} than the plan{priced}."
    if math.isfinite(moved.probability_better):
        said += f" It earns more than the plan in {percent(moved.probability_better)} of what the model holds possible."
    if not less and moved.broken:
        said += " More is possible because this breaks a limit that the plan keeps."
    elif not less:
        said += " More on average is possible because the plan was not chosen for this average."
    return said


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

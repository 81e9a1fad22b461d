"""A plan in plain sentences."""

import math

from mmm_groups.plan import Plan

_ALIKE = 0.02  # marginal returns within 2 % of each other are the same to a planner


def sentences_of(plan: Plan, currency: str = "") -> list[str]:
    """One sentence on the budget and one on every group: what changes and what decides it.

    Parameters
    ----------
    plan : Plan
    currency : str
        Symbol put before money.
    """
    price = plan.marginal_return
    target = plan.problem.curves.curves.target
    step = plan.total / 100
    budget = (
        f"1 % more budget ({_money(step, currency)}) would bring about {price * step:,.0f} more {target}: "
        f"{price:.2f} for each {currency or 'unit of currency'} at the margin."
    )
    return [budget, *(_group_sentence(plan, str(name), price, currency) for name in plan.groups.index)]


def _group_sentence(plan: Plan, name: str, price: float, currency: str) -> str:
    row = plan.groups.loc[name]
    change = float(row["change"])
    if not math.isfinite(change):
        moved = f"gets {_money(row['spend'], currency)}"
    elif abs(change) < 0.005 * max(float(row["reference_spend"]), 1.0):
        moved = f"stays at {_money(row['spend'], currency)}"
    else:
        verb = "gains" if change > 0 else "gives up"
        moved = f"{verb} {_money(abs(change), currency)} and gets {_money(row['spend'], currency)}"
    text = f"**{name}** {moved}: {_reason(row['mroi'], row['spend'], price, str(row['binding']))}"
    members = list(plan.problem.curves.groups[name])
    beyond = plan.channels.loc[members, "extrapolated"]
    if not beyond.any():
        return text
    names = ", ".join(beyond[beyond].index)
    return f"{text} More than any such window of history saw: {names}; there the model extrapolates."


def _reason(mroi: float, spend: float, price: float, binding: str) -> str:
    alike = abs(mroi - price) <= _ALIKE * abs(price)
    if binding:
        than = "as much as" if alike else "more than" if mroi > price else "less than"
        return f"held by “{binding}”; its next unit brings {mroi:.2f}, {than} the {price:.2f} elsewhere."
    if alike:
        return f"there its next unit brings as much as everywhere else ({mroi:.2f})."
    if spend == 0:
        return f"even its first unit brings only {mroi:.2f}, less than the {price:.2f} elsewhere."
    return f"its next unit brings {mroi:.2f}, against {price:.2f} for the budget as a whole."


def _money(amount: float, currency: str) -> str:
    return f"{currency}{' ' if len(currency) > 1 else ''}{amount:,.0f}"

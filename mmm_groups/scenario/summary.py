"""The figures that are kept with a scenario, and how those of a plan depart from them."""

import math

from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.plan import Plan
from mmm_groups.scenario.fields import PlanSummary
from mmm_groups.scenario.scenario import Scenario

REPRODUCED = 1e-6
"""Relative to the whole plan: figures that differ by less are the same, computed on another machine."""


def summary_of(scenario: Scenario, plan: Plan) -> PlanSummary:
    """The figures of a scenario's plan that are kept with it."""
    low, high = (float(end) for end in hdi(plan.response.values, scenario.settings.interval))
    return PlanSummary(
        answers_to=scenario.inputs_hash,
        groups={str(name): _money(spend) for name, spend in plan.spends.items()},
        channels={str(name): _money(spend) for name, spend in plan.channel_spends.items()},
        group_response={str(name): _known(value) for name, value in plan.groups["response"].items()},
        response=float(plan.response.mean()),
        response_low=_known(low),
        response_high=_known(high),
        reference_response=_known(float(plan.reference_response.mean())),
        probability_better=_known(plan.probability_better),
        objective=plan.objective,
        upper_bound=_known(plan.upper_bound),
    )


def departures(summary: PlanSummary, plan: Plan) -> tuple[MarkedText, ...]:
    """What in a plan differs from the summary that was kept, in sentences; none if the numbers are the same."""
    found = []
    now = {str(name): float(spend) for name, spend in plan.channel_spends.items()}
    size = max(summary.total, 1e-300)
    for name in dict.fromkeys([*summary.channels, *now]):
        then, spend = summary.channels.get(name, 0.0), now.get(name, 0.0)
        if abs(spend - then) > REPRODUCED * size:
            found.append(
                f"{name} gets {marked_amount(spend)}; when the scenario was saved it got {marked_amount(then)}."
            )
    response = float(plan.response.mean())
    if abs(response - summary.response) > REPRODUCED * max(abs(summary.response), 1e-300):
        said = f"The response is {marked_amount(response)}; when the scenario was saved it was"
        found.append(f"{said} {marked_amount(summary.response)}.")
    return tuple(map(MarkedText, found))


def _money(spend: float) -> float:
    return 0.0 if -1e-6 < spend < 0 else float(spend)  # rounding of the simplex


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

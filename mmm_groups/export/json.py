"""A plan as one JSON document: the same numbers as in the other forms, for programs."""

import json
import math
from collections.abc import Sequence
from typing import TypeGuard

import numpy as np

from mmm_groups.errors import FlightingError
from mmm_groups.export.plan_tables import flighting_table, group_table, limits_table, plan_table
from mmm_groups.export.report import PlanReport
from mmm_groups.numerics.labelled import dates_of, rows_of

FORMAT, VERSION = "mmm_groups plan", 1


def plan_json(report: PlanReport) -> str:
    """The plan as JSON text.

    Money in `groups`, `channels` and `flighting` is rounded to cents that add up to the budget. What is unknown is
    null.

    Parameters
    ----------
    report : PlanReport

    Returns
    -------
    str
        An object with format, version, made, title, source, window, target, currency, totals, groups, channels,
        flighting (a list of dates with the spend by channel; null if unknown), limits, consistency (null if it was not
        worked out), explanation, assumptions, inputs and scenario (null, or a document that `read_scenario` reads).
    """
    plan = report.plan
    horizon = plan.problem.channel_curves.horizon
    document = {
        "format": FORMAT,
        "version": VERSION,
        "made": report.made.isoformat(timespec="seconds"),
        "title": report.title,
        "source": {"name": report.source, "fingerprint": report.fingerprint},
        "window": None
        if horizon is None
        else {"start": f"{horizon.start:%Y-%m-%d}", "end": f"{horizon.end:%Y-%m-%d}", "dates": horizon.periods},
        "target": report.target,
        "currency": report.currency,
        "interval": plan.interval,
        "totals": [
            {"label": line.label, "unit": line.unit, "value": line.value, "low": line.low, "high": line.high}
            for line in report.headlines
        ],
        "groups": rows_of(group_table(plan)),
        "channels": rows_of(plan_table(plan)),
        "flighting": _flighting(report),
        "limits": rows_of(limits_table(plan)),
        "consistency": _consistency(report),
        "explanation": [" ".join(part for part in pair if part) for pair in report.reasons] + list(report.limits),
        "assumptions": report.assumptions,
        "inputs": report.inputs,
        "scenario": None if report.scenario is None else report.scenario.model_dump(mode="json"),
    }
    return json.dumps(known_values(document), indent=2, ensure_ascii=False, allow_nan=False)


def _flighting(report: PlanReport) -> list[dict[str, object]] | None:
    try:
        table = flighting_table(report.plan)
    except FlightingError:  # the assumptions say that it is unknown
        return None
    dated = zip(dates_of(table), rows_of(table), strict=True)
    return [{"date": f"{date:%Y-%m-%d}", "spend": spends} for date, spends in dated]


def _consistency(report: PlanReport) -> dict[str, object] | None:
    found = report.consistency
    if found is None:
        return None
    return {
        "holds": found.holds,
        "checks": [
            {"name": check.name, "holds": check.holds, "finding": check.finding, "error": check.error}
            for check in found.checks
        ],
        "cost_of_grouping": found.cost_of_grouping,
        "cost_of_grouping_money": found.cost_of_grouping_money,
        "by_group": rows_of(found.by_group.reset_index()),
    }


def known_values(value: object) -> object:
    """The same values in types of JSON, with null for what is not a finite number."""
    if _is_object(value):
        return {key: known_values(item) for key, item in value.items()}
    if _is_list(value):
        return [known_values(item) for item in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)

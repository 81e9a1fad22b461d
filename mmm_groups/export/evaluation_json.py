"""The evaluation of a media plan as one JSON document, beside a reference and the best use of its money."""

import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.export.json import known_values
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable
from mmm_groups.media_plan.plan_evaluation import PlanComparison, PlanEvaluation
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import by_name, rows_of

FORMAT, VERSION = "mmm_groups evaluation", 1


def evaluation_json(
    found: PlanEvaluation, beside: PlanComparison | None = None, left: LeftOnTheTable | None = None
) -> str:
    """An evaluation as JSON text; what is unknown is null.

    Parameters
    ----------
    found : PlanEvaluation
    beside : PlanComparison, optional
        The plan beside a reference.
    left : LeftOnTheTable, optional
        The plan beside the best use of its money.

    Returns
    -------
    str
        An object with format, version, plan, target, interval, response, in_window, tail and carry_in (each with mean,
        low and high), channels, dates, beyond_history, notes, reference and best.
    """
    plan = found.plan
    document = {
        "format": FORMAT,
        "version": VERSION,
        "plan": {
            "name": plan.name,
            "total": plan.total,
            "window": None
            if plan.horizon is None
            else {"start": f"{plan.horizon.start:%Y-%m-%d}", "end": f"{plan.horizon.end:%Y-%m-%d}"},
            "money": [
                {"date": date, "spend": row}
                for date, row in zip(map(_date, plan.dates), rows_of(plan.money), strict=True)
            ],
            "notes": [str(note) for note in plan.notes],
        },
        "target": found.target,
        "interval": found.interval,
        "response": _summary(found.response.values, found.interval),
        "in_window": None if found.in_window is None else _summary(found.in_window.values, found.interval),
        "tail": None if found.tail is None else _summary(found.tail.values, found.interval),
        "carry_in": None if found.carry_in is None else _summary(found.carry_in.sum("date").values, found.interval),
        "marginal_return": found.marginal_return,
        "channels": rows_of(found.channels.reset_index()),
        "dates": None if found.dates is None else _dated(found.dates.reset_index()),
        "beyond_history": _dated(found.beyond_history),
        "notes": [str(note) for note in found.notes],
        "reference": None if beside is None else _beside(beside),
        "best": None if left is None else _left(left),
    }
    return json.dumps(known_values(document), indent=2, ensure_ascii=False, allow_nan=False)


def _summary(draws: NDArray[np.floating], interval: float) -> dict[str, float]:
    low, high = hdi(draws, interval)
    return {"mean": float(np.mean(draws)), "low": float(low), "high": float(high)}


def _difference(found: Difference) -> dict[str, float]:
    low, high = found.ends
    return {
        "mean": found.mean,
        "low": low,
        "high": high,
        "money": found.in_money(found.mean),
        "probability_better": found.probability_better,
    }


def _beside(beside: PlanComparison) -> dict[str, object]:
    plan = beside.reference.plan
    return {
        "name": plan.name,
        "total": plan.total,
        "notes": [str(note) for note in plan.notes],
        "response": _summary(beside.reference.response.values, beside.reference.interval),
        "difference": _difference(beside.total),
        "channels": rows_of(beside.channels.reset_index()),
        "sentence": str(beside.sentence),
    }


def _left(left: LeftOnTheTable) -> dict[str, object]:
    return {
        "money": by_name(left.best.channel_spends),
        "difference": _difference(left.total),
        "by_phasing": float(np.mean(left.by_phasing)),
        "broken": [str(label) for label in left.broken],
        "moves": [
            {"from": move.source, "to": move.target, "amount": move.amount, "gain": move.gain} for move in left.moves
        ],
        "sentence": str(left.sentence),
    }


def _dated(table: pd.DataFrame) -> list[dict[str, object]]:
    return [row | {"date": _date(row["date"])} for row in rows_of(table)]


def _date(date: object) -> str | None:
    return None if date is pd.NaT else f"{date:%Y-%m-%d}" if isinstance(date, pd.Timestamp) else str(date)

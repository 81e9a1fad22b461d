"""A media plan evaluated on the command line, beside a reference and the best use of its money."""

from argparse import Namespace
from pathlib import Path
from typing import cast

import pandas as pd

from mmm_groups.command_line.options import channels_of, pairs, source_named
from mmm_groups.command_line.outcome import DONE, OutputError, progress, put, tell
from mmm_groups.curves.extraction import response_curves
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.export.evaluation_json import evaluation_json
from mmm_groups.media_plan.assumed_money import Missing
from mmm_groups.media_plan.confirmed_table import Outside
from mmm_groups.media_plan.evaluate import evaluate
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable, leaves_on_the_table
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanComparison, PlanEvaluation
from mmm_groups.media_plan.plan_table import read_plan_table
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.numerics.digits import amount
from mmm_groups.numerics.intervals import hdi

RULES = {"latest": "latest", "last-year": "last_year"}


def evaluate_plan(asked: Namespace) -> int:
    """Evaluate a plan's table, show what it brings, and hold it against a reference and the best use of its money."""
    source = source_named(asked)
    on = source if isinstance(source, FittedModel) else source.curves
    plan = _plan(asked, on, asked.plan, asked.start, asked.end)
    for note in plan.notes:
        tell(note)
    progress("Importing PyMC-Marketing and compiling the model")
    found = evaluate(plan, on)
    for note in found.notes:
        tell(note)
    beside = None
    if asked.reference is not None:
        reference = _reference(asked, on, plan)
        for note in reference.notes:
            tell(f"{reference.name}: {note}")
        beside = found.compare(evaluate(reference, on))
    left = _left(on, found) if asked.best else None
    put(evaluation_json(found, beside, left) if asked.json else _text(found, beside, left), asked.output)
    return DONE


def _plan(
    asked: Namespace,
    on: FittedModel | ResponseCurves,
    path: str,
    start: str | pd.Timestamp | None,
    end: str | pd.Timestamp | None,
) -> MediaPlan:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise OutputError(f"'{path}' cannot be read: {error.strerror}. Name a CSV or Excel file.") from error
    groups = pairs(asked.group, "--group", "NAME=A,B")
    table = read_plan_table(
        content,
        on,
        start=start,
        end=end,
        groups={name: channels_of(name, listed) for name, listed in groups.items()},
        file=Path(path).name,
    )
    said = {**pairs(asked.map, "--map", "NAME=CHANNEL"), **dict.fromkeys(asked.leave_out)}
    return MediaPlan.from_table(
        table,
        # The reference's table may name other rows than the plan's.
        mapping={name: known for name, known in said.items() if path == asked.plan or name in table.money},
        missing=cast(Missing | None, asked.missing),
        outside=cast(Outside | None, asked.outside),
        name=Path(path).stem,
    )


def _reference(asked: Namespace, on: FittedModel | ResponseCurves, plan: MediaPlan) -> MediaPlan:
    start, end = (plan.horizon.start, plan.horizon.end) if plan.horizon is not None else (None, None)
    if asked.reference in RULES:
        return MediaPlan.from_history(on, start=start, end=end, rule=RULES[asked.reference])
    return _plan(asked, on, asked.reference, start, end)


def _left(on: FittedModel | ResponseCurves, found: PlanEvaluation) -> LeftOnTheTable:
    if isinstance(on, FittedModel):
        horizon = found.plan.horizon
        assert horizon is not None
        on = response_curves(on, horizon.start, horizon.end, budget=found.plan.total or None, progress=progress)
    return leaves_on_the_table(found, on)


def _text(found: PlanEvaluation, beside: PlanComparison | None, left: LeftOnTheTable | None) -> str:
    """The evaluation as text for a terminal."""
    plan, table = found.plan, found.channels
    shown = pd.DataFrame({name: table[name].map(amount) for name in ("spend", "response")})
    shown["roi"] = table["roi"].map(lambda value: "" if pd.isna(value) else f"{value:.2f}")
    if found.by_date is not None:
        shown["in window"], shown["tail"] = table["in_window"].map(_signed), table["tail"].map(_signed)
    shown["beyond history"] = table["beyond_history"].map(lambda beyond: "yes" if beyond else "")
    low, high = map(float, hdi(found.response.values, found.interval))
    span = f" ({found.interval:.0%} interval {_signed(low)} to {_signed(high)})" if found.has_draws else ""
    over = f" over {plan.horizon}" if plan.horizon is not None else ""
    lines = [
        shown.rename_axis(None).to_string(),
        f"{plan.name}{over}: {amount(plan.total)} brings {_signed(float(found.response.mean()))} {found.target}{span}.",
    ]
    if found.carry_in is not None and found.tail is not None:
        lines.append(
            f"Of that, {_signed(float(found.tail.mean()))} comes after the window; earlier spend still brings "
            f"{_signed(float(found.carry_in.sum('date').mean()))} inside it."
        )
    lines += [] if beside is None else [str(beside.sentence)]
    if left is not None:
        lines.append(str(left.sentence))
        lines += [
            f"Move {amount(move.amount)} from {move.source} to {move.target}: {_signed(move.gain)} {found.target} more"
            f"{', beyond what was ever spent there' if move.beyond_history else ''}."
            for move in left.moves
        ]
    return "\n".join(lines)


def _signed(value: float) -> str:
    return f"-{amount(-value)}" if value < 0 else amount(float(value))

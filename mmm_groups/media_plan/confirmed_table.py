"""A plan's table laid over channels and dates, once the planner has said what it leaves open."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.curves.first_budget import USUAL
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.assumed_money import Missing, filled_up, spread_note
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.media_plan.plan_table import PlanTable
from mmm_groups.model.calendar import one_period, period_word
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.sentences import some_of
from mmm_groups.tables.names import KnownNames

Outside = Literal["leave_out", "keep"]
"""Money of periods that are partly outside the window: that of the days outside is left out, or put on those inside."""

_NOTHING = 1e-9  # relative to the table's money


def confirmed(
    table: PlanTable, mapping: Mapping[str, str | None], missing: Missing | None, outside: Outside | None
) -> tuple[pd.DataFrame, tuple[MarkedText, ...]]:
    """Money, dates x channels, in currency, and what was read and assumed, in sentences.

    Parameters and errors are those of `MediaPlan.from_table`.
    """
    grid = table.grid
    known, notes = _resolved(table, mapping)
    kept = {written: name for written, name in known.items() if name is not None}
    by_name = table.money[list(kept)]
    _refuse_twice(table, kept)
    inside = _inside(table, by_name, outside)
    notes += _outside_notes(table, by_name, outside)
    money = pd.DataFrame(0.0, index=grid.dates, columns=list(grid.channels))
    split: dict[str, str] = {}
    for written, name in kept.items():
        members = table.groups.get(name, (name,))
        shares, how = _shares(grid, members)
        if len(members) > 1:
            split[name] = how
        amounts = by_name[written].to_numpy(dtype=np.float64)
        for channel, share in zip(members, shares, strict=True):
            if table.unit == "total":
                money[channel] += grid.phasing[channel] * float(amounts.sum() * share)
            else:
                money[channel] += share * (inside.T @ amounts)
    notes += [f"The money of {name} is divided over its channels by {how}." for name, how in split.items()]
    notes += _spread_notes(table)
    left_out = table.missing_with(mapping)
    filled, more = filled_up(money, grid, left_out, missing)
    return filled, (*table.notes, *map(MarkedText, notes), *more, *_size_notes(filled, grid))


def _resolved(table: PlanTable, mapping: Mapping[str, str | None]) -> tuple[dict[str, str | None], list[str]]:
    """Written name to channel or group, or None if it is left out; and notes on what is not obvious."""
    written = [name.written for name in table.names]
    own = KnownNames(written)
    given = {own.match(name) or name: known for name, known in mapping.items()}
    if unknown := sorted(set(given) - set(written)):
        raise MediaPlanError(f"The mapping names {unknown}, which are not in the table. It has {some_of(written)}.")
    there_are = {*table.grid.channels, *table.groups}
    if unknown := sorted({known for known in given.values() if known is not None} - there_are):
        raise MediaPlanError(
            f"The mapping leads to {unknown}, which are neither channels nor groups. There are {sorted(there_are)}."
        )
    if still := [name for name in table.unmatched if name.written not in given]:
        said = "; ".join(
            f"'{name.written}'" + (f" (perhaps {' or '.join(name.suggestions)}?)" if name.suggestions else "")
            for name in still
        )
        raise MediaPlanError(
            f"The table names what is no channel for certain: {said}. Map each to a channel or a group, or leave it "
            "out (in Python with mapping={name: channel or None}, on the command line with --map and --leave-out)."
        )
    known = {name: given.get(name, table.matched.get(name)) for name in written}
    notes = []
    if renamed := [f"{name} as {own}" for name, own in known.items() if own is not None and own != name]:
        notes.append(f"Names were read: {some_of(renamed, 12)}.")
    if out := [name for name, own in known.items() if own is None]:
        amount = marked_exactly(float(table.money[out].to_numpy().sum()))
        notes.append(f"Left out, {amount} in all: {some_of(out)}.")
    return known, notes


def _refuse_twice(table: PlanTable, known: Mapping[str, str]) -> None:
    """Refuse money for a group beside money for its channels: nobody can tell whether it counts twice."""
    for written, name in known.items():
        inside = set(table.groups.get(name, ()))
        if both := sorted(other for other, own in known.items() if own in inside):
            raise MediaPlanError(
                f"The table gives money to the group '{written}' and to channels of it: {some_of(both)}. Leave one of "
                "the two out."
            )


def _inside(table: PlanTable, by_name: pd.DataFrame, outside: Outside | None) -> np.ndarray:
    """Share of each period's money on each date, (period, date)."""
    inside = np.asarray(table.inside)
    share = inside.sum(axis=1)
    beyond = float(((1 - share) * by_name.sum(axis=1).to_numpy()).sum())
    if outside is None and beyond > _NOTHING * table.total:
        raise MediaPlanError(
            f"{marked_exactly(beyond)} of the table's money is on days outside the window, {table.grid.horizon}. Take "
            "a window that holds all dates of the table, or say what becomes of it with outside: leave_out (nothing) "
            "or keep (the money of periods that are partly inside goes on their days inside)."
        )
    if outside == "keep":
        inside = np.divide(inside, share[:, None], out=np.zeros_like(inside), where=share[:, None] > 0)
    return inside


def _outside_notes(table: PlanTable, by_name: pd.DataFrame, outside: Outside | None) -> list[str]:
    share = table.inside.sum(axis=1)
    money = by_name.sum(axis=1).to_numpy()
    left = np.where(share > 0, 0.0 if outside == "keep" else 1 - share, 1.0) @ money
    kept = np.where(share > 0, 1 - share, 0.0) @ money if outside == "keep" else 0.0
    notes = []
    if left > _NOTHING * table.total:
        notes.append(f"{marked_exactly(float(left))} on days outside the window, {table.grid.horizon}, is left out.")
    if kept > _NOTHING * table.total:
        notes.append(
            f"Periods that are partly outside the window keep all of their money: {marked_exactly(float(kept))} of it "
            "is put on their days inside."
        )
    return notes


def _shares(grid: PlanGrid, members: Sequence[str]) -> tuple[np.ndarray, str]:
    """How a group's money is divided over its channels, and in words."""
    if len(members) == 1:
        return np.ones(1), ""
    reference = grid.reference[list(members)].to_numpy(dtype=np.float64)
    if np.isfinite(reference).all() and reference.sum() > 0:
        return reference / reference.sum(), "their reference spend"
    return np.full(len(members), 1 / len(members)), "equal shares, as their reference spend is unknown or zero"


def _spread_notes(table: PlanTable) -> list[str]:
    """What was spread over dates, where the table's periods are others than the model's."""
    if table.grid.horizon is None:
        return [] if table.unit == "total" else ["These curves know no dates: the money of all periods is added up."]
    if table.unit == "total":
        return list(spread_note(table.grid))
    inside, dates = table.inside, pd.DatetimeIndex(table.grid.dates)
    notes = []
    if (silent := dates[inside.sum(axis=0) == 0]).size:
        named = some_of([f"{date:%Y-%m-%d}" for date in silent])
        notes.append(
            f"The table says nothing of {len(silent)} of the {len(dates)} dates, so they get nothing: {named}."
        )
    if table.unit == "model's dates" or bool(np.isin(inside.round(9), (0.0, 1.0)).all()):
        return notes
    frequency = table.grid.horizon.frequency
    unit = "period" if table.unit == "mixed" else table.unit
    return [
        *notes,
        f"The money of each {unit} is spread evenly over its days, added up by {one_period(frequency)} of the model, "
        f"whose {period_word(frequency)} begin on dates like {table.grid.horizon.start:%A %Y-%m-%d}.",
    ]


def _size_notes(money: pd.DataFrame, grid: PlanGrid) -> tuple[MarkedText, ...]:
    total, usual = float(money.to_numpy().sum()), float(grid.reference.sum(skipna=False))
    if not usual > 0 or not total > 0 or USUAL[0] <= total / usual <= USUAL[1]:
        return ()
    times = f"{marked(total / usual):.3g}"
    return (
        MarkedText(
            f"The plan's money, {marked_exactly(total)}, is {times} times the reference spend of such a window, "
            f"{marked_exactly(usual)}. Is it for the whole window, and in the model's currency?"
        ),
    )

"""Limits on sets of channels as rows: their numbers are edited where they stand."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from mmm_groups.display.numbers import plain, told
from mmm_groups.errors import MmmGroupsError
from mmm_groups.problem.constraints import (
    Constraint,
    GroupMaxRatio,
    GroupMaxSpend,
    GroupMinRatio,
    GroupMinSpend,
    RatioBetween,
)
from mmm_groups.ui.feasibility import Verdict, does_clash, limits_in
from mmm_groups.ui.open_planners import planner, tied
from mmm_groups.ui.state import Planner


@dataclass(frozen=True)
class _Amount:
    """One number of a limit: its field, how it is labelled, how much the screen's number is of it, and its largest."""

    field: str
    label: str
    shown_times: float = 1.0
    most: float | None = None


def set_limit_rows(current: Planner, verdict: Verdict) -> None:
    """List the limits, those that clash marked, each with its numbers and a way to remove it."""
    for place, constraint in enumerate(current.named_constraints()):
        amounts = _amounts(constraint, current.currency)
        text, *fields, button = st.columns([6, *[3 for _ in amounts], 1], vertical_alignment="bottom")
        words = told("; ".join(limit.label for limit in limits_in(current, constraint)))
        clashes = does_clash(current, verdict, constraint)
        text.markdown(f":red[:material/error: {words} (clashes)]" if clashes else f":material/rule: {words}")
        for amount, column in zip(amounts, fields, strict=True):
            value = getattr(constraint, amount.field)
            column.number_input(
                amount.label,
                min_value=0.0,
                max_value=amount.most,
                step=None,
                format="%.10g",
                placeholder="no limit",
                **tied(
                    f"edit-{place}-{amount.field}",
                    None if value is None else round(value * amount.shown_times, 10),
                    partial(_edit, place, amount),
                ),
            )
        button.button(
            "",
            key=f"drop-{place}",
            icon=":material/delete:",
            type="tertiary",
            help="Remove this limit",
            on_click=_drop,
            args=(place,),
        )


def _amounts(constraint: Constraint, currency: str) -> list[_Amount]:
    money = f" ({plain(currency)})" if currency else ""
    match constraint:
        case GroupMinSpend():
            return [_Amount("amount", f"At least{money}")]
        case GroupMaxSpend():
            return [_Amount("amount", f"At most{money}")]
        case GroupMinRatio():
            return [_Amount("ratio", "At least (%)", 100.0, 100.0)]
        case GroupMaxRatio():
            return [_Amount("ratio", "At most (%)", 100.0, 100.0)]
        case RatioBetween():
            return [_Amount("min", "At least (times)"), _Amount("max", "At most (times)")]
        case _:
            return []


def _edit(place: int, amount: _Amount, current: Planner, typed: float | None) -> None:
    """Take a typed number; where it makes no limit, say why and keep the old one."""
    old = current.set_constraints[place]
    value = None if typed is None else typed / amount.shown_times
    try:
        current.set_constraints[place] = type(old)(**{**old.model_dump(), amount.field: value})
    except MmmGroupsError as error:
        st.toast(f"{told(str(error))} The limit stays as it was.", icon=":material/error:")


def _drop(place: int) -> None:
    del planner().set_constraints[place]

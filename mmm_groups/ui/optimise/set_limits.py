"""Limits on any set of channels and groups: listed, edited, removed, added."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.problem.constraints import (
    Constraint,
    ConstraintBuilder,
    GroupMaxRatio,
    GroupMaxSpend,
    GroupMinRatio,
    GroupMinSpend,
    InSteps,
    MaxMoved,
    OffOrAtLeast,
    RatioBetween,
)
from mmm_groups.problem.limits import members_of
from mmm_groups.ui.optimise.feasibility import Feasibility, is_in_conflict, limits_in
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.choices import one_of

_KINDS = {
    "min_spend": "together at least so much money",
    "max_spend": "together at most so much money",
    "min_ratio": "together at least so many % of the total",
    "max_ratio": "together at most so many % of the total",
    "ratio": "between so many times what others spend",
    "off_or_least": "together nothing, or at least so much",
    "steps": "together in steps of so much",
}
_SHARES = ("min_ratio", "max_ratio")


@dataclass(frozen=True)
class _Typed:
    """What stands in the form."""

    kind: str
    names: list[str]
    least: float | None
    most: float | None
    others: list[str]


def set_limits(current: Planner, feasibility: Feasibility) -> None:
    """List the limits on sets of channels, those that clash marked, and offer to add one."""
    _rows(current, feasibility)
    with st.popover("Add a limit on several channels", icon=":material/add:"):
        _add_form(current)


def _add_form(current: Planner) -> None:
    choices = list(dict.fromkeys([*current.groups, *current.channels]))
    number = current.limits_added  # a new form for each limit, and the same one while it is mended
    kind = st.selectbox("The limit", list(_KINDS), format_func=lambda kind: _KINDS[kind], key=f"limit-kind-{number}")
    kind = one_of(_KINDS, kind)
    names = st.multiselect("Channels or groups", choices, key=f"limit-names-{number}")
    least, most, others = None, None, []
    if kind == "ratio":
        left, right = st.columns(2)
        least = left.number_input("At least (times)", min_value=0.0, value=None, key=f"limit-least-{number}")
        most = right.number_input("At most (times)", min_value=0.0, value=None, key=f"limit-most-{number}")
        others = st.multiselect("of what these spend", choices, key=f"limit-others-{number}")
    else:
        unit = "%" if kind in _SHARES else plain(current.currency) or "currency"
        least = st.number_input(f"Amount ({unit})", min_value=0.0, value=None, key=f"limit-value-{number}")
    if st.button("Add limit", key="add-limit", type="primary"):
        try:
            added = _stated(current, _Typed(kind, names, least, most, others))
            limits_in(current, added)
        except MmmGroupsError as error:
            st.error(plain(error))
        else:
            current.change(constraints=(*current.scenario.constraints, added))
            current.limits_added += 1
            st.rerun()


def _stated(current: Planner, typed: _Typed) -> Constraint:
    build, amount = ConstraintBuilder, typed.least
    if not typed.names:
        raise ConstraintError("Choose at least one channel or group.")
    inside = members_of(typed.names, current.groups)  # by channel, so that regrouping does not change the meaning
    if typed.kind == "ratio":
        if not typed.others:
            raise ConstraintError("Choose the others whose spend is the measure.")
        if typed.least is None and typed.most is None:
            raise ConstraintError("Type the least ratio, the greatest one, or both.")
        return build.ratio_between(inside, members_of(typed.others, current.groups), min=typed.least, max=typed.most)
    if amount is None:
        raise ConstraintError("Type a number.")
    if typed.kind in _SHARES and amount > 100:
        raise ConstraintError(f"A share of the total is at most 100 %; you typed {marked(amount):g}.")
    match typed.kind:
        case "min_spend":
            return build.group_min_spend(inside, amount)
        case "max_spend":
            return build.group_max_spend(inside, amount)
        case "off_or_least":
            return build.off_or_at_least(inside, amount)
        case "steps":
            return build.in_steps(inside, amount)
        case "min_ratio":
            return build.group_min_ratio(inside, amount / 100)
        case _:
            return build.group_max_ratio(inside, amount / 100)


@dataclass(frozen=True)
class _Amount:
    """One number of a limit: its field, how it is labelled, how much the screen's number is of it, and its largest."""

    field: str
    label: str
    shown_times: float = 1.0
    most: float | None = None


def _rows(current: Planner, feasibility: Feasibility) -> None:
    """List the limits, those that clash marked, each with its numbers and a way to remove it."""
    for place, constraint in enumerate(current.constraints_on_sets()):
        amounts = _amounts(constraint, current.currency)
        text, *fields, button = st.columns([6, *[3 for _ in amounts], 1], vertical_alignment="bottom")
        words = plain(MarkedText.joined("; ", (limit.label for limit in limits_in(current, constraint))))
        clashes = is_in_conflict(current, feasibility, constraint)
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
                    may_be_empty=True,
                ),
            )
        button.button(
            "",
            key=f"drop-{place}",
            icon=":material/delete:",
            type="tertiary",
            help="Remove this limit",
            on_click=safe_change(_drop),
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
        case OffOrAtLeast():
            return [_Amount("amount", f"Nothing, or at least{money}")]
        case InSteps():
            return [_Amount("step", f"Steps of{money}")]
        case MaxMoved():
            return [_Amount("share", "At most (%)", 100.0, 100.0)]
        case _:
            return []


def _edit(place: int, amount: _Amount, current: Planner, typed: float | None) -> None:
    """Take a typed number; where it makes no limit, say why and keep the old one."""
    old = current.scenario.constraints[place]
    value = None if typed is None else typed / amount.shown_times
    try:
        _put(current, place, (type(old)(**{**old.model_dump(), amount.field: value}),))
    except MmmGroupsError as error:
        st.toast(f"{plain(error)} The limit stays as it was.", icon=":material/error:")


def _drop(place: int) -> None:
    _put(planner(), place, ())


def _put(current: Planner, place: int, instead: tuple[Constraint, ...]) -> None:
    typed = current.scenario.constraints
    current.change(constraints=(*typed[:place], *instead, *typed[place + 1 :]))

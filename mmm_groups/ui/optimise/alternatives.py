"""Budgets and freedoms that a planner types, each with its best plan and what every group gets in it."""

import math
from collections.abc import Callable

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import compact, compact_money, percent, plain, ratio, signed
from mmm_groups.display.presentation import number_style
from mmm_groups.errors import ConstraintError, InfeasibleError, MmmGroupsError
from mmm_groups.plan.frontier import Frontier, freedom_of, frontier_of
from mmm_groups.plan.plan import Plan
from mmm_groups.tables.typed_amounts import typed_amount
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result
from mmm_groups.ui.widgets.downloads import download_data

_MOST = 12  # of either list: each is a plan of its own
_FREE = "free"


def alternatives(current: Planner, result: Result) -> None:
    """Two lists to type, and the best plans that answer to them."""
    with st.expander("Compare budgets, or how freely groups may move", icon=":material/format_list_numbered:"):
        budgets, freedoms = st.columns(2)
        totals = budgets.text_input(
            "Budgets", key="typed-budgets", placeholder="3M; 4M; +10 %", help="With semicolons between; also +10 %."
        )
        changes = freedoms.text_input(
            "Largest change of each group, in %",
            key="typed-freedoms",
            placeholder="free; 50; 30; 10",
            help="Against its reference spend, at the plan's own budget: what freedom is worth.",
            disabled=not result.plan.has_reference,
        )
        for name, text, answer in (
            ("budgets", totals, lambda text: _budgets(current, result, text)),
            ("freedoms", changes, lambda text: _freedoms(current, result, text)),
        ):
            if text.strip():
                _show(current, result, name, text, answer)


def _show(
    current: Planner, result: Result, name: str, text: str, answer: Callable[[str], tuple[list[str], Frontier]]
) -> None:
    try:
        with st.spinner("Finding the best plan of each …"):
            labels, found = answer(text)
    except MmmGroupsError as error:
        st.error(plain(error), icon=":material/error:")
        return
    table = alternatives_table(labels, found, float(result.plan.response.mean()))
    money = {column: lambda value: compact_money(value, current.currency) for column in ["Budget", *found.groups]}
    shown = written(
        table,
        money | {"Response": compact, "Against the plan": lambda value: signed(compact(value), value), "ROI": ratio},
    )
    st.dataframe(shown, key=f"{name}-table", width="stretch", height="content")
    download_data(lambda: table, f"{name} compared", key=f"{name}-csv")


def alternatives_table(labels: list[str], found: Frontier, response: float) -> pd.DataFrame:
    """One row an alternative: budget, response, difference from the plan's, ROI, and the spend of every group."""
    figures = found.table[["budget", "response", "roi"]]
    figures.columns = pd.Index(["Budget", "Response", "ROI"])
    figures.insert(2, "Against the plan", figures["Response"] - response)
    return pd.concat([figures, found.spends], axis=1).set_index(pd.Index(labels, name="Alternative"))


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > _MOST:
        raise ConstraintError(f"{len(parts)} are typed, but {_MOST} are compared at a time. Leave some out.")
    return parts


def _budgets(current: Planner, result: Result, text: str) -> tuple[list[str], Frontier]:
    spent = float(result.plan.reference_spend.sum(skipna=False))
    of = spent if math.isfinite(spent) else None
    totals = [typed_amount(part, thousands=number_style().thousands, of=of) for part in _parts(text)]
    return [compact_money(total, current.currency) for total in totals], frontier_of(result.plan, totals)


def _freedoms(current: Planner, result: Result, text: str) -> tuple[list[str], Frontier]:
    """The best plan of each change; those within which the plan's money cannot be spent are said and left out."""
    labels, missing = [], []
    plans: list[Plan] = []
    for part in _parts(text):
        change = math.inf if part.casefold() == _FREE else _change(part)
        label = _FREE if math.isinf(change) else f"± {percent(change)}"
        try:
            plans += freedom_of(result.plan, [change]).plans
            labels.append(label)
        except InfeasibleError:
            missing.append(label)
    if missing:
        plan = result.plan
        spent = compact_money(float(plan.reference_spend.sum()), current.currency)
        raised = f"no plan of {compact_money(plan.total, current.currency)} keeps within {' or '.join(missing)} of it"
        st.caption(plain(f"The reference is {spent}: {raised} and the other limits."), width="stretch")
    if not plans:
        raise InfeasibleError(
            "So there is nothing to compare. Type larger changes, or optimise for another budget.", ()
        )
    return labels, Frontier(tuple(plans), result.plan.problem.groups)


def _change(text: str) -> float:
    bare = text.lstrip("±+ ").removesuffix("%").strip()
    try:
        return typed_amount(bare) / 100
    except ConstraintError as error:
        raise ConstraintError(f"“{text}” is no change. Type percentages such as 30, or “{_FREE}”.") from error

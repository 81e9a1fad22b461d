"""A plan's money in a grid of dates and groups or channels: what is typed is evaluated at once."""

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.media_plans import date_labels
from mmm_groups.display.presentation import number_style
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.plan_findings import shown_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.taking import keep_plan

_BY_GROUP, _BY_CHANNEL = "Groups", "Channels"
_EDITED = ", edited"


def money_grid(current: Planner, plan: MediaPlan) -> None:
    """The plan's money to type over; a plan that was brought stays as it is, and the edited one stands beside it."""
    place = st.expander("Edit the phasing", icon=":material/edit_calendar:", key="plan-grid", on_change="rerun")
    if not place.open:
        return
    with place:
        has_groups = any(members != (name,) for name, members in current.groups.items())
        by = _BY_CHANNEL
        if has_groups:
            by = st.segmented_control(
                "Columns",
                [_BY_GROUP, _BY_CHANNEL],
                default=_BY_GROUP,
                required=True,
                key="plan-grid-by",
                label_visibility="collapsed",
            )
        shown = by_group(plan.money, current.groups) if by == _BY_GROUP else plan.money
        # What is stored is part of the key, so that the grid never applies an edit a second time.
        key = f"plan-money-{by}-{pd.util.hash_pandas_object(shown).sum()}"
        style = f"%{',' if number_style().is_english else ''}.0f"
        st.data_editor(
            shown.set_axis(date_labels(plan.dates), axis=0).rename_axis("Date"),
            key=key,
            on_change=safe_change(_store),
            args=(key, by),
            width="stretch",
            height=min(36 * (len(shown) + 1) + 2, 540),
            column_config={
                "_index": st.column_config.TextColumn("Date", pinned=True, disabled=True),
                **{str(name): st.column_config.NumberColumn(min_value=0.0, format=style) for name in shown},
            },
        )
        st.caption(
            "Type over an amount, or paste a block from a spreadsheet. A group's money goes to its channels as before "
            "on that date."
        )


def by_group(money: pd.DataFrame, groups: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Money of groups, dates x groups, in currency."""
    return pd.DataFrame({name: money[list(members)].sum(axis=1) for name, members in groups.items()})


def with_cells(
    money: pd.DataFrame, groups: dict[str, tuple[str, ...]], typed: dict[tuple[int, str], float]
) -> pd.DataFrame:
    """Money with typed amounts: those of a group go to its channels as on that date, else as over the whole plan.

    Parameters
    ----------
    money : pd.DataFrame, dates x channels
    groups : mapping
    typed : mapping
        Row and name of a group or a channel to its money there, in currency.
    """
    new = money.copy()
    for (row, name), amount in typed.items():
        members = list(groups.get(name, (name,)))
        for weights in (money.iloc[row][members], money[members].sum(), pd.Series(1.0, index=members)):
            if weights.sum() > 0:
                new.loc[new.index[row], members] = amount * weights / weights.sum()
                break
    return new


def _store(key: str, by: str) -> None:
    own = planner()
    plan = shown_plan(own)
    if plan is None:
        return
    groups = own.groups if by == _BY_GROUP else {}
    typed: dict[tuple[int, str], float] = {}
    for row, edit in st.session_state[key]["edited_rows"].items():
        for name, amount in edit.items():
            if amount is not None and amount < 0:
                raise MediaPlanError(f"{name} cannot spend {marked_amount(amount)}: type an amount of at least 0.")
            typed[int(row), name] = 0.0 if amount is None else float(amount)
    edited = plan.with_money(with_cells(plan.money, groups, typed))
    if plan.source != "typed":
        edited = edited.renamed(f"{plan.name.removesuffix(_EDITED)}{_EDITED}")
    keep_plan(own, edited)
    own.plan_draft = None

"""Money and response of a plan by date: two charts, and the same as a table with totals."""

from functools import partial

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.media_plans import date_labels, money_chart, response_chart
from mmm_groups.display.look import translucent
from mmm_groups.display.media_plan_words import reference_name
from mmm_groups.display.numbers import number, plain
from mmm_groups.display.presentation import look
from mmm_groups.errors import MediaPlanError, MmmGroupsError
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.model.calendar import one_period
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.plan_findings import evaluation_of, reference_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.money_grid import by_group
from mmm_groups.ui.widgets.downloads import download_data

_GROUPS, _CHANNELS = "Groups", "Channels"
_MONTHS = "Months"
_MOST_SHOWN = 16


def over_time(current: Planner, found: PlanEvaluation) -> None:
    """Money by date in front of the reference's, and the response by date with carry-over in and out."""
    plan = found.plan
    if plan.horizon is None:
        st.caption("These curves say nothing about dates, so there is no plan over time: only totals are known.")
        return
    reference = _reference(current)
    name = reference_name(current.scenario.reference, current.known_curves)
    left, right = st.columns(2, gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Money**")
            by = _choice("plan-by", _whose(current))
            step = _choice("plan-step", _steps(plan))
        money = _by_step(plan, step)
        spent = None if reference is None else _by_step(reference, step).sum(axis=1)
        shown = _largest(_grouped(current, money, by))
        st.plotly_chart(
            money_chart(shown, _colors(current, shown, by), current.currency, spent, name),
            key="plan-money",
            config=config_for("money over time"),
            alt=plain(f"Money of {plan.name} by date, stacked, in front of {name}."),
        )
        download_data(lambda: shown, "money over time", key="plan-money-csv")
    with right:
        st.markdown("**Response**")
        _response(current, found, reference, name)


def _response(current: Planner, found: PlanEvaluation, reference: MediaPlan | None, name: str) -> None:
    dates = found.dates
    if dates is None:
        st.caption("Curves without a model know the response to a whole window only, not by date.")
        return
    other = None
    if reference is not None:
        try:
            beside = evaluation_of(current, reference).dates
        except MmmGroupsError:
            beside = None
        other = None if beside is None else beside["response"]
    st.plotly_chart(
        response_chart(dates, found.target, other, name),
        key="plan-response",
        config=config_for("response over time"),
        alt=plain(f"Response of {found.plan.name} by date, with what earlier spend delivers and the tail."),
    )
    download_data(lambda: dates, "response over time", key="plan-response-csv")


def totals_table(current: Planner, found: PlanEvaluation) -> None:
    """Money by date or month with totals, beside the reference and the response."""
    plan = found.plan
    with st.expander(
        "Table: money and response", icon=":material/table:", key="plan-table", on_change="rerun"
    ) as place:
        if not place.open:
            return
        if plan.horizon is None:
            _shown(_channel_table(found), "Channel", "plan-totals")
            return
        with st.container(horizontal=True, gap="small"):
            by = _choice("plan-table-by", _whose(current))
            step = _choice("plan-table-step", _steps(plan))
        _shown(
            _dated_table(current, found, by, step),
            _MONTHS.removesuffix("s") if step == _MONTHS else "Date",
            "plan-totals",
        )
        st.markdown("**By channel**")
        _shown(_channel_table(found), "Channel", "plan-channels")


def _dated_table(current: Planner, found: PlanEvaluation, by: str, step: str) -> pd.DataFrame:
    """Money by date or month with the reference and the response, what comes after the window, and totals."""
    money = _by_step(found.plan, step)
    table = _grouped(current, money, by).assign(Total=money.sum(axis=1))
    reference = _reference(current)
    if reference is not None:
        table["Reference"] = _by_step(reference, step).sum(axis=1)
    sums = table.sum()
    after = pd.DataFrame(index=[])
    if found.dates is not None and step != _MONTHS:
        response = found.dates["response"]
        table["Response"] = response.reindex(table.index)
        sums["Response"] = response.sum()
        if (rest := response[found.dates["is_tail"]].sum()) != 0:
            after = pd.DataFrame({"Response": [rest]}, index=["after"])
    table = table.set_axis(pd.Index(date_labels(money.index)), axis=0)
    return pd.concat([table, after, pd.DataFrame([sums], index=["Total"])])


def _shown(table: pd.DataFrame, index: str, key: str) -> None:
    st.dataframe(
        written(table, dict.fromkeys(map(str, table.columns), partial(number))),
        key=key,
        width="stretch",
        height="content" if len(table) <= 20 else 560,
        placeholder="",
        column_config={"_index": st.column_config.TextColumn(index, pinned=True)},
    )


def _channel_table(found: PlanEvaluation) -> pd.DataFrame:
    names = {"spend": "Spend", "response": "Response", "response_low": "from", "response_high": "to", "roi": "ROI"}
    table = found.channels[list(names)].rename(columns=names)
    return table.dropna(axis=1, how="all")


def _reference(current: Planner) -> MediaPlan | None:
    try:
        return reference_plan(current)
    except MediaPlanError:
        return None


def _whose(current: Planner) -> list[str]:
    return [_GROUPS, _CHANNELS] if any(members != (name,) for name, members in current.groups.items()) else [_CHANNELS]


def _steps(plan: MediaPlan) -> list[str]:
    if plan.horizon is None:
        return []
    word = f"{one_period(plan.horizon.frequency)}s".capitalize()
    return [word] if word == _MONTHS or len(plan.dates) < 2 else [word, _MONTHS]


def _choice(key: str, options: list[str]) -> str:
    if len(options) == 1:
        return options[0]
    found = st.segmented_control(key, options, default=options[0], required=True, key=key, label_visibility="collapsed")
    return str(found or options[0])


def _by_step(plan: MediaPlan, step: str) -> pd.DataFrame:
    return plan.by_month() if step == _MONTHS and plan.horizon is not None else plan.money


def _grouped(current: Planner, money: pd.DataFrame, by: str) -> pd.DataFrame:
    if by != _GROUPS:
        return money.copy()
    return by_group(money, current.groups)


def _colors(current: Planner, money: pd.DataFrame, by: str) -> dict[str, str]:
    if by == _GROUPS:
        return current.colors_for(money.columns)
    own = current.colors()
    found: dict[str, str] = {}
    for name, members in current.groups.items():  # shades of the group's colour
        found |= {channel: translucent(own[name], max(1 - 0.24 * place, 0.3)) for place, channel in enumerate(members)}
    return {str(name): found.get(str(name), look().muted) for name in money}


def _largest(money: pd.DataFrame) -> pd.DataFrame:
    """The columns with most money, and all others as one, so that a chart can be read."""
    if money.shape[1] <= _MOST_SHOWN:
        return money
    order = money.sum().sort_values(ascending=False).index
    rest = list(order[_MOST_SHOWN - 1 :])
    return money.drop(columns=rest).assign(**{f"{len(rest)} others": money[rest].sum(axis=1)})

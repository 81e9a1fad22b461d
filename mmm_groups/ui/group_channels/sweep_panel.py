"""Which grouping costs least: many compared at the planner's goal and limits; one of them is used with a click."""

import time

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.sweep import sweep_figure
from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, number, plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.jobs.sweeps import find_sweep, is_outdated, submit_sweep, sweep_of
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.suggestions.candidate_groupings import Grouping, groupings_around
from mmm_groups.suggestions.sweep import (
    Sweep,
    SweepQuestion,
    SweptGrouping,
    merged_further,
    ranked,
    steps_further,
    sweep,
)
from mmm_groups.ui.group_channels.board_steps import use_grouping
from mmm_groups.ui.panels.jobs import watch_job
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import SweepResult

OPEN = "sweep-open"

_AT_ONCE = 300
"""Groupings that a page compares while it waits, some seconds; more are a job, which a cluster spreads."""

_MOST = 4000
"""Groupings that are offered at all."""

_NOTHING = 1e-6
"""Of the response: what is smaller is rounding, and nobody would act on it."""


def sweep_panel(current: Planner) -> None:
    """Offer the comparison, and show the last one."""
    # Groupings are listed while it is open only: every drop on the board above would pay for them.
    place = st.expander("Which grouping costs least?", icon=":material/compare_arrows:", key=OPEN, on_change="rerun")
    if not place.open:
        return
    with place:
        st.caption(
            "Fewer groups are easier to decide and to brief, but a group moves its channels together. This compares "
            "groupings at your goal and your limits: what each gives up against deciding channel by channel. Groups "
            "you made keep their split; new ones share money as history did."
        )
        try:
            _ask(current)
        except MmmGroupsError as error:
            st.error(plain(error), icon=":material/error:")
            return
        if current.sweep is not None:
            _show(current, current.sweep)


def question_of(current: Planner) -> SweepQuestion:
    """What the planner asks of every grouping; raises ConstraintError if the goal's number is not typed yet."""
    return SweepQuestion(
        current.known_curves,
        current.groups,
        current.goal,
        tuple(current.constraints()),
        current.scenario.method,
        splits={split.channels: split.shares for split in current.scenario.splits if split.shares != "historical"},
        utility=current.scenario.utility,
    )


def groupings_of(current: Planner) -> list[Grouping]:
    """The groupings that are compared around the planner's board."""
    spend = current.known_curves.historical_spend
    return groupings_around(current.groups, current.channels, current.source.dims, spend)


def inputs_of(current: Planner) -> str:
    """Everything that a comparison depends on, as one text."""
    return repr((current.inputs(), current.split))


def _ask(current: Planner) -> None:
    question = question_of(current)
    if question.curves.is_conditional or not isinstance(question.utility, MeanResponse):
        why = "for bad cases" if not question.curves.is_conditional else "where channels do not add up"
        st.info(f"Planning {why} takes a search for every single grouping, so they are not compared here.")
        return
    asked = groupings_of(current)
    more = steps_further(len(question.present) - 1)  # the first step is among those asked anyway
    further = st.toggle(
        f"Also join further, down to one group ({number(more)} more groupings)",
        key="sweep-further",
        disabled=more + len(asked) > _MOST,
        help="At each step the cheapest join of two is gone on from. A cheaper grouping that is reached another way "
        "can be missed.",
    )
    count = len(asked) + (more if further else 0)
    is_long = len(asked) > _AT_ONCE and not further
    known = find_sweep(question, asked) if is_long else None
    if known is not None and known.is_open:
        watch_job(known.id)
        return
    if known is not None and is_outdated(known):
        st.info("This comparison was kept by an earlier version of this app. Compare again to see it.")
        known = None
    if st.button(f"Compare {number(count)} groupings", key="sweep", disabled=count > _MOST):
        if is_long and not (known is not None and known.record.state == "done"):
            submit_sweep(question, asked, f"Compare {marked(count):,} groupings")
        elif known is not None:
            current.sweep = SweepResult(sweep_of(known), inputs_of(current), known.seconds)
        else:
            _run(current, question, asked, count, further=further)
        st.rerun()
    if count > _MOST:
        st.caption(f"With so many channels there are {number(count)} groupings, too many to compare.")
    if known is not None and known.record.state == "failed":
        st.error(plain(known.record.error), icon=":material/error:")
    if (
        known is not None
        and known.record.state == "done"
        and (current.sweep is None or current.sweep.inputs != inputs_of(current))
    ):
        current.sweep = SweepResult(sweep_of(known), inputs_of(current), known.seconds)


def _run(current: Planner, question: SweepQuestion, asked: list[Grouping], count: int, *, further: bool) -> None:
    began, bar = time.perf_counter(), st.progress(0.0, text="Comparing groupings …")

    def show(done: int) -> None:
        bar.progress(min(done / count, 1.0), text=f"{number(done)} of {number(count)} groupings compared …")

    found = sweep(question, asked, lambda done, total: show(done))
    if further:
        # The first of the steps is known already.
        rows = merged_further(question, lambda done, total: show(count - total + done), found.rows)
        found = ranked([*found.rows, *rows])
    current.sweep = SweepResult(found, inputs_of(current), time.perf_counter() - began)


def _show(current: Planner, kept: SweepResult) -> None:
    if kept.inputs != inputs_of(current):
        st.warning("Groups, goal or limits changed since this comparison: compare again.", icon=":material/update:")
    found, table = kept.sweep, kept.sweep.table
    st.markdown(plain(sweep_in_words(found, current)))
    chart, figures = st.columns([2, 3], gap="large")
    with chart:
        st.plotly_chart(
            sweep_figure(table, current.source.target),
            key="sweep-chart",
            config=config_for("groupings compared"),
            alt="Response that each grouping gives up, over how many amounts are decided.",
        )
    with figures:
        _table(current, table)
    _use(found)
    st.caption(f"{number(len(found.rows))} groupings compared in {number(kept.seconds, 1)} s.")


def sweep_in_words(found: Sweep, current: Planner) -> str:
    """The present grouping's cost, and the cheapest one with fewer and with as many decisions."""
    planned = [row for row in found.rows if not row.refusal]
    if not planned:
        return "None of these groupings can meet the limits."
    now = next((row for row in planned if row.grouping.partition == _partition(current)), None)
    said = []
    if now is not None:
        worth = compact_money(max(now.cost_money, 0.0), current.currency)
        price = f", worth {worth} of budget" if _lost(now) != "nothing" else ""
        said.append(
            f"The present groups ({_amounts(now.decisions)}) give up {_lost(now, current.source.target)} against "
            f"deciding channel by channel{price}."
        )
    fewer = [row for row in planned if now is None or row.decisions < now.decisions]
    if fewer:
        best = fewer[0]
        said.append(
            f"Of the groupings with fewer amounts, “{best.grouping.name}” ({best.decisions}) gives up least: "
            f"{_lost(best, current.source.target)}."
        )
    return " ".join(said)


def _partition(current: Planner) -> frozenset[frozenset[str]]:
    return frozenset(map(frozenset, current.groups.values()))


def _amounts(decisions: int) -> str:
    return "one amount to decide" if decisions == 1 else f"{decisions} amounts to decide"


def _lost(row: SweptGrouping, target: str = "") -> str:
    """What a grouping gives up, in words."""
    return f"{compact(row.cost)} {target}".strip() if row.cost > _NOTHING * abs(row.response) else "nothing"


def _table(current: Planner, table: pd.DataFrame) -> None:
    column, money = st.column_config.NumberColumn, current.currency
    shown = table.assign(cost=table["cost"].clip(lower=0.0) + 0.0, cost_money=table["cost_money"].clip(lower=0.0) + 0.0)
    st.dataframe(
        written(shown, dict.fromkeys(("cost", "cost_money"), number)),
        key="sweep-table",
        hide_index=True,
        width="stretch",
        height=380,
        placeholder=UNKNOWN,
        column_order=[
            *("is_best", "name", "decisions", "cost", "cost_money"),
            *(["refusal"] if (table["refusal"] != "").any() else []),
        ],
        column_config={
            "is_best": st.column_config.CheckboxColumn(
                "Best", help="No other grouping compared gives up less with as few amounts to decide."
            ),
            "name": st.column_config.TextColumn("Grouping", width="medium"),
            "decisions": column("Amounts", help="How many amounts are decided."),
            "cost": column("Gives up", help=f"{current.source.target.capitalize()}, mean."),
            "cost_money": column(f"Worth {money}".strip(), help="How much more budget it takes to earn as much."),
            "refusal": st.column_config.TextColumn("Why there is no plan"),
        },
    )


def _use(found: Sweep) -> None:
    planned = [row.grouping.name for row in found.rows if not row.refusal]
    if not planned:
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.selectbox("Put a grouping on the board", planned, key="sweep-choice")
    right.button("Use this grouping", key="sweep-use", on_click=safe_change(_take), width="stretch")


def _take() -> None:
    current, name = planner(), st.session_state["sweep-choice"]
    if current.sweep is None:
        return
    rows = current.sweep.sweep.rows
    grouping = next((row.grouping for row in rows if row.grouping.name == name), None)
    if grouping is not None and {c for members in grouping.groups.values() for c in members} == set(current.channels):
        use_grouping(current, grouping.groups, name[0].lower() + name[1:])

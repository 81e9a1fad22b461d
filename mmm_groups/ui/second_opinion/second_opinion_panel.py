"""The second opinion: start a refit, follow its progress, read what it says."""

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.second_opinion import curves_by_way, plans_side_by_side
from mmm_groups.display.numbers import UNKNOWN, compact_money, number, plain
from mmm_groups.display.second_opinion_words import (
    WAY_NAMES,
    agreement_sentence,
    cross_view,
    fit_view,
    loss_sentence,
    not_converged,
    safest_sentence,
)
from mmm_groups.errors import MmmGroupsError
from mmm_groups.jobs.job_queue import Job
from mmm_groups.model.calendar import period_word
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.refit.group_model import GroupModel, RefitSettings
from mmm_groups.refit.second_opinion import Way, cross_table, curve_gap, spends_by_way
from mmm_groups.ui.frame.skeletons import skeleton
from mmm_groups.ui.panels.jobs import duration, usual_time, watch_job
from mmm_groups.ui.panels.read_curves import read_here
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.open_planners import open_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.second_opinion.refits import (
    Compared,
    Refit,
    compared,
    curve_request,
    opened_refit,
    refit_curves,
    start_refit,
    store_as_model,
    usual_seconds,
)
from mmm_groups.ui.widgets.choices import one_of

_ASK = "ask-for-refit"


def ask_for_refit(planner: Planner, wanted: GroupModel, before: Job | None = None) -> None:
    """Settings with the time they take, what will be fitted, and the button."""
    summed = {name: inside for name, inside in wanted.blocks.items() if len(inside) > 1}
    sums = "; ".join(f"**{plain(name)}** sums {plain(', '.join(inside))}" for name, inside in summed.items())
    alone = len(wanted.blocks) - len(summed)
    rest = f" {alone} channel{'s' * (alone != 1)} stay{'s' * (alone == 1)} as in your model." if alone else ""
    st.markdown(f"The refit has {len(wanted.blocks)} channels: {sums}.{rest}")
    settings = _settings(before)
    least, most = usual_seconds(wanted, settings)
    dates = f"{len(wanted.history)} {period_word(planner.source.frequency)}"
    st.caption(
        f"Fits {dates} of training data with the same carry-over, saturation, seasonality and controls. It usually "
        f"takes {usual_time(least, most)} on this server, and longer while others work on it."
    )
    if st.button("Refit the model", type="primary", key=_ASK, icon=":material/science:"):
        start_refit(planner, settings)
        st.rerun()
    prior_table(wanted)


def _settings(before: Job | None) -> RefitSettings:
    first = RefitSettings(**before.request.arguments["settings"]) if before else RefitSettings()
    with st.expander("Sampler settings", icon=":material/tune:"):
        columns = st.columns(4)
        draws = columns[0].number_input(
            "Draws per chain",
            20,
            20_000,
            first.draws,
            100,
            help="More draws make the fit more certain and take longer.",
            key="refit-draws",
        )
        tune = columns[1].number_input(
            "Tuning steps", 20, 20_000, first.tune, 100, help="In which the sampler learns; not kept.", key="refit-tune"
        )
        chains = columns[2].number_input(
            "Chains",
            2,
            16,
            first.chains,
            help="Independent runs; if they agree, the fit converged.",
            key="refit-chains",
        )
        seed = columns[3].number_input(
            "Seed", 0, 2**31 - 1, first.seed, help="Same seed, same draws.", key="refit-seed"
        )
    return RefitSettings(int(draws), int(tune), int(chains), int(seed), first.target_accept)


def prior_table(wanted: GroupModel) -> None:
    """What each prior was, what it is in the refit, and why."""
    with st.expander("Priors: what they were, what they are in the refit, and why", icon=":material/balance:"):
        text = st.column_config.TextColumn
        st.dataframe(
            wanted.priors,
            key="refit-priors",
            hide_index=True,
            width="stretch",
            height="content",
            column_config={
                "parameter": text("Parameter", pinned=True),
                "channel": text("Channel of the refit", help="Empty: the same for all."),
                "was": text("Was", width="medium"),
                "now": text("Now"),
                "why": text("Why", width="large"),
            },
        )


def show_job(planner: Planner, wanted: GroupModel, job: Job) -> None:
    """A refit that works, failed, was cancelled, or is done."""
    if job.is_open:
        least, most = usual_seconds(wanted, RefitSettings(**job.request.arguments["settings"]))
        watch_job(job.id, usual_time(least, most))
        skeleton("What the two models disagree about stands here when it is fitted.", figures=4, chart=True)
        prior_table(wanted)
    elif job.record.state == "done":
        _show_result(planner, opened_refit(job, wanted))
        st.subheader("Refit again with other settings", anchor=False)
        ask_for_refit(planner, wanted, job)
    else:
        if job.record.state == "failed":
            st.error(f"The refit failed. {plain(job.record.error)}", icon=":material/error:")
        else:
            st.info(f"The refit was cancelled after {duration(job.seconds)}.", icon=":material/cancel:")
        ask_for_refit(planner, wanted, job)


def _show_result(planner: Planner, refit: Refit) -> None:
    if trouble := not_converged(refit.refit_fit):
        st.error(trouble, icon=":material/warning:")
    curves = refit_curves(planner, refit)
    if curves is None:
        st.info(f"The refit is done. Its curves have not been read for {planner.window} yet.")
        read_here(refit.model, curve_request(planner), "Read the curves of the refit", planner)
        return
    found = compared(planner, refit, curves)
    _at_stake(planner, found)
    _charts(planner, found)
    _fits(planner, refit)


def _at_stake(planner: Planner, found: Compared) -> None:
    table, target, money = (
        cross_table(found.opinion, found.plans, planner.interval),
        planner.source.target,
        planner.currency,
    )
    st.subheader("What is at stake", anchor=False)
    crossed: tuple[tuple[str, Way], ...] = (("refit", "sum"), ("channels", "refit"))
    for judge, way in crossed:
        st.markdown(f"- {loss_sentence(table, judge, way, target, money)}")
    st.markdown(f"- {safest_sentence(table)}")
    spends, at = _spends(planner, found)
    st.markdown(f"- {agreement_sentence(curve_gap(found.opinion, spends, planner.interval), at)}")
    limits = " Limits on channels inside groups are left out, because the refit knows no such channels." * bool(
        found.left_out
    )
    st.caption(
        f"Every plan spends {plain(compact_money(found.budget, money))} over {planner.window} under your limits on "
        f"groups.{limits} Neither model is the judge: both saw the same history, one with the channels apart, one with "
        "them together."
    )
    _cross_table(cross_view(table), target, money)
    for way, reason in found.why_not.items():
        st.caption(f":material/info: {WAY_NAMES[way]}: {plain(reason)}")


def _cross_table(view: pd.DataFrame, target: str, money: str) -> None:
    column = st.column_config.NumberColumn
    columns = {"_index": st.column_config.TextColumn("Plan of", pinned=True)}
    for judge, name in (("channels", "channels’ model"), ("refit", "refit")):
        columns |= {
            f"{judge} response": column(f"Earns if {name} is right", help=f"{target}, mean."),
            f"{judge} lost": column("Loses", help=f"{target} less than that model's own best plan."),
            f"{judge} money": column(
                f"Worth {money}".strip(), help="How much less budget its best plan takes to earn as little."
            ),
        }
    st.dataframe(
        written(view, dict.fromkeys(map(str, view.columns), number)),
        key="cross-table",
        width="stretch",
        height="content",
        placeholder=UNKNOWN,
        column_config=columns,
    )


def _spends(planner: Planner, found: Compared) -> tuple[pd.Series, str]:
    if planner.known_curves.has_reference:
        return pd.Series(
            {name: planner.reference_of(inside) for name, inside in planner.groups.items()}
        ), "reference spend"
    return found.plans["sum"].spends, "plan of the sum"


def _charts(planner: Planner, found: Compared) -> None:
    left, right = st.columns(2, gap="large")
    names = [name for name, inside in planner.groups.items() if len(inside) > 1] + [
        name for name, inside in planner.groups.items() if len(inside) == 1
    ]
    with left:
        st.subheader("A group's curve", anchor=False)
        group = one_of(names, st.selectbox("Group", names, key="second-group"))
        marks = {"Reference": planner.reference_of(planner.groups[group])} if planner.known_curves.has_reference else {}
        figure = curves_by_way(found.opinion, group, marks, planner.interval, planner.source.target, planner.currency)
        st.plotly_chart(figure, width="stretch", config=config_for("second opinion", group), key="second-curves")
        st.caption("Bands hold the response with the chosen probability, for the two models only.")
    with right:
        st.subheader("The plan that each way gives", anchor=False)
        figure = plans_side_by_side(spends_by_way(found.plans, planner.groups), planner.currency)
        st.plotly_chart(figure, width="stretch", config=config_for("second opinion", "plans"), key="second-plans")


def _fits(planner: Planner, refit: Refit) -> None:
    st.subheader("How well both models fit", anchor=False)
    st.dataframe(fit_view(refit.original_fit, refit.refit_fit), key="fits", width="stretch", height="content")
    if refit.original_fit.troubles:
        st.caption(
            f":material/info: About your model, from the {refit.original_fit.draws} draws that its file holds (it may "
            f"have had more): {plain(MarkedText.joined(' ', refit.original_fit.troubles))}"
        )
    if st.button("Open the refit as a model", key="open-refit", icon=":material/open_in_new:"):
        try:
            open_planner(store_as_model(refit, planner.source.name))
        except MmmGroupsError as error:
            st.error(plain(error), icon=":material/error:")
            return
        st.switch_page("app.py")

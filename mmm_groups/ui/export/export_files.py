"""The files of a planner's plan, each made when it is asked for."""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.export.disaggregation import disaggregate
from mmm_groups.export.report import PlanReport
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.ui.planner.opening import UNTITLED
from mmm_groups.ui.planner.plan_findings import evaluation_of, shown_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result


def plan_report(planner: Planner, final: Result) -> PlanReport:
    """What every form of export says about the plan, with everything that was typed for it.

    Parameters
    ----------
    planner : Planner
    final : Result
        The plan with the split as it is now.
    """
    answers = final.answers
    return PlanReport(
        plan=final.plan,
        consistency=answers.verified or (final.report if final.has_report else None),
        source=planner.source.name,
        made=datetime.now(_readers_zone()),
        currency=planner.currency,
        title="Budget plan" if planner.scenario.name == UNTITLED else planner.scenario.name,
        scenario=planner.document_with_figures(),
    )


def with_checks(report: PlanReport, final: Result) -> PlanReport:
    """The report with its checks worked out, except where they take a search: those have a button on the page."""
    problem = final.plan.problem
    takes_a_search = problem.channel_curves.is_conditional or not isinstance(problem.utility, MeanResponse)
    if report.consistency is not None or takes_a_search:
        return report
    return replace(report, consistency=final.report)


def with_media_plan(report: PlanReport, planner: Planner) -> PlanReport:
    """The report with what the shown media plan delivers, or why that is not known; as it is without such a plan."""
    if planner.scenario.media_plans.shown is None:
        return report
    try:
        plan = shown_plan(planner)
        return report if plan is None else replace(report, media_plan=evaluation_of(planner, plan))
    except MmmGroupsError as error:
        return replace(report, media_plan=error.text)


def export_rows(planner: Planner, final: Result) -> pd.DataFrame | None:
    """The plan by the planner's export rows; None without a mapping."""
    mapping = planner.scenario.kept.export_mapping
    return None if mapping is None else disaggregate(final.plan, mapping)


def _readers_zone() -> tzinfo:
    """The time zone of the reader's browser; UTC where it does not say or the machine does not know it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC

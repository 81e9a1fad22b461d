"""Refits for the app: run as jobs, found again, opened, and compared with the channels' curves."""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import FlightingError, RefitError
from mmm_groups.jobs.job_queue import Job, jobs, key_of, submit
from mmm_groups.jobs.records import JobRequest
from mmm_groups.jobs.tasks import REFIT_FILE, STATISTICS_FILE, window_arguments
from mmm_groups.kept_files import create_whole
from mmm_groups.model.fitted_model import FittedModel, load_model
from mmm_groups.model.spend_history import reference_spend
from mmm_groups.plan.plan import Plan
from mmm_groups.refit.fit_statistics import FitStatistics
from mmm_groups.refit.group_model import GroupModel, RefitSettings, estimated_seconds, group_level_model, refit_key
from mmm_groups.refit.second_opinion import SecondOpinion, Way, over_groups, plans_by_way, second_opinion
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import CurveRequest, models_folder, ready_curves, trusted_modules

_LONGEST_NAME = 200  # bytes of the name before `_refit_`; file systems take 255
_USUAL_REACH = 1.5  # of the reference budget: curves reach it alone without being asked


@dataclass(frozen=True)
class Refit:
    """A refit that is done.

    Attributes
    ----------
    job : Job
    model : FittedModel
        The refitted one.
    wanted : GroupModel
    original_fit, refit_fit : FitStatistics
    """

    job: Job
    model: FittedModel
    wanted: GroupModel
    original_fit: FitStatistics
    refit_fit: FitStatistics


@dataclass(frozen=True)
class Compared:
    """The comparison as the page shows it.

    Attributes
    ----------
    opinion : SecondOpinion
    plans : dict[Way, Plan]
    why_not : dict[Way, str]
    budget : float
    left_out : int
        How many limits on channels inside groups are left out.
    """

    opinion: SecondOpinion
    plans: dict[Way, Plan]
    why_not: dict[Way, str]
    budget: float
    left_out: int


def wanted_of(planner: Planner) -> GroupModel:
    """What a refit of the planner's groups would fit.

    Raises
    ------
    RefitError
        If it cannot be done; the text says why.
    """
    source = planner.source
    if not isinstance(source, FittedModel):
        raise RefitError(
            f"“{source.name}” is a file of curves: there is no model and no training data to fit again. Open a model "
            "that PyMC-Marketing saved."
        )
    if unknown := sorted({channel for inside in planner.groups.values() for channel in inside} - set(source.channels)):
        raise RefitError(
            f"The model knows nothing about the parts {unknown}: their spend is your assumption, not its history. Undo "
            "the splitting of these channels to refit."
        )
    groups = tuple((name, tuple(inside)) for name, inside in planner.groups.items())
    return _wanted(source.identity, groups, source)


@st.cache_resource(show_spinner=False, max_entries=16)
def _wanted(identity: str, groups: tuple[tuple[str, tuple[str, ...]], ...], _model: FittedModel) -> GroupModel:
    return group_level_model(_model, dict(groups))


def usual_seconds(wanted: GroupModel, settings: RefitSettings) -> tuple[float, float]:
    """How long a refit takes on this machine at least and at most, in seconds."""
    return estimated_seconds(wanted.history, len(wanted.blocks), settings, os.cpu_count() or 1)


def start_refit(planner: Planner, settings: RefitSettings) -> Job:
    """Ask for a refit of the planner's groups; the same one is not worked out twice."""
    source = planner.source
    if not isinstance(source, FittedModel):
        raise RuntimeError("The page offers refits of models only.")
    request = curve_request(planner)
    several = sum(len(inside) > 1 for inside in planner.groups.values())
    return submit(
        JobRequest(
            kind="refit",
            key=refit_key(source, planner.groups, settings),
            title=f"Refit of {source.name} with {several} group{'s' * (several != 1)} of several channels",
            arguments={
                "identity": source.identity,
                "groups": {name: list(inside) for name, inside in planner.groups.items()},
                "settings": asdict(settings),
                "window": window_arguments(
                    request.horizon.start, request.horizon.end, request.flighting, request.budget
                ),
            },
            files={"model": str(source.path.resolve())},
            trust=trusted_modules(),
        )
    )


def refit_job(planner: Planner) -> Job | None:
    """The latest refit of this model with these groups that anybody asked for."""
    now = {name: sorted(inside) for name, inside in planner.groups.items()}
    found = [
        job
        for job in jobs()
        if job.request.kind == "refit"
        and job.request.arguments["identity"] == planner.source.identity
        and {name: sorted(inside) for name, inside in job.request.arguments["groups"].items()} == now
    ]
    return found[-1] if found else None


def opened_refit(job: Job, wanted: GroupModel) -> Refit:
    """A refit that is done, opened once per server."""
    return _opened(job.id, job, wanted)


@st.cache_resource(show_spinner=False, max_entries=8)
def _opened(name: str, _job: Job, _wanted: GroupModel) -> Refit:
    stored = json.loads(_job.result(STATISTICS_FILE).read_text())
    original, refitted = (FitStatistics.from_json(stored[which]) for which in ("original", "refit"))
    model = load_model(_job.result(REFIT_FILE), trust=trusted_modules())
    return Refit(_job, model, _wanted, original, refitted)


def store_as_model(refit: Refit, original: str) -> Path:
    """Put the refit into the models folder, where everybody can open it; the same refit is put there once."""
    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", original).encode()[:_LONGEST_NAME].decode(errors="ignore")
    stem = f"{name}_refit_{refit.job.request.key[:6]}"
    path = folder / f"{stem}.nc"
    create_whole(path, refit.model.path.read_bytes())
    return path


def curve_request(planner: Planner) -> CurveRequest:
    """What is asked of the refit's curves: the same window and flighting, reaching as far as the budget.

    Raises
    ------
    FlightingError
        If the planner's own flighting goes by channel.
    """
    now = planner.request
    if isinstance(now.flighting, pd.DataFrame):
        raise FlightingError(
            "Your table says when each channel's money is spent, and the refit knows groups only. Choose another way "
            "of spreading money over the dates on the start page to compare."
        )
    source = planner.source
    usual = 0.0
    if isinstance(source, FittedModel):
        usual = _USUAL_REACH * float(reference_spend(source.historical_spend, now.horizon.periods).sum())
    return CurveRequest(now.horizon, now.flighting, {}, planner.budget if planner.budget > usual else None)


def refit_curves(planner: Planner, refit: Refit) -> ResponseCurves | None:
    """Curves of the refit for the planner's window, if they have been read."""
    return ready_curves(refit.model, curve_request(planner))


def compared(planner: Planner, refit: Refit, curves: ResponseCurves) -> Compared:
    """Curves and plans of the four ways at the planner's budget and limits; worked out once per server."""
    budget = planner.budget
    if planner.goal_inputs.kind != "fixed_budget" and planner.result is not None and not planner.is_stale:
        budget = planner.result.plan.total
    limits = [constraint.model_dump_json() for constraint in planner.constraints()]
    shares = sorted(
        (name, rule if isinstance(rule, str) else str(sorted(rule.items()))) for name, rule in planner.split.items()
    )
    key = key_of(
        [planner.known_curves.origin.fingerprint, curves.origin.fingerprint, refit.job.id, budget, limits, shares]
    )
    return _compared(key, planner, refit, curves, budget)


@st.cache_resource(show_spinner=False, max_entries=16)
def _compared(key: str, _planner: Planner, _refit: Refit, _curves: ResponseCurves, budget: float) -> Compared:
    groups = _planner.groups
    opinion = second_opinion(_planner.known_curves, _curves, groups, _refit.wanted.cells, _planner.split)
    kept, left_out = over_groups(_planner.constraints(), groups)
    plans, why_not = plans_by_way(opinion, budget, kept)
    return Compared(opinion, plans, why_not, budget, len(left_out))

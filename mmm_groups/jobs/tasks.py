"""What jobs can do: plain arguments and files in, files out. The same on this machine and on a cluster."""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from mmm_groups.curves.cache import cached_curves, store_curves
from mmm_groups.curves.extraction import response_curves
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import JobError
from mmm_groups.jobs.records import JobRequest, write_whole
from mmm_groups.jobs.sweeps import run_sweep
from mmm_groups.model.fitted_model import FittedModel, load_model
from mmm_groups.model.flighting import Flighting, flighting_as_json, flighting_from_json
from mmm_groups.refit.group_model import RefitSettings, group_level_model

Report = Callable[[str, float], None]
Task = Callable[[JobRequest, Path, Report], None]

REFIT_FILE, STATISTICS_FILE, CURVES_FILE = "refit.nc", "statistics.json", "curves.nc"
SELF_CHECK_FILE = "self_check.json"


def run_task(request: JobRequest, out: Path, report: Report) -> None:
    """Do what a request asks; its result files are in `out` afterwards.

    Raises
    ------
    JobError
        If nobody knows how.
    MmmGroupsError
        If the task refuses.
    """
    if request.kind not in TASKS:
        raise JobError(f"There is no long work called '{request.kind}'. There is {sorted(TASKS)}.")
    TASKS[request.kind](request, out, report)


def keep_curves(out: Path) -> ResponseCurves | None:
    """Put curves that a task read into this machine's cache, where pages look for them; where there is room."""
    path = out / CURVES_FILE
    if not path.is_file():
        return None
    curves = ResponseCurves.open(path)
    if cached_curves(curves.origin.fingerprint) is None:
        with suppress(OSError):  # they were read: whoever asked for them gets them
            store_curves(curves)
    return curves


def window_arguments(
    start: pd.Timestamp, end: pd.Timestamp, flighting: Flighting, budget: float | None
) -> dict[str, Any]:
    """The window of curves as plain values.

    Parameters
    ----------
    start, end : pd.Timestamp
    flighting : Flighting
    budget : float or None
        What each curve must reach alone, in currency.
    """
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "flighting": flighting_as_json(flighting),
        "budget": budget,
    }


def _read_curves(request: JobRequest, out: Path, report: Report) -> None:
    """Curves of every channel of a model over a window."""
    _curves_of(_model(request), request.arguments["window"], out, report)


def _curves_of(model: FittedModel, window: Mapping[str, Any], out: Path, report: Report) -> None:
    curves = response_curves(
        model,
        window["start"],
        window["end"],
        flighting=flighting_from_json(window["flighting"]),
        budget=window["budget"],
        progress=lambda step: report(step, 0.0),
    )
    curves.save(out / CURVES_FILE)


def _refit(request: JobRequest, out: Path, report: Report) -> None:
    """A model with one channel per group, its fit and that of the original, and its curves over a window."""
    from mmm_groups.refit.sampler import fit_group_model, statistics_of

    model = _model(request)
    settings = RefitSettings(**request.arguments["settings"])
    wanted = group_level_model(model, request.arguments["groups"])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    path = out / REFIT_FILE
    refitted = fit_group_model(model, wanted, settings, path, report, cores)
    report("Checking fit and convergence of the original model", 0.0)
    write_whole(out / STATISTICS_FILE, {"original": statistics_of(model).as_json(), "refit": refitted.as_json()})
    report("Reading the curves of the refitted model", 0.0)
    _curves_of(
        load_model(path, trust=request.trust),
        request.arguments["window"],
        out,
        lambda step, share: report(f"Reading the curves of the refitted model: {step}", share),
    )


def _self_check(request: JobRequest, out: Path, report: Report) -> None:
    """Count and do nothing else: shows an operator, and the tests, that queue and cluster work."""
    number = int(request.arguments["to"])
    for done in range(number):
        report(f"Counting: {done + 1} of {number}", done / number)
        time.sleep(float(request.arguments.get("pause", 1.0)))
        if done + 1 == request.arguments.get("stumble_at"):
            raise JobError("It was asked to stumble here.")
    (out / SELF_CHECK_FILE).write_text(json.dumps({"counted": number, "process": os.getpid()}))


def _model(request: JobRequest) -> FittedModel:
    return load_model(request.files["model"], trust=request.trust)


TASKS: dict[str, Task] = {"refit": _refit, "read_curves": _read_curves, "self_check": _self_check, "sweep": run_sweep}

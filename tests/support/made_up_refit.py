"""A refit that nobody fitted: the demo's groups, whose curves are a known multiple of their channels' sum."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st
import xarray as xr

import mmm_groups as mg
from mmm_groups.curves.cache import store_curves
from mmm_groups.curves.extraction import fingerprint
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.records import ALIVE, RESULT, JobRecord, JobRequest, write_record, write_request
from mmm_groups.jobs.tasks import REFIT_FILE, STATISTICS_FILE
from mmm_groups.refit.fit_statistics import FitStatistics
from mmm_groups.refit.group_model import GroupModel, RefitSettings, refit_key
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.second_opinion.refits import wanted_of

CONVERGED = FitStatistics(0.95, 0.02, 2000, 4, 1.004, "saturation_beta", 900.0, 0)


def refit_done(planner: Planner, times: dict[str, float], fit: FitStatistics = CONVERGED) -> mg.ResponseCurves:
    """Put a refit of the planner's groups into the jobs folder, with its curves in the cache; returns the curves."""
    st.cache_resource.clear()  # another test's refit has the same file and other curves
    wanted = wanted_of(planner)
    folder = job_folder(planner, JobRecord("done", "", 1.0, (("Sampling", 60.0),), 1.0, 2.0, 3.0, 3.0))
    path = folder / RESULT / REFIT_FILE
    write_model(planner.source.path, wanted, path)
    stored = {"original": CONVERGED.as_json(), "refit": fit.as_json()}
    (folder / RESULT / STATISTICS_FILE).write_text(json.dumps(stored))
    made = group_curves(planner.known_curves, mg.ChannelGroups(planner.groups))
    names = [planner_cells[0] for planner_cells in wanted.cells.values()]
    factors = xr.DataArray([times.get(name, 1.0) for name in wanted.groups], dims="group")
    model, horizon = mg.load_model(path), planner.horizon
    assert horizon is not None
    curves = mg.ResponseCurves.from_arrays(
        names,
        made.spend.values,
        (made.response * factors).values,
        model.historical_spend[names],
        periods=horizon.periods,
        horizon=horizon,
        target=planner.source.target,
        fingerprint=fingerprint(model, horizon),
        model_hash=model.file.sha256,
    )
    store_curves(curves)
    return curves


def job_folder(planner: Planner, record: JobRecord, settings: RefitSettings | None = None) -> Path:
    """The folder of a refit of the planner's groups in some state; no process works on it."""
    settings = settings or RefitSettings()
    folder = jobs_folder() / f"20260101-000000-{time.monotonic_ns()}"
    (folder / RESULT).mkdir(parents=True)
    arguments = {
        "identity": planner.source.identity,
        "groups": {name: list(inside) for name, inside in planner.groups.items()},
        "settings": asdict(settings),
        "window": {},
    }
    assert isinstance(planner.source, mg.FittedModel)
    key = refit_key(planner.source, planner.groups, settings)
    write_request(folder, JobRequest("refit", key, "Refit of demo_model", arguments))
    write_record(folder, record)
    (folder / ALIVE).touch()
    return folder


def write_model(original: Path, wanted: GroupModel, path: Path) -> None:
    """The original's file with the summed training data: what is read before a model's graph is needed."""
    tree = xr.load_datatree(original, engine="h5netcdf")
    history = wanted.history.assign(**{str(wanted.target.name): wanted.target}).set_index("date")
    fitted = {"posterior": tree["posterior"].to_dataset(), "fit_data": pd.DataFrame(history).to_xarray()}
    new = xr.DataTree.from_dict(fitted)
    new.attrs = tree.attrs | {"channel_columns": json.dumps(list(wanted.blocks))}
    new.to_netcdf(path, engine="h5netcdf")

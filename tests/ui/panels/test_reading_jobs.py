"""Reading a model's curves by a job, as a planner meets it on the start page."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import opened, read

import mmm_groups as mg
from mmm_groups.curves.cache import cache_folder
from mmm_groups.curves.extraction import fingerprint
from mmm_groups.errors import JobError
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import jobs
from mmm_groups.jobs.locks import try_lock
from mmm_groups.jobs.records import ALIVE, RESULT, JobRecord, JobRequest, write_record, write_request
from mmm_groups.jobs.tasks import CURVES_FILE
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.ui.panels.reading_jobs import curves_of, reading_job, start_reading
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import CurveRequest

DONE = JobRecord("done", "", 1.0, (("Importing PyMC-Marketing and rebuilding the model", 6.0),), 1.0, 2.0, 3.0, 3.0)


@pytest.fixture
def elsewhere(demo: FittedModel) -> Planner:
    """The demo with a window whose curves nobody has read, in a process that has not rebuilt the model."""
    model = replace(demo)
    opened = new_planner(model)
    opened.change_window(model.horizon("2026-02-02", "2026-03-30"))
    opened.curves = None
    return opened


def put(planner: Planner, record: JobRecord, curves: mg.ResponseCurves | None = None) -> Path:
    """A job that reads the planner's curves, in some state."""
    model = planner.source
    assert isinstance(model, FittedModel)
    asked = reading_key(model, planner.request)
    folder = jobs_folder() / "20260101-000000-1"
    (folder / RESULT).mkdir(parents=True)
    write_request(folder, JobRequest("read_curves", asked, "Reading"))
    write_record(folder, record)
    (folder / ALIVE).touch()
    if curves is not None:
        origin = replace(curves.origin, fingerprint=asked, horizon=planner.horizon)
        replace(curves, origin=origin).save(folder / RESULT / CURVES_FILE)
    return folder


def reading_key(model: FittedModel, request: CurveRequest) -> str:
    return fingerprint(model, request.horizon, request.flighting)


def pressed(at: AppTest) -> AppTest:
    next(button for button in at.button if button.label == "Read the curves").click()
    return at.run()


def test_what_a_job_has_read_is_taken_and_kept(elsewhere: Planner, demo_curves: mg.ResponseCurves) -> None:
    folder = put(elsewhere, DONE, demo_curves)
    at = pressed(opened("start", elsewhere))
    assert not at.exception
    assert elsewhere.curves is not None
    assert elsewhere.curves.horizon == elsewhere.horizon
    assert "Read the curves" not in [button.label for button in at.button]
    assert (cache_folder() / f"{elsewhere.curves.origin.fingerprint}.nc").is_file()
    assert [job.folder for job in jobs()] == [folder]  # nothing was read twice


def test_a_reading_under_way_is_followed_without_being_asked(
    elsewhere: Planner, demo_curves: mg.ResponseCurves
) -> None:
    folder = put(elsewhere, replace(DONE, state="running", step="Reading the curves", ended=0.0), demo_curves)
    lock = try_lock(folder / ALIVE)
    assert lock is not None

    def finish() -> None:
        write_record(folder, DONE)
        lock.release()

    timer = threading.Timer(2.0, finish)
    timer.start()
    at = opened("start", elsewhere)  # nobody pressed anything: another browser did
    timer.join()
    assert elsewhere.curves is not None
    assert not at.exception
    assert len(jobs()) == 1


def test_why_a_job_could_not_read_is_told(elsewhere: Planner, tmp_path: Path) -> None:
    model = elsewhere.source
    assert isinstance(model, FittedModel)
    gone = replace(model, file=replace(model.file, path=tmp_path / "gone.nc", sha256="another"))
    at = pressed(opened("start", replace(elsewhere, source=gone)))
    assert "There is no file" in at.error[0].value
    assert "gone.nc" in read(at)
    assert [job.record.state for job in jobs()] == ["failed"]


def test_a_cancelled_reading_is_no_answer(elsewhere: Planner) -> None:
    put(elsewhere, replace(DONE, state="cancelled"))
    model = elsewhere.source
    assert isinstance(model, FittedModel)
    found = reading_job(model, elsewhere.request)
    assert found is not None
    with pytest.raises(JobError, match="Reading was cancelled"):
        curves_of(found, model, elsewhere.request)


def test_the_same_curves_are_read_once(elsewhere: Planner, demo_curves: mg.ResponseCurves) -> None:
    put(elsewhere, DONE, demo_curves)
    model = elsewhere.source
    assert isinstance(model, FittedModel)
    before = time.monotonic()
    assert start_reading(model, elsewhere.request).record.state == "done"
    assert time.monotonic() - before < 30
    assert reading_job(model, replace(elsewhere.request, budget=9e9)) is None

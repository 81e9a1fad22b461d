"""Reading a model's curves as a job: asked for once, by whoever comes first."""

from mmm_groups.curves.extraction import fingerprint, reach_asked
from mmm_groups.curves.prices import repriced
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import JobError
from mmm_groups.jobs.job_queue import Job, find, submit
from mmm_groups.jobs.records import RESULT, JobRequest
from mmm_groups.jobs.tasks import keep_curves, window_arguments
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.ui.planner.sources import CurveRequest, ready_curves, trusted_modules

KIND = "read_curves"


def is_open_here(model: FittedModel) -> bool:
    """True if this process has already rebuilt the model's graph."""
    return "mmm" in vars(model)


def start_reading(model: FittedModel, request: CurveRequest) -> Job:
    """Have the curves read at the usual prices; planned ones only stretch them afterwards."""
    horizon, reach = request.horizon, _reach(model, request)
    return submit(
        JobRequest(
            kind=KIND,
            key=_key(model, request),
            title=f"Reading the curves of {model.name} for {horizon}",
            arguments={"window": window_arguments(horizon.start, horizon.end, request.flighting, reach)},
            files={"model": str(model.path.resolve())},
            trust=trusted_modules(),
        )
    )


def reading_job(model: FittedModel, request: CurveRequest) -> Job | None:
    """The latest job that reads these very curves, or None."""
    return find(KIND, _key(model, request))


def curves_of(done: Job, model: FittedModel, request: CurveRequest) -> ResponseCurves | None:
    """The curves that a job has read; None if only the model's own graph can answer.

    Raises
    ------
    JobError
        If the job failed or was cancelled.
    """
    if done.record.state == "cancelled":
        raise JobError("Reading was cancelled. Start it again when you want the curves.")
    if done.record.state != "done":
        raise JobError(done.record.error)
    read = keep_curves(done.folder / RESULT)  # also if the cache was emptied since
    ready = ready_curves(model, request)
    if ready is None and read is not None and not read.is_conditional:  # the cache is full, or cannot be written
        return repriced(read, request.prices)
    return ready


def _key(model: FittedModel, request: CurveRequest) -> str:
    return fingerprint(model, request.horizon, request.flighting, _reach(model, request))


def _reach(model: FittedModel, request: CurveRequest) -> float | None:
    return reach_asked(model, request.horizon, request.prices, request.budget)

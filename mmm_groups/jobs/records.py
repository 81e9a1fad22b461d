"""What is known about a job: its request and its record, two small files in the job's folder.

The request is written once by who asks. The record is written only by the job's own process, whole and at once, so
nobody ever reads half of it.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from mmm_groups.errors import JobError

State = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN_STATES: tuple[State, ...] = ("queued", "running")

REQUEST, RECORD, ALIVE, CANCEL, RESULT, LOG = "request.json", "record.json", "alive", "cancel", "result", "worker.log"


@dataclass(frozen=True)
class JobRequest:
    """What shall be done.

    Attributes
    ----------
    kind : str
        A key of `tasks.TASKS`.
    key : str
        Fingerprint of the request: two requests with the same kind and key are the same work.
    title : str
        In a planner's words: "Refit demo_model with 5 groups".
    arguments : dict
        Plain values for the task.
    files : dict[str, str]
        Name to path of the files that the task reads.
    trust : list[str]
        Modules of the operator's own that model files may refer to.
    """

    kind: str
    key: str
    title: str
    arguments: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    trust: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class JobRecord:
    """How far a job is.

    Attributes
    ----------
    state : State
    step : str
        What it does now, in words, with the marks of its numbers.
    share : float
        Share of the present step that is done, 0 to 1.
    steps : tuple of (str, float)
        Steps done, in words, with the seconds each took.
    submitted, began, ended : float
        Seconds since 1970; 0 if not yet.
    beat : float
        When the process last showed that it lives; seconds since 1970.
    error : str
        Why it failed, in a planner's words, with the marks of its numbers.
    """

    state: State = "queued"
    step: str = "Waiting for its turn"
    share: float = 0.0
    steps: tuple[tuple[str, float], ...] = ()
    submitted: float = 0.0
    began: float = 0.0
    ended: float = 0.0
    beat: float = 0.0
    error: str = ""


def write_whole(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON file so that readers see the old one or the new one, and nothing between."""
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(values, file)
        Path(scratch).replace(path)
    except OSError:  # a full disk
        Path(scratch).unlink(missing_ok=True)
        raise


def write_request(folder: Path, request: JobRequest) -> None:
    """Write a job's request."""
    write_whole(folder / REQUEST, asdict(request))


def write_record(folder: Path, record: JobRecord) -> None:
    """Write a job's record."""
    write_whole(folder / RECORD, asdict(record))


def read_request(folder: Path) -> JobRequest:
    """A job's request; raises JobError if it is missing or damaged."""
    return JobRequest(**_read(folder / REQUEST))


def read_record(folder: Path) -> JobRecord:
    """A job's record as it was last written; raises JobError if it is missing or damaged."""
    found = _read(folder / RECORD)
    return JobRecord(**(found | {"steps": tuple((str(step), float(took)) for step, took in found["steps"])}))


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise JobError(
            f"The job in '{path.parent.name}' is damaged ({error}). Remove it and start it again."
        ) from error
    return found

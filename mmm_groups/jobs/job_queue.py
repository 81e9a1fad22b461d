"""Long work, asked for by pages: submit, look, cancel, and read the result.

One queue for a server: `MMM_GROUPS_JOBS` processes work at the same time (default 1), the others wait in the order they
came. Nobody has to look for the queue to move: every job is a process from the start, which waits for its own turn.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mmm_groups.errors import JobError
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.jobs.folder import jobs_folder, no_room
from mmm_groups.jobs.locks import is_locked, try_lock
from mmm_groups.jobs.records import (
    ALIVE,
    CANCEL,
    LOG,
    OPEN_STATES,
    REQUEST,
    RESULT,
    JobRecord,
    JobRequest,
    read_record,
    read_request,
    write_record,
    write_request,
)

_START_SECONDS = 120.0
"""A process that holds no lock after this time never came up."""

_LOCK_SECONDS = 5.0
"""Between making its lock file and holding the lock a process that comes up may be this slow on a busy machine."""

QUIET_SECONDS = 60.0
"""A living process that has not written for this long is worth a word: it hangs, or the machine was asleep."""

_KEPT_SECONDS = 24 * 3600.0
"""After which jobs that only read curves are cleared away: the curves are in the cache."""


@dataclass(frozen=True)
class Job:
    """A job as it stands now.

    Attributes
    ----------
    id : str
    folder : Path
    request : JobRequest
    record : JobRecord
    """

    id: str
    folder: Path
    request: JobRequest
    record: JobRecord

    @property
    def is_open(self) -> bool:
        """True if it waits or works."""
        return self.record.state in OPEN_STATES

    @property
    def seconds(self) -> float:
        """How long it has worked."""
        if not self.record.began:
            return 0.0
        return (self.record.ended or time.time()) - self.record.began

    @property
    def is_quiet(self) -> bool:
        """True if it works but has given no sign for a while."""
        return self.record.state == "running" and time.time() - self.record.beat > QUIET_SECONDS

    @property
    def is_cancelling(self) -> bool:
        """True if somebody cancelled it and it has not ended yet."""
        return self.is_open and (self.folder / CANCEL).exists()

    def result(self, name: str) -> Path:
        """A result file; raises JobError if the job is not done or has no such file."""
        path = self.folder / RESULT / name
        if self.record.state != "done" or not path.is_file():
            raise JobError(f"The job “{self.request.title}” has no result '{name}' (it is {self.record.state}).")
        return path


def most_at_once() -> int:
    """How many jobs work at the same time: `MMM_GROUPS_JOBS`, or 1.

    Raises
    ------
    JobError
        If the setting is no whole number of at least 1.
    """
    setting = os.environ.get("MMM_GROUPS_JOBS", "1")
    if not setting.isdigit() or int(setting) < 1:
        raise JobError(f"MMM_GROUPS_JOBS is '{setting}'. Set it to a whole number of at least 1.")
    return int(setting)


def submit(request: JobRequest, put: Callable[[Path], None] = lambda folder: None) -> Job:
    """Start a job, or return the one that does or did the same work.

    A job that failed or was cancelled is not taken for an answer: the work is started again.

    Parameters
    ----------
    request : JobRequest
    put : callable
        Called with the folder of a new job before it begins, to put files for its task there. They go with the job.
    """
    most_at_once()
    folder = jobs_folder()
    try:
        return _submitted(folder, request, put)
    except OSError as error:
        raise no_room(folder, error) from error


def _submitted(folder: Path, request: JobRequest, put: Callable[[Path], None]) -> Job:
    with _one_at_a_time(folder):
        for job in jobs():
            is_same = (job.request.kind, job.request.key) == (request.kind, request.key)
            if is_same and not job.is_cancelling and (job.is_open or job.record.state == "done"):
                return job
            if (
                job.request.kind == "read_curves"
                and job.record.ended
                and time.time() - job.record.ended > _KEPT_SECONDS
            ):
                shutil.rmtree(job.folder, ignore_errors=True)
        return _start(folder, request, put)


def _start(folder: Path, request: JobRequest, put: Callable[[Path], None]) -> Job:
    now = time.time()
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{now % 1 * 1e6:06.0f}-{uuid.uuid4().hex[:6]}"
    place = folder / name
    scratch = folder / f".{name}"
    try:
        (scratch / RESULT).mkdir(parents=True)
        put(scratch)
        write_request(scratch, request)
        write_record(scratch, JobRecord(submitted=now, beat=now))
        scratch.rename(place)
    except OSError:  # a full disk: nothing half made is left there
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    # A process of its own, in a session of its own: it outlives the page, the browser and the server.
    with (place / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mmm_groups.jobs.worker", str(place)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": _import_path()},
        )
    # Somebody has to wait for it, or it stays as a zombie after its end.
    threading.Thread(target=process.wait, daemon=True).start()
    return job(name)


def _import_path() -> str:
    """So that the process imports this very package and nothing else of the same name."""
    here = str(Path(__file__).parent.parent.parent)
    return os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Only one process submits at a time, so that two browsers cannot start the same work twice."""
    for _ in range(500):
        lock = try_lock(folder / ".asking")
        if lock is not None:
            break
        time.sleep(0.02)
    else:
        raise JobError("Somebody else is starting a job and does not finish. Try again in a minute.")
    try:
        yield
    finally:
        lock.release()


def job(name: str) -> Job:
    """A job by its id.

    A process that ended without a word (killed, out of memory, machine restarted) is reported as failed.

    Raises
    ------
    JobError
        If there is none.
    """
    folder = jobs_folder() / Path(name).name
    if not (folder / REQUEST).is_file():
        raise JobError("There is no such job any more. Somebody removed it; start it again.")
    record = read_record(folder)
    if record.state in OPEN_STATES and not lives(folder, record):
        record = read_record(folder)  # it may have ended between the two looks
        if record.state in OPEN_STATES:
            record = _ghost(folder, record)
    return Job(folder.name, folder, read_request(folder), record)


def lives(folder: Path, record: JobRecord) -> bool:
    """True if the job's process holds its lock, or is only just coming up."""
    if is_locked(folder / ALIVE):
        return True
    try:
        made = (folder / ALIVE).stat().st_mtime
    except FileNotFoundError:
        return time.time() - record.submitted < _START_SECONDS
    return record.state == "queued" and time.time() - made < _LOCK_SECONDS


def _ghost(folder: Path, record: JobRecord) -> JobRecord:
    """Close the record of a process that is gone."""
    if (folder / CANCEL).exists():
        closed = replace(record, state="cancelled", ended=time.time())
    else:
        last = f" Its last words: {words}" if (words := _last_words(folder)) else ""
        closed = replace(
            record,
            state="failed",
            ended=time.time(),
            error=f"The process stopped without a word at the step “{record.step}”: it was ended from outside, ran out "
            f"of memory, or the machine was restarted. Start it again.{last}",
        )
    write_record(folder, closed)
    return closed


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / LOG).read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:300] if lines else ""


def jobs() -> list[Job]:
    """All jobs, the oldest first."""
    names = sorted(path.name for path in jobs_folder().iterdir() if path.is_dir() and not path.name.startswith("."))
    found = []
    for name in names:
        try:
            found.append(job(name))
        except JobError:  # removed, or damaged by somebody: it is no job
            continue
    return found


def find(kind: str, key: str) -> Job | None:
    """The latest job with this kind and key, or None."""
    found = [job for job in jobs() if (job.request.kind, job.request.key) == (kind, key)]
    return found[-1] if found else None


def waiting_before(name: str) -> int:
    """How many jobs are before this one in the queue, working or waiting."""
    return sum(job.is_open for job in jobs() if job.id < name)


def cancel(name: str) -> None:
    """Ask a job to end; its process sees it within a second. A job that has ended stays as it is."""
    found = job(name)
    if found.is_open:
        (found.folder / CANCEL).touch()


def remove(name: str) -> None:
    """Remove a job that has ended, with its result.

    Raises
    ------
    JobError
        If it still waits or works.
    """
    found = job(name)
    if found.is_open:
        raise JobError(f"The job “{found.request.title}” is still {found.record.state}. Cancel it first.")
    shutil.rmtree(found.folder)


def key_of(parts: Sequence[object]) -> str:
    """A fingerprint of plain values."""
    return fingerprint_of(repr(list(parts)))

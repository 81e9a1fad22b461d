"""The process of one job: `python -m mmm_groups.jobs.worker FOLDER`.

It waits for its turn, works, and writes how far it is. A thread of its own sees a cancel within a second and ends the
process at once, whatever the work is doing: sampling and compiling hear no requests.
"""

import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from mmm_groups.errors import MmmGroupsError
from mmm_groups.jobs.job_queue import lives, most_at_once
from mmm_groups.jobs.locks import FileLock, try_lock
from mmm_groups.jobs.records import (
    ALIVE,
    CANCEL,
    OPEN_STATES,
    RESULT,
    JobRecord,
    read_record,
    read_request,
    write_record,
)
from mmm_groups.numerics.marking import with_marks

PARENT = "MMM_GROUPS_JOB_PARENT"
"""Set where the process must not outlive the one that started it: a lost Dask worker's task starts anew elsewhere."""

_LOOK_SECONDS = 0.5
_BEAT_SECONDS = 5.0
_CANCELLED = 3


class Reporter:
    """Writes a job's record: the only writer while the process lives.

    Parameters
    ----------
    folder : Path
        The job's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.RLock()
        self._record = read_record(folder)
        self._step_began = time.time()

    def __call__(self, step: str, share: float = 0.0) -> None:
        """Tell the present step in words, and the share of it that is done.

        Words that differ only after a colon are the same step, further on.
        """
        with self._turn:
            now, before = time.time(), self._record
            steps = before.steps
            if _step_name(step) != _step_name(before.step):
                if before.state == "running" and before.step:
                    steps = (*steps, (_step_name(before.step), round(now - self._step_began, 1)))
                self._step_began = now
            self._write(replace(before, state="running", step=with_marks(step), share=share, steps=steps, beat=now))

    def begin(self) -> None:
        """The job's turn has come."""
        with self._turn:
            self._step_began = time.time()
            self._write(replace(self._record, state="running", step="", began=time.time(), beat=time.time()))

    def end(self, **changes: Any) -> None:
        """Close the record; the first word counts."""
        with self._turn:
            if self._record.state not in OPEN_STATES:
                return
            now = time.time()
            steps = self._record.steps
            if self._record.state == "running" and self._record.step:
                steps = (*steps, (_step_name(self._record.step), round(now - self._step_began, 1)))
            self._write(replace(self._record, ended=now, beat=now, steps=steps, **changes))

    def beat(self) -> None:
        """Show that the process lives."""
        with self._turn:
            if time.time() - self._record.beat > _BEAT_SECONDS:
                self._write(replace(self._record, beat=time.time()))

    def _write(self, record: JobRecord) -> None:
        self._record = record
        write_record(self._folder, record)


def _step_name(step: str) -> str:
    return step.partition(":")[0]


def main(folder: Path) -> int:
    """Do one job; returns the exit code: 0 done, 1 failed, 3 cancelled."""
    alive = _lock_of(folder)
    if alive is None:
        return 0  # another process does this very job
    if read_record(folder).state not in OPEN_STATES:
        return 0  # it came up so late that it was given up
    report = Reporter(folder)
    threading.Thread(target=_watch, args=(folder, report), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda number, frame: _asked_to_end(folder, report, frame))
    slot = _turn(folder)
    report.begin()
    try:
        _work(folder, report)
    except MmmGroupsError as error:
        report.end(state="failed", error=with_marks(error.text))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, the planner is told and the log has the rest
        traceback.print_exc()
        report.end(
            state="failed", error=f"It stopped with an error that was not foreseen: {type(error).__name__}: {error}"
        )
        return 1
    finally:
        slot.release()
    report.end(state="done", step="", share=1.0)
    return 0


def _lock_of(folder: Path) -> FileLock | None:
    """The job's own lock. Who looks whether it is held takes it for a moment, so it is asked for more than once."""
    for _ in range(20):
        if (lock := try_lock(folder / ALIVE)) is not None:
            return lock
        time.sleep(0.05)
    return None


def _work(folder: Path, report: Reporter) -> None:
    request = read_request(folder)
    if address := os.environ.get("MMM_GROUPS_DASK_SCHEDULER"):
        from mmm_groups.jobs.dask_cluster import run_on_cluster, spread_over_cluster
        from mmm_groups.jobs.sweeps import KIND, run_sweep
        from mmm_groups.suggestions.sweep import sweep_chunk

        if request.kind == KIND:  # many small parts: all workers take some
            run_sweep(request, folder / RESULT, report, spread_over_cluster(address, sweep_chunk))
        else:
            run_on_cluster(address, request, folder / RESULT, report)
    else:
        from mmm_groups.jobs.tasks import run_task

        run_task(request, folder / RESULT, report)
    from mmm_groups.jobs.tasks import keep_curves

    keep_curves(folder / RESULT)


def _turn(folder: Path) -> FileLock:
    """Wait until this job is the first that waits and a place is free; the lock returned is that place."""
    places = [folder.parent / f".place-{number}" for number in range(most_at_once())]
    while True:
        before = [other for other in folder.parent.iterdir() if other.name < folder.name and _waits(other)]
        if not before:
            for place in places:
                if (lock := try_lock(place)) is not None:
                    return lock
        time.sleep(_LOOK_SECONDS / 2)


def _waits(folder: Path) -> bool:
    if folder.name.startswith("."):
        return False
    try:
        record = read_record(folder)
    except MmmGroupsError:
        return False
    return record.state == "queued" and lives(folder, record)


def _watch(folder: Path, report: Reporter) -> None:
    parent = os.environ.get(PARENT)
    while True:
        if not folder.exists() or (parent is not None and os.getppid() != int(parent)):
            _end_at_once()
        if (folder / CANCEL).exists():
            report.end(state="cancelled")
            _end_at_once()
        report.beat()
        time.sleep(_LOOK_SECONDS)


def _asked_to_end(folder: Path, report: Reporter, _: FrameType | None) -> None:
    report.end(
        state="failed", error="The process was asked to end from outside (the machine shuts down?). Start it again."
    )
    _end_at_once()


def _end_at_once() -> None:
    # Not `sys.exit`: the sampler's own threads would be waited for.
    os._exit(_CANCELLED)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The same jobs on a Dask cluster: `MMM_GROUPS_DASK_SCHEDULER=tcp://host:8786`.

The job's own process stays on the server as its courier: it sends the request and its files, mirrors the progress into
the job's record, and writes the result files. On the cluster the task starts the very process that a server starts, in
a folder of its own. Nothing is shared but the network, and the workers need this package installed.

If a worker is lost, Dask starts the task anew on another one. If the courier ends (cancelled, killed), the scheduler
drops the task and its process ends within seconds.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from distributed import Client, Future, KilledWorker, as_completed, get_worker

from mmm_groups.errors import JobError
from mmm_groups.jobs.records import (
    CANCEL,
    LOG,
    OPEN_STATES,
    RESULT,
    JobRecord,
    JobRequest,
    read_record,
    write_record,
    write_request,
)
from mmm_groups.numerics.marking import MarkedText, marked

_LOOK_SECONDS = 0.5
_REACH_SECONDS = "15"
Report = Callable[[str, float], None]


def run_on_cluster(address: str, request: JobRequest, out: Path, report: Report) -> None:
    """Do a request on a Dask cluster; its result files are in `out` afterwards.

    Raises
    ------
    JobError
        If the scheduler cannot be reached, has no workers, loses its workers, or the task fails there.
    """
    with _reached(address, report) as client:
        files = {name: Path(path).read_bytes() for name, path in request.files.items()}
        names = {name: Path(path).name for name, path in request.files.items()}
        sent = replace(request, files=names)
        topic = f"mmm_groups-{out.parent.name}"
        future = client.submit(_on_worker, asdict(sent), files, topic, key=topic, pure=False)
        _follow(client, future, topic, report)
        for name, content in _result(future).items():
            (out / name).write_bytes(content)


def _reached(address: str, report: Report) -> Client:
    report(f"Reaching the cluster at {address}", 0.0)
    patience = float(os.environ.get("MMM_GROUPS_DASK_REACH_SECONDS", _REACH_SECONDS))
    try:
        return Client(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise JobError(
            f"The Dask scheduler at {address} (MMM_GROUPS_DASK_SCHEDULER) cannot be reached: {error}. Start it, or "
            "unset the variable to work on this machine."
        ) from error


def spread_over_cluster(
    address: str, function: Callable[[Any, list[Any]], list[Any]]
) -> Callable[[Any, list[list[Any]], Report], list[list[Any]]]:
    """Something that answers many parts of one question on all workers of a cluster.

    Parameters
    ----------
    address : str
        Of the scheduler.
    function : callable
        Takes the question and one part, and answers the part. It runs inside the workers.
    """

    def evaluate(question: Any, parts: list[list[Any]], report: Report) -> list[list[Any]]:
        with _reached(address, report) as client:
            if not client.scheduler_info()["workers"]:
                raise JobError(f"The cluster at {address} has no workers at the moment. Start some, then try again.")
            shared = client.scatter(question, broadcast=True, hash=False)
            futures = [client.submit(function, shared, part, pure=False) for part in parts]
            total, done = sum(map(len, parts)), 0
            sizes = {future.key: len(part) for future, part in zip(futures, parts, strict=True)}
            workers = len(client.scheduler_info()["workers"])
            for future in as_completed(futures, loop=client.loop):
                done += sizes[future.key]
                report(
                    MarkedText(f"Evaluating groupings on {workers} workers: {marked(done):,} of {marked(total):,}"),
                    done / total,
                )
            try:
                found: list[list[Any]] = client.gather(futures)
            except KilledWorker as error:
                raise JobError(
                    f"The cluster lost a worker at every attempt at one part of the work. ({error})"
                ) from error
        return found

    return evaluate


def _follow(client: Client, future: Future, topic: str, report: Report) -> None:
    """Mirror what the worker logs until the task has ended."""
    last: tuple[str, str, float] | None = None
    where = ""
    while not future.done():
        if not client.scheduler_info()["workers"]:
            report("Waiting for a worker: the cluster has none at the moment", 0.0)
        for _, news in client.get_events(topic)[-1:]:
            if (now := (news["worker"], news["step"], news["share"])) != last:
                if where and news["worker"] != where:
                    report("Its worker was lost, so it started again on another one", 0.0)
                last, where = now, news["worker"]
                report(news["step"], news["share"])
        time.sleep(_LOOK_SECONDS)


def _result(future: Future) -> dict[str, bytes]:
    try:
        found: dict[str, bytes] = future.result()
    except KilledWorker as error:
        raise JobError(
            "The cluster lost the worker at every attempt: it ran out of memory there, or was ended from outside. "
            f"({error})"
        ) from error
    except _RemoteError as error:
        raise JobError(str(error)) from error
    return found


class _RemoteError(Exception):
    """What the process on the cluster said when it failed; its text is for planners."""


def _on_worker(request: dict[str, Any], files: dict[str, bytes], topic: str) -> dict[str, bytes]:
    """Runs on the cluster: start the job's process, tell its progress, return its result files."""
    worker = get_worker()
    with tempfile.TemporaryDirectory(prefix="mmm_groups-") as scratch:
        folder = Path(scratch) / "job"
        (folder / RESULT).mkdir(parents=True)
        paths = {}
        for name, content in files.items():
            path = folder / Path(request["files"][name]).name
            path.write_bytes(content)
            paths[name] = str(path)
        write_request(folder, JobRequest(**(request | {"files": paths})))
        write_record(folder, JobRecord(submitted=time.time(), beat=time.time()))
        kept_out = ("MMM_GROUPS_DASK_SCHEDULER", "MMM_GROUPS_JOBS")
        environment = {name: value for name, value in os.environ.items() if name not in kept_out}
        with (folder / LOG).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "mmm_groups.jobs.worker", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment | {"MMM_GROUPS_JOB_PARENT": str(os.getpid())},
            )
        while process.poll() is None:
            record = read_record(folder)
            worker.log_event(topic, {"worker": worker.address, "step": record.step, "share": record.share})
            if not _is_wanted(worker, topic):
                (folder / CANCEL).touch()
            time.sleep(_LOOK_SECONDS)
        return _results(folder)


def _is_wanted(worker: Any, key: str) -> bool:
    """False once the scheduler has dropped the task: it was cancelled, or its courier is gone."""
    known = worker.state.tasks.get(key)
    return known is not None and known.state != "cancelled"


def _results(folder: Path) -> dict[str, bytes]:
    record = read_record(folder)
    if record.state in OPEN_STATES:
        log = (folder / LOG).read_text(errors="replace").strip().splitlines()
        raise _RemoteError(f"The process on the cluster stopped without a word. {' '.join(log[-1:])[:300]}".strip())
    if record.state != "done":
        raise _RemoteError(record.error or f"The job was {record.state} on the cluster.")
    return {path.name: path.read_bytes() for path in (folder / RESULT).iterdir()}

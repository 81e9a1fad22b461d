"""The same jobs on a real Dask scheduler with two workers, one of which is killed in the middle."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from support.jobs import asked_of, counting, ended, until, working

from mmm_groups.jobs.job_queue import cancel, job, jobs, submit
from mmm_groups.jobs.sweeps import submit_sweep, sweep_of
from mmm_groups.jobs.tasks import SELF_CHECK_FILE
from mmm_groups.suggestions.sweep import sweep

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """Address of a scheduler, and the processes of two workers without a nanny that would start them again."""
    folder = tmp_path_factory.mktemp("cluster")
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MMM_GROUPS_CACHE": str(folder / "cache")}
    with (folder / "log").open("wb") as log:

        def start(module: str, *more: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "distributed.cli." + module, *more]
            return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

        port = address.rpartition(":")[2]
        scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        workers = [start("dask_worker", address, *options) for _ in range(2)]
        until(lambda: (folder / "log").read_text().count("Registered to:") == 2, "two workers")
        yield address, workers
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture(autouse=True)
def on_the_cluster(cluster: tuple[str, list[object]], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MMM_GROUPS_DASK_SCHEDULER", cluster[0])
    yield
    for one in jobs():
        cancel(one.id)
    for one in jobs():
        ended(one)


def remote_process(pids: list[int]) -> int:
    """The number of the job's process on the cluster: the child of one of the workers."""
    found = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (entry / "stat").exists() and _parent(entry) in pids
    ]
    assert len(found) == 1
    return found[0]


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_what_fails_there_is_told_here(cluster: object) -> None:
    failed = ended(submit(counting("a", stumble_at=1)))
    assert (failed.record.state, failed.record.error) == ("failed", "It was asked to stumble here.")


def test_a_cancelled_job_ends_on_the_cluster_as_well(cluster: tuple[str, list["subprocess.Popen[bytes]"]]) -> None:
    asked = submit(counting("a", to=10_000))
    working(asked)
    remote = remote_process([worker.pid for worker in cluster[1]])
    cancel(asked.id)
    assert ended(asked).record.state == "cancelled"
    until(lambda: not lives(remote), "the end of the process on the cluster")


def test_a_sweep_is_spread_over_the_workers(cluster: object) -> None:
    question, groupings = asked_of(5)
    done = ended(submit_sweep(question, groupings, "Sweep"))
    assert done.record.state == "done", done.record
    assert "Evaluating groupings on 2 workers" in [step for step, _ in done.record.steps]
    pd.testing.assert_frame_equal(sweep_of(done).table, sweep(question, groupings).table)


def test_a_job_runs_on_a_worker_and_survives_its_being_killed(
    cluster: tuple[str, list["subprocess.Popen[bytes]"]],
) -> None:
    workers = cluster[1]
    asked = submit(counting("a", to=30, pause=0.1))
    working(asked)
    until(lambda: int(re.findall(r"\d+", job(asked.id).record.step)[0]) > 5, "a few numbers")
    remote = remote_process([worker.pid for worker in workers])
    doomed = next(worker for worker in workers if _parent(Path(f"/proc/{remote}")) == worker.pid)
    os.kill(doomed.pid, signal.SIGKILL)
    done = ended(asked)
    assert done.record.state == "done", done.record
    steps = [step for step, _ in done.record.steps]
    assert steps[0].startswith("Reaching the cluster")
    assert "Its worker was lost, so it started again on another one" in steps
    assert f'"process": {remote}' not in done.result(SELF_CHECK_FILE).read_text()
    until(lambda: not lives(remote), "the end of the first attempt's process")


def test_a_scheduler_that_is_not_there_is_named(cluster: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMM_GROUPS_DASK_SCHEDULER", "tcp://127.0.0.1:1")
    monkeypatch.setenv("MMM_GROUPS_DASK_REACH_SECONDS", "1")
    began = time.monotonic()
    failed = ended(submit(counting("a")))
    assert (
        "The Dask scheduler at tcp://127.0.0.1:1 (MMM_GROUPS_DASK_SCHEDULER) cannot be reached" in failed.record.error
    )
    assert time.monotonic() - began < 20

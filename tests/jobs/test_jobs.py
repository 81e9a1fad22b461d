"""Jobs from request to result: queue, limit, cancel, kill, and what a second browser sees."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.jobs import counting, ended, working

from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.numbers import in_style
from mmm_groups.display.presentation import Presentation, presented
from mmm_groups.errors import JobError
from mmm_groups.jobs import job_queue
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import Job, cancel, find, job, jobs, remove, submit, waiting_before
from mmm_groups.jobs.locks import is_locked, try_lock
from mmm_groups.jobs.records import ALIVE, JobRecord, JobRequest, read_record, write_record
from mmm_groups.jobs.tasks import SELF_CHECK_FILE
from mmm_groups.jobs.worker import Reporter
from mmm_groups.numerics.marking import MarkedText, marked, with_marks


def process_of(asked: Job) -> int:
    """The number of the job's process, found by its command line."""
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue
        if str(asked.folder) in line:
            return int(entry.name)
    raise AssertionError("the job has no process")


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of jobs in which one has been done."""
    folder = tmp_path_factory.mktemp("done")
    with pytest.MonkeyPatch.context() as held:
        held.setenv("MMM_GROUPS_JOBS_FOLDER", str(folder))
        ended(submit(counting("a")))
    return folder


@pytest.fixture
def done(done_once: Path) -> Job:
    """A job that is done, in the folder of this test."""
    shutil.copytree(done_once, jobs_folder(), dirs_exist_ok=True)
    (found,) = jobs()
    return found


def test_a_job_is_done_and_keeps_steps_and_result(done: Job) -> None:
    assert done.record.state == "done"
    assert [step for step, _ in done.record.steps] == ["Counting"]
    assert done.record.submitted <= done.record.began <= done.record.ended
    assert '"counted": 2' in done.result(SELF_CHECK_FILE).read_text()
    with pytest.raises(JobError, match=r"has no result 'other\.nc' \(it is done\)"):
        done.result("other.nc")


def test_the_work_is_done_in_another_process(done: Job) -> None:
    assert f'"process": {os.getpid()}' not in done.result(SELF_CHECK_FILE).read_text()


def test_the_same_request_is_worked_out_once() -> None:
    first = submit(counting("a", to=20))
    assert submit(counting("a", to=20)).id == first.id  # while it works
    assert submit(counting("b")).id != first.id
    assert ended(first).id == submit(counting("a", to=20)).id  # and when it is done
    remove(first.id)
    assert submit(counting("a")).id != first.id


def test_a_failed_job_says_why_and_can_be_started_again() -> None:
    failed = ended(submit(counting("a", stumble_at=1)))
    assert (failed.record.state, failed.record.error) == ("failed", "It was asked to stumble here.")
    assert submit(counting("a", stumble_at=1)).id != failed.id
    unknown = ended(submit(JobRequest("juggle", "a", "Juggle")))
    assert "There is no long work called 'juggle'" in unknown.record.error
    unforeseen = ended(submit(JobRequest("self_check", "c", "Count to nothing")))
    assert "not foreseen: KeyError" in unforeseen.record.error
    assert "Traceback" in (unforeseen.folder / "worker.log").read_text()


def test_a_job_that_works_or_waits_is_cancelled_at_once() -> None:
    works, waits = submit(counting("a", to=10_000)), submit(counting("b"))
    working(works)
    cancel(waits.id)
    assert ended(waits).record.state == "cancelled"
    cancel(works.id)
    began = time.monotonic()
    assert ended(works).record.state == "cancelled"
    assert time.monotonic() - began < 3.0
    cancel(works.id)  # one that has ended stays as it is
    assert job(works.id).record.state == "cancelled"


def test_only_so_many_work_at_once_and_the_others_in_the_order_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (submit(counting(key, to=12)) for key in "abc")
    working(first)
    assert [job(one.id).record.state for one in (second, third)] == ["queued", "queued"]
    assert [waiting_before(one.id) for one in (first, second, third)] == [0, 1, 2]
    records = [ended(one).record for one in (first, second, third)]
    assert records[0].ended <= records[1].began
    assert records[1].ended <= records[2].began

    monkeypatch.setenv("MMM_GROUPS_JOBS", "2")
    fourth, fifth = submit(counting("d", to=100)), submit(counting("e", to=100))
    working(fourth)
    working(fifth)
    assert job(fourth.id).record.state == job(fifth.id).record.state == "running"


def test_a_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMM_GROUPS_JOBS", "none")
    with pytest.raises(JobError, match="MMM_GROUPS_JOBS is 'none'"):
        submit(counting("a"))


def test_a_killed_process_is_reported_and_the_queue_moves_on() -> None:
    killed, next_one = submit(counting("a", to=10_000)), submit(counting("b"))
    working(killed)
    os.kill(process_of(killed), signal.SIGKILL)
    found = ended(killed)
    assert found.record.state == "failed"
    assert "stopped without a word at the step “Counting" in found.record.error
    assert read_record(killed.folder).state == "failed"  # written down: no ghost for whoever looks next
    assert ended(next_one).record.state == "done"


def test_a_process_that_is_asked_to_end_says_so() -> None:
    asked = submit(counting("a", to=10_000))
    working(asked)
    os.kill(process_of(asked), signal.SIGTERM)
    assert "asked to end from outside" in ended(asked).record.error


def test_jobs_survive_the_server_that_started_them(tmp_path: Path) -> None:
    code = (
        "from mmm_groups.jobs.job_queue import submit; from mmm_groups.jobs.records import JobRequest;"
        "print(submit(JobRequest('self_check', 'k', 'Count', {'to': 20, 'pause': 0.1})).id)"
    )
    # A server that starts a job and is gone at once; this process is the next one, or another browser's.
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended(job(started.stdout.strip())).record.state == "done"
    assert find("self_check", "k") is not None
    assert find("self_check", "other") is None


def test_a_process_that_never_came_up_is_no_ghost(done: Job) -> None:
    (done.folder / "record.json").write_text(
        '{"state": "queued", "step": "Waiting for its turn", "share": 0, "steps": [], "submitted": 1, "began": 0,'
        ' "ended": 0, "beat": 1, "error": ""}'
    )
    (done.folder / ALIVE).unlink()
    assert job(done.id).record.state == "failed"


def test_removing_takes_the_result_along() -> None:
    asked = submit(counting("a", to=10_000))
    working(asked)
    with pytest.raises(JobError, match=r"is still running\. Cancel it first"):
        remove(asked.id)
    cancel(asked.id)
    remove(ended(asked).id)
    assert jobs() == []
    with pytest.raises(JobError, match="no such job any more"):
        job(asked.id)


def test_a_damaged_folder_is_no_job(done: Job) -> None:
    (done.folder / "record.json").write_text("{")
    with pytest.raises(JobError, match="is damaged"):
        job(done.id)
    assert jobs() == []


def test_an_id_cannot_leave_the_folder() -> None:
    with pytest.raises(JobError, match="no such job"):
        job("../../etc")


def test_quiet_processes_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = submit(counting("a", to=10_000))
    working(asked)
    assert not job(asked.id).is_quiet
    monkeypatch.setattr(job_queue, "QUIET_SECONDS", -1.0)
    assert job(asked.id).is_quiet


def test_pages_know_the_numbers_in_steps_and_errors(tmp_path: Path) -> None:
    write_record(tmp_path, JobRecord())
    report = Reporter(tmp_path)
    report(MarkedText(f"Comparing: {marked(1234):,} of {marked(5678):,}"), 0.5)
    report.end(state="failed", error=with_marks(JobError(f"At most {marked(1.5)}.").text))
    record = read_record(tmp_path)
    assert (MarkedText(record.step), MarkedText(record.error)) == ("Comparing: 1,234 of 5,678", "At most 1.5.")
    with presented(Presentation(NumberStyle(".", ","))):
        assert (in_style(record.step), in_style(record.error)) == ("Comparing: 1.234 of 5.678", "At most 1,5.")


def test_steps_are_timed_and_words_after_a_colon_are_the_same_step(done: Job) -> None:
    (done.folder / "record.json").write_text((done.folder / "record.json").read_text().replace("done", "queued"))
    report = Reporter(done.folder)
    report.begin()
    for step in ("Compile", "Sample: 1 of 2", "Sample: 2 of 2", "Save"):
        report(step, 0.5)
    steps = [name for name, _ in read_record(done.folder).steps]
    assert steps == ["Counting", "Compile", "Sample"]
    report.end(state="cancelled")
    report.end(state="done")  # the first word counts
    assert read_record(done.folder).state == "cancelled"


def test_a_lock_is_held_by_one_and_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    held = try_lock(path)
    assert held is not None
    assert is_locked(path)
    assert try_lock(path) is None
    held.release()
    assert not is_locked(path)


@pytest.fixture(autouse=True)
def _no_job_is_left_behind() -> object:
    yield
    for one in jobs():
        cancel(one.id)
    for one in jobs():
        ended(one)

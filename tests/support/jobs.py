"""Jobs that tests wait for."""

import time
from collections.abc import Callable
from dataclasses import replace

from support.curves import root_curves

from mmm_groups.jobs.job_queue import Job, job
from mmm_groups.jobs.records import JobRequest
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.suggestions.candidate_groupings import Grouping, merges_of_two
from mmm_groups.suggestions.sweep import SweepQuestion

PATIENCE = 120.0  # a machine may be busy


def counting(key: str, to: int = 2, pause: float = 0.05, **more: float) -> JobRequest:
    return JobRequest("self_check", key, f"Count to {to}", {"to": to, "pause": pause, **more})


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"waited {PATIENCE} s for: {what}"
        time.sleep(0.05)


def ended(asked: Job) -> Job:
    until(lambda: not job(asked.id).is_open, "the end of the job")
    return job(asked.id)


def working(asked: Job) -> Job:
    until(lambda: job(asked.id).record.step.startswith("Counting"), "the job's turn")
    return job(asked.id)


def asked_of(channels: int) -> tuple[SweepQuestion, list[Grouping]]:
    """Every merge of two of so many channels with square-root curves."""
    curves = root_curves([1.0 + place for place in range(channels)])
    curves = replace(curves, origin=replace(curves.origin, fingerprint=f"roots {channels}"))
    alone = {name: (name,) for name in curves.channels}
    return SweepQuestion(curves, alone, FixedBudget(50.0)), merges_of_two(alone, curves.channels)

"""Sweeps over groupings as jobs: on this machine one after another, on a cluster spread over its workers.

The question lies in the job's own folder, as curves and JSON, and the answer is JSON: nothing in a folder that may be
shared is ever executed.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import JobError, MmmGroupsError
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import SplitRule
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import Job, find, key_of, remove, submit
from mmm_groups.jobs.records import RESULT, JobRequest, write_whole
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.utilities import StatedUtility
from mmm_groups.suggestions.candidate_groupings import Grouping, Members
from mmm_groups.suggestions.sweep import CHUNK, Sweep, SweepQuestion, SweptGrouping, ranked, sweep_chunk

Report = Callable[[str, float], None]
Evaluate = Callable[[SweepQuestion, list[list[Grouping]], Report], list[list[SweptGrouping]]]

KIND = "sweep"
CURVES_FILE, QUESTION_FILE, SWEEP_FILE = "question_curves.nc", "question.json", "sweep.json"
_AGAIN = "was asked for by an earlier version of this app, whose files are not read any more. Work it out again."


class _StoredQuestion(BaseModel):
    """A question without its curves, and the groupings that it is asked of."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    reference_spend: dict[str, float]  # a scenario may give another one than follows from the curves' history
    present: dict[str, Members]
    goal: Goal
    constraints: tuple[Constraint, ...]
    method: Method
    splits: tuple[tuple[Members, SplitRule], ...]
    default_split: SplitRule
    utility: StatedUtility
    groupings: tuple[tuple[str, dict[str, Members]], ...]


def submit_sweep(question: SweepQuestion, groupings: Sequence[Grouping], title: str) -> Job:
    """Have groupings evaluated by a job; the same sweep is not worked out twice.

    Raises
    ------
    JobError
        If the curves have no fingerprint, by which the same question is known.
    """
    if not question.curves.origin.fingerprint:
        raise JobError("Curves without a fingerprint cannot be swept by a job: the same question would not be known.")
    known = find_sweep(question, groupings)
    if known is not None and is_outdated(known):
        remove(known.id)
    shutil.rmtree(jobs_folder() / ".questions", ignore_errors=True)  # where earlier versions left their questions
    request = JobRequest(KIND, _key(question, groupings), title)
    return submit(request, lambda folder: _write_question(folder, question, groupings))


def find_sweep(question: SweepQuestion, groupings: Sequence[Grouping]) -> Job | None:
    """The job that has this very sweep to do, or has done it."""
    return find(KIND, _key(question, groupings))


def is_outdated(known: Job) -> bool:
    """True for a job that an earlier version has done: its result is not read any more."""
    return known.record.state == "done" and not (known.folder / RESULT / SWEEP_FILE).is_file()


def sweep_of(done: Job) -> Sweep:
    """The ranked groupings of a job that is done.

    Raises
    ------
    JobError
        If it is not done, an earlier version did it, or its result is damaged.
    """
    if is_outdated(done):
        raise JobError(f"“{done.request.title}” {_AGAIN}")
    try:
        return TypeAdapter(Sweep).validate_json(done.result(SWEEP_FILE).read_bytes())
    except ValidationError as error:
        raise JobError(
            f"The result of “{done.request.title}” is damaged. Remove the job and start it again."
        ) from error


def run_sweep(request: JobRequest, out: Path, report: Report, evaluate: Evaluate | None = None) -> None:
    """Evaluate the groupings of a request and keep them ranked; `evaluate` does the parts, here one after another."""
    question, groupings = _read_question(out.parent, request.title)
    parts = [groupings[start : start + CHUNK] for start in range(0, len(groupings), CHUNK)]
    found = (evaluate or _one_after_another)(question, parts, report)
    write_whole(out / SWEEP_FILE, asdict(ranked([row for part in found for row in part])))


def _write_question(folder: Path, question: SweepQuestion, groupings: Sequence[Grouping]) -> None:
    stored = _StoredQuestion(
        reference_spend={str(name): float(spent) for name, spent in question.curves.reference_spend.items()},
        present=dict(question.present),
        goal=question.goal,
        constraints=question.constraints,
        method=question.method,
        splits=tuple(question.splits.items()),
        default_split=question.default_split,
        utility=question.utility,
        groupings=tuple((grouping.name, grouping.groups) for grouping in groupings),
    )
    question.curves.save(folder / CURVES_FILE)
    (folder / QUESTION_FILE).write_text(stored.model_dump_json(), encoding="utf-8")


def _read_question(folder: Path, title: str) -> tuple[SweepQuestion, list[Grouping]]:
    if not (folder / QUESTION_FILE).is_file():
        raise JobError(f"“{title}” {_AGAIN}")
    try:
        stored = _StoredQuestion.model_validate_json((folder / QUESTION_FILE).read_bytes())
        curves = ResponseCurves.open(folder / CURVES_FILE)
    except (ValidationError, MmmGroupsError) as error:
        raise JobError(f"The question of “{title}” is damaged. Remove the job and start it again.") from error
    question = SweepQuestion(
        replace(curves, reference_spend=pd.Series(stored.reference_spend)[list(curves.channels)]),
        stored.present,
        stored.goal,
        stored.constraints,
        stored.method,
        dict(stored.splits),
        stored.default_split,
        stored.utility,
    )
    return question, [Grouping(name, groups) for name, groups in stored.groupings]


def _one_after_another(
    question: SweepQuestion, parts: list[list[Grouping]], report: Report
) -> list[list[SweptGrouping]]:
    found: list[list[SweptGrouping]] = []
    total, done = sum(map(len, parts)), 0
    for part in parts:
        report(MarkedText(f"Evaluating groupings: {marked(done):,} of {marked(total):,}"), done / total)
        found.append(sweep_chunk(question, part))
        done += len(part)
    return found


def _key(question: SweepQuestion, groupings: Sequence[Grouping]) -> str:
    return key_of(
        [
            question.curves.origin.fingerprint,
            sorted(question.present.items()),
            question.goal.model_dump_json(),
            [constraint.model_dump_json() for constraint in question.constraints],
            question.method,
            sorted((sorted(members), str(rule)) for members, rule in question.splits.items()),
            question.default_split,
            repr(question.utility),
            [(grouping.name, sorted(grouping.groups.items())) for grouping in groupings],
        ]
    )

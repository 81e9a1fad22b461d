"""Sweeps over groupings as jobs: on this machine one after another, on a cluster spread over its workers."""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

from mmm_groups.errors import JobError
from mmm_groups.jobs.job_queue import Job, find, jobs_folder, key_of, submit
from mmm_groups.jobs.records import JobRequest
from mmm_groups.suggestions.candidate_groupings import Grouping
from mmm_groups.suggestions.sweep import CHUNK, Sweep, SweepQuestion, SweptGrouping, ranked, sweep_chunk

Report = Callable[[str, float], None]
Evaluate = Callable[[SweepQuestion, list[list[Grouping]], Report], list[list[SweptGrouping]]]

KIND, QUESTION_FILE, SWEEP_FILE = "sweep", "question", "sweep.pickle"


def submit_sweep(question: SweepQuestion, groupings: Sequence[Grouping], title: str) -> Job:
    """Have groupings evaluated by a job; the same sweep is not worked out twice.

    Raises
    ------
    JobError
        If the curves have no fingerprint, by which the same question is known.
    """
    if not question.curves.origin.fingerprint:
        raise JobError("Curves without a fingerprint cannot be swept by a job: the same question would not be known.")
    key = _key(question, groupings)
    path = jobs_folder() / ".questions" / f"{key}.pickle"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        scratch = path.with_suffix(f".{id(question)}.part")
        scratch.write_bytes(pickle.dumps((question, list(groupings))))
        scratch.replace(path)
    return submit(JobRequest(KIND, key, title, files={QUESTION_FILE: str(path)}))


def find_sweep(question: SweepQuestion, groupings: Sequence[Grouping]) -> Job | None:
    """The job that has this very sweep to do, or has done it."""
    return find(KIND, _key(question, groupings))


def sweep_of(done: Job) -> Sweep:
    """The ranked groupings of a job that is done; raises JobError if it is not."""
    found = pickle.loads(done.result(SWEEP_FILE).read_bytes())  # written by this server's own process
    if not isinstance(found, Sweep):
        raise JobError(f"The result of “{done.request.title}” is damaged. Remove the job and start it again.")
    return found


def run_sweep(request: JobRequest, out: Path, report: Report, evaluate: Evaluate | None = None) -> None:
    """Evaluate the groupings of a request and keep them ranked; `evaluate` does the parts, here one after another."""
    question, groupings = pickle.loads(Path(request.files[QUESTION_FILE]).read_bytes())
    parts = [groupings[start : start + CHUNK] for start in range(0, len(groupings), CHUNK)]
    found = (evaluate or _one_after_another)(question, parts, report)
    (out / SWEEP_FILE).write_bytes(pickle.dumps(ranked([row for part in found for row in part])))


def _one_after_another(
    question: SweepQuestion, parts: list[list[Grouping]], report: Report
) -> list[list[SweptGrouping]]:
    found: list[list[SweptGrouping]] = []
    total, done = sum(map(len, parts)), 0
    for part in parts:
        report(f"Evaluating groupings: {done:,} of {total:,}", done / total)
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

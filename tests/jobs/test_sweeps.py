"""Sweeps as jobs: the question goes with the job, nothing is unpickled, and earlier results are worked out again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from support.curves import root_curves
from support.jobs import asked_of, ended

import mmm_groups as mg
from mmm_groups.errors import JobError
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import jobs, remove
from mmm_groups.jobs.records import RESULT, JobRequest
from mmm_groups.jobs.sweeps import (
    KIND,
    QUESTION_FILE,
    SWEEP_FILE,
    _read_question,
    _write_question,
    find_sweep,
    is_outdated,
    run_sweep,
    submit_sweep,
    sweep_of,
)
from mmm_groups.problem.goals import FixedBudget, MaxProfit
from mmm_groups.problem.utilities import Quantile
from mmm_groups.suggestions.sweep import SweepQuestion, sweep

EARLIER = Path(__file__).parents[1] / "support" / "earlier" / "jobs"


def test_a_sweep_by_a_job_is_the_sweep() -> None:
    question, groupings = asked_of(4)
    done = ended(submit_sweep(question, groupings, "Sweep"))
    pd.testing.assert_frame_equal(sweep_of(done).table, sweep(question, groupings).table)
    assert submit_sweep(question, groupings, "Sweep").id == done.id
    other = replace(question, goal=FixedBudget(51.0))
    assert ended(submit_sweep(other, groupings, "Sweep")).id != done.id
    with pytest.raises(JobError, match="without a fingerprint"):
        submit_sweep(replace(question, curves=root_curves([1.0, 2.0])), groupings, "Sweep")


def test_a_job_that_is_removed_takes_its_question_with_it() -> None:
    question, groupings = asked_of(3)
    done = ended(submit_sweep(question, groupings, "Sweep"))
    assert (done.folder / QUESTION_FILE).is_file()
    remove(done.id)
    assert [path for path in jobs_folder().rglob("*") if path.is_file() and not path.name.startswith(".")] == []


def test_a_question_is_read_back_whole(tmp_path: Path) -> None:
    question, groupings = asked_of(3)
    c = mg.ConstraintBuilder
    curves = replace(question.curves, reference_spend=pd.Series({"c0": 1.5, "c1": 0.0, "c2": 7.25}))
    asked = SweepQuestion(
        curves,
        {"A": ("c0", "c1"), "c2": ("c2",)},
        MaxProfit(0.8, min_budget=3.0, max_budget=90.0),
        (c.lock("A", 12.0), c.ratio_between(["c0"], ["c2"], max=2.0), c.group_max_spend(["c0", "c1"], 200_000)),
        "weighted_average",
        {("c0", "c1"): {"c0": 0.25, "c1": 0.75}},
        "marginal_roi",
        Quantile(0.1),
    )
    _write_question(tmp_path, asked, groupings)
    back, same = _read_question(tmp_path, "Sweep")
    assert same == groupings
    pd.testing.assert_series_equal(back.curves.reference_spend, curves.reference_spend)
    assert back.curves.origin.fingerprint == curves.origin.fingerprint
    assert back.curves.response.dtype == curves.response.dtype
    assert (back.curves.response.values == curves.response.values).all()
    assert replace(back, curves=curves) == asked


def test_groupings_without_a_plan_are_kept_with_the_reason() -> None:
    question, groupings = asked_of(3)
    most_for_one = mg.ConstraintBuilder.group_min_spend(["c0"], 40.0)  # a group with c0 would need 80 of 50
    asked = replace(question, constraints=(most_for_one,))
    done = ended(submit_sweep(asked, groupings, "Sweep"))
    pd.testing.assert_frame_equal(sweep_of(done).table, sweep(asked, groupings).table)
    refusals = dict(zip(sweep_of(done).table.name, sweep_of(done).table.refusal, strict=True))
    assert {name: bool(reason) for name, reason in refusals.items()} == {
        "Join c0 and c1": True,
        "Join c0 and c2": True,
        "Join c1 and c2": False,
    }


def test_a_result_of_an_earlier_version_is_worked_out_again() -> None:
    """`support/earlier/jobs` was written by the version of commit e974040, which pickled results."""
    shutil.copytree(EARLIER, jobs_folder(), dirs_exist_ok=True)
    (jobs_folder() / ".questions").mkdir()
    (jobs_folder() / ".questions" / "of earlier versions.pickle").touch()
    question, groupings = asked_of(4)
    earlier = find_sweep(question, groupings)
    assert earlier is not None
    assert is_outdated(earlier)
    with pytest.raises(
        JobError, match=r"“Compare 6 groupings” was asked for by an earlier version.* Work it out again"
    ):
        sweep_of(earlier)
    again = ended(submit_sweep(question, groupings, "Compare 6 groupings"))
    assert [job.id for job in jobs()] == [again.id]
    pd.testing.assert_frame_equal(sweep_of(again).table, sweep(question, groupings).table)
    assert not (jobs_folder() / ".questions").exists()


def test_a_question_of_an_earlier_version_is_refused_in_words(tmp_path: Path) -> None:
    request = JobRequest(KIND, "a", "Compare 6 groupings", files={"question": str(tmp_path / "question.pickle")})
    with pytest.raises(JobError, match="was asked for by an earlier version"):
        run_sweep(request, tmp_path / RESULT, lambda step, share: None)


@pytest.mark.parametrize("damage", ["", "[]", '{"rows": [{"spend": 1}], "is_best": []}', "\x80\x04"])
def test_a_damaged_answer_is_no_answer(damage: str) -> None:
    question, groupings = asked_of(3)
    done = ended(submit_sweep(question, groupings, "Sweep"))
    (done.folder / RESULT / SWEEP_FILE).write_text(damage)
    with pytest.raises(JobError, match=r"damaged\. Remove the job and start it again"):
        sweep_of(done)


def test_a_damaged_question_is_no_question(tmp_path: Path) -> None:
    question, groupings = asked_of(3)
    _write_question(tmp_path, question, groupings)
    stored = json.loads((tmp_path / QUESTION_FILE).read_text())
    (tmp_path / QUESTION_FILE).write_text(json.dumps(stored | {"goal": {"kind": "fixed_budget", "total": -1}}))
    with pytest.raises(JobError, match="The question of “Sweep” is damaged"):
        _read_question(tmp_path, "Sweep")

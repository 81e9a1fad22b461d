"""The comparison of groupings on its page, where a job does it."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from support.jobs import ended
from support.pages import opened, read

from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import jobs
from mmm_groups.jobs.records import REQUEST, JobRequest
from mmm_groups.jobs.sweeps import KIND, find_sweep
from mmm_groups.jobs.sweeps import _key as sweep_key
from mmm_groups.ui.group_channels import sweep_panel
from mmm_groups.ui.group_channels.sweep_panel import OPEN, groupings_of, question_of
from mmm_groups.ui.planner.planner import Planner

EARLIER = next((Path(__file__).parents[2] / "support" / "earlier" / "jobs").iterdir())


def test_a_comparison_of_an_earlier_version_is_made_again(grouped: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_panel, "_AT_ONCE", 1)
    question, asked = question_of(grouped), groupings_of(grouped)
    folder = jobs_folder() / EARLIER.name
    shutil.copytree(EARLIER, folder)
    (folder / REQUEST).write_text(json.dumps(asdict(JobRequest(KIND, sweep_key(question, asked), "Compare"))))
    at = opened("group", grouped, unfolded=(OPEN,))
    assert "This comparison was kept by an earlier version of this app. Compare again to see it." in read(at)
    at.button(key="sweep").click().run()
    assert not at.exception
    again = find_sweep(question, asked)
    assert again is not None
    assert [one.id for one in jobs()] == [again.id] != [folder.name]
    assert ended(again).record.state == "done"
    at = opened("group", grouped, unfolded=(OPEN,))
    assert "earlier version" not in read(at)
    assert grouped.sweep is not None
    assert len(grouped.sweep.sweep.rows) == len(asked)

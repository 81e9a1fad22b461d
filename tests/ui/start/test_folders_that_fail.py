"""Folders that are full, read only or gone, and files that are: it is said, and what was read is not lost."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from support.curves import root_curves
from support.pages import opened, read

import mmm_groups as mg
from mmm_groups.errors import JobError, ModelFileError
from mmm_groups.jobs.folder import jobs_folder
from mmm_groups.jobs.job_queue import submit
from mmm_groups.jobs.records import JobRequest
from mmm_groups.jobs.tasks import CURVES_FILE, keep_curves
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.start.model_picker import _path_of


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_models_folder_that_cannot_be_read_leaves_the_demo(limited: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmm_groups.ui.start.model_picker.available_models", full)
    at = opened("start", limited)
    assert "cannot be read: No space left on device. Open the demo." in read(at)
    assert at.selectbox(key="model").options == ["Demo: nine channels, simulated retailer"]


@pytest.mark.parametrize("name", ["gone.csv", "../../etc/passwd", "\0", "x" * 300])
def test_a_file_that_is_gone_or_elsewhere_is_not_opened(name: str) -> None:
    with pytest.raises(ModelFileError, match="is not in the folder of models any more"):
        _path_of(name)


def test_work_whose_folder_takes_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    request = JobRequest(kind="read_curves", key="k", title="t", arguments={}, files={}, trust=[])
    with pytest.raises(JobError, match=r"cannot be written \(No space left on device\)\. Make room there"):
        submit(request, put=full)
    assert not [path for path in jobs_folder().iterdir() if path.is_dir()]  # nothing half made
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MMM_GROUPS_JOBS_FOLDER", str(tmp_path / "file" / "jobs"))
    with pytest.raises(JobError, match="MMM_GROUPS_JOBS_FOLDER names another folder"):
        jobs_folder()


def test_curves_that_were_read_are_there_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    curves = root_curves([10.0, 5.0])
    curves = replace(curves, origin=replace(curves.origin, fingerprint="f" * 64))
    curves.save(tmp_path / CURVES_FILE)
    monkeypatch.setattr("mmm_groups.jobs.tasks.store_curves", full)
    kept = keep_curves(tmp_path)
    assert kept is not None
    assert kept.channels == curves.channels
    assert isinstance(kept, mg.ResponseCurves)


def test_a_fault_of_the_machine_under_a_page_is_said(limited: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/models")

    monkeypatch.setattr("mmm_groups.ui.frame.page.name_in_address", read_only)
    said = read(opened("optimise", limited))
    assert "could not read or write a file (/srv/models: Permission denied). What you typed is still there" in said

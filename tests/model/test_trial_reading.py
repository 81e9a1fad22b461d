"""Damaged and hostile HDF5 files are read in a process of its own first: none of them harms the one that asks."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

import mmm_groups as mg
from mmm_groups.curves.planning_source import open_source
from mmm_groups.errors import ModelFileError
from mmm_groups.kept_files import cache_root
from mmm_groups.model import trial_reading

pytestmark = pytest.mark.process

FITTED = Path(__file__).parent.parent / "support" / "fitted"
Change = Callable[[h5py.File], None]


def overlong_dimension_list(file: h5py.File) -> None:
    """The HDF5 library writes as many entries as the attribute has into room for as many as the variable has dims."""
    variable = file["fit_data/tv"]
    reference = variable.attrs["DIMENSION_LIST"][0]
    del variable.attrs["DIMENSION_LIST"]
    value = np.empty(400, dtype=object)
    value[:] = [reference] * 400
    variable.attrs.create("DIMENSION_LIST", value, shape=(400,), dtype=h5py.vlen_dtype(h5py.ref_dtype))


def huge(file: h5py.File) -> None:
    file["fit_data"].create_dataset("zz", shape=(10**11,), dtype="f8", chunks=(10**6,), compression="gzip")


def deep(file: h5py.File) -> None:
    group: h5py.Group = file
    for _ in range(200):
        group = group.create_group("g")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (overlong_dimension_list, "'fit_data/tv' does not name each of its dims once"),
        (huge, "says that it holds 100000000000 values in 'fit_data/zz'"),
        (deep, "deep in each other"),
    ],
)
def test_what_would_harm_is_refused_before_it_is_read(tmp_path: Path, change: Change, words: str) -> None:
    path = tmp_path / "model.nc"
    shutil.copy(FITTED / "logistic.nc", path)
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(ModelFileError, match=words) as refused:
        open_source(path)
    assert type(refused.value) is ModelFileError  # damaged, not unsafe: nobody else's code or data is named


def test_a_reader_has_a_gigabyte_and_twice_what_it_must_hold() -> None:
    asked = (
        "import resource; from pathlib import Path; from mmm_groups.model.hdf5 import _limit\n"
        "taken = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "allow = _limit(1000); print(resource.getrlimit(resource.RLIMIT_AS)[0] - taken)\n"
        "allow(3_000_000); print(resource.getrlimit(resource.RLIMIT_AS)[0] - taken)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    at_first, then = map(int, done.stdout.split())
    assert at_first == pytest.approx(1e9, rel=0.1)
    assert then - at_first == 6_000_000


def test_a_file_that_reads_for_ever_is_refused(tmp_path: Path) -> None:
    content = bytearray((FITTED / "michaelis_menten.nc").read_bytes())
    content[2702 : 2702 + 512] = bytes(512)  # zeros in a heap, as a torn copy leaves them
    (tmp_path / "torn.nc").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"torn\.nc.*does not come to an end"):
        open_source(tmp_path / "torn.nc")


@pytest.mark.parametrize(("place", "by"), [(31101, 69), (43088, 136), (711, 96)])
def test_one_changed_byte_is_damage_with_its_place(tmp_path: Path, place: int, by: int) -> None:
    content = bytearray((FITTED / "logistic.nc").read_bytes())
    content[place] ^= by
    (tmp_path / "flipped.nc").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"flipped\.nc.*damaged \(at '"):
        open_source(tmp_path / "flipped.nc")


def test_a_good_file_is_tried_once_and_the_demo_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    def counted(path: Path, seconds: float) -> dict[str, object]:
        started.append(path)
        return {"code": 0, "damage": ""}

    monkeypatch.setattr(trial_reading, "_asked", counted)
    monkeypatch.setattr(trial_reading, "_found", {})
    for name in ("first.nc", "second.nc"):
        shutil.copy(FITTED / "logistic.nc", tmp_path / name)
        mg.load_model(tmp_path / name)
    mg.load_model(mg.DEMO_MODEL)
    assert len(started) == 1
    trial_reading._found.clear()  # as after a new start: the disk knows
    mg.load_model(tmp_path / "first.nc")
    assert len(started) == 1
    assert len(list((cache_root() / "readable").iterdir())) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"code": -11, "damage": None}, "the process that read it died"),
        ({"code": -24, "damage": None}, "does not come to an end"),
        (None, "does not come to an end"),
    ],
)
def test_the_death_of_the_process_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object] | None, words: str
) -> None:
    monkeypatch.setattr(trial_reading, "_asked", lambda path, seconds: answer)
    monkeypatch.setattr(trial_reading, "_found", {})
    shutil.copy(FITTED / "logistic.nc", tmp_path / "model.nc")
    with pytest.raises(ModelFileError, match=words):
        mg.load_model(tmp_path / "model.nc")


def test_a_reader_that_says_nothing_in_time_is_ended_with_what_it_began(tmp_path: Path) -> None:
    content = bytearray((FITTED / "michaelis_menten.nc").read_bytes())
    content[2702 : 2702 + 512] = bytes(512)
    (tmp_path / "torn.nc").write_bytes(content)
    shutil.copy(FITTED / "logistic.nc", tmp_path / "model.nc")
    assert trial_reading._asked(tmp_path / "torn.nc", 0.2) is None
    assert trial_reading._asked(tmp_path / "model.nc", 60.0) == {"code": 0, "damage": ""}

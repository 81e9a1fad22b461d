"""Curves kept in the cache folder, and what happens when they cannot be read or kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.curves import root_curves

from mmm_groups.curves import extraction
from mmm_groups.curves.cache import cache_folder, cached_curves, store_curves


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5netcdf closing what it never opened
def test_any_damaged_cache_file_is_removed() -> None:
    small = root_curves([1.0, 2.0])
    path = store_curves(replace(small, origin=replace(small.origin, fingerprint="f" * 64)))
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(40):
        damaged = whole.copy()
        for place in rng.integers(8, len(whole), 30):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        found = cached_curves("f" * 64)  # read, or removed: never another error
        assert found is not None or not path.exists()
        path.parent.mkdir(exist_ok=True)


def test_curves_that_cannot_be_kept_are_used_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MMM_GROUPS_CACHE", str(tmp_path / "file"))
    assert not cache_folder().exists()
    curves = root_curves([1.0, 2.0])
    kept = extraction._kept(replace(curves, origin=replace(curves.origin, fingerprint="f" * 64)))
    assert "could not be kept for the next time" in kept.origin.notes[-1]

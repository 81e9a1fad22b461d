"""A short run of the fuzzer of files, and all files that once came through; `make fuzz` runs it for minutes."""

from pathlib import Path

import pytest
from fuzz.fuzz_files import BINARY, CORPUS, KEPT, READERS, run, tried


@pytest.mark.parametrize("kind", [kind for kind in READERS if kind not in BINARY])
def test_no_mutated_text_ends_in_an_error_that_is_not_ours(kind: str) -> None:
    assert not run(kind, range(100))


@pytest.mark.process
@pytest.mark.parametrize("kind", BINARY)
def test_no_mutated_file_ends_in_an_error_that_is_not_ours(kind: str) -> None:
    assert not run(kind, range(6))


@pytest.mark.process
@pytest.mark.parametrize(("kind", "seed"), KEPT)
def test_inputs_that_once_came_through_do_so_no_more(kind: str, seed: int) -> None:
    assert not run(kind, range(seed, seed + 1))


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_files_that_once_came_through_do_so_no_more(path: Path) -> None:
    assert not tried(path.name.partition("-")[0], path.read_bytes())

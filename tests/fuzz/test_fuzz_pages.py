"""A few sessions of the fuzzer of pages; `make fuzz` runs it for minutes."""

from pathlib import Path

import pytest
from fuzz.fuzz_pages import run

pytestmark = pytest.mark.page


def test_no_message_of_a_browser_falls_into_the_last_net(tmp_path: Path) -> None:
    assert not run(range(8), tmp_path)
    assert not run(range(10133, 10134), tmp_path)  # that once fell

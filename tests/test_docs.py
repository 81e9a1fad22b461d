"""The map says what is there: every file that architecture, contributing guide and decisions name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
_PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|js|css|json))`|`((?:mmm_groups|tests|docs|ui)/(?:[\w.-]+/)*)`")
_CODE = re.compile(r"^```.*?^```|`[^`]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def _exists(name: str, page: Path) -> bool:
    return any((root / name).exists() for root in (ROOT, ROOT / "mmm_groups", ROOT / "mmm_groups" / "ui", page.parent))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    named = [name for found in _PATH.findall(text) for name in found if name] + _LINK.findall(_CODE.sub("", text))
    assert not [name for name in named if not _exists(name, page)]


def test_the_map_names_every_folder() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    folders = [path.parent for path in (ROOT / "mmm_groups").rglob("__init__.py")]
    deep = {"migrations", "versions", "other_tools", "charts", "board", "sliders", "mmm_groups"}
    assert not [folder.name for folder in folders if folder.name not in deep and f"{folder.name}/" not in text]


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    assert not [path.name for path in folder.glob("0*.md") if f"]({path.name})" not in listed]

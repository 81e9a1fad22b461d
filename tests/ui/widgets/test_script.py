"""One script of several modules: every file once, behind those it needs, and no name twice."""

import re
from pathlib import Path

import pytest
from support.node import WIDGETS, node

from mmm_groups.ui.widgets.script import joined_script

pytestmark = pytest.mark.process

ENTRIES = ["board/board.js", "sliders/sliders.js"]
MODULES = sorted(WIDGETS.rglob("*.js"))
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let|var) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_script_needs_no_other_and_has_one_default_export(entry: str) -> None:
    script = joined_script(entry)
    assert re.findall(r"^import\b", script, re.MULTILINE) == []
    assert re.findall(r"^export\b.*", script, re.MULTILINE) == re.findall(r"^export default .*", script, re.MULTILINE)
    assert len(re.findall(r"^export default ", script, re.MULTILINE)) == 1


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_name_is_declared_twice_in_a_script(entry: str, tmp_path: Path) -> None:
    names = DECLARED.findall(joined_script(entry))
    assert sorted(names) == sorted(set(names))
    module = tmp_path / "joined.mjs"
    module.write_text(joined_script(entry), encoding="utf-8")
    node("--check", str(module))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_file_stands_behind_those_it_imports(entry: str) -> None:
    names = DECLARED.findall(joined_script(entry))
    for module in MODULES:
        source = module.read_text(encoding="utf-8")
        own = DECLARED.findall(source)
        for imported in re.findall(r"^import \{([^}]*)\}", source, re.MULTILINE) if set(own) <= set(names) else []:
            for name in re.findall(r"\w+", imported):
                assert names.index(name) < names.index(own[0]), f"{module.name} needs {name}"


def test_every_module_is_in_a_script() -> None:
    names = [name for entry in ENTRIES for name in DECLARED.findall(joined_script(entry))]
    for module in MODULES:
        assert set(DECLARED.findall(module.read_text(encoding="utf-8"))) <= set(names), module.name

"""What README and docstrings show is run: the Python of a user, commands, and the results that docstrings print."""

import doctest
import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from support.scenario_forms import OLD_FORMS

import mmm_groups as mg

ROOT = Path(__file__).parent.parent
SHOWN = "\n".join((ROOT / page).read_text() for page in ("README.md", "CONTRIBUTING.md"))
WITH_EXAMPLES = [
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in sorted((ROOT / "mmm_groups").rglob("*.py"))
    if ">>> " in path.read_text()
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SHOWN, re.MULTILINE | re.DOTALL)


@pytest.mark.pymc
def test_the_python_of_the_readme_runs(demo: mg.FittedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = blocks("python")
    shutil.copy(OLD_FORMS[0], tmp_path / "spring.json")
    monkeypatch.chdir(tmp_path)
    opened = {mg.DEMO_MODEL: demo}  # the same file, compiled once for all tests
    monkeypatch.setattr(mg, "load_model", opened.__getitem__)
    # Its statements without a name are what a notebook would show: each must be something.
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    plan = names["plan"]
    assert isinstance(plan, mg.Plan)
    assert (tmp_path / "plan.csv").read_text() == mg.plan_csv(plan)
    assert plan.total == pytest.approx(4_400_000)


def test_make_knows_what_is_shown() -> None:
    named = set(re.findall(r"make ([a-z][\w-]*)", "\n".join(re.findall(r"`[^`\n]+`", SHOWN)) + "".join(blocks("sh"))))
    known = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "check", "dev"} <= named
    assert named <= known


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_in_docstrings_are_true(module: str) -> None:
    found = doctest.testmod(import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


def test_docstrings_have_examples() -> None:
    assert WITH_EXAMPLES

"""The shape of the code: who may import whom, and what the first screen must not wait for."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mmm_groups as mg

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mmm_groups"
# The pipeline, left to right: a module imports only what stands before it.
ORDER = [
    "errors",
    "horizon",
    "cents",
    "history",
    "piecewise",
    "separable_program",
    "separable",
    "ties",
    "tightened",
    "branching",
    "intervals",
    "sub_channels",
    "part_file",
    "part_curves",
    "hdf5_parts",
    "model_file",
    "model_history",
    "fitted_model",
    "model_response",
    "flighting",
    "curve_checks",
    "channel_curves",
    "curve_dataset",
    "response_curves",
    "first_budget",
    "prices",
    "curve_csv",
    "meridian_curves",
    "curve_file",
    "planning_source",
    "curve_cache",
    "curve_points",
    "curve_measuring",
    "curve_extraction",
    "summary",
    "channel_groups",
    "groups_file",
    "quick_groups",
    "suggest_groups",
    "shares",
    "best_split",
    "split_path",
    "re_estimation",
    "methods",
    "group_curves",
    "drawn_curve",
    "small_curves",
    "method_comparison",
    "constraints",
    "limits",
    "mix_guard",
    "goals",
    "utilities",
    "row_limits",
    "part_limits",
    "goal_inputs",
    "problem",
    "clash",
    "stated_problem",
    "plan",
    "against_reference",
    "binding",
    "unreachable",
    "drawn",
    "climbing",
    "risk",
    "joint_optimum",
    "mix_ties",
    "optimize",
    "frontier",
    "frontier_of_plan",
    "stability",
    "split",
    "share_bounds",
    "what_if",
    "against_model",
    "consistency",
    "modes",
    "explain",
    "export",
    "refit_priors",
    "refit",
    "fit_statistics",
    "refit_sampler",
    "second_opinion",
    "lined_table",
    "limit_lines",
    "disaggregation",
    "assumptions",
    "scenario_fields",
    "scenario",
    "scenario_forms",
    "scenario_document",
    "scenario_move",
    "scenario_run",
    "scenario_comparison",
    "groupings",
    "sweep",
    "plan_report",
    "plan_json",
]
CORE = {path.stem: path for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
KEPT_OUT = {"streamlit", "plotly", "sqlalchemy", "alembic", "psycopg", "dask", "distributed", "openpyxl"}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import"
            found.add(str(node.module))
    return found


def test_every_core_module_has_its_place_in_the_pipeline() -> None:
    assert sorted(CORE) == sorted(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_what_stands_to_its_left(name: str) -> None:
    inside = {module.removeprefix("mmm_groups.") for module in imported(CORE[name]) if module.startswith("mmm_groups")}
    assert inside <= set(ORDER[: ORDER.index(name)])


@pytest.mark.parametrize("name", ORDER)
def test_the_core_knows_no_screen_and_no_database(name: str) -> None:
    assert not {module.split(".")[0] for module in imported(CORE[name])} & KEPT_OUT


def test_pymc_marketing_is_imported_where_models_are_opened_and_where_they_are_fitted() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in [*PACKAGE.rglob("*.py"), *PAGES]
        if any(re.match(r"(pymc|pytensor|arviz|nutpie)", module) for module in imported(path))
    ]
    # Opening needs the graph, a refit the sampler as well: two modules, so that opening never imports a sampler and
    # `fitted_model` stays what every page needs. The third is the demo's maker, which is run by hand.
    assert sorted(users) == [
        "mmm_groups/data/make_demo_model.py",
        "mmm_groups/fitted_model.py",
        "mmm_groups/refit_sampler.py",
    ]
    assert not any(
        "make_demo_model" in path.read_text() for path in PACKAGE.rglob("*.py") if path.stem != "make_demo_model"
    )


def test_jobs_know_no_screen_and_only_one_module_knows_the_cluster() -> None:
    modules = {path.stem: {name.split(".")[0] for name in imported(path)} for path in (PACKAGE / "jobs").glob("*.py")}
    assert not any(found & {"streamlit", "plotly", "pymc", "pymc_marketing"} for found in modules.values())
    assert [name for name, found in modules.items() if found & {"dask", "distributed"}] == ["dask_cluster"]


def test_reports_use_only_what_draws_without_a_screen() -> None:
    drawing = {"charts", "chart_words", "curve_charts", "result_charts", "plan_words", "format", "theme"}
    for path in (PACKAGE / "report").glob("*.py"):
        used = {module.split(".")[2] for module in imported(path) if module.startswith("mmm_groups.ui.")}
        assert used <= drawing, path.name
        assert not {module.split(".")[0] for module in imported(path)} & {"streamlit", "sqlalchemy"}


def test_the_command_line_and_reports_need_no_screen() -> None:
    code = (
        "import sys; from mmm_groups.command_line import main;"
        "print(sorted(name for name in ('streamlit', 'plotly', 'pymc') if name in sys.modules));"
        "import mmm_groups.report;"
        "print(sorted(name for name in ('streamlit', 'pymc', 'distributed') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


def test_the_first_screen_waits_for_no_pymc() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "at = AppTest.from_file('app.py', default_timeout=60).run();"
        "assert not at.exception, at.exception;"
        "heavy = ('pymc', 'pymc_marketing', 'pytensor', 'arviz');"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_pages_ask_call_and_show(page: Path) -> None:
    lines = page.read_text().splitlines()
    assert len(lines) <= 150
    arithmetic = [
        node.lineno
        for node in ast.walk(ast.parse(page.read_text()))
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr)
    ]
    assert not arithmetic, f"{page.name} calculates in lines {arithmetic}"


def test_the_public_names() -> None:
    assert mg.__all__ == sorted(mg.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(mg, name) for name in mg.__all__)


def test_the_lock_holds_every_direct_dependency_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = (ROOT / "requirements.txt").read_text()
    everything = (ROOT / "tests" / "requirements.txt").read_text()
    for stated, lock in ((project["dependencies"], runtime), (project["optional-dependencies"]["dev"], everything)):
        for dependency in stated:
            name = re.split(r"[\[~<>=]", dependency)[0]
            assert re.search(rf"^{re.escape(name)}==[\d.]+", lock, re.MULTILINE), f"{name} is not locked"
    for line in re.findall(r"^\S+==\S+.*$", runtime, re.MULTILINE):
        assert line in everything, f"{line} differs between the two locks"


def test_every_direct_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reasons = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text()
    for dependency in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert f"`{re.split(r'[\[~<>=]', dependency)[0]}`" in reasons


def test_the_shipped_model_is_small() -> None:
    assert mg.DEMO_MODEL.stat().st_size < 1_000_000


def test_the_appearances_have_ten_colours_each() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for appearance in ("light", "dark"):
        assert len(set(theme[appearance]["chartCategoricalColors"])) == 10

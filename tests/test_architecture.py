"""The house as data: which folder knows which, which library is imported where, how long a module may be."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import mmm_groups as mg

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mmm_groups"
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
MODULES = sorted(PACKAGE.rglob("*.py"))

# Lower layers first. A folder imports its own modules and those of lower layers, never those beside it.
LAYERS = [
    ["numerics"],
    ["errors"],
    # One module each, beside the errors: what curves, problems, scenarios and the edges have in common.
    ["typed_value", "fingerprint", "sentences", "kept_files"],
    ["solver", "tables", "model"],
    ["curves"],
    ["groups"],
    ["problem"],
    ["optimizer"],
    ["plan"],
    ["media_plan"],
    ["evaluation", "suggestions", "refit", "scenario"],
    ["display", "storage", "jobs"],
    ["export"],
    ["command_line", "ui", "data"],
]
# The same inside `ui/`; the last layer holds one folder a page.
UI_LAYERS = [
    ["widgets"],
    ["planner"],
    ["panels", "work"],
    ["frame"],
    [
        "start",
        "group_channels",
        "response_curves",
        "optimise",
        "split",
        "plans_over_time",
        "export",
        "scenarios",
        "second_opinion",
    ],
]
# All that widgets know of the package: words, numbers and colours, and nothing that a planner types.
KNOWN_TO_WIDGETS = {"numerics", "errors", "fingerprint", "sentences", "tables", "display", "ui"}
# Library to the only places that import it.
LIBRARIES = {
    "streamlit": ["ui/", "pages/", "app.py"],
    "plotly": ["display/charts/", "ui/"],
    "sqlalchemy": ["storage/"],
    "alembic": ["storage/"],
    "psycopg": ["storage/"],
    "distributed": ["jobs/dask_cluster.py"],
    "dask": ["jobs/dask_cluster.py"],
    "openpyxl": ["tables/", "export/"],
    "pymc": ["model/", "refit/sampler.py", "data/make_demo_model.py"],
    "pymc_marketing": ["model/", "refit/sampler.py", "data/make_demo_model.py"],
    "pymc_extras": ["model/", "refit/sampler.py", "data/make_demo_model.py"],
    "pytensor": ["model/", "refit/sampler.py"],
    "arviz": ["model/", "refit/sampler.py", "data/make_demo_model.py"],
    "nutpie": ["refit/sampler.py", "data/make_demo_model.py"],
}
# Where numbers are formatted for one reader, or for none: the rest marks every number in a sentence.
UNMARKED = {
    "command_line",
    "data",
    "display",
    "export",
    "curves/first_budget.py",
    "jobs/job_queue.py",
    "refit/priors.py",
    "tables/formulas.py",
    "ui/optimise/goal_form.py",
    "numerics/digits.py",
    "numerics/marking.py",
}
LONGEST_MODULE, LONGEST_PAGE = 300, 150


def is_module(name: str) -> bool:
    """True for the dotted name of a module of ours."""
    return name.startswith("mmm_groups.") and (ROOT / f"{name.replace('.', '/')}.py").is_file()


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module that a file imports, also inside functions; `mmm_groups.a.b` for a name taken from it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names if is_module(f"{node.module}.{alias.name}")}
            if not all(is_module(f"{node.module}.{alias.name}") for alias in node.names):
                found.add(str(node.module))
    return frozenset(found)


def place(path: Path) -> str:
    """A file's place inside the package, or inside the checkout for pages."""
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).as_posix()


def known_folders(layers: list[list[str]], folder: str) -> set[str]:
    """The folder itself, and those of lower layers."""
    level = next(level for level, names in enumerate(layers) if folder in names)
    return {folder}.union(*layers[:level])


def inside(path: Path, parts: int) -> set[str]:
    """The folders of the package, or of `ui`, that a file imports from."""
    names = [module.split(".") for module in imported(path) if module.startswith("mmm_groups.")]
    if parts == 2:
        names = [name for name in names if name[1] == "ui"]
    return {name[parts] for name in names if len(name) > parts}


def in_folder(folder: str) -> list[Path]:
    own = PACKAGE / f"{folder}.py"
    return [own] if own.is_file() else sorted((PACKAGE / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", [name for layer in LAYERS for name in layer])
def test_a_folder_knows_only_lower_layers(folder: str) -> None:
    allowed = known_folders(LAYERS, folder)
    for path in in_folder(folder):
        assert inside(path, 1) <= allowed, f"{place(path)} imports {sorted(inside(path, 1) - allowed)}"


@pytest.mark.parametrize("folder", [name for layer in UI_LAYERS for name in layer])
def test_a_folder_of_the_screen_knows_only_lower_layers(folder: str) -> None:
    allowed = known_folders(UI_LAYERS, folder)
    for path in in_folder(f"ui/{folder}"):
        assert inside(path, 2) <= allowed, f"{place(path)} imports {sorted(inside(path, 2) - allowed)}"


def test_widgets_know_their_own_data_only() -> None:
    for path in in_folder("ui/widgets"):
        assert inside(path, 1) <= KNOWN_TO_WIDGETS, (
            f"{place(path)} imports {sorted(inside(path, 1) - KNOWN_TO_WIDGETS)}"
        )


def test_every_module_has_a_layer() -> None:
    named = {name for layer in LAYERS for name in layer} | {"__init__"}
    assert {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} == named
    named = {name for layer in UI_LAYERS for name in layer} | {"__init__"}
    ui = PACKAGE / "ui"
    assert {path.relative_to(ui).parts[0].removesuffix(".py") for path in ui.rglob("*.py")} == named


def test_imports_inside_a_folder_make_no_circle() -> None:
    graph = {
        place(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): {
            module.removeprefix("mmm_groups.") for module in imported(path) if module.startswith("mmm_groups.")
        }
        for path in MODULES
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"a circle: {' -> '.join([*way, module])}"
        if module not in done:
            for other in sorted(graph.get(module, ())):
                visit(other, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_imported_in_its_places_only(library: str) -> None:
    for path in [*MODULES, *PAGES]:
        if library in {module.split(".")[0] for module in imported(path)}:
            assert place(path).startswith(tuple(LIBRARIES[library])), f"{place(path)} imports {library}"


def test_pandas_is_in_the_ground_only_for_labels_and_rounding() -> None:
    users = [place(path) for path in MODULES if {"pandas", "xarray"} & {name.split(".")[0] for name in imported(path)}]
    assert [name for name in users if name.startswith(("numerics/", "solver/"))] == [
        "numerics/labelled.py",
        "numerics/rounding.py",
    ]


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=place)
def test_no_module_is_long(path: Path) -> None:
    longest = LONGEST_PAGE if path in PAGES else LONGEST_MODULE
    assert len(path.read_text().splitlines()) <= longest


def test_a_folder_hands_no_name_on() -> None:
    for path in MODULES:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            assert not imported(path), f"{place(path)} imports"
            assert len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()) >= 3, place(path)


def test_no_public_name_is_also_a_module() -> None:
    here = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert not here & set(mg.__all__)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_imports_its_own_folder_and_what_all_pages_share(page: Path) -> None:
    own = "start" if page.name == "app.py" else page.stem.split("_", 1)[1].lower()
    assert inside(page, 2) <= {own, "frame", "panels"}
    assert inside(page, 1) <= {"ui", "display", "errors"}


def test_no_test_imports_from_a_test_file() -> None:
    for path in sorted((ROOT / "tests").rglob("*.py")):
        names = {part for module in imported(path) for part in module.split(".")}
        assert not any(name == "conftest" or name.startswith("test_") for name in names), place(path)


def test_the_demos_maker_is_run_by_hand_only() -> None:
    assert not any("make_demo_model" in path.read_text() for path in MODULES if path.stem != "make_demo_model")


@pytest.mark.process
def test_the_command_line_and_reports_need_no_screen() -> None:
    code = (
        "import sys; from mmm_groups.command_line import main;"
        "print(sorted(name for name in ('streamlit', 'plotly', 'pymc') if name in sys.modules));"
        "import mmm_groups.export.report, mmm_groups.export.workbook;"
        "print(sorted(name for name in ('streamlit', 'pymc', 'distributed') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


@pytest.mark.process
def test_what_all_tests_share_loads_no_heavy_library() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); import conftest;"
        "heavy = ('streamlit', 'playwright', 'sqlalchemy', 'plotly', 'distributed', 'pymc', 'pytensor');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.process
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


def is_marked(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "marked"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if place(path).split("/")[0] not in UNMARKED and place(path) not in UNMARKED],
    ids=place,
)
def test_every_number_in_a_sentence_is_marked(path: Path) -> None:
    tree = ast.parse(path.read_text())
    hidden = {
        piece
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "__repr__"
        for piece in ast.walk(function)
    }
    for piece in ast.walk(tree):
        if isinstance(piece, ast.FormattedValue) and piece.format_spec is not None and piece not in hidden:
            spec = ast.unparse(piece.format_spec)[2:-1]
            is_number = re.fullmatch(r"[-+]?,?(\.\d+)?[fge%]?", spec) is not None
            assert not is_number or is_marked(piece.value), f"{place(path)}, line {piece.lineno}: {spec}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_pages_ask_call_and_show(page: Path) -> None:
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
    tools = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    for dependency in [*project["dependencies"], *project["optional-dependencies"]["dev"], *tools]:
        assert f"`{re.split(r'[\[~<>=]', dependency)[0]}`" in reasons


def test_the_lock_of_npm_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all(package["integrity"] for name, package in packages.items() if name)


def test_the_shipped_model_is_small() -> None:
    assert mg.DEMO_MODEL.stat().st_size < 1_000_000


def test_the_appearances_have_ten_colours_each() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for appearance in ("light", "dark"):
        assert len(set(theme[appearance]["chartCategoricalColors"])) == 10

"""The command line gives the app's plans, and codes that a scheduled job can test."""

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.command_line.amounts import amount
from mmm_groups.command_line.arguments import parser
from mmm_groups.command_line.main import main
from mmm_groups.command_line.outcome import OutputError, put
from mmm_groups.scenario.document import read_scenario

ROOT = Path(__file__).parent.parent.parent
SPRING = ROOT / "tests" / "scenario" / "forms" / "version_1.json"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("curves") / "roots.nc"
    root_curves([3.0, 1.0, 2.0], history=[10.0, 20.0, 30.0]).save(path)
    return str(path)


@pytest.fixture(scope="module")
def planned(roots: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario file on `roots`, with its figures."""
    path = tmp_path_factory.mktemp("planned") / "plan.json"
    assert main(["optimize", roots, "--budget", "60", "--group", "G=c0,c1", "--max", "c2=15", "-o", str(path)]) == 0
    return path


@pytest.fixture
def typed(planned: Path, tmp_path: Path) -> str:
    """A copy of the scenario file for each test."""
    return str(shutil.copy(planned, tmp_path))


def test_the_scenario_file_gives_its_numbers_again(demo: mg.FittedModel, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(SPRING), "demo", "--check"]) == 0
    shown, told = capsys.readouterr()
    assert "Total spend 4,400,000, response 10,679,768 sales." in shown
    assert re.search(r"tiktok\s+400,000\s+173,655.*tiktok at most 400,000", shown)
    assert told == ""


def test_options_become_a_scenario_that_can_be_run(
    typed: str, roots: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = read_scenario(Path(typed).read_text())
    assert made.all_groups() == {"G": ("c0", "c1"), "c2": ("c2",)}
    assert made.constraints == (mg.ConstraintBuilder.spend_bounds("c2", upper=15.0),)
    assert made.summary is not None
    assert made.summary.groups["c2"] == pytest.approx(15.0)
    assert made.summary.channels["c1"] == pytest.approx(30.0)  # two thirds of 45, as history split
    assert main(["run", typed, roots, "--check"]) == 0
    again = str(tmp_path / "again.json")
    assert main(["run", typed, roots, "-o", again]) == 0
    assert read_scenario(Path(again).read_text()) == made
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize(
    ("options", "goal"),
    [
        ("--target-roi 2", mg.TargetRoi(2.0)),
        ("--target-mroi 0.3", mg.TargetMarginalRoi(0.3)),
        ("--target-response 20", mg.TargetResponse(20.0)),
        ("--max-profit 2", mg.MaxProfit(2.0)),
    ],
)
def test_every_goal(options: str, goal: object, roots: str, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    assert main(["optimize", roots, *options.split(), "-o", path]) == 0
    assert read_scenario(Path(path).read_text()).goal == goal


def test_method_split_utility_and_locks(roots: str, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    options = "--budget 60 --split marginal_roi --cvar 0.5 --lock c1=7 --min c0=1 --max c0=50 --name Cautious"
    assert main(["optimize", roots, *options.split(), "-o", path]) == 0
    made = read_scenario(Path(path).read_text())
    assert (made.name, made.default_split, made.utility) == (
        "Cautious",
        "marginal_roi",
        mg.ConditionalValueAtRisk(0.5),
    )
    build = mg.ConstraintBuilder
    assert made.constraints == (build.spend_bounds("c0", 1.0, 50.0), build.lock("c1", 7.0))


def test_other_figures_end_with_3(typed: str, roots: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(Path(typed).read_text())
    document["summary"]["channels"]["c0"] += 1.0
    Path(typed).write_text(json.dumps(document))
    assert main(["run", typed, roots, "--check"]) == 3
    assert "c0 gets 15; when the scenario was saved it got 16." in capsys.readouterr().err
    assert main(["run", typed, roots]) == 0
    document["goal"]["total"] = 50.0
    Path(typed).write_text(json.dumps(document))
    assert main(["run", typed, roots, "--check"]) == 1
    assert "holds no figures for these inputs" in capsys.readouterr().err


def test_export_adds_up(typed: str, roots: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", typed, roots]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["channel"] for row in rows] == ["c0", "c1", "c2"]
    assert sum(round(100 * float(row["spend"])) for row in rows) == 6000
    assert main(["export", typed, roots, "--format", "json", "-o", str(tmp_path / "out.txt")]) == 0
    document = json.loads((tmp_path / "out.txt").read_text())
    assert sum(round(100 * row["spend"]) for row in document["channels"]) == 6000
    assert read_scenario(json.dumps(document["scenario"])) == read_scenario(Path(typed).read_text())


def test_every_form_of_export_has_the_same_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def written(name: str, *more: str) -> bytes:
        path = tmp_path / name
        assert main(["export", str(SPRING), "demo", *more, "-o", str(path)]) == 0
        return path.read_bytes()

    groups = list(csv.DictReader(io.StringIO(written("groups.csv", "--table", "groups").decode())))
    spends = {row["group"]: float(row["spend"]) for row in groups}
    assert sum(round(100 * spend) for spend in spends.values()) == 440_000_000
    book = openpyxl.load_workbook(io.BytesIO(written("plan.xlsx")))
    assert {row[0]: row[2] for row in book["Plan by group"].iter_rows(min_row=2, values_only=True)} == {
        **spends,
        "Total": 4_400_000.0,
    }
    document = json.loads(written("plan.JSON"))
    assert {row["group"]: row["spend"] for row in document["groups"]} == spends
    assert len(document["flighting"]) == document["window"]["dates"] == 13
    dated = sum(
        round(100 * line["spend"][name]) for line in document["flighting"] for name in ("facebook", "instagram")
    )
    assert dated == round(100 * spends["Meta"])
    assert all(check["holds"] for check in document["consistency"]["checks"])
    page = written("plan.html").decode()
    assert f"€{spends['Meta']:,.0f}" in page
    assert "Wrote" in capsys.readouterr().err


def test_curves_are_written(demo: mg.FittedModel, tmp_path: Path) -> None:
    path = tmp_path / "curves.nc"
    assert main(["curves", "demo", "-o", str(path)]) == 0
    assert mg.ResponseCurves.open(path).channels == demo.channels


def test_other_channels_need_a_map(typed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = root_curves([3.0, 1.0, 2.0], history=[10.0, 20.0, 30.0])
    names, other = ["c0", "radio", "c2"], str(tmp_path / "other.nc")
    mg.ResponseCurves.from_arrays(
        names, old.spend.values, old.response.values, old.historical_spend.set_axis(names, axis=1)
    ).save(Path(other))
    assert main(["run", typed, other]) == 1
    assert "Missing: ['c1']; new: ['radio']" in capsys.readouterr().err
    assert main(["run", typed, other, "--map", "c1=radio"]) == 0
    assert "Total spend 60" in capsys.readouterr().out
    assert main(["run", typed, other, "--leave-out", "c1"]) == 0
    assert "Left out: c1.\nNew, and planned one by one: radio.\n" in capsys.readouterr().err


def test_saved_scenarios(typed: str, roots: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert main(["scenarios", *arguments]) == 0
        return capsys.readouterr().out.strip()

    assert said("list") == "There are no scenarios."
    key, number = said("save", typed, "--author", "Ada").split("@")
    assert number == "1"
    assert said("save", typed, "--author", "Bob", "--id", key, "--based-on", "1") == f"{key}@2"
    assert main(["scenarios", "save", typed, "--author", "Cleo", "--id", key, "--based-on", "1"]) == 0
    assert "Meanwhile others saved version 2 by Bob" in capsys.readouterr().err
    assert re.search(rf"^{key}  version 3 .* UTC  Cleo  Plan$", said("list"))
    assert len(said("versions", key).splitlines()) == 3
    assert read_scenario(said("show", f"id:{key}@2")) == read_scenario(Path(typed).read_text())
    assert main(["run", f"id:{key}", roots, "--check"]) == 0
    said("archive", key, "--author", "Ada")
    assert said("list") == "There are no scenarios."
    assert key in said("list", "--archived")
    said("restore", key)
    assert key in said("list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run nothing.json demo", "'nothing.json' cannot be read"),
        ("run {typed} nothing.nc", "nothing.nc"),
        ("run id:nothing demo", "There is no scenario 'nothing'"),
        ("run id:nothing@two demo", "'two' is no version"),
        ("run {typed} {roots} --map c1", "--map needs OLD=NEW; it got 'c1'"),
        ("optimize {roots} --budget -1", "FixedBudget is -1"),
        ("optimize {roots} --budget 60 --group G=c0,x", "channels the model does not have: \\['x'\\]"),
        ("optimize {roots} --budget 60 --group G=c0,", "empty name"),
        ("optimize {roots} --budget 60 --group G=c0 --group G=c1", "names 'G' twice"),
        ("optimize {roots} --budget 60 --max c0=lots", "'lots' is no number"),
        ("optimize {roots} --budget 60 --max c0=50.000", "--max c0=50.000: “50.000” may mean 50000 or 50: no other"),
        ("optimize {roots} --budget 60 --max c0=1 --max c1=1 --max c2=1", "budget"),
        ("optimize {roots} --budget 60 --start 2026-01-05", "--start and --end together"),
        ("optimize {roots} --budget 60 --start Easter --end 2026-01-05", "'Easter' is no date"),
        ("run {typed} {roots} -o /proc/no/x.json", "cannot be written"),
        ("curves {roots} -o /proc/no/x.nc", "cannot be written"),
        ("export {typed} {roots} -o plan.pdf", "'plan.pdf' ends with no known form.*csv, xlsx, html, json"),
        ("export {typed} {roots} --format xlsx", "Excel file cannot be shown on the screen"),
        ("export {typed} {roots} --table dates", "does not say how money is spread over dates"),
        ("scenarios save {typed} --author Ada --id x", "--id and --based-on together"),
        ("scenarios archive nothing --author Ada", "There is no scenario 'nothing'"),
    ],
)
def test_refusals_end_with_1_and_say_why(
    arguments: str, said: str, typed: str, roots: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(arguments.format(typed=typed, roots=roots))) == 1
    assert re.search(said, capsys.readouterr().err)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_scenario_saved_by_another_editor_is_run(
    encoding: str, typed: str, roots: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.json"
    again.write_bytes(Path(typed).read_text().encode(encoding))
    assert main(["run", str(again), roots, "--check"]) == 0
    assert read_scenario(again.read_bytes()) == read_scenario("\ufeff" + Path(typed).read_text())
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "money"),
    [("1200000", 1.2e6), ("4.4e6", 4.4e6), ("1.200.000", 1.2e6), ("1,200,000.50", 1_200_000.5), ("50,5", 50.5)],
)
def test_an_amount_is_read_as_people_write_it(text: str, money: float) -> None:
    assert amount(text) == money


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("50.000", "“50.000” may mean 50000 or 50: no other number says whether the point groups thousands"),
        ("1,250", "“1,250” may mean 1250 or 1.25: no other number says whether the comma groups thousands"),
        ("50k", "'50k' is no number. Write it like 1200000 or 1.2e6."),
        ("50%", "'50%' is no number"),
    ],
)
def test_an_amount_is_never_guessed(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["optimize", "demo", "--budget", text])
    assert ended.value.code == 2
    assert f"argument --budget: {said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", ["", "run", "optimize demo", "optimize demo --budget 1 --target-roi 2", "optimize demo --bud 1", "fly"]
)
def test_wrong_arguments_end_with_2(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert "usage: mmm-groups" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "optimize", "curves", "export", "scenarios"])
def test_the_examples_in_the_help_are_commands(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    examples = re.findall(r"^  mmm-groups (.+)$", capsys.readouterr().out, re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        assert parser().parse_args(shlex.split(example)).run


@pytest.mark.process
def test_it_runs_as_a_program(roots: str) -> None:
    command = [sys.executable, "-m", "mmm_groups.command_line"]
    refused = subprocess.run(
        [*command, "run", "-", roots], input="{", capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("mmm-groups: The text is no scenario")


def test_the_readme_shows_commands_that_exist() -> None:
    shown = re.findall(r"^mmm-groups ([^#\n]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(shown) == 6
    for command in shown:
        assert parser().parse_args(shlex.split(command)).run


def test_a_file_that_cannot_be_written_leaves_no_draft_behind(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        put("text", str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]

"""`mmm-groups evaluate`: a plan's file becomes the figures of `mg.evaluate`, and what it leaves open is asked."""

import json
from pathlib import Path

import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.command_line.main import main


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("curves") / "roots.nc"
    root_curves([3.0, 1.0, 2.0], history=[10.0, 20.0, 30.0]).save(path)
    return str(path)


@pytest.fixture
def agency(tmp_path: Path) -> str:
    path = tmp_path / "agency.csv"
    path.write_text("Channel;Spend\nC0;4,00 €\nSearch;16,00 €\nFees;1,00 €\n")
    return str(path)


SAID = ["--map", "Search=c1", "--leave-out", "Fees", "--missing", "zero"]


def test_a_plan_is_evaluated_beside_the_latest_spend_and_the_best(
    agency: str, roots: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", agency, roots, *SAID, "--reference", "latest", "--best"]) == 0
    shown, told = capsys.readouterr()
    assert "agency: 20 brings 10 response" in shown
    assert "“agency” brings 14.9 response less" in shown
    assert "than “Latest spend”, with 40 less money." in shown
    assert "The best use of the same money brings 6.73 response more" in shown  # sqrt(14 · 20) - 10
    assert "Move 12.8 from c1 to c2: 4.94 response more." in shown
    assert "Left out, 1 in all: Fees." in told
    assert "Names were read: C0 as c0, Search as c1." in told


def test_json_holds_what_python_gives(agency: str, roots: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", agency, roots, *SAID, "--reference", agency, "--best", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    curves = mg.ResponseCurves.open(roots)
    plan = mg.MediaPlan.from_totals({"c0": 4.0, "c1": 16.0}, curves, missing="zero")
    evaluation = mg.evaluate(plan, curves)
    assert found["format"] == "mmm_groups evaluation"
    assert found["response"]["mean"] == pytest.approx(float(evaluation.response.mean()))
    assert [row["channel"] for row in found["channels"]] == ["c0", "c1", "c2"]
    assert found["plan"]["money"] == [{"date": "window", "spend": {"c0": 4.0, "c1": 16.0, "c2": 0.0}}]
    assert found["dates"] is found["tail"] is found["carry_in"] is None
    assert found["reference"]["difference"]["mean"] == 0
    assert found["reference"]["difference"]["probability_better"] is None
    left = mg.leaves_on_the_table(evaluation, curves)
    assert found["best"]["difference"]["mean"] == pytest.approx(left.total.mean)
    assert found["best"]["moves"][0]["gain"] == pytest.approx(left.moves[0].gain)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (SAID[:4], "Say what they get with missing: zero"),
        (["--missing", "zero"], r"'Search'; 'Fees'. Map each to a channel or a group, or leave it out"),
        ([*SAID, "--reference", "nowhere.csv"], "'nowhere.csv' cannot be read"),
        ([*SAID, "--reference", "last-year"], "do not say which dates they are for"),
        (["--map", "Search", "--missing", "zero"], "--map needs NAME=CHANNEL"),
    ],
)
def test_what_is_open_is_asked(
    agency: str, roots: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", agency, roots, *options]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.pymc
def test_a_model_answers_by_date(demo: mg.FittedModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "weeks.csv"
    weeks = demo.historical_spend.tail(4)
    weeks.set_axis(demo.next_horizon(4).dates).to_csv(path, index_label="week")
    assert main(["evaluate", str(path), "demo", "--reference", "latest", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["plan"]["window"] == {"start": "2026-01-05", "end": "2026-01-26"}
    assert [row["is_tail"] for row in found["dates"]] == [False] * 4 + [True] * 8
    assert found["response"]["mean"] == pytest.approx(found["in_window"]["mean"] + found["tail"]["mean"])
    assert found["reference"]["difference"]["mean"] == 0
    assert main(["evaluate", str(path), "demo"]) == 0
    assert "earlier spend still brings" in capsys.readouterr().out

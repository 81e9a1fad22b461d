"""Small files and names that mean harm, or were harmed: each ends in an error of ours, or means only what it says."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import mmm_groups as mg
from mmm_groups.curves.netcdf import write_dataset
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.numbers import plain
from mmm_groups.errors import CurveFileError, GroupingError, ModelFileError, ScenarioError
from mmm_groups.groups.groups_file import read_groups
from mmm_groups.kept_files import create_whole
from mmm_groups.ui.planner.sources import models_folder, store_upload

CURVES = "channel,spend,response\ntv,0,0\ntv,50,21\ntv,100,30\n"


def scenario_text(**changes: object) -> str:
    source = {"kind": "model", "name": "m", "sha256": "0" * 64, "channels": ["tv"]}
    window = {"start": "2026-01-05", "end": "2026-03-30"}
    return json.dumps({"schema_version": 2, "name": "S", "source": source, "window": window, **changes})


def test_aliases_that_stand_for_billions_of_names_are_refused() -> None:
    parts = ["&a0 [" + ",".join(["tv"] * 9) + "]"]
    parts += [f"&a{n} [" + ",".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 9)]
    with pytest.raises(GroupingError, match="an alias"):
        read_groups(("groups: {G: [[" + ", ".join(parts) + "]]}").encode(), "bomb.yaml", ["tv"])
    with pytest.raises(GroupingError):
        read_groups(b"? [a, b]\n: 1\n", "keys.yaml", ["tv"])


@pytest.mark.parametrize("name", ["a\\0b", "\\uD800", "a\\nb"])
def test_a_group_in_a_file_has_a_name_of_one_line(name: str) -> None:
    with pytest.raises(GroupingError, match=r"Line 1 of 'f'.*has a line break or no letters"):
        read_groups(f'groups: {{"{name}": [tv]}}'.encode(), "f", ["tv"])


@pytest.mark.parametrize(
    "text",
    [
        ",".join(f"c{n}" for n in range(300_000)) + "\n",
        "channel,spend,response" + "," * 4_000_000 + "\n",
    ],
)
def test_curves_of_very_many_columns_are_refused_at_once(tmp_path: Path, text: str) -> None:
    (tmp_path / "wide.csv").write_text(text)
    begun = time.process_time()
    with pytest.raises(CurveFileError, match=r"column|fields"):
        open_curve_file(tmp_path / "wide.csv")
    assert time.process_time() - begun < 5


def test_a_scenario_of_very_many_names_is_read_quickly() -> None:
    channels = [f"c{n}" for n in range(20_000)]
    source = {"kind": "model", "name": "m", "sha256": "0" * 64, "channels": channels}
    groups = [{"id": f"g{n}", "name": f"n{n}", "color": 1, "channels": []} for n in range(20_000)]
    begun = time.process_time()
    assert len(mg.read_scenario(scenario_text(source=source, groups=groups)).groups) == 20_000
    assert time.process_time() - begun < 5


def test_amounts_whose_sum_overflows_are_refused() -> None:
    summary = {
        "answers_to": "x",
        "groups": {},
        "channels": {"a": 1e308, "b": 1e308},
        "group_response": {},
        "response": 1.0,
        "objective": 1.0,
    }
    with pytest.raises(ScenarioError, match="1e\\+308"):
        mg.read_scenario(scenario_text(summary=summary))


def test_money_beyond_cents_stays_positive_and_adds_up() -> None:
    spend = np.tile(np.linspace(0, 4e17, 21), (2, 1))
    response = spend / (spend + 1e17) * np.array([[50.0], [80.0]])
    curves = mg.ResponseCurves.from_arrays(["tv", "search"], spend, response, reference={"tv": 1e17, "search": 1e17})
    spent = mg.plan_table(mg.optimize(curves, goal=mg.FixedBudget(3e17)))["spend"]
    assert (spent >= 0).all()
    assert spent.sum() == pytest.approx(3e17)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("AT&amp;T", r"AT\&amp;T"),
        ("www.evil.example", r"www\.evil.example"),
        ("me@evil.example", r"me\@evil.example"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("# title", r"\# title"),
        ("-3.5 to +2", "-3.5 to +2"),
    ],
)
def test_a_name_is_no_markup(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_the_target_is_no_link_on_charts() -> None:
    words = ChartWords("response", '<a href="http://evil.example">sales</a>', "€", "", 0.9)
    assert "<" not in words.value_title


# What is uploaded


def test_uploads_of_one_name_at_one_moment_are_all_kept() -> None:
    texts = [CURVES.replace("30", str(30 + n)) for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        paths = list(pool.map(lambda text: store_upload("same.csv", text.encode()), texts))
    assert [path.read_text() for path in paths] == texts
    assert len({*paths}) == 12
    assert {path.suffix for path in models_folder().iterdir()} == {".csv"}  # nothing half is left


def test_a_very_long_name_is_shortened() -> None:
    assert len(store_upload("ü" * 300 + ".csv", CURVES.encode()).name.encode()) <= 255


def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(ModelFileError, match="could not be kept in the folder of models"):
        store_upload("curves.csv", CURVES.encode())


def test_a_name_that_is_taken_is_not_taken_over(tmp_path: Path) -> None:
    assert create_whole(tmp_path / "a", b"1")
    assert not create_whole(tmp_path / "a", b"2")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"1"]


def test_a_file_that_was_not_written_whole_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_dataset(xr.Dataset({"spend": ("point", [0.0])}), tmp_path / "curves.nc")
    assert not list(tmp_path.iterdir())

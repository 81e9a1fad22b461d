"""The guide for other tools: its code and its table of columns are what the package does."""

import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import mmm_groups as mg
from mmm_groups.curves.other_tools.csv_lines import COLUMNS, MOST_CHANNELS, MOST_LINES
from mmm_groups.curves.other_tools.curve_file import MOST_BYTES, MOST_NUMBERS, MOST_POINTS

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "other-tools.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    return GUIDE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_csv_of_the_guide_is_planned_with_as_the_guide_says(folder: Path) -> None:
    (folder / "curves.csv").write_text(blocks("csv")[0])
    namespace: dict[str, Any] = {}
    exec(blocks("python")[0], namespace)
    curves, plan = namespace["curves"], namespace["plan"]
    assert curves.reference_spend.to_dict() == {"tv": 120_000, "search": 45_000}
    assert curves.target == "sales"
    assert plan.spends.sum() == pytest.approx(250_000)


def test_an_in_house_model_saves_what_the_app_opens(folder: Path) -> None:
    exec(blocks("python")[1], {})
    curves = mg.open_curves("in_house.nc")
    assert (curves.channels, curves.draws, curves.periods) == (("tv", "search"), 500, 13)
    assert curves.reference_spend.to_dict() == {"tv": 117_000, "search": 45_500}
    assert str(curves.horizon) == "2026-01-05 to 2026-03-30"
    assert mg.optimize(curves, goal=mg.FixedBudget(160_000)).gap < 1e-6


def test_xarray_alone_writes_the_same_kind_of_file(folder: Path) -> None:
    exec(blocks("python")[2], {})
    curves = mg.open_curves("in_house_mean.nc")
    assert not curves.has_draws
    assert curves.band is not None
    assert curves.band.mass == 0.9
    assert curves.reference_spend.to_dict() == {"tv": 117_000, "search": 45_500}


class Analyzer:
    """What the guide uses of Meridian's Analyzer, with the signatures and the refusal of Meridian 2.1.0."""

    spend = np.array([200.0, 50.0])

    def __init__(self, model: object) -> None:
        self.scatter = np.random.default_rng(0).normal(1, 0.1, (2, 30, 1))

    def incremental_outcome(
        self,
        *,
        scaling_factor0: float,
        scaling_factor1: float,
        selected_times: list[str],
        include_non_paid_channels: bool,
    ) -> np.ndarray:
        if scaling_factor1 <= scaling_factor0:
            raise ValueError("scaling_factor1 must be greater than scaling_factor0.")
        assert len(selected_times) == 13
        assert not include_non_paid_channels
        return self.scatter * np.sqrt(scaling_factor1 * self.spend)  # (chain, draw, channel)

    def response_curves(self, *, spend_multipliers: list[float], selected_times: list[str]) -> xr.Dataset:
        outcome = self.scatter[..., None, :] * np.sqrt(np.array(spend_multipliers)[:, None] * self.spend)
        ends = [outcome.mean((0, 1)), *(np.quantile(outcome, q, (0, 1)) for q in (0.05, 0.95))]
        return xr.Dataset(
            {
                "spend": (["spend_multiplier", "channel"], np.outer(spend_multipliers, self.spend)),
                "incremental_outcome": (["spend_multiplier", "channel", "metric"], np.stack(ends, -1)),
            },
            coords={
                "channel": ["tv", "radio"],
                "metric": ["mean", "ci_lo", "ci_hi"],
                "spend_multiplier": spend_multipliers,
            },
            attrs={"confidence_level": 0.9},
        )


def test_both_ways_out_of_meridian_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = ModuleType("meridian.analysis")
    stub.analyzer = SimpleNamespace(Analyzer=Analyzer)  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "meridian", ModuleType("meridian"))
    monkeypatch.setitem(__import__("sys").modules, "meridian.analysis", stub)
    time = SimpleNamespace(values=np.array([f"2025-{month:02d}-01" for month in range(1, 13)] * 2))
    namespace: dict[str, Any] = {"mmm": SimpleNamespace(input_data=SimpleNamespace(time=time))}
    exec(blocks("python")[3], namespace)
    exec(blocks("python")[4], namespace)
    mean, drawn = mg.open_curves("meridian.nc"), mg.open_curves("meridian_draws.nc")
    assert not mean.has_draws
    assert drawn.draws == 60
    assert drawn.periods == 13
    np.testing.assert_allclose(drawn.mean, mean.mean, rtol=1e-12)
    np.testing.assert_allclose(drawn.reference_spend, mean.reference_spend, rtol=1e-12)


def test_robyns_script_writes_columns_that_exist() -> None:
    frame = re.search(r"data\.frame\((.*?)\n  \)", blocks("r")[0], re.DOTALL)
    assert frame is not None
    columns = re.findall(r"(\w+) = ", frame[1])
    assert columns == ["channel", "spend", "response", "reference_spend", "target"]
    assert set(columns) <= set(COLUMNS)


def test_the_tables_name_every_column_and_the_limits() -> None:
    named = re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in section("CSV").splitlines() if "|" in line))
    assert set(named) == set(COLUMNS)
    for limit in (MOST_CHANNELS, MOST_POINTS):
        assert f"{limit:,}" in GUIDE
    assert (MOST_BYTES, MOST_NUMBERS, MOST_LINES) == (500 * 10**6, 60 * 10**6, 3 * 10**6)
    assert "500 MB" in GUIDE
    assert "60 million numbers" in GUIDE
    assert "3 million lines" in GUIDE

"""Page by page on curves of another tool: with nothing but a mean, with Meridian's interval, with draws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.curves import root_curves, square_root_csv
from support.pages import PAGES, ROOT, figures, opened, optimum, read, shown

import mmm_groups as mg
from mmm_groups.numerics.labelled import number_at, row_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import available_models, shared_group_curves, store_upload
from mmm_groups.ui.widgets.board.layout import add_group

MERIDIAN = Path(__file__).parent.parent.parent / "curves" / "data" / "meridian_2.1.0_netcdf4.nc"
HEAD = "channel,spend,response"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    return tmp_path


def planner_of(file: Path) -> Planner:
    """What the start page opens when the file is chosen there."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.selectbox(key="model").set_value(file.name).run()
    assert not at.exception, at.exception
    assert not at.error, at.error[0].value
    planners = at.session_state["mmm_groups.planners"]
    planner: Planner = planners[at.session_state["mmm_groups.current"]]
    return planner


@pytest.fixture
def bare(folder: Path) -> Planner:
    """A CSV of means: no draws, no interval, no reference spend."""
    (folder / "ours.csv").write_text(square_root_csv())
    return planner_of(folder / "ours.csv")


@pytest.fixture
def meridian(folder: Path) -> Planner:
    (folder / "meridian.nc").write_bytes(MERIDIAN.read_bytes())
    return planner_of(folder / "meridian.nc")


def grouped(planner: Planner, name: str, *channels: str) -> Planner:
    planner.set_board(add_group(planner.board, name, list(channels)))
    return planner


def test_the_start_page_of_a_bare_csv(bare: Planner) -> None:
    at = opened("start", bare)
    text = read(at)
    assert "**Curves from a CSV**, no model behind them: **3 channels**, outcome **response**" in text
    assert "a mean without any uncertainty" in text
    assert "A plan cannot be verified on a model" in text
    assert "P(better) and the intervals of groups and plans are not available, because the file holds no draws" in text
    assert "There is no reference plan to begin with: the file does not say what was spent" in text
    assert "**one window**, whose dates the file does not say" in text
    assert not at.number_input  # no window to choose ...
    assert not [button for button in at.button if button.label]  # ... and nothing to read
    table = at.dataframe[0].value
    assert table["spend"].tolist() == [1e6] * 3
    assert table["response"].tolist() == pytest.approx([3e5, 1e5, 2e5])
    assert {"response_low", "reference_spend"}.isdisjoint(table.columns)


def test_the_board_of_a_bare_csv(bare: Planner) -> None:
    at = opened("group", grouped(bare, "Broadcast", "tv", "radio"))
    assert not at.error
    assert "No reference spend is marked: the file does not say what was spent." in read(at)
    assert "No interval is drawn: the file holds no draws, only a mean." in read(at)
    assert "an even split (the file does not say what was spent): tv 50 %, radio 50 %" in read(at)


def test_the_curves_of_a_bare_csv(bare: Planner) -> None:
    at = opened("curves", grouped(bare, "Broadcast", "tv", "radio"))
    assert not at.error
    assert "nan" not in read(at).lower()
    assert "Taken from “ours.csv” as they stand" in read(at)
    assert not at.dataframe
    assert "re_estimated" not in at.segmented_control[0].options  # it follows a history that is unknown here


def test_a_bare_csv_is_optimised_for_its_mean(bare: Planner) -> None:
    at = opened("optimise", grouped(bare, "Broadcast", "tv", "radio"))
    budget = at.text_input(key="budget")
    assert budget.value == "1,500,000"  # half of what the curves reach
    assert "Budget for the curves’ own window" in budget.label
    assert "nothing to hold it against. The curves reach €3,000,000 in all" in read(at)
    budget.set_value("600k").run()
    at.button(key="optimise").click().run()
    assert not at.error
    table = optimum(at)
    # Two equal halves of Broadcast earn (300 + 100) / √2 · √x, search 200 √x: shares go by the squared scales.
    scales = np.array([400 / np.sqrt(2), 200])
    assert table["spend"].tolist() == pytest.approx(list(6e5 * scales**2 / (scales**2).sum()), rel=0.02)
    assert {"response_low", "response_high", "reference_spend", "change", "extrapolated"}.isdisjoint(table.columns)
    assert (figures(at)["vs reference"], figures(at)["P(better)"]) == ("–", "–")
    assert "No comparison with a reference: the file does not say what was spent." in read(at)
    assert "Intervals are not available: the file holds no draws, only a mean." in read(at)
    assert "**Broadcast** gets €" in read(at)
    assert "nan" not in read(at).lower()


def test_a_bare_csv_is_split_and_exported(bare: Planner) -> None:
    grouped(bare, "Broadcast", "tv", "radio").set_goal(budget=6e5)
    bare.optimise()
    at = opened("split", bare)
    assert not at.error
    assert figures(at)["Against the historical split"] == "–"
    assert figures(at)["Against the best split"].startswith("−")
    assert at.segmented_control(key="split-rule").options[0] == "Even shares"
    at.segmented_control(key="split-rule").set_value("marginal_roi").run()
    shares = at.dataframe[0].value.loc[["tv", "radio"], "split"]
    assert shares.tolist() == pytest.approx([0.9, 0.1], abs=0.01)
    at.switch_page(PAGES["export"]).run()
    assert not at.error
    assert "For the curves’ own window. Amounts add up to €600,000, to the cent." in shown(read(at))
    assert "the plan cannot be verified on a model" in read(at)
    assert at.dataframe[-1].value["spend"].sum() == pytest.approx(6e5)


def test_the_exported_file_leaves_unknown_cells_empty(bare: Planner) -> None:
    bare.set_goal(budget=6e5)
    bare.optimise()
    text = mg.plan_csv(bare.final().plan)
    assert "nan" not in text.lower()
    rows = text.splitlines()
    names = rows[0].split(",")
    cells = dict(zip(names, rows[1].split(","), strict=True))
    assert {cells[name] for name in ("reference_spend", "change", "response_low", "beyond_history")} == {""}
    assert bare.file_name("plan", "csv") == "plan_ours.csv"


def test_meridians_file_from_the_start_to_the_plan(meridian: Planner) -> None:
    at = opened("start", meridian)
    assert "**Curves from Meridian**" in read(at)
    assert "a mean with an interval of 90 %, no draws" in read(at)
    assert "cover the dates that were selected there" in read(at)
    assert figures(at)["Reference spend"] == "€132"
    table = at.dataframe[0].value
    data = mg.open_curves(MERIDIAN)
    low, high = data.band_along("ch_1", np.array([data.reference_spend["ch_1"]]))
    assert row_of(table, "ch_1")[["response_low", "response_high"]].tolist() == pytest.approx([low[0], high[0]])
    assert "The intervals are those of the file." in read(at)
    grouped(meridian, "Two", "ch_0", "ch_1")
    meridian.touched = "ch_2"
    at.switch_page(PAGES["curves"]).run()
    assert not at.error
    assert "No interval is drawn" not in read(at)
    meridian.touched = "Two"
    at = opened("curves", meridian)
    assert "the intervals of single channels do not add up to one of the group" in read(at)
    assert "along the historical split" in read(at)
    at = opened("optimise", meridian)
    at.button(key="optimise").click().run()
    assert not at.error
    assert figures(at)["P(better)"] == "–"
    assert figures(at)["vs reference"].startswith("+")
    assert "P(better) and the interval of the difference are not available: the file holds no draws." in read(at)
    table = optimum(at)
    assert np.isnan(number_at(table, "Two", "response_low"))
    assert np.isfinite(number_at(table, "ch_2", "response_low"))


def test_curves_with_draws_and_history_have_everything(folder: Path) -> None:
    dates = pd.date_range("2024-01-01", periods=60, freq="W-MON")
    made = root_curves([3.0, 1.0, 2.0])
    history = pd.DataFrame(np.tile([1.0, 2.0, 1.0], (60, 1)), index=dates, columns=made.channels)
    horizon = mg.Horizon(pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-24"), "W-MON")
    mg.ResponseCurves.from_arrays(
        made.channels, made.spend.values, made.response.values, history, periods=4, horizon=horizon, target="sales"
    ).save(folder / "drawn.nc")
    planner = planner_of(folder / "drawn.nc")
    at = opened("start", planner)
    assert "3 draws" in read(at)
    assert "not available" not in read(at)
    assert "**2025-03-03 to 2025-03-24** (4 weeks)" in read(at)
    assert "What the spend of the last 4 weeks would bring" in read(at)
    assert figures(at)["Reference spend"] == "€16"
    planner.optimise()
    assert figures(opened("optimise", planner))["P(better)"] == "100 %"


def test_a_bad_csv_is_explained_and_what_was_open_stays(folder: Path) -> None:
    (folder / "bad.csv").write_text(f"{HEAD}\ntv,0,0\ntv,abc,3")
    at = opened("start")
    at.selectbox(key="model").set_value("bad.csv").run()
    assert "'bad.csv', line 3: the spend of 'tv' is 'abc'" in shown(at.error[0].value)
    assert figures(at)["Reference spend"] == "€4.40M"


def test_uploads_keep_their_ending_and_are_checked(folder: Path) -> None:
    assert store_upload("My curves.CSV", square_root_csv().encode()).name == "My_curves.csv"
    assert store_upload("meridian.nc", MERIDIAN.read_bytes()).name == "meridian.nc"
    with pytest.raises(mg.MmmGroupsError, match="has no lines below"):
        store_upload("empty.csv", HEAD.encode())
    assert sorted(available_models())[1:] == ["My_curves.csv", "meridian.nc"]


def test_two_files_with_the_same_grouping_do_not_share_curves(folder: Path) -> None:
    (folder / "one.csv").write_text(square_root_csv())
    (folder / "two.csv").write_text(square_root_csv().replace("tv,", "tv,", 1) + "\ntv,2000000,500000")
    one, two = planner_of(folder / "one.csv"), planner_of(folder / "two.csv")
    assert one.group_curves().mean[0, -1] == pytest.approx(3e5)
    assert two.group_curves().mean[0, -1] == pytest.approx(5e5)


def test_curves_with_a_name_for_the_outcome_are_never_markup(folder: Path) -> None:
    (folder / "odd.csv").write_text(square_root_csv(",target", ",*$x$*"))
    at = opened("start", planner_of(folder / "odd.csv"))
    assert r"outcome **\*\$x\$\***" in "\n".join(str(text.value) for text in at.markdown)


def test_curves_that_nothing_identifies_are_never_shared() -> None:
    with pytest.raises(RuntimeError, match="would be mistaken for each other"):
        shared_group_curves(root_curves([1.0, 2.0]), {"c0": ("c0",), "c1": ("c1",)}, "sum", {})

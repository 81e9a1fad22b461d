"""What commit e974040 kept and saved: a session opens it with everything that was typed."""

import os
import shutil
from pathlib import Path

import pytest
from support.pages import read
from support.scenario_steps import address, arrived, planner_in, store

import mmm_groups as mg
from mmm_groups.problem.constraints import GroupMinSpend
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.storage.database import database_url, open_database
from mmm_groups.storage.work_store import WorkStore
from mmm_groups.ui.planner.opening import planner_of

SAVED = "592a0aa4ad5148d9b3b3ef3cb3f62507"
HALF_TYPED, WITH_A_TABLE = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def _earlier_database() -> None:
    earlier = Path(__file__).parent.parent / "storage" / "forms" / "scenarios.sqlite"
    place = Path(database_url().removeprefix("sqlite:///"))
    os.makedirs(place.parent, exist_ok=True)
    shutil.copy(earlier, place)


def test_a_saved_scenario_opens_with_its_plan() -> None:
    at = arrived("split", scenario=SAVED, version="1")
    planner = planner_in(at)
    stored, version = store().open(SAVED, 1)
    assert (version.number, version.saved_by) == (1, "Ada")
    assert planner.result is not None
    assert planner.is_resplit
    spends = planner.final().plan.channel_spends
    assert stored.summary is not None
    assert spends.to_dict() == pytest.approx(stored.summary.channels)
    assert "The channel plan" in read(at)


def test_a_saved_scenario_says_what_it_said(demo: mg.FittedModel) -> None:
    for number in (1, 2):
        stored, _ = store().open(SAVED, number)
        planner = planner_of(stored, demo)
        assert planner.document_with_figures().model_copy(update={"summary": None}) == stored.model_copy(
            update={"summary": None}
        )


def test_work_in_progress_goes_on_where_it_was() -> None:
    at = arrived("optimise", work=HALF_TYPED)
    planner = planner_in(at)
    assert address(at) == {"work": HALF_TYPED}  # no copy
    assert (planner.work.scenario_id, planner.work.version) == (SAVED, 2)
    assert (planner.scenario.name, planner.currency, planner.interval) == ("Spring “26”", "CHF", 0.9)
    assert planner.goal_inputs.kind == "target_response"
    assert planner.goal_inputs.values == {"target_roi": 2.5, "max_profit": 0.3, "target_response": None}
    assert planner.budget == 4_100_000
    assert [group.name for group in planner.board.groups] == ["Meta", "Offline", "Being made"]
    assert "shorts" in planner.channels
    assert planner.row_limit("Meta") == RowLimit(lower=-40.0, upper=25.0, unit="change")
    assert planner.row_limit("brand") == RowLimit(upper=200_000.0)  # of a part that is merged again
    assert [type(stated) for stated in planner.scenario.kept.constraints] == [GroupMinSpend]
    assert len(planner.scenario.constraints) == 3
    at.selectbox(key="goal").set_value("fixed_budget").run()
    at.text_input(key="budget").set_value("4200000").run()
    assert WorkStore(open_database()).open(HALF_TYPED).scenario.goal == mg.FixedBudget(4_200_000)


def test_a_table_of_flighting_is_there_again() -> None:
    planner = planner_in(arrived("optimise", work=WITH_A_TABLE))
    assert planner.flighting == "table"
    assert planner.weights is not None
    assert planner.weights["tv"].tolist()[:2] == pytest.approx([1, 1 + 1 / 12])
    assert planner.scenario.reach == 6_000_000
    assert planner.curves is None  # to be read: nobody asked for such a flighting here

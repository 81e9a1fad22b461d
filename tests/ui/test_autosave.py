"""What a planner does is kept step by step, and what is said when it cannot be."""

import sqlite3
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import figures, read, shown
from support.scenario_steps import OWNER, address, arrived, at_work, planner_in

import mmm_groups as mg
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.storage.database import database_url, open_database
from mmm_groups.storage.work_store import WorkStore
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.work import database as database_module


def test_whoever_only_looks_leaves_nothing() -> None:
    at = arrived("optimise")
    assert address(at) == {}
    assert not Path(database_url().removeprefix("sqlite:///")).exists()


def test_a_step_is_kept_and_a_new_session_finds_it(limited: Planner) -> None:
    at = at_work("optimise", limited)
    at.text_input(key="budget").set_value("4500000").run()
    asked = address(at)
    assert list(asked) == ["work"]
    again = arrived("optimise", **asked)
    assert planner_in(again).budget == 4_500_000
    assert planner_in(again).row_limit("tiktok") == RowLimit(upper=400_000.0)
    assert "Meta" in planner_in(again).groups
    assert address(again) == asked  # the same work goes on, no copy
    again.text_input(key="budget").set_value("4600000").run()
    assert WorkStore(open_database()).open(asked["work"]).scenario.goal == mg.FixedBudget(4_600_000)


def _a_part_that_a_reload_ends() -> None:
    import streamlit as st

    from mmm_groups.ui.frame.page import page_part
    from mmm_groups.ui.planner.planner import Planner

    @page_part
    def part(planner: Planner) -> None:
        st.write("half of it")
        st.stop()  # what Streamlit does to a run whose browser has gone

    part()


def test_a_drop_is_kept_though_a_reload_ends_its_answer(limited: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmm_groups.ui.frame.page.is_part_run", lambda: True)
    at = AppTest.from_function(_a_part_that_a_reload_ends, default_timeout=60)
    at.session_state["mmm_groups.browser"] = OWNER
    at.session_state["mmm_groups.planners"] = {"open": limited}
    at.session_state["mmm_groups.current"] = "open"
    at.run()
    assert [shown(written.value) for written in at.markdown] == ["half of it"]
    assert "Meta" in planner_in(arrived("group", **address(at))).groups


def test_the_plan_itself_is_there_again(limited: Planner) -> None:
    asked = address(at_work("optimise", limited))
    again = arrived("split", **asked)
    assert "The channel plan" in read(again)
    result = planner_in(again).result
    assert result is not None
    assert limited.result is not None
    assert result.plan.channel_spends.to_dict() == limited.result.plan.channel_spends.to_dict()


def test_another_browser_goes_on_with_a_copy(limited: Planner) -> None:
    asked = address(at_work("optimise", limited))
    other = arrived("optimise", owner="1" * 32, **asked)
    other.text_input(key="budget").set_value("1000000").run()
    assert list(address(other)) == ["work"]
    assert address(other) != asked
    assert WorkStore(open_database()).open(asked["work"]).scenario.goal == mg.FixedBudget(4_000_000)


def test_two_tabs_both_keep_their_work(limited: Planner) -> None:
    first = at_work("optimise", limited)
    asked = address(first)
    second = arrived("optimise", **asked)
    second.text_input(key="budget").set_value("1000000").run()
    first.text_input(key="budget").set_value("2000000").run()
    assert address(second) == asked
    assert address(first) != asked
    assert "goes on in another tab" in str(first.toast[0].value)
    works = WorkStore(open_database())
    kept = {works.open(address(at)["work"]).scenario.goal for at in (first, second)}
    assert kept == {mg.FixedBudget(1_000_000), mg.FixedBudget(2_000_000)}


def test_keeping_costs_little(limited: Planner) -> None:
    began = time.perf_counter()
    for step in range(10):
        limited.set_goal(budget=1e6 + step)
        assert limited.document().goal == mg.FixedBudget(1e6 + step)
    assert (time.perf_counter() - began) / 10 < 0.05  # 5 ms on a machine that is busy with other tests
    assert limited.document() is limited.document()  # a run in which nothing is typed pays nothing


def test_work_that_is_not_kept_any_more_is_said() -> None:
    at = arrived("optimise", work="f" * 32)
    assert "This work in progress is not kept any more" in shown(at.error[0].value)
    assert figures(at) == {}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A database file that is none."""
    path = tmp_path / "broken.sqlite"
    path.write_text("this is no database at all, only some text" * 50)
    monkeypatch.setenv("MMM_GROUPS_DATABASE_URL", f"sqlite:///{path}")
    return path


def test_a_broken_database_stops_nobody(limited: Planner, broken: Path) -> None:
    at = at_work("optimise", limited)
    assert "Your work is not being kept on the server at the moment" in read(at)
    assert "The database of scenarios is damaged" in read(at)
    at.text_input(key="budget").set_value("4500000").run()
    at.button(key="optimise").click().run()
    assert planner_in(at).result.plan.total == pytest.approx(4_500_000)  # type: ignore[union-attr]
    assert sum("not being kept" in warning.value for warning in at.warning) == 1
    assert "Download the scenario" in {button.proto.label for button in at.get("download_button")}
    broken.unlink()
    at.button(key="unkept-retry").click().run()
    assert "not being kept" not in read(at)
    assert WorkStore(open_database()).open(address(at)["work"]).scenario.goal == mg.FixedBudget(4_500_000)


def test_a_busy_database_is_asked_only_now_and_then(limited: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_PATIENCE", 0.2)
    at = at_work("optimise", limited)
    holder = sqlite3.connect(database_url().removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    at.text_input(key="budget").set_value("4500000").run()
    assert "busy: somebody else held it for too long" in read(at)
    began = time.perf_counter()
    shared = database_module.shared_database()
    with pytest.raises(mg.MmmGroupsError, match="busy"):
        shared.ask(lambda database: WorkStore(database).drop("x"))
    assert time.perf_counter() - began < 0.1
    holder.execute("ROLLBACK")
    holder.close()
    at.button(key="unkept-retry").click().run()
    assert "busy" not in read(at)


def test_start_offers_the_work_that_was_left(limited: Planner) -> None:
    asked = address(at_work("optimise", limited))
    at = arrived("start")
    assert "You left **Untitled plan** just now. " in read(at)
    at.button(key="go-on").click().run()
    assert planner_in(at).budget == 4_000_000
    assert address(at) == asked
    assert "You left" not in read(at)
    assert "You left" not in read(arrived("start", owner="1" * 32))
    WorkStore(open_database()).drop(asked["work"])
    assert "You left" not in read(arrived("start"))


def test_a_step_that_cannot_be_stored_is_said_and_does_not_end_the_page(limited: Planner) -> None:
    limited.change(notes="x" * 20_001)
    at = at_work("optimise", limited)
    assert "This step is not kept on the server, because: The part 'notes' of the Scenario" in read(at)
    assert address(at) == {}
    limited.change(notes="agreed")
    at.run()
    assert "is not kept on the server" not in read(at)
    assert WorkStore(open_database()).open(address(at)["work"]).scenario.notes == "agreed"

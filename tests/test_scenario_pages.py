"""Scenarios on the screen: kept, found again, saved, opened, shared, compared; and what is said when that fails."""

import json
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import root_curves
from streamlit.testing.v1 import AppTest
from test_pages import PAGES, ROOT, figures, read, shown

import mmm_groups as mg
from mmm_groups.curve_file import open_curve_file
from mmm_groups.row_limits import RowLimit
from mmm_groups.scenario import Scenario
from mmm_groups.scenario_comparison import OTHER_DRAWS, Difference
from mmm_groups.scenario_run import source_of
from mmm_groups.storage import ScenarioStore, WorkStore, database_url, open_database
from mmm_groups.ui import shelf as shelf_module
from mmm_groups.ui.board import add_group
from mmm_groups.ui.compare_panel import difference_in_words, spend_in_words
from mmm_groups.ui.planner_scenario import scenario_of
from mmm_groups.ui.saving_panel import ago, link
from mmm_groups.ui.scenario_list import summary_in_words
from mmm_groups.ui.state import Planner, new_planner

C = mg.ConstraintBuilder
OWNER = "0" * 32


@pytest.fixture
def grouped(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> Planner:
    """The demo with a group, a limit and a budget of its own, optimised."""
    planner = new_planner(demo)
    planner.board = add_group(planner.board, "Meta", ["facebook", "instagram"])
    planner.bounds["channel tiktok"] = RowLimit(upper=400_000.0)
    planner.budget = 4_000_000.0
    planner.optimise()
    return planner


def arrived(name: str, owner: str = OWNER, **asked: str) -> AppTest:
    """A page opened cold at an address, in the browser of `owner`."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if name != "start":
        at.switch_page(PAGES[name])
    at.session_state["mmm_groups.browser"] = owner
    for key, value in asked.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception, at.exception
    return at


def at_work(name: str, planner: Planner, owner: str = OWNER) -> AppTest:
    """A page on which this planner is open."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page(PAGES[name])
    at.session_state["mmm_groups.browser"] = owner
    at.session_state["mmm_groups.planners"] = {"open": planner}
    at.session_state["mmm_groups.current"] = "open"
    at.run()
    assert not at.exception, at.exception
    return at


def planner_in(at: AppTest) -> Planner:
    found: Planner = at.session_state["mmm_groups.planners"][at.session_state["mmm_groups.current"]]
    return found


def address(at: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in dict(at.query_params).items()}


def store() -> ScenarioStore:
    return ScenarioStore(open_database())


def part(at: AppTest, name: str) -> AppTest:
    at.session_state["scenarios-part"] = name
    at.run()
    assert not at.exception, at.exception
    return at


def saved(at: AppTest, name: str, author: str = "Ada") -> str:
    """Save the open plan on the Scenarios page; returns the scenario's id."""
    at.text_input(key="scenario-title").set_value(name).run()
    at.text_input(key="author").set_value(author).run()
    at.button(key="save").click().run()
    assert not at.exception, at.exception
    key = planner_in(at).desk.scenario_id
    assert key is not None
    return key


def test_whoever_only_looks_leaves_nothing() -> None:
    at = arrived("optimise")
    assert address(at) == {}
    assert not Path(database_url().removeprefix("sqlite:///")).exists()


def test_a_step_is_kept_and_a_new_session_finds_it(grouped: Planner) -> None:
    at = at_work("optimise", grouped)
    at.number_input(key="budget").set_value(4_500_000.0).run()
    asked = address(at)
    assert list(asked) == ["work"]
    again = arrived("optimise", **asked)
    assert planner_in(again).budget == 4_500_000
    assert planner_in(again).row_limit("tiktok") == RowLimit(upper=400_000.0)
    assert "Meta" in planner_in(again).groups
    assert address(again) == asked  # the same work goes on, no copy
    again.number_input(key="budget").set_value(4_600_000.0).run()
    assert WorkStore(open_database()).open(asked["work"]).scenario.goal == mg.FixedBudget(4_600_000)


def _a_part_that_a_reload_ends() -> None:
    import streamlit as st

    from mmm_groups.ui.page import page_part
    from mmm_groups.ui.state import Planner

    @page_part
    def part(planner: Planner) -> None:
        st.write("half of it")
        st.stop()  # what Streamlit does to a run whose browser has gone

    part()


def test_a_drop_is_kept_though_a_reload_ends_its_answer(grouped: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmm_groups.ui.page.is_part_run", lambda: True)
    at = AppTest.from_function(_a_part_that_a_reload_ends, default_timeout=60)
    at.session_state["mmm_groups.browser"] = OWNER
    at.session_state["mmm_groups.planners"] = {"open": grouped}
    at.session_state["mmm_groups.current"] = "open"
    at.run()
    assert [shown(written.value) for written in at.markdown] == ["half of it"]
    assert "Meta" in planner_in(arrived("group", **address(at))).groups


def test_the_plan_itself_is_there_again(grouped: Planner) -> None:
    asked = address(at_work("optimise", grouped))
    again = arrived("split", **asked)
    assert "The channel plan" in read(again)
    result = planner_in(again).result
    assert result is not None
    assert grouped.result is not None
    assert result.plan.channel_spends.to_dict() == grouped.result.plan.channel_spends.to_dict()


def test_another_browser_goes_on_with_a_copy(grouped: Planner) -> None:
    asked = address(at_work("optimise", grouped))
    other = arrived("optimise", owner="1" * 32, **asked)
    other.number_input(key="budget").set_value(1_000_000.0).run()
    assert list(address(other)) == ["work"]
    assert address(other) != asked
    assert WorkStore(open_database()).open(asked["work"]).scenario.goal == mg.FixedBudget(4_000_000)


def test_two_tabs_both_keep_their_work(grouped: Planner) -> None:
    first = at_work("optimise", grouped)
    asked = address(first)
    second = arrived("optimise", **asked)
    second.number_input(key="budget").set_value(1_000_000.0).run()
    first.number_input(key="budget").set_value(2_000_000.0).run()
    assert address(second) == asked
    assert address(first) != asked
    assert "goes on in another tab" in str(first.toast[0].value)
    works = WorkStore(open_database())
    kept = {works.open(address(at)["work"]).scenario.goal for at in (first, second)}
    assert kept == {mg.FixedBudget(1_000_000), mg.FixedBudget(2_000_000)}


def test_keeping_costs_little(grouped: Planner) -> None:
    began = time.perf_counter()
    for _ in range(10):
        assert scenario_of(grouped) == scenario_of(grouped)
    assert (time.perf_counter() - began) / 10 < 0.05  # two of them; 10 ms on a machine that is busy with other tests


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


def test_a_broken_database_stops_nobody(grouped: Planner, broken: Path) -> None:
    at = at_work("optimise", grouped)
    assert "Your work is not being kept on the server at the moment" in read(at)
    assert "The database of scenarios is damaged" in read(at)
    at.number_input(key="budget").set_value(4_500_000.0).run()
    at.button(key="optimise").click().run()
    assert planner_in(at).result.plan.total == pytest.approx(4_500_000)  # type: ignore[union-attr]
    assert sum("not being kept" in warning.value for warning in at.warning) == 1
    assert "Download the scenario" in {button.proto.label for button in at.get("download_button")}
    broken.unlink()
    at.button(key="unkept-retry").click().run()
    assert "not being kept" not in read(at)
    assert WorkStore(open_database()).open(address(at)["work"]).scenario.goal == mg.FixedBudget(4_500_000)


def test_a_busy_database_is_asked_only_now_and_then(grouped: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "_PATIENCE", 0.2)
    at = at_work("optimise", grouped)
    holder = sqlite3.connect(database_url().removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    at.number_input(key="budget").set_value(4_500_000.0).run()
    assert "busy: somebody else held it for too long" in read(at)
    began = time.perf_counter()
    shelf = shelf_module.shelf()
    with pytest.raises(mg.MmmGroupsError, match="busy"):
        shelf.ask(lambda database: WorkStore(database).drop("x"))
    assert time.perf_counter() - began < 0.1
    holder.execute("ROLLBACK")
    holder.close()
    at.button(key="unkept-retry").click().run()
    assert "busy" not in read(at)


def test_a_plan_is_saved_under_a_name(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    assert "This plan is not saved under a name yet. It is kept on the server" in read(at)
    at.button(key="save").click().run()
    assert "Type your name first" in read(at)
    key = saved(at, "  Spring   plan ")
    assert "Saved as version 1 of “Spring plan”." in read(at)
    scenario, version = store().open(key)
    assert (scenario.name, version.saved_by) == ("Spring plan", "Ada")
    assert scenario.summary is not None
    assert scenario.summary.total == pytest.approx(4_000_000)
    assert "Nothing was changed since" in read(at)
    at.text_area(key="scenario-notes").set_value("as agreed").run()
    assert "Changed since version 1 by Ada" in read(at)
    at.button(key="save").click().run()
    assert store().open(key)[0].notes == "as agreed"
    assert "Nothing was changed since" in read(at)
    at.button(key="save-as").click().run()
    assert planner_in(at).desk.scenario_id != key
    assert len(store().listed()) == 2


def test_the_author_is_asked_once(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    saved(at, "Spring")
    at.switch_page(PAGES["optimise"]).run()
    at.number_input(key="budget").set_value(4_500_000.0).run()
    again = arrived("scenarios", **address(at))
    assert again.text_input(key="author").value == "Ada"
    assert "Changed since version 1" in read(again)


def test_the_later_of_two_savers_is_told(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    key = saved(at, "Spring")
    store().save(key, scenario_of(grouped), "Bob", based_on=1)
    at.text_area(key="scenario-notes").set_value("mine").run()
    at.button(key="save").click().run()
    assert "Saved as version 3. Meanwhile others saved version 2 by Bob" in read(at)


def test_a_database_that_fails_while_saving_is_said(grouped: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    at = at_work("scenarios", grouped)
    at.text_input(key="author").set_value("Ada").run()
    path = Path(database_url().removeprefix("sqlite:///"))
    path.unlink()  # gone, as when a network drive is
    at.button(key="save").click().run()
    assert "cannot be reached or written" in read(at)
    assert {button.proto.label for button in at.get("download_button")} == {"Download the scenario"}


def test_saved_scenarios_are_listed_opened_archived_and_brought_back(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    part(at, "Saved scenarios")
    assert "No scenario is saved yet" in read(at)
    part(at, "This plan")
    key = saved(at, "Spring")
    grouped.budget = 2_000_000.0
    at.text_input(key="scenario-title").set_value("Summer").run()
    at.button(key="save").click().run()
    part(at, "Saved scenarios")
    assert "**Summer**  ·  open" in read(at)
    assert "No plan yet. demo_model, 2026-01-05 to 2026-03-30" in read(at)
    at.button(key=f"version-{key}-1").click().run()
    assert planner_in(at).budget == 4_000_000
    assert planner_in(at).result is not None
    at.button(key=f"open-{key}").click().run()
    assert planner_in(at).title == "Summer"
    at.text_input(key="scenario-search").set_value("winter").run()
    assert "No scenario has this in its name" in read(at)
    at.text_input(key="scenario-search").set_value("SUMM").run()
    at.button(key=f"archive-{key}").click().run()
    assert "**Summer**" not in read(at)
    at.toggle(key="scenario-archive").set_value(True).run()
    at.button(key=f"back-{key}").click().run()
    at.toggle(key="scenario-archive").set_value(False).run()
    assert "**Summer**" in read(at)


def test_work_in_progress_is_found_without_its_address(grouped: Planner) -> None:
    asked = address(at_work("optimise", grouped))
    at = part(arrived("scenarios"), "Saved scenarios")
    assert "Work in progress in this browser" in read(at)
    at.button(key=f"work-{asked['work']}").click().run()
    assert planner_in(at).budget == 4_000_000
    assert address(at) == asked
    stranger = part(arrived("scenarios", owner="1" * 32), "Saved scenarios")
    assert "Work in progress" not in read(stranger)


def test_a_link_opens_the_saved_version_for_looking_only(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    key = saved(at, "Spring")
    other = arrived("optimise", owner="1" * 32, scenario=key, version="1")
    assert "You look at “Spring”, version 1 by Ada. It is read only" in read(other)
    assert address(other) == {"scenario": key, "version": "1"}
    assert other.number_input(key="budget").value == 4_000_000
    other.number_input(key="budget").set_value(1.0).run()
    assert other.number_input(key="budget").value == 4_000_000
    assert "what you changed is put back" in str(other.toast[0].value)
    planner_in(other).result = planner_in(other).desk.shown_result = None  # as for a plan out of reach
    assert "Press “Duplicate to edit” above, then “Optimise”" in read(other.run())
    other = arrived("optimise", owner="1" * 32, scenario=key, version="1")
    assert planner_in(other).result is not None
    assert not planner_in(other).is_stale
    other.switch_page(PAGES["scenarios"]).run()
    assert other.text_input(key="scenario-title").disabled
    other.button(key="duplicate").click().run()
    other.switch_page(PAGES["optimise"]).run()
    other.number_input(key="budget").set_value(1_000_000.0).run()
    assert planner_in(other).budget == 1_000_000
    assert planner_in(other).title == "Copy of Spring"
    assert list(address(other)) == ["work"]
    assert [version.number for version in store().versions(key)] == [1]


def test_the_maker_may_edit_what_the_link_opens(grouped: Planner) -> None:
    key = saved(at_work("scenarios", grouped), "Spring")
    at = arrived("optimise", scenario=key)
    assert "read only" not in read(at)
    at.number_input(key="budget").set_value(1_000_000.0).run()
    assert planner_in(at).budget == 1_000_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"scenario": "nothing"}, "There is no scenario 'nothing'"), ({"version": "7"}, "There is no version 7")],
)
def test_a_link_that_leads_nowhere_is_said(grouped: Planner, asked: dict[str, str], said: str) -> None:
    key = saved(at_work("scenarios", grouped), "Spring")
    at = arrived("optimise", owner="1" * 32, **{"scenario": key} | asked)
    assert said in shown(at.error[0].value)
    assert planner_in(at).source.name == "demo_model"


def test_links_name_the_page() -> None:
    assert link("abc", 2, "Optimise").endswith("/Optimise?scenario=abc&version=2")
    assert link("abc", None, "Split").endswith("/Split?scenario=abc")


def other_model(tmp_path: Path) -> Scenario:
    """A scenario on curves of which one channel has another name than the demo's."""
    path = tmp_path / "other.nc"
    root_curves([3.0] * 9, history=[10.0] * 9, top=4e6).save(path)
    names = ["facebook", "instagram", "search", "youtube", "television", "radio", "outdoor", "tiktok", "display"]
    curves = mg.ResponseCurves.open(path)
    again = mg.ResponseCurves.from_arrays(
        names, curves.spend.values, curves.response.values, curves.historical_spend.set_axis(names, axis=1)
    )
    again.save(path)
    return Scenario(
        name="Elsewhere",
        source=source_of(open_curve_file(path)),
        groups=[{"id": "g1", "name": "Screens", "color": 2, "channels": ["television", "youtube"]}],
        goal=mg.FixedBudget(3_000_000.0),
        constraints=[C.lock("television", 900_000.0)],
    )


def test_a_scenario_of_another_model_asks_for_a_mapping(tmp_path: Path) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("optimise", scenario=key)
    assert "A scenario waits for its model" in read(at)
    at.switch_page(PAGES["scenarios"]).run()
    assert "Where shall “Elsewhere” be opened?" in read(at)
    assert "“television” is missing here" in shown(at.selectbox(key="map-0").label)
    assert at.selectbox(key="map-0").options == ["Leave it out", "tv"]
    at.selectbox(key="map-0").set_value("tv").run()
    at.button(key="open-elsewhere").click().run()
    planner = planner_in(at)
    assert planner.groups["Screens"] == ("youtube", "tv")
    assert planner.row_limit("tv") == RowLimit(lower=900_000.0, upper=900_000.0)
    assert planner.budget == 3_000_000
    assert not planner.desk.is_read_only
    planner.optimise()
    assert planner.result is not None
    assert planner.result.plan.channel_spends["tv"] == pytest.approx(900_000)


def test_what_is_left_out_on_another_model_is_told(tmp_path: Path) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("scenarios", scenario=key)
    at.button(key="open-elsewhere").click().run()
    part(at, "Saved scenarios")
    assert "Left out: television" in read(at)
    assert "The limit lock on television is left out" in read(at)
    assert "It is planned for 2026-01-05 to 2026-03-30, because it named no dates" in read(at)
    again = arrived("scenarios", scenario=key)
    again.button(key="forget-elsewhere").click().run()
    assert "Where shall" not in read(again)


def test_a_scenario_opens_once_its_model_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = store().create(other_model(tmp_path), "Bob").version.scenario_id
    at = arrived("scenarios", scenario=key)
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    at.run()
    assert "Where shall" not in read(at)
    assert planner_in(at).groups["Screens"] == ("youtube", "television")


def test_scenarios_are_held_against_each_other(grouped: Planner) -> None:
    at = at_work("scenarios", grouped)
    part(at, "Compare")
    assert "Save at least one scenario" in read(at)
    part(at, "This plan")
    key = saved(at, "Spring")
    grouped.budget = 5_000_000.0
    grouped.board = add_group(grouped.board, "Google", ["search", "youtube"])
    part(at, "Compare")
    at.multiselect(key="compared").set_value(["open", f"{key} 1"]).run()
    assert not at.exception, at.exception
    text = read(at)
    assert "Spring, version 1 brings" in text
    assert "sales less than This plan (Spring)" in text
    assert "It is better with a probability of 0 %. It spends €1.00M less." in text
    assert "group the channels differently" in text
    totals = at.dataframe[0].value
    assert totals["spend"].to_list() == pytest.approx([5_000_000, 4_000_000])
    grouped.optimise()
    assert grouped.result is not None
    assert totals.loc["This plan (Spring)", "response"] == pytest.approx(float(grouped.result.plan.response.mean()))
    spends = at.dataframe[1].value
    assert spends.sum().to_list() == pytest.approx([5_000_000, 4_000_000])
    assert list(at.table[0].value.index) == ["Group Google", "Goal"]


def test_what_cannot_be_compared_is_said(grouped: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = other_model(tmp_path)
    key = store().create(elsewhere, "Bob").version.scenario_id
    at = part(at_work("scenarios", grouped), "Compare")
    at.multiselect(key="compared").set_value(["open", f"{key} 1"]).run()
    assert "Elsewhere, version 1 is left out: it was made on “other”" in read(at)
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    at.run()
    assert "The scenarios plan for different outcomes" in read(at)


def test_differences_in_words() -> None:
    pair = Difference("A", "B", -2_000_000.0, -3e6, -1e6, 0.02, 0.98)
    said = "A brings 2.00M sales less than B (between −3.00M and −1.00M). It is better with a probability of 2 %."
    assert difference_in_words(pair, "sales") == said
    assert difference_in_words(pair.turned, "sales").startswith("B brings 2.00M sales more than A (between 1.00M and")
    unknown = replace(pair, low=np.nan, high=np.nan, probability_first_better=np.nan, unknown=OTHER_DRAWS)
    assert "How sure that is cannot be said: the plans come from different models" in difference_in_words(
        unknown, "sales"
    )
    same = replace(pair, mean=0.0, probability_first_better=0.0, probability_second_better=0.0)
    assert difference_in_words(same, "sales") == "A and B bring the same."
    assert spend_in_words(-1_500.0, "€") == "It spends €1.50k less."
    assert spend_in_words(0.2, "€") == "Both spend the same."


def test_moments_and_figures_in_words(grouped: Planner) -> None:
    now = datetime.now(UTC)
    assert ago(now) == "just now"
    assert ago(now - timedelta(seconds=61)) == "1 minute ago"
    assert ago(now - timedelta(hours=5, minutes=1)) == "5 hours ago"
    assert ago(datetime(2026, 1, 5, tzinfo=UTC)) == "on 2026-01-05"
    said = summary_in_words(scenario_of(grouped, with_figures=True))
    assert said.startswith("€4.00M brings ")
    assert "P(better) " in said
    assert said.endswith("demo_model, 2026-01-05 to 2026-03-30")


def test_a_scenario_file_is_opened_and_a_wrong_one_explained(grouped: Planner) -> None:
    at = part(arrived("scenarios"), "Saved scenarios")
    text = mg.scenario_json(scenario_of(grouped, with_figures=True))
    at.file_uploader(key="scenario-upload").upload("spring.json", text.encode(), "application/json").run()
    assert planner_in(at).budget == 4_000_000
    assert planner_in(at).result is not None
    wrong = json.dumps(json.loads(text) | {"method": "magic"})
    at.file_uploader(key="scenario-upload").upload("wrong.json", wrong.encode(), "application/json").run()
    assert "“wrong.json” was not opened. The part 'method' of the Scenario cannot be used" in read(at)

"""Scenarios on the screen: saved, listed, opened, shared by a link, taken along as a file."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.pages import PAGES, read, shown
from support.scenario_steps import address, arrived, at_work, part, planner_in, saved, store

import mmm_groups as mg
from mmm_groups.display.scenario_words import ago, summary_in_words
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.storage.database import database_url
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.scenarios.saving_panel import link


def test_a_plan_is_saved_under_a_name(limited: Planner) -> None:
    at = at_work("scenarios", limited)
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
    assert planner_in(at).work.scenario_id != key
    assert len(store().listed()) == 2


def test_the_author_is_asked_once(limited: Planner) -> None:
    at = at_work("scenarios", limited)
    saved(at, "Spring")
    at.switch_page(PAGES["optimise"]).run()
    at.text_input(key="budget").set_value("4500000").run()
    again = arrived("scenarios", **address(at))
    assert again.text_input(key="author").value == "Ada"
    assert "Changed since version 1" in read(again)


def test_the_later_of_two_savers_is_told(limited: Planner) -> None:
    at = at_work("scenarios", limited)
    key = saved(at, "Spring")
    store().save(key, limited.document(), "Bob", based_on=1)
    at.text_area(key="scenario-notes").set_value("mine").run()
    at.button(key="save").click().run()
    assert "Saved as version 3. Meanwhile others saved version 2 by Bob" in read(at)


def test_a_database_that_fails_while_saving_is_said(limited: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    at = at_work("scenarios", limited)
    at.text_input(key="author").set_value("Ada").run()
    path = Path(database_url().removeprefix("sqlite:///"))
    path.unlink()  # gone, as when a network drive is
    at.button(key="save").click().run()
    assert "cannot be reached or written" in read(at)
    assert {button.proto.label for button in at.get("download_button")} == {"Download the scenario"}


def test_saved_scenarios_are_listed_opened_archived_and_brought_back(limited: Planner) -> None:
    at = at_work("scenarios", limited)
    part(at, "Saved scenarios")
    assert "No scenario is saved yet" in read(at)
    part(at, "This plan")
    key = saved(at, "Spring")
    limited.set_goal(budget=2_000_000.0)
    at.text_input(key="scenario-title").set_value("Summer").run()
    at.button(key="save").click().run()
    part(at, "Saved scenarios")
    assert "**Summer**  ·  open" in read(at)
    assert "No plan yet. demo_model, 2026-01-05 to 2026-03-30" in read(at)
    at.button(key=f"version-{key}-1").click().run()
    assert planner_in(at).budget == 4_000_000
    assert planner_in(at).result is not None
    at.button(key=f"open-{key}").click().run()
    assert planner_in(at).scenario.name == "Summer"
    at.text_input(key="scenario-search").set_value("winter").run()
    assert "No scenario has this in its name" in read(at)
    at.text_input(key="scenario-search").set_value("SUMM").run()
    at.button(key=f"archive-{key}").click().run()
    assert "**Summer**" not in read(at)
    at.toggle(key="scenario-archive").set_value(True).run()
    at.button(key=f"back-{key}").click().run()
    at.toggle(key="scenario-archive").set_value(False).run()
    assert "**Summer**" in read(at)


def test_work_in_progress_is_found_without_its_address(limited: Planner) -> None:
    asked = address(at_work("optimise", limited))
    at = part(arrived("scenarios"), "Saved scenarios")
    assert "Work in progress in this browser" in read(at)
    at.button(key=f"work-{asked['work']}").click().run()
    assert planner_in(at).budget == 4_000_000
    assert address(at) == asked
    stranger = part(arrived("scenarios", owner="1" * 32), "Saved scenarios")
    assert "Work in progress" not in read(stranger)


def test_a_link_opens_the_saved_version_for_looking_only(limited: Planner) -> None:
    at = at_work("scenarios", limited)
    key = saved(at, "Spring")
    other = arrived("optimise", owner="1" * 32, scenario=key, version="1")
    assert "You look at “Spring”, version 1 by Ada. It is read only" in read(other)
    assert address(other) == {"scenario": key, "version": "1"}
    assert other.text_input(key="budget").value == "4,000,000"
    other.text_input(key="budget").set_value("1").run()
    assert other.text_input(key="budget").value == "4,000,000"
    assert "what you changed is put back" in str(other.toast[0].value)
    planner_in(other).result = planner_in(other).work.shown_result = None  # as for a plan out of reach
    assert "Press “Duplicate to edit” above, then “Optimise”" in read(other.run())
    other = arrived("optimise", owner="1" * 32, scenario=key, version="1")
    assert planner_in(other).result is not None
    assert not planner_in(other).is_stale
    other.switch_page(PAGES["scenarios"]).run()
    assert other.text_input(key="scenario-title").disabled
    other.button(key="duplicate").click().run()
    other.switch_page(PAGES["optimise"]).run()
    other.text_input(key="budget").set_value("1000000").run()
    assert planner_in(other).budget == 1_000_000
    assert planner_in(other).scenario.name == "Copy of Spring"
    assert list(address(other)) == ["work"]
    assert [version.number for version in store().versions(key)] == [1]


def test_the_maker_may_edit_what_the_link_opens(limited: Planner) -> None:
    key = saved(at_work("scenarios", limited), "Spring")
    at = arrived("optimise", scenario=key)
    assert "read only" not in read(at)
    at.text_input(key="budget").set_value("1000000").run()
    assert planner_in(at).budget == 1_000_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scenario": "nothing"}, "There is no scenario 'nothing'"),
        ({"version": "7"}, "There is no version 7"),
        ({"version": "x"}, "asks for version 'x'"),
    ],
)
def test_a_link_that_leads_nowhere_is_said(limited: Planner, asked: dict[str, str], said: str) -> None:
    key = saved(at_work("scenarios", limited), "Spring")
    at = arrived("optimise", owner="1" * 32, **{"scenario": key} | asked)
    assert said in shown(at.error[0].value)
    assert planner_in(at).source.name == "demo_model"


@pytest.mark.parametrize("broken", ['"response": 1e999', "not JSON", "raises"])
def test_a_saved_scenario_that_cannot_be_read_hides_no_other(
    broken: str, limited: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = at_work("scenarios", limited)
    saved(at, "Spring")
    store().create(limited.document().model_copy(update={"name": "Autumn"}), "Bob")
    if broken == "raises":
        words = summary_in_words

        def overflows(scenario: Scenario) -> str:
            if scenario.name == "Autumn":
                raise OverflowError("cannot convert float infinity to integer")
            return words(scenario)

        monkeypatch.setattr("mmm_groups.ui.scenarios.scenario_list.summary_in_words", overflows)
    else:
        text = broken if broken == "not JSON" else f'{{"schema_version": 2, "summary": {{{broken}}}}}'
        with sqlite3.connect(database_url().removeprefix("sqlite:///")) as connection:
            values = (text, hashlib.sha256(text.encode()).hexdigest())
            connection.execute("UPDATE versions SET document = ?, sha256 = ? WHERE name = 'Autumn'", values)
        connection.close()
    at = part(arrived("scenarios"), "Saved scenarios")
    assert "**Spring**" in read(at)
    assert "**Autumn**" in read(at)
    assert len(at.error) == 1


def test_links_name_the_page() -> None:
    assert link("abc", 2, "Optimise").endswith("/Optimise?scenario=abc&version=2")
    assert link("abc", None, "Split").endswith("/Split?scenario=abc")


def test_moments_and_figures_in_words(limited: Planner) -> None:
    now = datetime.now(UTC)
    assert ago(now) == "just now"
    assert ago(now - timedelta(seconds=61)) == "1 minute ago"
    assert ago(now - timedelta(hours=5, minutes=1)) == "5 hours ago"
    assert ago(datetime(2026, 1, 5, tzinfo=UTC)) == "on 2026-01-05"
    said = summary_in_words(limited.document_with_figures())
    assert said.startswith("€4.00M brings ")
    assert "P(better) " in said
    assert said.endswith("demo_model, 2026-01-05 to 2026-03-30")


def test_a_scenario_file_is_opened_and_a_wrong_one_explained(limited: Planner) -> None:
    at = part(arrived("scenarios"), "Saved scenarios")
    text = mg.scenario_json(limited.document_with_figures())
    at.file_uploader(key="scenario-upload").upload("spring.json", text.encode(), "application/json").run()
    assert planner_in(at).budget == 4_000_000
    assert planner_in(at).result is not None
    wrong = json.dumps(json.loads(text) | {"method": "magic"})
    at.file_uploader(key="scenario-upload").upload("wrong.json", wrong.encode(), "application/json").run()
    assert "“wrong.json” was not opened. The part 'method' of the Scenario cannot be used" in read(at)

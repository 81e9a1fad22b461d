"""What tests of pages with scenarios do: arrive at an address, go on working, save."""

from streamlit.testing.v1 import AppTest
from support.pages import PAGES, ROOT

from mmm_groups.storage.database import open_database
from mmm_groups.storage.scenario_store import ScenarioStore
from mmm_groups.ui.planner.planner import Planner

OWNER = "0" * 32
"""The browser that the tests sit at."""


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
    key = planner_in(at).work.scenario_id
    assert key is not None
    return key

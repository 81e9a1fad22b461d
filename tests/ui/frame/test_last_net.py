"""Whatever is raised in a page, a part of it or a change, the page says a sentence and what is typed stays."""

import ast
import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import opened, read

from mmm_groups.errors import SolverError
from mmm_groups.ui.group_channels import board_panel
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.split import page_part

UI = Path(__file__).parents[3] / "mmm_groups" / "ui"
HELD = "Something went wrong that this app did not expect. What you typed is still there"
PLACES = {
    "the frame": ("optimise", "mmm_groups.ui.frame.page._step_bar"),
    "the start page": ("start", "mmm_groups.ui.start.reference_panel.reference_panel"),
    "a page's body": ("optimise", "mmm_groups.ui.optimise.headline.headline"),
    "a sentence": ("scenarios", "mmm_groups.ui.scenarios.saving_panel.saving_panel"),
    "a part": ("split", "mmm_groups.ui.split.split_panel.ready_splits"),
    "the board": ("group", "mmm_groups.ui.group_channels.board_steps.captions"),
    "a chart": ("optimise", "mmm_groups.ui.optimise.result_views.spend_bars"),
}


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("injected")


@pytest.mark.parametrize("place", PLACES)
def test_an_exception_is_held(
    place: str, limited: Planner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page, path = PLACES[place]
    monkeypatch.setattr(path, broken)
    for user in (page_part, board_panel):  # they took the name when they were imported
        if hasattr(user, path.rpartition(".")[2]):
            monkeypatch.setattr(user, path.rpartition(".")[2], broken)
    with caplog.at_level(logging.ERROR):
        at = opened(page, limited)
    assert HELD in read(at)
    assert "ZeroDivisionError: injected" in caplog.text
    (planner,) = at.session_state["mmm_groups.planners"].values()
    assert planner.budget == 4_000_000


@pytest.mark.parametrize(("raised", "said"), [(KeyError("k"), HELD), (SolverError("No way. Go on."), "No way. Go on.")])
def test_a_change_that_fails_is_said_and_the_page_is_drawn(
    raised: Exception, said: str, limited: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise raised

    at = opened("optimise", limited)
    monkeypatch.setattr(Planner, "set_goal", refuse)
    at.text_input(key="budget").set_value("5000000").run()
    assert not at.exception
    assert said in read(at)
    assert at.text_input(key="budget").value == "4,000,000"  # what holds is shown
    assert said not in read(at.run())  # once


def test_every_change_of_a_widget_goes_through_the_net() -> None:
    for path in UI.rglob("*.py"):
        if path.is_relative_to(UI / "widgets"):
            continue  # these know no planner: they are given what is called
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change"):
                value = ast.unparse(node.value)
                assert value in ("'ignore'", "'rerun'") or value.startswith("safe_change("), f"{path.name}: {value}"


def _a_part_that_fails_alone() -> None:
    import streamlit as st

    from mmm_groups.ui.planner.last_net import session_fragment

    @session_fragment
    def part() -> None:
        if st.button("Break it"):
            raise OverflowError("injected")

    part()
    st.write("The rest of the page")


def test_a_part_that_fails_alone_leaves_the_rest() -> None:
    at = AppTest.from_function(_a_part_that_fails_alone, default_timeout=60).run()
    at.button[0].click().run()
    assert not at.exception
    assert HELD in read(at)
    assert "The rest of the page" in read(at)

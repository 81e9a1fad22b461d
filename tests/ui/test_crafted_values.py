"""What no hand can type, but a message may hold: it is refused in words, and what was there stays."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import opened, read

from mmm_groups.errors import MmmGroupsError
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import BoardLayoutError, apply_layout, initial_state
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.widgets.sliders.widget import read_split
from mmm_groups.ui.widgets.widget_state import key_of


@pytest.mark.parametrize("typed", ["nan", "inf", "1e308", "1e101", "\0", "1e999 %"])
def test_a_budget_that_is_no_number_changes_nothing(typed: str, limited: Planner) -> None:
    at = opened("optimise", limited)
    at.text_input(key="budget").set_value(typed).run()
    assert at.error, "it is said"
    assert limited.budget == 4_000_000
    assert at.text_input(key="budget").value == "4,000,000"


def _a_number_and_a_choice() -> None:
    import streamlit as st

    from mmm_groups.ui.planner.last_net import say_refused_change
    from mmm_groups.ui.planner.open_planners import tied

    say_refused_change()
    st.number_input("Number", **tied("number", 5.0, lambda planner, value: planner.change(notes=str(value))))
    st.segmented_control("Choice", ["a"], **tied("choice", "a", lambda planner, value: planner.change(name=value)))


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_a_number_that_is_none_and_a_choice_taken_back_change_nothing(value: float, limited: Planner) -> None:
    at = AppTest.from_function(_a_number_and_a_choice, default_timeout=60)
    at.session_state["mmm_groups.planners"] = {"open": limited}
    at.session_state["mmm_groups.current"] = "open"
    before = limited.scenario
    at.run().number_input[0].set_value(value).run()
    assert "is no number to plan with, so it was not taken over" in read(at)
    at.segmented_control[0].set_value(None).run()
    assert limited.scenario == before


def test_only_what_is_offered_can_be_chosen() -> None:
    assert one_of(["a", "b"], "a") == "a"
    with pytest.raises(MmmGroupsError, match="'no goal' is none of the choices here"):
        one_of(["a", "b"], "no goal")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"id": "new-1", "name": "a\0b"}, "a name has one line of at most 200 letters"),
        ({"id": "new-1", "name": "\ud800"}, "a name has one line"),
        ({"id": "new-1", "name": "x" * 201}, "a name has one line"),
        ({"id": "x" * 201, "name": "a"}, "a name has one line"),
        (None, "A group must be a mapping"),
    ],
)
def test_a_board_of_odd_groups_is_refused(group: dict[str, Any] | None, said: str) -> None:
    state = initial_state(["tv"], {})
    sent = None if group is None else group | {"channels": [], "color": 1}
    with pytest.raises(BoardLayoutError, match=said):
        apply_layout(state, {"seq": 1, "groups": [sent], "ungrouped": ["tv"]}, ["tv"])


def test_a_board_of_thousands_of_groups_is_refused() -> None:
    groups = [{"id": f"new-{n}", "name": f"n{n}", "color": 1, "channels": []} for n in range(3000)]
    with pytest.raises(BoardLayoutError, match="would have 3000 groups; it takes at most 500"):
        apply_layout(initial_state(["tv"], {}), {"seq": 1, "groups": groups, "ungrouped": ["tv"]}, ["tv"])


def test_sliders_take_only_a_split_of_their_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {"seq": 1, "names": ["tv", "radio"], "tenths": [400, 600], "locked": []}
    monkeypatch.setattr("mmm_groups.ui.widgets.sliders.widget.sent_state", lambda key, name: sent)
    assert read_split("key", ["tv", "radio"])["tenths"] == [400, 600]
    with pytest.raises(MmmGroupsError, match="have other rows by now"):
        read_split("key", ["tv"])


def test_keys_hold_no_odd_names() -> None:
    assert key_of("price", "tv") == "price-tv"
    odd = [key_of("price", name) for name in ("meta__facebook", "a\0b", "x" * 999, "<b>", "a_b")]
    assert len(set(odd)) == len(odd)
    assert not any("__" in key or "\0" in key or len(key) > 40 for key in odd)

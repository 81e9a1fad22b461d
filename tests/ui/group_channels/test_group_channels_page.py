"""The page on which channels are grouped: suggestions, and steps that are undone."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest
from support.pages import opened, read

from mmm_groups.ui.planner.planner import Planner


def test_a_suggestion_is_accepted_as_one_step_and_undone(grouped: Planner) -> None:
    assert "Every suggested group is on the board already." in read(opened("group", grouped))
    at: AppTest = opened("group")
    planner: Planner = at.session_state["mmm_groups.planners"].popitem()[1]
    at = opened("group", planner)
    assert "facebook, instagram. All belong to Meta." in read(at)
    at.button(key="accept-Meta").click().run()
    assert planner.groups["Meta"] == ("facebook", "instagram")
    assert planner.board_history.past[-1].what == "suggested Meta"
    at.button(key="undo").click().run()
    assert planner.board.groups == ()


def test_another_order_of_the_cards_makes_no_result_stale(grouped: Planner) -> None:
    grouped.optimise()
    grouped.set_board(replace(grouped.board, groups=grouped.board.groups[::-1]))
    assert not grouped.is_stale

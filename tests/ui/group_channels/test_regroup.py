"""Many groups in one step, and undo and redo: nothing is lost, and what is taken away is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmm_groups.ui.planner.board_history import MOST_STEPS, BoardHistory, Step, described
from mmm_groups.ui.widgets.board.layout import (
    BoardLayoutError,
    BoardState,
    add_group,
    delete_group,
    initial_state,
    rename_group,
    to_mapping,
)
from mmm_groups.ui.widgets.board.regroup import regrouping, ungrouping

pytestmark = pytest.mark.unit

CELLS = ["US · tv", "US · fb", "DE · tv", "DE · fb", "radio"]
BY_GEO = {"US": ["US · tv", "US · fb"], "DE": ["DE · tv", "DE · fb"]}


@pytest.fixture
def state() -> BoardState:
    return initial_state(CELLS, {"Social": ["US · fb", "DE · fb"], "Mine": ["DE · tv", "radio"], "Empty": []})


def placed(state: BoardState) -> list[str]:
    return sorted([*state.ungrouped, *(channel for g in state.groups for channel in g.channels)])


def test_groups_are_made_and_what_they_take_is_told(state: BoardState) -> None:
    found = regrouping(state, BY_GEO)
    assert to_mapping(found.after) == {"Mine": ["radio"], "US": ["US · tv", "US · fb"], "DE": ["DE · tv", "DE · fb"]}
    assert [group.name for group in found.after.groups] == ["Mine", "Empty", "US", "DE"]
    assert found.made == {"US": 2, "DE": 2}
    assert found.dissolved == ("Social",)
    assert found.shrunk == {"Mine": (1, 2)}
    assert placed(found.after) == sorted(CELLS)
    assert found.before is state
    assert not found.changes_nothing


def test_a_group_of_the_same_name_keeps_its_id_and_colour(state: BoardState) -> None:
    named = rename_group(state, "g2", "us")
    found = regrouping(named, BY_GEO)
    us = next(group for group in found.after.groups if group.name == "US")
    assert (us.id, us.color) == ("g2", 1)
    assert us.channels == ("US · tv", "US · fb")
    assert found.after.ungrouped == ("radio",)
    assert found.shrunk == {"us": (2, 2)}
    assert placed(found.after) == sorted(CELLS)


def test_the_same_groups_again_change_nothing(state: BoardState) -> None:
    once = regrouping(state, BY_GEO).after
    again = regrouping(once, BY_GEO)
    assert again.changes_nothing
    assert again.after == once
    assert (again.dissolved, again.shrunk) == ((), {})


def test_everything_can_be_ungrouped(state: BoardState) -> None:
    found = ungrouping(state)
    assert found.after.groups == ()
    assert sorted(found.after.ungrouped) == sorted(CELLS)
    assert found.dissolved == ("Social", "Mine", "Empty")


def test_an_unknown_channel_is_refused(state: BoardState) -> None:
    with pytest.raises(BoardLayoutError, match=r"'FR' names channels that are not on the board: \['FR · tv'\]"):
        regrouping(state, {"FR": ["FR · tv"]})


@given(
    st.dictionaries(
        st.sampled_from(["US", "Social", "mine", "Neu"]), st.lists(st.sampled_from(CELLS), unique=True, min_size=1)
    ).filter(lambda groups: len({c for inside in groups.values() for c in inside}) == sum(map(len, groups.values())))
)
def test_no_channel_is_lost_and_every_asked_group_is_there(groups: dict[str, list[str]]) -> None:
    state = initial_state(CELLS, {"Social": ["US · fb", "DE · fb"], "Mine": ["DE · tv", "radio"]})
    found = regrouping(state, groups)
    assert placed(found.after) == sorted(CELLS)
    assert {name: set(inside) for name, inside in groups.items()}.items() <= {
        name: set(inside) for name, inside in to_mapping(found.after).items()
    }.items()
    kept = {group.name for group in found.after.groups}
    for group in state.groups:
        assert group.name in kept or group.name in found.dissolved or group.name.casefold() in map(str.casefold, groups)


def test_undo_and_redo_give_the_boards_back(state: BoardState) -> None:
    second = add_group(state, "Video", ["US · tv"])
    third = delete_group(second, "g1")
    history = BoardHistory().added(Step("new group Video", state, second)).added(Step("delete Social", second, third))
    history, step = history.back()
    assert (step.what, step.before) == ("delete Social", second)
    history, step = history.back()
    assert step.before == state
    assert history.past == ()
    history, step = history.forth()
    assert step.after == second
    assert [left.what for left in history.undone] == ["delete Social"]
    assert history.added(Step("move radio", second, state)).undone == ()


def test_the_pieces_of_a_typed_name_are_one_step(state: BoardState) -> None:
    half, whole = rename_group(state, "g1", "So"), rename_group(state, "g1", "Social media")
    other = rename_group(whole, "g2", "Ours")
    history = BoardHistory()
    for before, after in ((state, half), (half, whole), (whole, other)):
        history = history.added(Step("rename", before, after))
    assert [(step.before, step.after) for step in history.past] == [(state, whole), (whole, other)]


def test_a_history_does_not_grow_for_ever(state: BoardState) -> None:
    history = BoardHistory()
    for number in range(MOST_STEPS + 20):
        history = history.added(Step(f"move {number}", state, replace(state, ungrouped=state.ungrouped[::-1])))
    assert len(history.past) == MOST_STEPS
    assert history.past[-1].what == f"move {MOST_STEPS + 19}"


def test_steps_are_described(state: BoardState) -> None:
    video = add_group(state, "Video")
    assert described(state, video) == "new group Video"
    assert described(state, add_group(state, "Video", ["US · tv"])) == "move US · tv"
    assert described(state, add_group(state, "Video", ["US · tv", "radio"])) == "move 2 channels"
    assert described(state, delete_group(state, "g1")) == "delete Social"
    assert described(state, ungrouping(state).after) == "delete 3 groups"
    assert described(state, rename_group(state, "g1", "Ads")) == "rename to Ads"
    turned = replace(state, groups=(replace(state.groups[0], channels=("DE · fb", "US · fb")), *state.groups[1:]))
    assert described(state, turned) == "reorder"
    taken = replace(state, groups=(replace(state.groups[0], channels=("US · fb",)), *state.groups[1:]))
    assert described(state, replace(taken, ungrouped=("US · tv", "DE · fb"))) == "move DE · fb"
    red = replace(state, groups=(replace(state.groups[0], color=5), *state.groups[1:]))
    assert described(state, red) == "recolour Social"
    assert described(state, replace(state, groups=state.groups[::-1])) == "reorder groups"


def test_a_group_asked_for_in_another_spelling_takes_it(state: BoardState) -> None:
    same = next(group for group in state.groups if group.name == "Social")
    after = regrouping(state, {"SOCIAL": same.channels}).after
    assert [group.name for group in after.groups if group.id == same.id] == ["SOCIAL"]

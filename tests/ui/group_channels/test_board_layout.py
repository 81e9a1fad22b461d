"""The drag board's reducer: what is lost (nothing), what is restored, and which layouts count."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmm_groups.ui.widgets.board.layout import (
    BoardLayoutError,
    BoardState,
    add_group,
    apply_layout,
    delete_group,
    initial_state,
    rename_group,
    to_mapping,
)

pytestmark = pytest.mark.unit

CHANNELS = ["TV", "Radio", "Facebook", "Instagram", "Search"]


@pytest.fixture
def state() -> BoardState:
    return initial_state(CHANNELS, {"Meta": ["Facebook", "Instagram"], "Audio": ["Radio"]})


def group(group_id: str, name: str, *channels: str) -> dict[str, Any]:
    return {"id": group_id, "name": name, "channels": list(channels)}


def layout(seq: int, *groups: dict[str, Any], ungrouped: list[str]) -> dict[str, Any]:
    return {"seq": seq, "groups": list(groups), "ungrouped": ungrouped}


def placed(state: BoardState) -> list[str]:
    return sorted([*state.ungrouped, *(channel for g in state.groups for channel in g.channels)])


META, AUDIO = group("g1", "Meta", "Facebook", "Instagram"), group("g2", "Audio", "Radio")


def test_initial_state_puts_the_rest_into_ungrouped(state: BoardState) -> None:
    assert [(g.id, g.name, g.color, g.channels) for g in state.groups] == [
        ("g1", "Meta", 0, ("Facebook", "Instagram")),
        ("g2", "Audio", 1, ("Radio",)),
    ]
    assert state.ungrouped == ("TV", "Search")
    assert state.ack == 0


@pytest.mark.parametrize(
    ("channels", "groups", "message"),
    [
        (CHANNELS, {"Meta": ["Facebok"]}, r"Group 'Meta' names channels that are not on the board: \['Facebok'\]"),
        (CHANNELS, {"Meta": ["TV"], "Audio": ["TV"]}, r"in two places: \['TV'\]"),
        (["TV", "TV"], {}, r"listed twice: \['TV'\]"),
    ],
)
def test_initial_state_refuses_unknown_and_repeated_channels(
    channels: list[str], groups: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(BoardLayoutError, match=message):
        initial_state(channels, groups)


def test_a_move_is_taken_over_in_order(state: BoardState) -> None:
    moved = apply_layout(
        state,
        layout(1, group("g1", "Meta", "Instagram", "TV", "Facebook"), AUDIO, ungrouped=["Search"]),
        CHANNELS,
    )
    assert to_mapping(moved) == {"Meta": ["Instagram", "TV", "Facebook"], "Audio": ["Radio"]}
    assert moved.ungrouped == ("Search",)
    assert moved.ack == 1
    assert [g.color for g in moved.groups] == [0, 1]


@pytest.mark.parametrize("seq", [3, 4])
def test_old_news_changes_nothing(state: BoardState, seq: int) -> None:
    settled = replace(state, ack=4)
    assert apply_layout(settled, layout(seq, ungrouped=CHANNELS), CHANNELS) is settled


def test_a_layout_sent_while_others_were_lost_holds_all_their_moves(state: BoardState) -> None:
    """Runs that Streamlit breaks off never see seq 1 to 3: the fourth alone must bring all four moves."""
    late = apply_layout(
        state,
        layout(4, group("g1", "Meta", "Radio"), group("g2", "Audio", "TV", "Search"), ungrouped=["Facebook"]),
        CHANNELS,
    )
    assert late.ack == 4
    assert placed(late) == sorted(CHANNELS)
    assert late.ungrouped == ("Facebook", "Instagram")


def test_missing_channels_come_back_and_unknown_ones_do_not(state: BoardState) -> None:
    after = apply_layout(state, layout(1, group("g1", "Meta", "Facebook", "Myspace"), ungrouped=["Search"]), CHANNELS)
    assert to_mapping(after) == {"Meta": ["Facebook"]}
    assert after.ungrouped == ("Search", "TV", "Radio", "Instagram")


def test_a_channel_in_two_places_keeps_the_first(state: BoardState) -> None:
    after = apply_layout(
        state, layout(1, group("g1", "Meta", "TV", "TV"), group("g2", "Audio", "TV"), ungrouped=["TV"]), CHANNELS
    )
    assert after.groups[0].channels == ("TV",)
    assert after.groups[1].channels == ()
    assert placed(after) == sorted(CHANNELS)


def test_a_new_group_gets_the_lowest_free_colour(state: BoardState) -> None:
    after = apply_layout(
        state, layout(1, AUDIO, group("new-a", "Video", "TV"), ungrouped=["Facebook", "Instagram"]), CHANNELS
    )
    assert [(g.id, g.color) for g in after.groups] == [("g2", 1), ("new-a", 0)]


def test_a_chosen_colour_is_taken_over_and_one_that_is_not_sent_stays(state: BoardState) -> None:
    sent = layout(1, META | {"color": 7}, AUDIO, group("new-a", "Video", "TV") | {"color": 7}, ungrouped=["Search"])
    assert [g.color for g in apply_layout(state, sent, CHANNELS).groups] == [7, 1, 7]


def test_the_order_of_the_groups_is_taken_over(state: BoardState) -> None:
    after = apply_layout(state, layout(1, AUDIO, META, ungrouped=["TV", "Search"]), CHANNELS)
    assert [(g.id, g.name, g.color) for g in after.groups] == [("g2", "Audio", 1), ("g1", "Meta", 0)]


def test_the_eleventh_group_shares_the_least_used_colour() -> None:
    state = initial_state(CHANNELS, {f"Group {n}": [] for n in range(1, 13)})
    assert [g.color for g in state.groups] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_channels_of_an_unknown_group_become_ungrouped(state: BoardState) -> None:
    after = apply_layout(state, layout(1, META, group("g9", "Ghost", "Radio", "TV"), ungrouped=["Search"]), CHANNELS)
    assert [g.id for g in after.groups] == ["g1"]
    assert after.ungrouped == ("Search", "Radio", "TV")


def test_a_group_deleted_in_the_browser_frees_its_channels(state: BoardState) -> None:
    after = apply_layout(state, layout(1, META, ungrouped=["TV", "Search", "Radio"]), CHANNELS)
    assert [g.name for g in after.groups] == ["Meta"]
    assert after.ungrouped == ("TV", "Search", "Radio")


def test_an_empty_group_stays_on_the_board_but_not_in_the_mapping(state: BoardState) -> None:
    after = apply_layout(state, layout(1, META, group("g2", "Audio"), ungrouped=["TV", "Search", "Radio"]), CHANNELS)
    assert [g.name for g in after.groups] == ["Meta", "Audio"]
    assert to_mapping(after) == {"Meta": ["Facebook", "Instagram"]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("  ", "Group 1"), ("Meta", "Meta (2)"), (" meta ", "meta (2)"), (" Sound ", "Sound")],
)
def test_names_are_never_blank_and_never_clash(state: BoardState, name: str, expected: str) -> None:
    after = apply_layout(state, layout(1, META, group("g2", name, "Radio"), ungrouped=["TV", "Search"]), CHANNELS)
    assert [g.name for g in after.groups] == ["Meta", expected]


def test_the_group_that_was_renamed_gets_the_number_not_the_one_that_had_the_name(state: BoardState) -> None:
    sent = layout(1, group("g1", "Audio", "Facebook", "Instagram"), AUDIO, ungrouped=["TV", "Search"])
    assert [g.name for g in apply_layout(state, sent, CHANNELS).groups] == ["Audio (2)", "Audio"]


def test_two_groups_may_swap_their_names(state: BoardState) -> None:
    sent = layout(1, group("g1", "Audio", "Facebook"), group("g2", "Meta", "Radio"), ungrouped=[])
    assert [g.name for g in apply_layout(state, sent, CHANNELS).groups] == ["Audio", "Meta"]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ([], "layout must be a mapping"),
        ({"groups": [], "ungrouped": []}, "'seq' must be a whole number, it is None"),
        ({"seq": True, "groups": [], "ungrouped": []}, "'seq' must be a whole number, it is True"),
        ({"seq": "1", "groups": [], "ungrouped": []}, "'seq' must be a whole number, it is '1'"),
        ({"seq": 1, "groups": {}, "ungrouped": []}, "'groups' must be a list"),
        ({"seq": 1, "groups": ["g1"], "ungrouped": []}, "A group must be a mapping, it is 'g1'"),
        ({"seq": 1, "groups": [group("", "A")], "ungrouped": []}, "'id' of a group must be a text, it is ''"),
        ({"seq": 1, "groups": [{"id": "g1", "channels": []}], "ungrouped": []}, "'name' of group 'g1'.*None"),
        ({"seq": 1, "groups": [{"id": "g1", "name": "A"}], "ungrouped": []}, "'channels' of group 'g1'.*None"),
        ({"seq": 1, "groups": [META | {"color": 10}], "ungrouped": []}, "'color' of group 'g1'.*from 0 to 9, it is 10"),
        ({"seq": 1, "groups": [META | {"color": True}], "ungrouped": []}, "'color' of group 'g1'.*it is True"),
        ({"seq": 1, "groups": [META, META], "ungrouped": []}, r"used twice: \['g1'\]"),
        ({"seq": 1, "groups": []}, "'ungrouped' must be a list of names, it is None"),
        ({"seq": 1, "groups": [], "ungrouped": ["TV", 7]}, r"'ungrouped' must be a list of names, it is \['TV', 7\]"),
    ],
)
def test_a_malformed_layout_is_refused_by_name(state: BoardState, sent: Any, message: str) -> None:
    with pytest.raises(BoardLayoutError, match=message):
        apply_layout(state, sent, CHANNELS)


def test_add_group_moves_its_channels(state: BoardState) -> None:
    after = add_group(state, "Video", ["TV", "Facebook"])
    assert to_mapping(after) == {"Meta": ["Instagram"], "Audio": ["Radio"], "Video": ["TV", "Facebook"]}
    assert after.ungrouped == ("Search",)
    assert [g.id for g in after.groups] == ["g1", "g2", "g3"]
    assert [g.name for g in add_group(add_group(state), "meta").groups] == ["Meta", "Audio", "Group 1", "meta (2)"]


def test_add_group_does_not_reuse_the_id_of_a_group_on_the_board(state: BoardState) -> None:
    after = add_group(delete_group(state, "g1"), "Video")
    assert len({g.id for g in after.groups}) == len(after.groups) == 2


def test_rename_and_delete_leave_the_ack(state: BoardState) -> None:
    settled = replace(state, ack=7)
    renamed = rename_group(settled, "g2", "Meta")
    assert [g.name for g in renamed.groups] == ["Meta", "Meta (2)"]
    deleted = delete_group(renamed, "g1")
    assert deleted.ungrouped == ("TV", "Search", "Facebook", "Instagram")
    assert renamed.ack == deleted.ack == 7


@pytest.mark.parametrize("change", [lambda s: rename_group(s, "g9", "X"), lambda s: delete_group(s, "g9")])
def test_rename_and_delete_refuse_an_unknown_group(state: BoardState, change: Any) -> None:
    with pytest.raises(BoardLayoutError, match=r"There is no group 'g9'. The board has \['g1', 'g2'\]"):
        change(state)


names = st.lists(st.sampled_from([*CHANNELS, "Myspace"]), max_size=8)
sent_groups = st.lists(
    st.builds(
        lambda group_id, name, members: group(group_id, name, *members),
        st.sampled_from(["g1", "g2", "g9", "new-a", "new-b"]),
        st.sampled_from(["", " ", "Meta", "meta", "Audio", "Group 1", "Meta (2)"]),
        names,
    ),
    unique_by=lambda sent: sent["id"],
)


@given(sent_groups, names)
def test_whatever_is_sent_every_channel_is_in_one_place_and_every_name_is_its_own(
    groups: list[dict[str, Any]], ungrouped: list[str]
) -> None:
    state = initial_state(CHANNELS, {"Meta": ["Facebook", "Instagram"], "Audio": ["Radio"]})
    after = apply_layout(state, layout(1, *groups, ungrouped=ungrouped), CHANNELS)
    assert placed(after) == sorted(CHANNELS)
    group_names = [g.name.casefold() for g in after.groups]
    assert all(group_names)
    assert len(set(group_names)) == len(group_names)
    colours = [g.color for g in after.groups]
    assert len(set(colours)) == len(colours)
    assert apply_layout(after, layout(1, ungrouped=[]), CHANNELS) is after

"""The board's rules in JavaScript: what the browser shows after a change is what Python settles."""

import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from support.node import in_node

from mmm_groups.ui.widgets.board.layout import (
    BoardGroup,
    BoardState,
    add_group,
    apply_layout,
    delete_group,
    rename_group,
)

pytestmark = pytest.mark.process

VECTORS = json.loads((Path(__file__).parent / "board_vectors.json").read_text(encoding="utf-8"))
Layout = dict[str, Any]


def state_of(layout: Layout) -> BoardState:
    groups = tuple(BoardGroup(**group | {"channels": tuple(group["channels"])}) for group in layout["groups"])
    return BoardState(groups, tuple(layout["ungrouped"]), ack=0)


def shown(state: BoardState) -> Layout:
    groups = [asdict(group) | {"channels": list(group.channels)} for group in state.groups]
    return {"groups": groups, "ungrouped": list(state.ungrouped)}


def channels_of(layout: Layout) -> list[str]:
    return [*layout["ungrouped"], *(channel for group in layout["groups"] for channel in group["channels"])]


def settled(before: Layout, sent: Layout) -> Layout:
    """The board after Python has settled a layout that the browser sent."""
    return shown(apply_layout(state_of(before), {"seq": 1, **sent}, channels_of(before)))


@pytest.fixture(scope="module")
def changed() -> list[Layout]:
    found: list[Layout] = in_node(
        "board/layout.js", "given.map((each) => it[each.do](each.before, ...each.with))", VECTORS
    )
    return found


@pytest.mark.parametrize("number", range(len(VECTORS)), ids=[case["why"] for case in VECTORS])
def test_vectors(changed: list[Layout], number: int) -> None:
    case = VECTORS[number]
    assert changed[number] == case["after"]
    assert settled(case["before"], case["after"]) == case["after"]


@pytest.mark.parametrize("case", VECTORS, ids=[case["why"] for case in VECTORS])
def test_python_makes_the_same_change_where_it_makes_one_itself(case: dict[str, Any]) -> None:
    before, given = state_of(case["before"]), case["with"]
    match case["do"]:
        case "addGroup":
            after = add_group(before, channels=given[1] if len(given) > 1 else [])
            after = replace(after, groups=(*after.groups[:-1], replace(after.groups[-1], id=given[0])))
        case "deleteGroup":
            after = delete_group(before, given[0])
        case "changeGroup" if "name" in given[1]:
            after = rename_group(before, given[0], given[1]["name"])
        case _:  # only the browser moves and recolours
            return
    assert shown(after) == case["after"]


def random_changes(rng: random.Random, channels: list[str], count: int) -> list[tuple[str, list[Any]]]:
    """Changes in a row, as a hand makes them; ids that are gone and positions that are none are among them."""
    changes: list[tuple[str, list[Any]]] = []
    for number in range(count):
        known = ["g1", "g2", *(f"new-{earlier}" for earlier in range(number))]
        held = rng.sample(channels, rng.randint(1, 3))
        possible: list[tuple[str, list[Any]]] = [
            ("moveChannels", [held, {"place": rng.choice([*known, "ungrouped"]), "index": rng.randint(0, 4)}]),
            ("addGroup", [f"new-{number}", rng.choice([[], held])]),
            ("deleteGroup", [rng.choice(known)]),
            ("moveGroup", [rng.choice(known), rng.randint(-1, 4)]),
            ("changeGroup", [rng.choice(known), {"name": f"Named {number}"}]),
            ("changeGroup", [rng.choice(known), {"color": rng.randrange(10)}]),
        ]
        changes.append(rng.choice(possible))
    return changes


def test_after_any_changes_no_channel_is_lost_and_python_settles_what_is_shown() -> None:
    rng = random.Random(1)
    channels = list("abcdefgh")
    start = {
        "groups": [
            {"id": "g1", "name": "Meta", "color": 0, "channels": ["a", "b"]},
            {"id": "g2", "name": "Group 2", "color": 1, "channels": ["c"]},
        ],
        "ungrouped": ["d", "e", "f", "g", "h"],
    }
    hands = [random_changes(rng, channels, rng.randint(1, 12)) for _ in range(300)]
    run = """given.hands.map((changes) => {
        let layout = given.start
        return changes.map(([name, args]) => (layout = it[name](layout, ...args)))
    })"""
    for layouts in in_node("board/layout.js", run, {"start": start, "hands": hands}):
        before = start
        for layout in layouts:
            assert sorted(channels_of(layout)) == channels
            assert settled(before, layout) == layout
            before = layout

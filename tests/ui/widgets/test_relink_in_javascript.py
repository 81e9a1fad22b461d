"""Linked shares: JavaScript finds the numbers that Python finds."""

import random

import pytest
from support.node import in_node
from support.split_vectors import VECTORS

from mmm_groups.ui.widgets.sliders.relink import relink

pytestmark = pytest.mark.process


def random_split(rng: random.Random, rows: int) -> list[int]:
    cuts = sorted(rng.choices(range(1001), k=rows - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]


def test_javascript_finds_the_same_numbers() -> None:
    rng = random.Random(1)
    cases = [(case["start"], case["index"], case["value"], case["locked"], case.get("bounds")) for case in VECTORS]
    for _ in range(1000):
        start = random_split(rng, rows=rng.randint(1, 10))
        locked = [row for row in range(len(start)) if rng.random() < 0.2]
        bounds = [sorted(rng.choices(range(1001), k=2)) if rng.random() < 0.5 else [0, 1000] for _ in start]
        cases.append((start, rng.randrange(len(start)), rng.randint(-100, 1100), locked, bounds))
    found = in_node("sliders/relink.js", "given.map((move) => it.relink(...move))", cases)
    assert found[: len(VECTORS)] == [case["moved"] for case in VECTORS]
    assert found == [relink(*move) for move in cases]


def test_a_slider_reaches_what_a_move_to_either_end_finds() -> None:
    moves = [(case["start"], case["index"], case["locked"], case.get("bounds")) for case in VECTORS]
    reaches = in_node("sliders/relink.js", "given.map((row) => it.reach(...row))", moves)
    ends = [[relink(start, index, value, *rest)[index] for value in (0, 1000)] for start, index, *rest in moves]
    assert reaches == ends

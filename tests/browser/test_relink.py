"""Linked shares: the browser finds the numbers that Python finds."""

import random
from importlib import resources

from playwright.sync_api import Browser
from support.split_vectors import VECTORS

from mmm_groups.ui.widgets.sliders.relink import relink

JS = resources.files("mmm_groups.ui.widgets.sliders").joinpath("sliders.js").read_text(encoding="utf-8")


def random_split(rng: random.Random, rows: int) -> list[int]:
    cuts = sorted(rng.choices(range(1001), k=rows - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]


def test_the_browser_finds_the_same_numbers(browser: Browser) -> None:
    rng = random.Random(1)
    cases = [(case["start"], case["index"], case["value"], case["locked"], case.get("bounds")) for case in VECTORS]
    for _ in range(1000):
        start = random_split(rng, rows=rng.randint(1, 10))
        locked = [row for row in range(len(start)) if rng.random() < 0.2]
        bounds = [sorted(rng.choices(range(1001), k=2)) if rng.random() < 0.5 else [0, 1000] for _ in start]
        cases.append((start, rng.randrange(len(start)), rng.randint(-100, 1100), locked, bounds))

    page = browser.new_page()
    found = page.evaluate(
        """async ([source, cases]) => {
            const { relink } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
            return cases.map((move) => relink(...move))
        }""",
        [JS, cases],
    )
    page.close()
    assert found[: len(VECTORS)] == [case["moved"] for case in VECTORS]
    assert found == [relink(*move) for move in cases]

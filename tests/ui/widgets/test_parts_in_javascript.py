"""What the widgets' smaller JavaScript modules find: a selection, words of a search, a small curve, typed percents."""

from typing import Any

import pytest
from support.node import in_node

pytestmark = pytest.mark.process

SELECTION = """given.map((acts) => {
    const selection = new it.Selection(() => ["a", "b", "c", "d", "e"])
    for (const [act, argument] of acts) selection[act](act === "keep" ? new Set(argument) : argument)
    return [...selection.names].sort()
})"""


@pytest.mark.parametrize(
    ("acts", "selected"),
    [
        ([("only", "b")], ["b"]),
        ([("only", "b"), ("only", "b")], []),  # once more takes it back
        ([("only", "b"), ("toggle", "d"), ("only", "d")], ["d"]),
        ([("toggle", "b"), ("toggle", "d"), ("toggle", "b")], ["d"]),
        ([("only", "d"), ("through", "b")], ["b", "c", "d"]),
        ([("only", "d"), ("through", "b"), ("through", "e")], ["d", "e"]),  # the range begins where it began
        ([("through", "c")], ["c"]),
        ([("toggle", "gone"), ("through", "c")], ["c"]),
        ([("all", None)], ["a", "b", "c", "d", "e"]),
        ([("all", None), ("clear", None)], []),
        ([("all", None), ("keep", ["b", "z"])], ["b"]),  # the model lost the others
    ],
)
def test_selection(acts: list[tuple[str, Any]], selected: list[str]) -> None:
    assert in_node("board/selection.js", SELECTION, [acts]) == [selected]


def test_every_typed_word_must_be_in_a_name() -> None:
    cases = [("US · Facebook", " FACE us "), ("DE · Facebook", "face us"), ("TV", ""), ("TV", "t v")]
    found = in_node("board/search.js", "given.map(([name, text]) => it.holdsAll(name, it.wordsOf(text)))", cases)
    assert found == [True, False, True, True]


@pytest.mark.parametrize(
    ("at", "known", "drawn"),
    [
        (
            0.25,
            0.5,
            {
                "area": "M0.00,96.00 L50.00,24.00 L100.00,6.00 L100,100 L0,100 Z",
                "line": "M0.00,96.00 L50.00,24.00",
                "beyond": "M50.00,24.00 L100.00,6.00",
                "dot-at": "M25.00,60.00 h0.001",
            },
        ),
        (
            None,
            None,
            {
                "area": "M0.00,96.00 L50.00,24.00 L100.00,6.00 L100,100 L0,100 Z",
                "line": "M0.00,96.00 L50.00,24.00 L100.00,6.00",
                "beyond": "",
                "dot-at": "",
            },
        ),
    ],
)
def test_a_small_curve_is_solid_as_far_as_history_saw(
    at: float | None, known: float | None, drawn: dict[str, Any]
) -> None:
    curve = {"spend": [0, 0.5, 1], "response": [0, 0.8, 1], "at": at, "known": known, "words": ""}
    assert in_node("board/spark.js", "it.sparkPaths(given)", curve) == drawn


def test_no_curve_draws_nothing() -> None:
    drawn = in_node("board/spark.js", "it.sparkPaths(given ?? undefined)", None)
    assert drawn == {"area": "", "line": "", "beyond": "", "dot-at": ""}


def test_percents_are_typed_with_either_decimal_sign() -> None:
    typed = {"12": 120, "33,3": 333, " 7.25 % ": 73, "1 000": 10000, "-4": -40, ".5": 5}
    refused = ["abc", "", "1e3", "1.2.3"]
    found = in_node("sliders/percent.js", "given.map(it.fromPercent)", [*typed, *refused])
    assert found == [*typed.values(), None, None, None, None]
    shown = in_node("sliders/percent.js", "given.map(it.toPercent)", [0, 5, 333, 1000])
    assert shown == ["0.0", "0.5", "33.3", "100.0"]

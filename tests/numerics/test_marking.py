"""Numbers inside texts: known to whoever rewrites them, invisible to everybody else."""

import json
import pickle

import pytest

from mmm_groups.errors import ConstraintError, InfeasibleError, MmmGroupsError, reason_of
from mmm_groups.numerics.marking import MarkedText, marked, with_marks, with_numbers


def test_a_text_reads_as_if_nothing_was_marked() -> None:
    text = MarkedText(f"v1.5 at most {marked(1234.5):,.1f}, {marked(0.25):.0%}, {marked(2)}")
    assert text == "v1.5 at most 1,234.5, 25%, 2"
    assert (str(text), f"{text}", repr(text), json.dumps(text)) == (
        "v1.5 at most 1,234.5, 25%, 2",
        "v1.5 at most 1,234.5, 25%, 2",
        "'v1.5 at most 1,234.5, 25%, 2'",
        '"v1.5 at most 1,234.5, 25%, 2"',
    )
    found: dict[str, int] = {text: 1}
    assert found["v1.5 at most 1,234.5, 25%, 2"] == 1


def test_its_numbers_are_found_again_and_nothing_else_is() -> None:
    text = MarkedText(f"v1.5 at most {marked(1234.5):,.1f}")
    assert with_numbers(text, lambda english: f"<{english}>") == "v1.5 at most <1,234.5>"
    assert with_numbers(str(text), lambda english: f"<{english}>") == text


def test_a_text_keeps_its_numbers_inside_another_one_and_in_a_file() -> None:
    label = MarkedText(f"tv at most {marked(1234):,}")
    for longer in (
        MarkedText(f"Broken: {label.marked}."),
        MarkedText(MarkedText(f"Broken: {label.marked}.")),
        MarkedText(json.loads(json.dumps(with_marks(MarkedText(f"Broken: {label.marked}."))))),
        pickle.loads(pickle.dumps(MarkedText(f"Broken: {label.marked}."))),
    ):
        assert longer == "Broken: tv at most 1,234."
        assert with_numbers(longer, lambda _: "#") == "Broken: tv at most #."
    both = MarkedText.joined("; ", [label, "plain", label])
    assert both == "tv at most 1,234; plain; tv at most 1,234"
    assert with_numbers(both, lambda _: "#") == "tv at most #; plain; tv at most #"


def test_an_error_says_plain_text_and_knows_its_numbers() -> None:
    error = ConstraintError(f"At most {marked(1234.5):,.1f}.")
    assert (str(error), error.args, f"{error}") == ("At most 1,234.5.", ("At most 1,234.5.",), "At most 1,234.5.")
    assert with_numbers(error.text, lambda _: "#") == "At most #."
    assert with_numbers(MmmGroupsError(f"Line 3: {reason_of(error)}").text, lambda _: "#") == "Line 3: At most #."
    assert reason_of(ValueError("at most 2.5")) == "at most 2.5"
    assert str(InfeasibleError(f"It is {marked(2.5)}.", ("budget",))) == "It is 2.5."
    again = pickle.loads(pickle.dumps(error))
    assert with_numbers(again.text, lambda _: "#") == "At most #."


@pytest.mark.parametrize("name", ["Q1.5 promo 1,234", "\ufdd0", "a\ufdd1b", "\ufdd11,234\ufdd0"])
def test_a_name_stays_what_it_is(name: str) -> None:
    text = MarkedText(f"{name} at most {marked(1234):,}")
    assert text == f"{name} at most 1,234"
    assert with_numbers(text, lambda english: english.replace(",", ".")) == f"{name} at most 1.234"

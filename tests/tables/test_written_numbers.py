"""Numbers as people write them: certain ones, and those that only a whole file can decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmm_groups.tables.written_numbers import (
    Percentage,
    WrittenNumber,
    as_written,
    proofs,
    proven_mark,
    readings_of,
    unmistakable,
)

SPACE, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "readings", "mark"),
    [
        ("980", (980,), None),
        (" +3 ", (3,), None),
        ("−5", (-5,), None),
        ("1,5", (1.5,), ","),
        ("2.", (2,), "."),
        (".25", (0.25,), "."),
        ("0.125", (0.125,), "."),
        ("0,125", (0.125,), ","),
        ("1234.567", (1234.567,), "."),
        ("1.2345", (1.2345,), "."),
        ("1e6", (1e6,), None),
        ("1.234e3", (1234,), "."),
        ("1.234.567", (1_234_567,), ","),
        ("1,234,567", (1_234_567,), "."),
        ("1.234,5", (1234.5,), ","),
        ("1,234.56", (1234.56,), "."),
        ("-1.234,00", (-1234,), ","),
        ("1 200", (1200,), None),
        (f"50{SPACE}000", (50_000,), None),
        (f"50{NARROW}000,5", (50_000.5,), ","),
        ("12'000.5", (12_000.5,), "."),
        ("50.000", (50_000, 50), None),
        ("-1,250", (-1250, -1.25), None),
        ("120.500", (120_500, 120.5), None),
        ("33,3 %", (0.333,), ","),
        ("50%", (0.5,), None),
        ("€5", (), None),
        ("1,2,3", (), None),
        ("1.23.456", (), None),
        ("1.234.56", (), None),
        ("12.34,5", (), None),
        ("1,234,5", (), None),
        ("05.01.2026", (), None),
        ("2026-01-05", (), None),
        ("inf", (), None),
        ("nan", (), None),
        ("five", (), None),
        ("", (), None),
    ],
)
def test_a_text_has_the_readings_that_people_give_it(text: str, readings: tuple[float, ...], mark: str | None) -> None:
    assert readings_of(text) == pytest.approx(readings)
    assert proven_mark(text) == mark
    assert all(isinstance(value, Percentage) for value in readings_of(text)) == ("%" in text or not readings)


STYLES = {"English": (",", "."), "German": (".", ","), "French": (NARROW, ","), "Swiss": ("'", "."), "plain": ("", ".")}


@given(
    style=st.sampled_from(sorted(STYLES)),
    numbers=st.lists(st.integers(-10_000_000_000, 10_000_000_000).map(lambda n: n / 1000), min_size=1, max_size=8),
    digits=st.sampled_from([0, 1, 2, 3, 5]),
)
def test_a_file_in_one_style_is_read_as_it_was_meant_or_left_open(
    style: str, numbers: list[float], digits: int
) -> None:
    """Written by Python's own formatting; a number that stays open has the meant value among its two readings."""
    thousands, decimal = STYLES[style]
    english = [f"{number:,.{digits}f}" for number in numbers]
    texts = [text.translate({44: thousands, 46: decimal}) for text in english]
    found = proofs(enumerate(texts))
    assert not {"English": {","}, "German": {"."}, "French": {"."}, "Swiss": {","}, "plain": {","}}[style] & set(found)
    for text, meant in zip(texts, (float(text.replace(",", "")) for text in english), strict=True):
        read = as_written(text, found)
        values = read.readings if isinstance(read, WrittenNumber) else (float(read),)
        assert values == (meant,) or (len(values) == 2 and not found and meant in values)


def test_one_number_decides_for_all_and_two_that_contradict_each_other_for_none() -> None:
    german = proofs([(2, "50.000"), (3, "1,5")])
    assert {mark: (proof.text, proof.line) for mark, proof in german.items()} == {",": ("1,5", 3)}
    read = as_written("50.000", german)
    assert isinstance(read, WrittenNumber)
    assert read.readings == (50_000,)
    english = proofs([(2, "50.000"), (3, "1.5")])
    assert as_written("50.000", english) == "50.000"
    assert not isinstance(as_written("50.000", english), WrittenNumber)  # Python reads it as the file means it
    both = as_written("50.000", proofs([(2, "1,5"), (3, "1.5"), (4, "50.000")]))
    assert isinstance(both, WrittenNumber)
    assert both.two_readings == (
        "may mean 50000 or 50: “1,5” in line 2 and “1.5” in line 3 contradict each other. Write 50000 or 50."
    )
    alone = as_written("1,125", {})
    assert isinstance(alone, WrittenNumber)
    assert alone.two_readings == (
        "may mean 1125 or 1.1250: no other number says whether the comma groups thousands or begins decimals. Write "
        "1125 or 1.1250."
    )


@given(st.floats(-1e9, 1e9))
def test_what_we_write_is_never_taken_for_thousands(value: float) -> None:
    text = unmistakable(value)
    assert float(text) == float(f"{value:.10g}")
    assert readings_of(text) == (float(text),)


def test_one_more_zero_tells_decimals_from_thousands() -> None:
    assert [unmistakable(value) for value in (1.125, 50.0, 0.125, 1234.567, 120.5)] == [
        "1.1250",
        "50",
        "0.125",
        "1234.567",
        "120.5",
    ]

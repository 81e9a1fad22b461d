"""Numbers as this planner writes them: separators, shortened or in full, names left alone."""

import pandas as pd
import pytest

from mmm_groups.display.charts.results import waterfall
from mmm_groups.display.number_style import SEPARATORS, NumberStyle
from mmm_groups.display.numbers import compact, compact_money, in_style, money, number, percent, plain, ratio
from mmm_groups.display.presentation import Presentation, presented
from mmm_groups.errors import ConstraintError
from mmm_groups.numerics.marking import MarkedText, marked

GERMAN = NumberStyle(*SEPARATORS["1.234,5"])


def test_english_by_default() -> None:
    assert [compact(1_234_567), money(-1234.4, "€"), percent(0.1234, 1), ratio(1.456), number(-0.2)] == [
        "1.23M",
        "−€1,234",
        "12.3 %",
        "1.46",
        "−0.200",
    ]
    assert compact(-15_700) == "−15.7k"
    assert compact(-0.001) == "−0.00100"
    assert [compact(-0.0), ratio(-0.0), money(0.0, "€")] == ["0", "0.00", "€0"]


@pytest.mark.parametrize(
    ("value", "compacted", "in_full", "as_ratio"),
    [
        (1_437_000.4, "1.44M", "1,437,000", "1,437,000.40"),
        (99.96, "100", "100", "99.96"),
        (1.437, "1.44", "1.44", "1.44"),
        (4.0, "4", "4", "4.00"),
        (0.0998, "0.0998", "0.0998", "0.10"),
        (0.0032, "0.00320", "0.00320", "0.0032"),
        (0.000_032_4, "0.0000324", "0.0000324", "0.000032"),
        (3.24e-9, "3.24e-09", "3.24e-09", "3.2e-09"),
        (9_999.9, "10.0k", "10,000", "9,999.90"),
    ],
)
def test_digits_follow_the_size(value: float, compacted: str, in_full: str, as_ratio: str) -> None:
    assert [compact(value), number(value), ratio(value)] == [compacted, in_full, as_ratio]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (GERMAN, ["1,23M", "€1.234.567", "12,3 %", "1,46"]),
        (NumberStyle(*SEPARATORS["1 234,5"]), ["1,23M", "€1\u00a0234\u00a0567", "12,3 %", "1,46"]),
        (NumberStyle(shortens=False), ["1,234,567", "€1,234,567", "12.3 %", "1.46"]),
    ],
)
def test_other_styles(style: NumberStyle, expected: list[str]) -> None:
    with presented(Presentation(style)):
        assert [compact(1_234_567), money(1_234_567, "€"), percent(0.1234, 1), ratio(1.456)] == expected
        assert compact_money(1234.0, "CHF").startswith("CHF 1")


def test_many_bars_are_labelled_short_and_say_the_rest_on_hover() -> None:
    with presented(Presentation(NumberStyle(shortens=False))):
        few, many = (
            waterfall(
                pd.DataFrame({"change": [1_234_567.0] * count, "low": 0.0, "high": 1.0}, index=list(range(count))),
                (2e6, 2e6 + count * 1_234_567),
                {},
                "sales",
            )
            for count in (3, 8)
        )
    assert few.layout.annotations[1].text == "+1,234,567"
    assert many.layout.annotations[1].text == "+1.23M"
    assert "+1,234,567 sales" in many.data[0].hovertext[1]


def test_marked_numbers_are_written_in_the_style_and_nothing_else_is() -> None:
    text = MarkedText(f"promo 2.5 gets {marked(1200000.5):,.2f}, PyMC 1.3.0 says {marked(0.045):.1%}, not 1,234.")
    assert plain(text) == text == "promo 2.5 gets 1,200,000.50, PyMC 1.3.0 says 4.5%, not 1,234."
    with presented(Presentation(GERMAN)):
        assert in_style(text) == "promo 2.5 gets 1.200.000,50, PyMC 1.3.0 says 4,5%, not 1,234."
        assert plain(ConstraintError(f"At most {marked(1.5)} $.")) == r"At most 1,5 \$."

"""Amounts as people type them."""

import pytest

from mmm_groups.errors import ConstraintError
from mmm_groups.tables.typed_amounts import typed_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.2M", 1_200_000),
        ("400k", 400_000),
        ("400 K", 400_000),
        ("€1,200,000", 1_200_000),
        ("1.200.000 €", 1_200_000),
        ("1'200'000", 1_200_000),
        ("CHF 3 mio.", 3_000_000),
        ("1,5 Mio", 1_500_000),
        ("4,400", 4_400),
        ("0.5", 0.5),
        ("2.5bn", 2.5e9),
        ("1200000.50", 1_200_000.5),
        ("1.2e6", 1_200_000),
        ("-15 %", 850),
        ("+10%", 1_100),
        ("−100 %", 0),
        ("90 %", 900),
        ("2,5 %", 25),
        ("0", 0),
    ],
)
def test_an_amount_is_read(text: str, amount: float) -> None:
    assert typed_amount(text, of=1_000) == pytest.approx(amount)


def test_the_separator_of_the_screen_is_that_of_thousands() -> None:
    assert typed_amount("50.000", thousands=".") == 50_000
    with pytest.raises(ConstraintError, match=r"“50.000” may mean 50,000 or 50. Type 50000 or 50."):
        typed_amount("50.000")
    with pytest.raises(ConstraintError, match=r"“4,400” may mean 4,400 or 4.4. Type 4400 or 4.4."):
        typed_amount("4,400", thousands=".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no amount. Type it like 1,200,000, 1.2M or 400k"),
        ("plenty", "“plenty” is no amount"),
        ("5 apples", "“5 apples” is no amount"),
        ("1" * 5_000, "“1{60} …” is no amount"),
        ("nan", "“nan” is no amount"),
        ("1e999", "“1e999” is no amount"),
        ("-5", "“-5” is below 0"),
        ("-120 %", "is below 0. The least is -100 %"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConstraintError, match=said):
        typed_amount(text, of=1_000)


def test_a_percentage_needs_a_reference() -> None:
    with pytest.raises(ConstraintError, match="there is no reference spend to take it of"):
        typed_amount("-10 %")

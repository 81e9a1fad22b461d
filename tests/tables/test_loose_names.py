"""Names as people write them: what is certain is matched, the rest is suggested."""

import pytest

from mmm_groups.tables.loose_names import LooseNames
from mmm_groups.tables.written_money import amount_parts

NAMES = LooseNames({name: name for name in ("facebook", "instagram", "paid_search", "tv", "tik-tok")} | {"Télé": "tv"})


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("facebook", "facebook"),
        ("FACEBOOK ", "facebook"),
        ("Facebook Ads", "facebook"),
        ("fb", None),
        ("Paid Search", "paid_search"),
        ("Search", "paid_search"),
        ("TV_spend", "tv"),
        ("tele", "tv"),
        ("TikTok", "tik-tok"),
        ("Google Search", None),
        ("Total TV", "tv"),
        ("spend", None),
        ("", None),
    ],
)
def test_a_name_is_matched_or_not(written: str, known: str | None) -> None:
    assert NAMES.match(written) == known


def test_names_that_two_could_bear_are_not_matched() -> None:
    twins = LooseNames({"tv_spend": "tv_spend", "TV Ads": "TV Ads"})
    assert twins.match("tv") is None
    assert twins.match("tv_spend") == "tv_spend"
    assert set(twins.nearest("tv")) == {"tv_spend", "TV Ads"}


def test_what_all_names_share_may_be_left_out() -> None:
    names = LooseNames({name: name for name in ("x1_tv_brand", "x1_radio_brand")})
    assert names.match("TV") == "x1_tv_brand"
    assert names.nearest("Radios") == ("x1_radio_brand",)


@pytest.mark.parametrize(
    ("text", "currency", "number", "factor"),
    [
        ("€ 1.234,50", "€", "1.234,50", 1),
        ("1.234,50 €", "€", "1.234,50", 1),
        ("-$5", "$", "-5", 1),
        ("1,200 USD", "USD", "1,200", 1),
        ("1.2M", "", "1.2", 1e6),
        ("400k €", "€", "400", 1e3),
        ("€ 2 Mio.", "€", "2", 1e6),
        ("TV", "", "TV", 1),
        ("Krone 5", "", "Krone 5", 1),
    ],
)
def test_an_amount_has_a_sign_and_a_unit(text: str, currency: str, number: str, factor: float) -> None:
    parts = amount_parts(text)
    assert (parts.currency, parts.number, parts.factor) == (currency, number, factor)

"""Amounts with a sign of currency, as people write them: `€ 1.234,50`, `1,200 USD`."""

import re
from collections.abc import Mapping
from typing import Self

from mmm_groups.tables.written_numbers import Mark, Proof, as_written, looks_like_a_number

_CODES = (
    "EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|JPY|CNY|INR|BRL|MXN|CAD|AUD|NZD|ZAR|TRY|SGD|HKD|KRW|AED|SAR|ILS|THB"
    "|IDR|MYR|PHP|VND|COP|CLP|ARS|EGP|NGN|KES|UAH|RUB"
)
_SIGN = rf"(?:US\$|A\$|C\$|NZ\$|HK\$|R\$|S\$|[€$£¥₹₩₽₴₺₪฿]|zł|Kč|kr\.?|Ft|(?:{_CODES})(?![A-Za-z]))"
_SPACE = r"[\s\u00a0\u202f]*"
_BEFORE = re.compile(rf"(?P<minus>[+\-−–]?){_SPACE}(?P<sign>{_SIGN}){_SPACE}(?P<rest>[+\-−–]?[\d.,].*)", re.IGNORECASE)
_AFTER = re.compile(rf"(?P<rest>[+\-−–]?[\d.,].*?){_SPACE}(?P<sign>{_SIGN})", re.IGNORECASE)


class WrittenMoney(str):
    """A cell that holds an amount with a sign of currency.

    Attributes
    ----------
    currency : str
        The sign as it is written.
    amount : str
        The number beside it: text, or a `WrittenNumber`.
    """

    currency: str
    amount: str

    def __new__(cls, text: str, currency: str, amount: str) -> Self:
        """A text with its two parts."""
        made = super().__new__(cls, text)
        made.currency, made.amount = currency, amount
        return made


def money_parts(text: str) -> tuple[str, str] | None:
    """Sign of currency and number of an amount; None for a text that is no such amount."""
    bare = text.strip()
    if found := _BEFORE.fullmatch(bare):
        return found["sign"], f"{found['minus']}{found['rest']}"
    if found := _AFTER.fullmatch(bare):
        return found["sign"], found["rest"]
    return None


def number_in(text: str) -> str:
    """The number of an amount with a sign of currency; any other text as it is."""
    parts = money_parts(text)
    return text if parts is None else parts[1]


def money_as_written(text: str, found: Mapping[Mark, Proof]) -> str:
    """A cell's text as `as_written` makes it; an amount with a sign of currency as `WrittenMoney`."""
    parts = money_parts(text)
    if parts is None or not looks_like_a_number(parts[1]):
        return as_written(text, found)
    return WrittenMoney(text, parts[0], as_written(parts[1], found))

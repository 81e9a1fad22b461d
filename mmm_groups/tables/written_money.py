"""Amounts with a sign of currency or a unit, as people write them: `€ 1.234,50`, `1,200 USD`, `1.2M`, `400k €`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
_UNITS = {
    "k": 1e3,
    "tsd": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "mrd": 1e9,
}
_UNIT = re.compile(rf"(?P<number>.*\d)\s*(?P<unit>{'|'.join(_UNITS)})\.?", re.IGNORECASE)


@dataclass(frozen=True)
class AmountParts:
    """The parts of an amount as it is written.

    Attributes
    ----------
    currency : str
        Its sign of currency; empty if there is none.
    number : str
        The number beside it.
    factor : float
        What its unit stands for: 1000 for `k`; 1 if there is none.
    """

    currency: str
    number: str
    factor: float


class WrittenMoney(str):
    """A cell that holds an amount with a sign of currency or a unit.

    Attributes
    ----------
    currency : str
        The sign as it is written; empty if there is none.
    number : str
        The number beside it: text, or a `WrittenNumber`.
    factor : float
        What its unit stands for.
    """

    currency: str
    number: str
    factor: float

    def __new__(cls, text: str, parts: AmountParts, number: str) -> Self:
        """A text with its parts."""
        made = super().__new__(cls, text)
        made.currency, made.number, made.factor = parts.currency, number, parts.factor
        return made


def amount_parts(text: str) -> AmountParts:
    """The parts of a text; it is all number where it has neither sign nor unit."""
    bare, sign = text.strip(), ""
    if found := _BEFORE.fullmatch(bare):
        bare, sign = f"{found['minus']}{found['rest']}", found["sign"]
    elif found := _AFTER.fullmatch(bare):
        bare, sign = found["rest"], found["sign"]
    if unit := _UNIT.fullmatch(bare):
        return AmountParts(sign, unit["number"], _UNITS[unit["unit"].lower()])
    return AmountParts(sign, bare, 1.0)


def number_in(text: str) -> str:
    """The number of an amount, without its sign of currency and its unit."""
    return amount_parts(text).number


def money_as_written(text: str, found: Mapping[Mark, Proof]) -> str:
    """A cell's text as `as_written` makes it; an amount with a sign of currency or a unit as `WrittenMoney`."""
    parts = amount_parts(text)
    is_plain = not parts.currency and parts.factor == 1
    if is_plain or not looks_like_a_number(parts.number):
        return as_written(text, found)
    return WrittenMoney(text, parts, as_written(parts.number, found))

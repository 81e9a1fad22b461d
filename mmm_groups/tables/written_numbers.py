"""Numbers as people write them; which of point and comma is the decimal mark, all numbers of a file say together.

`50.000` is fifty thousand to half of Europe and fifty to the other half. One number of a file that can be read in one
way only, such as `1,5` or `1.234.567`, decides for all of them. Where none does, the number has two readings.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

Mark = Literal[".", ","]

_OTHER: Final[dict[str, Mark]] = {".": ",", ",": "."}
_SPACES = " \u00a0\u2009\u202f'’"
_BEGIN = re.compile(r"[+\-−–]?[\d.,]")
_ONE_MARK = re.compile(r"[+-]?(?:\d+(?P<mark>[.,])?\d*|(?P<first>[.,])\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}(?P<group>[.,{_SPACES}])\d{{3}}(?:(?P=group)\d{{3}})*(?:(?P<mark>[.,])\d+)?")
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


class Percentage(float):
    """A number that its file shows in percent: 0.5 for 50 %."""

    def __str__(self) -> str:
        return format(100 * float(self), ".10g") + " %"


class WrittenNumber(str):
    """A number that its file writes otherwise than Python, or that the file leaves open.

    Attributes
    ----------
    readings : tuple of float
        What it means; two, thousands first, where the file does not say which mark is the decimal one.
    why : str
        Why the file does not say it; empty if there is one reading.
    """

    readings: tuple[float, ...]
    why: str

    def __new__(cls, text: str, readings: tuple[float, ...], why: str = "") -> Self:
        """A text with what it means."""
        made = super().__new__(cls, text)
        made.readings, made.why = readings, why
        return made

    @property
    def two_readings(self) -> str:
        """The rest of a sentence that begins with this number: both readings, why, and how to write either."""
        thousands, decimal = (value if not isinstance(value, Percentage) else 100 * value for value in self.readings)
        large, small = format(thousands, ".10g"), unmistakable(decimal)
        return f"may mean {large} or {small}: {self.why}. Write {large} or {small}."


@dataclass(frozen=True)
class Proof:
    """A number of a file that shows which mark is the decimal one.

    Attributes
    ----------
    mark : `.` or `,`
    text : str
    line : int
        Where it stands; with no text, somebody said so.
    """

    mark: Mark
    text: str
    line: int


def readings_of(text: str) -> tuple[float, ...]:
    """What a text means as a number: nothing if it is none, two values, thousands first, if it can be read either way.

    A number with a percent sign is a `Percentage`.
    """
    bare = _bare(text)
    share = bare.removesuffix("%").rstrip() if bare.endswith("%") else None
    digits = bare if share is None else share
    if _TWO_READINGS.fullmatch(digits):
        values: tuple[float, ...] = (float(re.sub(r"[.,]", "", digits)), float(digits.replace(",", ".")))
    elif _ONE_MARK.fullmatch(digits):
        values = (float(digits.replace(",", ".")),)
    elif (grouped := _GROUPED.fullmatch(digits)) and grouped["mark"] != grouped["group"]:
        values = (float(digits.replace(grouped["group"], "").replace(",", ".")),)
    else:
        return ()
    return values if share is None else tuple(Percentage(value / 100) for value in values)


def proven_mark(text: str) -> Mark | None:
    """The decimal mark that a text shows if it is a number that can be read in one way only."""
    digits = _bare(text).removesuffix("%").rstrip()
    if _TWO_READINGS.fullmatch(digits):
        return None
    if alone := _ONE_MARK.fullmatch(digits):
        found = alone["mark"] or alone["first"]
    elif (grouped := _GROUPED.fullmatch(digits)) and grouped["mark"] != grouped["group"]:
        found = grouped["mark"] or _OTHER.get(grouped["group"])
    else:
        return None
    return "." if found == "." else "," if found == "," else None


def proofs(cells: Iterable[tuple[int, str]], enough: int = 2, *, otherwise: Mark | None = None) -> dict[Mark, Proof]:
    """The first number that proves each mark, out of the cells of a file as (line, text); ends with so many marks.

    Where none proves one, `otherwise` is the mark that somebody says the file has.
    """
    found: dict[Mark, Proof] = {}
    for line, text in cells:
        if looks_like_a_number(text) and (mark := proven_mark(text)) and mark not in found:
            found[mark] = Proof(mark, text.strip(), line)
            if len(found) == enough:
                break
    return found or ({} if otherwise is None else {otherwise: Proof(otherwise, "", 0)})


def as_written(text: str, found: Mapping[Mark, Proof]) -> str:
    """A cell's text; a `WrittenNumber` where Python would not read it as the file means it.

    Parameters
    ----------
    text : str
    found : mapping
        The `proofs` of its file.
    """
    if not looks_like_a_number(text) or not (values := readings_of(text)):
        return text
    why = ""
    if len(values) > 1:
        if len(found) == 1:
            values = values[1:] if next(iter(found)) in text else values[:1]
        else:
            why = _undecided(text, found)
    is_plain = len(values) == 1 and not isinstance(values[0], Percentage) and _python_reads(text) == values[0]
    return text if is_plain else WrittenNumber(text, values, why)


def _undecided(text: str, found: Mapping[Mark, Proof]) -> str:
    if found:
        others = " and ".join(f"“{proof.text}” in line {proof.line}" for proof in found.values())
        return f"{others} contradict each other"
    mark = "point" if "." in text else "comma"
    return f"no other number says whether the {mark} groups thousands or begins decimals"


def looks_like_a_number(text: str) -> bool:
    """True if a text begins like a number; a quick look before a thorough one."""
    return _BEGIN.match(text.lstrip()) is not None


def unmistakable(value: float) -> str:
    """A number as text of ten digits, which no reader takes for thousands: 1.125 is `1.1250`."""
    text = format(value, ".10g")
    return f"{text}0" if _TWO_READINGS.fullmatch(text) else text


def _bare(text: str) -> str:
    """Without spaces around it, and with a plain minus."""
    bare = text.strip()
    return f"-{bare[1:]}" if bare[:1] in ("−", "–") else bare


def _python_reads(text: str) -> float | None:
    try:
        return float(_bare(text))
    except ValueError:
        return None

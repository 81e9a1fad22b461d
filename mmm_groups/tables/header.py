"""Where the names of a table's columns stand: below titles, and in two rows where cells were merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from mmm_groups.tables.written_numbers import readings_of

_DEEPEST = 20  # rows with something in them among which the header is looked for


@dataclass(frozen=True)
class Header:
    """The names of a table's columns.

    Attributes
    ----------
    names : tuple[str, ...]
        By column; empty where a column has no name.
    last : int
        Place of its last row among those with something in them.
    """

    names: tuple[str, ...]
    last: int


def find_header(rows: Sequence[Sequence[object]]) -> Header:
    """The header among the first rows of a table that have something in them.

    That is the first row of different texts that names every column which is used below it, under rows of titles at
    most; or two such rows that together do so, as merged cells leave them: `Spend` over `minimum` and `maximum`. Where
    there is none, it is the first row, so that what is wrong can be said of it.

    Parameters
    ----------
    rows : sequence of rows
        Cells that are empty hold None or "".
    """
    used = _used_below(rows)
    for place in range(min(_DEEPEST, len(rows) - 1)):
        single = _texts(rows[place])
        if _is_title(rows[:place], single) and _names_all(single, used[place]):
            return Header(single, place)
        if place + 1 < len(rows) - 1:
            joined = _joined(rows[place], rows[place + 1])
            if joined and _is_title(rows[:place], joined) and _names_all(joined, used[place + 1]):
                return Header(joined, place + 1)
    return Header(_texts(rows[0]), 0)


def text_of(cell: object) -> str:
    """A cell as text without spaces around it; whole numbers without a decimal point, nothing as empty text."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _used_below(rows: Sequence[Sequence[object]]) -> list[frozenset[int]]:
    """For each of the first rows, the columns with something in them in any later row."""
    found: list[frozenset[int]] = []
    used: set[int] = set()
    for row in reversed(rows[_DEEPEST + 1 :]):
        used.update(place for place, cell in enumerate(row) if place not in used and text_of(cell))
    for row in reversed(rows[: _DEEPEST + 1]):
        found.append(frozenset(used))
        used.update(place for place, cell in enumerate(row) if text_of(cell))
    return found[::-1]


def _texts(row: Sequence[object]) -> tuple[str, ...]:
    names = [" ".join(text_of(cell).split()) for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _names_all(names: tuple[str, ...], used: frozenset[int]) -> bool:
    filled = [name for name in names if name]
    is_text = not any(readings_of(name) for name in filled)
    return (
        is_text and len(set(filled)) == len(filled) > 1 and all(place < len(names) and names[place] for place in used)
    )


def _is_title(above: Sequence[Sequence[object]], names: tuple[str, ...]) -> bool:
    """True if the rows above a header are so much emptier that they are its titles."""
    most = max(1, sum(map(bool, names)) // 2)
    return all(sum(bool(text_of(cell)) for cell in row) <= most for row in above)


def _joined(upper: Sequence[object], lower: Sequence[object]) -> tuple[str, ...]:
    """The names in two rows with merged cells; none if they are no such rows.

    A cell over several columns stands in the first of them, and the next ones are empty above and named below.
    """
    over, under = _texts(upper), _texts(lower)
    width = max(len(over), len(under))
    over, under = (row + ("",) * (width - len(row)) for row in (over, under))
    spans = [bool(over[place] and under[place]) for place in range(width)]
    if not any(spans):
        return ()
    for place in range(width):
        if spans[place] and (place + 1 == width or over[place + 1] or not under[place + 1]):
            return ()
    return tuple(low or high for high, low in zip(over, under, strict=True))

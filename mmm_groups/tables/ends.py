"""The first and the last line of a text that people keep and bring back: one that was cut lacks its last line."""

from collections.abc import Sequence

from mmm_groups.errors import TableError

FIRST, LAST = "# mmm_groups", "# end"


def with_ends(text: str, what: str) -> str:
    """A text between a first line, which says how a whole file ends, and that last line.

    Parameters
    ----------
    text : str
        Lines of a CSV or of YAML, which takes both for remarks.
    what : str
        What it holds.
    """
    return f"{FIRST} {what}: a whole file ends with the line {LAST}\n{text}{LAST}\n"


def without_ends[Row: Sequence[str]](rows: Sequence[tuple[int, Row]], name: str) -> Sequence[tuple[int, Row]]:
    """Lines of a CSV without the two, where they are there: tables of others need neither.

    Parameters
    ----------
    rows : sequence of (int, fields)
        Line of the file and its fields, at least one; no blank lines.
    name : str
        What errors call the file.

    Raises
    ------
    TableError
        If the last line is missing though the first one is there, or something stands below it.
    """
    says_so = bool(rows) and is_first(rows[0][1][0])
    ends = [place for place, (_, fields) in enumerate(rows) if is_last(fields[0])]
    if says_so and not ends:
        raise TableError(was_cut(name))
    if ends and ends[0] < len(rows) - 1:
        raise TableError(f"Line {rows[ends[0] + 1][0]} of '{name}' stands below the line “{LAST}”. Move it above.")
    return rows[says_so : len(rows) - bool(ends)]


def is_first(text: str) -> bool:
    """True for the first line of a text that was written here."""
    return text.strip().startswith(FIRST)


def is_last(text: str) -> bool:
    """True for the last line of a whole text."""
    return text.strip() == LAST


def was_cut(name: str) -> str:
    """Says that the last line is missing."""
    return (
        f"'{name}' was cut: by its first line it ends with the line “{LAST}”, which is not there. Copy the file again; "
        "if its rows are complete, remove the first line."
    )

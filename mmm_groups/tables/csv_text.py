"""The text of a CSV file that somebody else wrote: its encoding, what parts its fields, and its records by line."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mmm_groups.errors import TableError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STATED = re.compile(r'"?sep=(?P<delimiter>[^\w\s"\']|\t)"?[\s;,]*$', re.IGNORECASE)
_SAMPLE_BYTES, _SAMPLE_RECORDS = 200_000, 40  # from which the layout is seen


@dataclass(frozen=True)
class CsvLayout:
    """How a CSV is written.

    Attributes
    ----------
    encoding : str
    delimiter : str
        One character between fields.
    first_line : int
        Line of the file in which the table begins; 2 if the first one only says what parts the fields (`sep=;`).
    sample : tuple of (int, list of str)
        The first records, with the line in which each begins.
    """

    encoding: str
    delimiter: str
    first_line: int
    sample: tuple[tuple[int, list[str]], ...]

    @property
    def in_words(self) -> str:
        """What parts the fields: `semicolons`."""
        return DELIMITERS.get(self.delimiter, f"“{self.delimiter}”")


def csv_layout(content: bytes, name: str) -> CsvLayout:
    """How a CSV is written: UTF-8, or UTF-16 or UTF-32 with a byte order mark; commas, semicolons or tabs.

    Parameters
    ----------
    content : bytes
    name : str
        What errors call it.

    Raises
    ------
    TableError
        If it begins with something else than text.
    """
    encoding = encoding_of(content)
    if encoding == "utf-8" and b"\0" in content[:_SAMPLE_BYTES]:
        raise _no_text(name)
    try:
        sample = codecs.getincrementaldecoder(encoding)().decode(content[:_SAMPLE_BYTES])
    except UnicodeDecodeError as error:
        raise _not_utf_8(name) from error
    if "\0" in sample:
        raise _no_text(name)
    first, _, rest = sample.partition("\n")
    if stated := _STATED.fullmatch(first):
        return CsvLayout(encoding, stated["delimiter"], 2, tuple(_sampled(rest, stated["delimiter"], 2)))
    delimiter = max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))
    return CsvLayout(encoding, delimiter, 1, tuple(_sampled(sample, delimiter, 1)))


def encoding_of(content: bytes) -> str:
    """UTF-8, or what a byte order mark says."""
    return next((encoding for mark, encoding in _ENCODINGS if content.startswith(mark)), "utf-8")


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    """How many of the first records have as many fields as each other, more than one, and how many fields."""
    counts = Counter(len(fields) for _, fields in _sampled(sample, delimiter, 1) if len(fields) > 1)
    return max(((records, fields) for fields, records in counts.items()), default=(0, 0))


def _sampled(sample: str, delimiter: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    begins = 0
    try:
        for fields in islice(reader, _SAMPLE_RECORDS):
            yield first_line + begins, fields
            begins = reader.line_num
    except csv.Error:
        return  # told by line where all records are read


def csv_records(content: bytes, layout: CsvLayout, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every record of a CSV with the line of the file in which it begins.

    Raises
    ------
    TableError
        If it is no text, or a record cannot be read; the text names its line.
    """
    try:
        text = content.decode(layout.encoding)
    except UnicodeDecodeError as error:
        raise _not_utf_8(name) from error
    if "\0" in text:
        raise _no_text(name)
    lines = io.StringIO(text, newline="")
    for _ in range(layout.first_line - 1):
        lines.readline()
    reader = csv.reader(lines, delimiter=layout.delimiter)
    last = begins = layout.first_line
    try:
        for fields in reader:
            yield begins, fields
            last, begins = begins, layout.first_line + reader.line_num
    except csv.Error as error:
        raise TableError(f"Line {begins} of '{name}' cannot be read: {error}.") from error
    if _is_open(text, last, layout.delimiter):
        raise TableError(
            f"Line {last} of '{name}' cannot be read as a table: it opens a quotation mark that is never closed."
        )


def _is_open(text: str, line: int, delimiter: str) -> bool:
    """True if the last record, which begins in this line, ends inside quotation marks."""
    record = islice(io.StringIO(text, newline=""), line - 1, None)
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _no_text(name: str) -> TableError:
    return TableError(f"'{name}' is no text file. Save it as CSV with the encoding UTF-8.")


def _not_utf_8(name: str) -> TableError:
    return TableError(f"'{name}' is not written in UTF-8. Save it as “CSV UTF-8”, or as an Excel file.")

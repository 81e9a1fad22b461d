"""Tables that planners bring: where they begin, what parts their fields, and what their cells mean."""

import io
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from mmm_groups.errors import TableError
from mmm_groups.tables.formulas import inert_csv
from mmm_groups.tables.header import find_header
from mmm_groups.tables.lined_table import number_of, number_or_percentage, understood
from mmm_groups.tables.names import KnownNames
from mmm_groups.tables.spreadsheet import read_table
from mmm_groups.tables.written_numbers import Percentage


def read(text: str | bytes, name: str = "x.csv") -> pd.DataFrame:
    return read_table(text.encode() if isinstance(text, str) else text, name)


def excel(*rows: list[object], dressed: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Limits"
    for row in rows:
        sheet.append(row)
    dressed(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def numbers(table: pd.DataFrame, column: str) -> dict[int, float | None]:
    lines = [int(line) for line in table.index]
    return {line: number_of(cell, line, column) for line, cell in zip(lines, table[column], strict=True)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_and_separator_gives_the_same_table(encoding: str, delimiter: str, end: str) -> None:
    text = end.join(["name|spend", "Köln|1200.5", "", '"a,;\tb"|7', "“x”|0.25", ""]).replace("|", delimiter)
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""  # the others write their own
    table = read((mark + text).encode(encoding))
    assert table["name"].to_dict() == {2: "Köln", 4: "a,;\tb", 5: "“x”"}
    assert numbers(table, "spend") == {2: 1200.5, 4: 7.0, 5: 0.25}


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_the_line_that_only_names_the_separator_is_no_header(first: str) -> None:
    table = read(f"{first}\r\nnames;minimum\r\ntv;50000\r\n")
    assert table.to_dict("records") == [{"names": "tv", "minimum": "50000"}]
    assert table.index.tolist() == [3]
    assert read("sep=|\na|b\n1|2\n").to_dict("records") == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    "above",
    [
        ["Limits for spring"],
        ["Limits, agreed with Ann;;", "", "Date:;5 January;"],
        [";;", "All amounts in €;;"],
    ],
)
def test_titles_above_the_header_are_left_out(above: list[str]) -> None:
    text = "\n".join([*above, "names;minimum;maximum;unit", "tv;1,5;2,5;money", "radio;;7;", ""])
    table = read(text)
    assert list(table) == ["names", "minimum", "maximum", "unit"]
    assert numbers(table, "maximum") == {len(above) + 2: 2.5, len(above) + 3: 7.0}
    assert f"the columns are named in line {len(above) + 1}" in understood(table)


def test_a_header_in_two_rows_as_merged_cells_leave_it() -> None:
    def merged(sheet: Worksheet) -> None:
        for cells in ("A2:A3", "B2:C2", "D2:D3", "A1:D1"):
            sheet.merge_cells(cells)

    rows: list[list[object]] = [
        ["Limits for spring", None, None, None],
        ["names", "Spend", None, "unit"],
        [None, "minimum", "maximum", None],
        ["tv", 5, 9, "money"],
    ]
    text = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows)
    for table in (read(excel(*rows, dressed=merged)), read(text)):
        assert list(table) == ["names", "minimum", "maximum", "unit"]
        assert numbers(table, "maximum") == {4: 9.0}


@pytest.mark.parametrize(
    ("rows", "names", "last"),
    [
        ([["a", "b"], ["x", "1"]], ("a", "b"), 0),
        ([["a", "b"], ["x", "y"], ["x", "1", "2"]], ("a", "b"), 0),  # the third line is wrong, not the header
        ([["a", "b", "c"], ["x", "", "", "money"], ["y", "1"]], ("a", "b", "c"), 0),
        ([["a", "b"]], ("a", "b"), 0),
        ([["title"], ["a", "b"], ["x", "1"]], ("a", "b"), 1),
        ([["2026"], ["a", "2026"], ["x", "1"]], ("2026",), 0),  # no row of texts names both columns
        ([["", "b"], ["1", "x"]], ("", "b"), 0),
        ([["a", "Spend", "", "Spend", ""], ["", "p", "q", "r", "s"], list("12345")], ("a", "p", "q", "r", "s"), 1),
    ],
)
def test_the_header_is_found(rows: list[list[str]], names: tuple[str, ...], last: int) -> None:
    found = find_header(rows)
    assert (found.names, found.last) == (names, last)


def test_fifty_thousand_is_fifty_thousand_where_the_file_says_so() -> None:
    german = read("names;minimum;maximum\ntv;50.000;150.000\nradio;;120.500,5\n")
    assert numbers(german, "minimum") == {2: 50_000.0, 3: None}
    assert numbers(german, "maximum") == {2: 150_000.0, 3: 120_500.5}
    assert understood(german) == (
        "Read 2 lines with semicolons between the fields; the columns are named in line 1; decimals begin with a "
        "comma, as “120.500,5” in line 3 shows."
    )
    sheets = read('names,minimum,note\ntv,50.000,\nradio,"7,5",\n')  # as Google Sheets exports it in Germany
    assert numbers(sheets, "minimum") == {2: 50_000.0, 3: 7.5}
    english = read('names,minimum\ntv,50.125\nradio,"1,250.5"\nmail,"1,250"\n')
    assert numbers(english, "minimum") == {2: 50.125, 3: 1250.5, 4: 1250.0}
    cells = read(excel(["names", "minimum"], ["tv", "50.000"], ["radio", "1.234.567"], ["mail", 7.5]))
    assert numbers(cells, "minimum") == {2: 50_000.0, 3: 1_234_567.0, 4: 7.5}


@pytest.mark.parametrize(
    "content",
    [
        b"names;minimum\ntv;50.000\nradio;120000\n",
        b"names,minimum\ntv,50.000\n",
        b"names\tminimum\ntv\t50.000\n",
        excel(["names", "minimum"], ["tv", "50.000"], ["radio", 0.5]),
    ],
    ids=["semicolons", "commas", "tabs", "Excel"],
)
def test_a_number_that_the_file_leaves_open_is_not_guessed(content: bytes) -> None:
    table = read(content)
    said = "Line 2: “50.000” in the column “minimum” may mean 50000 or 50: no other number says whether the point"
    with pytest.raises(TableError, match=said):
        number_of(table.loc[2, "minimum"], 2, "minimum")


def test_our_own_tables_can_always_be_read_back() -> None:
    table = pd.DataFrame({"names": ["tv", "=odd"], "minimum": [1.125, 120.5]})
    again = read(inert_csv(table))
    assert again["names"].tolist() == ["tv", "=odd"]
    assert list(numbers(again, "minimum").values()) == [1.125, 120.5]


def test_percent_is_what_the_cell_means() -> None:
    def percent(sheet: Worksheet) -> None:
        for place, form in enumerate(("0%", "0.0 %", '0.0"%"', "0\\%", '[Red]0%;-0%;"none"'), start=2):
            sheet[f"B{place}"].number_format = form

    table = read(excel(["names", "share"], *(["x", 0.25] for _ in range(5)), dressed=percent))
    found = [number_or_percentage(cell, line, "share") for line, cell in table["share"].items()]
    assert found == [0.25] * 5
    # A format with a percent sign in quotes shows the number as it is, so 0.25 stays 0.25 of nothing.
    assert [isinstance(value, Percentage) for value in found] == [True, True, False, False, True]
    with pytest.raises(TableError, match="Line 2: “25 %” in the column “share” is a percentage"):
        number_of(table.loc[2, "share"], 2, "share")
    mixed = excel(["name", "share", "spend"], ["x", 0.125, "50.000"], dressed=percent)
    with pytest.raises(TableError, match="may mean 50000 or 50"):  # what Excel shows in percent is no German's text
        number_of(read(mixed).loc[2, "spend"], 2, "spend")
    text = number_or_percentage(read("names;share\nx;33,3 %\n").loc[2, "share"], 2, "share")
    assert isinstance(text, Percentage)
    assert text == pytest.approx(0.333)


def test_a_hidden_sheet_is_not_read_and_that_is_said() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Last year"
    book.worksheets[0].sheet_state = "hidden"
    secret = book.create_sheet("Secret")
    secret.sheet_state = "veryHidden"
    limits, notes = book.create_sheet("Limits"), book.create_sheet("Notes")
    for sheet, most in ((book.worksheets[0], 2), (secret, 3), (limits, 150_000), (notes, 4)):
        sheet.append(["names", "maximum"])
        sheet.append(["tv", most])
    file = io.BytesIO()
    book.save(file)
    table = read(file.getvalue())
    assert numbers(table, "maximum") == {2: 150_000.0}
    said = "Read 1 line of the sheet “Limits”, not of “Notes”, the hidden “Last year”, the hidden “Secret”; the columns"
    assert said in understood(table)


def test_a_workbook_without_a_visible_sheet_is_refused() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(excel(["a", "b"], [1, 2]))) as old, zipfile.ZipFile(hidden, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'state="visible"', b'state="hidden"'))
    with pytest.raises(TableError, match=r"'x\.xlsx' has no visible sheet\. Show the one with the table"):
        read(hidden.getvalue(), "x.xlsx")


def with_result(content: bytes, result: str) -> bytes:
    """The same workbook with a result for its formulas, as Excel saves it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v />", f"<v>{result}</v>".encode()).replace(b"<v/>", b""))
    return file.getvalue()


def test_a_formula_counts_with_its_saved_result_and_never_without() -> None:
    content = excel(["names", "minimum"], ["tv", "=40000+10000"])
    assert numbers(read(with_result(content, "50000")), "minimum") == {2: 50_000.0}
    said = r"Line 2 of 'limits\.xlsx': the cell B2 holds the formula “=40000\+10000”, but not its result\. Open"
    with pytest.raises(TableError, match=said):
        read(content, "limits.xlsx")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'names;minimum\ntv;5\n"radio;7\nmail;8\n',
            "Line 3 of 'x.csv' cannot be read as a table: it opens a quotation",
        ),
        (
            "names;;\ntv;1;2\n",
            r"Line 1 of 'x\.csv' gives no name to the columns \[2, 3\]|Line 2 .* has more fields",
        ),
        ("names;;x;;y\ntv;1;2;3;4\n", r"Line 1 of 'x\.csv' gives no name to the columns \[2, 4\]"),
        ("names;minimum\n", "^$"),
    ],
)
def test_what_is_no_table_is_refused_by_line(text: str, said: str) -> None:
    if said == "^$":
        assert read(text).empty
        return
    with pytest.raises(TableError, match=said):
        read(text)


def test_an_empty_column_without_a_name_is_left_out() -> None:
    assert list(read(";names;;minimum\n;tv;;5\n")) == ["names", "minimum"]


def test_known_names_are_matched_but_for_unseen_spaces() -> None:
    known = KnownNames(["tv ", "paid  search", "a;b", "x", " x"])
    assert known.match("tv") == known.match("tv ") == known.match("\u00a0tv") == "tv "
    assert known.match("paid\nsearch") == "paid  search"
    assert (known.match("x"), known.match(" x"), known.match("x ")) == ("x", " x", None)  # two could be meant
    assert known.listed("tv\npaid search") == (("tv ", "paid  search"), [])
    assert known.listed('tv; "a;b"') == (("tv ", "a;b"), [])
    assert known.listed("a;b") == (("a;b",), [])
    assert known.listed("tv; radio; mail") == (("tv ",), ["radio", "mail"])
    assert known.listed("") == ((), [])


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one of its parts changed, or a new one."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return file.getvalue()


FORMAT = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
TEXT = b"<si><t>a</t></si>"
SHEET, CELL, ROW = "xl/worksheets/sheet1.xml", b"<c><v>1</v></c>", b"<row><c><v>1</v></c></row>"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"," * 5_000_000, "is empty"),
        (lambda: ",".join(f"c{n}" for n in range(100_000)).encode(), "more than 50,000 lines or 200 columns"),
        (lambda: b"names,minimum,maximum\n" + b"\n" * 10_000_000, "more than 50,000 lines or 200 columns"),
        (lambda: b"a,b\n" + b"1,2\n" * 60_000, "more than 50,000 lines or 200 columns"),
        (
            lambda: with_part(excel(["a", "b"]), "xl/sharedStrings.xml", lambda part: part + TEXT * 3_000_000),
            "more than 300,000 texts",
        ),
        (
            lambda: with_part(
                excel(["a", "b"]), "xl/styles.xml", lambda p: p.replace(b"</cellXfs>", FORMAT * 500_000 + b"</cellXfs>")
            ),
            "more than 65,490 cell formats",
        ),
        (lambda: with_part(excel(["a", "b"]), "xl/workbook.xml", lambda part: part[:-40]), "no Excel file that can be"),
        (
            lambda: with_part(excel(["a"], [1]), SHEET, lambda p: p.replace(b'<row r="2"', b'<row r="999999999"')),
            "more than 50,000 lines or 200 columns",
        ),
        (
            lambda: with_part(excel(["a"]), SHEET, lambda p: p.replace(b"</row>", CELL * 1_000_000 + b"</row>")),
            "more than 50,000 lines or 200 columns",
        ),
        (
            lambda: with_part(
                excel(["a"]), SHEET, lambda p: p.replace(b"</sheetData>", ROW * 1_000_000 + b"</sheetData>")
            ),
            "more than 50,000 lines or 200 columns",
        ),
    ],
    ids=["commas", "columns", "blank lines", "lines", "texts", "formats", "damage", "a far row", "cells", "rows"],
)
def test_files_that_would_take_minutes_are_refused_at_once(make: Callable[[], bytes], said: str) -> None:
    content, begun = make(), time.process_time()
    with pytest.raises(TableError, match=said):
        read(content)
    assert time.process_time() - begun < 5

"""Tables and group files that planners bring: read, refused by line, and written so that they read back."""

import io
import json
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.examples import examples

import mmm_groups as mg
from mmm_groups.errors import GroupingError, TableError
from mmm_groups.groups.groups_file import groups_text, read_groups
from mmm_groups.numerics.labelled import row_of
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.limits import limits_of
from mmm_groups.scenario.limit_table import LimitLine, limit_lines, read_limit_lines
from mmm_groups.tables.formulas import inert_csv
from mmm_groups.tables.spreadsheet import read_table, write_table

GROUPS = {"Meta": ("facebook", "instagram"), "tv": ("tv",), "radio; am": ("radio; am",), "=odd": ("=odd",)}
CHANNELS = [channel for members in GROUPS.values() for channel in members]
REFERENCE = pd.Series({name: 100.0 * (place + 1) for place, name in enumerate(CHANNELS)})
build = mg.ConstraintBuilder
HEAD = "names,minimum,maximum,unit,compared_with\n"


def read(text: str) -> tuple[LimitLine, ...]:
    return read_limit_lines(read_table(text.encode(), "limits.csv"), GROUPS, REFERENCE)


def stated(lines: tuple[LimitLine, ...]) -> list[Constraint]:
    return [constraint for line in lines for constraint in line.constraints()]


def meanings(constraints: list[Constraint]) -> dict[tuple[tuple[str, float], ...], tuple[float, float]]:
    """What constraints mean, whatever kind they were stated as."""
    limits = limits_of(mg.FixedBudget(0.0), constraints, GROUPS, REFERENCE)
    return {
        tuple(sorted(limit.coefficients.items())): (limit.lower, limit.upper)
        for limit in limits
        if limit.key != "budget"
    }


def test_every_kind_of_limit_is_read() -> None:
    lines = read(
        HEAD
        + "tv,50,150,money,\n"
        + "Meta,-20,30,change %,\n"
        + '"tv; ""radio; am""",,40,share %,\n'
        + "instagram,0.5,2,times,tv\n"
        + "facebook,7,7,,\n"
        + "tv; facebook,50,,money or nothing,\n"
        + "instagram,5,,steps,\n"
        + "radio; am,,,money,\n"
        + "'=odd,,9,money,\n"
    )
    assert stated(lines) == [
        build.spend_bounds("tv", 50, 150),
        build.change_bounds(["Meta"], -0.2, 0.3),
        build.group_max_ratio(["tv", "radio; am"], 0.4),
        build.ratio_between(["instagram"], ["tv"], min=0.5, max=2),
        build.lock("facebook", 7),
        build.off_or_at_least(["tv", "facebook"], 50),
        build.in_steps(["instagram"], 5),
        build.spend_bounds("=odd", None, 9),
    ]
    assert [line.line for line in lines] == [2, 3, 4, 5, 6, 7, 8, 10]


NAMES = st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True)
CONSTRAINTS = st.one_of(
    st.builds(build.group_min_spend, NAMES, st.floats(0, 1e6)),
    st.builds(build.group_max_spend, NAMES, st.floats(0, 1e6)),
    st.builds(build.group_min_ratio, NAMES, st.integers(0, 1000).map(lambda tenth: tenth / 1000)),
    st.builds(build.group_max_ratio, NAMES, st.integers(0, 1000).map(lambda tenth: tenth / 1000)),
    st.builds(build.spend_bounds, st.sampled_from([*GROUPS, *CHANNELS]), st.floats(0, 10), st.floats(10, 1e6)),
    st.builds(build.change_bounds, NAMES.map(lambda names: names[:1]), st.floats(-1, 0), st.floats(0, 3)),
    st.builds(build.lock, st.sampled_from(CHANNELS), st.floats(0, 1e6)),
    st.builds(lambda ratio: build.ratio_between(["tv"], ["Meta"], min=ratio, max=ratio + 1), st.floats(0.01, 5)),
)


@examples(60)
@given(CONSTRAINTS, st.sampled_from(["csv", "xlsx"]))
def test_limits_written_are_the_limits_read(constraint: Constraint, form: str) -> None:
    table = limit_lines([constraint], list(GROUPS))
    content = inert_csv(table).encode() if form == "csv" else write_table(table, "Limits")
    again = stated(read_limit_lines(read_table(content, f"limits.{form}"), GROUPS, REFERENCE))
    ours, theirs = meanings(again), meanings([constraint])
    assert len(ours) == len(theirs)  # a CSV keeps ten digits, in coefficients as well
    for (terms, ends), (other_terms, other_ends) in zip(sorted(ours.items()), sorted(theirs.items()), strict=True):
        assert [name for name, _ in terms] == [name for name, _ in other_terms]
        assert [factor for _, factor in terms] == pytest.approx([factor for _, factor in other_terms], rel=1e-8)
        assert ends == pytest.approx(other_ends, rel=1e-8, abs=1e-6)


def test_the_template_holds_every_row() -> None:
    table = limit_lines([build.lock("tv", 5.0), build.group_max_spend(["tv", "facebook"], 9.0)], list(GROUPS))
    assert table["names"].tolist() == [*GROUPS, "tv; facebook"]
    assert row_of(table, 1)[["minimum", "maximum"]].tolist() == [5.0, 5.0]
    assert table.loc[0, ["minimum", "maximum"]].isna().all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + "tv,5,,\n\nTV,5,,\n",
            r"Line 4: the column “names” names \['TV'\], which are neither",
        ),
        (HEAD + ",5,,\n", r"Line 2: the column “names” is empty|Line 2: .*names \[''\]"),
        (
            HEAD + 'tv,"1,200",,money\n',
            r"Line 2: “1,200” in the column “minimum” may mean 1200 or 1\.2: no other.*Write 1200 or 1\.2\.",
        ),
        (HEAD + "tv,€5,,money\n", r"Line 2: “€5” .* signs of currency"),
        (HEAD + "tv,inf,,\n", r"Line 2: “inf” .* no finite number"),
        (HEAD + "tv,9,5,\n", r"Line 2: The minimum of 'tv' \(9\) exceeds its maximum \(5\)"),
        (HEAD + "tv; facebook,9,5,\n", r"Line 2: The minimum \(9\) exceeds the maximum \(5\)"),
        (HEAD + "tv,60,50,share %\n", r"Line 2: The minimum \(60 %\) exceeds the maximum \(50 %\)"),
        (
            HEAD + "tv,5,,pounds\n",
            r"Line 2: the unit “pounds” is unknown\. Write one of: money, change %",
        ),
        (HEAD + "tv,1,5,steps\n", r"Line 2: A limit in “steps” has its amount as the minimum, and no maximum"),
        (HEAD + "tv,-1,,money\n", r"Line 2: .*at least 0"),
        (HEAD + "tv,,120,share %\n", r"Line 2: .*at most 1"),
        (HEAD + "tv,1,,times\n", r"Line 2: “times” and the names it compares with go together"),
        (HEAD + "tv,1,,times,Metta\n", r"Line 2: the column “compared_with” names \['Metta'\]"),
        (HEAD + "tv; facebook,-5,,change %\n", r"Line 2: a change .* Give each name its own line"),
        (HEAD + "tv,5,,\ntv,,9,change %\n", r"Lines 2 and 3 both limit tv\. Keep one"),
        (HEAD + "Meta; facebook,5,,\n", r"Line 2: .*means \['facebook'\] twice"),
        (HEAD + "tv,5,,money,,x\n", r"Line 2 of 'limits.csv' has more fields than line 1 names columns \(5\)"),
        ("name,min\ntv,5\n", r"Missing: \['names', 'minimum', 'maximum'\]; unknown: \['name', 'min'\].*template"),
        ("names,names\n", r"Line 1 of 'limits.csv' names columns twice: \['names'\]"),
        ("\n \n", r"'limits.csv' is empty"),
    ],
)
def test_a_bad_line_is_named(text: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        read(text)


def test_a_change_needs_a_reference() -> None:
    table = read_table((HEAD + "tv,-5,5,change %\n").encode(), "x.csv")
    with pytest.raises(TableError, match=r"Line 2: .*reference spend, but that is unknown"):
        read_limit_lines(table, GROUPS, None)


def test_spreadsheets_of_many_countries_are_read() -> None:
    table = read_table("names;minimum;maximum\ntv;1,5;2\n".encode("utf-8-sig"), "x.csv")
    assert stated(read_limit_lines(table, GROUPS)) == [build.spend_bounds("tv", 1.5, 2)]
    assert read_table(b"a\tb\n1,5\t2\n", "x.txt").to_dict("records") == [{"a": "1,5", "b": "2"}]


def test_excel_cells_keep_their_meaning() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["names", "minimum", "maximum", "unit"], [], ["tv", 0.25, 0.5, "share %"], [7, None, 3]):
        sheet.append(row)
    for cell in sheet[3][1:3]:
        cell.number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)
    table = read_table(file.getvalue(), "x.xlsx")
    assert table.index.tolist() == [3, 4]
    lines = read_limit_lines(table, {**GROUPS, "7": ("7",)}, REFERENCE)
    assert stated(lines)[:2] == [build.group_min_ratio(["tv"], 0.25), build.group_max_ratio(["tv"], 0.5)]
    assert stated(lines)[2] == build.spend_bounds("7", None, 3)


def test_a_percentage_is_what_its_unit_means() -> None:
    text = "names;minimum;maximum;unit;compared_with\n"
    lines = read(text + "tv;50 %;150 %;times;Meta\nfacebook;-20%;30%;change %;\ninstagram; 12,5 %;40;share %;\n")
    assert stated(lines) == [
        build.ratio_between(["tv"], ["Meta"], min=0.5, max=1.5),
        build.change_bounds(["facebook"], -0.2, 0.3),
        build.group_min_ratio(["instagram"], 0.125),
        build.group_max_ratio(["instagram"], 0.4),
    ]
    with pytest.raises(TableError, match=r"Line 2: 50 % is a percentage, but the unit is money\. Write an amount, or"):
        read(text + "tv;50 %;;money;\n")


def test_thousands_of_europe_are_thousands_or_refused() -> None:
    text = "names;minimum;maximum\ntv;50.000;150.000\n"
    assert stated(read(text + "facebook;;120,5\n"))[0] == build.spend_bounds("tv", 50_000, 150_000)
    with pytest.raises(TableError, match=re.escape("Line 2: “50.000” in the column “minimum” may mean 50000 or 50")):
        read(text + "facebook;;120000\n")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_names_with_spaces_at_their_ends_are_read_back(form: str) -> None:
    groups = {"tv ": ("tv ",), " search": (" search",), "a\nb": ("a\nb",)}
    limits = [build.spend_bounds("tv ", 10, 50), build.group_max_ratio(["tv ", " search", "a\nb"], 0.4)]
    table = limit_lines(limits, list(groups))
    content = inert_csv(table).encode() if form == "csv" else write_table(table, "Limits")
    assert stated(read_limit_lines(read_table(content, "x"), groups)) == limits


def test_names_may_be_parted_by_line_breaks() -> None:
    (line,) = read('names,maximum,minimum,unit\n"tv\nfacebook",40,,share %\n')
    assert line.names == ("tv", "facebook")


def test_files_that_are_no_tables_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.txt", "x")
    for content, said in (
        (packed.getvalue(), "'x.xlsx' is no Excel file that can be read"),
        (b"PK\x03\x04 broken", "no Excel file that can be read"),
        (b"\xd0\xcf\x11\xe0 old", r"old kind \(\.xls\)"),
        (b"caf\xe9,b\n", "not written in UTF-8"),
        (b"a,b\n\0,1\n", "no text file"),
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "Line 2 of 'x.xlsx' cannot be read"),
    ):
        with pytest.raises(TableError, match=said):
            read_table(content, "x.xlsx")


def groups(text: str) -> dict[str, tuple[str, ...]]:
    return read_groups(text.encode(), "groups.yaml", ["facebook", "instagram", "tv", "1"])


def test_groups_are_read_from_yaml_and_json() -> None:
    wanted = {"Meta": ("facebook", "instagram"), "Rest": ("tv", "1")}
    assert groups("groups:\n  Meta: [facebook, instagram]\n  Rest:\n  - tv\n  - 1\n") == wanted
    document = {"groups": {name: list(members) for name, members in wanted.items()}}
    assert groups(json.dumps(document)) == wanted
    assert groups(json.dumps(document, indent="\t")) == wanted
    assert groups(groups_text(wanted)) == wanted


NAMED = st.text(min_size=1).filter(lambda name: name == name.strip() and name.isprintable())


@given(st.dictionaries(NAMED, st.none(), max_size=3, min_size=1))
def test_any_name_of_a_group_reads_back(names: dict[str, None]) -> None:
    channels = [f"channel {place}" for place in range(len(names))]
    made = {name: (channel,) for name, channel in zip(names, channels, strict=True)}
    assert read_groups(groups_text(made).encode(), "x", channels) == made


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_groups_are_read_in_every_encoding_and_but_for_unseen_spaces(encoding: str) -> None:
    text = "groups:\n  Köln: [tv, 'radio ']\n"
    assert read_groups(text.encode(encoding), "x", ["tv ", "radio"]) == {"Köln": ("tv ", "radio")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups:\n  Meta: [facebook, insta]\n", r"Line 2 of 'groups.yaml': group 'Meta' names 'insta', a channel the"),
        ("groups:\n  A: [tv]\n  B:\n  - tv\n", r"Line 4 .*: the channel 'tv' stands in line 2 as well"),
        ("groups:\n  A: [tv]\n  A: [facebook]\n", r"Line 3 .*: the group 'A' stands there a second time"),
        ("groups:\n  A: tv\n", r"Line 2 .*: group 'A' must list its channels"),
        ("groups:\n  A: []\n", r"Line 2 .*: group 'A' must list its channels"),
        ("groups:\n  A: [[tv]]\n", r"Line 2 .*: group 'A' names"),
        ("groups: [tv]\n", r"Line 1: “groups” in 'groups.yaml' must map names to values"),
        ("Meta: [facebook]\n", r"'groups.yaml' names \['Meta'\], but must hold one entry, “groups”"),
        ("groups:\n  A: [tv\n", r"Line \d of 'groups.yaml' is neither YAML nor JSON"),
        ("", r"'groups.yaml' is empty"),
        ("groups: {}\n", r"holds no groups"),
        ("groups:\n  tv: [facebook]\n", r"Group 'tv' bears the name of a channel"),
        ("groups:\n  '': [tv]\n", r"Line 2 .*: a group has no name"),
        ("groups:\n  A: !!python/object/apply:os.system [tv]\n  B: [x]", r"names 'x'"),
        ("[" * 100_000, r"Line 1 .*lists stand inside lists"),
        ("groups: " + "x" * 200_000, r"larger than 200 kB"),
    ],
)
def test_a_bad_group_file_is_refused_by_line(text: str, said: str) -> None:
    with pytest.raises(GroupingError, match=said):
        groups(text)


def test_a_plan_under_imported_limits_keeps_them() -> None:
    curves = root_curves([3.0, 1.0, 2.0])
    table = read_table(b"names,minimum,maximum\nc0,,20\nc1; c2,10,\n", "x.csv")
    lines = read_limit_lines(table, {name: (name,) for name in curves.channels}, curves.reference_spend)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=stated(lines))
    assert plan.spends["c0"] == pytest.approx(20.0)

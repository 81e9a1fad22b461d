"""A text that we wrote and that was cut is told from a whole one, at whatever letter it was cut."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.groups_file import groups_text, read_groups
from mmm_groups.numerics.labelled import by_name
from mmm_groups.tables.ends import with_ends
from mmm_groups.tables.formulas import inert_csv
from mmm_groups.tables.spreadsheet import read_table

CHANNELS = ["tv", "radio", "search"]
TABLE = pd.DataFrame({"names": ["tv", "radio"], "maximum": [100.0, 1250.5]})
CURVES = "channel,spend,response\ntv,0,0\ntv,50,21\ntv,100,30\n"


def curves_of(content: bytes, folder: Path) -> object:
    (folder / "f.csv").write_bytes(content)
    return by_name(open_curve_file(folder / "f.csv").curves.upper)


READERS: dict[str, tuple[str, Callable[[bytes, Path], object], object]] = {
    "a table": (
        with_ends(inert_csv(TABLE), "limits"),
        lambda content, _: read_table(content, "f.csv").reset_index(drop=True).to_dict("list"),
        {"names": ["tv", "radio"], "maximum": ["100", "1250.5"]},
    ),
    "groups": (
        groups_text({"Meta": ["tv", "radio"], "Own": ["search"]}),
        lambda content, _: read_groups(content, "f", CHANNELS),
        {"Meta": ("tv", "radio"), "Own": ("search",)},
    ),
    "curves": (with_ends(CURVES, "curves"), curves_of, {"tv": 100.0}),
}


@pytest.mark.parametrize("kind", READERS)
def test_every_cut_is_noticed_and_the_whole_text_is_read(kind: str, tmp_path: Path) -> None:
    text, read, wanted = READERS[kind]
    whole = text.encode()
    found = read(whole, tmp_path)
    assert str(found) == str(wanted) or found == wanted
    assert read(whole.replace(b"\n", b"\r\n"), tmp_path) == found
    # Of a shorter one there is no column, which whoever wants a column says.
    for length in range(whole.index(b"\n"), len(whole.rstrip())):
        with pytest.raises(MmmGroupsError):
            read(whole[:length], tmp_path)
    with pytest.raises(MmmGroupsError, match="was cut: by its first line it ends with the line “# end”"):
        read(whole[: whole.rindex(b"# end")], tmp_path)


def test_tables_of_others_need_no_end_and_may_have_one(tmp_path: Path) -> None:
    assert curves_of(CURVES.encode(), tmp_path) == curves_of(f"{CURVES}# end".encode(), tmp_path) == {"tv": 100.0}
    assert len(read_table(b"names,maximum\ntv,5\n# end\n", "f.csv")) == 1
    with pytest.raises(mg.MmmGroupsError, match=r"Line 4 of .* stands below the line “# end”"):
        read_table(b"names,maximum\ntv,5\n# end\nradio,3\n", "f.csv")
    excel = b"# mmm_groups limits: a whole file ends with the line # end;\r\nnames;maximum\r\ntv;5\r\n# end;\r\n"
    assert list(read_table(excel, "f.csv")["names"]) == ["tv"]  # as Excel saves it again

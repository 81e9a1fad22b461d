"""Curves out of a CSV: what is read, and which line a refusal names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reference import interpolated

import mmm_groups as mg
from mmm_groups.curves.other_tools.csv import csv_fields
from mmm_groups.errors import CurveFileError, CurvesError

HEAD = "channel,spend,response"


def opened(*lines: str) -> mg.ResponseCurves:
    return mg.ResponseCurves.from_arrays(**csv_fields("\n".join(lines).encode(), "ours.csv"))


def test_a_mean_curve() -> None:
    curves = opened(HEAD, "tv,0,0", "tv,100,5", "tv,200,8", "radio,0,0", "radio,50,4", "radio,60,4.5")
    assert curves.channels == ("tv", "radio")
    assert curves.draws == 1
    assert not curves.has_draws
    assert not curves.has_reference
    assert curves.target == "response"
    assert curves.origin.notes == ()
    assert curves.response_at({"tv": 150.0, "radio": 25.0}).values.tolist() == [[6.5, 2.0]]


def test_lines_may_stand_in_any_order_with_row_numbers_and_spaces() -> None:
    lines = ['"",channel , Spend,response', "1, tv,200,8", "2,tv ,0,0", "", "3,tv,100,5", "", ""]
    assert opened(*lines).response_at({"tv": 150.0}).item() == 6.5


def test_draws_keep_their_labels_across_channels() -> None:
    curves = opened(
        f"{HEAD},draw", "tv,0,0,a", "tv,9,1,a", "tv,0,0,b", "tv,9,2,b", "fm,0,0,b", "fm,9,20,b", "fm,0,0,a", "fm,9,10,a"
    )
    assert curves.has_draws
    # Draw a is the first of both channels, though the file names b first for fm.
    assert curves.response_at({"tv": 9.0, "fm": 9.0}).values.tolist() == [[1, 10], [2, 20]]


def test_mean_with_interval_reference_and_name_of_the_outcome() -> None:
    head = f"{HEAD},response_low,response_high,interval,reference_spend,target"
    curves = opened(head, "tv,0,0,0,0,0.9,120,sales", "tv,100,5,4,7,0.9,120,sales", "tv,200,8,6,12,0.9,120,sales")
    assert curves.target == "sales"
    assert curves.reference_spend.to_dict() == {"tv": 120.0}
    assert curves.band is not None
    assert curves.band.mass == 0.9
    low, high = curves.band_along("tv", np.array([50.0, 150.0]))
    assert (low.tolist(), high.tolist()) == ([2, 5], [3.5, 9.5])
    assert np.isnan(curves.largest_spend["tv"])  # one amount says nothing about the most that was ever spent


def test_a_missing_zero_point_is_added_and_told() -> None:
    curves = opened(HEAD, "tv,100,5", "tv,200,8", "radio,0,0", "radio,60,4.5")
    assert curves.response_at({"tv": 50.0, "radio": 0.0}).values.tolist() == [[2.5, 0]]
    (note,) = curves.origin.notes
    assert note.startswith("No point at zero spend is given for tv. ")
    assert "at most 50% of a curve" in note


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 1000), st.floats(-50, 50)), min_size=2, max_size=9, unique_by=lambda p: p[0]),
        min_size=1,
        max_size=4,
    ),
    st.randoms(),
)
def test_every_curve_is_the_line_through_its_points(curves: list[list[tuple[int, float]]], random: object) -> None:
    lines = [f"c{i},{spend},{response!r}" for i, points in enumerate(curves) for spend, response in points]
    order = sorted(range(len(lines)), key=lambda _: random.random())  # type: ignore[attr-defined]
    made = opened(HEAD, *(lines[k] for k in order))
    for i, points in enumerate(curves):
        ends, values = zip(*sorted([(0, 0.0), *points]), strict=True)
        for at in np.linspace(0, ends[-1], 7):
            expected = interpolated(min(float(at), ends[-1]), ends, values)
            found = float(made.draws_along(f"c{i}", np.array([at]))[0, 0])
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([""], "is empty"),
        ([HEAD], "no lines below"),
        (["channel\tspend\tresponse"], "no lines below"),
        (["channel,spend"], r"Missing: \['response'\]; unknown: \[\]"),
        ([f"{HEAD},geo", "tv,0,0,US"], r"Missing: \[\]; unknown: \['geo'\]"),
        (["channel,spend,spend,response", "tv,0,0,0"], "A column of 'ours.csv' stands twice"),
        (["channel,spend,response,Spend", "tv,0,0,0"], "stands twice"),
        ([HEAD, "tv,0,0", "tv,1"], r"line 3: the response of 'tv' is ''"),
        ([HEAD, "tv,0,0", "tv,1,2,3"], r"line 3: it has more fields than line 1 names columns \(3\)"),
        ([HEAD, "tv,0,0", "", "tv,1,2,3,4,5"], r"line 4: it has more fields than line 1 names columns \(3\)"),
        ([HEAD, "1,tv,0,0", "2,tv,1,2"], r"line 2: it has more fields than line 1 names columns \(3\)"),
        ([HEAD, "1,1,tv,0,0", "2,2,tv,1,2"], "have more fields than line 1 names columns"),
        ([HEAD, "tv,0,0", "tv,abc,1"], "line 3: the spend of 'tv' is 'abc', which is no number"),
        ([HEAD, "tv,0,0", 'tv,"1,000",1'], "line 3: the spend “1,000” of 'tv' may mean 1000 or 1: no other"),
        ([HEAD, "tv,0,0", "tv,9,5.125"], "line 3: the response “5.125” of 'tv' may mean 5125 or 5.1250"),
        ([HEAD, "tv,0,0", "tv,9,50 %"], "line 3: the response of 'tv' is '50 %', which is no number"),
        ([HEAD, "tv,0,0", "", "tv,10,nan"], "line 4: the response of 'tv' is 'nan'"),
        ([HEAD, "tv,0,0", "tv,inf,1"], "line 3: the spend of 'tv' is 'inf'"),
        ([HEAD, "tv,0,0", "tv,-5,1"], "line 3: the spend of 'tv' is -5; it must be at least 0"),
        ([HEAD, "tv,0,0", ",5,1"], "line 3: the channel has no name"),
        ([HEAD, "tv,0,3", "tv,5,4"], "line 2: the response of 'tv' at zero spend is 3.*subtract"),
        ([HEAD, "tv,0,0", "tv,5,4", "tv,5.0,4"], r"line 4: 'tv' has the spend 5 a second time \(first in line 3\)"),
        ([HEAD, "tv,0,0", "tv,5,4", "fm,9,1"], r"curve of 'fm'.*has one point \(line 4\)"),
        ([f"{HEAD},draw", "tv,0,0,1", "tv,5,4,"], "line 3: the line of 'tv' names no draw"),
        (
            [f"{HEAD},draw", "tv,0,0,1", "tv,5,4,1", "tv,0,0,2", "tv,6,4,2"],
            r"Draw '2' of 'tv'.*no line at the spend 5, other draws do \(line 3\)",
        ),
        (
            [f"{HEAD},draw", "tv,0,0,1", "tv,5,4,1", "fm,0,0,2", "fm,6,4,2"],
            "A draw of other channels of 'tv'.*the same draws",
        ),
        ([f"{HEAD},interval", "tv,0,0,0.9"], "says what an interval holds, but has none"),
        ([f"{HEAD},response_low", "tv,0,0,0"], "one end of an interval"),
        ([f"{HEAD},response_low,response_high,draw", "tv,0,0,0,0,1"], "has draws and an interval"),
        (
            [f"{HEAD},response_low,response_high", "tv,0,0,0,0", "tv,9,3,4,2"],
            "line 3: the interval of 'tv' is turned round: it goes from 4 to 2",
        ),
        (
            [f"{HEAD},response_low,response_high,interval", "tv,0,0,0,0,90", "tv,9,3,2,4,90"],
            "probability of 90; it must lie between 0 and 1",
        ),
        ([f"{HEAD},target", "tv,0,0,sales", "tv,9,3,kpi"], "line 2 has 'sales', line 3 'kpi'"),
        ([f"{HEAD},reference_spend", "tv,0,0,5", "tv,9,3,6"], "line 3: the reference_spend of 'tv' must be one amount"),
        ([f"{HEAD},reference_spend", "tv,0,0,5", "tv,9,3,"], "line 3: the reference_spend of 'tv' must be one amount"),
        ([f"{HEAD},reference_spend", "tv,0,0,-5", "tv,9,3,-5"], "line 2: the reference_spend of 'tv'"),
    ],
)
def test_bad_files_are_refused_with_their_line(lines: list[str], words: str) -> None:
    with pytest.raises(CurvesError, match=words):
        opened(*lines)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"c\0h\0", "is no text file"),
        (b"\xff\xfec\0h\0", r"unknown: \['ch'\]"),
        (f"{HEAD}\nM\xfcnchen,0,0\n".encode("latin-1"), "not written in UTF-8"),
        (b"channel,spend,response\n" + b'"tv,0,0\n' * 5, "cannot be read as a table"),
        (b"channel,spend,response\n" + b"\n" * 3_000_001, "more than 3,000,000 lines"),
    ],
)
def test_bytes_that_are_no_table_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(CurveFileError, match=words):
        csv_fields(content, "ours.csv")


def test_a_blank_reference_is_an_unknown_one() -> None:
    assert not opened(f"{HEAD},reference_spend", "tv,0,0,", "tv,9,3,").has_reference


def test_excels_utf8_is_read() -> None:
    content = b"\xef\xbb\xbf" + f"{HEAD}\r\nKöln,0,0\r\nKöln,9,3\r\n".encode()
    assert csv_fields(content, "ours.csv")["channels"] == ["Köln"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "sep=;\nchannel;spend;response;response_low;response_high;interval\ntv;0;0;0;0;0,9\n"
            "tv;1.250;5,5;4;7;0,9\ntv;1.234.567;8;6;9,25;0,9\n",
            "The file was read with semicolons between its fields, and with a comma before decimals, as "
            "“1.234.567” in line 5 shows.",
        ),
        (
            "Curves of our tool\n\nchannel\tspend\tresponse\tresponse_low\tresponse_high\tinterval\n"
            "tv\t0\t0\t0\t0\t90%\ntv\t1,250\t5.5\t4\t7\t90%\ntv\t1,234,567\t8\t6\t9.25\t90%\n",
            "The file was read with tabs between its fields.",
        ),
    ],
    ids=["as write.csv2", "tabs below a title"],
)
def test_other_separators_and_marks_mean_the_same(text: str, note: str, encoding: str) -> None:
    curves = mg.ResponseCurves.from_arrays(**csv_fields(text.encode(encoding), "ours.csv"))
    assert curves.spend.values.tolist() == [[0, 1250, 1_234_567]]
    assert curves.response.values.tolist() == [[[0, 5.5, 8]]]
    assert curves.band is not None
    assert (curves.band.high.tolist(), curves.band.mass) == ([[0, 7, 9.25]], 0.9)
    assert curves.origin.notes == (note,)


def test_many_lines_are_read(tmp_path: Path) -> None:
    draws, channels, points = 200, 20, 50
    grid = np.linspace(0, 100, points)
    frame = pd.MultiIndex.from_product(
        [range(draws), [f"c{i}" for i in range(channels)], grid], names=["draw", "channel", "spend"]
    ).to_frame(index=False)
    frame["response"] = np.sqrt(frame["spend"]) * (1 + 0.01 * frame["draw"])
    path = tmp_path / "many.csv"
    frame.to_csv(path, index=False)
    curves = mg.open_curves(path)
    assert dict(curves.response.sizes) == {"draw": draws, "channel": channels, "point": points}
    np.testing.assert_allclose(curves.response.values[3, 7], 1.03 * np.sqrt(grid), rtol=1e-12)


def test_too_many_channels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("\n".join([HEAD, *(f"c{i},{spend},{spend}" for i in range(501) for spend in (0, 1))]))
    with pytest.raises(CurvesError, match="501 in the dim 'channel'; at most 500"):
        mg.open_curves(path)


def test_a_reference_beyond_the_curve_and_a_name_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(f"{HEAD},reference_spend\ntv,0,0,12\ntv,9,3,12\n")
    with pytest.raises(CurveFileError, match=r"reference spend of 'tv' in 'ours\.csv' is 12, but its curve ends at 9"):
        mg.open_curves(path)
    path.write_text(f"{HEAD}\n{'x' * 201},0,0\n{'x' * 201},9,3\n")
    with pytest.raises(CurveFileError, match="longer than 200 letters"):
        mg.open_curves(path)

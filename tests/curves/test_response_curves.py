"""Curves as values: what they refuse, read, mark and store."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves
from support.reference import interpolated

import mmm_groups as mg
from mmm_groups.curves.cache import cache_folder, cached_curves
from mmm_groups.errors import CurvesError

SPEND = [[0.0, 10, 20], [0.0, 5, 30]]
RESPONSE = [[[0.0, 2, 3], [0.0, 1, 4]], [[0.0, 4, 6], [0.0, 2, 8]]]
KEPT_AS = "c0ffee" * 10 + "c0de"


def curves(**changes: object) -> mg.ResponseCurves:
    given = {"channels": ["a", "b"], "spend": SPEND, "response": RESPONSE} | changes
    return mg.ResponseCurves.from_arrays(**given)  # type: ignore[arg-type]


def test_dims_and_labels() -> None:
    made = curves()
    assert made.spend.dims == ("channel", "point")
    assert made.response.dims == ("draw", "channel", "point")
    found = made.response_at({"b": 5.0, "a": 15.0})
    assert found.dims == ("draw", "channel")
    np.testing.assert_allclose(found.sel(channel="a"), [2.5, 5])
    np.testing.assert_allclose(found.sel(channel="b"), [1, 2])


NEGATIVE = pd.DataFrame({"a": [1.0, -1.0], "b": 1.0}, index=pd.date_range("2025-01-06", periods=2, freq="W-MON"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channels": ["a", "a"]}, "unique.*'a'"),
        ({"channels": ["a", " "]}, "has no name"),
        ({"channels": ["a"]}, "1 channel names.*2 channels"),
        ({"spend": [0.0, 1.0]}, r"shape \(channel, point\)"),
        ({"spend": [[0.0, 10, 20], [0.0, 30, 5]]}, "points of 'b' must begin with 0 and rise"),
        ({"spend": [[1.0, 10, 20], [0.0, 5, 30]]}, "points of 'a' must begin with 0"),
        ({"response": np.full((2, 2, 3), np.nan)}, "curve of 'a' holds NaN"),
        ({"response": np.ones((2, 2, 3))}, "'a' is not 0 at zero spend.*Subtract"),
        ({"historical_spend": pd.DataFrame({"a": [1.0], "c": [1.0]})}, r"Unknown: \['c'\]; missing: \['b'\]"),
        ({"historical_spend": NEGATIVE}, r"\['a'\] holds gaps or negative"),
        ({"historical_spend": pd.DataFrame({"a": [1.0], "b": [1.0]})}, "rows of the historical spend must be dates"),
        ({"spend": [[0, 1], [0]]}, "array of numbers"),
        ({"response": [["0", "x"]]}, "array of numbers"),
    ],
)
def test_malformed_curves_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(CurvesError, match=words):
        curves(**changes)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"a": 1.0}, r"missing: \['b'\]"),
        ({"a": 1.0, "b": 1.0, "tv": 2.0}, r"Unknown: \['tv'\]"),
        ({"a": float("nan"), "b": 1.0}, "'a' is nan"),
        ({"a": -1.0, "b": 1.0}, "'a' is -1.0"),
        ({"a": 21.0, "b": 1.0}, "'a' is 21, but its curve ends at 20"),
    ],
)
def test_plans_outside_the_curves_are_refused(plan: dict[str, float], words: str) -> None:
    with pytest.raises(CurvesError, match=words):
        curves().response_at(plan)


def test_mroi_of_a_square_root() -> None:
    made = root_curves([3.0, 1.0])
    found = made.mroi_at({"c0": 25.0, "c1": 64.0})
    np.testing.assert_allclose(found, [3 / (2 * 5), 1 / (2 * 8)], rtol=1e-3)


def test_the_mean_is_over_draws() -> None:
    made = curves()
    np.testing.assert_allclose(made.mean, [[0, 3, 4.5], [0, 1.5, 6]])
    assert interpolated(15, SPEND[0], made.mean[0]) == pytest.approx(
        float(made.response_at({"a": 15, "b": 0}).sel(channel="a").mean())
    )


def test_reference_and_largest_window() -> None:
    history = pd.DataFrame(
        {"a": [5.0, 9, 1, 1], "b": [0.0, 0, 0, 2]}, index=pd.date_range("2025-01-06", periods=4, freq="W-MON")
    )
    made = curves(historical_spend=history.iloc[[2, 0, 3, 1]], periods=2)
    assert made.reference_spend.to_dict() == {"a": 2.0, "b": 2.0}
    assert made.largest_spend.to_dict() == {"a": 14.0, "b": 2.0}
    assert made.extrapolated({"a": 14.0, "b": 2.1}).to_dict() == {"a": False, "b": True}


def test_without_history_nothing_is_called_extrapolated() -> None:
    assert not curves().extrapolated({"a": 20.0, "b": 30.0}).any()


def test_curves_are_stored_and_read_back(tmp_path: Path, demo_curves: mg.ResponseCurves) -> None:
    path = tmp_path / "folder" / "curves.nc"
    demo_curves.save(path)
    again = mg.ResponseCurves.open(path)
    assert (again.response.values == demo_curves.response.values).all()
    assert (again.spend.values == demo_curves.spend.values).all()
    assert (again.channels, again.origin) == (demo_curves.channels, demo_curves.origin)
    pd.testing.assert_frame_equal(again.historical_spend, demo_curves.historical_spend, check_names=False)
    assert list(path.parent.iterdir()) == [path]


def test_other_files_are_no_curves(tmp_path: Path) -> None:
    (tmp_path / "text.nc").write_text("no")
    with pytest.raises(CurvesError, match="cannot be read as a curve file"):
        mg.ResponseCurves.open(tmp_path / "text.nc")
    with pytest.raises(CurvesError, match="holds no response curves"):
        mg.ResponseCurves.open(mg.DEMO_MODEL)


def test_a_curve_is_never_read_beyond_its_end() -> None:
    with pytest.raises(CurvesError, match="curve of 'a' ends at 20, but is asked for 21"):
        curves().draws_along("a", np.array([1.0, 21.0]))


def test_curves_that_an_earlier_version_kept_are_found() -> None:
    kept = Path(__file__).parent / "forms" / "cached_curves.nc"  # by commit e974040
    folder = cache_folder()
    folder.mkdir(parents=True)
    shutil.copy(kept, folder / f"{KEPT_AS}.nc")
    found = cached_curves(KEPT_AS)
    assert found is not None
    assert found.channels == ("a", "b")
    assert found.reference_spend.to_dict() == {"a": 20.0, "b": 10.0}
    response = found.response_at({"a": 25.0, "b": 4.0}).mean("draw")
    assert response.to_numpy() == pytest.approx([15.0, 2.0], rel=0.01)

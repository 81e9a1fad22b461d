"""Files of curves: recognised by their content, read as data, refused with a reason."""

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import is_curve_file, open_curve_file
from mmm_groups.curves.planning_source import open_source
from mmm_groups.errors import CurveFileError, CurvesError, ModelFileError
from mmm_groups.numerics.labelled import by_name

DATA = Path(__file__).parent / "data"
Change = Callable[[h5py.File], None]


def bare() -> xr.Dataset:
    """The least that somebody else must write."""
    spend = [[0.0, 10, 20], [0.0, 5, 30]]
    return xr.Dataset(
        {"spend": (("channel", "point"), spend), "response": (("channel", "point"), [[0.0, 2, 3], [0.0, 1, 4]])},
        coords={"channel": ["a", "b"]},
    )


def meridian(multipliers: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5)) -> xr.Dataset:
    """What Meridian's `Analyzer.response_curves()` returns, with outcomes that a hand can check."""
    by = np.array(multipliers)
    spend = by[:, None] * np.array([200.0, 50.0])
    mean = np.sqrt(spend)
    return xr.Dataset(
        {
            "spend": (["spend_multiplier", "channel"], spend),
            "incremental_outcome": (
                ["spend_multiplier", "channel", "metric"],
                np.stack([mean, 0.8 * mean, 1.3 * mean], axis=-1),
            ),
        },
        coords={"channel": ["tv", "radio"], "metric": ["mean", "ci_lo", "ci_hi"], "spend_multiplier": by},
        attrs={"confidence_level": 0.9},
    )


def written(data: xr.Dataset, path: Path, engine: str = "h5netcdf") -> Path:
    data.to_netcdf(path, engine=engine)  # type: ignore[call-overload]
    return path


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Change], Path]:
    """Curves as we save them, with something changed in the file."""

    def make(change: Change) -> Path:
        path = tmp_path / "changed.nc"
        root_curves([3.0, 1.0]).save(path)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return make


# Our own format


def test_saved_curves_open_again(tmp_path: Path, demo_curves: mg.ResponseCurves) -> None:
    demo_curves.save(tmp_path / "curves.nc")
    opened = open_curve_file(tmp_path / "curves.nc")
    assert (opened.origin, opened.name, opened.target) == ("netCDF", "curves", "sales")
    assert opened.horizon == demo_curves.horizon
    assert opened.frequency == "W-MON"
    np.testing.assert_array_equal(opened.curves.response, demo_curves.response)
    pd.testing.assert_series_equal(opened.curves.reference_spend, demo_curves.reference_spend)


def test_a_file_cannot_pass_for_the_curves_of_a_model(tmp_path: Path, demo_curves: mg.ResponseCurves) -> None:
    demo_curves.save(tmp_path / "curves.nc")
    found = mg.open_curves(tmp_path / "curves.nc").origin.fingerprint
    assert len(found) == 64
    # What the file says of itself would poison caches that sessions share.
    assert found != demo_curves.origin.fingerprint


def test_the_fingerprint_is_that_of_the_content(tmp_path: Path) -> None:
    one, two = written(bare(), tmp_path / "one.nc"), tmp_path / "two.nc"
    shutil.copy(one, two)
    other = written(bare() * 2, tmp_path / "other.nc")
    first, again, foreign = (mg.open_curves(path).origin.fingerprint for path in (one, two, other))
    assert first == again != foreign


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_spend_and_response_are_enough(tmp_path: Path, engine: str) -> None:
    curves = mg.open_curves(written(bare(), tmp_path / "bare.nc", engine))
    assert (curves.channels, curves.target, curves.horizon) == (("a", "b"), "response", None)
    assert not curves.has_draws
    assert not curves.has_reference
    assert curves.response_at({"a": 15.0, "b": 5.0}).values.tolist() == [[2.5, 1.0]]


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_everything_optional_is_read_in_any_order_of_dims(tmp_path: Path, engine: str) -> None:
    data = bare().transpose()
    data["response"] = data["response"].expand_dims(draw=4, axis=1)
    dates = pd.date_range("2025-01-06", periods=3, freq="W-MON")
    history = [[1.0, 4], [2.0, 5], [3.0, 6]]
    data["historical_spend"] = xr.DataArray(history, {"date": dates, "channel": ["a", "b"]})
    data.attrs = {"target": "sales", "periods": 2, "start": "2026-01-05", "end": "2026-01-12", "frequency": "W-MON"}
    data.attrs |= {"notes": "Made by hand."}
    curves = mg.open_curves(written(data, tmp_path / "all.nc", engine))
    assert dict(curves.response.sizes) == {"draw": 4, "channel": 2, "point": 3}
    assert curves.reference_spend.to_dict() == {"a": 5.0, "b": 11.0}
    assert curves.largest_spend.to_dict() == {"a": 5.0, "b": 11.0}
    assert str(curves.horizon) == "2026-01-05 to 2026-01-12"
    assert (curves.target, curves.periods, curves.origin.notes) == ("sales", 2, ("Made by hand.",))


def test_band_and_reference_make_the_round_trip(tmp_path: Path) -> None:
    spend, mean = bare()["spend"].values, bare()["response"].values
    made = mg.ResponseCurves.from_arrays(
        ["a", "b"], spend, mean, reference={"b": 7.0, "a": 3.0}, band=mg.Band(0.5 * mean, 2 * mean, 0.8)
    )
    made.save(tmp_path / "curves.nc")
    again = mg.open_curves(tmp_path / "curves.nc")
    assert again.reference_spend.to_dict() == {"a": 3.0, "b": 7.0}
    assert again.band is not None
    assert again.band.mass == 0.8
    np.testing.assert_array_equal(again.band.low, 0.5 * mean)
    np.testing.assert_array_equal(again.band.high, 2 * mean)


def without(*names: str) -> Callable[[xr.Dataset], xr.Dataset]:
    return lambda data: data.drop_vars(names)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("response"), r"holds no response curves.*\['spend', 'response'\]"),
        (without("channel"), "does not name its channels"),
        (lambda data: data.rename(point="level"), r"'spend' of 'bad.nc' has the dims \('channel', 'level'\)"),
        (lambda data: data.assign(spend=data.spend.astype(str)), "'spend' of 'bad.nc' does not hold numbers"),
        (lambda data: data.isel(point=[2, 0, 1]), "points of 'a' must begin with 0 and rise.*begin with the point"),
        (lambda data: data.isel(point=[0, 1, 1]), "points of 'a' must begin with 0 and rise"),
        (lambda data: data.isel(point=[1, 2]), "points of 'a' must begin with 0.*they go from 10 to 20"),
        (lambda data: data.where(data.response != 3), "curve of 'a' holds NaN"),
        (lambda data: data.assign_coords(channel=["a", "a"]), r"given twice: \['a'\]"),
        (lambda data: data.assign(response_low=data.response), "has 'response_low' alone"),
        (
            lambda data: data.assign(response_low=2 * data.response, response_high=data.response),
            "interval of 'a' is turned round at the spend 10",
        ),
        (
            lambda data: data.assign(
                response=data.response.expand_dims(draw=2), response_low=data.response, response_high=data.response
            ),
            "Leave the given interval out",
        ),
        (lambda data: data.assign(reference_spend=("channel", [1.0, -1.0])), r"reference spend of \['b'\]"),
        (
            lambda data: data.assign(historical_spend=(("date", "channel"), [[1.0, 2]])),
            "'historical_spend' of 'bad.nc' has no dates",
        ),
        (lambda data: data.assign_attrs(periods=1.5), "'periods' of 'bad.nc' is 1.5; it must be a whole number"),
        (lambda data: data.assign_attrs(periods="many"), "'periods' of 'bad.nc' is 'many'; it must be one number"),
        (lambda data: data.assign_attrs(start="2026-01-05"), r"needs the attributes.*it has \['start'\]"),
        (
            lambda data: data.assign_attrs(start="tomorrow", end="2026-01-05", frequency="D"),
            "window of 'bad.nc' cannot be read: tomorrow to",
        ),
        (
            lambda data: data.assign_attrs(start="05.01.2026", end="30.03.2026", frequency="W-MON"),
            "window of 'bad.nc' cannot be read: 05.01.2026 to.*Dates look like 2026-01-05",
        ),
        (
            lambda data: data.assign_attrs(start="1700-01-01", end="2200-01-01", frequency="ns"),
            "window of 'bad.nc' cannot be read",
        ),
        (
            lambda data: data.assign_attrs(start="2026-01-06", end="2026-01-07", frequency="W-MON"),
            "window of 'bad.nc' holds no date",
        ),
    ],
)
def test_malformed_datasets_are_refused(tmp_path: Path, change: Callable[[xr.Dataset], xr.Dataset], words: str) -> None:
    with pytest.raises(CurvesError, match=words):
        mg.open_curves(written(change(bare()), tmp_path / "bad.nc"))


def test_history_and_reference_together_are_refused() -> None:
    history = pd.DataFrame({"a": [1.0]}, index=pd.to_datetime(["2025-01-06"]))
    with pytest.raises(CurvesError, match="not both"):
        mg.ResponseCurves.from_arrays(["a"], [[0, 1]], [[0, 1]], history, reference={"a": 1.0})


# Meridian


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_meridians_dataset_opens_as_it_is(tmp_path: Path, engine: str) -> None:
    opened = open_curve_file(written(meridian(), tmp_path / "meridian.nc", engine))
    curves = opened.curves
    assert opened.origin == "Meridian"
    assert curves.channels == ("tv", "radio")
    assert not curves.has_draws
    assert curves.reference_spend.to_dict() == {"tv": 200.0, "radio": 50.0}
    assert curves.band is not None
    assert curves.band.mass == 0.9
    found = curves.response_at({"tv": 200.0, "radio": 25.0})
    np.testing.assert_allclose(found.values[0], [np.sqrt(200), 5])
    low, high = curves.band_along("radio", np.array([25.0]))
    np.testing.assert_allclose([low[0], high[0]], [4.0, 6.5])
    assert "cover the dates that were selected there" in curves.origin.notes[0]


def test_meridians_median_and_order_do_not_matter(tmp_path: Path) -> None:
    plain, turned = meridian(), meridian((1.5, 0.0, 1.0, 0.5))
    labels = {"metric": ["median"]}
    median = turned["incremental_outcome"].sel(metric=["mean"]).assign_coords(labels) * 0 - 1
    both = xr.concat([median, turned["incremental_outcome"]], "metric")
    turned = xr.Dataset({"spend": turned["spend"], "incremental_outcome": both}, attrs=turned.attrs).transpose()
    one = mg.open_curves(written(plain, tmp_path / "one.nc"))
    two = mg.open_curves(written(turned, tmp_path / "two.nc"))
    np.testing.assert_array_equal(one.response, two.response)
    assert one.band is not None
    assert two.band is not None
    np.testing.assert_array_equal(one.band.high, two.band.high)


def test_meridians_curves_without_a_zero_point_get_one_and_say_so(tmp_path: Path) -> None:
    curves = mg.open_curves(written(meridian((0.5, 1.0, 2.0)), tmp_path / "late.nc"))
    assert curves.response_at({"tv": 50.0, "radio": 0.0}).values[0].tolist() == pytest.approx([np.sqrt(100) / 2, 0])
    assert curves.reference_spend["tv"] == 200.0
    assert "begin at 50% of the reference spend" in curves.origin.notes[-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("spend"), "'spend' is missing"),
        (lambda data: data.isel(metric=0, drop=True), r"'incremental_outcome' is \('spend_multiplier', 'channel'\)"),
        (without("channel"), "does not name its 'channel'"),
        (lambda data: data.isel(metric=[0, 1]), r"lacks the metrics \['ci_hi'\]"),
        (lambda data: data.isel(spend_multiplier=[0]), "at least two"),
        (lambda data: data.isel(spend_multiplier=[0, 1, 1]), "each once"),
        (lambda data: data.assign(spend=data.spend * [1, 0]), r"no curve for \['radio'\]: nothing was spent"),
        (
            lambda data: data.assign(spend=data.spend + np.array([0, 1])),
            "spend of 'radio' in 'bad.nc' is not proportional",
        ),
        (lambda data: data.where(data.spend_multiplier != 1), "proportional|NaN"),
        (lambda data: data.assign_attrs(confidence_level=90.0), "probability of 90"),
    ],
)
def test_other_structures_of_meridian_are_refused(
    tmp_path: Path, change: Callable[[xr.Dataset], xr.Dataset], words: str
) -> None:
    with pytest.raises(CurvesError, match=words):
        mg.open_curves(written(change(meridian()), tmp_path / "bad.nc"))


@pytest.mark.parametrize("file", sorted(DATA.glob("meridian_*.nc")), ids=lambda file: file.stem)
def test_files_that_meridian_itself_wrote_open(file: Path) -> None:
    """Written by Meridian 2.1.0 from a small model (see tests/curves/data/README.md), with both of xarray's writers."""
    opened = open_curve_file(file)
    data = xr.load_dataset(file)
    assert opened.origin == "Meridian"
    assert opened.channels == ("ch_0", "ch_1", "ch_2", "rf_ch_0")
    today = data.isel(spend_multiplier=int(np.abs(data["spend_multiplier"].values - 1).argmin()))
    found = opened.curves.response_at(by_name(opened.curves.reference_spend))
    np.testing.assert_allclose(found[0], today["incremental_outcome"].sel(metric="mean"), rtol=1e-6)
    np.testing.assert_allclose(opened.curves.reference_spend, today["spend"], rtol=1e-6)


# Files that mean harm, or were harmed


def declare(file: h5py.File) -> None:
    file.create_dataset("huge", shape=(10**6, 10**5), dtype="f8", chunks=(1000, 1000))


def borrow(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/elsewhere.h5", "secret", shape=(3,))
    file.create_virtual_dataset("borrowed", layout)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda file: file.__setitem__("away", h5py.ExternalLink("/etc/x.h5", "/")),
            "links to something else at 'away'",
        ),
        (lambda file: file.__setitem__("alias", h5py.SoftLink("/spend")), "links to something else at 'alias'"),
        (lambda file: file.create_group("a").__setitem__("b", file["/"]), "holds 'a/b' a second time"),
        (lambda file: file.__setitem__("twin", file["spend"]), "a second time"),
        (
            lambda file: file.create_dataset("raw", (3,), dtype="f8", external=[("/etc/hostname", 0, 24)]),
            "keeps 'raw' in another file",
        ),
        (borrow, "keeps 'borrowed' in another file"),
        (declare, "says that it holds 100000000000 "),
    ],
)
def test_files_that_lead_out_or_claim_too_much_are_refused(
    changed: Callable[[Change], Path], change: Change, words: str
) -> None:
    with pytest.raises(CurveFileError, match=words):
        mg.open_curves(changed(change))


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(tmp_path: Path, engine: str, kept: float) -> None:
    path = written(meridian(), tmp_path / "half.nc", engine)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(CurveFileError, match=r"half\.nc.*truncated or damaged"):
        mg.open_curves(path)


@pytest.mark.process
@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_damaged_bytes_never_end_in_another_error(tmp_path: Path, engine: str) -> None:
    path = written(meridian(), tmp_path / "odd.nc", engine)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in rng.integers(8, len(whole), 12):
            damaged[place] = int(rng.integers(0, 256))
        path.write_bytes(bytes(damaged))
        try:
            mg.open_curves(path)
        except CurvesError:
            continue  # refused in words; damage in a number can also go unseen


def test_a_netcdf3_header_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    path = written(meridian(), tmp_path / "big.nc", "scipy")
    content = path.read_bytes()
    name = content.index(b"spend_multiplier") + 16
    path.write_bytes(content[:name] + (2**31 - 1).to_bytes(4, "big") + content[name + 4 :])
    with pytest.raises(CurveFileError, match=r"big\.nc.*(truncated or damaged|at most)"):
        mg.open_curves(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), (b"", "is empty"), (b"CDF\x05" + bytes(40), "64-bit sizes. Save it as netCDF-4")],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "curves.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CurveFileError, match=words):
        mg.open_curves(path)


def test_other_netcdf_files_are_refused(tmp_path: Path) -> None:
    path = written(xr.Dataset({"sst": ("time", [1.0, 2])}), tmp_path / "ocean.nc")
    with pytest.raises(CurveFileError, match=r"neither ours.*nor Meridian's"):
        mg.open_curves(path)
    with pytest.raises(CurveFileError, match=r"neither ours.*nor Meridian's"):
        mg.open_curves(mg.DEMO_MODEL)


def test_too_large_files_are_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(500_000_001)
    with pytest.raises(CurveFileError, match="has 500 MB, more than 500"):
        mg.open_curves(path)


# A model or curves?


def test_models_and_curves_are_told_apart_by_content(tmp_path: Path) -> None:
    assert isinstance(open_source(mg.DEMO_MODEL), mg.FittedModel)
    for path in (
        written(meridian(), tmp_path / "hdf5.nc"),
        written(meridian(), tmp_path / "classic.nc", "scipy"),
        written(bare(), tmp_path / "ours.nc"),
    ):
        assert is_curve_file(path)
        assert open_source(path).channels in (("tv", "radio"), ("a", "b"))
    (tmp_path / "list.csv").write_text("channel,spend,response\ntv,0,0\ntv,1,1\n")
    assert open_source(tmp_path / "list.csv").channels == ("tv",)


def test_what_is_neither_is_refused_as_a_model(tmp_path: Path) -> None:
    (tmp_path / "notes.nc").write_text("not a model")
    with pytest.raises(ModelFileError, match="is not a netCDF-4 file"):
        open_source(tmp_path / "notes.nc")
    with pytest.raises(ModelFileError, match="There is no file"):
        open_source(tmp_path / "missing.nc")


def test_what_needs_draws_is_refused_without_them() -> None:
    curves = mg.ResponseCurves.from_arrays(["a", "b"], [[0, 5, 10], [0, 5, 10]], [[[0, 3, 4], [0, 2, 3]]])
    plan = mg.optimize(curves, goal=mg.FixedBudget(8.0))
    assert np.isnan(plan.probability_better)
    with pytest.raises(CurvesError, match="The stability of the advice is not available: these curves hold"):
        mg.stability(plan)
    with pytest.raises(CurvesError, match="uplift without the optimiser's curse is not available"):
        mg.honest_uplift(plan)
    with pytest.raises(CurvesError, match="The utility 'quantile' is not available"):
        mg.optimize(curves, goal=mg.FixedBudget(8.0), utility=mg.Quantile(0.1))

"""A model file is looked into before anything in it is opened."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

import mmm_groups as mg
from mmm_groups.errors import ModelFileError, NotFittedError, UnsafeModelError

Change = Callable[[h5py.File], None]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Change], Path]:
    """A copy of the demo model with something changed in it."""

    def make(change: Change) -> Path:
        path = tmp_path / "changed.nc"
        shutil.copy(mg.DEMO_MODEL, path)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return make


def test_the_demo_is_read(demo: mg.FittedModel) -> None:
    assert demo.file.sha256.isalnum()
    assert demo.file.attributes["channel_columns"] == list(demo.channels)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), (b"", "is empty"), (b"date,tv\n2024-01-01,3\n", "is not a netCDF-4 file")],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "model.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelFileError, match=words):
        mg.load_model(path)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    whole = mg.DEMO_MODEL.read_bytes()
    path = tmp_path / "half.nc"
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(ModelFileError, match=r"half\.nc.*truncated or damaged"):
        mg.load_model(path)


def test_another_netcdf_file_is_refused(tmp_path: Path, demo_curves: mg.ResponseCurves) -> None:
    path = tmp_path / "curves.nc"
    demo_curves.save(path)
    with pytest.raises(ModelFileError, match=r"not a marketing mix model.*lacks"):
        mg.load_model(path)


def test_a_model_from_before_1_0_is_refused(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: file.attrs.__delitem__("__serialization_version__"))
    with pytest.raises(ModelFileError, match=r"before 1\.0 \(model type 'MMMM.*cannot be opened here yet.*What works"):
        mg.load_model(path)


def test_a_file_from_before_1_0_is_recognised_before_anything_else_is_said_of_it(
    changed: Callable[[Change], Path],
) -> None:
    def as_long_ago(file: h5py.File) -> None:
        for name in ("__serialization_version__", "target_column", "dims"):
            del file.attrs[name]
        file.attrs["model_type"] = "DelayedSaturatedMMM"
        del file["fit_data"]

    with pytest.raises(ModelFileError, match=r"model type 'DelayedSaturatedMMM'.*cannot be opened here yet"):
        mg.load_model(changed(as_long_ago))


def test_a_file_from_before_1_0_that_was_saved_again_without_checks_is_refused(
    changed: Callable[[Change], Path],
) -> None:
    with pytest.raises(ModelFileError, match=r"loaded without checks and saved again.*cannot be opened here yet"):
        mg.load_model(changed(lambda file: file.attrs.__delitem__("id")))


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        (
            "mu_effects",
            [{"__type__": "pymc_marketing.mmm.additive_effect.ControlMuEffect", "data_vars": ["rival"], "prefix": "r"}],
            r"'ControlMuEffect' reads data of its own \(rival\), which.*does not store.*control_columns",
        ),
        ("dims", ["sample"], "a dimension called 'sample'.*another name"),
    ],
)
def test_what_could_only_fail_after_the_wait_is_refused_at_once(
    changed: Callable[[Change], Path], attribute: str, value: object, words: str
) -> None:
    with pytest.raises(ModelFileError, match=words):
        mg.load_model(changed(lambda file: file.attrs.__setitem__(attribute, json.dumps(value))))


def deferred(factory: str) -> dict[str, object]:
    return {"__deferred__": True, "factory": factory, "kwargs": {"path": "made-by-the-model"}}


@pytest.mark.parametrize(
    ("attribute", "value", "culprit"),
    [
        ("mu_effects", [deferred("os.mkdir")], "os.mkdir"),
        (
            "mu_effects",
            [{"__type__": "pymc_marketing.mmm.events.EventEffect", "basis": deferred("os.system")}],
            "os.system",
        ),
        ("model_config", {"intercept": deferred("builtins.exec")}, "builtins.exec"),
        ("model_config", {"intercept": deferred("mkdir")}, "mkdir"),
        ("saturation", {"__type__": "__main__.MySaturation"}, "__main__.MySaturation"),
        ("adstock", {"__type__": "pymc_marketing_evil.Adstock"}, "pymc_marketing_evil.Adstock"),
        ("mu_effects", [deferred("pymc_marketing.serialization._import_from_dotted_path")], "_import_from_dotted_path"),
        ("mu_effects", [{"__deferred__": True, "factory": ["os.mkdir"]}], "os.mkdir"),
        ("note", '  {"__deferred__": true, "factory": "os.mkdir"}', "os.mkdir"),
        ("lift_test_calibrations", [{"likelihood": json.dumps({"dist": deferred("os.mkdir")})}], "os.mkdir"),
    ],
)
def test_code_outside_pymc_is_refused_and_not_run(
    changed: Callable[[Change], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    attribute: str,
    value: object,
    culprit: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = changed(lambda file: file.attrs.__setitem__(attribute, json.dumps(value)))
    with pytest.raises(UnsafeModelError, match=f"{culprit}.*{attribute}.*was not opened"):
        mg.load_model(path)
    assert not (tmp_path / "made-by-the-model").exists()


def test_a_reference_deep_in_the_file_is_refused(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: file["fit_data"]["tv"].attrs.__setitem__("note", json.dumps(deferred("os.mkdir"))))
    with pytest.raises(UnsafeModelError, match=r"fit_data/tv\.note"):
        mg.load_model(path)


def test_pymc_references_are_allowed(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: file.attrs.__setitem__("note", json.dumps(deferred("pymc_marketing.prior.make"))))
    assert mg.load_model(path).target == "sales"


@pytest.mark.parametrize(("group", "words"), [("posterior", "never fitted"), ("fit_data", "no training data")])
def test_an_unfitted_model_is_refused(changed: Callable[[Change], Path], group: str, words: str) -> None:
    path = changed(lambda file: file.__delitem__(group))
    with pytest.raises(NotFittedError, match=words):
        mg.load_model(path)


def test_missing_training_columns_are_refused(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: file["fit_data"].__delitem__("tv"))
    with pytest.raises(ModelFileError, match="tv"):
        mg.load_model(path)


@pytest.mark.parametrize("form", ["text", "bytes"])
def test_a_reference_in_an_array_of_one_text_is_refused(changed: Callable[[Change], Path], form: str) -> None:
    text = json.dumps([deferred("os.mkdir")])
    array = np.array([text], dtype=object) if form == "text" else np.array([text.encode()])
    dtype = h5py.string_dtype() if form == "text" else array.dtype

    def smuggle(file: h5py.File) -> None:
        del file.attrs["mu_effects"]
        file.attrs.create("mu_effects", array, dtype=dtype)

    with pytest.raises(UnsafeModelError, match=r"'os\.mkdir'"):
        mg.load_model(changed(smuggle))


def test_links_to_other_files_are_refused(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: file.__setitem__("elsewhere", h5py.ExternalLink("/etc/passwd", "/")))
    with pytest.raises(UnsafeModelError, match="links to something else at 'elsewhere'"):
        mg.load_model(path)


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("channel_columns", '"tv"', "'channel_columns' must be a list of names"),
        ("dims", "3", "'dims' must be a list of names"),
        ("__serialization_version__", "2", "format 2, and this app knows format 1 only"),
        ("note", "[" * 200_000, "nested too deeply|lacks part|carries|damaged"),
    ],
)
def test_damaged_attributes_are_refused(
    changed: Callable[[Change], Path], attribute: str, value: str, words: str
) -> None:
    def damage(file: h5py.File) -> None:
        if attribute in file.attrs:
            del file.attrs[attribute]
        if len(value) > 60_000:  # HDF5 keeps longer attributes only in its newer layout
            file["posterior"].attrs[attribute] = value[:60_000]
        else:
            file.attrs[attribute] = value

    with pytest.raises(ModelFileError, match=words):
        mg.load_model(changed(damage))


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_gaps_in_the_training_spend_are_refused(changed: Callable[[Change], Path], bad: float) -> None:
    path = changed(lambda file: file["fit_data"]["tv"].__setitem__(3, bad))
    with pytest.raises(ModelFileError, match=r"gaps or negative spend in \['tv'\]"):
        mg.load_model(path)


@pytest.mark.pymc
def test_a_file_that_changed_after_it_was_inspected_is_not_opened(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda file: None)
    model = mg.load_model(path)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ModelFileError, match="changed since it was opened"):
        _ = model.mmm


def test_views_into_other_files_and_rings_are_refused(changed: Callable[[Change], Path]) -> None:
    def borrow(file: h5py.File) -> None:
        layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
        layout[:] = h5py.VirtualSource("/etc/elsewhere.h5", "secret", shape=(3,))
        file.create_virtual_dataset("borrowed", layout)

    with pytest.raises(UnsafeModelError, match="keeps 'borrowed' in another file"):
        mg.load_model(changed(borrow))
    with pytest.raises(UnsafeModelError, match="holds 'posterior/up' a second time"):
        mg.load_model(changed(lambda file: file["posterior"].__setitem__("up", file["/"])))

"""Look into a saved model without executing anything that it names.

PyMC-Marketing writes its configuration as JSON into the attributes of a netCDF-4 (HDF5) file. That JSON may name
Python functions which loading would import and call (`"__deferred__": true, "factory": "os.mkdir"`). So the file is
read here as plain data, with h5py, and refused before PyMC-Marketing sees it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from mmm_groups.errors import ModelFileError, NotFittedError, UnsafeModelError
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.model.hdf5 import hostile_parts
from mmm_groups.model.trial_reading import damage_of
from mmm_groups.sentences import first_line

TRUSTED_PACKAGES = ("pymc_marketing.", "pymc_extras.", "pymc.")
REFERENCE_KEYS = ("__type__", "factory", "class", "class_path", "module", "function", "callable", "lookup_name")
NEEDED_ATTRIBUTES = ("channel_columns", "date_column", "target_column", "adstock", "saturation", "model_config")
_EFFECT_DATA = ("_channel", "_control", "_target")
"""What a rebuilt model has for effects to read."""
_USED_DIMS = ("sample",)
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DOTTED_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_<][\w<>]*)+")


@dataclass(frozen=True)
class ModelFile:
    """A saved model that was inspected and found safe to open.

    Attributes
    ----------
    path : Path
    sha256 : str
        Hash of the file's bytes; part of every fingerprint.
    attributes : dict[str, Any]
        The root attributes, JSON decoded where they are JSON.
    trusted : tuple[str, ...]
        Modules outside PyMC that the file refers to and whose code the caller trusts.
    """

    path: Path
    sha256: str
    attributes: dict[str, Any]
    trusted: tuple[str, ...] = ()


def inspect_model_file(path: str | Path, trust: Sequence[str] = ()) -> ModelFile:
    """Read a file's attributes as data and refuse whatever is not a fitted, harmless MMM.

    Parameters
    ----------
    path : str or Path
    trust : sequence of str
        Modules of one's own, such as `acme_mmm.saturation`, that a model may refer to as well.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, not netCDF-4, or not written by `MMM.save`.
    UnsafeModelError
        If an attribute refers to Python code outside PyMC-Marketing, PyMC-Extras and PyMC, or the file to other files.
    NotFittedError
        If the file holds no posterior or no training data.
    """
    path = Path(path)
    _refuse_other_files(path)
    sha256 = file_hash(path)
    if damage := damage_of(path, sha256):
        raise _damaged(path, damage)
    try:
        with h5py.File(path, "r") as file:
            _refuse_hostile_parts(path, file)
            texts = _texts(file)
            groups = set(file.keys())
    except ModelFileError:
        raise
    except Exception as error:  # h5py raises anything on a damaged file
        raise _damaged(path, first_line(error)) from error
    attributes = {name: _decoded(path, name, text) for owner, name, text in texts if not owner}
    _refuse_other_contents(path, attributes)
    places = [(f"{owner}.{name}" if owner else name, text) for owner, name, text in texts]
    named = _named_code(path, [(place, _decoded(path, place, text)) for place, text in places])
    own = tuple(sorted({module for module in trust for _, name in named if name.startswith(f"{module}.")}))
    _refuse_foreign_code(path, named, own)
    _refuse_unfitted(path, groups)
    return ModelFile(path, sha256, attributes, own)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return fingerprint_of(path.read_bytes())


def _refuse_other_files(path: Path) -> None:
    if not path.is_file():
        raise ModelFileError(f"There is no file '{path}'. Give the path of a model saved with MMM.save().")
    with path.open("rb") as file:
        signature = file.read(len(_HDF5_SIGNATURE))
    if not signature:
        raise ModelFileError(f"'{path.name}' is empty. Copy or save the model again.")
    if signature != _HDF5_SIGNATURE:
        raise ModelFileError(
            f"'{path.name}' is not a netCDF-4 file. Open a '.nc' file written by PyMC-Marketing's MMM.save()."
        )


def _damaged(path: Path, damage: str) -> ModelFileError:
    return ModelFileError(
        f"'{path.name}' begins like a model file but cannot be read to its end: it is truncated or damaged ({damage}). "
        "Copy or save it again."
    )


def _refuse_hostile_parts(path: Path, file: h5py.File) -> None:
    for part in hostile_parts(file):
        if part.leads_elsewhere:
            raise UnsafeModelError(f"'{path.name}' {part.words}. A model file holds all its data, and nothing else.")
        raise ModelFileError(f"'{path.name}' {part.words}. Copy or save it again.")


def _refuse_before_1_0(path: Path, attributes: dict[str, Any]) -> None:
    """Files of a class that is gone: recognised first, because nothing else said of them would help."""
    kind = attributes.get("model_type")
    if not (isinstance(kind, str) and "MMM" in kind):
        return
    origin = ""
    if "__serialization_version__" not in attributes:
        origin = f"was saved by PyMC-Marketing before 1.0 (model type '{kind}')"
    elif "id" not in attributes:
        origin = "comes from PyMC-Marketing before 1.0: it was loaded without checks and saved again"
    if origin:
        raise ModelFileError(
            f"'{path.name}' {origin}. Such files cannot be opened here yet, and no version of PyMC-Marketing turns one "
            "into a file of today. What works is to fit the model with PyMC-Marketing 1.x and to save that."
        )


def _refuse_other_contents(path: Path, attributes: dict[str, Any]) -> None:
    _refuse_before_1_0(path, attributes)
    missing = [name for name in NEEDED_ATTRIBUTES if name not in attributes]
    if missing:
        raise ModelFileError(
            f"'{path.name}' is a netCDF file, but not a marketing mix model of PyMC-Marketing 1.x: it lacks {missing}. "
            "Open a file that MMM.save() wrote."
        )
    version = attributes.get("__serialization_version__")
    if version != 1:
        raise ModelFileError(
            f"'{path.name}' was saved in format {version}, and this app knows format 1 only. Update the app, or fit "
            "and save the model with PyMC-Marketing 1.3."
        )
    for name in ("channel_columns", "dims"):
        value = attributes.get(name, [])
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise ModelFileError(f"'{path.name}' is damaged: '{name}' must be a list of names, it is {value!r}.")
    if used := [dim for dim in attributes.get("dims", []) if dim in _USED_DIMS]:
        raise ModelFileError(
            f"'{path.name}' has a dimension called '{used[0]}', a name that PyMC-Marketing uses for its own when it "
            "plans budgets. Give the column another name and fit the model again."
        )
    _refuse_lost_data(path, attributes.get("mu_effects"))


def _refuse_lost_data(path: Path, effects: Any) -> None:
    """Effects that read data of their own: MMM.save() does not store it, and MMM.load() misses it."""
    for effect in effects if isinstance(effects, list) else []:
        names = effect.get("data_vars") if isinstance(effect, dict) else None
        lost = [str(name) for name in names if name not in _EFFECT_DATA] if isinstance(names, list) else []
        if lost:
            raise ModelFileError(
                f"The model in '{path.name}' cannot be rebuilt from its file: its effect "
                f"'{str(effect.get('__type__')).rpartition('.')[2]}' reads data of its own ({', '.join(lost)}), which "
                "PyMC-Marketing's MMM.save() does not store. Give it to the model as control columns "
                "(control_columns=[...]), or leave the effect out, and fit the model again."
            )


def _named_code(path: Path, values: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [found for attribute, value in values for found in _references(path, attribute, value)]


def _refuse_foreign_code(path: Path, named: list[tuple[str, str]], own: tuple[str, ...]) -> None:
    for where, reference in named:
        if not _is_trusted(reference, own):
            raise UnsafeModelError(
                f"'{path.name}' refers to the Python object '{reference}' (in {where}). Opening the model could run "
                "that code, so it was not opened. Only public objects of pymc_marketing, pymc_extras and pymc are "
                "allowed. If the code is yours, name its module: load_model(path, trust=['module']), or for the app "
                "MMM_GROUPS_TRUST=module; else save the model without custom functions or classes."
            )


def _is_trusted(reference: str, own: tuple[str, ...]) -> bool:
    # A private function of a trusted package, such as one that imports by name, could still run anything.
    known = (*TRUSTED_PACKAGES, *(f"{module}." for module in own))
    return reference.startswith(known) and not any(part.startswith("_") for part in reference.split("."))


def _refuse_unfitted(path: Path, groups: set[str]) -> None:
    if "posterior" not in groups:
        raise NotFittedError(
            f"'{path.name}' holds a model that was never fitted: it has no posterior. Call fit() before save()."
        )
    if "fit_data" not in groups:
        raise NotFittedError(
            f"'{path.name}' holds no training data (group 'fit_data'), which the curves need. Save the whole model "
            "with MMM.save()."
        )


def _references(path: Path, attribute: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield (place, dotted path) of everything in a JSON value that names Python code."""
    waiting: list[tuple[str, Any]] = [(attribute, value)]
    while waiting:
        where, inner = waiting.pop()
        if isinstance(inner, dict):
            if inner.get("__deferred__"):
                yield f"{where}.factory", str(inner.get("factory"))
            for key, item in inner.items():
                if key in REFERENCE_KEYS and isinstance(item, str) and _DOTTED_PATH.fullmatch(item):
                    yield f"{where}.{key}", item
                waiting.append((f"{where}.{key}", item))
        elif isinstance(inner, list):
            waiting += [(f"{where}[{position}]", item) for position, item in enumerate(inner)]
        elif isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
            # A JSON text inside JSON: lift-test calibrations and events are stored so.
            nested = _decoded(path, where, inner)
            if not isinstance(nested, str):
                waiting.append((where, nested))


def _texts(file: h5py.File) -> list[tuple[str, str, str]]:
    """Every text in every attribute: (group or variable, empty for the root; name; text).

    A text may also come as an array of texts: readers unwrap one of length 1, so each is read like a text here.
    """
    found: list[tuple[str, str, str]] = []

    def visit(owner: str, item: h5py.Group | h5py.Dataset) -> None:
        for name, value in item.attrs.items():
            for element in np.asarray(value).ravel().tolist():
                if isinstance(element, str | bytes):
                    found.append((owner, name, _text(element)))

    visit("", file)
    file.visititems(visit)
    return found


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _decoded(path: Path, place: str, text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ModelFileError(f"'{path.name}' is damaged: '{place}' is nested too deeply to be read.") from error
    except ValueError:
        return text

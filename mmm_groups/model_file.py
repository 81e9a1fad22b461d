"""Look into a saved model without executing anything that it names.

PyMC-Marketing writes its configuration as JSON into the attributes of a netCDF-4 (HDF5) file. That JSON may name
Python functions which loading would import and call (`"__deferred__": true, "factory": "os.mkdir"`). So the file is
read here as plain data, with h5py, and refused before PyMC-Marketing sees it.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from mmm_groups.errors import ModelFileError, NotFittedError, UnsafeModelError

TRUSTED_PACKAGES = ("pymc_marketing.", "pymc_extras.", "pymc.")
REFERENCE_KEYS = ("__type__", "factory", "class", "class_path", "module", "function", "callable", "lookup_name")
NEEDED_ATTRIBUTES = ("channel_columns", "date_column", "target_column", "adstock", "saturation", "model_config")
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
    """

    path: Path
    sha256: str
    attributes: dict[str, Any]


def inspect_model_file(path: str | Path) -> ModelFile:
    """Read a file's attributes as data and refuse whatever is not a fitted, harmless MMM.

    Raises
    ------
    ModelFileError
        If the file is missing, truncated, not netCDF-4, or not written by `MMM.save`.
    UnsafeModelError
        If an attribute refers to Python code outside PyMC-Marketing, PyMC-Extras and PyMC.
    NotFittedError
        If the file holds no posterior or no training data.
    """
    path = Path(path)
    _refuse_other_files(path)
    try:
        with h5py.File(path, "r") as file:
            raw = {name: _text(value) for name, value in file.attrs.items()}
            groups = set(file.keys())
            nested = list(_nested_attributes(file))
    except OSError as error:
        raise ModelFileError(
            f"'{path.name}' begins like a model file but cannot be read to its end: it is truncated or damaged "
            f"({error}). Copy or save it again."
        ) from error
    attributes = {name: _decoded(value) for name, value in raw.items()}
    _refuse_other_contents(path, attributes)
    _refuse_foreign_code(path, [*attributes.items(), *nested])
    _refuse_unfitted(path, groups)
    return ModelFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), attributes)


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


def _refuse_other_contents(path: Path, attributes: dict[str, Any]) -> None:
    missing = [name for name in NEEDED_ATTRIBUTES if name not in attributes]
    if missing:
        raise ModelFileError(
            f"'{path.name}' is a netCDF file, but not a marketing mix model of PyMC-Marketing 1.x: it lacks {missing}. "
            "Save the model with MMM.save()."
        )
    if attributes.get("__serialization_version__") != 1:
        raise ModelFileError(
            f"'{path.name}' was saved by PyMC-Marketing before 1.0. Load it there with MMM.load() and save it again "
            "with version 1.0 or newer."
        )


def _refuse_foreign_code(path: Path, values: list[tuple[str, Any]]) -> None:
    for attribute, value in values:
        for where, reference in _references(value, attribute):
            if not reference.startswith(TRUSTED_PACKAGES):
                raise UnsafeModelError(
                    f"'{path.name}' refers to the Python object '{reference}' (in {where}). Opening the model could "
                    "run that code, so it was not opened. Only objects of pymc_marketing, pymc_extras and pymc are "
                    "allowed: save the model without custom functions or classes."
                )


def _refuse_unfitted(path: Path, groups: set[str]) -> None:
    if "posterior" not in groups:
        raise NotFittedError(
            f"'{path.name}' holds a model that was never fitted: it has no posterior. Call fit() before save()."
        )
    if "fit_data" not in groups:
        raise NotFittedError(
            f"'{path.name}' holds no training data (group 'fit_data'), which the curves need. Save the whole model, "
            "without choosing groups."
        )


def _references(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield (place, dotted path) of everything in a JSON value that names Python code."""
    if isinstance(value, dict):
        deferred = bool(value.get("__deferred__"))
        for key, inner in value.items():
            place = f"{where}.{key}"
            names_code = key in REFERENCE_KEYS and isinstance(inner, str)
            if names_code and ((deferred and key == "factory") or _DOTTED_PATH.fullmatch(inner)):
                yield place, inner
            else:
                yield from _references(inner, place)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _references(inner, f"{where}[{position}]")
    elif isinstance(value, str) and value[:1] in "{[":
        # A JSON text inside JSON: lift-test calibrations and events are stored so.
        decoded = _decoded(value)
        if not isinstance(decoded, str):
            yield from _references(decoded, where)


def _nested_attributes(file: h5py.File) -> Iterator[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        for key, value in item.attrs.items():
            if isinstance(value, str | bytes):
                found.append((f"{name}.{key}", _decoded(_text(value))))

    file.visititems(visit)
    return iter(found)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text

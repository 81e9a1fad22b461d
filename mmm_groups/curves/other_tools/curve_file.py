"""Curves of any marketing mix model out of a file, recognised and read as data: nothing in the file is ever executed.

Three kinds: our own netCDF (`ResponseCurves.save`), a long CSV, and the dataset of Google Meridian's
`Analyzer.response_curves()` saved with `to_netcdf`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import xarray as xr

from mmm_groups.curves.netcdf import NEEDED, VARIABLES, curve_fields
from mmm_groups.curves.other_tools.csv import csv_fields
from mmm_groups.curves.other_tools.csv_lines import MOST_CHANNELS
from mmm_groups.curves.other_tools.meridian import VARIABLES as MERIDIAN_VARIABLES
from mmm_groups.curves.other_tools.meridian import is_meridian, meridian_fields
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurveFileError, CurvesError
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.model.hdf5 import declared_numbers, hostile_parts
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.trial_reading import damage_of
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.tolerances import BEYOND_END
from mmm_groups.sentences import first_line

Origin = Literal["netCDF", "CSV", "Meridian"]

READER_VERSION = 1
"""Raised whenever the same file gives other curves, so that what was made of the old ones is not used."""

MOST_BYTES = 500_000_000
MOST_NUMBERS = 60_000_000
MOST_POINTS = 5_000
MOST_LETTERS = 200  # of a channel's name

_HDF5, _NETCDF3, _NETCDF3_BIG = b"\x89HDF\r\n\x1a\n", (b"CDF\x01", b"CDF\x02"), b"CDF\x05"


@dataclass(frozen=True, repr=False)
class CurveFile:
    """Curves of another tool with the file they came from; there is no model behind them.

    Attributes
    ----------
    path : Path
    sha256 : str
        Hash of the file's bytes.
    origin : str
        What the file was recognised as: `netCDF` (ours), `CSV` or `Meridian`.
    curves : ResponseCurves
        Their fingerprint is that of the file's content, whatever the file says of itself.
    """

    path: Path
    sha256: str
    origin: Origin
    curves: ResponseCurves

    def __repr__(self) -> str:
        return f"<CurveFile {self.name} ({self.origin}): {self.curves!r}>"

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def identity(self) -> str:
        """Changes with the file's content."""
        return self.sha256

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel labels, in the file's order."""
        return self.curves.channels

    @property
    def dims(self) -> tuple[str, ...]:
        """Panel dimensions of the channels: a file names none."""
        return ()

    @property
    def target(self) -> str:
        """Name of the outcome."""
        return self.curves.target

    @property
    def frequency(self) -> str:
        """Pandas frequency of the curves' window; empty if the file does not say."""
        return self.curves.horizon.frequency if self.curves.horizon else ""

    @property
    def horizon(self) -> Horizon | None:
        """The window that the curves are for; None if the file does not say."""
        return self.curves.horizon


def open_curves(path: str | Path) -> ResponseCurves:
    """Open a file of response curves, of this or any other tool.

    Parameters
    ----------
    path : str or Path
        A netCDF file written by `ResponseCurves.save` or in its format, a CSV with the columns channel, spend, response
        (and more, see `docs/other-tools.md`), or Meridian's `Analyzer.response_curves()` saved with `to_netcdf`.

    Raises
    ------
    CurveFileError
        If the file is missing, damaged, too large, leads out of itself, or holds something else.
    CurvesError
        If its curves are malformed; the text names the channel.
    """
    return open_curve_file(path).curves


def open_curve_file(path: str | Path) -> CurveFile:
    """`open_curves` with where the curves came from; errors as there."""
    path = Path(path)
    if not path.is_file():
        raise CurveFileError(f"There is no file '{path}'. Give the path of a file of curves, '.nc' or '.csv'.")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise CurveFileError(
            f"'{path.name}' has {marked_amount(size / 1e6)} MB, more than {marked_amount(MOST_BYTES / 1e6)}. Keep "
            "fewer draws or points."
        )
    with path.open("rb") as file:
        signature = file.read(len(_HDF5))
    if not signature:
        raise CurveFileError(f"'{path.name}' is empty. Copy or save the curves again.")
    if signature[:4] == _NETCDF3_BIG:
        raise CurveFileError(f"'{path.name}' is a netCDF-3 file with 64-bit sizes. Save it as netCDF-4.")
    content = path.read_bytes()
    sha256 = fingerprint_of(content)
    if signature == _HDF5 or signature[:4] in _NETCDF3:
        if damage := damage_of(path, sha256):
            raise _damaged(path, damage)
        origin, fields = _netcdf_fields(path, is_hdf5=signature == _HDF5)
    else:
        origin, fields = "CSV", csv_fields(content, path.name)
    if fingerprint_of(path.read_bytes()) != sha256:
        raise CurveFileError(f"'{path.name}' changed while it was read. Open it again.")
    _refuse_too_many(path.name, fields)
    fields["fingerprint"] = fingerprint_of(f"curve file {READER_VERSION} {sha256}")
    curves = ResponseCurves.from_arrays(**fields)
    _refuse_reference_beyond(path.name, curves)
    return CurveFile(path, sha256, origin, curves)


def is_curve_file(path: Path) -> bool:
    """True if a file is meant to hold curves rather than a model; it may still be refused when it is opened."""
    if path.suffix.lower() == ".csv":
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        signature = file.read(len(_HDF5))
    if signature != _HDF5:
        return signature[:3] == _NETCDF3[0][:3]
    try:
        if damage_of(path, fingerprint_of(path.read_bytes())):
            return False  # the model's reader says so
        with h5py.File(path, "r") as file:
            names = set(file)
    except OSError:
        return False
    return bool(names & {*NEEDED, *MERIDIAN_VARIABLES}) and "posterior" not in names


def _netcdf_fields(path: Path, *, is_hdf5: bool) -> tuple[Origin, dict[str, Any]]:
    try:
        if is_hdf5:
            _refuse_odd_parts(path)
        with xr.open_dataset(
            path, engine="h5netcdf" if is_hdf5 else "scipy", decode_timedelta=False, cache=False
        ) as data:
            _refuse_sizes(path.name, dict(data.sizes), sum(variable.size for variable in data.variables.values()))
            wanted = MERIDIAN_VARIABLES if is_meridian(data) else VARIABLES
            loaded = data[[variable for variable in wanted if variable in data.data_vars]].load()
    except CurvesError:
        raise
    except Exception as error:  # whatever the readers raise on a damaged file is told to the planner, with its cause
        raise _damaged(path, first_line(error)) from error
    if is_meridian(loaded):
        return "Meridian", meridian_fields(loaded, path.name)
    if not set(NEEDED) <= set(loaded.data_vars):
        raise CurveFileError(
            f"'{path.name}' is a netCDF file, but holds no response curves: neither ours (variables {list(NEEDED)}) "
            f"nor Meridian's (variables {list(MERIDIAN_VARIABLES)})."
        )
    return "netCDF", curve_fields(loaded, path.name)


def _damaged(path: Path, damage: str) -> CurveFileError:
    return CurveFileError(
        f"'{path.name}' begins like a netCDF file but cannot be read: it is truncated or damaged ({damage}). Copy or "
        "save it again."
    )


def _refuse_odd_parts(path: Path) -> None:
    with h5py.File(path, "r") as file:
        for part in hostile_parts(file):
            raise CurveFileError(f"'{path.name}' {part.words}. A file of curves holds all its data itself.")
        _refuse_sizes(path.name, {}, declared_numbers(file))


def _refuse_sizes(name: str, sizes: dict[Any, int], numbers: int) -> None:
    for dim, most in (("channel", MOST_CHANNELS), ("point", MOST_POINTS), ("spend_multiplier", MOST_POINTS)):
        if sizes.get(dim, 0) > most:
            raise CurveFileError(
                f"'{name}' has {marked(sizes[dim]):,} in the dim '{dim}'; at most {marked(most):,} can be opened."
            )
    if numbers > MOST_NUMBERS:
        raise CurveFileError(
            f"'{name}' says that it holds {marked(numbers):,} numbers; at most {marked(MOST_NUMBERS):,} can be "
            "opened. Keep fewer draws or points."
        )


def _refuse_too_many(name: str, fields: dict[str, Any]) -> None:
    channels, points = fields["spend"].shape
    _refuse_sizes(name, {"channel": channels, "point": points}, fields["response"].size)
    long = [channel for channel in fields["channels"] if len(channel) > MOST_LETTERS]
    if long:
        raise CurveFileError(f"The channel name '{long[0][:40]}…' of '{name}' is longer than {MOST_LETTERS} letters.")


def _refuse_reference_beyond(name: str, curves: ResponseCurves) -> None:
    beyond = curves.reference_spend > curves.upper * (1 + BEYOND_END)
    if beyond.any():
        channel = str(beyond.idxmax())
        raise CurveFileError(
            f"The reference spend of '{channel}' in '{name}' is {marked_amount(curves.reference_spend[channel])}, but "
            f"its curve ends at {marked_amount(curves.upper[channel])}. Export the curve further, at least to the "
            "reference spend."
        )

"""Response curves as an xarray dataset: the netCDF file that `ResponseCurves.save` writes and other tools may write.

Needed are `spend` and `response`; everything else is optional. `docs/other-tools.md` is the description for others.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.curves.netcdf_attributes import attributes_of, fields_of_attributes, interval_mass
from mmm_groups.curves.origin import CurveOrigin
from mmm_groups.errors import CurvesError
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.labelled import Numbers

FILE_KIND = "mmm_groups response curves"
FILE_ENGINE: Final = "h5netcdf"
NEEDED = ("spend", "response")
VARIABLES = (
    *NEEDED,
    "historical_spend",
    "reference_spend",
    "largest_spend",
    "response_low",
    "response_high",
    "flighting",
    "others_at",
)
_PACKED = ("spend", "response", "response_low", "response_high")


def curve_dataset(
    spend: xr.DataArray,
    response: xr.DataArray,
    origin: CurveOrigin,
    *,
    history: pd.DataFrame,
    reference: Numbers,
    largest: Numbers,
    band: Band | None,
    flighting: pd.DataFrame,
    prices: Mapping[str, float],
    others_at: Numbers | None,
) -> xr.Dataset:
    """The dataset of curves; what is unknown is left out.

    Parameters
    ----------
    spend : xr.DataArray, dims (channel, point)
    response : xr.DataArray, dims (draw, channel, point)
    origin : CurveOrigin
    history : pd.DataFrame, dates x channels
        Empty if unknown.
    reference : Numbers
        By channel; written only without history, from which it follows.
    largest : Numbers
        Largest spend of any window in history, by channel, at the planned prices per unit; NaN if unknown.
    band : Band or None
        None if unknown.
    flighting : pd.DataFrame, dates of the window x channels
        Empty if unknown.
    prices : mapping
        Channel to planned price per unit, in currency.
    others_at : Numbers or None
        By channel; None where responses add up.
    """
    variables = {"spend": spend, "response": response}
    channels = spend.coords["channel"].values
    stored: dict[str, Any] = {"kind": FILE_KIND, **attributes_of(origin, prices)}
    if not history.empty:
        coords = {"date": history.index, "channel": channels}
        variables["historical_spend"] = xr.DataArray(history.to_numpy(dtype=np.float64), coords, ("date", "channel"))
    elif np.isfinite(reference).all():
        variables["reference_spend"] = xr.DataArray(reference.to_numpy(dtype=np.float64), {"channel": channels})
    if np.isfinite(largest).all():
        variables["largest_spend"] = xr.DataArray(largest.to_numpy(dtype=np.float64), {"channel": channels})
    if band is not None:
        variables["response_low"], variables["response_high"] = (spend.copy(data=end) for end in (band.low, band.high))
        stored["interval"] = band.mass
    if not flighting.empty:
        coords = {"window_date": flighting.index, "channel": channels}
        shares = flighting[list(channels)].to_numpy(dtype=np.float64)
        variables["flighting"] = xr.DataArray(shares, coords, ("window_date", "channel"))
    if others_at is not None:
        spent = others_at[list(channels)].to_numpy(dtype=np.float64)
        variables["others_at"] = xr.DataArray(spent, {"channel": channels})
    return xr.Dataset(variables, attrs=stored)


def curve_fields(data: xr.Dataset, name: str) -> dict[str, Any]:
    """Arguments of `ResponseCurves.from_arrays` out of a dataset.

    Parameters
    ----------
    data : xr.Dataset
        Dims may stand in any order.
    name : str
        What errors call it.

    Raises
    ------
    CurvesError
        If a variable or a label is missing, or an attribute cannot be read.
    """
    missing = [variable for variable in NEEDED if variable not in data.data_vars]
    if missing:
        raise CurvesError(
            f"'{name}' holds no response curves: it lacks {missing}. It needs the variables {list(NEEDED)} with the "
            "dims 'channel' and 'point'."
        )
    if "channel" not in data.coords:
        raise CurvesError(f"'{name}' does not name its channels. Give the dim 'channel' their names as coordinate.")
    channels = [str(channel) for channel in data["channel"].values]
    is_drawn = "draw" in data["response"].dims
    return {
        "channels": channels,
        "spend": _values(data, "spend", ("channel", "point"), name),
        "response": _values(data, "response", ("draw", "channel", "point") if is_drawn else ("channel", "point"), name),
        "historical_spend": _by_date(data, "historical_spend", "date", name),
        "reference": _by_channel(data, "reference_spend", channels, name),
        "largest": _by_channel(data, "largest_spend", channels, name),
        "others_at": _others_at(data, channels, name),
        "flighting": _by_date(data, "flighting", "window_date", name),
        "band": _band(data, name),
        **fields_of_attributes(data.attrs, channels, name),
    }


def write_dataset(data: xr.Dataset, path: Path) -> None:
    """Write a netCDF-4 file; written beside and then renamed, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid4().hex}.part")  # of its own: two sessions may write the same curves at once
    packed = [variable for variable in data.data_vars if variable in _PACKED]
    encoding: dict[Any, dict[str, Any]] = {
        variable: {"zlib": True, "complevel": 5, "shuffle": True} for variable in packed
    }
    try:
        data.to_netcdf(part, engine=FILE_ENGINE, encoding=encoding)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_dataset(path: Path) -> xr.Dataset:
    """A netCDF-4 file in memory.

    Raises
    ------
    CurvesError
        If it cannot be read.
    """
    try:
        return xr.load_dataset(path, engine=FILE_ENGINE)
    except Exception as error:  # readers raise anything on a damaged file, and it is told with its cause
        raise CurvesError(f"'{path}' cannot be read as a curve file ({error}).") from error


def stored_fingerprint(path: Path) -> str:
    """The fingerprint stored in a curve file, without reading its curves."""
    with xr.open_dataset(path, engine=FILE_ENGINE) as data:
        return str(data.attrs.get("fingerprint", ""))


def _values(data: xr.Dataset, variable: str, dims: tuple[str, ...], name: str) -> NDArray[np.floating]:
    found = data[variable]
    if set(found.dims) != set(dims):
        raise CurvesError(f"'{variable}' of '{name}' has the dims {tuple(found.dims)}; it needs {dims}.")
    if found.dtype.kind not in "fiu":
        raise CurvesError(f"'{variable}' of '{name}' does not hold numbers.")
    values: NDArray[np.floating] = found.transpose(*dims).values
    return values


def _by_date(data: xr.Dataset, variable: str, dim: str, name: str) -> pd.DataFrame | None:
    if variable not in data.data_vars or not data[variable].size:
        return None
    values = _values(data, variable, (dim, "channel"), name)
    if not isinstance(data.indexes.get(dim), pd.DatetimeIndex):
        raise CurvesError(f"'{variable}' of '{name}' has no dates: give the dim '{dim}' its dates as coordinate.")
    index = pd.DatetimeIndex(data.indexes[dim]).rename(None)
    return pd.DataFrame(values, index=index, columns=list(map(str, data["channel"].values)))


def _by_channel(data: xr.Dataset, variable: str, channels: list[str], name: str) -> dict[str, float] | None:
    if variable not in data.data_vars:
        return None
    values = _values(data, variable, ("channel",), name)
    return dict(zip(channels, map(float, values), strict=True))


def _others_at(data: xr.Dataset, channels: list[str], name: str) -> Numbers | None:
    found = _by_channel(data, "others_at", channels, name)
    return None if found is None else pd.Series(found)


def _band(data: xr.Dataset, name: str) -> Band | None:
    ends = [variable for variable in ("response_low", "response_high") if variable in data.data_vars]
    if not ends:
        return None
    if len(ends) == 1:
        raise CurvesError(f"'{name}' has '{ends[0]}' alone; an interval needs 'response_low' and 'response_high'.")
    low, high = (_values(data, end, ("channel", "point"), name).astype(np.float64) for end in ends)
    return Band(low, high, interval_mass(data.attrs.get("interval", float("nan")), name))

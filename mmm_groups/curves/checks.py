"""What a set of curves must be like, whatever they were made from."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from mmm_groups.errors import CurvesError
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.marking import marked
from mmm_groups.sentences import repeated


def checked_arrays(
    channels: Sequence[str], spend: ArrayLike, response: ArrayLike
) -> tuple[list[str], xr.DataArray, xr.DataArray]:
    """Plain arrays as the names, the spend and the response of curves.

    Parameters
    ----------
    channels : sequence of str
    spend : array, (channel, point)
        In currency.
    response : array, (draw, channel, point) or (channel, point)
        In units of the target; without draws it counts as one draw.

    Returns
    -------
    list of str; xr.DataArray, dims (channel, point); xr.DataArray, dims (draw, channel, point)

    Raises
    ------
    CurvesError
        If they are no numbers, or their shapes do not fit.
    """
    names = [str(channel) for channel in channels]
    spend_values, response_values = _numbers("spend", spend), _numbers("response", response)
    if response_values.ndim == 2:
        response_values = response_values[None]
    if spend_values.ndim != 2 or response_values.ndim != 3 or response_values.shape[1:] != spend_values.shape:
        raise CurvesError(
            f"Spend must have the shape (channel, point) and response (draw, channel, point); they have "
            f"{spend_values.shape} and {response_values.shape}."
        )
    if len(names) != spend_values.shape[0]:
        raise CurvesError(f"There are {len(names)} channel names, but curves of {spend_values.shape[0]} channels.")
    return (
        names,
        xr.DataArray(spend_values.astype(np.float64), dims=("channel", "point"), coords={"channel": names}),
        xr.DataArray(response_values, dims=("draw", "channel", "point"), coords={"channel": names}),
    )


def _numbers(what: str, given: ArrayLike) -> NDArray[np.floating]:
    """Plain numbers, in single precision where they came so."""
    try:
        values = np.asarray(given)
        exact: NDArray[np.floating] = values if values.dtype == np.float32 else values.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise CurvesError(f"The {what} of curves must be an array of numbers with equal rows: {error}.") from error
    return exact


def refuse_malformed(spend: xr.DataArray, response: xr.DataArray) -> None:
    """Refuse curves that are no curves.

    Parameters
    ----------
    spend : xr.DataArray, dims (channel, point)
    response : xr.DataArray, dims (draw, channel, point)

    Raises
    ------
    CurvesError
        If a name stands twice, a number is not finite, spend does not rise from 0, or response does not begin with 0.
    """
    names = [str(name) for name in spend.coords["channel"].values]
    twice = repeated(names)
    if twice or not names:
        raise CurvesError(f"Channel names must be unique and at least one is needed; given twice: {twice}.")
    if not all(name.strip() for name in names):
        raise CurvesError(f"A channel has no name; the channels are {names}.")
    if spend.sizes["point"] < 2 or response.sizes["draw"] < 1:
        raise CurvesError("A curve needs at least two points and one draw.")
    for index, name in enumerate(names):
        points, values = spend.values[index], response.values[:, index, :]
        if not (np.isfinite(points).all() and np.isfinite(values).all()):
            raise CurvesError(f"The curve of '{name}' holds NaN or infinite numbers.")
        if points[0] != 0 or (np.diff(points) <= 0).any():
            raise CurvesError(
                f"The spend points of '{name}' must begin with 0 and rise strictly; they go from "
                f"{marked(points[0]):,g} to {marked(points[-1]):,g}. Sort them, keep each once, and begin with the "
                "point (0, 0)."
            )
        if np.abs(values[:, 0]).max() > 1e-6 * max(float(np.abs(values).max()), 1e-300):
            raise CurvesError(
                f"The response of '{name}' is not 0 at zero spend. Subtract the response at zero: a curve holds the "
                "incremental outcome only."
            )


def refuse_bad_band(spend: xr.DataArray, response: xr.DataArray, band: Band | None) -> None:
    """Refuse an interval that does not belong to its curves.

    Raises
    ------
    CurvesError
        If there are draws as well, shapes differ, a number is not finite, or a low end lies above its high end.
    """
    if band is None:
        return
    if response.sizes["draw"] > 1:
        raise CurvesError("Curves with draws have their intervals from the draws. Leave the given interval out.")
    if band.low.shape != spend.shape or band.high.shape != spend.shape:
        raise CurvesError(
            f"The interval must have the shape (channel, point) of spend, {spend.shape}; it has {band.low.shape} and "
            f"{band.high.shape}."
        )
    for index, name in enumerate(spend.coords["channel"].values):
        low, high = band.low[index], band.high[index]
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            raise CurvesError(f"The interval of '{name}' holds NaN or infinite numbers.")
        if (low > high).any():
            where = float(spend.values[index, int(np.argmax(low > high))])
            raise CurvesError(
                f"The interval of '{name}' is turned round at the spend {marked(where):,g}: its low end is higher."
            )

"""The dataset that Google Meridian's `Analyzer.response_curves()` returns, as response curves.

Its structure (Meridian 1.0 to 2.1): dims `spend_multiplier`, `channel`, `metric` (`mean`, `ci_lo`, `ci_hi`, in some
versions also `median`); variables `spend` (spend_multiplier, channel) and `incremental_outcome` (spend_multiplier,
channel, metric); attribute `confidence_level`. There are no draws in it.
"""

from typing import Any

import numpy as np
import xarray as xr

from mmm_groups.curves.netcdf_attributes import interval_mass
from mmm_groups.errors import CurveFileError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.marking import MarkedText, marked

TARGET = "outcome"  # Meridian stores neither the name of the KPI nor whether it is revenue
VARIABLES = ("spend", "incremental_outcome")
_SPEND_DIMS = ("channel", "spend_multiplier")
_METRICS = ("mean", "ci_lo", "ci_hi")
_PROPORTIONAL = 1e-4  # Meridian works in float32

NOTES = (
    "Meridian’s curves cover the dates that were selected there, by default all of its data: a budget here is money "
    "for a window of that length.",
    "Meridian counts the outcome inside these dates. What they cause later is not in it, and the carry-over from the "
    "dates before is, scaled along with the spend.",
)


def is_meridian(data: xr.Dataset) -> bool:
    """True for a dataset that can only be Meridian's response curves."""
    return "incremental_outcome" in data.data_vars and "spend_multiplier" in data.dims


def meridian_fields(data: xr.Dataset, name: str) -> dict[str, Any]:
    """Arguments of `ResponseCurves.from_arrays` out of Meridian's dataset.

    The mean becomes the only draw, the credible interval the band, and the spend at multiplier 1 the reference.

    Parameters
    ----------
    data : xr.Dataset
    name : str
        What errors call it.

    Raises
    ------
    CurveFileError
        If the structure is another one, or a channel has no spend.
    """
    _refuse_other_structure(data, name)
    data = data.sortby("spend_multiplier")
    multipliers = np.asarray(data["spend_multiplier"].values, dtype=np.float64)
    spend = np.asarray(data["spend"].transpose(*_SPEND_DIMS).values, dtype=np.float64)
    labels = list(map(str, data["metric"].values))
    outcome = np.asarray(data["incremental_outcome"].transpose("metric", *_SPEND_DIMS).values, dtype=np.float64)
    mean, low, high = (outcome[labels.index(metric)] for metric in _METRICS)
    channels = [str(channel) for channel in data["channel"].values]
    reference = _reference(channels, multipliers, spend, name)
    notes: tuple[str, ...] = NOTES
    if multipliers[0] > 0:
        spend, mean, low, high = (np.pad(values, ((0, 0), (1, 0))) for values in (spend, mean, low, high))
        begin = f"The curves begin at {marked(multipliers[0]):.0%} of the reference spend"
        added = "a straight line from zero spend, which brings nothing, leads there."
        notes += (MarkedText(f"{begin}; {added}"),)
    return {
        "channels": channels,
        "spend": spend,
        "response": mean,
        "reference": dict(zip(channels, reference.tolist(), strict=True)),
        "band": Band(low, high, interval_mass(data.attrs.get("confidence_level", float("nan")), name)),
        "target": TARGET,
        "notes": notes,
    }


def _refuse_other_structure(data: xr.Dataset, name: str) -> None:
    wanted = {"spend": set(_SPEND_DIMS), "incremental_outcome": {*_SPEND_DIMS, "metric"}}
    for variable, dims in wanted.items():
        if variable not in data.data_vars or set(data[variable].dims) != dims:
            found = tuple(data[variable].dims) if variable in data.data_vars else "missing"
            raise CurveFileError(
                f"'{name}' looks like Meridian's response curves, but '{variable}' is {found}; it needs the dims "
                f"{sorted(dims)}. Save what Analyzer.response_curves() returns as it is, with to_netcdf()."
            )
        if data[variable].dtype.kind not in "fiu":
            raise CurveFileError(f"'{variable}' of '{name}' does not hold numbers.")
    for coordinate in ("channel", "metric", "spend_multiplier"):
        if coordinate not in data.coords:
            raise CurveFileError(f"'{name}' does not name its '{coordinate}'. Save Meridian's dataset as it is.")
    missing = sorted(set(_METRICS) - set(map(str, data["metric"].values)))
    if missing:
        raise CurveFileError(f"'{name}' lacks the metrics {missing}; it has {list(map(str, data['metric'].values))}.")
    multipliers = data["spend_multiplier"].values
    if multipliers.dtype.kind not in "fiu" or not np.isfinite(multipliers).all() or (multipliers < 0).any():
        raise CurveFileError(f"The spend multipliers of '{name}' must be numbers of at least 0.")
    if len(set(multipliers.tolist())) < max(len(multipliers), 2):
        raise CurveFileError(f"The spend multipliers of '{name}' must be at least two, each once.")


def _reference(channels: list[str], multipliers: Floats, spend: Floats, name: str) -> Floats:
    """Spend at multiplier 1, by channel: Meridian's spends are proportional to the multipliers."""
    reference: Floats = spend[:, -1] / multipliers[-1]
    silent = [channel for channel, money in zip(channels, reference, strict=True) if not money > 0]
    if silent:
        raise CurveFileError(
            f"'{name}' has no curve for {silent}: nothing was spent on them in the selected dates. Select dates in "
            "which they spend, or leave them out with .sel(channel=[...]) before to_netcdf()."
        )
    apart = np.abs(spend - reference[:, None] * multipliers).max(axis=1) / reference
    if (apart > _PROPORTIONAL).any():
        worst = channels[int(apart.argmax())]
        raise CurveFileError(
            f"The spend of '{worst}' in '{name}' is not proportional to the spend multipliers, so the reference spend "
            "is unclear. Save Meridian's dataset as it is."
        )
    return reference

"""What a curve file says about its curves besides their numbers: the attributes of its dataset."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mmm_groups.curves.origin import CurveOrigin
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import CurvesError, SubChannelError, reason_of
from mmm_groups.model.calendar import day_of
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.marking import marked

_TEXTS = ("target", "fingerprint", "saturation", "model_hash")
_DATES = ("start", "end", "frequency")
_ANY_DAY, _LONGEST_WINDOW = pd.Timestamp("2024-01-01"), pd.Timedelta(days=36_525)


def attributes_of(origin: CurveOrigin, prices: Mapping[str, float]) -> dict[str, Any]:
    """Attributes that netCDF can hold: texts and numbers, lists and mappings as JSON."""
    found: dict[str, Any] = {
        "target": origin.target,
        "periods": origin.periods,
        "fingerprint": origin.fingerprint,
        "measured_error": origin.measured_error,
        "saturation": origin.saturation,
        "model_hash": origin.model_hash,
        "notes": json.dumps(origin.notes),
        "prices": json.dumps(dict(prices)),
    }
    if origin.assumed:
        found["assumed"] = json.dumps([split.model_dump() for split in origin.assumed])
    if horizon := origin.horizon:
        window = (horizon.start.isoformat(), horizon.end.isoformat(), horizon.frequency)
        found |= dict(zip(_DATES, window, strict=True))
    return found


def interval_mass(given: object, name: str) -> float:
    """Mass of a given interval; NaN stays NaN, for a tool that does not say.

    Raises
    ------
    CurvesError
        If it is no share between 0 and 1.
    """
    mass = _number(given, "interval", name)
    if not np.isnan(mass) and not 0 < mass < 1:
        raise CurvesError(
            f"The interval of '{name}' holds a probability of {marked(mass):g}; it must lie between 0 and 1, such as "
            "0.9."
        )
    return mass


def fields_of_attributes(given: Mapping[Any, Any], channels: list[str], name: str) -> dict[str, Any]:
    """Arguments of `ResponseCurves.from_arrays` out of a dataset's attributes, of which none is needed.

    Parameters
    ----------
    given : mapping
        The attributes; unknown ones are left alone.
    channels : list of str
        Channels and parts of the file.
    name : str
        What errors call the file.

    Raises
    ------
    CurvesError
        If an attribute cannot be read.
    """
    fields: dict[str, Any] = {key: str(given[key]) for key in _TEXTS if key in given}
    if "periods" in given:
        periods = _number(given["periods"], "periods", name)
        if not periods >= 1 or periods != int(periods):
            raise CurvesError(
                f"The attribute 'periods' of '{name}' is {marked(periods):g}; it must be a whole number from 1 on."
            )
        fields["periods"] = int(periods)
    if "measured_error" in given:
        fields["measured_error"] = _number(given["measured_error"], "measured_error", name)
    fields["notes"] = _notes(given.get("notes", "[]"))
    fields["prices"] = _prices(given.get("prices", "{}"), name)
    fields["assumed"] = _assumed(given.get("assumed", "[]"), channels, name)
    fields["horizon"] = _horizon(given, name)
    if fields["horizon"] is not None:
        fields.setdefault("periods", fields["horizon"].periods)
    return fields


def _number(given: object, key: str, name: str) -> float:
    try:
        return float(np.asarray(given, dtype=np.float64).item())
    except (TypeError, ValueError) as error:
        raise CurvesError(f"The attribute '{key}' of '{name}' is {given!r}; it must be one number.") from error


def _notes(given: object) -> tuple[str, ...]:
    """Notes as JSON list, or one note as plain text."""
    text = str(given)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return (text,)
    return tuple(map(str, found)) if isinstance(found, list) else (text,)


def _prices(given: object, name: str) -> dict[str, float]:
    try:
        return {str(channel): float(price) for channel, price in json.loads(str(given)).items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CurvesError(f"The attribute 'prices' of '{name}' must be JSON, channel to price per unit.") from error


def _assumed(given: object, channels: list[str], name: str) -> tuple[SubChannels, ...]:
    """Which channels are parts, as JSON list."""
    try:
        assumed = tuple(SubChannels(**split) for split in json.loads(str(given)))
    except (ValueError, TypeError, RecursionError, SubChannelError) as error:
        what = f"The attribute 'assumed' of '{name}' must be a JSON list of parts"
        raise CurvesError(f"{what}: {reason_of(error)}.") from error
    if foreign := sorted({part for split in assumed for part in split.parts} - set(channels)):
        raise CurvesError(f"The attribute 'assumed' of '{name}' names parts without a curve: {foreign}.")
    return assumed


def _horizon(given: Mapping[Any, Any], name: str) -> Horizon | None:
    known = [key for key in _DATES if key in given]
    if not known:
        return None
    if len(known) < len(_DATES):
        raise CurvesError(f"The window of '{name}' needs the attributes {list(_DATES)} or none; it has {known}.")
    try:
        start, end = day_of(str(given["start"])), day_of(str(given["end"]))
        if start is None or end is None:
            raise ValueError
        step = _ANY_DAY + pd.tseries.frequencies.to_offset(str(given["frequency"])) - _ANY_DAY
        if step < pd.Timedelta(days=1) or end - start > _LONGEST_WINDOW:
            raise ValueError
        horizon = Horizon(start, end, str(given["frequency"]))
        is_empty = horizon.periods < 1
    except (ValueError, TypeError, OverflowError) as error:
        raise CurvesError(
            f"The window of '{name}' cannot be read: {given['start']} to {given['end']} at '{given['frequency']}'. "
            "Dates look like 2026-01-05, a frequency like 'W-MON'; the window has days at least and 100 years at most."
        ) from error
    if is_empty:
        raise CurvesError(f"The window of '{name}' holds no date: {horizon} at the frequency '{horizon.frequency}'.")
    return horizon

"""Tables of spends and what they earn: the columns are the same for channels, groups, plans and the reference."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.labelled import Numbers, by_name

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


def spend_table(
    spend: Numbers, response: NDArray[np.floating], interval: float = INTERVAL, given: Ends | None = None
) -> pd.DataFrame:
    """Spend, share, response with interval and ROI by name.

    Parameters
    ----------
    spend : Numbers
        Name to spend over the horizon, in currency.
    response : array, (draw, name)
        In units of the target.
    interval : float
        Mass of the highest-density interval.
    given : (low, high), each an array (name,), optional
        The interval where there are no draws; default: NaN.

    Returns
    -------
    pd.DataFrame
        Indexed by name: spend, share, response, response_low, response_high, roi. ROI is NaN where nothing is spent.
    """
    total = float(spend.sum())
    low, high = given if given is not None and len(response) == 1 else hdi(response, interval)
    table = pd.DataFrame({"spend": spend})
    table["share"] = spend / total if total > 0 else np.nan
    table["response"] = response.mean(axis=0, dtype=np.float64)
    table["response_low"], table["response_high"] = low, high
    table["roi"] = table["response"] / table["spend"].where(table["spend"] > 0)
    return table


def given_interval(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], plan: Mapping[str, float]) -> Ends:
    """Intervals that a file without draws gives: those of single channels, NaN for groups of several.

    Parameters
    ----------
    curves : ResponseCurves
    groups : mapping
        Group to its channels.
    plan : mapping
        Channel to spend over the horizon, in currency.

    Returns
    -------
    low, high : arrays, (group,)
        In units of the target.
    """
    unknown = (np.array([np.nan]), np.array([np.nan]))
    ends = [
        curves.band_along(inside[0], np.array([float(plan[inside[0]])])) if len(inside) == 1 else unknown
        for inside in groups.values()
    ]
    return np.concatenate([low for low, _ in ends]), np.concatenate([high for _, high in ends])


def reference_table(
    curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]] | None = None, interval: float = INTERVAL
) -> pd.DataFrame:
    """What the reference spend earns, by group, on the channels' own curves.

    Parameters
    ----------
    curves : ResponseCurves
    groups : mapping, optional
        Group to its channels; default: every channel by itself.
    interval : float
        Mass of the highest-density interval.

    Returns
    -------
    pd.DataFrame
        Columns of `spend_table`, and mroi: response to the group's next unit of currency at its historical shares.

    Raises
    ------
    CurvesError
        If the reference spend is unknown.
    """
    if not curves.has_reference:
        raise CurvesError("What was spent is not known for these curves, so there is no reference plan.")
    return table_at(curves, curves.reference_spend, groups, interval)


def table_at(
    curves: ResponseCurves,
    plan: Numbers,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    interval: float = INTERVAL,
) -> pd.DataFrame:
    """What a channel plan earns, by group, on the channels' own curves.

    Parameters
    ----------
    curves : ResponseCurves
    plan : Numbers
        Channel to spend over the horizon, in currency.
    groups, interval
        As in `reference_table`, whose columns it has; mroi is at the plan's own shares.

    Raises
    ------
    CurvesError
        If the plan does not fit the curves.
    """
    groups = groups or {channel: (channel,) for channel in curves.channels}
    spent = by_name(plan)
    slopes = curves.mroi_at(spent).to_numpy()
    amounts = np.array([spent[channel] for channel in curves.channels], dtype=np.float64)
    places = [curves.places(members) for members in groups.values()]
    spend = pd.Series([float(amounts[inside].sum()) for inside in places], index=list(groups))
    given = given_interval(curves, groups, spent) if not curves.has_draws else None
    table = spend_table(spend, _earned(curves, spent, groups), interval, given)
    table["mroi"] = [
        float(slopes[inside] @ amounts[inside] / total) if total > 0 else float(slopes[inside].mean())
        for inside, total in zip(places, spend, strict=True)
    ]
    return table


def _earned(
    curves: ResponseCurves, plan: Mapping[str, float], groups: Mapping[str, tuple[str, ...]]
) -> NDArray[np.float64]:
    """What every group earns in a plan, (draw, group); `earned_by` says it for one."""
    if curves.is_conditional:
        return np.stack([curves.earned_by(plan, members) for members in groups.values()], axis=1)
    channels = curves.response_at(plan).values
    return np.stack([channels[:, curves.places(members)].sum(axis=1) for members in groups.values()], axis=1)

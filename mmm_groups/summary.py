"""Tables of spends and what they earn: the columns are the same for channels, groups, plans and the reference."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.intervals import INTERVAL, hdi
from mmm_groups.response_curves import ResponseCurves


def spend_table(spend: pd.Series, response: NDArray[np.floating], interval: float = INTERVAL) -> pd.DataFrame:
    """Spend, share, response with interval and ROI by name.

    Parameters
    ----------
    spend : pd.Series
        Name to spend over the horizon, in currency.
    response : array, (draw, name)
        In units of the target.
    interval : float
        Mass of the highest-density interval.

    Returns
    -------
    pd.DataFrame
        Indexed by name: spend, share, response, response_low, response_high, roi. ROI is NaN where nothing is spent.
    """
    total = float(spend.sum())
    low, high = hdi(response, interval)
    table = pd.DataFrame({"spend": spend})
    table["share"] = spend / total if total > 0 else np.nan
    table["response"] = response.mean(axis=0, dtype=np.float64)
    table["response_low"], table["response_high"] = low, high
    table["roi"] = table["response"] / table["spend"].where(table["spend"] > 0)
    return table


def reference_table(
    curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]] | None = None, interval: float = INTERVAL
) -> pd.DataFrame:
    """What the reference spend earns, by group, on the channels' own curves.

    Parameters
    ----------
    curves : ResponseCurves
    groups : mapping, optional
        Group to its channels; default: every channel by itself.

    Returns
    -------
    pd.DataFrame
        Columns of `spend_table`, and mroi: response to the group's next unit of currency at its historical shares.

    Raises
    ------
    CurvesError
        If the reference spend is unknown.
    """
    groups = groups or {channel: (channel,) for channel in curves.channels}
    reference = curves.reference_spend
    slopes = curves.mroi_at(reference.to_dict())
    spend = pd.Series({name: float(reference[list(members)].sum()) for name, members in groups.items()})
    draws = np.stack([curves.earned_by(reference.to_dict(), members) for members in groups.values()], axis=1)
    table = spend_table(spend, draws, interval)
    table["mroi"] = [
        float((slopes[list(m)] * reference[list(m)]).sum() / spend[name])
        if spend[name] > 0
        else float(slopes[list(m)].mean())
        for name, m in groups.items()
    ]
    return table

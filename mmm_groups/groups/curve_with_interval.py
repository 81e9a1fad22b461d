"""A group's curve as a chart or a spreadsheet shows it: response, ROI and mROI with their intervals."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.piecewise import interpolate, slopes_at_points

Quantity = Literal["response", "roi", "mroi"]
"""What stands on the value axis of a chart."""


@dataclass(frozen=True)
class Estimate:
    """One quantity along a curve, (point,): posterior mean and interval; NaN ends where only the mean is known."""

    mean: Floats
    low: Floats
    high: Floats

    def divided(self, by: float) -> "Estimate":
        """The same in another unit."""
        return Estimate(self.mean / by, self.low / by, self.high / by)


@dataclass(frozen=True)
class CurveWithInterval:
    """A curve at the points of a chart.

    Attributes
    ----------
    name : str
        The group, or the member.
    spend : array, (point,)
        Spend of the group, in currency: over the whole horizon, or per period.
    own_spend : array, (point,)
        Spend of the member itself along the group's split; the same as `spend` for the group.
    response : Estimate
        In units of the target, over the same time as the spend.
    roi, mroi : Estimate
        Target / currency; the ROI is NaN where nothing is spent.
    known_up_to : float
        Largest spend at which no member leaves what history saw, in the unit of `spend`; NaN if unknown.
    """

    name: str
    spend: Floats
    own_spend: Floats
    response: Estimate
    roi: Estimate
    mroi: Estimate
    known_up_to: float

    def per_period(self, periods: int) -> "CurveWithInterval":
        """Spend and response of one period instead of the horizon's `periods`; ROI and mROI stay what they are."""
        return replace(
            self,
            spend=self.spend / periods,
            own_spend=self.own_spend / periods,
            response=self.response.divided(periods),
            known_up_to=self.known_up_to / periods,
        )


def curve_with_interval(curves: GroupCurves, group: str, spend: Floats, mass: float = INTERVAL) -> CurveWithInterval:
    """A group's curve at many spends.

    Intervals are made last: response, ROI and mROI are worked out in every draw first. Without draws a single channel
    has the interval that its file gives for the response, and a group of several has none: NaN.

    Parameters
    ----------
    curves : GroupCurves
    group : str
    spend : array, (point,)
        Spends of the group over the horizon, in currency, inside its curve.
    mass : float
        Mass of the highest-density intervals.

    Raises
    ------
    CurvesError
        If there is no such group, or a spend leaves its curve.
    """
    curves.refuse_unknown(group)
    response = _estimate(curves.draws_along(group, spend), mass)
    members = curves.groups[group]
    if not curves.channel_curves.has_draws and len(members) == 1:
        response = Estimate(response.mean, *curves.channel_curves.band_along(members[0], spend))
    spent = np.where(spend > 0, spend, np.nan)
    return CurveWithInterval(
        name=group,
        spend=spend,
        own_spend=spend,
        response=response,
        # At one spend the ROI is the response over a constant, so its interval is the response's.
        roi=Estimate(response.mean / spent, response.low / spent, response.high / spent),
        mroi=_estimate(mroi_along(curves, group, spend), mass),
        known_up_to=curves.largest_known(group),
    )


def mroi_along(curves: GroupCurves, group: str, spend: Floats) -> Floats:
    """Response to the group's next unit of currency along its split, (draw, n), in target / currency.

    The derivative of the smooth curve behind the points, read between them; its mean over draws is
    `GroupCurves.mroi_at`.
    """
    curves.refuse_unknown(group)
    points = curves.points[curves.place_of[group]]
    # One point more on either side than is drawn: a slope asks its neighbours.
    points = points[: int(np.searchsorted(points, spend.max(), side="right")) + 3]
    return interpolate(points, curves.paths[group].slopes(points, curves.draws_along(group, points)), spend)


def member_curves(curves: GroupCurves, group: str, spend: Floats) -> list[CurveWithInterval]:
    """Each member's posterior mean on its own curve while the group spends `spend`; no intervals.

    Their responses add up to the group's under the sum.
    """
    curves.refuse_unknown(group)
    path, channels = curves.paths[group], curves.channel_curves
    members = []
    for channel, own in zip(path.channels, path.at(spend), strict=True):
        place = channels.channels.index(channel)
        points, mean = channels.spend.values[place], channels.mean[place]
        response = interpolate(points, mean, own)
        slopes = interpolate(points, slopes_at_points(points, mean), own)
        members.append(
            CurveWithInterval(
                name=channel,
                spend=spend,
                own_spend=own,
                response=_bare(response),
                roi=_bare(response / np.where(own > 0, own, np.nan)),
                mroi=_bare(slopes),
                known_up_to=curves.largest_known(group),
            )
        )
    return members


def curve_table(curves: dict[str, CurveWithInterval], group: str) -> pd.DataFrame:
    """Curves as one long table, ready for a file.

    Parameters
    ----------
    curves : dict
        What a curve is (`Sum`, `tv`) to the curve.
    group : str

    Returns
    -------
    pd.DataFrame
        One row a point: group, curve, group_spend, spend (of the curve itself), response, roi and mroi, each with _low
        and _high, and beyond_history.
    """
    tables = []
    for label, curve in curves.items():
        columns: dict[str, object] = {
            "group": group,
            "curve": label,
            "group_spend": curve.spend,
            "spend": curve.own_spend,
        }
        for name, known in (("response", curve.response), ("roi", curve.roi), ("mroi", curve.mroi)):
            columns |= {name: known.mean, f"{name}_low": known.low, f"{name}_high": known.high}
        columns["beyond_history"] = curve.spend > curve.known_up_to
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _estimate(draws: Floats, mass: float) -> Estimate:
    low, high = hdi(draws, mass)
    return Estimate(draws.mean(axis=0), low, high)


def _bare(mean: Floats) -> Estimate:
    unknown = np.full_like(mean, np.nan)
    return Estimate(mean, unknown, unknown)

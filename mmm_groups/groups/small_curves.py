"""Every group's curve in few points, small enough to stand on its card."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.numerics.arrays import Floats

POINTS = 33


@dataclass(frozen=True)
class SmallCurve:
    """A group's posterior mean response along its split, in few points.

    Attributes
    ----------
    spend : array, (point,)
        Spend of the group over the horizon from 0, evenly spaced, in currency.
    response : array, (point,)
        In units of the target; 0 at 0.
    reference : float
        Reference spend of the group, in currency; NaN if unknown.
    known_up_to : float
        Largest spend at which no member leaves what history saw, in currency; NaN if unknown.
    """

    spend: Floats
    response: Floats
    reference: float
    known_up_to: float


def small_curves(
    curves: GroupCurves, groups: Iterable[str] | None = None, points: int = POINTS
) -> dict[str, SmallCurve]:
    """Group to its small curve, which reaches as far as the large chart does without a plan.

    Parameters
    ----------
    curves : GroupCurves
    groups : iterable of str, optional
        Whose curves; default: those of all groups.
    points : int
        How many points each curve has, at least 2.

    Raises
    ------
    CurvesError
        If there is no such group.
    """
    made = {}
    for name in curves.paths if groups is None else groups:
        curves.refuse_unknown(name)
        place, members = curves.place_of[name], curves.groups[name]
        reference = curves.channel_curves.reference_of(members)
        spend = np.linspace(0.0, curves.chart_end(name, [reference]), points)
        response = np.interp(spend, curves.points[place], curves.mean[place])
        made[name] = SmallCurve(spend, response, reference, curves.largest_known(name))
    return made

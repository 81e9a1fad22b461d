"""The curves that charts show, worked out once for every session that asks for the same."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.spend_table import reference_table
from mmm_groups.groups.curve_with_interval import CurveWithInterval, Quantity, curve_with_interval, member_curves
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.method_comparison import method_curves, method_differences
from mmm_groups.groups.methods import Method
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.ui.planner.server_cache import shared

METHOD_NAMES: dict[Method, str] = {
    "sum": "Sum",
    "weighted_average": "Weighted average",
    "re_estimated": "Re-estimated",
}
POINTS = 81
OVERVIEW_POINTS = 31


@dataclass(frozen=True)
class CurveChoice:
    """How the planner looks at curves.

    Attributes
    ----------
    quantity : Quantity
        What stands on the vertical axis.
    per_period : bool
        Money and response of one period instead of the whole window.
    all_methods : bool
        The three methods on one chart.
    """

    quantity: Quantity = "response"
    per_period: bool = False
    all_methods: bool = False


def reference_of(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], mass: float) -> pd.DataFrame:
    """What the reference spend earns, by group; see `reference_table`."""
    return _reference_of(curves.origin.fingerprint, tuple(curves.reference_spend), tuple(groups.items()), mass, curves)


def plotted_curve(curves: GroupCurves, group: str, end: float, mass: float, points: int = POINTS) -> CurveWithInterval:
    """A group's curve from 0 to `end`."""
    return _plotted_curve(_key(curves, group), curves.method, end, mass, points, group, curves)


def members_of(curves: GroupCurves, group: str, end: float) -> list[CurveWithInterval]:
    """The members' curves while the group spends 0 to `end`; none for a single channel."""
    if len(curves.groups[group]) < 2:
        return []
    return member_curves(curves, group, np.linspace(0, end, POINTS))


def by_every_method(
    curves: GroupCurves, group: str, end: float, mass: float
) -> tuple[dict[Method, CurveWithInterval], dict[Method, MarkedText]]:
    """A group's curve by every method that can be computed, and for the others why not."""
    return _by_every_method(_key(curves, group), end, mass, group, curves)


def differences(
    curves: GroupCurves, group: str, spends: dict[str, float], mass: float
) -> tuple[pd.DataFrame, list[str]]:
    """What the methods disagree about at `spends` (label to group spend), and their warnings."""
    return _differences(_key(curves, group), tuple(spends.items()), mass, group, curves)


def _key(curves: GroupCurves, group: str) -> Hashable:
    path = curves.paths[group]
    shares = None if path.shares is None else tuple(path.shares.to_numpy())
    return curves.channel_curves.origin.fingerprint, group, path.channels, shares


@shared(64)
def _reference_of(
    key: str,
    spent: tuple[float, ...],
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    mass: float,
    curves: ResponseCurves,
) -> pd.DataFrame:
    return reference_table(curves, dict(groups), mass)


@shared(1024)
def _plotted_curve(
    key: Hashable, method: Method, end: float, mass: float, points: int, group: str, curves: GroupCurves
) -> CurveWithInterval:
    return curve_with_interval(curves, group, np.linspace(0, end, points), mass)


@shared(128)
def _by_every_method(
    key: Hashable, end: float, mass: float, group: str, curves: GroupCurves
) -> tuple[dict[Method, CurveWithInterval], dict[Method, MarkedText]]:
    found = method_curves(curves, group)
    lines = {
        method: curve_with_interval(made, group, np.linspace(0, min(end, found.reach(method)), POINTS), mass)
        for method, made in found.curves.items()
    }
    return lines, found.why_not


@shared(256)
def _differences(
    key: Hashable, spends: tuple[tuple[str, float], ...], mass: float, group: str, curves: GroupCurves
) -> tuple[pd.DataFrame, list[str]]:
    found = method_curves(curves, group)
    table = method_differences({group: found}, {at: {group: spend} for at, spend in spends}, mass)
    return table, list(found.notes)

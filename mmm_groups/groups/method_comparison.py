"""What the methods of making a group's curve disagree about, in units of the target and in money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmm_groups.errors import CurvesError
from mmm_groups.groups.group_curves import GroupCurves
from mmm_groups.groups.methods import METHODS, Method
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.numerics.piecewise import nearest_reaching
from mmm_groups.numerics.tolerances import BEYOND_END

OTHERS: tuple[Method, ...] = tuple(method for method in METHODS if method != "sum")
"""The methods that are held against the sum, which is what the channels' own curves promise."""

COLUMNS = ("spend", "sum", "response", "difference", "difference_low", "difference_high")
MONEY = ("money", "money_low", "money_high")


@dataclass(frozen=True)
class MethodCurves:
    """One group's curve by every method along the same split.

    Attributes
    ----------
    group : str
    curves : dict[Method, GroupCurves]
        Curves of this group alone, by the methods that could be computed; always the sum.
    why_not : dict[Method, MarkedText]
        The other methods, each with the reason in a sentence.
    """

    group: str
    curves: dict[Method, GroupCurves]
    why_not: dict[Method, MarkedText]

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings of the methods that were computed, in sentences."""
        return tuple(note for made in self.curves.values() for note in made.notes)

    def reach(self, method: Method) -> float:
        """Largest group spend that a method's curve covers, in currency."""
        return float(self.curves[method].spend.values[0, -1])


def method_curves(curves: GroupCurves, group: str) -> MethodCurves:
    """A group's curve by sum, weighted average and re-estimation, along its split in `curves`.

    Raises
    ------
    CurvesError
        If there is no such group.
    """
    curves.refuse_unknown(group)
    made: dict[Method, GroupCurves] = {"sum": curves.alone(group, "sum")}
    why_not: dict[Method, MarkedText] = {}
    for method in OTHERS:
        try:
            made[method] = curves.alone(group, method)
        except CurvesError as error:
            why_not[method] = error.text
    return MethodCurves(group, made, why_not)


def method_differences(
    compared: Mapping[str, MethodCurves], spends: Mapping[str, Mapping[str, float]], mass: float = INTERVAL
) -> pd.DataFrame:
    """What each method says more than the sum, for every group, at one or several plans.

    The difference is taken draw by draw. In money it is how much more the group must spend on the sum's mean curve to
    earn as much more: solved for along that curve, the same one for the ends of the interval.

    Parameters
    ----------
    compared : mapping
        Group to its curves by every method.
    spends : mapping
        Label of a plan (`reference`, `plan`) to group to spend over the horizon, in currency.
    mass : float
        Mass of the highest-density intervals.

    Returns
    -------
    pd.DataFrame
        Indexed by (group, at, method), without the sum: spend, sum, response, difference with _low and _high (units of
        the target; positive: the method promises more than the channels), money with _low and _high (currency), and
        why_not, which is empty or says why the cells are NaN.

    Raises
    ------
    CurvesError
        If a plan misses a group.
    """
    rows = {}
    for at, plan in spends.items():
        if missing := [group for group in compared if group not in plan]:
            raise CurvesError(f"The spends at '{at}' miss {missing}.")
        for group, curves in compared.items():
            for method in OTHERS:
                rows[group, at, method] = _row(curves, method, float(plan[group]), mass)
    index = pd.MultiIndex.from_tuples(rows, names=["group", "at", "method"]) if rows else None
    table = pd.DataFrame(list(rows.values()), index=index, columns=[*COLUMNS, *MONEY, "why_not"])
    # As objects: pandas would make plain texts of them.
    return table.assign(why_not=pd.Series([row["why_not"] for row in rows.values()], index=table.index, dtype=object))


def _row(curves: MethodCurves, method: Method, spend: float, mass: float) -> dict[str, object]:
    at, group = np.array([spend]), curves.group
    row: dict[str, Any] = dict.fromkeys((*COLUMNS, *MONEY), np.nan) | {"spend": spend, "why_not": ""}
    if reason := _reason(curves, method, spend):
        return row | {"why_not": reason}
    summed = curves.curves["sum"].draws_along(group, at)
    response = curves.curves[method].draws_along(group, at)
    difference = _with_interval(response - summed, mass)
    row |= {"sum": float(summed.mean()), "response": float(response.mean())}
    row |= dict(zip(("difference", "difference_low", "difference_high"), difference, strict=True))
    made = curves.curves["sum"]
    money = [
        nearest_reaching(made.points[0], made.mean[0], spend, row["sum"] + amount) - spend for amount in difference
    ]
    row |= dict(zip(MONEY, money, strict=True))
    if not np.isfinite(money[0]):
        row["why_not"] = "No money on the known curve earns as much, so the difference has no price in money."
    return row


def _reason(curves: MethodCurves, method: Method, spend: float) -> MarkedText:
    """Why a method says nothing at a spend; empty if it does."""
    if method in curves.why_not:
        return curves.why_not[method]
    if not np.isfinite(spend):
        return MarkedText("The spend is unknown: there is no history.")
    if spend > curves.reach("sum") * (1 + BEYOND_END):
        return MarkedText(f"The group's curve ends at {marked_amount(curves.reach('sum'))}.")
    if spend > curves.reach(method) * (1 + BEYOND_END):
        return MarkedText(
            f"The weighted average ends at {marked_amount(curves.reach(method))}: it puts the whole group's money on "
            "every channel, and the shortest channel curve ends there."
        )
    return MarkedText("")


def _with_interval(draws: Floats, mass: float) -> tuple[float, float, float]:
    low, high = hdi(draws, mass)
    return float(draws.mean()), float(low[0]), float(high[0])

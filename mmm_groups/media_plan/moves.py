"""Moves of money between two groups: which of them would bring a plan most, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import INTERVAL, hdi
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.tolerances import BEYOND_END
from mmm_groups.problem.budget_problem import BudgetProblem

_FRACTIONS = np.linspace(0.02, 1.0, 50)  # of the most that a pair can move: where the best amount is looked for
_LEAST = 1e-6  # of the plan's mean response: moves that bring less are none


@dataclass(frozen=True)
class Move:
    """Money taken from one group and given to another, after the moves before it.

    Attributes
    ----------
    source, target : str
        Groups, or channels where there are no groups.
    amount : float
        In currency.
    gain : float
        Mean response that it brings, in units of the outcome.
    gain_low, gain_high : float
        Ends of its interval; NaN without draws.
    beyond_history : bool
        True if a channel of the target then spends more than any window as long in history, so that the gain is
        extrapolated.
    """

    source: str
    target: str
    amount: float
    gain: float
    gain_low: float
    gain_high: float
    beyond_history: bool


def best_moves(problem: BudgetProblem, spends: Numbers, most: int = 3, interval: float = INTERVAL) -> tuple[Move, ...]:
    """The moves between two groups that bring most under the limits, each on top of those before it.

    A group's money moves by the shares its channels have in the plan; by their reference where it spends nothing. A
    limit that the plan breaks already is not broken further.

    Parameters
    ----------
    problem : BudgetProblem
        Its groups, limits and curves; of channels that add up.
    spends : Numbers
        Channel to spend of the plan, in currency.
    most : int
    interval : float
        Mass of the highest-density interval of each gain.
    """
    curves = problem.channel_curves
    at: Floats = np.asarray(spends[list(curves.channels)], dtype=np.float64)
    shares = _shares(curves, problem.groups, at)
    rows = np.array([[limit.coefficients.get(name, 0.0) for name in curves.channels] for limit in problem.limits])
    least = _LEAST * abs(float(_earned(curves, at).mean()))
    names, found = list(problem.groups), []
    gave, got = np.zeros(len(names), dtype=bool), np.zeros(len(names), dtype=bool)
    for _ in range(most):
        room = _room(problem, rows, shares, at)
        room[got] = 0.0  # money that was given is not taken again, nor the other way round
        room[:, gave] = 0.0
        gains = _gains(curves, shares, at, room)
        source, target, step = np.unravel_index(int(gains.argmax()), gains.shape)
        if not gains[source, target, step] > least:
            break
        amount = float(room[source, target] * _FRACTIONS[step])
        after: Floats = at + amount * (shares[target] - shares[source])
        draws = _earned(curves, after) - _earned(curves, at)
        low, high = hdi(draws, interval)
        beyond = bool((shares[target] > 0)[after > curves.largest_spend.to_numpy() * (1 + BEYOND_END)].any())
        gain = float(draws.mean())
        found.append(Move(names[source], names[target], amount, gain, float(low), float(high), beyond))
        at, gave[source], got[target] = after, True, True
    return tuple(found)


def _shares(curves: ResponseCurves, groups: Mapping[str, tuple[str, ...]], at: Floats) -> Floats:
    """Share of each channel in a unit of money of each group, (group, channel)."""
    shares = np.zeros((len(groups), len(at)))
    reference = curves.reference_spend.to_numpy(dtype=np.float64)
    for place, members in enumerate(groups.values()):
        inside = curves.places(members)
        weights = next(
            (known[inside] for known in (at, np.nan_to_num(reference)) if known[inside].sum() > 0), np.ones(len(inside))
        )
        shares[place, inside] = weights / weights.sum()
    return shares


def _room(problem: BudgetProblem, rows: Floats, shares: Floats, at: Floats) -> Floats:
    """The most money that each pair can move, (source, target), until a limit or nothing is left."""
    used = rows @ at
    above = np.maximum(problem.upper - used, 0.0)
    below = np.maximum(used - problem.lower, 0.0)
    own = rows @ shares.T
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(shares > 0, at / shares, np.inf).min(axis=1)
        room = np.repeat(left[:, None], len(shares), axis=1)
        for row, up, down in zip(own, above, below, strict=True):
            change = row[None, :] - row[:, None]
            tiny = 1e-12 * np.abs(row).max()
            room = np.where(change > tiny, np.minimum(room, up / change), room)
            room = np.where(change < -tiny, np.minimum(room, down / -change), room)
    np.fill_diagonal(room, 0.0)
    return np.asarray(room)


def _gains(curves: ResponseCurves, shares: Floats, at: Floats, room: Floats) -> Floats:
    """Mean response that each pair brings at each fraction of its room, (source, target, fraction)."""
    amounts = room[:, :, None] * _FRACTIONS
    gains = np.zeros_like(amounts)
    for place, (points, values) in enumerate(zip(curves.spend.values, curves.mean, strict=True)):
        now = float(np.interp(at[place], points, values))
        for group in np.flatnonzero(shares[:, place]):
            share = shares[group, place]
            gains[:, group] += np.interp(at[place] + share * amounts[:, group], points, values) - now
            gains[group] += np.interp(at[place] - share * amounts[group], points, values) - now
    return gains


def _earned(curves: ResponseCurves, at: Floats) -> Floats:
    """Response of all channels, (draw,), at spends that rounding may have put below 0 or beyond a curve's end."""
    inside = np.clip(at, 0.0, curves.spend.values[:, -1])
    return curves.earned_by(dict(zip(curves.channels, map(float, inside), strict=True)))

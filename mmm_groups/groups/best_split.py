"""The best split of a group's money at every spend: the sup-convolution of its members' mean curves.

``F(X) = max { Σ f[i](x_i) : Σ x_i = X, x_i ≥ 0 }``. Concave curves: take the members' pieces in the order of their
slopes. Others fall into concave stretches, and inside one stretch of each member (a *branch*) the same holds. F is the
highest of the branches; where another one takes over, money jumps between members. Which branches win is found member
by member: of two piecewise linear curves, one always stands on a point of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.curve_shapes import CurveShapes

_GRID = 401  # spends at which branches are compared, denser near zero: a branch that wins between two of them is missed
_TIE = 1e-12  # of the highest response: of branches that differ by less, the one at hand goes on
_JUMP = 1e-6
"""Of the group's end: how far apart the two points of a jump lie. The path between them is steep, and means nothing."""

_Stretches = tuple[int, ...]  # which of its concave stretches each member stands in


@dataclass(frozen=True, eq=False)
class BestSplit:
    """Member spends that earn most at every group spend.

    Attributes
    ----------
    spend : array, (point,)
        Group spend, rising from 0 to the sum of the members' ends, in currency.
    parts : array, (member, point)
        Member spends; they add up to `spend`. Between points the path is linear and stays the best, but at jumps.
    jumps : array, (jump,)
        Group spends, points of the path, between which and the next point money jumps from some members to others.
    """

    spend: Floats
    parts: Floats
    jumps: Floats


@dataclass(frozen=True, eq=False)
class _Branch:
    """The best split while every member stays in one concave stretch.

    Attributes
    ----------
    stretches : tuple of int
    spend, value : array, (point,)
    starts : array, (member,)
        Where the members' stretches start.
    owners : array of int, (piece,)
        The members whose pieces lie between the points.
    """

    stretches: _Stretches
    spend: Floats
    value: Floats
    starts: Floats
    owners: NDArray[np.intp]

    def value_at(self, spend: Floats) -> Floats:
        """What it earns, (n,); -inf outside of it."""
        rounding = 1e-12 * self.spend[-1]
        is_outside = (spend < self.spend[0] - rounding) | (spend > self.spend[-1] + rounding)
        return np.where(is_outside, -np.inf, np.interp(spend, self.spend, self.value))

    @cached_property
    def parts(self) -> Floats:
        """Member spends, (member, point)."""
        taken = np.where(self.owners == np.arange(len(self.starts))[:, None], np.diff(self.spend), 0.0)
        found: Floats = self.starts[:, None] + np.pad(np.cumsum(taken, axis=1), ((0, 0), (1, 0)))
        return found

    def parts_at(self, spend: Floats) -> Floats:
        """Member spends, (member, n)."""
        return np.stack([np.interp(spend, self.spend, part) for part in self.parts])


def best_split(points: Floats, values: Floats) -> BestSplit:
    """The best split at every spend.

    Parameters
    ----------
    points, values : arrays, (member, point)
        Mean curves: spend from 0 upwards, in currency, and response.
    """
    order = np.argsort(~CurveShapes(points, values).is_concave, kind="stable")  # of concave ones there is one branch
    shapes = CurveShapes(points[order], values[order])
    best = _Highest(shapes, [(0,)] if shapes.is_concave[0] else [(i,) for i in range(len(shapes.stretches(0)) - 1)])
    for member in range(1, len(points)):
        best = _Highest(shapes, best.with_member(member))
    path = best.path()
    return BestSplit(path.spend, path.parts[np.argsort(order)], path.jumps)


def _branch(shapes: CurveShapes, stretches: _Stretches) -> _Branch:
    """The first members' pieces inside one stretch each, in the order of their slopes."""
    lengths, gains, start, owner = [], [], [], []
    value = 0.0
    for member, stretch in enumerate(stretches):
        first, last = shapes.stretches(member)[stretch : stretch + 2]
        lengths.append(np.diff(shapes.points[member, first : last + 1]))
        gains.append(np.diff(shapes.values[member, first : last + 1]))
        owner.append(np.full(last - first, member))
        start.append(shapes.points[member, first])
        value += float(shapes.values[member, first])
    length, gain, owners = np.concatenate(lengths), np.concatenate(gains), np.concatenate(owner)
    order = np.argsort(-gain / length, kind="stable")
    spend = float(np.sum(start)) + np.append(0.0, np.cumsum(length[order]))
    values = value + np.append(0.0, np.cumsum(gain[order]))
    return _Branch(stretches, spend, values, np.array(start), owners[order])


class _Highest:
    """The highest of some branches at every spend.

    Attributes
    ----------
    starts : array, (run,)
        Spends from which a branch is the highest.
    runs : list of _Branch
        The branch from each of them on.
    """

    def __init__(self, shapes: CurveShapes, found: Iterable[_Stretches]) -> None:
        self.shapes = shapes
        self._branches: list[_Branch] = []
        new = set(found)
        while new:
            self._branches += [_branch(shapes, stretches) for stretches in sorted(new)]
            self._end = max(float(branch.spend[-1]) for branch in self._branches)
            self._tie = _TIE * max(float(np.abs(branch.value).max()) for branch in self._branches)
            switches = self._switches(_grid(self._end))
            self.starts = np.array([start for start, _ in switches])
            self.runs = [self._branches[number] for _, number in switches]
            new = self._beside() - {branch.stretches for branch in self._branches}

    def path(self) -> BestSplit:
        """The split along the highest branch, with two points where it jumps to another."""
        width = _JUMP * self._end
        spend, parts, jumps = [np.zeros(1)], [self.runs[0].parts_at(np.zeros(1))], []
        for start, end, branch in zip(self.starts, [*self.starts[1:], self._end], self.runs, strict=True):
            last = float(spend[-1][-1])
            at = branch.spend[(branch.spend > last) & (branch.spend < end)]
            moved = branch.parts_at(np.array([start]))[:, 0] - parts[-1][:, -1]
            if np.abs(moved).max() > width and start + width < end:
                jumps.append(last)
                at = np.append(start + width, at[at > start + width])
            at = np.append(at, end) if end > last else at
            spend.append(at)
            parts.append(branch.parts_at(at))
        return BestSplit(np.concatenate(spend), np.concatenate(parts, axis=1), np.array(jumps))

    def with_member(self, member: int) -> set[_Stretches]:
        """The stretches in which the members stand at the best splits if one more joins them."""
        ends = np.append(self.starts[1:], self._end)
        own, own_values = self.shapes.points[member], self.shapes.values[member]
        cut = [
            b.spend[(b.spend >= low) & (b.spend <= high)]
            for b, low, high in zip(self.runs, self.starts, ends, strict=True)
        ]
        known = np.unique(np.concatenate([*cut, self.starts, ends]))
        values = self._value_at(known)
        grid = _grid(self._end + float(own[-1]))[:, None]
        # Of two piecewise linear curves, one always stands on a point of its own at the best split.
        before = np.concatenate([np.broadcast_to(known, (len(grid), len(known))), grid - own], axis=1)
        mine = grid - before
        earned = np.interp(before, known, values) + np.interp(mine, own, own_values)
        rounding = 1e-12 * float(grid[-1, 0])
        is_inside = (before >= -rounding) & (mine >= -rounding)
        is_inside &= (before <= self._end + rounding) & (mine <= own[-1] + rounding)
        top = np.where(is_inside, earned, -np.inf).argmax(axis=1)[:, None]
        before, mine = (np.take_along_axis(side, top, axis=1)[:, 0] for side in (before, mine))
        # On the border of two stretches a member may stand in either.
        runs = [np.searchsorted(self.starts, before, side=side) - 1 for side in ("left", "right")]
        bounds = own[self.shapes.stretches(member)]
        stretches = [np.searchsorted(bounds, mine, side=side) - 1 for side in ("left", "right")]
        return {
            (*self.runs[max(run, 0)].stretches, int(np.clip(stretch, 0, len(bounds) - 2)))
            for at_run in runs
            for at_stretch in stretches
            for run, stretch in zip(at_run, at_stretch, strict=True)
        }

    def _beside(self) -> set[_Stretches]:
        """Branches that differ by one stretch of one member from one that is the highest somewhere."""
        found = set()
        for run in {branch.stretches for branch in self.runs}:
            for member, stretch in enumerate(run):
                last = len(self.shapes.stretches(member)) - 2
                for near in {max(stretch - 1, 0), min(stretch + 1, last)}:
                    found.add((*run[:member], near, *run[member + 1 :]))
        return found

    def _value_at(self, spend: Floats) -> Floats:
        run = np.searchsorted(self.starts, spend, side="right") - 1
        return np.array([float(self.runs[i].value_at(spend[j : j + 1])[0]) for j, i in enumerate(run)])

    def _switches(self, spends: Floats) -> list[tuple[float, int]]:
        """Spends from which another branch is the highest, with its number; the first one from 0."""
        values = np.stack([branch.value_at(spends) for branch in self._branches])
        start, end = np.array([branch.spend[[0, -1]] for branch in self._branches]).T
        first, last = np.array([branch.value[[0, -1]] for branch in self._branches]).T
        now = int(np.argmax(values[:, 0]))
        found = [(0.0, now)]
        for place in range(1, len(spends)):
            left, right = values[:, place - 1], values[:, place]
            if right[now] < right.max() - self._tie:
                after = int(np.argmax(right))
                # Only branches that somewhere in between may earn what is earned at the lower end are compared there.
                most = np.maximum(np.where(np.isfinite(left), left, first), np.where(np.isfinite(right), right, last))
                is_there = (start < spends[place]) & (end > spends[place - 1])
                rivals = np.flatnonzero(is_there & (most >= min(left.max(), right.max()) - self._tie))
                found += self._between(float(spends[place - 1]), now, float(spends[place]), after, rivals)
                now = after
        return found

    def _between(
        self, low: float, before: int, high: float, after: int, rivals: NDArray[np.intp]
    ) -> list[tuple[float, int]]:
        """Switches on the way from one branch to another, between two spends at which they are the highest."""
        at = _crossing(low, self._branches[before], high, self._branches[after])
        beyond = min(at + _JUMP * self._end, high)
        pair = np.array([at, beyond])
        values = np.full((len(self._branches), 2), -np.inf)
        for number in rivals:
            values[number] = self._branches[number].value_at(pair)
        here, there = values.T
        if low < at < high and here[before] < here.max() - self._tie:  # others took over before
            here[[before, after]] = -np.inf
            other = int(np.argmax(here))
            return [*self._between(low, before, at, other, rivals), *self._between(at, other, high, after, rivals)]
        highest = int(np.argmax(there))
        if highest == before or there[after] >= there[highest] - self._tie or not low <= at < beyond < high:
            return [(at, after)]
        return [(at, highest), *self._between(beyond, highest, high, after, rivals)]


def _grid(end: float) -> Floats:
    return np.asarray(end * np.linspace(0, 1, _GRID) ** 3, dtype=np.float64)


def _crossing(low: float, before: _Branch, high: float, after: _Branch) -> float:
    """The first spend at which the second of two branches earns as much as the first."""
    ends = [low, high, *np.clip([before.spend[-1], after.spend[0]], low, high)]
    both = np.concatenate([before.spend, after.spend, ends])
    at = np.unique(both[(both >= low) & (both <= high)])
    ahead = before.value_at(at) - after.value_at(at)
    if not (ahead <= 0).any():
        return high
    place = int(np.argmax(ahead <= 0))
    if place == 0 or not np.isfinite(ahead[place - 1 : place + 1]).all():
        return float(at[place]) if np.isfinite(ahead[place]) or place == 0 else float(at[place - 1])
    share = ahead[place - 1] / (ahead[place - 1] - ahead[place])
    return float(at[place - 1] + share * (at[place] - at[place - 1]))

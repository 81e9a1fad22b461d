"""The global optimum of curves of any shape: branch and bound over concave envelopes (Falk and Soland, 1969).

The envelopes of S-shaped curves give a program that bounds every plan. At its optimum all but a few curves lie on
their envelopes (as many as limits bind), so only those are cut in two at their spend, where the envelopes of both
halves touch the curve. What the curves really earn at each answer, improved inside the concave stretches it stands in,
is a plan; the largest bound left open is the proof.
"""

import heapq
import time
from dataclasses import dataclass, field, replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import concave_envelope, concave_up_to_rounding, interpolate_each
from mmm_groups.numerics.tolerances import CURVE_NOISE, SPENDS_ROUNDING
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective, Optimum, Program
from mmm_groups.solver.simplex import maximise
from mmm_groups.solver.tie_breaking import break_ties

GAP_WANTED = 1e-6
"""Relative gap at which the search ends."""

PATIENCE = ((0.3, 1e-5), (0.8, 1e-3), (5.0, np.inf))
"""Seconds after which a larger gap is good enough; the gap reached is always stated."""

_ROUNDING = 1e-14  # of all that could be earned and spent: a bound this near is the objective itself
_RISE = 1e-9  # of a curve's steepest slope: less is rounding


@dataclass(frozen=True)
class Solution:
    """The best spends known.

    Attributes
    ----------
    spends : array, (decision,)
    objective_value : float
        What the objective maximises, on the curves given.
    bound : float
        What no spends under the same limits can exceed.
    optimum : Optimum
        The same spends with the prices of the program's rows around them.
    values : array, (decision, point)
        The curves that were maximised, from which the prices of single limits are read.
    ended_early : bool
        Whether patience ended the search before the gap was closed.
    """

    spends: Floats
    objective_value: float
    bound: float
    optimum: Optimum
    values: Floats
    ended_early: bool = False
    utility: float = float("nan")


def best_spends(
    presolved: Presolved, points: Floats, values: Floats, objective: Objective, reference: Floats | None = None
) -> Solution | None:
    """The best spends under limits, or None if none meet them.

    Parameters
    ----------
    presolved : Presolved
    points, values : arrays, (decision, point)
        The curves, of any shape.
    objective : Objective
    reference : array, (decision,), optional
        Where ties resolve to, in currency; without it the first answer found stands.
    """
    program = presolved.program(points, values, objective)
    shapes = _Shapes(program.points, program.values)
    if shapes.concave.all():
        program = program.with_curves(program.points, shapes.values)
        optimum = maximise(program)
        found = None if optimum is None else _settled(program, optimum, reference)
    else:
        found = _Search(program, shapes, reference).run()
    return None if found is None else replace(found, values=values)


def _settled(program: Program, optimum: Optimum, reference: Floats | None) -> Solution:
    if reference is not None:
        spends = break_ties(program, optimum, reference)
        optimum = Optimum(spends, optimum.prices, optimum.requirement_price)
    bound = program.bound(optimum.prices, optimum.requirement_price)
    response = float(interpolate_each(program.points, program.values, optimum.spends).sum())
    objective_value = program.objective.value(response, float(optimum.spends.sum()))
    size = program.objective.value(float(np.abs(program.values).max(axis=1).sum()), -float(program.points[:, -1].sum()))
    bound = bound if bound - objective_value > _ROUNDING * size else objective_value
    return Solution(optimum.spends, objective_value, max(bound, objective_value), optimum, program.values)


class _Shapes:
    """Curves, their envelopes between any ends, and their concave stretches.

    `values` are the curves, but the envelopes of those that are concave up to rounding; `concave` says which are.
    """

    def __init__(self, points: Floats, values: Floats) -> None:
        lengths = np.diff(points, axis=1)
        slopes = np.diff(values, axis=1) / np.where(lengths > 0, lengths, 1.0)
        # Where an end cut a piece to nothing, its neighbour's slope stands in.
        rises = np.where((lengths[:, 1:] > 0) & (lengths[:, :-1] > 0), np.diff(slopes, axis=1), 0.0)
        self.points, self.values = points, values
        self.concave = rises.max(axis=1, initial=0.0) <= _RISE * np.abs(slopes).max(axis=1)
        if not self.concave.all():
            self.values = values.copy()
        for place in np.flatnonzero(~self.concave):
            envelope = concave_up_to_rounding(points[place], values[place])
            if envelope is not None:
                self.concave[place], self.values[place] = True, envelope
        self.slopes = slopes
        self._known: dict[tuple[int, float, float], tuple[Floats, Floats]] = {}

    def between(self, place: int, low: float, high: float) -> tuple[Floats, Floats]:
        """Points and envelope of one curve cut at two ends, (point,)."""
        key = (place, low, high)
        if key not in self._known:
            points = np.clip(self.points[place], low, high)
            values = np.interp(points, self.points[place], self.values[place])
            if not self.concave[place]:
                envelope = concave_envelope(points, values)
                # A chord is one piece: cut in many, its equal slopes would spread money over several such curves.
                met = np.maximum.accumulate(np.where(envelope <= values, np.arange(len(points)), 0))
                points, values = points[met], envelope[met]
            self._known[key] = points, values
        return self._known[key]

    def stretch(self, place: int, at: float) -> tuple[float, float]:
        """Ends of the concave part of a curve around a spend."""
        points = self.points[place]
        if self.concave[place]:
            return float(points[0]), float(points[-1])
        slopes = self.slopes[place]
        rising = np.flatnonzero(np.diff(slopes) > _RISE * np.abs(slopes).max()) + 1
        cuts = np.concatenate([[0], rising, [len(slopes)]])
        piece = min(max(int(np.searchsorted(points, at, side="right")) - 1, 0), len(slopes) - 1)
        after = int(np.searchsorted(cuts, piece, side="right"))
        return float(points[cuts[after - 1]]), float(points[cuts[after]])


@dataclass(order=True)
class _Node:
    """A box of spends with the bound of its envelopes; the largest bound is looked at first."""

    rank: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)
    spends: Floats = field(compare=False)


class _Search:
    def __init__(self, program: Program, shapes: _Shapes, reference: Floats | None) -> None:
        self.program, self.shapes, self.reference = program, shapes, reference
        self.best: Floats | None = None
        self.reached = self.closed = -np.inf
        self.numbered = 0
        told_apart = np.concatenate([shapes.points, shapes.values, program.matrix.T], axis=1)
        self.twins = np.unique(told_apart, axis=0, return_inverse=True)[1].ravel()
        self.began = time.perf_counter()

    def run(self) -> Solution | None:
        root = self._node(self.program.points[:, 0], self.program.points[:, -1], np.inf)
        if root is None:
            return None
        if self.reference is not None:
            known = np.isfinite(self.reference) & (self.reference >= root.low) & (self.reference <= root.high)
            if known.all():
                self._offer(self.reference, must_fit=True)
        open_nodes = [root]
        ended_early = False
        while open_nodes:
            bound = -open_nodes[0].rank
            if self._gap(bound) <= GAP_WANTED:
                break
            if self._gap(bound) <= self._patience():
                ended_early = True
                break
            node = heapq.heappop(open_nodes)
            for child in self._children(node):
                if self._gap(-child.rank) > GAP_WANTED:
                    heapq.heappush(open_nodes, child)
                else:
                    self.closed = max(self.closed, -child.rank)
        bound = max([self.closed, self.reached, *(-node.rank for node in open_nodes[:1])])
        return None if self.best is None else self._found(bound, ended_early)

    def _gap(self, bound: float) -> float:
        if not np.isfinite(self.reached):
            return np.inf
        return (bound - self.reached) / max(abs(bound), 1e-300)

    def _patience(self) -> float:
        """The gap that is good enough by now."""
        spent = time.perf_counter() - self.began
        return max((gap for seconds, gap in PATIENCE if spent > seconds), default=0.0)

    def _node(self, low: Floats, high: Floats, above: float) -> _Node | None:
        """Solve a box's envelopes; None if it holds no plan. Its plan, improved, is offered on the way."""
        cut = [self.shapes.between(place, low[place], high[place]) for place in range(len(low))]
        relaxed = self.program.with_curves(np.stack([p for p, _ in cut]), np.stack([v for _, v in cut]))
        optimum = maximise(relaxed)
        if optimum is None:
            return None
        bound = min(relaxed.bound(optimum.prices, optimum.requirement_price), above)
        self.numbered += 1
        if bound > self.reached:
            self._offer(optimum.spends)
            self._improve(optimum.spends, cut)
        return _Node(-bound, self.numbered, low, high, optimum.spends)

    def _children(self, node: _Node) -> list[_Node]:
        """Cut the curve that its envelope flatters most, where it stands."""
        flattered = np.array(
            [
                0.0
                if self.shapes.concave[place]
                else np.interp(x, *self.shapes.between(place, node.low[place], node.high[place]))
                - np.interp(x, self.shapes.points[place], self.shapes.values[place])
                for place, x in enumerate(node.spends)
            ]
        )
        place = int(np.argmax(flattered))
        if flattered[place] <= CURVE_NOISE**2 * float(np.abs(self.shapes.values[place]).max()):
            self.closed = max(self.closed, -node.rank)
            return []
        left, right, at = node.high.copy(), node.low.copy(), node.spends[place]
        # Curves that nothing tells apart may be taken in falling order of spend: else every order would be searched.
        same = self.twins == self.twins[place]
        later = same & (np.arange(len(same)) >= place)
        left[later] = np.minimum(left[later], at)
        right[same & ~later] = np.maximum(right[same & ~later], at)
        right[place] = max(right[place], at)
        halves = [(node.low, left), (right, node.high)]
        found = [self._node(low, high, -node.rank) for low, high in halves if (low <= high).all()]
        return [half for half in found if half is not None]

    def _offer(self, spends: Floats, must_fit: bool = False) -> None:
        """Take a plan if it is feasible and better; those of a program meet its limits by themselves."""
        program = self.program
        if must_fit:
            used, slack = program.matrix @ spends, SPENDS_ROUNDING * float(program.points[:, -1].sum())
            if not ((used <= program.upper + slack).all() and (used >= program.lower - slack).all()):
                return
        response = float(interpolate_each(self.shapes.points, self.shapes.values, spends).sum())
        objective_value = program.objective.value(response, float(spends.sum()))
        short = program.objective.shortfall(response, float(spends.sum()))
        minimum = program.objective.requirement.minimum if program.objective.requirement is not None else 0.0
        if objective_value > self.reached and short <= 1e-10 * max(abs(response), abs(minimum)):
            self.best, self.reached = spends, objective_value

    def _improve(self, spends: Floats, cut: list[tuple[Floats, Floats]]) -> None:
        """Local optima around a relaxed plan, and around what it is when curves leave the chords that flatter them."""
        low, high = spends.copy(), spends.copy()
        for place, (points, envelope) in enumerate(cut):
            if not self.shapes.concave[place]:
                low[place], high[place] = self._chord(place, points, envelope, float(spends[place]))
        for start in [spends] if (low == high).all() else [spends, low, high]:
            local = maximise(self._around(start))
            if local is not None:
                self._offer(local.spends)

    def _chord(self, place: int, points: Floats, envelope: Floats, at: float) -> tuple[float, float]:
        """Where the envelope meets the curve on either side of a spend; twice the spend where it meets it there."""
        known = self.shapes.values[place]
        own = np.interp(at, self.shapes.points[place], known)
        if np.interp(at, points, envelope) - own <= CURVE_NOISE * float(np.abs(known).max()):
            return at, at
        return float(points[points <= at].max(initial=points[0])), float(points[points >= at].min(initial=points[-1]))

    def _around(self, spends: Floats) -> Program:
        """The program over the concave stretches that a plan stands in."""
        cut = [self.shapes.between(place, *self.shapes.stretch(place, float(x))) for place, x in enumerate(spends)]
        return self.program.with_curves(np.stack([p for p, _ in cut]), np.stack([v for _, v in cut]))

    def _found(self, bound: float, ended_early: bool) -> Solution:
        """The best plan with the prices around it; where it stands on a kink, those of the stretch it is in."""
        assert self.best is not None
        program = self._around(self.best)
        optimum = maximise(program)
        if optimum is None:
            return Solution(self.best, self.reached, bound, self._unpriced(), self.shapes.values, ended_early)
        local = _settled(program, optimum, self.reference)
        self._offer(local.spends)
        spends = local.spends if local.objective_value >= self.reached * (1 - 1e-12) - 1e-300 else self.best
        optimum = Optimum(spends, optimum.prices, optimum.requirement_price)
        objective_value = max(self.reached, local.objective_value) if spends is local.spends else self.reached
        return Solution(spends, objective_value, max(bound, objective_value), optimum, self.shapes.values, ended_early)

    def _unpriced(self) -> Optimum:
        assert self.best is not None
        return Optimum(self.best, np.zeros(len(self.program.lower)), 0.0)

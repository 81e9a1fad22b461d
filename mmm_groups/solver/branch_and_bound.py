"""The global optimum of curves of any shape: branch and bound over concave envelopes (Falk and Soland, 1969).

The concave envelopes of S-shaped curves give a program whose optimum bounds every plan. There all but a few curves meet
their envelopes (as many as limits bind), so only those are branched on: cut in two at their spend, where the envelopes
of both halves meet the curve. A plan is what the curves themselves earn at such an optimum, improved inside the concave
stretches it stands in; the largest bound of a branch left open is the proof.

Amounts that are not all allowed (nothing or at least so much, whole steps) are branched on in the same way: a curve is
linear across what is not allowed, and a spend in there is cut into those allowed below and above it.
"""

import heapq
from dataclasses import dataclass, field, replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.piecewise import interpolate_each
from mmm_groups.numerics.tolerances import CURVE_NOISE, SPENDS_ROUNDING
from mmm_groups.solver.allowed_spends import AllowedSpends, on_allowed
from mmm_groups.solver.curve_shapes import CurveShapes
from mmm_groups.solver.presolve import Presolved
from mmm_groups.solver.program import Objective, Optimum, Program
from mmm_groups.solver.simplex import maximise
from mmm_groups.solver.tie_breaking import break_ties

GAP_CLOSED = 1e-6
"""Relative gap at which the search ends."""

PATIENCE = ((150, 1e-5), (400, 1e-3), (1500, np.inf))
"""Nodes after which a larger gap is good enough; no clock counts, so that equal inputs give equal plans.

A node takes 2 ms (10 decisions) to 15 ms (200). Curves that differ well close within 30 nodes, whatever their number;
those that differ by a permille can take thousands."""

_ROUNDING = 1e-14  # of all that could be earned and spent: a bound this near is the objective itself
_SAME = 1e-12  # of the objective: two plans that differ by less are as good
_REQUIREMENT_ROUNDING = 1e-10  # of the response: a plan of the simplex misses a requirement by no more


@dataclass(frozen=True)
class Solution:
    """The best spends known.

    Attributes
    ----------
    spends : array, (decision,)
    objective_value : float
        What the objective comes to on the curves given.
    bound : float
        An objective value that no spends under the same limits exceed.
    optimum : Optimum
        The same spends with the prices of the program's rows around them.
    values : array, (decision, point)
        The curves that were maximised, from which the prices of single limits are read.
    utility : float
        What the draws of the response come to; NaN where only one curve a decision was maximised.
    """

    spends: Floats
    objective_value: float
    bound: float
    optimum: Optimum
    values: Floats
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
    allowed = dict(presolved.allowed)
    if allowed:
        program = program.with_curves(*on_allowed(program.points, program.values, allowed))
        if any((rule.above(program.points[i, :1]) > program.points[i, -1]).any() for i, rule in allowed.items()):
            return None
    curves = CurveShapes(program.points, program.values)
    if curves.is_concave.all() and not allowed:
        program = program.with_curves(program.points, curves.values)
        optimum = maximise(program)
        found = None if optimum is None else _concave_solution(program, optimum, reference)
    else:
        found = _Search(program, curves, allowed, reference).run()
    return None if found is None else replace(found, values=values)


def _concave_solution(program: Program, optimum: Optimum, reference: Floats | None) -> Solution:
    """The optimum of concave curves, nearest to the reference if there are several, with its bound."""
    if reference is not None:
        optimum = replace(optimum, spends=break_ties(program, optimum, reference))
    bound = program.bound(optimum.prices, optimum.requirement_price)
    response = float(interpolate_each(program.points, program.values, optimum.spends).sum())
    objective_value = program.objective.value(response, float(optimum.spends.sum()))
    size = program.objective.value(float(np.abs(program.values).max(axis=1).sum()), -float(program.points[:, -1].sum()))
    bound = bound if bound - objective_value > _ROUNDING * size else objective_value
    return Solution(optimum.spends, objective_value, max(bound, objective_value), optimum, program.values)


@dataclass(order=True)
class _Node:
    """A box of spends and the optimum of its envelopes; the largest bound comes first."""

    minus_bound: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)
    spends: Floats = field(compare=False)


class _Search:
    """Branch and bound.

    Attributes
    ----------
    incumbent, incumbent_value : array, (decision,), and float
        The best plan so far and its objective.
    pruned_bound : float
        The largest bound of a branch that was given up because the incumbent is near it.
    alike : array of int, (decision,)
        Decisions with the same number have the same curve and the same coefficients in every limit.
    """

    def __init__(
        self, program: Program, curves: CurveShapes, allowed: dict[int, AllowedSpends], reference: Floats | None
    ) -> None:
        self.program, self.curves, self.allowed, self.reference = program, curves, allowed, reference
        self.incumbent: Floats | None = None
        self.incumbent_value = self.pruned_bound = -np.inf
        self.nodes = 0
        rules = [(rule.least, rule.step) if (rule := allowed.get(i)) else (0.0, 0.0) for i in range(len(curves.points))]
        everything = np.concatenate([curves.points, curves.values, program.matrix.T, np.array(rules)], axis=1)
        self.alike = np.unique(everything, axis=0, return_inverse=True)[1].ravel()

    def run(self) -> Solution | None:
        """Branch until the gap is small enough; None if no spends meet the limits, or none found the requirement."""
        root = self._node(self.program.points[:, 0], self.program.points[:, -1], np.inf)
        if root is None:
            return None
        self._try_reference(root)
        open_nodes = [root]
        while open_nodes:
            if self._gap(-open_nodes[0].minus_bound) <= self._gap_allowed():
                break
            node = heapq.heappop(open_nodes)
            for child in self._branch(node):
                if self._gap(-child.minus_bound) > GAP_CLOSED:
                    heapq.heappush(open_nodes, child)
                else:
                    self.pruned_bound = max(self.pruned_bound, -child.minus_bound)
        bound = max([self.pruned_bound, self.incumbent_value, *(-node.minus_bound for node in open_nodes[:1])])
        return None if self.incumbent is None else self._solution(self.incumbent, bound)

    def _gap(self, bound: float) -> float:
        if not np.isfinite(self.incumbent_value):
            return np.inf
        return (bound - self.incumbent_value) / max(abs(bound), 1e-300)

    def _gap_allowed(self) -> float:
        """The gap that is good enough by now."""
        return max((gap for nodes, gap in PATIENCE if self.nodes > nodes), default=GAP_CLOSED)

    def _node(self, low: Floats, high: Floats, parent_bound: float) -> _Node | None:
        """Bound a box by the optimum of its envelopes, and look for plans around it; None if it holds no plan."""
        cut = [self.curves.envelope(decision, low[decision], high[decision]) for decision in range(len(low))]
        relaxed = self.program.with_curves(np.stack([p for p, _ in cut]), np.stack([v for _, v in cut]))
        optimum = maximise(relaxed)
        if optimum is None:
            return None
        bound = min(relaxed.bound(optimum.prices, optimum.requirement_price), parent_bound)
        self.nodes += 1
        if bound > self.incumbent_value:
            self._try(optimum.spends)
            self._try_local_optima(optimum.spends, cut)
        return _Node(-bound, self.nodes, low, high, optimum.spends)

    def _branch(self, node: _Node) -> list[_Node]:
        """Cut the curve that its envelope exceeds most, where it stands; first those that stand where they may not."""
        below, above = self._allowed_around(node.spends)
        excess = np.array(
            [
                np.inf
                if above[decision] > below[decision]
                else 0.0
                if self.curves.is_concave[decision]
                else np.interp(x, *self.curves.envelope(decision, node.low[decision], node.high[decision]))
                - np.interp(x, self.curves.points[decision], self.curves.values[decision])
                for decision, x in enumerate(node.spends)
            ]
        )
        cut = int(np.argmax(excess))
        if excess[cut] <= CURVE_NOISE**2 * float(np.abs(self.curves.values[cut]).max()):
            self.pruned_bound = max(self.pruned_bound, -node.minus_bound)
            return []
        left, right = node.high.copy(), node.low.copy()
        # Decisions that are alike may be taken in falling order of spend, or every order would be searched.
        alike = self.alike == self.alike[cut]
        later = alike & (np.arange(len(alike)) >= cut)
        left[later] = np.minimum(left[later], below[cut])
        right[alike & ~later] = np.maximum(right[alike & ~later], above[cut])
        right[cut] = max(right[cut], above[cut])
        halves = [(node.low, left), (right, node.high)]
        found = [self._node(low, high, -node.minus_bound) for low, high in halves if (low <= high).all()]
        return [half for half in found if half is not None]

    def _allowed_around(self, spends: Floats) -> tuple[Floats, Floats]:
        """The allowed spends next to spends, below and above, (decision,) each; the same where a spend is allowed."""
        below, above = spends.copy(), spends.copy()
        for decision, rule in self.allowed.items():
            below[decision], above[decision] = rule.below(spends[decision]), rule.above(spends[decision])
        return below, above

    def _try_reference(self, root: _Node) -> None:
        """Begin with the reference as the incumbent, if it meets the limits."""
        reference, program = self.reference, self.program
        if reference is None or not np.isfinite(reference).all():
            return
        used, slack = program.matrix @ reference, SPENDS_ROUNDING * float(program.points[:, -1].sum())
        is_inside = (reference >= root.low).all() and (reference <= root.high).all()
        if is_inside and (used <= program.upper + slack).all() and (used >= program.lower - slack).all():
            self._try(reference)

    def _try(self, spends: Floats) -> None:
        """Take spends within the limits as the incumbent if they are allowed, meet the requirement and are better."""
        below, above = self._allowed_around(spends)
        if (above > below).any():
            return
        spends, objective = below, self.program.objective
        response = float(interpolate_each(self.curves.points, self.curves.values, spends).sum())
        spend = float(spends.sum())
        minimum = objective.requirement.minimum if objective.requirement is not None else 0.0
        is_met = objective.shortfall(response, spend) <= _REQUIREMENT_ROUNDING * max(abs(response), abs(minimum))
        if is_met and objective.value(response, spend) > self.incumbent_value:
            self.incumbent, self.incumbent_value = spends, objective.value(response, spend)

    def _try_local_optima(self, spends: Floats, cut: list[tuple[Floats, Floats]]) -> None:
        """Local optima around a relaxed plan, and around its curves moved to either end of their chords."""
        low, high = self._allowed_around(spends)
        for decision, (points, envelope) in enumerate(cut):
            if not self.curves.is_concave[decision] and decision not in self.allowed:
                ends = self.curves.chord(decision, points, envelope, float(spends[decision]))
                low[decision], high[decision] = ends
        for start in [spends] if (low == high).all() else [spends, low, high]:
            local = maximise(self._concave_program(start))
            if local is not None:
                self._try(local.spends)

    def _concave_program(self, spends: Floats, *, is_stepped: bool = True) -> Program:
        """The program over the concave stretches that a plan stands in."""
        stretches = [self._stretch(decision, float(x), is_stepped) for decision, x in enumerate(spends)]
        cut = [self.curves.envelope(decision, *ends) for decision, ends in enumerate(stretches)]
        return self.program.with_curves(np.stack([p for p, _ in cut]), np.stack([v for _, v in cut]))

    def _stretch(self, decision: int, at: float, is_stepped: bool) -> tuple[float, float]:
        """Ends of the concave part of a curve around a spend, in which every spend is allowed."""
        rule = self.allowed.get(decision)
        there = at if rule is None else float(rule.below(np.array(at)))
        low, high = self.curves.concave_stretch(decision, there)
        first, last = (low, high) if rule is None or (rule.step and not is_stepped) else rule.around(there)
        return max(low, first), min(high, last)

    def _solution(self, incumbent: Floats, bound: float) -> Solution:
        """The best plan with the prices around it; where it stands on a kink, those of the stretch it is in."""
        program, values = self._concave_program(incumbent), self.curves.values
        optimum = maximise(program)
        if optimum is None:
            unpriced = Optimum(incumbent, np.zeros(len(self.program.lower)), 0.0)
            return Solution(incumbent, self.incumbent_value, bound, unpriced, values)
        if any(rule.step for rule in self.allowed.values()):
            # Between steps nothing moves, so nothing has a price; those of amounts in between say what money is worth.
            free = maximise(self._concave_program(incumbent, is_stepped=False)) or optimum
            return Solution(incumbent, self.incumbent_value, bound, replace(free, spends=incumbent), values)
        local = _concave_solution(program, optimum, self.reference)
        reached = max(self.incumbent_value, local.objective_value)
        is_as_good = local.objective_value >= self.incumbent_value - _SAME * abs(self.incumbent_value)
        spends, objective_value = (local.spends, reached) if is_as_good else (incumbent, self.incumbent_value)
        optimum = replace(optimum, spends=spends)
        return Solution(spends, objective_value, max(bound, objective_value), optimum, values)

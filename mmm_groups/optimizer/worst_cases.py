"""Worst cases on S-shaped curves: branch and bound over boxes of spends, with cutting planes inside each.

On S-shaped curves the least weighted mean has local optima, and its cutting planes end at mixtures of spends that no
plan has. So boxes are cut where a mixture earns more than its mean spend, until mixtures and plans agree or the nodes
are used up; the bound is stated. Plans come from the relaxed spends of every node, and from cutting planes inside the
concave stretches around the best plans known.
"""

import heapq
from dataclasses import dataclass, field, replace

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.tolerances import CURVE_NOISE
from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.incumbent import Incumbent
from mmm_groups.optimizer.least_weighted_mean import CLOSED, WorstWeights, best_least_mean, nearest_feasible
from mmm_groups.optimizer.local_search import local_search
from mmm_groups.optimizer.mixtures import Mixture, best_mixture
from mmm_groups.solver.branch_and_bound import Solution
from mmm_groups.solver.curve_shapes import CurveShapes
from mmm_groups.solver.program import Optimum, Program
from mmm_groups.solver.simplex import maximise

PATIENCE = ((20, 1e-4), (60, 1e-3), (200, np.inf))
"""Nodes after which a larger gap is good enough; a node takes some 20 ms."""

_ROOT_ROUNDS, _ROUNDS = 12, 3  # cutting planes in the first box and in each other
_STRETCH_ROUNDS = 8  # cutting planes inside the concave stretches around a plan
_NARROW = 1e-4  # of a curve: boxes are not cut to less
_KEPT = 12  # latest weightings that a box hands on, beside those that its mixture blends


@dataclass(frozen=True, eq=False)
class _Weighting:
    """Weights of the draws, (draw,), with the program over the curves that they average."""

    weights: Floats
    program: Program


@dataclass(order=True)
class _Node:
    """A box of spends with the bound of its envelopes, and where its mixture leaves its curves most."""

    minus_bound: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)
    decision: int = field(compare=False)
    at: float = field(compare=False)
    weightings: list[_Weighting] = field(compare=False)
    blend: Floats = field(compare=False)


class WorstCaseSearch:
    """The search for one objective.

    Attributes
    ----------
    incumbent : Incumbent
    bound : float
        An objective that no plan exceeds; infinite before the search, -inf where no plan meets the requirement.
    """

    def __init__(self, by_draw: ProblemByDraw, worst: WorstWeights, feasible: Floats | None = None) -> None:
        self.by_draw, self.worst = by_draw, worst
        self.incumbent = Incumbent(by_draw, feasible)
        self.bound = np.inf
        self._pruned_bound = -np.inf
        self._nodes = 0
        self._mean = self._weighting(by_draw.equal_weights)
        self._size = float(np.abs(self._mean.program.values).max())

    def run(self, starts: list[Floats], enough: float = np.inf) -> Solution | None:
        """The best plan found, with the bound; None if none found meets limits and requirement.

        Parameters
        ----------
        starts : list of arrays, (decision,)
            Plans within the limits, around which it is searched first.
        enough : float
            An objective at which any plan will do.
        """
        ends, equal = self._mean.program.points[:, [0, -1]], self._mean.weights
        for start in starts:
            self._search_stretches(start)
        root = self._node(ends[:, 0], ends[:, 1], [self._mean], equal, np.inf)
        if self.incumbent.spends is not None:
            self._search_stretches(self.incumbent.spends)
        open_nodes = [] if root is None else [root]
        while open_nodes:
            self.bound = max(-open_nodes[0].minus_bound, self._pruned_bound, self.incumbent.value)
            is_known = self.incumbent.value >= enough or self.bound < enough < np.inf
            if is_known or self.incumbent.gap(self.bound) <= self._gap_allowed():
                break
            for child in self._branch(heapq.heappop(open_nodes)):
                heapq.heappush(open_nodes, child)
        else:
            self.bound = max(self._pruned_bound, self.incumbent.value)
        return None if self.incumbent.spends is None else self._polished(self.incumbent.spends)

    def _gap_allowed(self) -> float:
        return max((gap for nodes, gap in PATIENCE if self._nodes > nodes), default=CLOSED)

    def _weighting(self, weights: Floats) -> _Weighting:
        return _Weighting(weights, self.by_draw.weighted_program(weights))

    def _try(self, spends: Floats) -> _Weighting:
        """Offer spends as the incumbent; the weighting that is worst there."""
        self.incumbent.offer(spends)
        return self._weighting(self.worst(self.by_draw.response(spends)))

    def _node(
        self, low: Floats, high: Floats, weightings: list[_Weighting], blend: Floats, parent_bound: float
    ) -> _Node | None:
        """Bound a box by cutting planes on its envelopes; None if it holds no better plan."""
        self._nodes += 1
        is_root = not np.isfinite(parent_bound)
        bound, met, mixture = parent_bound, list[Floats](), None
        for _ in range(_ROOT_ROUNDS if is_root else _ROUNDS):
            relaxed = _on_envelopes(self.by_draw.weighted_program(blend), low, high)
            optimum = maximise(relaxed)
            if optimum is None:
                return None
            bound = min(bound, relaxed.bound(optimum.prices, optimum.requirement_price))
            weightings = [*weightings, self._try(optimum.spends)]
            if self.incumbent.gap(bound) <= CLOSED:
                self._pruned_bound = max(self._pruned_bound, bound)
                return None
            met.append(optimum.spends)
            boxed = [_in_box(weighting.program, low, high) for weighting in weightings]
            mixture = best_mixture(boxed, met)
            if mixture is None:
                break
            blend = np.asarray(mixture.blend @ np.array([weighting.weights for weighting in weightings]))
            is_kept = (mixture.blend > 0) | (np.arange(len(weightings)) >= len(weightings) - _KEPT)
            weightings = [weighting for weighting, kept in zip(weightings, is_kept, strict=True) if kept]
            if (spends := nearest_feasible(boxed[0], mixture.spends)) is not None:
                met.append(spends)
                weightings.append(self._try(spends))
        cut = self._cut(low, high, mixture)
        if cut is None:
            self._pruned_bound = max(self._pruned_bound, bound)
            return None
        return _Node(-bound, self._nodes, low, high, *cut, weightings, blend)

    def _cut(self, low: Floats, high: Floats, mixture: Mixture | None) -> tuple[int, float] | None:
        """The decision whose mixture leaves its curve most, and where; else the middle of the widest range."""
        if mixture is not None:
            decision = int(np.argmax(mixture.excess))
            at = float(mixture.spends[decision])
            if mixture.excess[decision] > CURVE_NOISE * self._size and low[decision] < at < high[decision]:
                return decision, at
        widths = (high - low) / np.maximum(self._mean.program.points[:, -1], 1e-300)
        decision = int(np.argmax(widths))
        return None if widths[decision] < _NARROW else (decision, float(low[decision] + high[decision]) / 2)

    def _branch(self, node: _Node) -> list[_Node]:
        left, right = node.high.copy(), node.low.copy()
        left[node.decision] = right[node.decision] = node.at
        halves = [(node.low, left), (right, node.high)]
        bound = -node.minus_bound
        found = [self._node(low, high, node.weightings, node.blend, bound) for low, high in halves]
        return [half for half in found if half is not None]

    def _search_stretches(self, spends: Floats) -> Solution | None:
        """Offer a plan, and the best one inside the concave stretches that it stands in."""
        weights = self.worst(self.by_draw.response(spends))
        program = self.by_draw.weighted_program(weights)
        self.incumbent.offer(spends)
        shapes = CurveShapes(program.points, program.values)
        ends = np.array([shapes.concave_stretch(decision, float(x)) for decision, x in enumerate(spends)])
        presolved = replace(self.by_draw.presolved, low=ends[:, 0], high=ends[:, 1])
        inside = replace(self.by_draw, presolved=presolved)
        feasible = self.incumbent.spends if self.incumbent.spends is not None else self.incumbent.feasible
        found = best_least_mean(inside, self.worst, [weights], _STRETCH_ROUNDS, feasible)
        if found is not None:
            self.incumbent.offer(found.spends)
        return found

    def _polished(self, spends: Floats) -> Solution:
        """The incumbent after a last search around it, with the prices of the stretches that it stands in."""
        near = self._search_stretches(local_search(self.by_draw, spends))
        spends = self.incumbent.spends if self.incumbent.spends is not None else spends
        if near is None:  # it stands where stretches meet, and no plan inside one meets the requirement
            program = self._mean.program
            near = Solution(spends, 0.0, 0.0, Optimum(spends, np.zeros(len(program.lower)), 0.0), program.values)
        return Solution(
            spends,
            self.incumbent.value,
            max(self.bound, self.incumbent.value),
            replace(near.optimum, spends=spends),
            near.values,
            self.incumbent.utility,
        )


def _in_box(program: Program, low: Floats, high: Floats) -> Program:
    """The program over curves cut at a box."""
    points = np.clip(program.points, low[:, None], high[:, None])
    values = [np.interp(at, p, v) for at, p, v in zip(points, program.points, program.values, strict=True)]
    return program.with_curves(points, np.stack(values))


def _on_envelopes(program: Program, low: Floats, high: Floats) -> Program:
    """The program over the concave envelopes of curves cut at a box."""
    shapes = CurveShapes(program.points, program.values)
    cut = [shapes.envelope(decision, low[decision], high[decision]) for decision in range(len(low))]
    return program.with_curves(np.stack([p for p, _ in cut]), np.stack([v for _, v in cut]))

"""Maximise a sum of concave piecewise linear curves under linear limits: exact, with prices, in a few steps.

The problem is a linear program whose columns are the pieces of the curves. A dual simplex with the bound-flipping ratio
test (Maros, 2003) suits it: at any prices each piece is worth filling or not, so it starts without a search for a
feasible plan; one step sorts the pieces whose reduced cost a price turns, and a problem whose only limit is the budget
is solved by the first step. Each limit that binds costs about one more. `docs/solver.md` tells it in full.
"""

import numpy as np

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.dual_simplex import DualSimplex
from mmm_groups.solver.program import Optimum, Program
from mmm_groups.solver.standard_form import StandardForm

_COARSE, _FINE = 14, 40  # points; several rows over more than the latter are first solved on the former: 3 times faster


def maximise(program: Program) -> Optimum | None:
    """The optimum, or None if no spends meet the limits.

    Raises
    ------
    SolverError
        If the steps are lost in rounding.
    """
    points = program.points.shape[1]
    fine = DualSimplex(StandardForm(program))
    if points <= _FINE or fine.form.rows < 2:
        return fine.run()
    kept = np.unique(np.linspace(0, points - 1, _COARSE).round().astype(np.intp))
    coarse = DualSimplex(StandardForm(program.with_curves(program.points[:, kept], program.values[:, kept])))
    # A requirement that only the whole curves can meet is no reason to stop: the fine program decides.
    if (near := coarse.run()) is not None:
        fine.start_from(coarse, near)
    return fine.run()


def maximise_each(program: Program, values: Floats) -> list[Optimum | None]:
    """The optima of many sets of curves under the same limits; each starts from the basis of the program's optimum.

    Parameters
    ----------
    program : Program
    values : array, (draw, decision, point)
        Other concave curves over the program's points.

    Raises
    ------
    SolverError
        If the steps are lost in rounding.
    """
    first = DualSimplex(StandardForm(program))
    near = first.run()
    found = []
    for curves in values:
        other = DualSimplex(StandardForm(program.with_curves(program.points, curves)))
        if near is not None:
            other.start_from(first, near)
        found.append(other.run())
    return found

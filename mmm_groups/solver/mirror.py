"""The same problem with some spends counted backwards from the ends of their curves.

The solver weighs all spends alike. Where one decision's spend is to be as large as it can be, it is mirrored: the least
total of what is left then is its largest spend.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmm_groups.numerics.arrays import Floats
from mmm_groups.solver.allowed_spends import AllowedSpends


@dataclass(frozen=True)
class Mirror:
    """Which spends are counted backwards, and from where.

    Attributes
    ----------
    is_mirrored : array of bool, (decision,)
    tops : array, (decision,)
        Where the curves end; a mirrored spend ``x`` becomes ``top - x``.
    """

    is_mirrored: NDArray[np.bool_]
    tops: Floats

    def spends(self, spends: Floats) -> Floats:
        """Spends seen in the mirror, (decision,); seen twice they are the same again."""
        return np.where(self.is_mirrored, self.tops - spends, spends)

    def curves(self, points: Floats, values: Floats) -> tuple[Floats, Floats]:
        """Points and values of the curves, (decision, point) each, with rising points again."""
        backwards = self.is_mirrored[:, None]
        return (
            np.where(backwards, (self.tops[:, None] - points)[:, ::-1], points),
            np.where(backwards, values[:, ::-1], values),
        )

    def limits(self, matrix: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats, Floats]:
        """Limits on the spends as limits on what is seen: matrix, lower and upper ends."""
        shift = matrix[:, self.is_mirrored] @ self.tops[self.is_mirrored]
        return np.where(self.is_mirrored, -matrix, matrix), lower - shift, upper - shift

    def allowed(self, allowed: Mapping[int, AllowedSpends]) -> dict[int, AllowedSpends]:
        """Which of the spends that are seen are allowed."""
        return {
            decision: rule.mirrored(float(self.tops[decision])) if self.is_mirrored[decision] else rule
            for decision, rule in allowed.items()
        }

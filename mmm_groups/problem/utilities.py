"""Utilities: the one number that stands for the draws of a response: their mean, a quantile, or the worst's mean."""

from typing import Annotated, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.statement import Statement


class Utility(Protocol):
    """What a planner wants of an uncertain response: one number that is to be large."""

    @property
    def kind(self) -> str:
        """Which utility it is, as a document and an error name it."""

    def of(self, draws: NDArray[np.floating]) -> float:
        """The utility of a response, (draw,), in units of the target."""

    def of_many(self, draws: NDArray[np.floating]) -> Floats:
        """The utility of many responses, (draw, n), in units of the target; (n,)."""


class MeanResponse(Statement):
    """The mean over all draws: the best on average."""

    kind: Literal["mean_response"] = "mean_response"

    def of(self, draws: NDArray[np.floating]) -> float:
        """The utility of a response, (draw,)."""
        return float(np.mean(draws, dtype=np.float64))

    def of_many(self, draws: NDArray[np.floating]) -> Floats:
        """The utility of many responses, (draw, n)."""
        return np.asarray(np.mean(draws, axis=0, dtype=np.float64))


class Quantile(Statement):
    """The response that is exceeded with probability 1 - `q`: the best promise that holds so often."""

    kind: Literal["quantile"] = "quantile"
    q: Annotated[float, Field(gt=0, lt=1)]

    def __init__(self, q: float, **values: Any) -> None:
        super().__init__(q=q, **values)

    def of(self, draws: NDArray[np.floating]) -> float:
        """The utility of a response, (draw,), linear between its ordered draws."""
        return float(np.quantile(np.asarray(draws, dtype=np.float64), self.q))

    def of_many(self, draws: NDArray[np.floating]) -> Floats:
        """The utility of many responses, (draw, n)."""
        return np.asarray(np.quantile(draws, self.q, axis=0), dtype=np.float64)


class ConditionalValueAtRisk(Statement):
    """The mean response over the worst share `alpha` of the draws: the best in bad cases."""

    kind: Literal["conditional_value_at_risk"] = "conditional_value_at_risk"
    alpha: Annotated[float, Field(gt=0, le=1)]

    def __init__(self, alpha: float, **values: Any) -> None:
        super().__init__(alpha=alpha, **values)

    def of(self, draws: NDArray[np.floating]) -> float:
        """The utility of a response, (draw,)."""
        values = np.asarray(draws, dtype=np.float64)
        return float(worst_weights(values, 1 / (self.alpha * len(values))) @ values)

    def of_many(self, draws: NDArray[np.floating]) -> Floats:
        """The utility of many responses, (draw, n)."""
        ordered = np.sort(np.asarray(draws, dtype=np.float64), axis=0)
        return np.asarray(worst_weights(np.arange(len(ordered)), 1 / (self.alpha * len(ordered))) @ ordered)


StatedUtility = Annotated[MeanResponse | Quantile | ConditionalValueAtRisk, Field(discriminator="kind")]
"""A utility as a document holds it; `TypeAdapter(StatedUtility)` reads one back from JSON."""


MEAN = MeanResponse()


def cases_of(utility: Utility) -> str:
    """Which cases a utility speaks of, as the end of a phrase with its number marked; empty for the mean of all."""
    match utility:
        case ConditionalValueAtRisk(alpha=alpha):
            return f" on average in the worst {marked(100 * alpha):.4g} % of cases"
        case Quantile(q=q):
            return f" in a bad case (exceeded in {marked(100 * (1 - q)):.4g} % of cases)"
        case _:
            return ""


def worst_weights(draws: NDArray[np.number], most: float) -> Floats:
    """Weights of the draws, each at most `most` and adding up to 1, whose weighted mean is the lowest, (draw,)."""
    order = np.argsort(draws, kind="stable")
    filled = np.clip(1.0 - most * np.arange(len(draws)), 0.0, most)
    weights = np.zeros(len(draws))
    weights[order] = filled
    return weights

"""PyMC-Marketing's own optimiser on the same problem: what it answers, judged by the model itself."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mmm_groups.curve_extraction import fingerprint, model_response
from mmm_groups.errors import CurvesError
from mmm_groups.fitted_model import FittedModel, cell_labels, linear_constraints
from mmm_groups.limits import BUDGET_KEY, Limit
from mmm_groups.plan import Plan

Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Comparison:
    """A plan beside PyMC-Marketing's answer to the same question.

    Attributes
    ----------
    plan : Plan
    their_spends : pd.Series
        Channel to spend over the horizon, in currency, as `allocate_budget` answers.
    our_response, their_response : float
        Posterior mean response of both plans, both as PyMC-Marketing evaluates them, in units of the target.
    broken : tuple[str, ...]
        Limits that their plan misses by more than 1e-5 of the budget, in words.
    message : str
        What their solver said.
    seconds : float
        How long their `allocate_budget` took, compilation included the first time.
    """

    plan: Plan
    their_spends: pd.Series
    our_response: float
    their_response: float
    broken: tuple[str, ...]
    message: str
    seconds: float

    def __repr__(self) -> str:
        return f"<Comparison: ours {self.our_response:,.0f}, theirs {self.their_response:,.0f}, {self.seconds:.2f} s>"

    @property
    def sentence(self) -> str:
        """The finding in plain words."""
        target = self.plan.problem.curves.curves.target
        over = self.our_response - self.their_response
        word = "more" if over >= 0 else "less"
        told = (
            f"PyMC-Marketing's optimiser reaches {self.their_response:,.0f} {target} under the same limits, this plan "
            f"{self.our_response:,.0f}: {abs(over):,.0f} ({abs(over) / abs(self.their_response):.4%}) {word}, both as "
            "PyMC-Marketing evaluates them."
        )
        return f"{told} Its plan misses: {'; '.join(self.broken)}." if self.broken else told


def compare(plan: Plan, model: FittedModel) -> Comparison:
    """Ask PyMC-Marketing's `allocate_budget` the plan's question, and evaluate both plans on the model.

    It decides on channels, not on groups, so its answer is bounded by the best channel plan; fixed shares of groups
    bind only ours. Its budgets are per period, and any constraint given removes its default budget constraint: that
    one is added again.

    Parameters
    ----------
    plan : Plan
        Of any goal: theirs spends the same money.
    model : FittedModel

    Raises
    ------
    CurvesError
        If the curves come from another model.
    """
    curves = plan.problem.curves.curves
    horizon = curves.horizon
    if horizon is None or curves.fingerprint != fingerprint(model, horizon):
        raise CurvesError(f"These curves were not made from the model '{model.name}', so it cannot be compared.")
    budget = Limit(BUDGET_KEY, "the budget", dict.fromkeys(curves.channels, 1.0), plan.total, plan.total)
    stated = [limit for limit in plan.problem.limits if limit.named]
    cells = _cells(model)
    optimizer = model.mmm.budget_optimizer(
        horizon.start,
        horizon.end,
        budgets_to_optimize=cells.copy(data=np.ones(cells.shape, dtype=bool)),
        constraints=linear_constraints(_per_period([budget, *stated], cells, horizon.periods)),
    )
    ends = curves.upper[list(_labels(cells))].to_numpy().reshape(cells.shape) / horizon.periods
    bounds = xr.concat([cells * 0.0, cells * 0.0 + ends], dim="bound").assign_coords(bound=["lower", "upper"])
    began = time.perf_counter()
    answer = optimizer.allocate_budget(
        total_budget=plan.total / horizon.periods,
        budget_bounds=bounds.transpose(*cells.dims, "bound"),
        return_if_fail=True,
    )
    seconds = time.perf_counter() - began
    theirs = pd.Series(
        answer.budgets.transpose(*cells.dims).values.ravel() * horizon.periods, index=list(_labels(cells))
    )[list(curves.channels)]
    evaluate = model_response(model, horizon)
    zero = evaluate(np.zeros(len(theirs)))
    ours_at, theirs_at = (
        float((evaluate(spend[list(model.channels)].to_numpy()) - zero).sum(axis=1).mean())
        for spend in (plan.channel_spends, theirs)
    )
    used = {limit.label: sum(f * theirs[c] for c, f in limit.coefficients.items()) for limit in [budget, *stated]}
    slack = 1e-5 * max(plan.total, 1.0)
    broken = tuple(
        limit.label
        for limit in [budget, *stated]
        if used[limit.label] > limit.upper + slack or used[limit.label] < limit.lower - slack
    )
    return Comparison(plan, theirs, ours_at, theirs_at, broken, str(answer.scipy_result.message), seconds)


def _cells(model: FittedModel) -> xr.DataArray:
    """Ones over the model's own cells, in the graph's order."""
    mmm: Any = model.mmm
    dims = [dim for dim in mmm.model.named_vars_to_dims["channel_data"] if dim != "date"]
    coords = {dim: list(mmm.model.coords[dim]) for dim in dims}
    shape = tuple(len(labels) for labels in coords.values())
    return xr.DataArray(np.ones(shape), dims=tuple(dims), coords=coords)


def _labels(cells: xr.DataArray) -> list[str]:
    return list(cell_labels(cells))


def _per_period(limits: list[Limit], cells: xr.DataArray, periods: int) -> list[tuple[str, xr.DataArray, float, float]]:
    """Key, coefficients over cells, lower and upper end, all for spend per period."""
    labels = _labels(cells)
    return [
        (
            limit.key,
            cells.copy(data=np.array([limit.coefficients.get(name, 0.0) for name in labels]).reshape(cells.shape)),
            limit.lower / periods,
            limit.upper / periods,
        )
        for limit in limits
    ]

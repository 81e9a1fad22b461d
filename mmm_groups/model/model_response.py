"""PyMC-Marketing's own answer to a plan: the only module that asks its optimiser model.

PyMC-Marketing counts money per date and knows some channels in units. Both are converted here, once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.errors import ModelFileError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.training_data import cell_labels
from mmm_groups.model.window_graph import graph_over, quietly
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.marking import marked

BY_CHANNEL = "channel_contribution_original_scale"
MEDIA_TOTAL = "total_media_contribution_original_scale"
_KEPT_ANSWERS = 2000
WITH_EFFECTS = "total_response_original_scale"
"""Exists in models with effects beside media; some of them (a funnel) may read media."""


@dataclass(frozen=True)
class ModelResponse:
    """Response of a model to money over a planning window, carry-over tail included.

    Attributes
    ----------
    model : FittedModel
    horizon : Horizon
    flighting : pd.DataFrame, dates x channels
        Share of each channel's money by date.
    prices : Mapping[str, float]
        Price per unit, in currency, of the channels known in units.
    """

    model: FittedModel
    horizon: Horizon
    flighting: pd.DataFrame
    prices: Mapping[str, float]

    @cached_property
    def _turn(self) -> Any:
        """Compiled functions keep their numbers in one place, so sessions of an app ask them one after the other."""
        return RLock()

    def build(self) -> None:
        """Build PyMC-Marketing's model of the window (seconds); otherwise done at the first question.

        Raises
        ------
        CurvesError
            If PyMC-Marketing cannot build it.
        """
        with self._turn:
            self._optimizer  # noqa: B018 - built by being read

    def by_channel(self, spend: Floats) -> Floats:
        """Contribution of every channel, (draw, channel), in units of the target, to a spend of each, (channel,).

        Carry-in of earlier spend is included: subtract the contribution at zero. Only the identity link has one.
        """
        with self._turn:
            found = self._optimizer.evaluate_response_distribution(self._plan(spend), BY_CHANNEL)
        cells = self.cells
        summed = (
            found.sum("date", skipna=False).transpose("sample", *cells.dims).values.reshape(found.sizes["sample"], -1)
        )
        response: Floats = np.empty_like(summed)
        response[:, self._order] = summed
        return _finite(response)

    def total(self, spend: Floats) -> Floats:
        """Response of all channels together, (draw,), and of every effect that reads them, in units of the target.

        A baseline that no plan changes may be included: subtract the response to zero spend.
        """
        with self._turn:
            found = self._optimizer.evaluate_response_distribution(self._plan(spend), self.total_variable)
        return _finite(np.asarray(found.values, dtype=np.float64))

    def incremental(self, spend: Floats) -> Floats:
        """`total` minus the total at zero spend, (draw,). What was asked lately is not computed again."""
        key = spend.tobytes()
        with self._turn:
            if key not in self._answers:
                if len(self._answers) >= _KEPT_ANSWERS:
                    self._answers.pop(next(iter(self._answers)))
                self._answers[key] = self.total(spend) - self._total_at_zero
            return self._answers[key]

    def mean_and_slopes(self, spend: Floats) -> tuple[float, Floats]:
        """Posterior mean of `incremental`, and its derivative by each channel's spend, (channel,)."""
        with self._turn:
            found = self._optimizer.evaluate_plan(self._plan(spend))
        gradient = found.utility_gradient["channel_data"].transpose(*self.cells.dims).values.ravel()
        slopes: Floats = np.empty(len(gradient))
        slopes[self._order] = gradient
        return found.utility - float(self._total_at_zero.mean()), slopes / (self.horizon.periods * self._unit_price)

    def allocate(
        self, budget: float, upper: Floats, rows: Sequence[tuple[str, Floats, float, float]]
    ) -> tuple[Floats, str]:
        """PyMC-Marketing's own `allocate_budget`: spends, (channel,), in currency, and what its solver said.

        Parameters
        ----------
        budget : float
            Over the whole window, in currency.
        upper : array, (channel,)
            Largest spend of each channel, in currency.
        rows : sequence of (key, factors, lower, upper)
            Linear limits on spends over the window, factors (channel,), ends in currency. The budget must be one of
            them: any constraint given removes PyMC-Marketing's own.
        """
        optimizer, cells, periods = self._optimizer, self.cells, self.horizon.periods

        def over_cells(values: Floats) -> xr.DataArray:
            return cells.copy(data=values[self._order].reshape(cells.shape))

        limits = [
            (key, over_cells(factors * self._unit_price), low / periods, high / periods)
            for key, factors, low, high in rows
        ]
        ends = over_cells(upper / self._unit_price / periods)
        bounds = xr.concat([cells * 0.0, ends], dim="bound").assign_coords(bound=["lower", "upper"])
        with self._turn:
            optimizer.set_constraints(_linear_constraints(limits, budget / periods))
            try:
                answer = optimizer.allocate_budget(
                    total_budget=budget / periods,
                    budget_bounds=bounds.transpose(*cells.dims, "bound"),
                    return_if_fail=True,
                )
            finally:
                optimizer.set_constraints([])
        per_period = np.nan_to_num(answer.budgets.transpose(*cells.dims).values.ravel())
        spends: Floats = np.empty(len(per_period))
        spends[self._order] = per_period
        return spends * periods * self._unit_price, str(answer.scipy_result.message)

    @property
    def has_effects(self) -> bool:
        """True if the model has effects beside media, which may read media."""
        return WITH_EFFECTS in self.model.mmm.model.named_vars

    @property
    def total_variable(self) -> str:
        """What the graph calls the response of all channels, and of effects that may read them."""
        return WITH_EFFECTS if self.has_effects else MEDIA_TOTAL

    @cached_property
    def _answers(self) -> dict[bytes, Floats]:
        return {}

    @cached_property
    def _total_at_zero(self) -> Floats:
        return self.total(np.zeros(len(self.model.channels)))

    @cached_property
    def _unit_price(self) -> Floats:
        return np.array([self.prices.get(channel, 1.0) for channel in self.model.channels])

    @cached_property
    def cells(self) -> xr.DataArray:
        """Ones over the graph's cells."""
        mmm = self.model.mmm
        dims = mmm.model.named_vars_to_dims["channel_data"]
        coords = {dim: list(mmm.model.coords[dim]) for dim in dims if dim != "date"}
        shape = tuple(len(labels) for labels in coords.values())
        return xr.DataArray(np.ones(shape), dims=tuple(coords), coords=coords)

    @cached_property
    def _order(self) -> list[int]:
        # Match by label: the graph's order of cells can differ from the training data's.
        return [self.model.channels.index(label) for label in cell_labels(self.cells)]

    def _plan(self, spend: Floats) -> xr.DataArray:
        per_period = (spend / self._unit_price)[self._order] / self.horizon.periods
        return self.cells.copy(data=per_period.reshape(self.cells.shape))

    @cached_property
    def _optimizer(self) -> Any:
        """PyMC-Marketing's `BudgetOptimizer` for the window."""
        from pymc_marketing.mmm.budget_optimizer import BudgetOptimizer

        model, horizon, cells = self.model, self.horizon, self.cells
        # A channel that was never spent on has no effect that the model could know: PyMC-Marketing refuses to plan it.
        spent = [place for place, channel in enumerate(model.channels) if model.historical_spend[channel].any()]

        def build() -> Any:
            graph, lags = graph_over(model, self.dates), model.mmm.effective_carryover_lags()
            return BudgetOptimizer(
                model=graph,
                idata=model.mmm.idata,
                num_periods=horizon.periods,
                adstock_periods=lags,
                carry_in_periods=len(graph.coords["date"]) - horizon.periods - lags,
                budgets_to_optimize=cells.copy(data=np.isin(self._order, spent).reshape(cells.shape)),
                response_variable=self.total_variable,
                frozen_deterministics=model.mmm.frozen_deterministics,
                **self._spread(),
            )

        return quietly(build, str(horizon))

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The window's dates, and those after it in which its spend still has an effect."""
        horizon, lags = self.horizon, self.model.mmm.effective_carryover_lags()
        return pd.date_range(horizon.start, periods=horizon.periods + lags, freq=horizon.frequency)

    def _spread(self) -> dict[str, Any]:
        """The argument that spreads money over dates; none if it is even, which needs no extra graph."""
        shares = self.flighting[list(self.model.channels)].to_numpy(dtype=np.float64)
        if np.ptp(shares, axis=0).max() == 0:
            return {}
        values = shares[:, self._order].reshape(len(shares), *self.cells.shape)
        coords = {"date": np.arange(len(shares))} | {dim: self.cells.coords[dim] for dim in self.cells.dims}
        return {"budget_distribution_over_period": xr.DataArray(values, dims=tuple(coords), coords=coords)}


def _linear_constraints(rows: "list[tuple[str, xr.DataArray, float, float]]", money: float) -> list[Any]:
    """PyMC-Marketing constraints that hold linear sums of per-period spends between two ends.

    Parameters
    ----------
    rows : list of (key, coefficients, lower, upper)
        Coefficients over the model's cells, dims as its budgets have; ends in currency per period, infinite if open.
    money : float
        The budget per period, in currency: the scale of limits that end at 0, which ratios do.
    """
    from pymc_marketing.mmm.constraints import Constraint
    from pytensor.xtensor.type import as_xtensor

    def linear(factors: xr.DataArray, end: float) -> Callable[[Any, Any, Any], Any]:
        scale = abs(end) or money or 1.0  # their solver's tolerance is absolute
        values = as_xtensor(factors.values / scale, dims=tuple(map(str, factors.dims)))
        return lambda budgets, total, optimizer: (budgets * values).sum() - end / scale

    found = []
    for key, factors, lower, upper in rows:
        if lower == upper:
            found.append(Constraint(key=key, constraint_type="eq", constraint_fun=linear(factors, upper)))
            continue
        if np.isfinite(lower):
            found.append(Constraint(key=f"{key} least", constraint_type="ineq", constraint_fun=linear(factors, lower)))
        if np.isfinite(upper):
            most = linear(-factors, -upper)
            found.append(Constraint(key=f"{key} most", constraint_type="ineq", constraint_fun=most))
    return found


def _finite(response: Floats) -> Floats:
    """The response, (draw, ...), if every draw has one: a draw without would count as nothing in a mean or a sum."""
    is_bad = ~np.isfinite(response.reshape(len(response), -1)).all(axis=1)
    if is_bad.any():
        first = int(is_bad.argmax())
        raise ModelFileError(
            f"In {marked(int(is_bad.sum())):,} of {marked(len(response)):,} draws the model's response is no finite "
            f"number (draw {first + 1} is the first, over all chains): its posterior is damaged there. Leave these "
            "draws out of `mmm.idata['posterior']` with PyMC-Marketing and save the model again."
        )
    return response

"""PyMC-Marketing's own graph over exactly the dates that are asked for, whatever the frequency.

Left alone, PyMC-Marketing adds the carry-over tail in months of 30 days and in weeks where it does not know the
frequency, and finds the place of a date among those the model was trained on by dividing days by the length of the
first period: months of 31 days, which is off by one within the training dates where media vary in time.
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from mmm_groups.errors import CurvesError
from mmm_groups.model.calendar import places
from mmm_groups.model.fitted_model import FittedModel

if TYPE_CHECKING:
    from pymc import Model


def graph_over(model: FittedModel, dates: pd.DatetimeIndex) -> "Model":
    """The model's graph over `dates` and the training dates of its longest carry-over just before them.

    Spend is 0 in `dates`; controls and what effects read are observed where the training data knows them, else 0.

    Parameters
    ----------
    model : FittedModel
    dates : pd.DatetimeIndex
        Of the model's grid, without gaps.

    Raises
    ------
    CurvesError
        If PyMC-Marketing cannot build it.
    """
    import pymc as pm
    from pymc_marketing.mmm.utils import _convert_frequency_to_timedelta

    mmm = model.mmm
    # They add so much to the end that they are given, in their own reckoning: taken off before.
    tail = _convert_frequency_to_timedelta(mmm.effective_carryover_lags(), model.frequency)
    graph = mmm.create_optimization_model(dates[0], dates[-1] - tail)
    built = pd.DatetimeIndex(graph.coords["date"])
    inside = built[built >= dates[0]]
    if len(inside) != len(dates) or (inside != dates).any():
        raise CurvesError(
            f"PyMC-Marketing builds its model for the {len(inside)} dates {inside[0]:%Y-%m-%d} to "
            f"{inside[-1]:%Y-%m-%d} instead of {len(dates)} dates {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}, so it "
            f"cannot be asked for this window. The model's dates follow '{model.frequency}'."
        )
    if "time_index" in graph.named_vars:
        pm.set_data({"time_index": places(model.dates, model.frequency, built)}, model=graph)
    return graph


def quietly[T](build: Callable[[], T], what: str) -> T:
    """What `build` gives, without PyMC-Marketing's warnings; whatever it raises becomes a CurvesError on `what`.

    It warns when controls of future dates are zero-filled and when history does not touch the window: the notes of the
    curves tell the planner.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return build()
        except CurvesError:
            raise
        except Exception as error:  # whatever their builder raises is told to the planner, with its cause
            raise CurvesError(f"PyMC-Marketing cannot build its model for {what}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What went wrong, without pydantic's frame around it."""
    details: Any = getattr(error, "errors", None)
    if not callable(details):
        return str(error) or type(error).__name__
    return "; ".join(str(detail["msg"]).removeprefix("Value error, ") for detail in details())

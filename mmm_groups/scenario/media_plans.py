"""The media plans that a scenario keeps, and what the names in their sheets mean; no optimum depends on them."""

from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from mmm_groups.model.horizon import Horizon
from mmm_groups.problem.statement import Money
from mmm_groups.scenario.fields import Name, ScenarioValue, Window, refuse_twice

MOST_PLANS = 20
PlanOrigin = Literal["table", "totals", "history", "optimum", "typed"]
Written = Annotated[str, Field(min_length=1, max_length=500)]


class KeptPlan(ScenarioValue):
    """A media plan: money by date of its window and channel.

    Attributes
    ----------
    name : str
    origin : str
        Where it came from: see `MediaPlan.source`.
    window : Window or None
        None for curves that know no dates: then each channel has one amount.
    money : dict[str, tuple[float, ...]]
        Channel to its money on each date of the window, in currency.
    notes : tuple[str, ...]
        What was assumed when it was made, in sentences.
    """

    name: Name
    origin: PlanOrigin
    window: Window | None
    money: Annotated[dict[str, tuple[Money, ...]], Field(min_length=1)]
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        lengths = {channel: len(column) for channel, column in self.money.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The plan '{self.name}' has not as many amounts for each channel: {lengths}")
        return self

    @classmethod
    def of(
        cls, money: pd.DataFrame, *, name: str, origin: PlanOrigin, horizon: Horizon | None, notes: tuple[str, ...] = ()
    ) -> Self:
        """A plan with this money, dates x channels."""
        columns = {str(channel): tuple(map(float, column)) for channel, column in money.items()}
        window = None if horizon is None else Window.of(horizon)
        return cls(name=name, origin=origin, window=window, money=columns, notes=notes)

    @property
    def values(self) -> pd.DataFrame:
        """The money, one row a date of the window, one column a channel."""
        return pd.DataFrame(self.money, dtype=np.float64)

    @property
    def totals(self) -> dict[str, float]:
        """Channel to its money over the whole window, in currency."""
        return {channel: float(sum(column)) for channel, column in self.money.items()}

    @property
    def total(self) -> float:
        """All its money, in currency."""
        return float(sum(self.totals.values()))


class MediaPlans(ScenarioValue):
    """All media plans of a scenario.

    Attributes
    ----------
    kept : tuple[KeptPlan, ...]
        Oldest first; their names differ.
    shown : str or None
        Name of the one that is looked at.
    names : dict[str, str or None]
        Name in somebody's sheet to the channel or group that it means, or None where it is left out: the next sheet
        with the same names needs no mapping.
    """

    kept: Annotated[tuple[KeptPlan, ...], Field(max_length=MOST_PLANS)] = ()
    shown: str | None = None
    names: dict[Written, str | None] = Field(default={})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = tuple(plan.name for plan in self.kept)
        refuse_twice("The names of media plans", names)
        if self.shown is not None and self.shown not in names:
            raise ValueError(f"The media plan '{self.shown}' is shown, but kept are {list(names)}")
        return self

    @property
    def shown_plan(self) -> KeptPlan | None:
        """The plan that is looked at."""
        return None if self.shown is None else self.named(self.shown)

    def named(self, name: str) -> KeptPlan | None:
        """The plan of this name; None if there is none."""
        return next((plan for plan in self.kept if plan.name == name), None)

    def with_plan(self, plan: KeptPlan, names: dict[str, str | None] | None = None) -> Self:
        """With this plan, which is then the one shown, in place of one of the same name, and with names understood.

        The oldest plan goes where there are too many.
        """
        kept = tuple(plan if one.name == plan.name else one for one in self.kept)
        if plan not in kept:
            kept = (*kept, plan)[-MOST_PLANS:]
        return self.model_copy(update={"kept": kept, "shown": plan.name, "names": {**self.names, **(names or {})}})

    def without(self, name: str) -> Self:
        """Without the plan of this name."""
        kept = tuple(plan for plan in self.kept if plan.name != name)
        shown = self.shown if self.shown != name else kept[-1].name if kept else None
        return self.model_copy(update={"kept": kept, "shown": shown})

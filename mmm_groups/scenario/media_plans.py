"""The media plans that a scenario keeps, and what the names in their sheets mean; no optimum depends on them."""

from typing import Annotated, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.media_plan import MediaPlan, PlanOrigin
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.numerics.marking import MarkedText, with_marks
from mmm_groups.problem.statement import Money
from mmm_groups.scenario.fields import Name, ScenarioValue, Window, refuse_twice
from mmm_groups.sentences import some_of

MOST_PLANS = 20
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
    def of(cls, plan: MediaPlan) -> Self:
        """A media plan as a scenario keeps it."""
        columns = {str(channel): tuple(map(float, column)) for channel, column in plan.money.items()}
        window = None if plan.horizon is None else Window.of(plan.horizon)
        notes = tuple(map(with_marks, plan.notes))
        return cls(name=plan.name, origin=plan.source, window=window, money=columns, notes=notes)

    def over(self, grid: PlanGrid) -> MediaPlan:
        """The media plan over a window's dates and channels.

        Raises
        ------
        MediaPlanError
            If it is for another window, or for other channels.
        """
        window = None if grid.horizon is None else Window.of(grid.horizon)
        if window != self.window:
            own = f"{self.window.start} to {self.window.end}" if self.window else "dates that it does not name"
            now = grid.horizon or "the window of these curves"
            raise MediaPlanError(
                f"The plan “{self.name}” is for {own}, not for {now}. Plan its window, or bring another plan."
            )
        if set(self.money) != set(grid.channels) or len(next(iter(self.money.values()))) != grid.periods:
            raise MediaPlanError(
                f"The plan “{self.name}” was made for other channels ({some_of(sorted(self.money))}) than are planned "
                f"now ({some_of(list(grid.channels))}). Bring it again."
            )
        money = pd.DataFrame(self.money, dtype=np.float64)[list(grid.channels)].set_axis(grid.dates, axis=0)
        return MediaPlan(money, self.name, self.origin, grid.horizon, tuple(map(MarkedText, self.notes)))

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

    def renamed(self, old: str, new: str) -> Self:
        """With another name for one of the plans."""
        kept = tuple(plan.model_copy(update={"name": new}) if plan.name == old else plan for plan in self.kept)
        return self.model_copy(update={"kept": kept, "shown": new if self.shown == old else self.shown})

    def without(self, name: str) -> Self:
        """Without the plan of this name."""
        kept = tuple(plan for plan in self.kept if plan.name != name)
        shown = self.shown if self.shown != name else kept[-1].name if kept else None
        return self.model_copy(update={"kept": kept, "shown": shown})

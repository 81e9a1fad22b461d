"""Media plans: money by channel and date that somebody brings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self, Unpack

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.assumed_money import Missing, filled_up, spread_note
from mmm_groups.media_plan.confirmed_table import Outside, confirmed
from mmm_groups.media_plan.past_spend import past_spend
from mmm_groups.media_plan.plan_grid import PlanGrid, as_days, days_of, shared_days
from mmm_groups.media_plan.plan_table import PlanTable, Reading, read_plan_table
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.spend_history import is_shorter
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.plan import Plan
from mmm_groups.sentences import some_of

PlanOrigin = Literal["table", "totals", "history", "optimum", "typed"]


@dataclass(frozen=True, repr=False, eq=False)
class MediaPlan:
    """Money by channel and date that somebody brings: an agency's plan, last year's, an optimum.

    Attributes
    ----------
    money : pd.DataFrame, dates x channels
        In currency, at least 0, every channel of the model or of the curves. One row, `window`, for curves that know no
        dates.
    name : str
        What people call it.
    source : str
        Where it came from: `table`, `totals`, `history`, `optimum`, or `typed`.
    horizon : Horizon or None
        The window, whose dates are the rows.
    notes : tuple[MarkedText, ...]
        What was assumed in making it, in sentences.

    Raises
    ------
    MediaPlanError
        If money is missing, negative or no number, or the rows are not the window's dates.
    """

    money: pd.DataFrame
    name: str
    source: PlanOrigin
    horizon: Horizon | None
    notes: tuple[MarkedText, ...] = ()

    def __post_init__(self) -> None:
        if self.horizon is not None and not self.money.index.equals(self.horizon.dates):
            raise MediaPlanError(
                f"The rows of the plan '{self.name}' must be the dates of its window, {self.horizon}, one row each."
            )
        values = self.money.to_numpy(dtype=np.float64)
        bad = [str(name) for name, column in zip(self.money, values.T, strict=True) if not _is_money(column)]
        if bad:
            raise MediaPlanError(
                f"In the plan '{self.name}' the money of {some_of(bad)} is missing, negative or no number on some "
                "dates. Write amounts of at least 0."
            )

    def __repr__(self) -> str:
        return f"<MediaPlan {self.name}: {self.total:,.0f} over {self.horizon or 'its window'}>"

    @property
    def channels(self) -> tuple[str, ...]:
        """Its channels, in the order of the model or the curves."""
        return tuple(map(str, self.money.columns))

    @property
    def dates(self) -> pd.Index:
        """Its dates."""
        return self.money.index

    @property
    def totals(self) -> Numbers:
        """Channel to money over the whole window, in currency."""
        return self.money.sum()

    @property
    def total(self) -> float:
        """All money, in currency."""
        return float(self.money.to_numpy().sum())

    def by_month(self) -> pd.DataFrame:
        """Money by calendar month, months x channels, in currency: that of each date by the days it stands for.

        Raises
        ------
        MediaPlanError
            If the plan has no dates.
        """
        if self.horizon is None:
            raise MediaPlanError(f"The plan '{self.name}' has no dates, so it has no months. Show its totals.")
        first, after = days_of(self.horizon)
        ends = pd.to_datetime([int(first[0]), int(after[-1]) - 1], unit="D")
        months = pd.date_range(ends[0].replace(day=1), ends[1], freq="MS")
        edges = as_days(pd.date_range(months[0], periods=len(months) + 1, freq="MS"))
        shares = shared_days(first, after, edges[:-1], edges[1:]) / (after - first)[:, None]
        values = shares.T @ self.money.to_numpy(dtype=np.float64)
        return pd.DataFrame(values, index=months.rename("month"), columns=self.money.columns)

    def with_money(self, money: pd.DataFrame) -> Self:
        """The same plan with other money, as it was typed into a grid of the same dates and channels.

        Raises
        ------
        MediaPlanError
            If dates or channels are others, or an amount is none.
        """
        if set(money.columns) != set(self.money.columns) or not money.index.equals(self.money.index):
            raise MediaPlanError(f"The typed money must have the dates and channels of the plan '{self.name}'.")
        return replace(self, money=money[list(self.money.columns)].astype(np.float64), source="typed")

    def renamed(self, name: str) -> Self:
        """The same plan under another name."""
        return replace(self, name=name)

    @classmethod
    def from_table(
        cls,
        table: bytes | str | pd.DataFrame | PlanTable,
        on: FittedModel | ResponseCurves | None = None,
        *,
        mapping: Mapping[str, str | None] | None = None,
        missing: Missing | None = None,
        outside: Outside | None = None,
        name: str = "Plan",
        **reading: Unpack[Reading],
    ) -> Self:
        """A plan out of a table of any usual shape; what the table leaves open must be said.

        Parameters
        ----------
        table : bytes, str, pd.DataFrame or PlanTable
            See `read_plan_table`; or what that understood.
        on : FittedModel or ResponseCurves
            Not needed for a `PlanTable`.
        mapping : mapping, optional
            Name in the table to channel or group, or None to leave it out; needed for names that are neither for
            certain. A group's money is divided over its channels by their reference spend.
        missing : `zero` or `reference`, optional
            What channels get that the table does not name; needed if there are any.
        outside : `leave_out` or `keep`, optional
            What happens to money on days outside the window; needed if there is any. `keep` puts the money of periods
            that are partly inside on their days inside.
        name : str
        **reading
            Further arguments of `read_plan_table`: start, end, groups, display_names, phasing, file.

        Raises
        ------
        MediaPlanError
            If something is open and not said.
        TableError
            If the table cannot be read; the text names the line.
        """
        if not isinstance(table, PlanTable):
            if on is None:
                raise MediaPlanError("A plan's table is read for a model or for curves. Give one.")
            table = read_plan_table(table, on, **reading)
        money, notes = confirmed(table, mapping or {}, missing, outside)
        return cls(money, name, "table", table.grid.horizon, notes)

    @classmethod
    def from_totals(
        cls,
        totals: Mapping[str, float],
        on: FittedModel | ResponseCurves,
        *,
        start: str | pd.Timestamp | None = None,
        end: str | pd.Timestamp | None = None,
        phasing: Flighting | None = None,
        missing: Missing | None = None,
        name: str = "Plan",
    ) -> Self:
        """A plan of one amount for each channel, spread over the window's dates.

        Parameters
        ----------
        totals : mapping
            Channel to money over the whole window, in currency.
        on : FittedModel or ResponseCurves
        start, end, phasing
            See `PlanGrid.of`.
        missing : `zero` or `reference`, optional
            What channels get that are not named; needed if there are any.
        name : str

        Raises
        ------
        MediaPlanError
            If a channel is unknown, or is left out and `missing` does not say what it gets.
        """
        grid = PlanGrid.of(on, start, end, phasing=phasing)
        if unknown := sorted(set(totals) - set(grid.channels)):
            raise MediaPlanError(
                f"The plan names channels that there are not: {unknown}. There are {list(grid.channels)}."
            )
        amounts = pd.Series({channel: float(totals.get(channel, 0.0)) for channel in grid.channels})
        left_out = tuple(channel for channel in grid.channels if channel not in totals)
        filled, notes = filled_up(grid.spread_totals(amounts), grid, left_out, missing)
        return cls(filled, name, "totals", grid.horizon, (*spread_note(grid, phasing), *notes))

    @classmethod
    def from_history(
        cls,
        on: FittedModel | ResponseCurves,
        *,
        start: str | pd.Timestamp | None = None,
        end: str | pd.Timestamp | None = None,
        rule: str = "latest",
        name: str | None = None,
    ) -> Self:
        """What was spent on past dates, put on the window's dates one after the other.

        Parameters
        ----------
        on : FittedModel or ResponseCurves
        start, end
            See `PlanGrid.of`.
        rule : str
            `latest`: the latest dates, as many as the window has; `last_year`: the same dates a year before (52 weeks
            for weeks and days); or the first date of a past window, `2025-01-06`.
        name : str, optional

        Raises
        ------
        MediaPlanError
            If history does not hold these dates, or the rule is none.
        """
        grid = PlanGrid.of(on, start, end)
        title = name or {"latest": "Latest spend", "last_year": "Last year"}.get(rule, f"Spend from {rule}")
        if rule == "latest" and (grid.horizon is None or is_shorter(grid.history, grid.periods) or grid.history.empty):
            return cls._reference(grid, title)
        past, note = past_spend(grid, rule)
        return cls(past.set_axis(grid.dates), title, "history", grid.horizon, (note,))

    @classmethod
    def _reference(cls, grid: PlanGrid, name: str) -> Self:
        """The reference spend where the dates it was spent on are unknown, or fewer than the window has."""
        unknown = [str(channel) for channel in grid.reference.index[grid.reference.isna()]]
        if unknown:
            raise MediaPlanError(
                f"What was spent lately is unknown for {some_of(unknown)}. Give a plan as totals or as a table."
            )
        notes: tuple[MarkedText, ...] = ()
        if grid.horizon is not None:
            known = f"only {len(grid.history)} dates of spend are known" if len(grid.history) else "no dates are known"
            notes = (
                MarkedText(f"The reference spend of each channel is spread over the window's dates, because {known}."),
            )
        return cls(grid.spread_totals(grid.reference), name, "history", grid.horizon, notes)

    @classmethod
    def from_plan(cls, plan: Plan, name: str = "Best plan") -> Self:
        """An optimum, spread over the dates as its curves were read.

        Parameters
        ----------
        plan : Plan
        name : str
        """
        grid = PlanGrid.of(plan.problem.channel_curves)
        return cls(grid.spread_totals(plan.channel_spends), name, "optimum", grid.horizon)


def _is_money(column: np.ndarray) -> bool:
    return bool((np.isfinite(column) & (column >= 0)).all())

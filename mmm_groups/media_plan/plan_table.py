"""A plan's table, read before anything is assumed: what was understood, what is open, and what does not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MediaPlanError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.media_plan.plan_grid import PlanGrid, as_days, days_of
from mmm_groups.media_plan.table_entries import CheckedTotal, Entry, Near, read_entries
from mmm_groups.media_plan.table_layout import Shape, find_layout, lines_of
from mmm_groups.media_plan.table_periods import Days, PeriodUnit, days_of_periods, model_dates
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.sentences import some_of
from mmm_groups.tables.loose_names import LooseNames
from mmm_groups.tables.written_dates import WrittenPeriod
from mmm_groups.tables.written_numbers import Mark

_A_YEAR = pd.Timedelta(days=400)  # and more: around a window, where dates are looked for


@dataclass(frozen=True)
class NameMatch:
    """A name of a plan's table, and the channel or group that it is.

    Attributes
    ----------
    written : str
    known : str or None
        Channel or group; None if it is none of them for certain.
    is_group : bool
    suggestions : tuple[str, ...]
        Channels and groups whose names look most like it, the nearest first; none if it is known.
    money : float
        What the table gives it in all, in currency.
    """

    written: str
    known: str | None
    is_group: bool
    suggestions: tuple[str, ...]
    money: float


@dataclass(frozen=True, repr=False, eq=False)
class PlanTable:
    """What was understood of a plan's table.

    Attributes
    ----------
    grid : PlanGrid
        What the plan is laid over: the window that was asked for, or that of the table's own dates.
    groups : Mapping[str, tuple[str, ...]]
        Groups that names may be, with their channels.
    shape : Shape
    unit : PeriodUnit
        What the table's periods are; `total` if amounts are for the whole window.
    names : tuple[NameMatch, ...]
        In the table's order.
    money : pd.DataFrame, periods x names
        In currency. Indexed by first and last day of each period; one row where amounts are for the whole window.
    currencies : tuple[str, ...]
        Signs of currency that were seen; at most one.
    totals : tuple[CheckedTotal, ...]
        Lines and columns of totals, which were verified and left out.
    ignored : tuple[str, ...]
        Columns that are neither names, dates nor money.
    notes : tuple[MarkedText, ...]
        How the table was read, in sentences.
    """

    grid: PlanGrid
    groups: Mapping[str, tuple[str, ...]]
    shape: Shape
    unit: PeriodUnit
    names: tuple[NameMatch, ...]
    money: pd.DataFrame
    currencies: tuple[str, ...]
    totals: tuple[CheckedTotal, ...]
    ignored: tuple[str, ...]
    notes: tuple[MarkedText, ...]

    def __repr__(self) -> str:
        return f"<PlanTable {self.shape} by {self.unit}: {len(self.names)} names, {self.total:,.0f}>"

    @property
    def total(self) -> float:
        """All money of the table, in currency."""
        return float(self.money.to_numpy().sum())

    @property
    def matched(self) -> dict[str, str]:
        """Written name to channel or group, of those that are known."""
        return {name.written: name.known for name in self.names if name.known is not None}

    @property
    def unmatched(self) -> tuple[NameMatch, ...]:
        """Names that are no channel or group for certain: each must be mapped, or left out."""
        return tuple(name for name in self.names if name.known is None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Channels that no name of the table stands for."""
        return self.missing_with({})

    def missing_with(self, mapping: Mapping[str, str | None]) -> tuple[str, ...]:
        """Channels that no name stands for once some names are mapped; see `MediaPlan.from_table`."""
        known = {name for name in (self.matched | dict(mapping)).values() if name is not None}
        named = {channel for name in known for channel in self.groups.get(name, (name,))}
        return tuple(channel for channel in self.grid.channels if channel not in named)

    @cached_property
    def inside(self) -> Floats:
        """Share of each period's days on each date of the window, (period, date)."""
        if self.unit == "total" or self.grid.horizon is None:
            return np.ones((len(self.money), 1))
        first, last = (as_days(pd.DatetimeIndex(self.money.index.get_level_values(level))) for level in (0, 1))
        return self.grid.overlap(first, last + 1)

    @property
    def outside(self) -> float:
        """Money on days outside the window, in currency."""
        return float(((1 - self.inside.sum(axis=1)) * self.money.sum(axis=1).to_numpy()).sum())

    @property
    def straddling(self) -> float:
        """Part of `outside` that is in periods which lie in the window with some of their days."""
        share = self.inside.sum(axis=1)
        money = self.money.sum(axis=1).to_numpy()
        return float(((1 - share) * money)[share > 0].sum())


class Reading(TypedDict, total=False):
    """Arguments of `read_plan_table` beside the table and what it is laid over."""

    start: str | pd.Timestamp | None
    end: str | pd.Timestamp | None
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None
    display_names: Mapping[str, str] | None
    phasing: Flighting | None
    file: str


def read_plan_table(
    table: bytes | str | pd.DataFrame,
    on: FittedModel | ResponseCurves,
    *,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    display_names: Mapping[str, str] | None = None,
    phasing: Flighting | None = None,
    file: str = "the table",
    decimal: Mark | None = None,
) -> PlanTable:
    """Read a plan's table of any usual shape, without assuming anything that it does not say.

    Dates x names, names x dates, one line for each name and date, or one amount for each name; by day, week, month or
    quarter; with titles, totals, further columns, and signs of currency. Numbers are read as `tables` reads them.

    Parameters
    ----------
    table : bytes, str or pd.DataFrame
        Content of a CSV or Excel file, pasted text, or a frame: dates as index or column, names as index or columns.
    on : FittedModel or ResponseCurves
    start, end, phasing
        See `PlanGrid.of`. Default of a model's window: the dates that the table speaks of.
    groups : ChannelGroups or mapping, optional
        Groups that the table may name. Channels that are split into sub-channels are groups in any case.
    display_names : mapping, optional
        Channel or group to what people call it.
    file : str
        What errors call the table.
    decimal : `.` or `,`, optional
        The decimal mark where no number of the table shows it.

    Raises
    ------
    TableError
        If the table cannot be read; the text names the line.
    HorizonError
        If the window does not fit.
    """
    frame, notes = lines_of(table, file, decimal)
    asked = PlanGrid.of(on, start, end, phasing=phasing)
    known = _known_groups(on, groups, asked)
    names = _names(asked, known, display_names or {})
    horizon = asked.horizon
    near, fits = _near(asked), set[pd.Timestamp]()
    if horizon is not None:
        fits = set(model_dates(horizon, near[0] - _A_YEAR, near[1] + _A_YEAR))
    layout = find_layout(frame, names, file)
    read = read_entries(frame, layout, names, near, fits.__contains__)
    if not read.entries:
        raise MediaPlanError(f"'{file}' holds no money. Give each channel an amount.")
    money, unit = _money(read.entries, asked, file)
    grid = asked
    if isinstance(on, FittedModel) and start is None and end is None and unit != "total":
        grid = PlanGrid.of(on, *_window(money, asked.dated), phasing=phasing)
    if layout.ignored:
        notes.append(f"Not read, because they are neither names, dates nor money: {some_of(list(layout.ignored))}.")
    if read.totals:
        notes.append(f"Totals were checked and left out: {some_of(sorted({total.name for total in read.totals}))}.")
    if any(entry.period is not None and not entry.period.has_year for entry in read.entries):
        first, last = money.index[0][0], money.index[-1][1]
        notes.append(f"Dates without a year are taken as {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
    return PlanTable(
        grid=grid,
        groups=known,
        shape=layout.shape,
        unit=unit,
        names=tuple(_matched(str(written), float(money[written].sum()), names, known) for written in money),
        money=money,
        currencies=read.currencies,
        totals=read.totals,
        ignored=layout.ignored,
        notes=tuple(map(MarkedText, notes)),
    )


def _known_groups(
    on: FittedModel | ResponseCurves, groups: ChannelGroups | Mapping[str, Sequence[str]] | None, grid: PlanGrid
) -> dict[str, tuple[str, ...]]:
    stated = groups if isinstance(groups, ChannelGroups) else ChannelGroups(groups)
    found = {name: inside for name, inside in stated.over(grid.channels).items() if name not in grid.channels}
    if isinstance(on, ResponseCurves):
        found |= {split.parent: split.parts for split in on.origin.assumed if split.parent not in found}
    return found


def _names(grid: PlanGrid, groups: Mapping[str, tuple[str, ...]], display_names: Mapping[str, str]) -> LooseNames:
    own = [*grid.channels, *groups]
    shown = {display_names[name]: name for name in own if name in display_names}
    return LooseNames(shown | {name: name for name in own})


def _near(grid: PlanGrid) -> Near:
    if grid.horizon is not None:
        return grid.horizon.start, grid.horizon.end
    today = pd.Timestamp.today().normalize()
    return today, today + pd.Timedelta(days=365)


def _money(entries: Sequence[Entry], grid: PlanGrid, file: str) -> tuple[pd.DataFrame, PeriodUnit]:
    """Amounts added up, periods x written names, and what the periods are."""
    days: dict[WrittenPeriod, Days] = {}
    unit: PeriodUnit = "total"
    periods = [entry.period for entry in entries if entry.period is not None]
    if periods:
        horizon = grid.horizon or Horizon(periods[0].first, periods[0].first, "D")
        days, unit = days_of_periods(periods, horizon, file)
    rows = []
    for entry in entries:
        first, after = days[entry.period] if entry.period is not None else (pd.NaT, pd.NaT)
        last = after - pd.Timedelta(days=1) if entry.period is not None else pd.NaT
        rows.append((first, last, entry.written, entry.amount))
    long = pd.DataFrame(rows, columns=["first", "last", "written", "amount"])
    wide = long.pivot_table(index=["first", "last"], columns="written", values="amount", aggfunc="sum", fill_value=0.0)
    if unit == "total":
        wide = long.groupby("written", sort=False)["amount"].sum().to_frame().T.set_axis(["window"])
    return wide[list(dict.fromkeys(entry.written for entry in entries))].rename_axis(columns=None), unit


def _window(money: pd.DataFrame, horizon: Horizon) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last of the model's dates whose days meet the table's."""
    begin, end = money.index[0][0], max(money.index.get_level_values(1))
    around = model_dates(horizon, begin - _A_YEAR, end + _A_YEAR)
    first, after = days_of(Horizon(around[0], around[-1], horizon.frequency))
    spoken_of = as_days(pd.DatetimeIndex([begin, end]))
    meets = around[(after > spoken_of[0]) & (first <= spoken_of[1])]
    return meets[0], meets[-1]


def _matched(written: str, money: float, names: LooseNames, groups: Mapping[str, tuple[str, ...]]) -> NameMatch:
    known = names.match(written)
    return NameMatch(written, known, known in groups, () if known else names.nearest(written), money)

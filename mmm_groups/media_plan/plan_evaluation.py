"""The evaluation of a media plan: response by date and channel, carry-in and tail; and two of them side by side."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curves.spend_table import spend_table
from mmm_groups.errors import MediaPlanError
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import Numbers, by_name
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.numerics.ties import difference
from mmm_groups.numerics.tolerances import BEYOND_END


@dataclass(frozen=True, repr=False, eq=False)
class PlanEvaluation:
    """What a media plan brings.

    Attributes
    ----------
    plan : MediaPlan
    target : str
        What the response is counted in.
    response : xr.DataArray, dims (draw,)
        Response to the plan's money, carry-over after the window included, less that to no money. In units of the
        target.
    channel_response : xr.DataArray, dims (draw, channel)
        The same by channel. Where channels do not add up: what leaving the channel out would lose.
    by_date : xr.DataArray, dims (draw, date, channel), or None
        At the dates of the window and of its tail; None where the plan was evaluated by totals.
    total_by_date : xr.DataArray, dims (draw, date), or None
        All channels together; sums to `response`.
    carry_in : xr.DataArray, dims (draw, date), or None
        Response at the window's dates to spend before it. Not part of `response`.
    is_joint : bool
        True if the channels' parts do not add up.
    marginal_return : float
        Mean response to the next unit of currency, spent as the plan spends; NaN for a plan without money.
    largest_spend, largest_on_a_date : Numbers
        Channel to the most that was ever spent in a window as long, and on one date, in currency; NaN if unknown.
    interval : float
        Mass of the highest-density intervals.
    notes : tuple[MarkedText, ...]
        What a planner must know about these figures, in sentences.
    """

    plan: MediaPlan
    target: str
    response: xr.DataArray
    channel_response: xr.DataArray
    by_date: xr.DataArray | None
    total_by_date: xr.DataArray | None
    carry_in: xr.DataArray | None
    is_joint: bool
    marginal_return: float
    largest_spend: Numbers
    largest_on_a_date: Numbers
    interval: float
    notes: tuple[MarkedText, ...]

    def __repr__(self) -> str:
        mean = float(self.response.mean())
        return f"<PlanEvaluation of {self.plan.name}: {self.plan.total:,.0f} brings {mean:,.0f} {self.target}>"

    @property
    def has_draws(self) -> bool:
        """True if the response is uncertain: there are draws."""
        return self.response.sizes["draw"] > 1

    @property
    def in_window(self) -> xr.DataArray | None:
        """Part of the response at the window's dates, dims (draw,); None where it is known by totals only."""
        found = self.total_by_date
        return None if found is None else found.isel(date=slice(0, len(self.plan.dates))).sum("date")

    @property
    def tail(self) -> xr.DataArray | None:
        """Part of the response after the window, dims (draw,); None where it is known by totals only."""
        found = self.total_by_date
        return None if found is None else found.isel(date=slice(len(self.plan.dates), None)).sum("date")

    @cached_property
    def channels(self) -> pd.DataFrame:
        """One row a channel: `spend_table`'s columns and the following.

        in_window and tail, parts of the mean response (NaN where it is known by totals only); largest_spend of any
        window as long; beyond_history, True where the plan spends more than that in all or more on some date than ever.
        """
        table = spend_table(self.plan.totals, self.channel_response.values, self.interval)
        table["in_window"] = table["tail"] = np.nan
        if self.by_date is not None:
            mean = self.by_date.mean("draw", dtype=np.float64).values
            periods = len(self.plan.dates)
            table["in_window"], table["tail"] = mean[:periods].sum(axis=0), mean[periods:].sum(axis=0)
        table["largest_spend"] = self.largest_spend
        table["beyond_history"] = table.index.isin(self.beyond_history["channel"])
        return table.rename_axis("channel")

    @cached_property
    def dates(self) -> pd.DataFrame | None:
        """One row a date of the window and of its tail; None where the response is known by totals only.

        Columns: spend in currency; response with response_low and response_high, its interval; carry_in, mean response
        to spend before the window; is_tail, True after the window.
        """
        if self.total_by_date is None or self.carry_in is None:
            return None
        draws = self.total_by_date.values
        table = pd.DataFrame({"spend": self.plan.money.sum(axis=1)}).reindex(
            pd.DatetimeIndex(self.total_by_date["date"].values), fill_value=0.0
        )
        table["response"] = draws.mean(axis=0)
        table["response_low"], table["response_high"] = hdi(draws, self.interval)
        earlier = pd.Series(self.carry_in.mean("draw").values, index=self.plan.dates)
        table["carry_in"] = earlier.reindex(table.index, fill_value=0.0)
        table["is_tail"] = np.arange(len(table)) >= len(self.plan.dates)
        return table.rename_axis("date")

    @cached_property
    def beyond_history(self) -> pd.DataFrame:
        """Where the plan leaves the range ever spent, so that the model extrapolates.

        Columns: channel; date, NaT for the whole window; spend and most, the largest ever spent on a date or in a
        window as long, in currency. The whole window first, then dates.
        """
        rows: list[tuple[str, pd.Timestamp | None, float, float]] = []
        for channel, spend in by_name(self.plan.totals).items():
            most = float(self.largest_spend[channel])
            if spend > most * (1 + BEYOND_END):
                rows.append((channel, None, spend, most))
        if self.plan.horizon is not None:
            for channel in self.plan.channels:
                most = float(self.largest_on_a_date[channel])
                money = self.plan.money[channel]
                beyond = money[money > most * (1 + BEYOND_END)]
                rows += [(channel, pd.Timestamp(str(date)), float(spend), most) for date, spend in beyond.items()]
        table = pd.DataFrame(rows, columns=["channel", "date", "spend", "most"])
        return table.astype({"date": "datetime64[ns]"})

    def compare(self, reference: "PlanEvaluation") -> "PlanComparison":
        """Hold the plan against another one, draw by draw.

        Parameters
        ----------
        reference : PlanEvaluation
            On the same model or curves, over the same window.

        Raises
        ------
        MediaPlanError
            If window, channels, outcome or draws differ.
        """
        ours, theirs = self.plan, reference.plan
        same = {
            "windows": ours.horizon == theirs.horizon and len(ours.dates) == len(theirs.dates),
            "channels": set(ours.channels) == set(theirs.channels),
            "outcomes": self.target == reference.target,
            "draws": self.response.sizes == reference.response.sizes,
        }
        if differing := [what for what, is_same in same.items() if not is_same]:
            raise MediaPlanError(
                f"“{ours.name}” and “{theirs.name}” cannot be compared: their {', '.join(differing)} differ. Evaluate "
                "both on the same model, over the same window."
            )
        draws = difference(self.response.values, reference.response.values)
        return PlanComparison(self, reference, Difference(draws, self.marginal_return, self.interval))


@dataclass(frozen=True, repr=False, eq=False)
class PlanComparison:
    """A plan beside another one on the same dates.

    Attributes
    ----------
    evaluation, reference : PlanEvaluation
    total : Difference
        Response of the plan less that of the reference; in money, at the plan's own marginal return.
    """

    evaluation: PlanEvaluation
    reference: PlanEvaluation
    total: Difference

    def __repr__(self) -> str:
        return f"<PlanComparison: {self.sentence}>"

    @property
    def sentence(self) -> MarkedText:
        """The finding in plain words."""
        ours, theirs = self.evaluation.plan, self.reference.plan
        return MarkedText(
            f"“{ours.name}” brings {self.total.in_words(self.evaluation.target).marked} than “{theirs.name}”, with "
            f"{_money_between(ours.total, theirs.total)}.{self.total.chance_in_words.marked}"
        )

    @cached_property
    def channels(self) -> pd.DataFrame:
        """One row a channel: spend, reference_spend and change in currency; response_change with its interval."""
        after, before = self.evaluation, self.reference
        names = list(after.plan.channels)
        table = pd.DataFrame({"spend": after.plan.totals, "reference_spend": before.plan.totals[names]})
        table["change"] = difference(table["spend"], table["reference_spend"])
        gained = difference(after.channel_response.values, before.channel_response.sel(channel=names).values)
        table["response_change"] = gained.mean(axis=0)
        table["response_change_low"], table["response_change_high"] = hdi(gained, after.interval)
        return table.rename_axis("channel")

    @cached_property
    def dates(self) -> pd.DataFrame | None:
        """One row a date of the window and its tail: spend, reference_spend; response_change with its interval.

        None where either plan was evaluated by totals.
        """
        after, before = self.evaluation, self.reference
        if after.total_by_date is None or before.total_by_date is None or after.dates is None or before.dates is None:
            return None
        table = pd.DataFrame({"spend": after.dates["spend"], "reference_spend": before.dates["spend"]})
        gained = difference(after.total_by_date.values, before.total_by_date.values)
        table["response_change"] = gained.mean(axis=0)
        table["response_change_low"], table["response_change_high"] = hdi(gained, after.interval)
        return table


def _money_between(ours: float, theirs: float) -> str:
    over = float(difference(ours, theirs))
    if over == 0:
        return "the same money"
    return f"{marked_amount(abs(over))} {'more' if over > 0 else 'less'} money"

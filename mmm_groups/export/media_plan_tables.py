"""A media plan as tables that leave the app: money and response by date and channel; money to the cent."""

import pandas as pd

from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.labelled import by_name, column_of, dates_of
from mmm_groups.numerics.rounding import Cents, rounded_to_sum
from mmm_groups.tables.formulas import inert_csv


def media_plan_table(found: PlanEvaluation) -> pd.DataFrame:
    """A plan by date and channel, one line for each.

    Parameters
    ----------
    found : PlanEvaluation

    Returns
    -------
    pd.DataFrame
        Columns date, channel, spend in currency, response, mean in units of the target: on that date, whichever spend
        of the plan it answers to. Dates after the window have a response and no spend. Where only totals are known,
        one line for each channel with its response over the window.
    """
    money = _to_the_cent(found)
    if found.by_date is None:
        rows = [
            (None if found.plan.horizon is None else "window", channel, column_of(money, channel).sum(), response)
            for channel, response in by_name(column_of(found.channels, "response")).items()
        ]
        return pd.DataFrame(rows, columns=["date", "channel", "spend", "response"])
    mean = found.by_date.mean("draw", dtype="float64")
    response = pd.DataFrame(mean.values, index=mean["date"].values, columns=list(found.plan.channels))
    spent = money.reindex(response.index, fill_value=0.0)
    rows = [
        (f"{date:%Y-%m-%d}", channel, spend, earned)
        for channel in found.plan.channels
        for date, spend, earned in zip(
            dates_of(response), column_of(spent, channel), column_of(response, channel), strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["date", "channel", "spend", "response"])


def media_plan_dates(found: PlanEvaluation) -> pd.DataFrame:
    """Money of every channel by date, with all money and the response; the last rows are after the window.

    Returns
    -------
    pd.DataFrame, dates x (channels, Total, Response, Response from, Response to, Earlier spend)
        Without the columns on the response where it is known by totals only.
    """
    money = _to_the_cent(found)
    table = money.assign(Total=money.sum(axis=1))
    if found.dates is None:
        return table
    dates = found.dates
    return table.reindex(dates.index, fill_value=0.0).assign(
        **{
            "Response": dates["response"],
            "Response from": dates["response_low"],
            "Response to": dates["response_high"],
            "Earlier spend": dates["carry_in"],
        }
    )


def media_plan_csv(found: PlanEvaluation) -> str:
    """`media_plan_table` as CSV text; see `inert_csv`."""
    return inert_csv(media_plan_table(found), money=("spend",), decimals=Cents.of(found.plan.total).shown)


def _to_the_cent(found: PlanEvaluation) -> pd.DataFrame:
    """Money by date and channel, every column to the cent of its sum."""
    decimals = Cents.of(found.plan.total).decimals
    return found.plan.money.apply(lambda column: rounded_to_sum(column, decimals))

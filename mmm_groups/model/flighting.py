"""How a channel's money is spread over the planning window's dates."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from mmm_groups.errors import FlightingError
from mmm_groups.model.calendar import a_year_of, day_of, grid, places
from mmm_groups.model.horizon import Horizon

FlightingRule = Literal["even", "last_year"]
type Flighting = FlightingRule | Mapping[str, FlightingRule] | pd.DataFrame
"""One rule for all channels, a rule by channel, or a table of weights, dates x channels. Channels left out are even."""

FLIGHTING_RULES: tuple[FlightingRule, ...] = ("even", "last_year")


def flighting_as_json(flighting: Flighting) -> dict[str, Any]:
    """A flighting in types of JSON, as scenarios and jobs keep it.

    ``{"kind": "rule", "rule": "even", "by_channel": {"tv": "last_year"}}``, or
    ``{"kind": "table", "dates": ["2026-01-05T00:00:00"], "weights": {"tv": [1.0]}}`` with one weight for each date.
    """
    if isinstance(flighting, pd.DataFrame):
        weights = {str(channel): list(map(float, column)) for channel, column in flighting.items()}
        return {"kind": "table", "dates": [date.isoformat() for date in flighting.index], "weights": weights}
    if isinstance(flighting, str):
        return {"kind": "rule", "rule": flighting, "by_channel": {}}
    return {"kind": "rule", "rule": "even", "by_channel": dict(flighting)}


def flighting_from_json(stated: Mapping[str, Any], channels: Sequence[str] = ()) -> Flighting:
    """The flighting that `flighting_as_json` wrote.

    Parameters
    ----------
    stated : mapping
    channels : sequence of str
        Channels that follow the rule unless `by_channel` names them; needed only where the rule is not `even`.
    """
    if stated["kind"] == "table":
        return weights_table(stated["dates"], stated["weights"])
    rule: FlightingRule = stated["rule"]
    return dict.fromkeys(channels, rule) | dict(stated["by_channel"]) if stated["by_channel"] else rule


def weights_table(dates: Sequence[object], weights: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """The planner's own weights, dates x channels, out of one list for each channel."""
    return pd.DataFrame(dict(weights), index=pd.DatetimeIndex(list(dates)).as_unit("ns"), dtype=np.float64)


def flighting_key(flighting: Flighting) -> object:
    """A flighting as part of a fingerprint: in an older form, by which cached curves are found."""
    if isinstance(flighting, pd.DataFrame):
        weights = flighting.sort_index(axis=1).astype(np.float64)
        return [str(list(weights.index)), list(map(str, weights.columns)), weights.to_numpy().tolist()]
    return flighting if isinstance(flighting, str) else dict(flighting)


def flighting_shares(
    history: pd.DataFrame, horizon: Horizon, flighting: Flighting = "even"
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Each channel's share of its money by date.

    - `even`: the same on every date.
    - `last_year`: as on the same dates a year earlier (52 weeks earlier for days and weeks, so that weekdays fit);
      where history ended before that, as many years earlier as it takes.
    - a table: weights in any unit, money or ratings, of which only the proportions count.

    Parameters
    ----------
    history : pd.DataFrame, dates x channels
        Historical spend; its columns are the channels.
    horizon : Horizon
    flighting : Flighting

    Returns
    -------
    shares : pd.DataFrame, dates x channels
        Every column adds up to 1.
    notes : tuple[str, ...]
        What a planner must know about them, in sentences.

    Raises
    ------
    FlightingError
        If a rule, channel or date is unknown, weights are negative or all zero, or history does not reach back a year.
    """
    if isinstance(flighting, pd.DataFrame):
        return _from_table(history, horizon, flighting), ()
    rules = _rules(list(map(str, history.columns)), flighting)
    shares = pd.DataFrame(1 / horizon.periods, index=horizon.dates, columns=history.columns)
    followers = [channel for channel, rule in rules.items() if rule == "last_year"]
    if not followers:
        return shares, ()
    pattern = history[followers].reindex(years_earlier(history, horizon))
    spent = pattern.sum()
    silent = [str(channel) for channel in followers if not spent[channel] > 0]
    active = [channel for channel in followers if channel not in silent]
    shares[active] = (pattern[active] / spent[active]).to_numpy()
    if not silent:
        return shares, ()
    return shares, (f"Spread evenly, because nothing was spent on the same dates a year earlier: {', '.join(silent)}.",)


def _rules(channels: list[str], flighting: FlightingRule | Mapping[str, FlightingRule]) -> dict[str, FlightingRule]:
    given: Mapping[str, FlightingRule]
    given = dict.fromkeys(channels, flighting) if isinstance(flighting, str) else flighting
    _refuse_unknown(sorted(set(given) - set(channels)), channels)
    bad = sorted({str(rule) for rule in given.values()} - set(FLIGHTING_RULES))
    if bad:
        raise FlightingError(
            f"There is no flighting {bad}. Choose one of {list(FLIGHTING_RULES)}, or give a table of weights."
        )
    return {channel: given.get(channel, "even") for channel in channels}


def _refuse_unknown(unknown: list[str], channels: list[str]) -> None:
    if unknown:
        raise FlightingError(f"The flighting names channels the model does not have: {unknown}. It has {channels}.")


def years_earlier(history: pd.DataFrame, horizon: Horizon) -> pd.DatetimeIndex:
    """For every date of the window the same one in the latest year that history knows."""
    known = pd.DatetimeIndex(history.index)
    year = a_year_of(horizon.frequency)
    at = places(known, horizon.frequency, horizon.dates)
    latest = int(places(known, horizon.frequency, known[-1:])[0])
    years = np.maximum(np.ceil((at - latest) / year), 1).astype(int)
    earlier = at - years * year
    if (earlier < 0).any():
        missing = pd.date_range(end=known[0], periods=1 - int(earlier.min()), freq=horizon.frequency)[0]
        raise FlightingError(
            f"The flighting of a year earlier needs the spend of {missing:%Y-%m-%d}, but history reaches from "
            f"{known[0]:%Y-%m-%d} to {known[-1]:%Y-%m-%d}. Spread the money evenly, or give a table of weights."
        )
    every: pd.DatetimeIndex = grid(known, horizon.frequency, known[0], known[-1])
    return every.take(earlier)


def _from_table(history: pd.DataFrame, horizon: Horizon, table: pd.DataFrame) -> pd.DataFrame:
    channels = list(map(str, history.columns))
    _refuse_unknown(sorted(set(map(str, table.columns)) - set(channels)), channels)
    twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
    if twice:
        raise FlightingError(f"The flighting table has more than one column for {twice}. Keep one of each.")
    days = [day_of(value) for value in table.index]
    if None in days:
        raise FlightingError(
            f"The flighting table's rows must be dates such as 2026-01-05 (year, month, day); "
            f"'{table.index[days.index(None)]}' is none."
        )
    dates = pd.DatetimeIndex(days)
    missing = [f"{date:%Y-%m-%d}" for date in horizon.dates.difference(dates)]
    foreign = [f"{date:%Y-%m-%d}" for date in dates.difference(horizon.dates)]
    if missing or foreign or dates.has_duplicates:
        raise FlightingError(
            f"The flighting table must have one row for each date of {horizon}. Missing: {missing}; not in the "
            f"window: {foreign}; given twice: {sorted({f'{date:%Y-%m-%d}' for date in dates[dates.duplicated()]})}."
        )
    shares = pd.DataFrame(1 / horizon.periods, index=horizon.dates, columns=history.columns)
    for channel in table.columns:
        try:
            weights = pd.Series(table[channel].to_numpy(dtype=np.float64), index=dates).reindex(horizon.dates)
        except (ValueError, TypeError) as error:
            raise FlightingError(f"The flighting of '{channel}' must be numbers: {error}.") from error
        if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.sum() > 0:
            raise FlightingError(
                f"The flighting of '{channel}' needs numbers of at least 0, and at least one above 0. Mend its column, "
                "or leave it out: then the money is spread evenly."
            )
        shares[channel] = weights / weights.sum()
    return shares

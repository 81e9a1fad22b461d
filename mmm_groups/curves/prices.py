"""What a unit (an impression, a click, a spot) costs, for channels that a model knows in units instead of money."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import PriceError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.numerics.marking import MarkedText, marked


def historical_prices(units: pd.DataFrame, spend: pd.DataFrame, periods: int) -> dict[str, float]:
    """Price per unit by channel: what the units of the latest `periods` dates cost on average, in currency.

    A channel that bought nothing then has the average price of the whole history.

    Parameters
    ----------
    units, spend : pd.DataFrame, dates x channels
        Units bought and money paid, of the channels that are known in units.
    periods : int
    """
    found = {}
    for channel in units:
        for window in (periods, len(units)):
            bought = float(units[channel].tail(window).sum())
            if bought > 0:
                found[str(channel)] = float(spend[channel].tail(window).sum()) / bought
                break
        else:
            found[str(channel)] = 1.0  # never bought: no curve depends on it
    return found


def usual_prices(model: FittedModel, periods: int) -> dict[str, float]:
    """Price per unit of the channels that a model knows in units, over the latest `periods` dates, in currency."""
    units = model.historical_units
    return historical_prices(units, model.historical_spend[units.columns], periods)


def is_price(price: object) -> bool:
    """True for a positive number."""
    return isinstance(price, int | float | np.number) and bool(np.isfinite(price)) and float(price) > 0


def repriced(curves: ResponseCurves, prices: Mapping[str, float]) -> ResponseCurves:
    """The same curves at other prices per unit: the same units cost other money.

    ``r(x) = R(x / price)`` with ``R`` the response to units, so a price only stretches a curve along its spend.

    Parameters
    ----------
    curves : ResponseCurves
    prices : mapping
        Channel to planned price per unit, in currency; channels left out keep theirs.

    Raises
    ------
    PriceError
        If a channel is not known in units, or a price is not a positive number.
    """
    unknown = sorted(set(prices) - set(curves.prices))
    if unknown:
        raise PriceError(
            f"A price per unit is given for {unknown}, but the model knows "
            + (f"only {sorted(curves.prices)} in units." if curves.prices else "no channel in units: all are in money.")
        )
    bad = {name: price for name, price in prices.items() if not is_price(price)}
    if bad:
        raise PriceError(f"A price per unit must be a positive number; these are not: {bad}.")
    changed = {name: float(price) for name, price in prices.items() if price != curves.prices[name]}
    if not changed:
        return curves
    factors = np.array([changed.get(name, 1.0) / curves.prices.get(name, 1.0) for name in curves.channels])
    factors[[name not in changed for name in curves.channels]] = 1.0
    changes = ", ".join(
        f"{name} {marked(price):.6g} (was {marked(curves.prices[name]):.6g})" for name, price in changed.items()
    )
    return replace(
        curves,
        spend=curves.spend * factors[:, None],
        # History at today's prices: what the most that was ever bought would cost now.
        largest_spend=curves.largest_spend * factors,
        prices=curves.prices | changed,
        origin=curves.origin.changed(
            changed, MarkedText(f"Planned at other prices per unit than the historical ones: {changes}.")
        ),
    )

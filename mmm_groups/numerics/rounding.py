"""Rounding money to cents so that it still adds up: the largest remainders are rounded up."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CENTS = 100
"""Cents in a unit of currency."""


def rounded_to_sum(money: pd.Series, decimals: int = 2) -> pd.Series:
    """Round amounts so that they still add up to their rounded total (largest remainder rule)."""
    unit = 10**decimals
    exact = money * unit
    whole = exact.round(6) // 1
    left = round(float(exact.sum())) - int(whole.sum())
    winners = (exact - whole).sort_values(ascending=False, kind="stable").index[:left]
    whole.loc[winners] += 1
    rounded: pd.Series = whole / unit
    return rounded


def whole_cents(money: pd.Series) -> pd.Series:
    """Amounts in currency as whole cents, integers, whose sum is the rounded total."""
    return (rounded_to_sum(money) * CENTS).round().astype(np.int64)


def cents_in_parts(cents: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Part a whole number of cents by shares; the parts add up to it exactly (largest remainder rule).

    Parameters
    ----------
    cents : int
        At least 0.
    shares : array, (part,)
        At least 0, with a sum above 0; only their proportions count. Of equal remainders the first wins.

    Returns
    -------
    array, (part,)
        Each less than a cent away from its exact part; 0 where the share is 0.
    """
    exact = cents * (shares / shares.sum())
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    left = cents - int(whole.sum())
    if left < 0:  # rounding of an exact part up to the next whole number
        least = np.argsort(exact - whole, kind="stable")
        takers = [place for place in least if whole[place] > 0][:-left]
        whole[takers] -= 1
        return whole
    order = np.argsort(np.where(shares > 0, whole - exact, np.inf), kind="stable")
    whole[order[:left]] += 1
    return whole

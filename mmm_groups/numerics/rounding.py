"""Rounding money to cents so that it still adds up: the largest remainders are rounded up."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_FINE = 1000.0  # of less money, which may be counted in thousands or millions, a millionth is kept
_EXACT = 2.0**53  # whole numbers up to here are exact


@dataclass(frozen=True)
class Cents:
    """The smallest money of a plan: 10 ** -decimals units of currency.

    Attributes
    ----------
    decimals : int
        2; more for totals below a thousand, fewer where cents are beyond what numbers can hold.
    """

    decimals: int

    @classmethod
    def of(cls, total: float) -> "Cents":
        """Cents for a total, in currency: a hundredth, of small money a millionth of the total or less."""
        if not total > 0:
            return cls(2)
        decimals = 2 if total >= _FINE else 6 - math.floor(math.log10(total))
        while total * 10.0**decimals > _EXACT:
            decimals -= 1
        return cls(decimals)

    @property
    def shown(self) -> int:
        """Decimals to write."""
        return max(self.decimals, 0)

    def count(self, money: pd.Series) -> pd.Series:
        """Amounts in currency as whole cents, integers, whose sum is the rounded total."""
        return (rounded_to_sum(money, self.decimals) * 10.0**self.decimals).round().astype(np.int64)

    def money(self, count: int) -> float:
        """Cents in currency."""
        return count / 10**self.decimals if self.decimals >= 0 else float(count * 10**-self.decimals)

    def rounded(self, money: float) -> float:
        """An amount in currency without the rounding of sums."""
        return round(money, self.decimals)


def rounded_to_sum(money: pd.Series, decimals: int = 2) -> pd.Series:
    """Round amounts so that they still add up to their rounded total (largest remainder rule)."""
    unit = 10.0**decimals
    exact = money * unit
    whole = exact.round(6) // 1
    left = round(float(exact.sum())) - int(whole.sum())
    winners = (exact - whole).sort_values(ascending=False, kind="stable").index[:left]
    whole.loc[winners] += 1
    rounded: pd.Series = whole / unit
    return rounded


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

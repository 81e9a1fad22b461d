"""Rounding money to cents so that it still adds up: the largest remainders are rounded up."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers, by_name

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

    def count(self, money: Numbers) -> dict[str, int]:
        """Amounts in currency as whole cents, by name; their sum is the rounded total."""
        return {
            name: round(rounded * 10.0**self.decimals)
            for name, rounded in by_name(rounded_to_sum(money, self.decimals)).items()
        }

    def money(self, count: int) -> float:
        """Cents in currency."""
        return count / 10.0**self.decimals if self.decimals >= 0 else count * 10.0**-self.decimals

    def rounded(self, money: float) -> float:
        """An amount in currency without the rounding of sums."""
        return round(money, self.decimals)


def rounded_to_sum(money: Numbers, decimals: int = 2) -> Numbers:
    """Round amounts so that they still add up to their rounded total (largest remainder rule)."""
    unit = 10.0**decimals
    exact = money.to_numpy(dtype=np.float64) * unit
    whole = np.floor(exact.round(6))
    left = round(float(np.sum(exact))) - int(np.sum(whole))
    winners = np.argsort(whole - exact, kind="stable")[:left]
    whole[winners] += 1
    return pd.Series(whole / unit, index=money.index)


def cents_in_parts(cents: int, shares: Floats) -> list[int]:
    """Part a whole number of cents by shares; the parts add up to it exactly (largest remainder rule).

    Parameters
    ----------
    cents : int
        At least 0.
    shares : array, (part,)
        At least 0, with a sum above 0; only their proportions count. Of equal remainders the first wins.

    Returns
    -------
    list of int, (part,)
        Each less than a cent away from its exact part; 0 where the share is 0.
    """
    exact = cents * (shares / np.sum(shares))
    whole = np.floor(exact).astype(np.int64)
    left = cents - int(np.sum(whole))
    if left < 0:  # rounding of an exact part up to the next whole number
        least = np.argsort(exact - whole, kind="stable")
        whole[least[whole[least] > 0][:-left]] -= 1
    else:
        order = np.argsort(np.where(shares > 0, whole - exact, np.inf), kind="stable")
        whole[order[:left]] += 1
    return list(map(int, whole))

"""The planning window."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Horizon:
    """A planning window: `periods` dates at the model's own frequency, both ends included.

    The carry-over tail that spend in the window causes after `end` counts as response; see `response_curves`.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    frequency: str

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The window's dates."""
        return pd.date_range(self.start, self.end, freq=self.frequency)

    @property
    def periods(self) -> int:
        """How many dates the window has."""
        return len(self.dates)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"

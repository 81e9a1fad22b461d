"""The demo's history: a simulated retailer whose true media effects are known.

About three years of weekly spend and sales for nine channels on three platforms. The truth is kept,
so that tests can ask whether the fitted demo model found it again.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

FIRST_WEEK, WEEKS, SEED = "2023-01-02", 157, 20260105
TARGET, CONTROLS = "sales", ["price_index", "trend"]
CARRYOVER_WEEKS = 8


@dataclass(frozen=True)
class TrueChannel:
    """What the simulator knows about a channel.

    Attributes
    ----------
    platform : str
        Channels of one platform share a flighting factor, as their planners share a calendar.
    weekly_spend : float
        Mean spend of an active week, in currency.
    decay : float
        Geometric adstock: share of a week's effect that is carried into the next one.
    half_spend : float
        Steady weekly spend that earns half of `ceiling`, in currency.
    ceiling : float
        Sales per week that the channel can earn at most, in currency.
    """

    platform: str
    weekly_spend: float
    decay: float
    half_spend: float
    ceiling: float


# Display is bought far beyond its half-saturation (over-spent); TikTok is young and far below it (under-spent).
TRUTH: dict[str, TrueChannel] = {
    "facebook": TrueChannel("Meta", 34_000, 0.30, 42_000, 190_000),
    "instagram": TrueChannel("Meta", 21_000, 0.25, 34_000, 150_000),
    "search": TrueChannel("Google", 42_000, 0.10, 38_000, 230_000),
    "youtube": TrueChannel("Google", 17_000, 0.45, 40_000, 210_000),
    "tv": TrueChannel("Offline", 72_000, 0.60, 55_000, 300_000),
    "radio": TrueChannel("Offline", 15_000, 0.35, 22_000, 70_000),
    "outdoor": TrueChannel("Offline", 18_000, 0.50, 26_000, 60_000),
    "tiktok": TrueChannel("TikTok", 9_000, 0.20, 32_000, 200_000),
    "display": TrueChannel("Display", 31_000, 0.15, 9_000, 75_000),
}


def carry_over(spend: np.ndarray, decay: float) -> np.ndarray:
    """Geometric adstock whose `CARRYOVER_WEEKS` weights add up to 1; `spend` has dims (date,)."""
    weights = decay ** np.arange(CARRYOVER_WEEKS)
    return np.convolve(spend, weights / weights.sum())[: len(spend)]


def true_response(channel: str, weekly_spend: np.ndarray) -> np.ndarray:
    """Sales per week, dims (date,), that `weekly_spend` (currency, dims (date,)) truly causes."""
    true = TRUTH[channel]
    # (1 - exp(-k)) / (1 + exp(-k)) is tanh(k / 2): it reaches one half at k = ln 3.
    response: np.ndarray = true.ceiling * np.tanh(
        np.log(3) / 2 * carry_over(weekly_spend, true.decay) / true.half_spend
    )
    return response


def _wandering(rng: np.random.Generator, weeks: int, scale: float) -> np.ndarray:
    """A positive factor around 1 that drifts slowly, as plans do: exp of an AR(1)."""
    steps = rng.normal(0, scale * np.sqrt(1 - 0.8**2), weeks)
    level = np.zeros(weeks)
    for week in range(1, weeks):
        level[week] = 0.8 * level[week - 1] + steps[week]
    return np.exp(level)


def _bursts(rng: np.random.Generator, weeks: int, on: int, off: int) -> np.ndarray:
    """1 in weeks on air, 0 in dark weeks; bursts of about `on` weeks, pauses of about `off`."""
    active = np.zeros(weeks)
    week = int(rng.integers(0, off + 1))
    while week < weeks:
        length = on + int(rng.integers(-1, 2))
        active[week : week + length] = 1
        week += length + off + int(rng.integers(-1, 2))
    return active


def _spend(rng: np.random.Generator, dates: pd.DatetimeIndex) -> pd.DataFrame:
    weeks = len(dates)
    yearly = 1 + 0.22 * np.cos(2 * np.pi * (dates.day_of_year.to_numpy() - 335) / 365.25)
    platforms = {name: _wandering(rng, weeks, 0.40) for name in sorted({t.platform for t in TRUTH.values()})}
    on_air = {
        "tv": _bursts(rng, weeks, 5, 3),
        "radio": _bursts(rng, weeks, 4, 3),
        "outdoor": _bursts(rng, weeks, 4, 5),
        "youtube": _bursts(rng, weeks, 9, 2),
        "tiktok": (np.arange(weeks) >= 40).astype(float),  # the brand joined in the first autumn
    }
    spend = {}
    for name, true in TRUTH.items():
        own = _wandering(rng, weeks, 0.28)
        active = on_air.get(name, (rng.random(weeks) > 0.04).astype(float))
        spend[name] = np.round(true.weekly_spend * yearly * platforms[true.platform] * own * active, 2)
    return pd.DataFrame(spend, index=dates)


def simulate(seed: int = SEED) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate the demo's history.

    Returns
    -------
    history : pd.DataFrame
        One row a week: `date`, spend per channel (currency), `price_index`, `trend` and `sales` (currency).
    contributions : pd.DataFrame, dates x channels
        Sales that each channel truly caused in each week, in currency.
    """
    rng = np.random.default_rng(seed)
    dates = pd.date_range(FIRST_WEEK, periods=WEEKS, freq="W-MON", name="date")
    spend = _spend(rng, dates)
    contributions = pd.DataFrame({c: true_response(c, spend[c].to_numpy()) for c in map(str, spend)}, index=dates)
    price = 1 + 0.03 * np.log(_wandering(rng, WEEKS, 1.0))
    trend = np.linspace(0, 1, WEEKS)
    phase = 2 * np.pi * dates.day_of_year.to_numpy() / 365.25
    baseline = 1_050_000 + 160_000 * trend + 90_000 * np.cos(phase - 6.0) + 40_000 * np.sin(2 * phase)
    noise = rng.normal(0, 22_000, WEEKS)
    sales = baseline - 1_400_000 * (price - 1) + contributions.sum(axis=1).to_numpy() + noise
    history = spend.assign(price_index=price.round(4), trend=trend, sales=sales.round(2)).reset_index()
    return history, contributions

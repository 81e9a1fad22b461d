"""Curves whose best plans are known in closed form, or by enumeration."""

from dataclasses import replace

import numpy as np
import pandas as pd

import mmm_groups as mg

CURVES_HEAD = "channel,spend,response"


def root_curves(
    scales: list[float], draws: int = 3, points: int = 400, top: float = 100.0, history: list[float] | None = None
) -> mg.ResponseCurves:
    """Curves ``scale * sqrt(spend)``, whose optimum has a closed form; draws scatter around the scales."""
    channels = [f"c{i}" for i in range(len(scales))]
    spend = np.tile(top * np.linspace(0, 1, points) ** 2, (len(scales), 1))
    factors = 1 + 0.1 * (np.arange(draws) - (draws - 1) / 2)
    response = factors[:, None, None] * np.array(scales)[None, :, None] * np.sqrt(spend)
    dates = pd.date_range("2025-01-06", periods=4, freq="W-MON")
    weekly = np.array(history or [10.0] * len(scales)) / 4
    past = pd.DataFrame(np.tile(weekly, (4, 1)), index=dates, columns=channels)
    return mg.ResponseCurves.from_arrays(channels, spend, response, past)


def hill(x: np.ndarray, top: float, half: float, slope: float) -> np.ndarray:
    return np.asarray(top * x**slope / (half**slope + x**slope))


def s_shaped(parameters: list[tuple[float, float, float]], points: int = 161, top: float = 100.0) -> mg.ResponseCurves:
    spend = np.tile(np.linspace(0, top, points), (len(parameters), 1))
    response = np.stack([hill(spend[i], *p) for i, p in enumerate(parameters)])
    return mg.ResponseCurves.from_arrays([f"c{i}" for i in range(len(parameters))], spend, response[None])


def s_curve(draws: int = 1, top: float = 100.0) -> mg.ResponseCurves:
    """One S-shaped channel and one concave one, with a reference of 40 and 20."""
    spend = np.tile(np.linspace(0, top, 201), (2, 1))
    hill = 50 * spend[0] ** 3 / (30.0**3 + spend[0] ** 3)
    response = np.stack([hill, 2 * np.sqrt(spend[1])])
    dates = pd.date_range("2025-01-06", periods=2, freq="W-MON")
    history = pd.DataFrame([[20.0, 10.0]] * 2, index=dates, columns=["c0", "c1"])
    return mg.ResponseCurves.from_arrays(["c0", "c1"], spend, np.tile(response, (draws, 1, 1)), history)


def uncertain(channels: int = 3, draws: int = 40, seed: int = 0, points: int = 400) -> mg.ResponseCurves:
    """Square roots whose scales vary by draw, more for the better ones: the mean and the bad cases disagree."""
    rng = np.random.default_rng(seed)
    names = [f"c{i}" for i in range(channels)]
    spend = np.tile(100 * np.linspace(0, 1, points) ** 2, (channels, 1))
    scales = np.linspace(3, 1.5, channels) * np.exp(rng.normal(0, np.linspace(0.7, 0.1, channels), (draws, channels)))
    history = pd.DataFrame([np.full(channels, 20.0)], index=pd.date_range("2025-01-06", periods=1), columns=names)
    return mg.ResponseCurves.from_arrays(names, spend, scales[:, :, None] * np.sqrt(spend), history)


class Multiplying:
    """exp(sum of strength * sqrt(spend)) - 1, by draw: channels multiply."""

    def __init__(self, strengths: list[float], draws: int = 3) -> None:
        factors = 1 + 0.1 * (np.arange(draws) - (draws - 1) / 2)
        self.strengths = factors[:, None] * np.array(strengths)
        self.asked = 0

    def incremental(self, spend: np.ndarray) -> np.ndarray:
        self.asked += 1
        return np.asarray(np.exp(self.strengths @ np.sqrt(np.maximum(spend, 0.0))) - 1)

    def mean_and_slopes(self, spend: np.ndarray) -> tuple[float, np.ndarray]:
        level = self.incremental(spend) + 1
        slopes = level[:, None] * self.strengths / (2 * np.sqrt(np.maximum(spend, 1e-12)))
        return float(level.mean() - 1), slopes.mean(axis=0)


def curves_of(strengths: list[float], top: float = 100.0) -> mg.ResponseCurves:
    """Conditional curves, all others at 10."""
    joint, count = Multiplying(strengths), len(strengths)
    spend = np.tile(top * np.linspace(0, 1, 60) ** 2, (count, 1))
    response = np.empty((3, count, 60))
    for i in range(count):
        others = np.full(count, 10.0)
        others[i] = 0
        alone = joint.incremental(others)
        for k in range(60):
            others[i] = spend[i, k]
            response[:, i, k] = joint.incremental(others) - alone
    history = root_curves([1.0] * count).historical_spend
    names = [str(name) for name in history]
    made = mg.ResponseCurves.from_arrays(names, spend, response, history, others_at=pd.Series(10.0, index=names))
    return replace(made, joint=joint)


def square_root_csv(columns: str = "", values: str = "") -> str:
    lines = [
        f"{channel},{spend:g},{scale * np.sqrt(spend):.10g}{values}"
        for channel, scale in (("tv", 300), ("radio", 100), ("search", 200))
        for spend in 1e6 * np.linspace(0, 1, 201) ** 2
    ]
    return "\n".join([CURVES_HEAD + columns, *lines])

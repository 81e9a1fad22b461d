"""Slow, obvious answers that share no code with the package."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np


def interpolated(x: float, points: Iterable[float], values: Iterable[float]) -> float:
    """Read a piecewise linear curve by walking along its points."""
    for (x0, y0), (x1, y1) in itertools.pairwise(zip(points, values, strict=True)):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise ValueError(f"{x} is outside the curve")


def best_by_enumeration(
    curves: Sequence[Callable[[float], float]],
    budget: float,
    steps: int,
    allowed: Callable[[tuple[float, ...]], bool] = lambda spends: True,
) -> tuple[float, tuple[float, ...]]:
    """Try every plan whose spends are multiples of budget / steps; the best value and its plan."""
    unit = budget / steps
    best, where = -np.inf, tuple[float, ...]()
    for head in itertools.product(range(steps + 1), repeat=len(curves) - 1):
        if sum(head) > steps:
            continue
        spends = tuple(unit * k for k in (*head, steps - sum(head)))
        if allowed(spends):
            value = sum(curve(spend) for curve, spend in zip(curves, spends, strict=True))
            if value > best:
                best, where = value, spends
    return best, where


def square_root_optimum(scales: Sequence[float], budget: float) -> np.ndarray:
    """Spends that maximise sum of scale * sqrt(spend): proportional to the squared scales (Lagrange)."""
    squared: np.ndarray = np.square(np.asarray(scales, dtype=float))
    optimum: np.ndarray = budget * squared / squared.sum()
    return optimum


def logistic_mmm_by_date(
    spend: Sequence[float],
    alpha: float,
    lam: float,
    beta: float,
    lags: int,
    channel_scale: float,
    target_scale: float,
    over_time: Sequence[float] | None = None,
) -> list[float]:
    """What one channel's spends by date earn: geometric carry-over normalised over `lags` dates, then saturation.

    `over_time` multiplies the effect of each date.
    """
    weights = [alpha**lag for lag in range(lags)]
    found = []
    for date in range(len(spend)):
        carried = sum(
            weights[lag] / sum(weights) * spend[date - lag] / channel_scale for lag in range(lags) if date >= lag
        )
        effect = beta * (1 - np.exp(-lam * carried)) / (1 + np.exp(-lam * carried)) * target_scale
        found.append(effect if over_time is None else effect * over_time[date])
    return found


def logistic_mmm_response(spend: Sequence[float], *parameters: Any, **curve: Any) -> float:
    """What one channel's spends by date earn in all; see `logistic_mmm_by_date`."""
    return float(sum(logistic_mmm_by_date(spend, *parameters, **curve)))


def logistic_window_response(
    past: Sequence[float], plan: Sequence[float], lags: int, over_time: Sequence[float] | None = None, **curve: float
) -> float:
    """What a plan by date earns after a past, its carry-over included, that of the past left out."""
    tail = [0.0] * lags
    planned = logistic_mmm_response([*past, *plan, *tail], lags=lags, over_time=over_time, **curve)
    return planned - logistic_mmm_response([*past, *[0.0] * len(plan), *tail], lags=lags, over_time=over_time, **curve)


def best_by_dynamic_programming(points: np.ndarray, values: np.ndarray, budget: float, steps: int) -> float:
    """Best value when every spend is a multiple of budget / steps: one curve after another (knapsack)."""
    grid = np.linspace(0, budget, steps + 1)
    best = np.full(steps + 1, -np.inf)
    best[0] = 0.0
    for p, v in zip(points, values, strict=True):
        own = np.where(grid <= p[-1], np.interp(grid, p, v), -np.inf)
        best = np.array([(best[: k + 1] + own[k::-1]).max() for k in range(steps + 1)])
    return float(best[steps])

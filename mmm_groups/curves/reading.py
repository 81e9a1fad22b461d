"""Read curves off a model's own answers: all channels at once where they add up, one by one where they do not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmm_groups.curves.accuracy import largest_miss
from mmm_groups.curves.grid import first_points, refined_points
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.model.model_response import ModelResponse
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import Numbers

_JOINT_PLANS = 8
_CONDITIONAL_TOLERANCE = 2e-4  # a conditional curve costs one evaluation a point; plans are made on the model itself


@dataclass(frozen=True)
class Reading:
    """Curves as they were read.

    Attributes
    ----------
    spend : array, (channel, point)
        Over the horizon, in currency.
    response : array, (draw, channel, point)
        In units of the target.
    error : float
        Largest relative difference between curves, read between their points, and the model's own answers.
    """

    spend: Floats
    response: NDArray[np.float32]
    error: float


def separate_reading(response: ModelResponse, upper: Numbers) -> Reading:
    """All curves at once: every channel at its k-th level gives the k-th point of each."""
    zero = response.by_channel(np.zeros(len(upper)))

    def curves_through(spend: Floats) -> NDArray[np.float32]:
        values = np.empty((*zero.shape, spend.shape[1]), dtype=np.float32)
        for k in range(spend.shape[1]):
            values[:, :, k] = response.by_channel(np.ascontiguousarray(spend[:, k])) - zero
        return values

    first = first_points(upper)
    spend = refined_points(first, curves_through(first))
    values = curves_through(spend)
    return Reading(spend, values, _interpolation_error(response, spend, values, zero))


def misses_of_separate_curves(response: ModelResponse, reading: Reading) -> float:
    """How far curves miss joint plans of their own points, where nothing is interpolated, relative to what those earn.

    What they earn counts without signs, as channels may hurt. Largest difference, over plans and draws, of any channel
    and of the total.
    """
    rng = np.random.default_rng(0)
    count, points = reading.spend.shape
    rows = np.arange(count)
    zero = response.by_channel(np.zeros(count))
    worst = 0.0
    for _ in range(_JOINT_PLANS):
        levels = rng.integers(0, points, count)
        plan = reading.spend[rows, levels]
        together = response.by_channel(plan) - zero
        apart, earned = together.sum(axis=1), np.abs(together).sum(axis=1)
        joint = response.incremental(plan) if response.has_effects else apart
        worst = max(
            worst, _relative(together - reading.response[:, rows, levels], earned), _relative(joint - apart, earned)
        )
    return worst


def misses_one_by_one(response: ModelResponse, upper: Numbers) -> float:
    """How far what channels earn alone misses what they earn together, relative to that, where nothing separates."""
    rng = np.random.default_rng(0)
    rows = np.arange(len(upper))
    worst = 0.0
    for _ in range(_JOINT_PLANS):
        plan = upper.to_numpy() * rng.random(len(upper)) / 2
        apart = sum(response.incremental(np.where(rows == i, plan, 0.0)) for i in rows)
        joint = response.incremental(plan)
        worst = max(worst, _relative(joint - apart, joint))
    return worst


def _relative(difference: Floats, joint: Floats) -> float:
    return float(np.abs(difference).max() / max(float(np.abs(joint).max()), 1e-300))


def conditional_reading(response: ModelResponse, upper: Numbers, others: Floats) -> Reading:
    """One channel at a time while the others stay: what its spend adds to them."""

    def curve(i: int, spend: Floats) -> NDArray[np.float32]:
        def answer(amount: float) -> Floats:
            plan = others.copy()
            plan[i] = amount
            return response.total(plan)

        alone = answer(0.0)
        return np.stack([answer(float(amount)) - alone for amount in spend], axis=1).astype(np.float32)

    def curves_through(spend: Floats) -> NDArray[np.float32]:
        return np.stack([curve(i, points) for i, points in enumerate(spend)], axis=1)

    first = first_points(upper)[:, ::2]
    first[:, -1] = upper
    spend = refined_points(first, curves_through(first), _CONDITIONAL_TOLERANCE)
    values = curves_through(spend)
    rng = np.random.default_rng(1)
    drawn = ResponseCurves.from_arrays(list(map(str, upper.index)), spend, values)
    worst = 0.0
    for i, channel in enumerate(drawn.channels):
        at = upper.to_numpy()[i] * rng.random(2) ** 2
        truth = curve(i, at).astype(np.float64)
        worst = max(worst, _relative(drawn.draws_along(channel, at) - truth, truth))
    return Reading(spend, values, worst)


def _interpolation_error(response: ModelResponse, spend: Floats, values: NDArray[np.float32], zero: Floats) -> float:
    """Largest relative error of summed curves at random joint plans, over draws: plans of all sizes, small ones too."""
    channels = response.model.channels
    curves = ResponseCurves.from_arrays(channels, spend, values)
    rng = np.random.default_rng(1)
    worst = 0.0
    for size in (*[1.0] * _JOINT_PLANS, *np.geomspace(0.3, 1e-3, _JOINT_PLANS)):
        plan = size * spend[:, -1] * rng.random(len(spend)) ** 2
        earned = response.by_channel(plan) - zero
        found = curves.response_at(dict(zip(channels, plan, strict=True))).values.sum(axis=1)
        worst = max(worst, largest_miss(found, earned.sum(axis=1), earned, values[:, :, -1]))
    return worst

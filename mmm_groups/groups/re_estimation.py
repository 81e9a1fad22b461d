"""One saturation curve fitted to how a group's spend and response really moved together.

Least squares with variable projection: given the shape, the height has a closed form, so only the shape is searched;
all draws at once, first over a grid, then by Gauss-Newton on the logarithms of the shape.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError
from mmm_groups.model.spend_history import windows
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.marking import MarkedText, marked

Family = Literal["logistic", "michaelis_menten", "hill"]

FAMILIES: tuple[Family, ...] = ("logistic", "michaelis_menten", "hill")
"""Logistic and tanh saturation are one family: (1 - e^-z) / (1 + e^-z) is tanh(z / 2)."""

POOR_FIT = 0.03
"""Fit error of a re-estimated curve from which a planner is warned."""
NARROW_HISTORY = 0.10
"""Coefficient of variation of a group's historical spends below which a re-estimated shape is a guess."""
STILL_MIX = 0.01
"""Standard deviation of every member's historical share below which the mix counts as never moved."""

_SCALES = np.geomspace(0.03, 300.0, 60)  # half-saturation, in units of the largest spend seen
_SLOPES = np.geomspace(0.4, 6.0, 16)
_STEPS = 20
_STILL = 1e-4  # a relative step of the shape below which a draw's fit is done
_TANH_HALF = np.log(3) / 2  # tanh of it is one half
_FEWEST_POINTS = 6
_DRAWS_TO_CHOOSE = 40
_HILL_HANDICAP = 1.25


@dataclass(frozen=True)
class SaturationFit:
    """``response = height * shape(spend)``, one fit a draw.

    Attributes
    ----------
    family : Family
    unit : float
        Spend that the scales are measured in, in currency.
    height : array, (draw,)
        In units of the target.
    scale, slope : arrays, (draw,)
        Shape; slope is 1 except for Hill.
    error : float
        Root mean square error relative to the root mean square response, mean over draws.
    """

    family: Family
    unit: float
    height: Floats
    scale: Floats
    slope: Floats
    error: float

    def at(self, spend: Floats) -> Floats:
        """Response at spends, (draw, n)."""
        shape = _shape(self.family, spend[None] / self.unit, self.scale[:, None], self.slope[:, None])
        return self.height[:, None] * shape


def re_estimated(
    curves: ResponseCurves, group: str, channels: tuple[str, ...]
) -> tuple[SaturationFit, list[MarkedText]]:
    """One saturation curve through the spend and response of every historical window of a group.

    Parameters
    ----------
    curves : ResponseCurves
        Give the history, the response of each window's mix, and the model's own family where it is known.
    group : str
        Its name, for the sentences.
    channels : tuple[str, ...]
        Its members.

    Returns
    -------
    fit : SaturationFit
    notes : list[MarkedText]
        Why a planner should not rely on it, in sentences; empty if nothing speaks against it.

    Raises
    ------
    CurvesError
        If there is too little history.
    """
    mixes = windows(curves.historical_spend[list(channels)], curves.periods).to_numpy(dtype=np.float64)
    totals = mixes.sum(axis=1)
    if len(mixes) < _FEWEST_POINTS or not (totals > 0).any():
        raise CurvesError(
            f"Re-estimation of {group} needs at least {_FEWEST_POINTS} historical windows with spend; there are "
            f"{int((totals > 0).sum())}. Use the sum instead."
        )
    response = np.zeros((curves.draws, len(mixes)))
    for channel, spend in zip(channels, mixes.T, strict=True):
        response += curves.draws_along(channel, spend)
    families = tuple(family for family in FAMILIES if family == curves.origin.saturation) or FAMILIES
    fit = fit_saturation(totals, response, families)
    return fit, _doubts(group, mixes, fit.error)


def _doubts(group: str, mixes: Floats, error: float) -> list[MarkedText]:
    """Warnings about a re-estimated curve, from the windows it was fitted to, (window, member)."""
    totals = mixes.sum(axis=1)
    notes = []
    if error > POOR_FIT:
        notes.append(
            f"The re-estimated curve of {group} misses the responses of its own history by {marked(error):.1%}: one "
            "curve does not describe this mix well. Prefer the sum."
        )
    if totals.std() < NARROW_HISTORY * totals.mean():
        notes.append(
            f"The spend of {group} hardly varied in history (by {marked(totals.std() / totals.mean()):.0%}), so the "
            "shape of its re-estimated curve is a guess beyond that. Prefer the sum."
        )
    shares = mixes[totals > 0] / totals[totals > 0, None]
    if shares.std(axis=0).max() < STILL_MIX:
        notes.append(
            f"The channels of {group} always moved together (no share by more than "
            f"{marked(np.ptp(shares, axis=0).max()):.1%}), so its re-estimated curve knows that one mix only and says "
            "nothing about others. For any other split, prefer the sum."
        )
    return [MarkedText(note) for note in notes]


def fit_saturation(spend: Floats, response: Floats, families: tuple[Family, ...] = FAMILIES) -> SaturationFit:
    """Fit each family to every draw and keep the one that fits best over all draws.

    Parameters
    ----------
    spend : array, (observation,)
        In currency.
    response : array, (draw, observation)
        In units of the target.
    families : tuple of Family
        The model's own family where it is known.

    Raises
    ------
    CurvesError
        If there are too few observations or none with spend.
    """
    if len(spend) < _FEWEST_POINTS or not (spend > 0).any():
        raise CurvesError(
            f"Re-estimation needs at least {_FEWEST_POINTS} historical windows with spend; there are "
            f"{int((spend > 0).sum())}. Use the sum instead."
        )
    response = np.asarray(response, dtype=np.float64)
    if len(families) == 1:
        return _fit(families[0], spend, response)
    some = response[np.linspace(0, len(response) - 1, min(_DRAWS_TO_CHOOSE, len(response))).astype(int)]
    # Hill has one parameter more and contains Michaelis-Menten: it must be clearly better to be taken.
    errors = {
        family: _fit(family, spend, some).error * (_HILL_HANDICAP if family == "hill" else 1.0) for family in families
    }
    return _fit(min(errors, key=lambda family: errors[family]), spend, response)


def _fit(family: Family, spend: Floats, response: Floats) -> SaturationFit:
    unit = float(spend.max())
    x = spend / unit
    scale, slope = _best_on_grid(family, x, response)
    scale, slope = _polished(family, x, response, scale, slope)
    shape = _shape(family, x[None], scale[:, None], slope[:, None])
    height = (response * shape).sum(axis=1) / (shape**2).sum(axis=1)
    missed = np.sqrt(((response - height[:, None] * shape) ** 2).mean(axis=1))
    size = np.sqrt((response**2).mean(axis=1))
    error = float(np.mean(missed / np.where(size > 0, size, 1.0)))
    return SaturationFit(family, unit, height, scale, slope, error)


def _shape(family: Family, x: Floats, scale: Floats, slope: Floats) -> Floats:
    shape: Floats
    if family == "logistic":
        shape = np.tanh(_TANH_HALF * x / scale)
    elif family == "michaelis_menten":
        shape = x / (x + scale)
    else:
        logs = np.log(x, out=np.full_like(x, -np.inf), where=x > 0)
        powered = np.exp(slope * (logs - np.log(scale)))  # half the time of a power
        shape = powered / (1 + powered)
    return shape


def _shape_slopes(family: Family, x: Floats, shape: Floats, theta: Floats) -> Floats:
    """Derivatives of the shape by the logarithms of scale and, for Hill, slope: (free, draw, observation)."""
    scale, slope = np.exp(theta)[:, :, None]
    if family == "logistic":
        return np.asarray((-_TANH_HALF * x / scale * (1 - shape**2))[None])
    bend = shape * (1 - shape)
    if family == "michaelis_menten":
        return np.asarray(-bend[None])
    # Where nothing is spent the shape is 0 and so are its derivatives: any finite logarithm will do.
    logs = np.log(np.where(x > 0, x, 1.0)) - np.log(scale)
    return np.stack([-slope * bend, slope * bend * logs])


def _best_on_grid(family: Family, x: Floats, response: Floats) -> tuple[Floats, Floats]:
    slopes = _SLOPES if family == "hill" else np.ones(1)
    scales, slopes = (grid.ravel() for grid in np.meshgrid(_SCALES, slopes))
    shapes = _shape(family, x[None], scales[:, None], slopes[:, None])
    # Sum of squares explained by the best height, for every draw and candidate: one matrix product.
    explained = (response @ shapes.T) ** 2 / (shapes**2).sum(axis=1)
    best = explained.argmax(axis=1)
    return scales[best], slopes[best]


def _polished(family: Family, x: Floats, response: Floats, scale: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Damped Gauss-Newton on the logarithms of the shape, height projected out; draws that stand still are done."""
    free = 2 if family == "hill" else 1
    theta = np.log(np.stack([scale, slope]))
    limits = np.log([[_SCALES[0], _SCALES[-1]], [_SLOPES[0], _SLOPES[-1]]])[:free]
    shape, height, rest = _residual(family, x, response, theta)
    damping = np.full(len(response), 1e-3)
    moving = np.arange(len(response))
    for _ in range(_STEPS):
        step = _gauss_newton(_shape_slopes(family, x, shape, theta[:, moving]), shape, height, rest, damping[moving])
        trial = theta[:, moving]
        trial[:free] = np.clip(trial[:free] + step, limits[:, :1], limits[:, 1:])
        far = np.abs(trial - theta[:, moving]).max(axis=0) > _STILL
        tried = _residual(family, x, response[moving], trial)
        better = _dot(tried[2], tried[2]) < _dot(rest, rest)
        theta[:, moving] = np.where(better, trial, theta[:, moving])
        damping[moving] *= np.where(better, 0.2, 10.0)
        shape = np.where(better[:, None], tried[0], shape)[far]
        height = np.where(better, tried[1], height)[far]
        rest = np.where(better[:, None], tried[2], rest)[far]
        moving = moving[far]
        if not len(moving):
            break
    scale, slope = np.exp(theta)
    return scale, slope


def _gauss_newton(slopes: Floats, shape: Floats, height: Floats, rest: Floats, damping: Floats) -> Floats:
    """One damped step, (free, draw). Kaufman's Jacobian: the height follows every move of the shape."""
    along = np.einsum("kdt,dt->kd", slopes, shape) / _dot(shape, shape)
    jacobian = -height[:, None] * (slopes - along[..., None] * shape)
    normal = np.einsum("idt,jdt->dij", jacobian, jacobian)
    diagonal = np.einsum("dii->di", normal)
    normal = normal + np.eye(len(slopes)) * (damping[:, None, None] * diagonal[:, None, :] + 1e-300)
    pull = np.einsum("idt,dt->di", jacobian, rest)
    step: Floats = np.linalg.solve(normal, -pull[..., None])[..., 0].T
    return step


def _residual(family: Family, x: Floats, response: Floats, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Shape, best height and what is left over, for one candidate a draw."""
    scale, slope = np.exp(theta)
    shape = _shape(family, x[None], scale[:, None], slope[:, None])
    height = _dot(response, shape) / _dot(shape, shape)
    return shape, height, response - height[:, None] * shape


def _dot(a: Floats, b: Floats) -> Floats:
    """Sum over observations of products, (draw,), without writing the products down."""
    return np.asarray(np.einsum("dt,dt->d", a, b))

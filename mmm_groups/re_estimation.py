"""One saturation curve fitted to how a group's spend and response really moved together.

Least squares with variable projection: given the shape, the height has a closed form, so only the shape is searched;
all draws at once, first over a grid, then by Gauss-Newton on the logarithms of the shape.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmm_groups.errors import CurvesError

Floats = NDArray[np.float64]
Family = Literal["logistic", "michaelis_menten", "hill"]

FAMILIES: tuple[Family, ...] = ("logistic", "michaelis_menten", "hill")
"""Logistic and tanh saturation are one family: (1 - e^-z) / (1 + e^-z) is tanh(z / 2)."""

_SCALES = np.geomspace(0.03, 300.0, 60)  # half-saturation, in units of the largest spend seen
_SLOPES = np.geomspace(0.4, 6.0, 16)
_STEPS = 12
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
        shape = np.tanh(np.log(3) / 2 * x / scale)
    elif family == "michaelis_menten":
        shape = x / (x + scale)
    else:
        powered = (x / scale) ** slope
        shape = powered / (1 + powered)
    return shape


def _best_on_grid(family: Family, x: Floats, response: Floats) -> tuple[Floats, Floats]:
    slopes = _SLOPES if family == "hill" else np.ones(1)
    scales, slopes = (grid.ravel() for grid in np.meshgrid(_SCALES, slopes))
    shapes = _shape(family, x[None], scales[:, None], slopes[:, None])
    # Sum of squares explained by the best height, for every draw and candidate: one matrix product.
    explained = (response @ shapes.T) ** 2 / (shapes**2).sum(axis=1)
    best = explained.argmax(axis=1)
    return scales[best], slopes[best]


def _polished(family: Family, x: Floats, response: Floats, scale: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Gauss-Newton on the logarithms of the shape; a step that does not help a draw is halved away."""
    free = 2 if family == "hill" else 1
    theta = np.log(np.stack([scale, slope]))
    limits = np.log([[_SCALES[0], _SCALES[-1]], [_SLOPES[0], _SLOPES[-1]]])
    rest, best = _residual(family, x, response, theta)
    damping = np.full(len(response), 1e-3)
    for _ in range(_STEPS):
        slopes = []
        for k in range(free):
            moved = theta.copy()
            moved[k] += 1e-6
            slopes.append((_residual(family, x, response, moved)[0] - rest) / 1e-6)
        jacobian = np.stack(slopes, axis=-1)
        normal = np.einsum("dti,dtj->dij", jacobian, jacobian)
        diagonal = np.einsum("dii->di", normal)
        normal = normal + np.eye(free) * (damping[:, None, None] * diagonal[:, None, :] + 1e-300)
        step = np.linalg.solve(normal, -np.einsum("dti,dt->di", jacobian, rest)[..., None])[..., 0]
        trial = theta.copy()
        trial[:free] = np.clip(theta[:free] + step.T, limits[:free, :1], limits[:free, 1:])
        trial_rest, value = _residual(family, x, response, trial)
        better = value < best
        theta = np.where(better, trial, theta)
        rest = np.where(better[:, None], trial_rest, rest)
        best = np.where(better, value, best)
        damping = np.where(better, damping / 5, damping * 10)
    scale, slope = np.exp(theta)
    return scale, slope


def _residual(family: Family, x: Floats, response: Floats, theta: Floats) -> tuple[Floats, Floats]:
    scale, slope = np.exp(theta)
    shape = _shape(family, x[None], scale[:, None], slope[:, None])
    height = (response * shape).sum(axis=1) / (shape**2).sum(axis=1)
    rest = response - height[:, None] * shape
    return rest, (rest**2).sum(axis=1)

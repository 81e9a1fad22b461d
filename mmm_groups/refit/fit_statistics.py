"""How well a model fits its training data, and whether its sampler can be trusted."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mmm_groups.errors import RefitError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.marking import MarkedText, marked

RHAT_ALLOWED = 1.01
ESS_WANTED = 400.0
"""Vehtari et al. (2021): r-hat below 1.01 and an effective sample size of at least 400 for every parameter."""


@dataclass(frozen=True)
class FitStatistics:
    """Fit and convergence of one model.

    Attributes
    ----------
    r2 : float
        Share of the outcome's variance over the training data that the mean prediction explains.
    mape : float
        Mean absolute error of the mean prediction relative to the outcome; dates with an outcome of 0 are left out.
    draws, chains : int
        Draws kept over all chains, and chains.
    rhat : float
        Largest r-hat of any parameter; NaN for a single chain.
    rhat_of : str
        The parameter it belongs to.
    ess : float
        Smallest effective sample size, in the bulk or the tails, of any parameter.
    divergences : int or None
        Draws at which the sampler lost its way; None if the file does not say.
    """

    r2: float
    mape: float
    draws: int
    chains: int
    rhat: float
    rhat_of: str
    ess: float
    divergences: int | None

    @property
    def troubles(self) -> tuple[MarkedText, ...]:
        """Why the fit must not be trusted yet, in sentences; none if it converged."""
        found = []
        if not round(self.rhat, 3) <= RHAT_ALLOWED:  # as it is shown
            said = f"The chains disagree: r-hat of {self.rhat_of} is {marked(self.rhat):.3f}, more than"
            said += f" {marked(RHAT_ALLOWED)}."
            found.append(said if np.isfinite(self.rhat) else "With one chain nobody can tell whether it converged.")
        if not self.ess >= ESS_WANTED:
            found.append(
                f"Only {marked(self.ess):.0f} of the {self.draws} draws are as good as independent for some "
                f"parameter, and at least {marked(ESS_WANTED):.0f} are wanted."
            )
        if self.divergences:
            found.append(
                f"The sampler lost its way at {self.divergences} of {self.draws} draws (divergences), so parts of the "
                "posterior may be missing."
            )
        return tuple(map(MarkedText, found))

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary, to be written as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "FitStatistics":
        """What `as_json` gave; raises RefitError if parts are missing."""
        try:
            return cls(**stored)
        except TypeError as error:
            raise RefitError(f"The stored fit statistics are damaged ({error}). Refit the model.") from error


def explained(outcome: Floats, predicted: Floats) -> tuple[float, float]:
    """R² and mean absolute percentage error of a prediction.

    Parameters
    ----------
    outcome, predicted : array
        The same shape, in the same units.

    Returns
    -------
    tuple of float
        1 - residual variance / variance; mean of |predicted - outcome| / |outcome| where the outcome is not 0.
    """
    missed = outcome - predicted
    spread = ((outcome - outcome.mean()) ** 2).sum()
    known = outcome != 0
    r2 = float(1 - (missed**2).sum() / spread) if spread > 0 else float("nan")
    return r2, float((np.abs(missed[known]) / np.abs(outcome[known])).mean()) if known.any() else float("nan")

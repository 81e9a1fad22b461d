"""Parts of a model that somebody wrote outside PyMC-Marketing: opened only by those who trust this module by name."""

from typing import Any, ClassVar

import pymc.dims as pmd
from pymc_extras.prior import Prior
from pymc_marketing.mmm.additive_effect import MuEffect
from pymc_marketing.mmm.components.saturation import SaturationTransformation
from pymc_marketing.serialization import serialization
from pytensor.xtensor import math as ptxm


@serialization.register
class SquareRootSaturation(SaturationTransformation):  # type: ignore[misc]  # PyMC-Marketing is not typed
    """beta * (sqrt(1 + x) - 1)."""

    lookup_name = "square_root"
    default_priors: ClassVar = {"beta": Prior("HalfNormal", sigma=1)}

    def function(self, x: Any, beta: Any, *, dim: str | None = None) -> Any:
        return beta * (ptxm.sqrt(1 + x) - 1)


class FunnelEffect(MuEffect):  # type: ignore[misc]
    """TV makes people search: an effect that reads media, through its product with search."""

    prefix: str = "funnel"

    @property
    def contribution_var_name(self) -> str:
        return f"{self.prefix}_effect_contribution"

    def create_data(self, mmm: Any) -> None:
        """It reads the model's own media."""

    def create_effect(self, mmm: Any) -> Any:
        media = mmm.model["channel_data"] / 1000.0
        strength = Prior("HalfNormal", sigma=0.5).create_variable(f"{self.prefix}_strength", xdist=True)
        both = media.isel(channel=0) * media.isel(channel=1)
        return pmd.Deterministic(self.contribution_var_name, strength * both / (1 + both))

    def set_data(self, mmm: Any, model: Any, X: Any) -> None:
        """Nothing of its own to set."""

    def to_dict(self) -> dict[str, Any]:
        return {"prefix": self.prefix}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "FunnelEffect":
        return cls(prefix=data["prefix"])

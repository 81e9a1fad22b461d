"""The small models that are shipped fitted (`make fitted-models`), as files: nothing here imports PyMC."""

from pathlib import Path

FITTED = Path(__file__).parent / "fitted"
ADDITIVE = (
    "logistic",
    "hill",
    "michaelis_menten",
    "panel",
    "time_varying_media",
    "cost_per_unit",
    "daily",
    "monthly",
)
"""Kinds whose channels add up."""


def fitted_model(kind: str) -> Path:
    """File of a shipped fitted model."""
    return FITTED / f"{kind}.nc"

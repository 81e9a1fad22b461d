"""A comparison of groupings as a planner keeps it."""

from dataclasses import dataclass

from mmm_groups.suggestions.sweep import Sweep


@dataclass(frozen=True)
class KeptSweep:
    """A finished sweep, with the inputs it answers to: others make it stale."""

    sweep: Sweep
    inputs: str
    seconds: float

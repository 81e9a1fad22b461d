"""What answers for channels whose responses do not add up: a model that is asked for all of them together."""

from typing import Protocol

from mmm_groups.numerics.arrays import Floats


class JointResponse(Protocol):
    """A model that answers for all channels together."""

    def incremental(self, spend: Floats) -> Floats:
        """Response, (draw,), to a spend of each channel, (channel,), less that to zero spend."""

    def mean_and_slopes(self, spend: Floats) -> tuple[float, Floats]:
        """Posterior mean of `incremental`, and its derivative by each channel's spend, (channel,)."""

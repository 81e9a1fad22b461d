"""Limits that hold sub-channels near their historical mix, where the formula would reward leaving it.

On an S-shaped parent ``w e R(x / w)`` earns more when all money goes to one sub-channel, which alone reaches the
steep stretch of its curve. The history never showed such a mix, so plans are held near the one it showed.
"""

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.piecewise import concave_up_to_rounding
from mmm_groups.problem.limit import Limit


def is_held(curves: ResponseCurves, split: SubChannels) -> bool:
    """True if plans on these curves, which have the sub-channels, keep them near their historical mix."""
    return split.hold == "always" or (split.hold == "when_s_shaped" and is_s_shaped(curves, split.parts))


def is_s_shaped(curves: ResponseCurves, channels: tuple[str, ...]) -> bool:
    """True if the mean curve of any of the channels is not concave, beyond rounding."""
    return any(
        concave_up_to_rounding(curves.spend.values[place], curves.mean[place]) is None
        for place in curves.places(channels)
    )


def sub_channel_limits(curves: ResponseCurves) -> tuple[Limit, ...]:
    """Two limits for each sub-channel that is held: not less and not more than a share of what its channel spends.

    Parameters
    ----------
    curves : ResponseCurves
        With sub-channels; without them there are no limits.
    """
    return tuple(
        limit
        for split in curves.origin.assumed
        if is_held(curves, split)
        for name, share in zip(split.parts, split.share_values, strict=True)
        for limit in _around(split, name, float(share))
    )


def _around(split: SubChannels, name: str, share: float) -> list[Limit]:
    ends = [("least", (1 - split.within) * share, 0.0, np.inf)]
    if (most := (1 + split.within) * share) < 1:
        ends.append(("most", most, -np.inf, 0.0))
    return [
        Limit(
            f"held_mix[{name} at {word}]",
            "sub_channel_share",
            MarkedText(f"{name} at {word} {marked(100 * bound):.3g} % of {split.parent}, near its historical mix"),
            {other: (1.0 if other == name else 0.0) - bound for other in split.parts},
            lower,
            upper,
            frozenset(split.parts),
        )
        for word, bound, lower, upper in ends
        if bound > 0
    ]

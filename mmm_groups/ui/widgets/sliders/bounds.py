"""How far a slider may go: limits on shares, in tenths of a percent and in words."""

import math
from collections.abc import Sequence

import pandas as pd

from mmm_groups.display.numbers import in_style, percent
from mmm_groups.ui.widgets.sliders.relink import WHOLE

_ROUNDING = 1e-6  # of a tenth of a percent: shares that a limit holds exactly are on the tick


def slider_bounds(bounds: pd.DataFrame, stands: Sequence[int]) -> tuple[list[tuple[int, int]], dict[str, str]]:
    """Bounds of `share_bounds` for the sliders: in tenths of a percent, inside the exact ones, and in words by channel.

    A share that limits hold between two tenths has nowhere to go: it stays where it `stands`. Where limits clash, the
    slider has all its way: the page then says what the shares break.
    """
    ends, said = [], {}
    for (channel, low, high, low_by, high_by), at in zip(bounds.itertuples(), stands, strict=True):
        inside = math.ceil(low * WHOLE - _ROUNDING), math.floor(high * WHOLE + _ROUNDING)
        if low <= high < math.inf and inside[0] > inside[1]:
            inside = at, at
        ends.append(inside if 0 <= inside[0] <= inside[1] <= WHOLE else (0, WHOLE))
        words = [
            f"{way} {percent(share, 1)} ({in_style(reason)})"
            for way, share, reason in (("at least", low, low_by), ("at most", high, high_by))
            if reason
        ]
        if words:
            said[str(channel)] = " and ".join(words)
    return ends, said

"""A split of a channel into sub-channels while it is typed: rows of a form, and the split that they state."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mmm_groups.curves.sub_channels import Hold, SubChannels, shares_in_history
from mmm_groups.errors import SubChannelError
from mmm_groups.numerics.marking import marked
from mmm_groups.numerics.rounding import rounded_to_sum
from mmm_groups.sentences import repeated

HOLD_WORDS: dict[Hold, str] = {
    "when_s_shaped": "Only where the channel’s curve is S-shaped",
    "always": "Always",
    "never": "Never: parts may take any share",
}


@dataclass(frozen=True)
class SubChannelRow:
    """One sub-channel as typed: share in percent, effectiveness against the others, uncertainty in percent."""

    name: str
    share: float
    effectiveness: float = 1.0
    uncertainty: float = 0.0


def first_rows(parent: str, split: SubChannels | None, count: int) -> list[SubChannelRow]:
    """What the form shows at first: the split as it is, or sub-channels of equal shares."""
    if split is not None and count == len(split.parts):
        shares = percents(split.shares)
        return [
            SubChannelRow(
                name,
                shares[name],
                split.effectiveness.get(name, 1.0),
                100 * split.uncertainty.get(name, 0.0),
            )
            for name in split.parts
        ]
    names = [f"{parent} part {place + 1}" for place in range(count)]
    shares = percents(dict.fromkeys(names, 1 / count))
    return [SubChannelRow(name, shares[name]) for name in names]


def rows_of_file(parent: str, spend: pd.DataFrame, periods: int) -> list[SubChannelRow]:
    """Rows with the shares that a history of spend shows over its latest `periods` dates; errors as `SubChannels`."""
    shares = percents(shares_in_history(parent, spend, periods))
    return [SubChannelRow(name, share) for name, share in shares.items()]


def percents(shares: dict[str, float]) -> dict[str, float]:
    """Shares in percent with two decimals that add up to 100."""
    return {str(name): float(share) for name, share in rounded_to_sum(100 * pd.Series(shares)).items()}


def stated(parent: str, rows: Sequence[SubChannelRow], hold: Hold, within: float) -> SubChannels:
    """The split that the form states.

    Parameters
    ----------
    parent : str
    rows : sequence of SubChannelRow
    hold : Hold
    within : float
        In percent of each part's share.

    Raises
    ------
    SubChannelError
        If names are missing or stand twice, or shares do not add up to 100 %.
    """
    names = [row.name.strip() for row in rows]
    if blank := [str(place + 1) for place, name in enumerate(names) if not name]:
        raise SubChannelError(f"Part {' and part '.join(blank)} of {parent} has no name yet.")
    if twice := repeated(names):
        raise SubChannelError(f"Two parts of {parent} are called {', '.join(twice)}. Rename one of them.")
    total = round(sum(row.share for row in rows), 6)
    if total != 100:
        missing = f"{marked(abs(total - 100)):.4g} % are {'missing' if total < 100 else 'too many'}"
        raise SubChannelError(
            f"The shares of {parent}’s parts add up to {marked(total):.6g} %, not to 100 %: {missing}."
        )
    if nothing := [name for name, row in zip(names, rows, strict=True) if row.share == 0]:
        raise SubChannelError(f"A part without a share has no curve: leave {', '.join(nothing)} out, or give it some.")
    uneven = len({row.effectiveness for row in rows}) > 1
    return SubChannels(
        parent,
        {name: row.share / 100 for name, row in zip(names, rows, strict=True)},
        effectiveness={name: row.effectiveness for name, row in zip(names, rows, strict=True)} if uneven else {},
        uncertainty={name: row.uncertainty / 100 for name, row in zip(names, rows, strict=True) if row.uncertainty > 0},
        hold=hold,
        within=within / 100,
    )

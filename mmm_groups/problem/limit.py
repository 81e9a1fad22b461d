"""One linear limit on channel spends, as the problem holds it: ``lower <= sum of coefficient * spend <= upper``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from mmm_groups.numerics.marking import MarkedText
from mmm_groups.solver.allowed_spends import AllowedSpends

LimitKind = Literal[
    "budget",
    "least_budget",
    "greatest_budget",
    "spend",
    "share_of_total",
    "moved",
    "amounts",
    "sub_channel_share",
    "kept_spend",
    "curve_end",
]
"""What a limit is on.

`budget`, `least_budget`, `greatest_budget`: all the money. `spend` and `share_of_total`: what the planner stated, in
currency or relative to other spends, and as a share of all the money. `moved`: money taken away from where a plan has
it; `amounts`: which amounts are allowed at all. The others are our own: `sub_channel_share` keeps
a sub-channel near its share of its channel, `kept_spend` a spend as it is while something else is decided, and
`curve_end` is how far a curve is known.
"""


@dataclass(frozen=True)
class MovedMoney:
    """Money that is taken away from where a plan has it: the sum of ``max(amount - spend, 0)`` over sets of channels.

    Convex, not linear: at any spends it is the largest of the sums over some of the sets, so a limit on it is stated as
    one of them after another (cuts; Kelley, 1960): see `moved_money`.

    Attributes
    ----------
    amounts : dict[tuple[str, ...], float]
        Set of channels to what it spends together in the plan, in currency.
    most : float
        How much may be taken away, in currency.
    """

    amounts: dict[tuple[str, ...], float]
    most: float

    def givers(self, spends: Mapping[str, float]) -> list[tuple[str, ...]]:
        """Sets that spend less than in the plan."""
        return [inside for inside, amount in self.amounts.items() if sum(spends[c] for c in inside) < amount]

    def taken(self, spends: Mapping[str, float]) -> float:
        """Money that is taken away, in currency."""
        return sum(self.amounts[inside] - sum(spends[c] for c in inside) for inside in self.givers(spends))


@dataclass(frozen=True)
class Limit:
    """One linear limit.

    Attributes
    ----------
    key : str
        Identifies the limit in shadow prices and messages.
    kind : LimitKind
    label : MarkedText
        The limit in words.
    coefficients : dict[str, float]
        Channel to coefficient; channels left out have 0.
    lower, upper : float
        In currency; infinite where there is no limit.
    named : frozenset[str]
        Channels that the planner named in it; empty for the budget and for limits of our own.
    moved : MovedMoney or None
        What a limit of the kind `moved` is on; its linear form then says so much of it as one set of givers can.
    allowed : AllowedSpends or None
        Which sums of the spends a limit of the kind `amounts` allows; it has no ends.
    """

    key: str
    kind: LimitKind
    label: MarkedText
    coefficients: dict[str, float]
    lower: float
    upper: float
    named: frozenset[str] = frozenset()
    moved: MovedMoney | None = None
    allowed: AllowedSpends | None = None

    def used(self, spends: Mapping[str, float]) -> float:
        """What channel spends put against it, in currency."""
        if self.moved is not None:
            return self.upper - self.moved.most + self.moved.taken(spends)
        return sum(factor * spends[channel] for channel, factor in self.coefficients.items())

    @property
    def is_on_budget(self) -> bool:
        """True if it bounds all the money, and no channel in particular."""
        return self.kind in ("budget", "least_budget", "greatest_budget")

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that it is on: those that the planner named, or all that count in a limit of our own."""
        return tuple(channel for channel in self.coefficients if not self.named or channel in self.named)


def cut_of(limit: Limit, givers: Iterable[tuple[str, ...]]) -> Limit:
    """What a limit on moved money says of some sets alone: together they give no more than it allows."""
    moved = limit.moved
    assert moved is not None
    giving = [inside for inside in givers if moved.amounts[inside] > 0]
    coefficients = {channel: -1.0 for inside in giving for channel in inside}
    return replace(limit, coefficients=coefficients, upper=moved.most - sum(moved.amounts[inside] for inside in giving))

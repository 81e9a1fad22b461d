"""Parts of one modelled channel: what the planner assumes about them, for the model knows only their sum.

With shares ``w[j]`` and relative effectiveness ``e[j]``, rescaled so that ``Σ w[j] e[j] = 1``, the parts of a channel
with response ``R`` have ``r[j](x) = w[j] e[j] R(x / w[j])``. At the historical mix they add up to ``R``, draw by draw.
Uncertainty spreads ``e[j]`` around what is stated and never moves its mean: a part is not better for being less known.
"""

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from mmm_groups.errors import MmmGroupsError, SubChannelError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.digits import not_whole
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.sentences import repeated
from mmm_groups.typed_value import TypedValue

Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Spread = Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
Hold = Literal["when_s_shaped", "always", "never"]

_SUM_TOLERANCE = 1e-9
_MEAN_TOLERANCE, _MOST_ROUNDS = 1e-13, 1000  # of rescaling by draw and by part in turn; measured: up to 100 rounds


class SubChannels(TypedValue):
    """One modelled channel, split into parts by assumption.

    Attributes
    ----------
    parent : str
        The modelled channel.
    shares : dict[str, float]
        Part to its share of the parent's historical spend; above 0, adding up to 1.
    effectiveness : dict[str, float]
        Part to what its money earns at the historical mix, relative to the other parts; 1 where none is given. Only
        proportions count.
    uncertainty : dict[str, float]
        Part to the standard deviation of the logarithm of its effectiveness, drawn for each posterior draw around the
        mean that `effectiveness` states; 0.2 means about ± 20 %. Parts left out are certain.
    hold : `when_s_shaped`, `always` or `never`
        Whether plans keep each part near its share of the parent. By default where the parent's curve is not concave:
        there the formula rewards money put on one part, which the history never showed.
    within : float
        How near: a held part gets between ``(1 - within)`` and ``(1 + within)`` times its share.

    Raises
    ------
    SubChannelError
        If a name, a share or a number does not fit.
    """

    error_type: ClassVar[type[MmmGroupsError]] = SubChannelError

    parent: str
    shares: dict[str, Share]
    effectiveness: dict[str, Positive] = Field(default={})
    uncertainty: dict[str, Spread] = Field(default={})
    hold: Hold = "when_s_shaped"
    within: Annotated[float, Field(ge=0.01, le=1, allow_inf_nan=False)] = 0.2

    def __init__(self, parent: str, shares: Mapping[str, float], **values: Any) -> None:
        super().__init__(parent=parent, shares=shares, **values)

    @classmethod
    def refusal(cls, place: tuple[str, ...], given: Any, reason: str, values: Mapping[str, Any]) -> str:
        """A sentence on one thing that pydantic refused; see `TypedValue`."""
        return f"The {' of '.join(reversed(place))} in the parts of '{values['parent']}' is {given!r}: {reason}."

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        parts, whole = list(self.shares), f"the parts of '{self.parent}'"
        if len(parts) < 2:
            raise ValueError(f"'{self.parent}' needs at least two parts; it has {parts}. Name another one")
        if blank := [name for name in parts if not name.strip() or name != name.strip()]:
            raise ValueError(f"Names in {whole} must not be blank or begin or end with a space: {blank}")
        if self.parent in parts:
            raise ValueError(f"A part cannot bear the name of its channel '{self.parent}'. Call it otherwise")
        if len({name.casefold() for name in parts}) < len(parts):
            raise ValueError(f"Two of {whole} can hardly be told apart: {parts}. Rename one of them")
        total = math.fsum(self.shares.values())
        if abs(total - 1) > _SUM_TOLERANCE:
            raise ValueError(f"The shares of {whole} {not_whole(total)}")
        for what, given in (("effectiveness", self.effectiveness), ("uncertainty", self.uncertainty)):
            if unknown := sorted(set(given) - set(parts)):
                raise ValueError(f"The {what} names {unknown}, but {whole} are {parts}")
        return self

    @classmethod
    def from_history(cls, parent: str, spend: pd.DataFrame, periods: int | None = None, **values: Any) -> Self:
        """Parts with the shares that a history of their spend shows.

        Parameters
        ----------
        parent : str
        spend : pd.DataFrame, dates x parts
            Spend of each part, in currency.
        periods : int, optional
            Only the latest so many dates count, such as the window of the reference spend. Default: all.
        **values
            Other fields.

        Raises
        ------
        SubChannelError
            If a number is missing or negative, or a part spent nothing in those dates.
        """
        return cls(parent, shares_in_history(parent, spend, periods), **values)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in the planner's order."""
        return tuple(self.shares)

    @property
    def share_values(self) -> Floats:
        """Shares of the parts, (part,), adding up to 1."""
        shares = np.array(list(self.shares.values()))
        return np.asarray(shares / shares.sum(), dtype=np.float64)

    @property
    def is_uncertain(self) -> bool:
        """True if the effectiveness of any part is drawn."""
        return any(spread > 0 for spread in self.uncertainty.values())

    @property
    def is_even(self) -> bool:
        """True if all parts are equally effective in every draw."""
        return not self.is_uncertain and len({self.effectiveness.get(part, 1.0) for part in self.parts}) == 1

    def effects(self, draws: int) -> Floats:
        """Effectiveness of every part in every draw, (draw, part).

        ``Σ w e = 1`` in each draw, and the mean of each part is the stated one, rescaled alike: log-normal numbers are
        rescaled by draw and by part in turn until both hold (Sinkhorn). The same statement gives the same numbers on
        every machine, whatever its parts are called and in whatever order they are stated.
        """
        shares = self.share_values
        stated = np.array([self.effectiveness.get(part, 1.0) for part in self.parts])
        stated = stated / (stated @ shares)
        spreads = np.array([self.uncertainty.get(part, 0.0) for part in self.parts])
        seed = int.from_bytes(sha256(self.parent.encode()).digest()[:8])
        normal = np.random.default_rng(seed).standard_normal((draws, len(stated)))
        effects = np.empty_like(normal)
        effects[:, np.lexsort((spreads, stated, shares))] = normal
        effects = stated * np.exp(spreads * effects)
        for _ in range(_MOST_ROUNDS):
            effects /= (effects @ shares)[:, None]
            means = effects.mean(axis=0)
            if np.abs(means / stated - 1).max() <= _MEAN_TOLERANCE:
                break
            effects *= stated / means
        return np.asarray(effects / (effects @ shares)[:, None], dtype=np.float64)

    @property
    def sentence(self) -> MarkedText:
        """The assumption in words."""
        shares = ", ".join(f"{part} {marked(100 * share):.3g} %" for part, share in self.shares.items())
        assumption = f"{self.parent} is split by assumption, not by the model: {shares} of its historical spend"
        if self.is_even:
            return MarkedText(f"{assumption}; all parts equally effective.")
        effects = []
        for part in self.parts:
            spread = f" (± {marked(100 * self.uncertainty[part]):.3g} %)" if self.uncertainty.get(part, 0.0) > 0 else ""
            effects.append(f"{part} {marked(self.effectiveness.get(part, 1.0)):.3g}{spread}")
        return MarkedText(f"{assumption}; relative effectiveness {', '.join(effects)}.")


def shares_in_history(parent: str, spend: pd.DataFrame, periods: int | None = None) -> dict[str, float]:
    """Part to its share of the money that the latest `periods` dates spent; errors as `SubChannels.from_history`."""
    if twice := sorted({str(part) for part in spend.columns[spend.columns.duplicated()]}):
        raise SubChannelError(f"The spend of the parts of '{parent}' has two columns of one name: {twice}. Rename one.")
    if periods is not None and periods < 1:
        raise SubChannelError(f"The shares of the parts of '{parent}' need at least 1 date; {periods} were asked for.")
    try:
        latest = spend.sort_index().tail(len(spend) if periods is None else periods).astype(np.float64)
    except (ValueError, TypeError) as error:
        raise SubChannelError(f"The spend of the parts of '{parent}' must be numbers by date: {error}.") from error
    bad = [str(part) for part in latest if not (np.isfinite(latest[part]) & (latest[part] >= 0)).all()]
    if bad:
        raise SubChannelError(
            f"The spend of {bad}, parts of '{parent}', holds gaps or negative money. Fill the gaps with 0 or mend them."
        )
    spent = latest.sum()
    if nothing := [part for part, amount in by_name(spent).items() if not amount > 0]:
        raise SubChannelError(
            f"{nothing}, parts of '{parent}', spent nothing in the latest {len(latest)} dates, so their curves are "
            "unknown. Leave them out, or give shares."
        )
    return {str(part): float(amount / spent.sum()) for part, amount in spent.items()}


def parted_names(channels: Sequence[str], assumed: Sequence[SubChannels]) -> tuple[str, ...]:
    """The channels with parts in place of their parents.

    Raises
    ------
    SubChannelError
        If a parent is unknown or split twice, or a part bears the name of a channel or of another part.
    """
    parents = [split.parent for split in assumed]
    inside = {part for split in assumed for part in split.parts}
    for parent in parents:
        if parent in inside:
            raise SubChannelError(f"'{parent}' is a part itself. Split its channel into more parts instead.")
        if parent not in channels:
            raise SubChannelError(f"There is no channel '{parent}' to split. The channels are {list(channels)}.")
    if twice := repeated(parents):
        raise SubChannelError(f"Split more than once: {twice}. State all parts of a channel together.")
    of = {split.parent: split.parts for split in assumed}
    names = tuple(name for channel in channels for name in of.get(channel, (channel,)))
    taken = [*names, *parents]
    if twice := repeated(taken):
        raise SubChannelError(f"These names of parts are taken by another channel or part: {twice}. Rename the parts.")
    return names


def parent_of(assumed: Sequence[SubChannels]) -> dict[str, str]:
    """Part to its parent."""
    return {part: split.parent for split in assumed for part in split.parts}

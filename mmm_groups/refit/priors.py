"""Priors of a model with one channel per group, out of the priors of the channels.

Read and written as the plain JSON that PyMC-Marketing saves. PyMC-Marketing counts each channel's spend relative to its
own maximum and the outcome relative to its maximum. So what bends a curve (lam, kappa, carry-over) means the same for
a group as for a channel and is kept, while heights, in units of the outcome, add up over members.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmm_groups.errors import RefitError
from mmm_groups.numerics.arrays import Floats

Numbers = dict[str, Floats]
Combine = Callable[[Numbers, Floats], Numbers]
_Row = tuple[str, str, str, str, str]  # as in COLUMNS

HEIGHTS = {
    "LogisticSaturation": "beta",
    "InverseScaledLogisticSaturation": "beta",
    "TanhSaturationBaselined": "beta",
    "MichaelisMentenSaturation": "alpha",
    "HillSaturation": "beta",
    "HillSaturationSigmoid": "sigma",
    "RootSaturation": "beta",
    "LogSaturation": "beta",
    "NoSaturation": "beta",
}
"""Saturation to the parameter that its response is proportional to. tanh is left out: its height is in two of them."""

COLUMNS = ("parameter", "channel", "was", "now", "why")
_ADDED = "A group earns what its channels earn together, so their heights add up."
_KEPT_BEND = "Kept: spend counts relative to the channel's own maximum, and a group's relative to the group's."
_AVERAGED = "Mean of the channels' priors, each counted by its historical spend."
_KEPT_ELSE = "Kept: it does not depend on how channels are grouped."
_OWN_CHANNEL = "Kept: this channel stands alone."
_KEPT_LEARNT = "Kept: the model learns the size of this parameter from the history."


@dataclass(frozen=True)
class GroupPriors:
    """Priors of the refit, and how they came about.

    Attributes
    ----------
    components : dict
        `adstock` and `saturation` as PyMC-Marketing saves them, with the new priors.
    model_config : dict
        The model's other saved priors, with the new ones of adstock and saturation.
    table : pd.DataFrame
        One row for each parameter, or for each parameter and channel where they differ: parameter, channel (empty if
        it is for all), was, now, why.
    """

    components: dict[str, Any]
    model_config: dict[str, Any]
    table: pd.DataFrame


def group_priors(
    attributes: Mapping[str, Any], blocks: Mapping[str, tuple[str, ...]], spent: Mapping[str, float]
) -> GroupPriors:
    """Priors of a model whose channels are `blocks` of another model's channels.

    Parameters
    ----------
    attributes : mapping
        The saved model's attributes, decoded.
    blocks : mapping
        Channel of the new model to the channels of the saved one that it sums, in the new order.
    spent : mapping
        Channel of the saved model to its historical spend, in currency.

    Raises
    ------
    RefitError
        If a prior has a form that cannot be carried over; the text names it.
    """
    config = deepcopy(dict(attributes["model_config"]))
    components = {name: deepcopy(attributes[name]) for name in ("adstock", "saturation")}
    columns = list(attributes["channel_columns"])
    rows: list[_Row] = []
    done = set()
    for name, component in components.items():
        height = _height_of(component) if name == "saturation" else ""
        for parameter in component["priors"]:
            key = f"{component['prefix']}_{parameter}"
            prior = config.get(key, component["priors"][parameter])
            new, found = _carried(key, prior, parameter == height, blocks, columns, spent)
            component["priors"][parameter] = config[key] = new
            rows += found
            done.add(key)
    rows += [_kept_row(key, prior, _KEPT_ELSE) for key, prior in config.items() if key not in done]
    return GroupPriors(components, config, pd.DataFrame(rows, columns=list(COLUMNS)))


def _height_of(saturation: Mapping[str, Any]) -> str:
    kind = str(saturation.get("__type__", "")).rpartition(".")[2]
    if kind not in HEIGHTS:
        raise RefitError(
            f"This model cannot be refitted at group level: this app does not know which parameter of its saturation "
            f"'{kind}' is the height that adds up over channels. It knows {sorted(HEIGHTS)}."
        )
    return HEIGHTS[kind]


def _carried(
    key: str,
    prior: Any,
    is_height: bool,
    blocks: Mapping[str, tuple[str, ...]],
    columns: list[str],
    spent: Mapping[str, float],
) -> tuple[Any, list[_Row]]:
    """The new prior of a parameter of adstock or saturation, and its rows of the table."""
    if reason := _why_kept(prior, is_height):
        return prior, [_kept_row(key, prior, reason)]
    dist, dims = prior["dist"], list(prior.get("dims") or ())
    if is_height:
        _refuse_height(key, prior, dims)
    combine = _SUMS[dist, frozenset(prior["kwargs"])] if is_height else _averages
    why = _ADDED if is_height else _AVERAGED
    by_channel = _by_channel(key, prior, dims, len(columns))
    new: list[Numbers] = []
    rows = []
    for name, inside in blocks.items():
        members = [_at(by_channel, columns.index(channel)) for channel in inside]
        is_alone = len(inside) == 1
        new.append(members[0] if is_alone else combine(_joined(members), _shares([spent[name] for name in inside])))
        before = "; ".join(
            f"{channel} {_in_words(dist, numbers)}" for channel, numbers in zip(inside, members, strict=True)
        )
        rows.append((key, name, before, _in_words(dist, new[-1]), _OWN_CHANNEL if is_alone else why))
    axis = dims.index("channel")
    kwargs = {kwarg: _stacked([numbers[kwarg] for numbers in new], axis) for kwarg in by_channel}
    return dict(prior) | {"kwargs": kwargs}, rows


def _why_kept(prior: Any, is_height: bool) -> str:
    """Why a prior is the same for groups as for channels; empty if it is not."""
    is_learnt = (
        not isinstance(prior, Mapping)
        or "dist" not in prior
        or any(isinstance(value, Mapping) for value in prior["kwargs"].values())
    )
    if is_learnt:
        return _KEPT_LEARNT
    is_for_all_channels = all(np.ndim(value) == 0 for value in prior["kwargs"].values())
    return _KEPT_BEND if is_for_all_channels and not is_height else ""


def _kept_row(key: str, prior: Any, why: str) -> _Row:
    return key, "", _prior_in_words(prior), _prior_in_words(prior), why


def _at(by_channel: Numbers, place: int) -> Numbers:
    """A prior's numbers for one channel."""
    return {kwarg: values[..., place] for kwarg, values in by_channel.items()}


def _joined(members: list[Numbers]) -> Numbers:
    """A prior's numbers for several channels, as the last axis."""
    return {kwarg: np.stack([numbers[kwarg] for numbers in members], axis=-1) for kwarg in members[0]}


def _shares(spent: list[float]) -> Floats:
    """How much each channel counts: its share of the spend; all the same if nothing was spent."""
    money = np.array(spent)
    return np.asarray(money / money.sum() if money.sum() > 0 else np.full(len(money), 1 / len(money)))


def _refuse_height(key: str, prior: Mapping[str, Any], dims: list[str]) -> None:
    if "channel" not in dims:
        raise RefitError(
            f"This model cannot be refitted at group level: all its channels share one height ('{key}' has no channel "
            "dimension), so groups of different sizes cannot have heights that add up."
        )
    if prior.get("transform") or (prior["dist"], frozenset(prior["kwargs"])) not in _SUMS:
        kwargs = ", ".join(prior["kwargs"])
        allowed = ", ".join(f"{dist}({', '.join(sorted(names))})" for dist, names in _SUMS)
        raise RefitError(
            f"This model cannot be refitted at group level: the prior {prior['dist']}({kwargs}) of the height '{key}' "
            f"cannot be added up over channels. Priors that can, untransformed: {allowed}."
        )


def _by_channel(key: str, prior: Mapping[str, Any], dims: list[str], count: int) -> Numbers:
    """Numbers of a prior with the channels as the last axis."""
    found = {}
    for kwarg, value in prior["kwargs"].items():
        numbers = np.asarray(value, dtype=np.float64)
        if numbers.ndim == len(dims) and "channel" in dims:
            numbers = np.moveaxis(numbers, dims.index("channel"), -1)
        by_channel = numbers.ndim == 0 or (numbers.shape[-1] == count and dims[-1] == "channel")
        if not by_channel and numbers.ndim != len(dims):
            raise RefitError(
                f"This model cannot be refitted at group level: the numbers '{kwarg}' of the prior '{key}' do not go "
                f"by channel (shape {numbers.shape}, dims {dims})."
            )
        found[kwarg] = np.broadcast_to(numbers, (*numbers.shape[:-1], count))
    return found


def _stacked(values: list[Floats], axis: int) -> Any:
    stacked = np.stack(values, axis=-1)
    return np.moveaxis(stacked, -1, min(axis, stacked.ndim - 1)).tolist()


def _prior_in_words(prior: Any) -> str:
    """A prior in a line: `HalfNormal(sigma=0.15)`."""
    if not isinstance(prior, Mapping) or "dist" not in prior:
        return json.dumps(prior, default=str)[:200]
    return _in_words(prior["dist"], prior["kwargs"])


def _in_words(dist: str, kwargs: Mapping[str, Any]) -> str:
    return f"{dist}({', '.join(f'{name}={_number(value)}' for name, value in kwargs.items())})"


def _number(value: Any) -> str:
    if isinstance(value, Mapping):
        return _prior_in_words(value)
    return f"{float(value):.4g}" if np.ndim(value) == 0 else f"[{', '.join(_number(one) for one in value)}]"


def _averages(numbers: Numbers, counted: Floats) -> Numbers:
    return {kwarg: values @ counted for kwarg, values in numbers.items()}


def _sum_of_scales(kwarg: str) -> Combine:
    """One number that is the size: the mean of the sum is kept, which is all that one number can keep."""
    return lambda numbers, counted: {kwarg: numbers[kwarg].sum(axis=-1)}


def _sum_of_rates(numbers: Numbers, counted: Floats) -> Numbers:
    return {"lam": 1 / (1 / numbers["lam"]).sum(axis=-1)}


def _sum_of_moments(numbers: Numbers, counted: Floats) -> Numbers:
    """Independent heights: means add up and so do variances."""
    return {"mu": numbers["mu"].sum(axis=-1), "sigma": np.sqrt((numbers["sigma"] ** 2).sum(axis=-1))}


def _sum_of_gammas(numbers: Numbers, counted: Floats) -> Numbers:
    mean = (numbers["alpha"] / numbers["beta"]).sum(axis=-1)
    variance = (numbers["alpha"] / numbers["beta"] ** 2).sum(axis=-1)
    return {"alpha": mean**2 / variance, "beta": mean / variance}


def _sum_of_lognormals(numbers: Numbers, counted: Floats) -> Numbers:
    """The log-normal with the mean and the variance of the sum."""
    means = np.exp(numbers["mu"] + numbers["sigma"] ** 2 / 2)
    mean = means.sum(axis=-1)
    variance = (means**2 * np.expm1(numbers["sigma"] ** 2)).sum(axis=-1)
    spread = np.log1p(variance / mean**2)
    return {"mu": np.log(mean) - spread / 2, "sigma": np.sqrt(spread)}


_SUMS: dict[tuple[str, frozenset[str]], Combine] = {
    ("HalfNormal", frozenset({"sigma"})): _sum_of_scales("sigma"),
    ("HalfCauchy", frozenset({"beta"})): _sum_of_scales("beta"),
    ("Exponential", frozenset({"scale"})): _sum_of_scales("scale"),
    ("Exponential", frozenset({"lam"})): _sum_of_rates,
    ("Normal", frozenset({"mu", "sigma"})): _sum_of_moments,
    ("Gamma", frozenset({"mu", "sigma"})): _sum_of_moments,
    ("Gamma", frozenset({"alpha", "beta"})): _sum_of_gammas,
    ("LogNormal", frozenset({"mu", "sigma"})): _sum_of_lognormals,
}

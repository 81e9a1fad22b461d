"""A model with one channel per group, out of a model with its channels: what will be fitted, before anything is.

The same structure (carry-over, saturation, seasonality, controls, dims, link) on the members' summed spend. Everything
here is plain data of the file; `sampler` builds and fits the model.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.errors import ModelFileError, RefitError
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.training_data import LABEL_SEPARATOR, training_dataset
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import marked
from mmm_groups.refit.priors import group_priors
from mmm_groups.sentences import is_one_line

REFIT_VERSION = 1
"""Raised whenever the same request would give another refit."""

REBUILT_EFFECTS = ("FourierEffect", "LinearTrendEffect", "EventAdditiveEffect")
"""Effects beside media that do not read media, so they are the same in a model of groups."""

_CANNOT = "This model cannot be refitted at group level"
_RESERVED = ("date", "channel", "control", "chain", "draw", "y", "target", "fourier_mode")


@dataclass(frozen=True)
class RefitSettings:
    """How long the sampler works.

    Attributes
    ----------
    draws, tune : int
        Draws, and steps before them in which the sampler learns, for each chain. The defaults bring the demo's r-hat
        to 1.005.
    chains : int
        Independent chains; their agreement (r-hat) is what tells whether the fit can be trusted.
    seed : int
    target_accept : float
        Nearer to 1 takes smaller steps: slower, fewer divergences.
    """

    draws: int = 2000
    tune: int = 1500
    chains: int = 4
    seed: int = 1
    target_accept: float = 0.95

    def __post_init__(self) -> None:
        ends = {"draws": (20, 20_000), "tune": (20, 20_000), "chains": (2, 16), "target_accept": (0.5, 0.999)}
        for name, (least, most) in ends.items():
            if not least <= getattr(self, name) <= most:
                raise RefitError(
                    f"'{name}' of a refit is {marked(getattr(self, name))}. Choose {marked(least)} to {marked(most)}."
                )


@dataclass(frozen=True)
class GroupModel:
    """What a refit fits.

    Attributes
    ----------
    groups : dict
        Group to its channels in the original model.
    blocks : dict
        Channel column of the refit to the columns of the original that it sums.
    cells : dict
        Group to its channels in the refit: one, or one for each cell of a panel.
    attributes : dict
        The saved attributes that the refit is built from.
    priors : pd.DataFrame
        What each prior was, what it is now and why; see `GroupPriors`.
    history : pd.DataFrame
        Training data, one row for each date and cell: date, dims, channels of the refit, controls.
    target : Numbers
        The outcome of the same rows.
    """

    groups: dict[str, tuple[str, ...]]
    blocks: dict[str, tuple[str, ...]]
    cells: dict[str, tuple[str, ...]]
    attributes: dict[str, Any]
    priors: pd.DataFrame
    history: pd.DataFrame
    target: Numbers


def group_level_model(model: FittedModel, groups: ChannelGroups | Mapping[str, Sequence[str]]) -> GroupModel:
    """What a refit of this model with one channel per group would fit.

    Raises
    ------
    GroupingError
        If a group names unknown channels.
    RefitError
        If it cannot be done: the text names the reason.
    """
    found = (groups if isinstance(groups, ChannelGroups) else ChannelGroups(groups)).over(model.channels)
    attributes = model.file.attributes
    _refuse_features(attributes)
    dataset = _training_data(model)
    cells, blocks = _blocks(model, dataset, found)
    _refuse_units(model, found)
    _refuse_names(model, blocks)
    spent = {column: float(dataset[column].sum()) for inside in blocks.values() for column in inside}
    priors = group_priors(attributes, blocks, spent)
    new = dict(attributes) | priors.components
    new |= {"model_config": priors.model_config, "channel_columns": list(blocks)}
    history = _long_history(attributes, dataset, blocks)
    target = history.pop(model.target)
    return GroupModel(found, blocks, cells, new, priors.table, history, target)


def refit_key(model: FittedModel, groups: Mapping[str, Sequence[str]], settings: RefitSettings) -> str:
    """Identify a refit: the same request is fitted once."""
    named = sorted((name, sorted(inside)) for name, inside in groups.items())
    request = [model.file.sha256, named, asdict(settings), REFIT_VERSION]
    return fingerprint_of(json.dumps(request))


def estimated_seconds(history: pd.DataFrame, channels: int, settings: RefitSettings, cores: int) -> tuple[float, float]:
    """How long a refit takes at least and at most, roughly: the sampler's steps and what is compiled before.

    Measured with the demo on two cores, for each step of a chain, date and channel (controls and seasonality count as
    four more): 3.6 µs when they were nearly idle, 28 µs when five others worked on them; and 35 to 190 s for imports,
    compiling and the checks around the sampling.
    """
    rounds = -(-settings.chains // min(cores, settings.chains))
    steps = rounds * (settings.draws + settings.tune) * len(history) * (channels + 4)
    return 35 + 3.6e-6 * steps, 190 + 28e-6 * steps


def _refuse_features(attributes: Mapping[str, Any]) -> None:
    effects = [str(effect.get("__type__", "?")).rpartition(".")[2] for effect in attributes.get("mu_effects") or []]
    varying = [
        name for name in ("time_varying_intercept", "time_varying_media") if isinstance(attributes.get(name), dict)
    ]
    channel = (attributes.get("scaling") or {}).get("channel") or {}
    features = {
        "lift test calibrations, which were measured on channels": bool(attributes.get("lift_test_calibrations")),
        "a causal graph": bool(attributes.get("dag")),
        "fixed scales of its channels": "FixedScaling" in str(channel.get("__type__", "")),
        "one scale shared by all channels": "channel" in (channel.get("dims") or ()),
        f"a process of its own for {', '.join(varying)}": bool(varying),
    }
    features |= {
        f"the effect '{name}', which may read channels": True for name in effects if name not in REBUILT_EFFECTS
    }
    if held := [feature for feature, is_there in features.items() if is_there]:
        raise RefitError(
            f"{_CANNOT}: it has {'; and '.join(held)}. These would not mean the same for groups. Fit such a model with "
            "PyMC-Marketing and open its file here."
        )


def _training_data(model: FittedModel) -> xr.Dataset:
    attributes = model.file.attributes
    try:
        dataset = training_dataset(model.file)
    except ModelFileError as error:
        raise RefitError(
            f"{_CANNOT}: '{model.path.name}' holds no training data any more ({error}). Open the file again."
        ) from error
    needed = [*attributes["channel_columns"], *(attributes.get("control_columns") or []), model.target]
    if missing := [name for name in needed if name not in dataset.data_vars]:
        raise RefitError(
            f"{_CANNOT}: the training data in '{model.path.name}' lacks the columns {missing}. Fit the model again on "
            "complete data."
        )
    return dataset[needed]


def _blocks(
    model: FittedModel, dataset: xr.Dataset, groups: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Cells of each group in the refit, and the refit's channels with the columns they sum."""
    columns = list(model.file.attributes["channel_columns"])
    group_of = {channel: name for name, inside in groups.items() for channel in inside}
    index = pd.MultiIndex.from_product([dataset.indexes[dim] for dim in model.dims]) if model.dims else [()]
    places = [LABEL_SEPARATOR.join(map(str, cell)) for cell in index]
    grouped = {where: _grouped_columns(where, columns, group_of) for where in places}
    _refuse_other_groups_elsewhere(grouped)
    together = sorted(grouped[places[0]].values(), key=lambda block: columns.index(block[0]))
    if all(len(block) == 1 for block in together):
        raise RefitError(
            f"{_CANNOT}: no group sums several channels{' within one cell' if model.dims else ''}, so the refit would "
            "be the model that is open. Put at least two channels into a group."
        )
    names = {block: {group_of[_label(where, block[0])] for where in places} for block in together}
    called = [_block_name(block, names[block]) for block in together]
    if twice := sorted({name for name in called if called.count(name) > 1}):
        raise RefitError(f"{_CANNOT}: several of its channels would be called {twice}. Rename the groups.")
    named = dict(zip(called, together, strict=True))
    cells: dict[str, list[str]] = {name: [] for name in groups}
    for where in places:
        for name, block in named.items():
            cells[group_of[_label(where, block[0])]].append(_label(where, name))
    return {name: tuple(inside) for name, inside in cells.items()}, named


def _grouped_columns(where: str, columns: list[str], group_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Group to the columns that it sums in one cell."""
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        name = group_of[_label(where, column)]
        found[name] = (*found.get(name, ()), column)
    return found


def _refuse_other_groups_elsewhere(grouped: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Refuse a panel whose cells put other columns together: its model has the same channels in every cell."""
    first_with: dict[tuple[tuple[str, ...], ...], str] = {}
    for where, blocks in grouped.items():
        first_with.setdefault(tuple(sorted(blocks.values())), where)
    if len(first_with) > 1:
        first, second = list(first_with.values())[:2]
        raise RefitError(
            f"{_CANNOT}: the groups put other channels together in {first} than in {second}, and a panel model has the "
            "same channels everywhere. Group the same channels in every cell."
        )


def _label(where: str, column: str) -> str:
    return f"{where}{LABEL_SEPARATOR}{column}" if where else column


def _block_name(block: tuple[str, ...], names: set[str]) -> str:
    """A channel alone keeps its own name; summed ones bear their group's, if it is the same in every cell."""
    if len(block) == 1:
        return block[0]
    return next(iter(names)) if len(names) == 1 else " + ".join(block)


def _refuse_units(model: FittedModel, groups: Mapping[str, tuple[str, ...]]) -> None:
    units = set(model.historical_units.columns)
    for name, inside in groups.items():
        known = [channel for channel in inside if channel in units]
        if known and len(inside) > 1:
            others = [channel for channel in inside if channel not in units]
            against = f", {', '.join(others)} in money" if others else ", each perhaps in another unit"
            raise RefitError(
                f"{_CANNOT}: the model counts {', '.join(known)} of group '{name}' in units bought (impressions, "
                f"clicks){against}. Such columns cannot be summed. Group channels that are modelled in money."
            )


def _refuse_names(model: FittedModel, blocks: Mapping[str, tuple[str, ...]]) -> None:
    attributes = model.file.attributes
    taken = {*_RESERVED, model.target, str(attributes["date_column"]), *model.dims}
    taken |= set(attributes.get("control_columns") or []) | set(attributes["channel_columns"])
    new = [name for name, inside in blocks.items() if len(inside) > 1]
    if unusable := [name for name in new if name in taken]:
        raise RefitError(
            f"{_CANNOT} with groups named {unusable}: the model has columns of these names. Rename the groups."
        )
    if unusable := [name for name in new if not is_storable(name)]:
        raise RefitError(
            f"{_CANNOT} with groups named {unusable}: a group's name becomes the name of a variable in the model's "
            "file, which takes no slash and no line break. Rename the groups."
        )


def is_storable(name: str) -> bool:
    """True if a netCDF file can hold a variable of this name, and gives it back as it is.

    A slash would make a folder; h5netcdf keeps names that begin with `_nc4_non_coord_` for itself, and cuts at a NUL.
    """
    is_path = "/" in name or name in ("", ".", "..")
    return not is_path and is_one_line(name) and not name.startswith("_nc4_non_coord_")


def _long_history(
    attributes: Mapping[str, Any], dataset: xr.Dataset, blocks: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    kept = [*(attributes.get("control_columns") or []), str(attributes["target_column"])]
    table = dataset.to_dataframe().reset_index()
    summed = {name: table[list(inside)].to_numpy(dtype=np.float64).sum(axis=1) for name, inside in blocks.items()}
    keys = [str(attributes["date_column"]), *(attributes.get("dims") or ())]
    return pd.concat([table[keys], pd.DataFrame(summed), table[kept]], axis=1)

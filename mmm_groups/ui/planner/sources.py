"""Opening models and curves for the app: shared by all sessions of a server."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import platformdirs
import streamlit as st

from mmm_groups.curves.cache import DEMO_MODEL, cached_curves
from mmm_groups.curves.extraction import fingerprint, reach_asked, response_curves
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.planning_source import open_source as open_source_file
from mmm_groups.curves.prices import repriced
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import ModelFileError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import SplitRule
from mmm_groups.kept_files import create_whole
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting
from mmm_groups.model.horizon import Horizon
from mmm_groups.ui.planner.server_cache import shared

ENDINGS = (".nc", ".csv")
_KEPT_OPEN = 4
_MOST_NAME = 200  # bytes of a file's name; file systems take 255
DEMO_NAME = "Demo: nine channels, simulated retailer"


def models_folder() -> Path:
    """Where the app looks for models and keeps uploaded ones: `MMM_GROUPS_MODELS`, or the user's data folder."""
    chosen = os.environ.get("MMM_GROUPS_MODELS")
    return Path(chosen) if chosen else platformdirs.user_data_path("mmm_groups") / "models"


def trusted_modules() -> list[str]:
    """Modules of the operator's own that models may refer to: `MMM_GROUPS_TRUST`, separated by commas."""
    return [name.strip() for name in os.environ.get("MMM_GROUPS_TRUST", "").split(",") if name.strip()]


def available_models() -> dict[str, Path]:
    """Name to file of every model and every file of curves that can be opened, the demo first."""
    folder = models_folder()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS) if folder.is_dir() else []
    return {DEMO_NAME: DEMO_MODEL} | {file.name: file for file in files}


def store_upload(name: str, content: bytes) -> Path:
    """Store an uploaded file in the models folder, under a name that is free; the same content is stored once.

    Raises
    ------
    ModelFileError, CurvesError
        If the file can be opened neither as a model nor as curves; then nothing is kept.
    """
    folder = models_folder()
    ending = ".csv" if Path(name).suffix.lower() == ".csv" else ".nc"
    stem = re.sub(r"[^\w.-]+", "_", Path(name).stem).strip("._")
    stem = stem.encode()[:_MOST_NAME].decode(errors="ignore") or "model"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            looked_at = Path(scratch) / f"{stem}{ending}"
            looked_at.write_bytes(content)
            open_source_file(looked_at, trust=trusted_modules())
        return _stored(folder, stem, ending, content)
    except OSError as error:
        raise ModelFileError(
            f"'{stem}{ending}' could not be kept in the folder of models ({folder}): {error.strerror or error}. Make "
            "room there, or let the app write to it; MMM_GROUPS_MODELS names another folder."
        ) from error


def _stored(folder: Path, stem: str, ending: str, content: bytes) -> Path:
    """Keep content under a name that is free; others may store theirs at the same moment."""
    for number in range(1, 10_000):
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        if (path.is_file() and path.read_bytes() == content) or create_whole(path, content):
            return path
    raise ModelFileError(f"The folder {folder} holds too many models named '{stem}'. Rename the file.")


def open_source(path: Path) -> PlanningSource:
    """The model or the curves in a file, opened once per server and content."""
    return _open_source(path, path.stat().st_mtime_ns if path.is_file() else 0)


@st.cache_resource(show_spinner=False, max_entries=8)
def _open_source(path: Path, changed: int) -> PlanningSource:
    return open_source_file(path, trust=trusted_modules())


def source_with(identity: str) -> PlanningSource | None:
    """The model or the curves whose file has this content; None if no file here has it, or it cannot be opened."""
    for path in available_models().values():
        try:
            if _content_hash(path, path.stat().st_mtime_ns) == identity:
                return open_source(path)
        except OSError:
            continue  # was removed a moment ago
    return None


@st.cache_resource(show_spinner=False, max_entries=256)
def _content_hash(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class CurveRequest:
    """What is asked of a model's curves.

    Attributes
    ----------
    horizon : Horizon
    flighting : Flighting
        How money is spread over the window's dates.
    prices : dict[str, float]
        Planned price per unit, for channels that the model knows in units.
    budget : float or None
        A budget that each curve must reach alone, in currency; None for the usual reach.
    """

    horizon: Horizon
    flighting: Flighting = "even"
    prices: dict[str, float] = field(default_factory=dict)
    budget: float | None = None


def ready_curves(model: FittedModel, request: CurveRequest) -> ResponseCurves | None:
    """Curves that can be shown without waiting for PyMC, or None.

    Raises
    ------
    PriceError
        If a price does not fit.
    """
    reach = reach_asked(model, request.horizon, request.prices, request.budget)
    key = fingerprint(model, request.horizon, request.flighting, reach)
    if (curves := _answering().get(key)) is None and (curves := _ready_curves(key)) is None:
        return None
    if curves.is_conditional and (curves.joint is None or request.prices):
        return None  # such curves need their model, opened for these very prices
    return repriced(curves, request.prices)


@st.cache_resource(show_spinner=False, max_entries=16, validate=lambda curves: curves is not None)
def _ready_curves(key: str) -> ResponseCurves | None:
    return cached_curves(key)


@st.cache_resource(show_spinner=False)
def _answering() -> dict[str, ResponseCurves]:
    """Conditional curves whose model is open in this server, by fingerprint; the latest few."""
    return {}


def curves_with_sub_channels(curves: ResponseCurves, assumed: tuple[SubChannels, ...]) -> ResponseCurves:
    """Curves with sub-channels in place of split channels, made once for every session that asks for the same."""
    if not assumed:
        return curves
    return _curves_with_sub_channels(
        curves.origin.fingerprint, tuple(split.model_dump_json() for split in assumed), curves
    )


@shared(8)
def _curves_with_sub_channels(curves_key: str, assumed: tuple[str, ...], curves: ResponseCurves) -> ResponseCurves:
    return curves.with_subchannels([SubChannels(**json.loads(split)) for split in assumed])


def read_curves(model: FittedModel, request: CurveRequest, progress: Callable[[str], None]) -> ResponseCurves:
    """Curves from the model's own graph (seconds to a minute), kept for everybody."""
    horizon = request.horizon
    curves = response_curves(
        model,
        horizon.start,
        horizon.end,
        flighting=request.flighting,
        prices=request.prices,
        budget=request.budget,
        progress=progress,
    )
    if curves.is_conditional:
        progress("Compiling the model's joint response and its slopes, on which such a model is planned")
        curves.answering.incremental(np.asarray(curves.reference_spend, dtype=np.float64))
        curves.answering.mean_and_slopes(np.asarray(curves.reference_spend, dtype=np.float64))
        kept = _answering()
        while len(kept) >= _KEPT_OPEN:
            kept.pop(next(iter(kept)))
        kept[curves.origin.fingerprint] = curves
    return curves


def shared_group_curves(
    curves: ResponseCurves,
    groups: Mapping[str, tuple[str, ...]],
    method: Method,
    split: Mapping[str, SplitRule],
) -> GroupCurves:
    """Group curves, made once for every session that asks for the same."""
    if not curves.origin.fingerprint:
        raise RuntimeError("Curves without a fingerprint would be mistaken for each other.")
    shares = tuple((name, rule if isinstance(rule, str) else tuple(rule.items())) for name, rule in split.items())
    return _group_curves(curves.origin.fingerprint, method, tuple(groups.items()), shares, curves)


@shared(64)
def _group_curves(
    curves_key: str,
    method: Method,
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    shares: tuple[tuple[str, str | tuple[tuple[str, float], ...]], ...],
    curves: ResponseCurves,
) -> GroupCurves:
    split = {name: cast(SplitRule, rule if isinstance(rule, str) else dict(rule)) for name, rule in shares}
    return group_curves(curves, ChannelGroups(dict(groups)), method, split)

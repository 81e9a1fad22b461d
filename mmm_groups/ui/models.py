"""Opening models and curves for the app: shared by all sessions of a server."""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs
import streamlit as st

from mmm_groups.channel_groups import ChannelGroups
from mmm_groups.curve_cache import DEMO_MODEL, cached_curves
from mmm_groups.curve_extraction import fingerprint, response_curves
from mmm_groups.fitted_model import FittedModel
from mmm_groups.group_curves import GroupCurves, Method, group_curves
from mmm_groups.horizon import Horizon
from mmm_groups.planning_source import PlanningSource
from mmm_groups.planning_source import open_source as open_source_file
from mmm_groups.response_curves import ResponseCurves

ENDINGS = (".nc", ".csv")
DEMO_NAME = "Demo: nine channels, simulated retailer"


def models_folder() -> Path:
    """Where the app looks for models and keeps uploaded ones: `MMM_GROUPS_MODELS`, or the user's data folder."""
    chosen = os.environ.get("MMM_GROUPS_MODELS")
    return Path(chosen) if chosen else platformdirs.user_data_path("mmm_groups") / "models"


def available_models() -> dict[str, Path]:
    """Name to file of every model and every file of curves that can be opened, the demo first."""
    folder = models_folder()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS) if folder.is_dir() else []
    return {DEMO_NAME: DEMO_MODEL} | {file.name: file for file in files}


def keep_upload(name: str, content: bytes) -> Path:
    """Store an uploaded file in the models folder, under a name that is free; the same content is stored once.

    Raises
    ------
    ModelFileError, CurvesError
        If the file can be opened neither as a model nor as curves; then nothing is kept.
    """
    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        looked_at = Path(scratch) / Path(name).name
        looked_at.write_bytes(content)
        open_source_file(looked_at)
    ending = ".csv" if Path(name).suffix.lower() == ".csv" else ".nc"
    stem = re.sub(r"[^\w.-]+", "_", Path(name).stem).strip("._") or "model"
    for number in range(1, 10_000):
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        if not path.exists():
            path.write_bytes(content)
            return path
        if path.read_bytes() == content:
            return path
    raise FileExistsError(f"The folder {folder} holds too many models named '{stem}'. Rename the file.")


def open_source(path: Path) -> PlanningSource:
    """The model or the curves in a file, opened once per server and content."""
    return _open_source(path, path.stat().st_mtime_ns if path.is_file() else 0)


@st.cache_resource(show_spinner=False, max_entries=8)
def _open_source(path: Path, changed: int) -> PlanningSource:
    return open_source_file(path)


def ready_curves(model: FittedModel, horizon: Horizon) -> ResponseCurves | None:
    """Curves that can be shown without PyMC, or None."""
    return _ready_curves(fingerprint(model, horizon))


@st.cache_resource(show_spinner=False, max_entries=16, validate=lambda curves: curves is not None)
def _ready_curves(key: str) -> ResponseCurves | None:
    return cached_curves(key)


def read_curves(model: FittedModel, horizon: Horizon, progress: Callable[[str], None]) -> ResponseCurves:
    """Curves from the model's own graph (seconds to a minute), kept for everybody."""
    return response_curves(model, horizon.start, horizon.end, progress=progress)


def shared_group_curves(
    curves: ResponseCurves,
    groups: Mapping[str, tuple[str, ...]],
    method: Method,
    split: Mapping[str, Mapping[str, float]],
) -> GroupCurves:
    """Group curves, made once for every session that asks for the same."""
    if not curves.fingerprint:
        raise RuntimeError("Curves without a fingerprint would be mistaken for each other.")
    shares = tuple((name, tuple(found.items())) for name, found in split.items())
    return _group_curves(curves.fingerprint, method, tuple(groups.items()), shares, curves)


@st.cache_resource(show_spinner=False, max_entries=64)
def _group_curves(
    curves_key: str,
    method: Method,
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    shares: tuple[tuple[str, tuple[tuple[str, float], ...]], ...],
    _curves: ResponseCurves,
) -> GroupCurves:
    split = {name: dict(found) for name, found in shares}
    return group_curves(_curves, ChannelGroups(dict(groups)), method, split)

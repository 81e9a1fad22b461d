"""What the tests share: folders of their own, the demo, and one compiled model."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

import mmm_groups as mg

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from mmm_groups.ui.planner.planner import Planner

# The same examples on every machine: what passed here passes there. `--hypothesis-seed` looks for new ones.
settings.register_profile("same_examples", derandomize=True, deadline=None)
settings.load_profile("same_examples")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side: one has the browser, one compiles PyTensor, files stay whole."""
    for item in items:
        shared = next((mark for mark in ("browser", "pymc") if item.get_closest_marker(mark)), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own caches."""
    monkeypatch.setenv("MMM_GROUPS_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path_factory.mktemp("models")))
    monkeypatch.setenv("MMM_GROUPS_JOBS_FOLDER", str(tmp_path_factory.mktemp("jobs")))
    monkeypatch.setenv("MMM_GROUPS_DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('scenarios')}/scenarios.sqlite")


@pytest.fixture(scope="session", autouse=True)
def _no_search_for_components() -> Iterator[None]:
    """Every AppTest would search all packages for components, 0.3 s each time; ours are registered in code."""
    with pytest.MonkeyPatch.context() as held:
        held.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        yield


@pytest.fixture(scope="session")
def demo() -> mg.FittedModel:
    return mg.load_model(mg.DEMO_MODEL)


@pytest.fixture(scope="session")
def demo_curves(demo: mg.FittedModel) -> mg.ResponseCurves:
    return mg.response_curves(demo)


@pytest.fixture(scope="session")
def platforms() -> mg.ChannelGroups:
    return mg.ChannelGroups(
        {
            "Meta": ["facebook", "instagram"],
            "Google": ["search", "youtube"],
            "Offline": ["tv", "radio", "outdoor"],
        }
    )


@pytest.fixture(scope="session")
def model_evaluation(demo: mg.FittedModel) -> Callable[[np.ndarray], np.ndarray]:
    """PyMC-Marketing's own response to a channel plan, (draw, channel), compiled once for the session."""
    from mmm_groups.curves.extraction import model_response

    response, _ = model_response(demo, demo.next_horizon())
    zero = response.by_channel(np.zeros(len(demo.channels)))
    return lambda spend: response.by_channel(np.asarray(spend, dtype=np.float64)) - zero


@pytest.fixture
def grouped() -> "Planner":
    """The demo with Meta and Google as groups."""
    from support.pages import opened

    from mmm_groups.ui.widgets.board.layout import add_group

    planner: Planner = opened("start").session_state["mmm_groups.planners"].popitem()[1]
    board = add_group(planner.board, "Meta", ["facebook", "instagram"])
    planner.board = add_group(board, "Google", ["search", "youtube"])
    return planner


@pytest.fixture
def planned(grouped: "Planner") -> "Planner":
    grouped.optimise()
    return grouped


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from support.app_server import chromium

    with chromium() as found:
        yield found

"""What tests of pages start from."""

from collections.abc import Iterator

import pytest

import mmm_groups as mg
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group


@pytest.fixture(scope="session", autouse=True)
def _no_search_for_components() -> Iterator[None]:
    """Every AppTest would search all packages for components, 0.3 s each time; ours are registered in code."""
    with pytest.MonkeyPatch.context() as held:
        held.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        yield


@pytest.fixture
def grouped(demo: mg.FittedModel) -> Planner:
    """The demo with Meta and Google as groups."""
    planner = new_planner(demo)
    board = add_group(planner.board, "Meta", ["facebook", "instagram"])
    planner.set_board(add_group(board, "Google", ["search", "youtube"]))
    return planner


@pytest.fixture
def planned(grouped: Planner) -> Planner:
    grouped.optimise()
    return grouped


@pytest.fixture
def limited(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> Planner:
    """The demo with a group, a limit and a budget of its own, optimised."""
    planner = new_planner(demo)
    planner.set_board(add_group(planner.board, "Meta", ["facebook", "instagram"]))
    planner.set_limits({"tiktok": RowLimit(upper=400_000.0)})
    planner.set_goal(budget=4_000_000.0)
    planner.optimise()
    return planner

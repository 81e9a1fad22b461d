"""What tests of pages start from."""

import pytest

import mmm_groups as mg
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.planner.open_planners import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group


@pytest.fixture
def limited(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> Planner:
    """The demo with a group, a limit and a budget of its own, optimised."""
    planner = new_planner(demo)
    planner.board = add_group(planner.board, "Meta", ["facebook", "instagram"])
    planner.bounds["channel tiktok"] = RowLimit(upper=400_000.0)
    planner.budget = 4_000_000.0
    planner.optimise()
    return planner

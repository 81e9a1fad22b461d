"""What a planner exports and imports on the screens."""

import pytest
from streamlit.testing.v1 import AppTest

import mmm_groups as mg
from mmm_groups.ui.board import add_group
from mmm_groups.ui.state import Planner, new_planner


@pytest.fixture
def planned(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> Planner:
    made = new_planner(demo)
    made.curves = demo_curves
    made.board = add_group(made.board, "Meta", ["facebook", "instagram"])
    made.optimise()
    return made


def upload(at: AppTest, key: str, name: str, text: str) -> AppTest:
    return at.file_uploader(key=key).upload([(name, text.encode(), "text/plain")]).run()

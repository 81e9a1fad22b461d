"""What a planner exports and imports on the screens."""

from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest
from test_pages import opened, read

import mmm_groups as mg
from mmm_groups.limit_lines import read_limit_lines
from mmm_groups.report import read_table
from mmm_groups.ui.board import add_group
from mmm_groups.ui.export_files import export_rows, plan_report
from mmm_groups.ui.limits_import import imported
from mmm_groups.ui.row_limits import RowLimit
from mmm_groups.ui.state import Planner, _new_planner


@pytest.fixture
def planned(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> Planner:
    made = _new_planner(demo)
    made.curves = demo_curves
    made.board = add_group(made.board, "Meta", ["facebook", "instagram"])
    made.optimise()
    return made


def upload(at: AppTest, key: str, name: str, text: str) -> AppTest:
    return at.file_uploader(key=key).upload([(name, text.encode(), "text/plain")]).run()

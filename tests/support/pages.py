"""Pages of the app without a browser: opened, and what a planner reads on them."""

import re
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from mmm_groups.ui.planner.planner import Planner

ROOT = Path(__file__).parent.parent.parent
PAGES = {
    "start": "app.py",
    "group": "pages/1_Group_channels.py",
    "curves": "pages/2_Response_curves.py",
    "optimise": "pages/3_Optimise.py",
    "split": "pages/4_Split.py",
    "plans": "pages/5_Plans_over_time.py",
    "export": "pages/6_Export.py",
    "scenarios": "pages/7_Scenarios.py",
}


def opened(name: str, planner: Planner | None = None, unfolded: tuple[str, ...] = ()) -> AppTest:
    """A page of a fresh session, or of one with this planner; `unfolded` panels stand open."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key in unfolded:
        at.session_state[key] = True
    if name != "start":
        at.switch_page(PAGES[name])
    if planner is not None:
        at.session_state["mmm_groups.planners"] = {planner.source.identity: planner}
        at.session_state["mmm_groups.current"] = planner.source.identity
    at.run()
    assert not at.exception, at.exception
    return at


def read(at: AppTest) -> str:
    elements = [*at.title, *at.subheader, *at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.success]
    return shown("\n".join(str(element.value) for element in elements))


def shown(markdown: str) -> str:
    """What Markdown shows once its escapes are read."""
    return re.sub(r"\\(.)", r"\1", markdown)


def optimum(at: AppTest) -> pd.DataFrame:
    """The table of the plan's groups."""
    return next(table.value for table in at.dataframe if {"mroi", "binding"} <= set(table.value.columns))


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}

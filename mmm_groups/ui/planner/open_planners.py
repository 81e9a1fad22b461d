"""The planners that a session has open. Kept under keys of our own, so that they survive moving between pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import streamlit as st

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.curves.first_budget import first_budget, reference_budget
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.session_presentation import present_session
from mmm_groups.ui.planner.sources import CurveRequest, open_source, ready_curves
from mmm_groups.ui.widgets.board.layout import initial_state

_PLANNERS, _CURRENT = "mmm_groups.planners", "mmm_groups.current"


def planner() -> Planner:
    """The session's open planner; the bundled demo at first."""
    planners = _planners()
    if st.session_state.get(_CURRENT) not in planners:
        return open_planner(DEMO_MODEL)
    return planners[st.session_state[_CURRENT]]


def open_planner(path: Path) -> Planner:
    """Open a file of a model or of curves; what was decided about it earlier in this session is still there.

    Raises
    ------
    ModelFileError, CurvesError
        If the file cannot be opened; what was open before stays open.
    """
    source = open_source(path)
    known = _planners().get(_key(source))
    return take_up(new_planner(source) if known is None else known)


def take_up(opened: Planner) -> Planner:
    """Make this the session's open planner, in place of what was decided about the same file before."""
    key = _key(opened.source)
    _planners()[key] = opened
    st.session_state[_CURRENT] = key
    return opened


def is_session_new() -> bool:
    """True before anything was opened in this session."""
    return not _planners()


def _key(source: PlanningSource) -> str:
    return f"{source.path} {source.identity}"


def new_planner(source: PlanningSource) -> Planner:
    """A planner for whom nothing is typed yet."""
    board = initial_state(source.channels, {})
    if isinstance(source, CurveFile):
        return Planner(source, source.horizon, source.curves, board, first_budget(source.curves))
    horizon = source.next_horizon()
    curves = ready_curves(source, CurveRequest(horizon))
    return Planner(source, horizon, curves, board, reference_budget(source, horizon))


def tied(key: str, value: object, store: Callable[[Planner, Any], None]) -> dict[str, Any]:
    """Arguments that tie a widget to the planner: it shows `value`, and a change is stored before the page runs.

    A widget whose default follows its own value would be a new widget after every change, and lose a quick second
    click.
    """
    st.session_state[key] = value

    def take() -> None:
        present_session()  # before the page does: what it says has the session's numbers as well
        store(planner(), st.session_state[key])

    return {"key": key, "on_change": take}


def _planners() -> dict[str, Planner]:
    return cast(dict[str, Planner], st.session_state.setdefault(_PLANNERS, {}))

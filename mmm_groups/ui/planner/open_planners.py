"""The planners that a session has open. Kept under keys of our own, so that they survive moving between pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import streamlit as st

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import MmmGroupsError
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.statement import MOST
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import open_source

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


def tied(
    key: str, value: object, store: Callable[[Planner, Any], None], *, may_be_empty: bool = False
) -> dict[str, Any]:
    """Arguments that tie a widget to the planner: it shows `value`, and a change is stored before the page runs.

    A widget whose default follows its own value would be a new widget after every change, and lose a quick second
    click.

    Parameters
    ----------
    key : str
    value : object
    store : callable
        Takes the planner and what was typed or chosen.
    may_be_empty : bool
        Whether a field may be emptied. A choice cannot be taken back by hand, so a message that says so changes
        nothing.
    """
    st.session_state[key] = value

    def take() -> None:
        typed = st.session_state[key]
        if isinstance(typed, float):
            refuse_beyond(typed)
        if typed is not None or may_be_empty:
            store(planner(), typed)

    return {"key": key, "on_change": safe_change(take)}


def refuse_beyond(amount: float) -> None:
    """Raise MmmGroupsError for a number that no plan can be made with: none at all, or so large that sums overflow."""
    if not abs(amount) <= MOST:
        raise MmmGroupsError(f"{marked(amount):g} is no number to plan with, so it was not taken over.")


def _planners() -> dict[str, Planner]:
    return cast(dict[str, Planner], st.session_state.setdefault(_PLANNERS, {}))

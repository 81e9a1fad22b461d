"""The state of the session that runs, where one does: charts and figures are also drawn for reports."""

import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from streamlit.runtime.scriptrunner import ScriptRunContext

PRESENTING = "mmm_groups.presenting"
"""Key under which a session remembers that it presents."""


def session() -> MutableMapping[str, Any]:
    """The session's state; an empty one outside of any. Reports and the command line do not wait for Streamlit."""
    if _run() is None:
        return {}
    import streamlit as st

    return cast(MutableMapping[str, Any], st.session_state)


def type_scale() -> float:
    """How much larger charts and their type are drawn than usual: more while the session presents."""
    return 1.45 if session().get(PRESENTING, False) else 1.0


def is_part_run() -> bool:
    """True while only a part of the page runs, because something inside it was changed."""
    run = _run()
    return run is not None and bool(run.fragment_ids_this_run)


def _run() -> "ScriptRunContext | None":
    """The run of a page's script that this thread belongs to; None outside of any."""
    if "streamlit" not in sys.modules:
        return None
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return get_script_run_ctx(suppress_warning=True)

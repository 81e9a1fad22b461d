"""The state of the session that runs, where one does: charts and figures are also drawn for reports."""

import sys
from collections.abc import MutableMapping
from typing import Any, cast

PRESENTING = "mmm_groups.presenting"
"""Key under which a session remembers that it presents."""


def session() -> MutableMapping[str, Any]:
    """The session's state; an empty one outside of any. Reports and the command line do not wait for Streamlit."""
    if "streamlit" not in sys.modules:
        return {}
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    is_running = get_script_run_ctx(suppress_warning=True) is not None
    return cast(MutableMapping[str, Any], st.session_state) if is_running else {}


def type_scale() -> float:
    """How much larger charts and their type are drawn than usual: more while the session presents."""
    return 1.45 if session().get(PRESENTING, False) else 1.0


def is_part_run() -> bool:
    """True while only a part of the page runs, because something inside it was changed."""
    if "streamlit" not in sys.modules:
        return False
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)

"""The banner over somebody else's scenario, with a button that makes a copy of one's own."""

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.work_identity import WorkIdentity


def read_only_banner(current: Planner) -> None:
    """Say whose scenario is open, that it cannot be changed, and offer to duplicate it."""
    work = current.work
    # Greyed, because it is put back; still to be looked into.
    st.html("<style>.st-key-inputs, .st-key-board, .st-key-what-if-buttons {opacity: 0.6}</style>")
    with st.container(key="read-only", horizontal=True, vertical_alignment="center"):
        st.info(
            plain(
                f"You look at “{current.scenario.name}”, version {work.version} by {work.saved_by}. It is read only: "
                "what you change is put back."
            ),
            icon=":material/lock:",
        )
        st.button(
            "Duplicate to edit",
            key="duplicate",
            type="primary",
            icon=":material/content_copy:",
            on_click=safe_change(duplicate),
            help="Go on with a copy of your own. The original stays as it is.",
        )


def duplicate() -> None:
    """Go on with a copy of what is open, as work of one's own."""
    own = planner()
    own.change(name=f"Copy of {own.scenario.name}"[:200])
    own.work = WorkIdentity()

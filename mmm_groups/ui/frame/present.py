"""Present mode: large type, and no controls but the sliders, until Esc."""

from importlib import resources

import streamlit as st

from mmm_groups.display.presentation import look
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.session_presentation import turn_presenting

_STYLE = resources.files("mmm_groups.ui.frame").joinpath("present.css").read_text(encoding="utf-8")


def offer_presenting() -> None:
    """A small button in the header."""
    st.button(
        "",
        key="present",
        icon=":material/slideshow:",
        type="tertiary",
        help="Present: large type, no controls but the sliders. Esc ends it.",
        on_click=safe_change(turn_presenting),
        args=(True,),
    )


def presenting(before: str | None, after: str | None) -> None:
    """Style the page for a meeting, with small buttons to leave it and to turn to the pages beside it.

    Parameters
    ----------
    before, after : str or None
        Paths of the pages beside this one.
    """
    st.html(f"<style>{_STYLE} .st-key-present-corner {{background: {look().paper}}}</style>")
    with st.container(key="present-corner", horizontal=True, gap="xsmall", width="content"):
        for path, icon, name in ((before, "arrow_back", "Previous page"), (after, "arrow_forward", "Next page")):
            if path is not None:
                st.page_link(path, label=name, icon=f":material/{icon}:")
        st.button(
            "End",
            key="present-end",
            icon=":material/close_fullscreen:",
            type="tertiary",
            shortcut="Esc",
            on_click=safe_change(turn_presenting),
            args=(False,),
            help="Back to all controls",
        )

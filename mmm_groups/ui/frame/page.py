"""The frame of every page: title, step bar, and what stops a page that cannot be shown yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmm_groups.display.numbers import plain
from mmm_groups.ui.frame.present import offer_presenting, presenting
from mmm_groups.ui.frame.read_only import read_only_banner
from mmm_groups.ui.frame.settings import settings
from mmm_groups.ui.frame.styles import page_style
from mmm_groups.ui.planner.last_net import caught, say_refused_change, session_fragment
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.session_presentation import is_presenting, present_session
from mmm_groups.ui.work.arrival import arrive, elsewhere, name_in_address, say_trouble
from mmm_groups.ui.work.autosave import autosave, say_not_kept
from mmm_groups.ui.work.browser_token import leave_token
from mmm_groups.ui.work.database import shared_database

STEPS = {
    "app.py": "Start",
    "pages/1_Group_channels.py": "Group channels",
    "pages/2_Response_curves.py": "Response curves",
    "pages/3_Optimise.py": "Optimise",
    "pages/4_Split.py": "Split",
    "pages/5_Plans_over_time.py": "Plans over time",
    "pages/6_Export.py": "Export",
    "pages/7_Scenarios.py": "Scenarios",
    "pages/8_Second_opinion.py": "Second opinion",
}
TITLE = "Plan media money by group, not by channel"
_SCRIPTS = list(STEPS)
_OF_THE_OPTIMUM = ("pages/3_Optimise.py", "pages/4_Split.py", "pages/6_Export.py")
"""Pages that show the optimum, which can be stale."""

LINKED = {
    "Optimise": "Optimise",
    "Group_channels": "Group channels",
    "Response_curves": "Response curves",
    "Split": "Split",
    "Plans_over_time": "Plans over time",
    "Export": "Export",
    "Scenarios": "Scenarios",
    "Second_opinion": "Second opinion",
}
"""Where a link may open: the page's path in the address, and its name."""

_FRAME = "mmm_groups.frame"


@contextmanager
def open_page(script: str, lead: str, *, needs_curves: bool = True, needs_plan: bool = False) -> Iterator[Planner]:
    """A page: set the title, draw the step bar and give the session's planner to what is drawn below.

    Parameters
    ----------
    script : str
        The page's path, a key of `STEPS`.
    lead : str
        One sentence under the title: what one does here.
    needs_curves, needs_plan : bool
        Without them the page ends here and says where to go.
    """
    st.set_page_config(page_title=f"{STEPS[script]} · Group planner", page_icon="🧭", layout="wide")
    present_session()
    with caught(script):
        arrive()
        current = planner()
        autosave(current)
        name_in_address(current)
        st.html(page_style())
        _step_bar(script, current)
        _notices(script, current)
        if is_presenting():
            here = _SCRIPTS.index(script)
            presenting(*(_SCRIPTS[place] if 0 <= place < len(_SCRIPTS) else None for place in (here - 1, here + 1)))
        st.title(TITLE if script == _SCRIPTS[0] else STEPS[script], anchor=False)
        st.caption(lead)
        if said := assumed_in_words(current):
            st.caption(f":material/call_split: {plain(said)}")
        st.session_state[_FRAME] = _framed(current)
        if needs_curves and current.curves is None:
            _send_to(
                _SCRIPTS[0],
                f"The curves of {current.source.name} have not been read for {current.window} yet.",
                "Read them on the start page",
            )
        if needs_plan and current.result is None:
            _send_to("pages/3_Optimise.py", "There is no optimised plan yet.", "Optimise a budget first")
        if needs_plan and current.is_stale:
            _offer_rerun(current)
        yield current
        return
    st.stop()  # the frame failed: there is no planner to give


def page_part(draw: Callable[[Planner], None]) -> Callable[[], None]:
    """A part of a page that runs alone: a change inside it does not run the frame and the other parts again.

    After such a change the work is saved as well, and where the frame would say something else by now, the whole page
    runs again.

    Parameters
    ----------
    draw : callable
        Shows the part for the session's planner.
    """

    @session_fragment
    @wraps(draw)
    def part() -> None:
        current = planner()
        if is_part_run():
            # Before anything is shown: a reload ends this run at any place, and finds what was saved by then.
            autosave(current)
            name_in_address(current)
        draw(current)
        if is_part_run() and _framed(current) != st.session_state.get(_FRAME):
            st.rerun()

    return part


def is_part_run() -> bool:
    """True while only a part of the page runs, because something inside it was changed."""
    run = get_script_run_ctx(suppress_warning=True)
    return run is not None and bool(run.fragment_ids_this_run)


def _framed(current: Planner) -> tuple[object, ...]:
    """What the frame of a page says about the plan: if it changes, the frame is shown anew."""
    return (
        current.curves is not None and current.is_stale,
        current.result is None,
        current.scenario.sub_channels,
        current.work.is_read_only,
        shared_database().refusal is None,
    )


def _notices(script: str, current: Planner) -> None:
    """What every page must say: a link that failed, a scenario of somebody else, a database that fails."""
    leave_token()
    say_trouble()
    say_refused_change()
    if current.reference_refused is not None:
        st.warning(
            plain(f"{current.reference_refused.marked} Until then plans are held against the latest spend."),
            icon=":material/history:",
        )
        current.reference_refused = None
    if current.work.is_read_only:
        read_only_banner(current)
    if elsewhere() is not None and script != "pages/7_Scenarios.py":
        st.warning("A scenario waits for its model, which is not open here.", icon=":material/pending:")
        st.page_link("pages/7_Scenarios.py", label="Choose what to open it on", icon=":material/arrow_forward:")
    say_not_kept(current)


def assumed_in_words(current: Planner) -> str:
    """Which channels are split into sub-channels, by the planner's assumption; empty if none is."""
    planned = [f"{split.parent} is planned as {' and '.join(split.parts)}" for split in current.scenario.sub_channels]
    if not planned:
        return ""
    return f"{'; '.join(planned)}. The model knows no such parts: their curves and figures rest on your assumption."


def beside() -> DeltaGenerator:
    """A container that stays in sight while a longer column beside it scrolls."""
    st.html(
        "<style>@media (min-width: 640px) and (min-height: 640px) {"
        ".stColumn:has(.st-key-beside) > div {height: 100%}"
        "div:has(> .st-key-beside) {position: sticky; top: 4.5rem}}</style>"
    )
    return st.container(key="beside")


def next_step(script: str) -> None:
    """A link to the page that follows `script`."""
    following = _SCRIPTS[_SCRIPTS.index(script) + 1]
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.page_link(
            following,
            label=f"**Next: {STEPS[following].lower()}**",
            icon=":material/arrow_forward:",
            icon_position="right",
        )


def _send_to(script: str, reason: str, label: str) -> NoReturn:
    st.info(plain(reason))
    st.page_link(script, label=label, icon=":material/arrow_back:")
    st.stop()


def _offer_rerun(current: Planner) -> NoReturn:
    st.warning(
        "Groups, limits, budget or window changed since the last optimum. Optimise again to plan with them; the last "
        "result stays on the Optimise page until then.",
        icon=":material/update:",
    )
    if st.button("Optimise again", type="primary", key="optimise-again"):
        current.optimise()
        st.rerun()
    st.stop()


def _step_bar(script: str, current: Planner) -> None:
    here = _SCRIPTS.index(script)
    with st.container(key="steps", horizontal=True, vertical_alignment="center", gap="xxsmall"):
        for place, (path, name) in enumerate(STEPS.items()):
            stale = path in _OF_THE_OPTIMUM and current.curves is not None and current.is_stale
            label = f"{place + 1}  {name}{' · stale' if stale else ''}"
            st.page_link(path, label=f"**{label}**" if place == here else label)
        st.space("stretch")
        st.caption(plain(f"{current.source.name} · {current.window}"), width="content")
        offer_presenting()
        settings(current)

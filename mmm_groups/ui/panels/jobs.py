"""Jobs on the screen: the progress of one, and the list of all on this server."""

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.jobs.job_queue import Job, cancel, job, jobs, remove, waiting_before
from mmm_groups.ui.planner.last_net import safe_change, session_fragment

_LOOK_SECONDS = 1.0
_STATES = {
    "queued": ":material/hourglass_empty: waits",
    "running": ":material/play_circle: works",
    "done": ":material/check_circle: done",
    "failed": ":material/error: failed",
    "cancelled": ":material/cancel: cancelled",
}
_LATEST = 12


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `3 min 05 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def usual_time(least: float, most: float) -> str:
    """A range of seconds, roughly, in whole minutes: `1 to 6 minutes`."""
    low, high = max(round(least / 60), 1), max(math.ceil(most / 60), 1)
    return f"{low} to {high} minutes" if high > low else f"about {low} minute{'s' * (low != 1)}"


def watch_job(name: str, expected: str = "") -> None:
    """Show a job's progress, once a second, with a button that cancels it; the page runs again when it ends.

    Parameters
    ----------
    name : str
        The job's id.
    expected : str
        How long it usually takes, in words.
    """

    def look() -> None:
        try:
            now = job(name)
        except MmmGroupsError as error:
            st.error(plain(error), icon=":material/error:")
            return
        if not now.is_open:
            st.rerun()
        with st.container(border=True):
            _progress(now, expected)

    session_fragment(look, run_every=_LOOK_SECONDS)()


def cancel_button(place: DeltaGenerator, job_id: str) -> None:
    """A button that cancels a job."""
    place.button(
        "Cancel",
        key=f"cancel-{job_id}",
        icon=":material/stop_circle:",
        on_click=safe_change(cancel),
        args=(job_id,),
    )


def _progress(now: Job, expected: str) -> None:
    title, button = st.columns([5, 1], vertical_alignment="center")
    usual = f" It usually takes {expected}." if expected else ""
    is_queued = now.record.state == "queued"
    doing = "waits for its turn" if is_queued else f"has worked for {duration(now.seconds)}"
    title.markdown(f"**{plain(now.request.title)}** {doing}.{usual}")
    if is_queued:
        title.caption(_queue(waiting_before(now.id)))
    if now.is_cancelling:
        button.caption("Cancelling …")
    else:
        cancel_button(button, now.id)
    st.progress(min(max(now.record.share, 0.0), 1.0), text=plain(now.record.step))
    for step, took in now.record.steps:
        st.caption(f":material/check: {plain(step)} ({duration(took)})")
    if now.is_quiet:
        st.warning("It has given no sign for over a minute. If this goes on, cancel it and start it again.")
    st.caption("You can leave this page or close the browser: the work goes on, and its result is kept on the server.")


def _queue(count: int) -> str:
    if not count:
        return "It is the next to start."
    return f"{'One job is' if count == 1 else f'{count} jobs are'} before it."


def job_list() -> None:
    """All long work of this server, the latest first, to cancel or to remove."""
    with st.expander("Long work on this server", icon=":material/list_alt:"):
        found = jobs()[::-1]
        if not found:
            st.caption("Nobody has started any yet.")
        for one in found[:_LATEST]:
            _row(one)
        if len(found) > _LATEST:
            st.caption(f"{len(found) - _LATEST} older ones are not shown.")


def _row(one: Job) -> None:
    title, state, took, button = st.columns([4, 2, 2, 2], vertical_alignment="center")
    title.markdown(plain(one.request.title))
    state.markdown(_STATES[one.record.state])
    took.markdown(duration(one.seconds) if one.record.began else "")
    if one.is_open:
        button.button(
            "Cancel",
            key=f"row-cancel-{one.id}",
            on_click=safe_change(cancel),
            args=(one.id,),
            disabled=one.is_cancelling,
        )
    else:
        button.button(
            "Remove", key=f"row-remove-{one.id}", on_click=safe_change(remove), args=(one.id,), help="With its result"
        )

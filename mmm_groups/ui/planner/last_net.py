"""The last net: whatever is raised, the page says a sentence, what is typed stays, and the log has the trace.

Three kinds of our code run under Streamlit, and each is held: a page's body (`caught`), parts of it that run alone
(`session_fragment`), and what a change of a widget calls (`safe_change`).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import MmmGroupsError, StoreError
from mmm_groups.ui.planner.session_presentation import present_session

_REFUSED = "mmm_groups.refused-change"
_LOG = logging.getLogger("mmm_groups.last_net")


@contextmanager
def caught(where: str) -> Iterator[None]:
    """Say in place what is raised inside, instead of the rest of it.

    Parameters
    ----------
    where : str
        What fails, for the log.
    """
    try:
        yield
    except MmmGroupsError as error:
        icon = ":material/cloud_off:" if isinstance(error, StoreError) else ":material/error:"
        st.error(plain(error), icon=icon)
    except Exception as error:  # noqa: BLE001 - no exception of a library ends a page
        st.error(plain(_unexpected(where, error)), icon=":material/error:")


def session_fragment(draw: Callable[[], None], *, run_every: float | None = None) -> Callable[[], None]:
    """A part of a page that runs alone after a change inside it, in the session's presentation as well.

    Parameters
    ----------
    draw : callable
    run_every : float, optional
        Seconds after which it runs again by itself.
    """

    @st.fragment(run_every=run_every)
    @wraps(draw)
    def part() -> None:
        present_session()
        say_refused_change()
        with caught(draw.__qualname__):
            draw()

    return part


def safe_change[**P](take: Callable[P, None]) -> Callable[P, None]:
    """What a change of a widget calls before the page runs, in the session's presentation.

    What it raises is said by the page that runs then: see `say_refused_change`.
    """

    @wraps(take)
    def taken(*args: P.args, **kwargs: P.kwargs) -> None:
        present_session()
        try:
            take(*args, **kwargs)
        except MmmGroupsError as error:
            st.session_state[_REFUSED] = error.text
        except Exception as error:  # noqa: BLE001 - Streamlit would show no page at all
            st.session_state[_REFUSED] = _unexpected(getattr(take, "__qualname__", repr(take)), error).text

    return taken


def say_refused_change() -> None:
    """Why the last change was not taken over, if it was not."""
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(plain(refused), icon=":material/error:")


def _unexpected(where: str, error: Exception) -> MmmGroupsError:
    if isinstance(error, OSError) and error.strerror:  # of the machine: a full or read-only folder, a file that is gone
        _LOG.warning("%s failed", where, exc_info=error)
        return MmmGroupsError(
            f"The server could not read or write a file ({error.filename or 'without a name'}: {error.strerror}). What "
            "you typed is still there: try again, or ask whoever runs this app to look at its folders."
        )
    _LOG.error("%s failed", where, exc_info=error)
    return MmmGroupsError(
        "Something went wrong that this app did not expect. What you typed is still there: change what you did last, "
        f"or go on with another page. The server's log holds the details ({type(error).__name__})."
    )

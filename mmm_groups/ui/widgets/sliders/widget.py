"""The linked sliders as a Streamlit component (components v2), registered once at import."""

from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import resources
from typing import TypedDict

import streamlit as st

from mmm_groups.display.presentation import number_style
from mmm_groups.errors import SplitError
from mmm_groups.ui.widgets.script import joined_script
from mmm_groups.ui.widgets.sliders.relink import WHOLE, check_split
from mmm_groups.ui.widgets.widget_state import last_seq, sent_state, session_token

SCRIPT = joined_script("sliders/sliders.js")
STYLE = resources.files("mmm_groups.ui.widgets.sliders").joinpath("sliders.css").read_text(encoding="utf-8")
_MOUNT = st.components.v2.component("mmm_groups_split_sliders", css=STYLE, js=SCRIPT)


class SentSplit(TypedDict):
    """A split from the browser: tenths of a percent that add up to 1000, the locked rows, and the rows' names."""

    names: list[str]
    tenths: list[int]
    locked: list[int]


def split_sliders(
    *,
    names: Sequence[str],
    tenths: Sequence[int],
    locked: Collection[int],
    notes: Mapping[str, str],
    color: str,
    colors: Mapping[str, str] | None = None,
    bounds: Sequence[tuple[int, int]] | None = None,
    held_by: Mapping[str, str] | None = None,
    partner: str | None = None,
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Draw one slider a channel; they add up to 100 % at every moment.

    ``on_change`` runs before the page does, again and again while the planner drags; keep there what
    `read_split` returns, and pass it on the next run. Other values may be passed at any time: they
    show as soon as nothing is held. The browser waits for this call before it sends the next step of
    a drag, so call it after the work that follows the hand (a container puts it above the results).

    Parameters
    ----------
    names : sequence of str
        The group's channels.
    tenths : sequence of int
        Tenths of a percent, one for each name; they add up to 1000.
    locked : collection of int
        Rows that stay when another one is moved.
    notes : mapping of name to str
        Small text on the right of a row, such as its spend and mROI. May be incomplete.
    color : str
        The group's CSS colour.
    colors : mapping of name to str, optional
        A CSS colour for each row where the rows are groups; by default shades of `color`.
    bounds : sequence of (int, int), optional
        Smallest and largest value of every row, in tenths of a percent: the sliders stop there.
    held_by : mapping of name to str, optional
        What holds a row, in words. May be incomplete.
    partner : str, optional
        The one row that gives and takes when another one is moved; by default all others do, in proportion.
    key : str
        Streamlit key, one for each group; `read_split` takes the same.
    on_change : callable
        Called without arguments after each change by hand.

    Raises
    ------
    SplitError
        If there are no names or one twice, there is not one share or one pair of bounds for each, or the shares or
        locks are not a split.
    """
    if not names or len(set(names)) < len(names):
        raise SplitError(f"The sliders need at least one channel and each one once, they got {list(names)}.")
    if len(tenths) != len(names):
        raise SplitError(f"The sliders have {len(names)} channels, {list(names)}, but {len(tenths)} shares.")
    check_split(tenths, locked)
    ends = [(0, WHOLE)] * len(names) if bounds is None else list(bounds)
    if partner is not None and partner not in names:
        raise SplitError(f"'{partner}' cannot give and take: the sliders are {list(names)}.")
    if len(ends) != len(names):
        raise SplitError(f"The sliders have {len(names)} channels, {list(names)}, but {len(ends)} pairs of bounds.")
    _MOUNT(
        key=key,
        data={
            "session": session_token(key),
            "ack": max(last_seq(key, "split"), _discarded(key)),
            "names": list(names),
            "tenths": list(tenths),
            "locked": sorted(set(locked)),
            "notes": [notes.get(name, "") for name in names],
            "color": color,
            "colors": [(colors or {}).get(name, "") for name in names],
            "bounds": [list(pair) for pair in ends],
            "decimal": number_style().decimal,
            "partner": None if partner is None else list(names).index(partner),
            "heldBy": [(held_by or {}).get(name, "") for name in names],
        },
        on_split_change=lambda: on_change() if last_seq(key, "split") > _discarded(key) else None,
    )


def read_split(key: str, rows: Sequence[str]) -> SentSplit:
    """The last split the browser sent, to be used in ``on_change``.

    Parameters
    ----------
    key : str
    rows : sequence of str
        The names that the sliders have now.

    Raises
    ------
    SplitError
        If the sliders with this key have sent none, one that is not a split, or one of other rows.
    """
    sent = sent_state(key, "split")
    if sent is None:
        raise SplitError(f"The sliders '{key}' have not sent a split. Call read_split only in their on_change.")
    names, tenths, locked = sent.get("names"), _whole_numbers(sent, "tenths"), _whole_numbers(sent, "locked")
    if not isinstance(names, list) or len(names) != len(tenths):
        raise SplitError(f"The sliders '{key}' sent {len(tenths)} shares for {names!r}.")
    if names != list(rows):
        raise SplitError("The sliders have other rows by now, so what was moved was not taken over. Move it again.")
    check_split(tenths, locked)
    return {"names": [str(name) for name in names], "tenths": tenths, "locked": locked}


def discard_split(key: str) -> None:
    """Treat all that the browser has sent so far as old news; call it in the callback of a button that sets a split.

    A drag that ended during a slow run and a click on 'Optimal' reach Python together, and Streamlit
    calls the button's callback first: without this, ``on_change`` would then undo the click.
    """
    st.session_state[f"{key}:discarded"] = last_seq(key, "split")


def _whole_numbers(sent: Mapping[str, object], field: str) -> list[int]:
    values = sent.get(field)
    if not isinstance(values, list) or any(type(value) is not int for value in values):
        raise SplitError(f"'{field}' must be a list of whole numbers, it is {values!r}.")
    return values


def _discarded(key: str) -> int:
    seq = st.session_state.get(f"{key}:discarded", 0)
    return seq if isinstance(seq, int) else 0

"""What our own widgets send: their whole state with a growing number, and whose session it belongs to."""

import uuid
from collections.abc import Mapping
from importlib import resources

import streamlit as st


def sent_state(key: str, name: str) -> Mapping[str, object] | None:
    """The last state that the widget `key` sent under `name`; None if it has sent none."""
    component_state = st.session_state.get(key)
    sent = component_state.get(name) if isinstance(component_state, Mapping) else None
    return sent if isinstance(sent, Mapping) else None


def last_seq(key: str, name: str) -> int:
    """Number of the last state Python has seen, to be echoed at least.

    After undo, or when a state was refused, what Python shows lies below it; without the echo the browser would wait
    for ever for an answer to its last state and show that instead.
    """
    sent = sent_state(key, name)
    seq = 0 if sent is None else sent.get("seq")
    return seq if isinstance(seq, int) else 0


def session_token(key: str) -> str:
    """Tells the browser that a new server session began, which counts from its own number."""
    return str(st.session_state.setdefault(f"{key}:session", uuid.uuid4().hex))


def widget_script(folder: str, *parts: str) -> str:
    """The script of a widget of ours: one module in several files, because the browser cannot ask for a second here.

    Parameters
    ----------
    folder : str
        Where its files lie, inside `mmm_groups/ui/widgets`.
    parts : str
        Their names, in order; `leaving.js`, by which links wait for a widget's answer, stands before them.
    """
    files = resources.files("mmm_groups.ui.widgets")
    named = [files / "leaving.js", *(files / folder / part for part in parts)]
    return "\n".join(file.read_text(encoding="utf-8") for file in named)

"""What the board and the sliders send to Python: their whole state, numbered.

Each change in the browser counts `seq` up and sends the whole state with it; Python answers with `ack`, the last `seq`
it has seen. So no change is lost when several arrive during one slow run, and the browser knows old data from new.
"""

import uuid
from collections.abc import Mapping

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

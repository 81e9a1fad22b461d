"""What the board and the sliders send to Python: their whole state, numbered.

Each change in the browser counts `seq` up and sends the whole state with it; Python answers with `ack`, the last `seq`
it has seen. So no change is lost when several arrive during one slow run, and the browser knows old data from new.
"""

import json
import re
import uuid
from collections.abc import Mapping

import streamlit as st

from mmm_groups.fingerprint import fingerprint_of

_PLAIN = re.compile(r"[A-Za-z0-9 -]{1,60}")


def key_of(kind: str, *names: str) -> str:
    """The key of a widget that belongs to these names, which may hold anything.

    Streamlit parts keys of components at two underscores and makes a class of the page's style out of others, so a name
    that is more than letters and digits does not stand in one.
    """
    said = "-".join(names)
    return f"{kind}-{said if _PLAIN.fullmatch(said) else fingerprint_of(json.dumps(names))[:16]}"


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

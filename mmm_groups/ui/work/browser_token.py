"""How a browser is recognised without accounts: by an unguessable token in a cookie of its own."""

import re
from uuid import uuid4

import streamlit as st

_COOKIE, _SESSION, _NEW = "mmm_groups_browser", "mmm_groups.browser", "mmm_groups.new-browser"
_FORM = re.compile(r"[0-9a-f]{32}")

# `SameSite=Strict` would hold the cookie back when a link in a message is opened, and its maker would not be known.
_MOUNT = st.components.v2.component(
    "mmm_groups_browser_token",
    js=f"""
export default function ({{ data }}) {{
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `{_COOKIE}=${{data.token}}; path=/; max-age=31536000; SameSite=Lax${{secure}}`;
}}
""",
)


def browser_token() -> str:
    """The token of this browser; a new one if it has none yet."""
    if _SESSION not in st.session_state:
        known = _sent()
        st.session_state[_SESSION] = known if known is not None else uuid4().hex
        st.session_state[_NEW] = known is None
    return str(st.session_state[_SESSION])


def is_new_browser() -> bool:
    """True if this browser had no token when the session began: it cannot have left anything here."""
    browser_token()
    return bool(st.session_state.get(_NEW, False))


def leave_token() -> None:
    """Have a browser without the cookie keep this session's token."""
    if _sent() is None:
        st.html("<style>.st-key-browser-token {position: absolute}</style>")  # it shows nothing, so it takes no room
        _MOUNT(data={"token": browser_token()}, key="browser-token")


def _sent() -> str | None:
    token = st.context.cookies.to_dict().get(_COOKIE)
    return token if isinstance(token, str) and _FORM.fullmatch(token) else None

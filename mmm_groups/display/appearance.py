"""Colours of the current theme, read from the one configuration that also paints the widgets.

What is drawn for paper, such as a report, has a look of its own that no theme changes: see `drawn_in`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, cast

COLOR_NAMES = ("Blue", "Orange", "Green", "Magenta", "Violet", "Red", "Teal", "Ochre", "Olive", "Grey")
"""What people call the ten categorical colours; their order is the same in both appearances."""


@dataclass(frozen=True)
class Look:
    """Colours of a drawing: the categorical ones, text and strong lines, the page, and what steps back."""

    palette: tuple[str, ...]
    ink: str
    paper: str
    muted: str


LIGHT = Look(
    palette=(
        "#2F5DDE",
        "#D9620F",
        "#14805F",
        "#B0318F",
        "#7A5BD0",
        "#C22F3E",
        "#0B7E9B",
        "#856514",
        "#567015",
        "#626B7A",
    ),
    ink="#1B2333",
    paper="#FFFFFF",
    muted="#7C8698",
)
"""The light theme, as `.streamlit/config.toml` has it, for drawings that leave the app."""

_LOOK: ContextVar[Look | None] = ContextVar("look", default=None)


@contextmanager
def drawn_in(look: Look) -> Iterator[None]:
    """Everything drawn inside has this look, whatever the reader's theme; needs no running app."""
    before = _LOOK.set(look)
    try:
        yield
    finally:
        _LOOK.reset(before)


def is_drawn_for_paper() -> bool:
    """True inside `drawn_in`: colours, numbers and type then depend on no session."""
    return _LOOK.get() is not None


def appearance() -> Literal["light", "dark"]:
    """The reader's appearance; light until the browser has said."""
    import streamlit as st  # here, so that a report can be drawn without it

    return "dark" if st.context.theme.type == "dark" else "light"


def palette() -> list[str]:
    """The ten categorical colours of the current appearance."""
    look = _LOOK.get()
    if look is not None:
        return list(look.palette)
    return [str(color) for color in cast(list[str], _option("chartCategoricalColors"))]


def ink() -> str:
    """Colour of text and strong lines."""
    look = _LOOK.get()
    return str(_option("textColor")) if look is None else look.ink


def paper() -> str:
    """Colour of the page."""
    look = _LOOK.get()
    return str(_option("backgroundColor")) if look is None else look.paper


def muted() -> str:
    """Colour of grid lines, today's values and everything that steps back."""
    look = _LOOK.get()
    if look is not None:
        return look.muted
    return "#8B93A5" if appearance() == "dark" else LIGHT.muted


def readable_style() -> str:
    """CSS for what Streamlit draws too pale for WCAG AA (4.5 to 1): captions, and white on the dark theme's buttons."""
    caption = '[data-testid="stCaptionContainer"]'
    style = f"{caption}, {caption} :is(p, li) {{color: {translucent(ink(), 0.78)} !important; opacity: 1 !important}}"
    if appearance() == "dark":
        style += f' [data-testid="stBaseButton-primary"]:not(:disabled) :is(p, span) {{color: {paper()} !important}}'
    return style


def alarm() -> str:
    """Colour behind what clashes."""
    return "rgba(255,107,107,0.28)" if appearance() == "dark" else "rgba(222,53,69,0.16)"


def translucent(color: str, opacity: float) -> str:
    """A hexadecimal colour as rgba()."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _option(name: str) -> object:
    import streamlit as st

    return st.get_option(f"theme.{appearance()}.{name}")

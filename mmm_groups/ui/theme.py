"""Colours of the current theme, read from the one configuration that also paints the widgets."""

from typing import Literal, cast

import streamlit as st

COLOR_NAMES = ("Blue", "Orange", "Green", "Magenta", "Violet", "Red", "Teal", "Ochre", "Olive", "Grey")
"""What people call the ten categorical colours; their order is the same in both appearances."""


def appearance() -> Literal["light", "dark"]:
    """The reader's appearance; light until the browser has said."""
    return "dark" if st.context.theme.type == "dark" else "light"


def palette() -> list[str]:
    """The ten categorical colours of the current appearance."""
    return [str(color) for color in cast(list[str], st.get_option(f"theme.{appearance()}.chartCategoricalColors"))]


def ink() -> str:
    """Colour of text and strong lines."""
    return str(st.get_option(f"theme.{appearance()}.textColor"))


def paper() -> str:
    """Colour of the page."""
    return str(st.get_option(f"theme.{appearance()}.backgroundColor"))


def muted() -> str:
    """Colour of grid lines, today's values and everything that steps back."""
    return "#8B93A5" if appearance() == "dark" else "#7C8698"


def quiet() -> str:
    """Colour of captions: quieter than text, and still 4.5 times as light or dark as the page (WCAG AA)."""
    return translucent(ink(), 0.76)


def alarm() -> str:
    """Colour behind what clashes."""
    return "rgba(255,107,107,0.28)" if appearance() == "dark" else "rgba(222,53,69,0.16)"


def translucent(color: str, opacity: float) -> str:
    """A hexadecimal colour as rgba()."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"

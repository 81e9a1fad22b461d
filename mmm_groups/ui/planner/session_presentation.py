"""The presentation of this session: what the planner chose, in the theme of the browser.

Streamlit runs a page, a part of it, and what a change of a widget calls in a thread of its own or as the first thing
in it, so each of them begins with `present_session`: see `last_net`.
"""

from typing import Literal, cast

import streamlit as st

from mmm_groups.display.look import LIGHT, Look
from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.presentation import Presentation, set_presentation

_NUMBERS, _PRESENTING = "mmm_groups.number_style", "mmm_groups.presenting"
_MUTED_IN_THE_DARK, _ALARM_IN_THE_DARK = "#8B93A5", "rgba(255,107,107,0.28)"
_LARGE = 1.45  # how much larger charts are while the session presents


def present_session() -> None:
    """Show everything in this run in the session's presentation."""
    scale = _LARGE if is_presenting() else 1.0
    set_presentation(Presentation(chosen_numbers(), _look_of_the_theme(), scale))


def chosen_numbers() -> NumberStyle:
    """The session's style of numbers."""
    style = st.session_state.get(_NUMBERS)
    return style if isinstance(style, NumberStyle) else NumberStyle()


def choose_numbers(style: NumberStyle) -> None:
    """Write the session's numbers like this from the next run on."""
    st.session_state[_NUMBERS] = style


def is_presenting() -> bool:
    """True while this session presents in a meeting."""
    return bool(st.session_state.get(_PRESENTING, False))


def turn_presenting(on: bool) -> None:
    """Begin or end presenting."""
    st.session_state[_PRESENTING] = on


def theme() -> Literal["light", "dark"]:
    """The theme that the reader sees; light until the browser has said."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _look_of_the_theme() -> Look:
    """The colours that also paint the widgets, from the one configuration of both."""
    is_dark = theme() == "dark"
    return Look(
        palette=tuple(cast(list[str], _option("chartCategoricalColors"))),
        ink=str(_option("textColor")),
        paper=str(_option("backgroundColor")),
        muted=_MUTED_IN_THE_DARK if is_dark else LIGHT.muted,
        alarm=_ALARM_IN_THE_DARK if is_dark else LIGHT.alarm,
    )


def _option(name: str) -> object:
    return st.get_option(f"theme.{theme()}.{name}")

"""What a session chose, and the reader's theme, hold in whatever Streamlit runs: a page, a part of it, a change."""

import json
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent.parent


def shows_itself() -> None:
    import streamlit as st

    from mmm_groups.display.number_style import NumberStyle
    from mmm_groups.display.presentation import PLAIN, look, number_style, set_presentation, type_scale
    from mmm_groups.ui.planner.last_net import session_fragment
    from mmm_groups.ui.planner.session_presentation import choose_numbers, turn_presenting

    choose_numbers(NumberStyle(".", ","))
    turn_presenting(True)
    set_presentation(PLAIN)  # as a new thread begins

    def draw() -> None:
        st.json([*look().palette, look().ink, look().paper, number_style().decimal, type_scale()])

    session_fragment(draw)()


@pytest.mark.parametrize("theme", ["light", "dark", None])
def test_a_part_that_runs_alone_is_shown_as_the_session_has_it(
    monkeypatch: pytest.MonkeyPatch, theme: str | None
) -> None:
    monkeypatch.setattr("streamlit.runtime.context.StreamlitTheme.type", theme, raising=False)
    at = AppTest.from_function(shows_itself).run()
    assert not at.exception, at.exception
    wanted = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme or "light"]
    *palette, ink, paper, decimal, scale = json.loads(at.json[0].value)
    assert palette == wanted["chartCategoricalColors"]
    assert (ink, paper) == (wanted["textColor"], wanted["backgroundColor"])
    assert decimal == ","
    assert scale > 1

"""Numbers, intervals and a screen to present on, chosen once and kept on every page."""

from streamlit.testing.v1 import AppTest
from support.pages import figures, opened, read

from mmm_groups.ui.planner.planner import Planner


def chosen(at: AppTest, key: str, value: object) -> AppTest:
    at.segmented_control(key=key).set_value(value).run()
    assert not at.exception, at.exception
    return at


def test_separators_hold_on_every_page_in_figures_and_sentences(planned: Planner) -> None:
    at = chosen(opened("optimise", planned), "separators", "1.234,5")
    assert figures(at)["Response"] == "10,7M"
    assert "the plan brings 1.215.737 more sales" in read(at)
    assert "€4.401.403, against a reference" in read(at)
    at.switch_page("pages/4_Split.py").run()
    assert "," in figures(at)["The whole plan brings"]
    chosen(at, "shortens", False)
    assert figures(at)["Meta spends"].startswith("€1.")
    assert "M" not in figures(at)["The whole plan brings"]
    assert any("overflow-wrap: anywhere" in getattr(style, "body", "") for style in at.get("html")), (
        "a figure in full would be cut"
    )


def test_intervals_of_another_mass_keep_the_spends(planned: Planner) -> None:
    assert planned.result is not None
    before = planned.result.plan
    at = chosen(opened("optimise", planned), "interval", 0.5)
    assert "50 % interval" in read(at)
    assert "94 %" not in read(at)
    now = next(iter(at.session_state["mmm_groups.planners"].values())).result.plan
    assert now.spends.equals(before.spends)
    narrow = now.groups["response_high"] - now.groups["response_low"]
    wide = before.groups["response_high"] - before.groups["response_low"]
    assert (narrow[wide > 0] < wide[wide > 0]).all()
    at.button(key="optimise").click().run()
    assert next(iter(at.session_state["mmm_groups.planners"].values())).result.plan.interval == 0.5


def test_present_mode_stays_until_it_is_ended(planned: Planner) -> None:
    at = opened("optimise", planned)
    at.button(key="present").click().run()
    at.switch_page("pages/4_Split.py").run()
    at.button(key="present-end").click().run()
    assert not at.exception, at.exception
    assert "present-end" not in [button.key for button in at.button]

"""The sliders' script by itself in a browser: dragged, typed, locked, and answered by Python."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.mounted_widget import blank_page, last_sent, mount

from mmm_groups.ui.widgets.sliders.widget import SCRIPT, STYLE


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from blank_page(browser)


def data(**more: Any) -> dict[str, Any]:
    return {
        "session": "s",
        "ack": 0,
        "names": ["tv", "radio", "print"],
        "tenths": [500, 300, 200],
        "locked": [],
        "notes": ["", "", ""],
        "color": "rgb(40, 90, 90)",
        "colors": ["", "", ""],
        "bounds": [[0, 1000], [0, 1000], [0, 1000]],
        "heldBy": ["", "", ""],
        "decimal": ".",
        "partner": None,
    } | more


def mounted(page: Page, **more: Any) -> None:
    mount(page, SCRIPT, STYLE, data(**more))


def answer(page: Page, **more: Any) -> None:
    page.evaluate("(data) => answer(data)", data(**more))


def number(page: Page, name: str) -> Any:
    return page.get_by_role("spinbutton", name=f"Percent for {name}")


def shown(page: Page) -> list[str]:
    return [field.input_value() for field in page.get_by_role("spinbutton").all()]


def test_a_drag_adds_up_to_a_whole_at_every_moment_and_its_end_is_sent(page: Page) -> None:
    mounted(page)
    box = page.get_by_role("slider", name="Share of tv").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.6, 0.8, 1.0, 0.3):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        assert sum(round(10 * float(value)) for value in shown(page)) == 1000
    page.mouse.up()
    sent = last_sent(page)
    assert [f"{tenths / 10:.1f}" for tenths in sent["tenths"]] == shown(page)
    assert sent["names"] == ["tv", "radio", "print"]
    radio, print_ = sent["tenths"][1:]
    assert abs(radio * 200 - print_ * 300) <= 300  # the others kept 3 to 2, within a tenth


def test_a_typed_percent_is_taken_and_what_is_no_number_is_put_back(page: Page) -> None:
    mounted(page, decimal=",")
    number(page, "radio").fill("40,5")
    number(page, "radio").press("Enter")
    assert last_sent(page)["tenths"] == [425, 405, 170]
    number(page, "radio").fill("much")
    number(page, "radio").press("Tab")
    assert shown(page) == ["42,5", "40,5", "17,0"]
    number(page, "tv").fill("9")
    number(page, "tv").press("Escape")
    assert shown(page) == ["42,5", "40,5", "17,0"]
    assert page.evaluate("sent.length") == 1


def test_arrows_in_a_number_move_tenths(page: Page) -> None:
    mounted(page)
    for key in ("ArrowUp", "Shift+ArrowUp", "PageDown"):  # +0.1, +1.0, -1.0
        number(page, "tv").press(key)
    assert shown(page)[0] == "50.1"
    number(page, "tv").press("Tab")
    assert last_sent(page)["tenths"][0] == 501


def test_a_locked_row_stays_and_cannot_be_moved(page: Page) -> None:
    mounted(page)
    page.get_by_role("button", name="Lock print").click()
    assert last_sent(page)["locked"] == [2]
    expect(number(page, "print")).to_be_disabled()
    number(page, "tv").fill("60")
    number(page, "tv").press("Enter")
    assert last_sent(page)["tenths"] == [600, 200, 200]


def test_a_slider_stops_at_its_bounds_and_a_partner_gives_alone(page: Page) -> None:
    mounted(page, bounds=[[0, 620], [0, 1000], [0, 1000]], partner=2)
    expect(number(page, "tv")).to_have_attribute("aria-valuemax", "62.0")
    number(page, "tv").fill("90")
    number(page, "tv").press("Enter")
    assert last_sent(page)["tenths"] == [620, 300, 80]


def test_answers_older_than_the_hand_are_skipped_and_newer_ones_shown(page: Page) -> None:
    mounted(page)
    number(page, "tv").fill("60")
    number(page, "tv").press("Enter")
    seq = last_sent(page)["seq"]
    answer(page, ack=seq - 1, notes=["old split, new note", "", ""])
    assert shown(page)[0] == "60.0"
    expect(page.get_by_text("old split, new note")).to_be_attached()
    answer(page, ack=seq, tenths=[100, 100, 800])
    assert shown(page) == ["10.0", "10.0", "80.0"]


def test_other_rows_replace_those_that_were_shown(page: Page) -> None:
    mounted(page)
    answer(
        page,
        names=["a", "b"],
        tenths=[400, 600],
        notes=["", ""],
        colors=["", ""],
        bounds=[[0, 1000]] * 2,
        heldBy=[""] * 2,
    )
    expect(page.get_by_role("slider")).to_have_count(2)
    assert shown(page) == ["40.0", "60.0"]

"""The board's script by itself in a browser: the search on boards of many channels."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

FILES = Path(__file__).parent.parent / "mmm_groups" / "ui" / "board"
MOUNT = """async ({js, css, data}) => {
  const host = document.body.appendChild(document.createElement("div"))
  const root = host.attachShadow({mode: "open"})
  root.append(Object.assign(document.createElement("style"), {textContent: css}))
  const url = URL.createObjectURL(new Blob([js], {type: "text/javascript"}))
  const {default: mount} = await import(url)
  window.sent = []
  mount({data, parentElement: root, setStateValue: (name, value) => window.sent.push(value)})
}"""
CELLS = [f"{geo} · {name}" for geo in ("US", "DE", "FR", "UK", "ES") for name in ("facebook", "search", "tv")]


def data(channels: list[str]) -> dict[str, Any]:
    groups = [{"id": "g1", "name": "Mine", "color": 0, "subtitle": "", "channels": channels[:4]}]
    return {
        "session": "s",
        "ack": 0,
        "groups": groups,
        "ungrouped": channels[4:],
        "ungroupedSubtitle": "",
        "captions": {},
        "palette": [f"rgb({20 * i}, 90, 90)" for i in range(10)],
    }


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    page.close()
    assert not troubles


def mounted(page: Page, channels: list[str]) -> None:
    js, css = (FILES / "board.js").read_text(), (FILES / "board.css").read_text()
    page.set_content("<body></body>")
    page.evaluate(MOUNT, {"js": js, "css": css, "data": data(channels)})


def last_sent(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.sent.at(-1)")
    return found


def test_few_channels_need_no_search(page: Page) -> None:
    mounted(page, CELLS[:9])
    expect(page.get_by_role("searchbox", name="Find channels")).to_be_hidden()


def test_every_typed_word_must_be_in_a_name(page: Page) -> None:
    mounted(page, CELLS)
    search = page.get_by_role("searchbox", name="Find channels")
    expect(page.get_by_text("15 channels")).to_be_visible()
    search.fill("FACE us")
    expect(page.get_by_text("1 of 15")).to_be_visible()
    expect(page.locator('[data-channel="US · facebook"]')).to_be_visible()
    expect(page.locator('[data-channel="DE · facebook"]')).to_be_hidden()
    expect(page.get_by_text("3 more here")).to_be_visible()  # the other channels of the group called Mine
    search.press("Escape")
    expect(page.locator(".chip:visible")).to_have_count(15)
    assert page.evaluate("window.sent.length") == 0  # looking changes nothing


def test_what_was_found_becomes_a_group_and_nothing_is_lost(page: Page) -> None:
    mounted(page, CELLS)
    page.get_by_role("searchbox").fill("facebook")
    page.get_by_role("button", name="New group of these 5").click()
    sent = last_sent(page)
    assert [group["name"] for group in sent["groups"]] == ["Mine", "Group 1"]
    assert sent["groups"][1]["channels"] == [cell for cell in CELLS if "facebook" in cell]
    assert sent["groups"][0]["channels"] == ["US · search", "US · tv"]
    assert sorted(sum((group["channels"] for group in sent["groups"]), sent["ungrouped"])) == sorted(CELLS)
    expect(page.locator(".chip:visible")).to_have_count(15)  # the search is over
    page.keyboard.type("Facebook")
    page.keyboard.press("Enter")
    assert last_sent(page)["groups"][1]["name"] == "Facebook"


def test_a_drop_among_hidden_channels_goes_to_the_end(page: Page) -> None:
    mounted(page, CELLS)
    page.get_by_role("searchbox").fill("ES tv")
    chip = page.locator('[data-channel="ES · tv"]').bounding_box()
    card = page.locator('[data-name="Mine"]').bounding_box()
    assert chip is not None
    assert card is not None
    page.mouse.move(chip["x"] + 30, chip["y"] + 10)
    page.mouse.down()
    page.mouse.move(card["x"] + card["width"] / 2, card["y"] + card["height"] / 2, steps=10)
    page.mouse.up()
    assert last_sent(page)["groups"][0]["channels"] == [*CELLS[:4], "ES · tv"]

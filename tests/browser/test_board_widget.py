"""The board's script by itself in a browser: search, several channels at once, colours and the order of groups."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.mounted_widget import blank_page, last_sent, mount

from mmm_groups.ui.widgets.board.widget import SCRIPT, STYLE

CELLS = [f"{geo} · {name}" for geo in ("US", "DE", "FR", "UK", "ES") for name in ("facebook", "search", "tv")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from blank_page(browser)


def data(channels: list[str], *, second: bool = False) -> dict[str, Any]:
    groups = [{"id": "g1", "name": "Mine", "color": 0, "subtitle": "", "channels": channels[:4]}]
    if second:
        groups.append({"id": "g2", "name": "Yours", "color": 1, "subtitle": "", "channels": []})
    return {
        "session": "s",
        "ack": 0,
        "groups": groups,
        "ungrouped": channels[4:],
        "ungroupedSubtitle": "",
        "captions": {},
        "curves": {},
        "colorNames": [f"Colour {i}" for i in range(10)],
        "palette": [f"rgb({20 * i}, 90, 90)" for i in range(10)],
    }


def mounted(page: Page, channels: list[str], **more: Any) -> None:
    mount(page, SCRIPT, STYLE, data(channels, **more))


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


def chip(page: Page, name: str) -> Any:
    return page.locator(f'[data-channel="{name}"]')


def drag_to(page: Page, start: Any, end: Any, *, at: float = 0.5) -> None:
    """Drag from the middle of one element to a point in another, `at` of its width from the left."""
    one, other = start.bounding_box(), end.bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] * at, other["y"] + other["height"] / 2, steps=10)
    page.mouse.up()


def everywhere(sent: dict[str, Any]) -> list[str]:
    return sorted(sum((group["channels"] for group in sent["groups"]), sent["ungrouped"]))


A = CELLS[:9]  # the first four are in the group called Mine, the others are ungrouped


def test_several_channels_are_dragged_at_once_in_their_order(page: Page) -> None:
    mounted(page, A, second=True)
    chip(page, A[6]).click()
    chip(page, A[8]).click(modifiers=["ControlOrMeta"])
    chip(page, A[1]).click(modifiers=["ControlOrMeta"])
    expect(page.get_by_text("3 selected", exact=True)).to_be_visible()
    expect(chip(page, A[8])).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.sent.length") == 0  # selecting changes nothing
    drag_to(page, chip(page, A[8]), page.locator('[data-name="Yours"]'))
    sent = last_sent(page)
    assert page.evaluate("window.sent.length") == 1  # one layout, so one step to undo
    assert [group["channels"] for group in sent["groups"]] == [[A[0], A[2], A[3]], [A[1], A[6], A[8]]]
    assert everywhere(sent) == sorted(A)
    expect(page.get_by_text("3 selected", exact=True)).to_be_hidden()


def test_shift_selects_a_range_and_a_drag_of_another_channel_leaves_it(page: Page) -> None:
    mounted(page, A, second=True)
    chip(page, A[4]).click()
    chip(page, A[7]).click(modifiers=["Shift"])
    expect(page.locator('.chip[aria-pressed="true"]')).to_have_count(4)
    drag_to(page, chip(page, A[0]), page.locator('[data-name="Yours"]'))
    assert [group["channels"] for group in last_sent(page)["groups"]] == [A[1:4], [A[0]]]
    expect(page.locator('.chip[aria-pressed="true"]')).to_have_count(0)


def test_the_selected_become_a_group_and_escape_takes_a_selection_back(page: Page) -> None:
    mounted(page, A)
    chip(page, A[5]).click()
    chip(page, A[6]).click(modifiers=["ControlOrMeta"])
    page.keyboard.press("Escape")
    expect(page.locator('.chip[aria-pressed="true"]')).to_have_count(0)
    chip(page, A[5]).click()
    chip(page, A[6]).click(modifiers=["ControlOrMeta"])
    page.get_by_role("button", name="New group of the 2 selected").click()
    assert last_sent(page)["groups"][1]["channels"] == A[5:7]


def test_several_channels_move_by_keyboard_and_cancel(page: Page) -> None:
    mounted(page, A, second=True)
    chip(page, A[4]).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+ ")
    expect(page.get_by_text("3 selected", exact=True)).to_be_visible()
    page.keyboard.press(" ")
    expect(page.locator(".chip[data-held]")).to_have_count(3)
    page.keyboard.press("Escape")
    assert page.evaluate("window.sent.length") == 0
    expect(page.get_by_text("Move cancelled. 3 channels stay where they were.")).to_be_attached()
    page.keyboard.press(" ")
    for _ in range(3):  # Ungrouped, New group, Yours, Mine
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("Mine, positions 4 to 6 of 7.")).to_be_attached()
    page.keyboard.press(" ")
    sent = last_sent(page)
    assert sent["groups"][0]["channels"] == [*A[:3], *A[4:7], A[3]]
    assert everywhere(sent) == sorted(A)


def test_the_left_arrow_goes_from_ungrouped_to_a_new_group(page: Page) -> None:
    mounted(page, A)
    chip(page, A[5]).focus()
    for key in (" ", "ArrowLeft", " "):
        page.keyboard.press(key)
    assert [group["channels"] for group in last_sent(page)["groups"]] == [A[:4], [A[5]]]


def test_a_channel_that_the_model_loses_while_several_are_held_is_not_moved(page: Page) -> None:
    mounted(page, A, second=True)
    chip(page, A[6]).focus()
    for key in ("Control+ ", "ArrowDown", "Control+ ", " ", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    page.evaluate("(data) => window.answer(data)", data(A[:7], second=True))
    page.keyboard.press(" ")
    sent = last_sent(page)
    assert sent["groups"][1]["channels"] == [A[6]]
    assert everywhere(sent) == sorted(A[:7])


def test_a_tap_selects_where_there_are_no_keys(browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 800, "height": 900}, has_touch=True).new_page()
    mounted(page, A)
    for name in (A[4], A[6], A[7], A[6]):
        chip(page, name).tap()
    expect(page.locator('.chip[aria-pressed="true"]')).to_have_count(2)
    page.context.close()


def test_a_group_is_recoloured_from_its_dot_by_mouse_and_by_keyboard(page: Page) -> None:
    mounted(page, A, second=True)
    page.get_by_role("button", name="Colour of Mine: Colour 0").click()
    expect(page.get_by_role("button", name="Colour 1, also Yours")).to_be_visible()
    page.get_by_role("button", name="Colour 7", exact=True).click()
    assert [group["color"] for group in last_sent(page)["groups"]] == [7, 1]
    dot = page.get_by_role("button", name="Colour of Mine: Colour 7")
    expect(dot).to_be_focused()
    for key in ("Enter", "ArrowRight", "ArrowUp", "Enter"):  # 7, 8, 3
        page.keyboard.press(key)
    assert [group["color"] for group in last_sent(page)["groups"]] == [3, 1]
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".colors")).to_be_hidden()
    assert page.evaluate("window.sent.length") == 2


def test_groups_change_places_by_mouse_and_by_keyboard(page: Page) -> None:
    mounted(page, A, second=True)
    grip = page.get_by_role("button", name="Move group Mine")
    drag_to(page, grip, page.locator('[data-name="Yours"]'), at=0.9)
    assert [group["id"] for group in last_sent(page)["groups"]] == ["g2", "g1"]
    grip.focus()
    page.keyboard.press("ArrowLeft")
    assert [group["id"] for group in last_sent(page)["groups"]] == ["g1", "g2"]
    page.keyboard.press("ArrowLeft")  # it stands first already
    expect(grip).to_be_focused()
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(600, 300, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.evaluate("window.sent.length") == 2
    assert everywhere(last_sent(page)) == sorted(A)


def test_a_card_draws_the_curve_it_is_given_and_dims_it_until_the_next_answer(page: Page) -> None:
    mounted(page, A, second=True)
    given = data(A, second=True)
    curve = {"spend": [0, 0.5, 1], "response": [0, 0.8, 1], "at": 0.25, "known": 0.5, "words": "sales: up to 1.0M"}
    given["curves"] = {"g1": curve}
    page.evaluate("(data) => window.answer(data)", given)
    card = page.locator('[data-name="Mine"]')
    expect(card.get_by_role("img", name="sales: up to 1.0M")).to_be_visible()
    assert card.locator(".line").get_attribute("d") == "M0.00,96.00 L50.00,24.00"
    assert card.locator(".beyond").get_attribute("d") == "M50.00,24.00 L100.00,6.00"
    assert card.locator(".dot-at").get_attribute("d") == "M25.00,60.00 h0.001"
    drag_to(page, chip(page, A[8]), card)
    expect(card).to_have_attribute("data-old", "")
    page.evaluate("(data) => window.answer(data)", given | {"ack": 1})
    expect(card).not_to_have_attribute("data-old", "")


def test_a_link_waits_until_the_last_drop_is_answered(page: Page) -> None:
    mounted(page, A, second=True)
    page.evaluate("document.body.prepend(Object.assign(document.createElement('a'), {href: '#there', text: 'Next'}))")
    link = page.get_by_text("Next", exact=True)
    link.click()
    assert page.evaluate("location.hash") == "#there"  # nothing is on its way
    page.evaluate("location.hash = ''")
    drag_to(page, chip(page, A[5]), page.locator('[data-name="Yours"]'))
    link.click()
    assert page.evaluate("location.hash") == ""  # Streamlit would forget the drop
    sent = last_sent(page)
    page.evaluate("(data) => answer(data)", data(A, second=True) | {"ack": sent["seq"]})
    assert page.evaluate("location.hash") == "#there"

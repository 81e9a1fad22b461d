"""Scenarios as people live with them: a reload in the middle, a link in another browser, a restarted server."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from support.app_server import drag, served_app, settled

PATIENCE = 60_000  # ms: a fresh server on a busy machine


def step(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(rf"\d\s+{name}")).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENCE)
    settled(page)


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Enter")
    settled(page)


BUDGET = re.compile("^Budget for")


def expect_budget(page: Page, amount: str) -> None:
    expect(page.get_by_label(BUDGET).first).to_have_value(f"{int(amount):,}", timeout=PATIENCE)


def test_reload_share_and_duplicate(page: Page, browser: Browser, app_url: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Plan media money by group")).to_be_visible(timeout=PATIENCE)
    step(page, "Group channels")
    drag(page, "facebook", "[data-new-group]")
    step(page, "Optimise")
    page.get_by_label(BUDGET).first.fill("3000000")
    page.get_by_role("button", name="Optimise", exact=True).click()  # ends the edit, and counts itself
    expect(page.get_by_text("P(better)")).to_be_visible(timeout=PATIENCE)
    settled(page)
    expect(page).to_have_url(re.compile(r"/Optimise\?work=[0-9a-f]{32}$"), timeout=PATIENCE)

    page.reload()
    expect(page.get_by_text("P(better)")).to_be_visible(timeout=PATIENCE)  # the plan is there again
    settled(page)
    expect_budget(page, "3000000")
    step(page, "Group channels")
    expect(page.locator("[data-group]", has=page.locator('[data-channel="facebook"]')).locator("input")).to_have_value(
        "Group 1"
    )

    step(page, "Scenarios")
    type_into(page, "Name", "Spring <b>")
    type_into(page, "Your name", "Ada")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 1 of “Spring <b>”")).to_be_visible(timeout=PATIENCE)
    settled(page)
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{app_url}/Optimise?scenario=")

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    other = context.new_page()
    other.goto(link)
    expect(other.get_by_text("You look at “Spring <b>”, version 1 by Ada")).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_text("P(better)")).to_be_visible(timeout=PATIENCE)
    settled(other)
    other.get_by_label(BUDGET).first.fill("1000000")
    other.get_by_label(BUDGET).first.press("Enter")
    expect_budget(other, "3000000")  # put back
    settled(other)
    other.get_by_role("button", name="Duplicate to edit").click()
    expect(other.get_by_text("You look at")).to_have_count(0, timeout=PATIENCE)
    settled(other)
    other.get_by_label(BUDGET).first.fill("1000000")
    other.get_by_label(BUDGET).first.press("Enter")
    expect(other.get_by_text("Inputs changed since this result")).to_be_visible(timeout=PATIENCE)
    expect(other).to_have_url(re.compile(r"/Optimise\?work="), timeout=PATIENCE)
    context.close()


def test_a_restarted_server_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    with served_app(tmp_path) as url:
        page.goto(f"{url}/Optimise")
        expect(page.get_by_text("These limits can be met")).to_be_visible(timeout=PATIENCE)
        settled(page)
        page.get_by_label(BUDGET).first.fill("2500000")
        page.get_by_label(BUDGET).first.press("Enter")
        expect(page).to_have_url(re.compile(r"\?work="), timeout=PATIENCE)
        settled(page)
        asked = page.url.removeprefix(url)
    page.goto("about:blank")
    with served_app(tmp_path) as url:  # on another port: a browser's cookies do not tell ports apart
        page.goto(f"{url}{asked}")
        expect(page.get_by_text("These limits can be met")).to_be_visible(timeout=PATIENCE)
        settled(page)
        expect_budget(page, "2500000")
        assert page.url == f"{url}{asked}"  # the same work, no copy: the browser is known again
    context.close()

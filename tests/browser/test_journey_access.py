"""What everybody can use: axe on every page in light and dark, the keyboard alone, a finger, two sessions at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from support.app_server import settled

# Streamlit's own markup, which no page of ours can mend; each with the reason.
STREAMLITS_OWN = {
    "aria-allowed-attr": ["stSelectbox", "stMultiSelect"],  # its select boxes carry aria-expanded where axe forbids it
}
EVERYTHING: dict[str, object] = {"type": "tag", "values": ["wcag2a", "wcag2aa"]}
COLORS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can differ between light and dark; everything else is the same page."""
AT_REST = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")].filter((chart) => chart.offsetParent)
    const moves = (it) => it.playState === "running" && it.effect.getComputedTiming().iterations !== Infinity
    return charts.every((chart) => chart.querySelector(".main-svg")) && !document.getAnimations().some(moves)
}"""
"""Every chart is drawn, and no transition is under way."""
STEPS = ["Start", "Group channels", "Response curves", "Optimise", "Split", "Plans over time", "Export", "Scenarios"]
STEPS.append("Second opinion")


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(rf"\d\s+{name}")).click()
    page.get_by_role("link", name=re.compile(rf"\d\s+{name}")).locator("strong").wait_for()
    settled(page)


def faults(page: Page, rules: dict[str, object]) -> list[str]:
    """Violations that are ours, with the first element of each."""
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    told = []
    for fault in found:
        own = [
            node
            for node in fault["nodes"]
            if not any(part in node["html"] + str(node["target"]) for part in STREAMLITS_OWN.get(fault["id"], []))
        ]
        told += [f"{fault['id']}: {node['target']} {node['html'][:160]}" for node in own]
    return told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/Optimise")
    page.get_by_text("These limits can be met").wait_for(timeout=30_000)
    settled(page)
    page.get_by_role("button", name="Optimise", exact=True).click()
    page.get_by_text("P(better)", exact=True).wait_for()
    troubles = []
    for name in STEPS:
        go(page, name)
        page.wait_for_function(AT_REST)  # colours half-way are no fault
        troubles += [f"{name}: {fault}" for fault in faults(page, COLORS if scheme == "dark" else EVERYTHING)]
    assert not troubles, "\n".join(troubles)


def test_the_keyboard_alone_groups_optimises_and_splits(page: Page) -> None:
    page.goto("/Group_channels")
    for channel in ("facebook", "instagram"):
        chip = page.locator(f'[data-channel="{channel}"]')
        chip.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowLeft")  # from Ungrouped to “New group”, then to the group that it became
        if channel == "instagram":
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("Space")
        settled(page)
    card = page.locator("[data-group]", has=page.locator('[data-channel="facebook"]'))
    expect(card.locator('[data-channel="instagram"]')).to_be_visible()

    link = page.get_by_role("link", name=re.compile(r"\d\s+Optimise"))
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_text("These limits can be met").wait_for()
    settled(page)
    page.get_by_role("button", name="Optimise", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("What if?").wait_for()
    settled(page)

    # The what-if sliders: an arrow moves a tenth of a percent, and the price answers.
    against = page.get_by_test_id("stMetric").filter(has_text="Against the plan").get_by_test_id("stMetricValue")
    expect(against).to_have_text("0")
    page.get_by_label("Share of tv", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect(against).to_contain_text("−")
    settled(page)

    page.get_by_role("link", name=re.compile(r"\d\s+Split")).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Against the best split").wait_for()
    settled(page)
    share = page.get_by_label("Percent for facebook")
    share.focus()
    before = share.input_value()
    page.keyboard.press("ArrowUp")
    expect(share).not_to_have_value(before)


def test_two_sessions_do_not_hear_of_each_other_and_present_mode_ends_with_escape(
    page: Page, browser: Browser, app_url: str
) -> None:
    page.goto("/Optimise")
    other = browser.new_context(base_url=app_url).new_page()
    other.goto("/Optimise")
    for each in (page, other):
        each.get_by_text("These limits can be met").wait_for(timeout=30_000)
        settled(each)
    page.get_by_role("textbox", name=re.compile("Budget for")).fill("3000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("€3,000,000, against")).to_be_visible()
    page.locator(".st-key-present button").first.click()
    expect(page.locator(".st-key-steps").first).to_be_hidden()
    expect(page.get_by_role("heading", name="Optimise", level=1)).to_be_visible()
    other.reload()
    expect(other.get_by_text("€4,401,403, against")).to_be_visible(timeout=30_000)
    expect(other.locator(".st-key-steps").first).to_be_visible()
    other.context.close()
    settled(page)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-steps").first).to_be_visible()

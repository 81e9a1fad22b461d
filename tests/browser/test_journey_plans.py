"""An agency's sheet in a real browser: pasted, one name mapped, and what the plan delivers stands there."""

import re

from playwright.sync_api import Page, expect
from support.app_server import settled

SHEET = """\tFacebook Ads\tInstagram\tsearch\tYouTube\tTV\tRadio\tOut of home\tTikTok\tDisplay\tTotal
2026-01-05\t60,000\t35,000\t39,000\t17,000\t95,000\t13,000\t12,000\t13,000\t52,000\t336,000
2026-01-12\t60,000\t35,000\t39,000\t17,000\t95,000\t13,000\t12,000\t13,000\t52,000\t336,000
"""


def test_paste_map_and_see_what_it_delivers(page: Page) -> None:
    page.goto("/Plans_over_time")
    expect(page.get_by_role("heading", name="Plans over time", level=1)).to_be_visible(timeout=30_000)
    page.get_by_role("textbox", name="Paste a table").fill(SHEET)
    page.get_by_role("button", name="Read the table").click()
    page.get_by_role("radio", name="50,000.00 (English)").or_(page.get_by_text("50,000.00 (English)")).first.click()
    expect(page.get_by_text("Before “Pasted plan” can be evaluated")).to_be_visible()
    page.get_by_role("combobox", name=re.compile("Out of home")).click()
    page.get_by_role("option", name="outdoor", exact=True).click()

    expect(page.get_by_text("Left on the table")).to_be_visible(timeout=120_000)  # PyMC-Marketing is imported once
    settled(page)
    expect(page.get_by_text("“Pasted plan” spends €672k and delivers")).to_be_visible()
    expect(page.get_by_text("Chance of beating it: ")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2)

    # The next sheet with these names needs no mapping, and a reload keeps both plans.
    page.get_by_text("Bring another plan").click()
    page.get_by_role("textbox", name="Paste a table").fill(
        SHEET.replace("95,000", "45,000").replace("336,000", "286,000")
    )
    page.get_by_role("button", name="Read the table").click()
    expect(page.get_by_text("“Pasted plan 2” spends €572k and delivers")).to_be_visible()
    settled(page)
    page.reload()
    expect(page.get_by_text("“Pasted plan 2” spends €572k and delivers")).to_be_visible(timeout=30_000)

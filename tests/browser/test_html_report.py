"""The HTML report in a browser: it opens offline, runs nothing and prints whole."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from support.reports import SCRIPT, evil_report, plan_report

import mmm_groups as mg
from mmm_groups.export.html_page import report_html
from mmm_groups.export.report import PlanReport


def test_names_run_nothing_and_nothing_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    assert opened(evil_report(), browser, tmp_path)["title"] == SCRIPT


def test_it_opens_offline_and_prints_whole_charts(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, browser: Browser, tmp_path: Path
) -> None:
    seen = opened(plan_report(demo_curves, platforms), browser, tmp_path)
    assert seen["charts"] == 3
    assert seen["overflow"] <= 0
    assert seen["tallest"] <= 700  # px of a printed page
    assert b"/Type /Page" in seen["pdf"]
    pages = len(re.findall(rb"/Type /Page\b", seen["pdf"]))
    assert 4 <= pages <= 8


def opened(report: PlanReport, browser: Browser, folder: Path) -> dict[str, Any]:
    """Open the report without a network, fail on any request, error or dialog, and say how it looks when printed."""
    file = folder / "report.html"
    file.write_text(report_html(report), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: None if request.url == file.as_uri() else troubles.append(request.url))
    page.goto(file.as_uri())
    page.locator(".chart .main-svg").last.wait_for(state="attached")
    title = page.title()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 703})  # A4 in landscape without its margins
    seen = {
        "title": title,
        "charts": page.locator(".chart .js-plotly-plot").count(),
        "overflow": page.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
        "tallest": page.evaluate(
            "Math.max(...[...document.querySelectorAll('.whole')].map(part => part.getBoundingClientRect().height))"
        ),
        "pdf": page.pdf(prefer_css_page_size=True),
    }
    context.close()
    assert not troubles, troubles
    return seen

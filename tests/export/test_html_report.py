"""The HTML report: what it says, that no name is markup, and that it opens offline and prints whole."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.display.look import LIGHT
from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.presentation import Presentation, look, presented
from mmm_groups.export.figures import MOST_GROUPS, curve_figures, largest_groups, spend_figure
from mmm_groups.export.html_page import report_html
from mmm_groups.export.report import PlanReport

ROOT = Path(__file__).parent.parent.parent
MADE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
EVIL = "<img src=x onerror=\"document.title='hit'\">"
SCRIPT = "</script><script>document.title='hit'</script>"


class Texts(HTMLParser):
    """The texts of a page, without its scripts and styles, and how many scripts it has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag
        self.scripts += tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.found.append(data)


def read(page: str) -> str:
    texts = Texts()
    texts.feed(page.partition("</head>")[2])  # Plotly's script stands in the head, and takes seconds to parse
    return " ".join(texts.found)


@pytest.fixture(scope="module")
def report(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> PlanReport:
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        constraints=[mg.ConstraintBuilder.group_max_spend(["tiktok"], 3e5)],
    )
    return PlanReport(plan, mg.consistency(plan), "Demo", MADE, "€", "Spring plan")


@pytest.fixture(scope="module")
def evil() -> PlanReport:
    curves = root_curves([3.0, 1.0, 2.0])
    names = [EVIL, SCRIPT, "**&amp;`$x$"]
    named = mg.ResponseCurves.from_arrays(
        names,
        curves.spend.values,
        curves.response.values,
        curves.historical_spend.set_axis(names, axis=1),
        target=SCRIPT,
    )
    groups = mg.ChannelGroups({f"G {SCRIPT}": names[:2]})
    plan = mg.optimize(
        named, goal=mg.FixedBudget(50.0), groups=groups, constraints=[mg.ConstraintBuilder.spend_bounds(EVIL, 1.0)]
    )
    return PlanReport(plan, mg.consistency(plan), EVIL, MADE, "<b>€", SCRIPT)


def test_it_tells_the_plan(report: PlanReport) -> None:
    page = report_html(report)
    said = read(page)
    plan = report.plan
    for part in (
        "Spring plan",
        "Demo · 2026-01-05 to 2026-03-30 (13 dates) · made 2026-03-04 05:06 UTC",
        report.verdict,
        f"{100 * plan.probability_better:.0f} %",
        "94 % interval +",
        "tiktok at most 300,000",
        "gains €126,345 and gets €300,000",
        "€50,000 more for “tiktok at most 300,000” would bring about",
        "Money is conserved",
        "Every channel's money is spread evenly over the dates.",
        "facebook 62.4 %, instagram 37.6 %",
        f"Fingerprint of Demo: {plan.problem.channel_curves.model_hash}",
        "€4,400,000",
    ):
        assert part in said, part
    assert "**" not in said
    assert "−€0" not in said
    assert "nan" not in said
    assert len(page) < 5_500_000
    assert page.count("plotly.js v") == 1  # the script itself stands there once


def test_it_needs_no_reference_no_draws_and_no_dates() -> None:
    spend = [[0.0, 50.0, 100.0]] * 2
    curves = mg.ResponseCurves.from_arrays(["a", "b"], spend, [[0.0, 5.0, 7.0], [0.0, 4.0, 6.0]])
    plan = mg.optimize(curves, goal=mg.FixedBudget(50.0))
    said = read(report_html(PlanReport(plan, None, "bare", MADE)))
    assert "there is no reference spend to compare with" in said
    assert "Not worked out" in said
    assert "What each group adds" not in said
    assert "nan" not in said


def test_names_are_text_and_never_markup(evil: PlanReport) -> None:
    page = report_html(evil)
    assert "<img" not in page.partition("</head>")[2]
    texts = Texts()
    head, _, body = page.partition("</head>")
    texts.feed(body)
    figures = 2 + len(curve_figures(evil))
    assert texts.scripts == figures
    assert head.count("<script") == 1
    assert EVIL in read(page)
    assert SCRIPT in read(page)


@pytest.mark.browser
def test_names_run_nothing_and_nothing_is_asked_for(evil: PlanReport, browser: Browser, tmp_path: Path) -> None:
    assert opened(evil, browser, tmp_path)["title"] == SCRIPT


@pytest.mark.browser
def test_it_opens_offline_and_prints_whole_charts(report: PlanReport, browser: Browser, tmp_path: Path) -> None:
    seen = opened(report, browser, tmp_path)
    assert seen["charts"] == 3
    assert seen["overflow"] <= 0
    assert seen["tallest"] <= 700  # px of a printed page
    assert b"/Type /Page" in seen["pdf"]
    pages = len(re.findall(rb"/Type /Page\b", seen["pdf"]))
    assert 4 <= pages <= 8


def opened(report: PlanReport, browser: Browser, folder: Path) -> dict[str, object]:
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


def test_many_groups_are_several_charts_and_the_largest_bars() -> None:
    scales = [float(place + 1) for place in range(20)]
    curves = root_curves(scales, points=40)
    plan = mg.optimize(curves, goal=mg.FixedBudget(200.0))
    report = PlanReport(plan, None, "many", MADE)
    figures = curve_figures(report)
    assert len(figures) == 3
    assert all(figure.layout.height <= 640 for figure in figures)
    assert spend_figure(report).layout.height <= 640
    kept = largest_groups(plan)
    assert len(kept) == MOST_GROUPS
    least = plan.groups.loc[kept, ["spend", "reference_spend"]].max(axis=1).min()
    assert (plan.groups.drop(index=kept)[["spend", "reference_spend"]].max(axis=1) <= least).all()
    assert f"The {MOST_GROUPS} groups with the most money" in read(report_html(report))


def test_a_report_is_light_whatever_the_reader_sees(report: PlanReport) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]["light"]
    assert list(LIGHT.palette) == theme["chartCategoricalColors"]
    assert (LIGHT.ink, LIGHT.paper) == (theme["textColor"], theme["backgroundColor"])
    usual = spend_figure(report).to_json()
    with presented(Presentation(look=replace(LIGHT, paper="#000000", muted="#111111"), type_scale=1.45)):
        assert spend_figure(report).to_json() == usual
        assert look().muted == "#111111"
    assert look() == LIGHT


def test_a_report_is_written_alike_whatever_style_the_planner_chose(report: PlanReport) -> None:
    english = read(report_html(report))
    with presented(Presentation(NumberStyle(".", ",", shortens=False))):
        assert read(report_html(report)) == english

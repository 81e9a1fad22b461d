"""The HTML report: what it says, that no name is markup, and that it is alike for everybody."""

import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.curves import root_curves
from support.reports import EVIL, MADE, SCRIPT, evil_report, plan_report

import mmm_groups as mg
from mmm_groups.display.look import LIGHT
from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.presentation import Presentation, look, presented
from mmm_groups.export.figures import MOST_GROUPS, curve_figures, largest_groups, spend_figure
from mmm_groups.export.html_page import report_html
from mmm_groups.export.report import PlanReport

ROOT = Path(__file__).parent.parent.parent


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
    return plan_report(demo_curves, platforms)


@pytest.fixture(scope="module")
def evil() -> PlanReport:
    return evil_report()


def test_it_tells_the_plan(report: PlanReport) -> None:
    page = report_html(report)
    said = read(page)
    plan = report.plan
    for part in (
        "Spring plan",
        "Demo · 2026-01-05 to 2026-03-30 (13 dates) · made 2026-03-04 05:06 UTC",
        report.reference_sentence,
        f"{100 * plan.probability_better:.0f} %",
        "94 % interval +",
        "tiktok at most 300,000",
        "gains €126,345 and gets €300,000",
        "€50,000 more for “tiktok at most 300,000” would bring about",
        "Money is conserved",
        "Every channel's money is spread evenly over the dates.",
        "facebook 62.4 %, instagram 37.6 %",
        f"Fingerprint of Demo: {plan.problem.channel_curves.origin.model_hash}",
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

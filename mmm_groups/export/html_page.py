"""A plan as one HTML file that opens without a network and prints well."""

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmm_groups.display.charts.figure import script
from mmm_groups.display.charts.media_plans import date_labels
from mmm_groups.display.media_plan_words import delivers_in_words
from mmm_groups.display.numbers import UNKNOWN, compact, in_style, percent, ratio
from mmm_groups.display.presentation import PLAIN, presented
from mmm_groups.export.figures import (
    MOST_GROUPS,
    chart_html,
    curve_figures,
    media_money_figure,
    media_response_figure,
    response_figure,
    spend_figure,
)
from mmm_groups.export.html_elements import (
    Kind,
    bullets,
    change_of,
    definitions,
    paragraph,
    section,
    table,
    text,
    tiles,
    whole_money,
)
from mmm_groups.export.media_plan_tables import media_plan_dates
from mmm_groups.export.plan_tables import group_table, limits_table, plan_table
from mmm_groups.export.report import PlanReport
from mmm_groups.numerics.labelled import column_of, number, rows_of
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.problem.utilities import cases_of

_ROWS_ON_A_PAGE = 14
_NO_CHECKS = (
    "Not worked out: the best channel plan takes a search of its own here. Run the checks on the Export page "
    "first to have them in the report."
)
_STYLE = Path(__file__).with_name("report.css")
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""No request may leave the page: everything it needs stands in it."""


@presented(PLAIN)
def report_html(report: PlanReport) -> str:
    """The report as the text of one HTML file, with Plotly's script inside, once.

    It asks no server for anything, which its own content security policy enforces, and every name is escaped. Charts
    are as wide as A4 in landscape, so that they print as they are shown.

    Parameters
    ----------
    report : PlanReport
    """
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(report.title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style>"
        f"<script>{script()}</script></head><body><main>{_body(report)}</main></body></html>"
    )


def _body(report: PlanReport) -> str:
    return "".join(
        [
            _header(report),
            _charts(report),
            _plan_tables(report),
            _media_plan(report),
            _why(report),
            _curves(report),
            _checks(report),
            section("What this rests on", definitions(report.assumptions.items())),
            section("What was asked for", definitions(report.inputs.items())),
            _footer(report),
        ]
    )


def _header(report: PlanReport) -> str:
    about = f"{report.source} · {report.window} · made {report.made:%Y-%m-%d %H:%M %Z}".strip()
    notes = report.scenario.notes if report.scenario is not None else ""
    return (
        f'<header><h1>{text(report.title)}</h1><p class="about">{text(about)}</p></header>'
        f"{tiles(report.headlines, report.currency, report.plan.interval)}"
        f"{paragraph(report.reference_sentence, 'verdict')}{paragraph(notes, 'notes') if notes else ''}"
    )


def _charts(report: PlanReport) -> str:
    plan = report.plan
    has_reference = plan.has_reference
    fewer = (
        paragraph(f"The {MOST_GROUPS} groups with the most money; the table has all.", "note")
        if len(plan.groups) > MOST_GROUPS
        else ""
    )
    title = "Reference and plan: spend by group" if has_reference else "Spend by group"
    made = section(title, chart_html(spend_figure(report), "spend"), fewer, is_whole=True)
    if has_reference:
        made += section(
            "What each group adds to the response", chart_html(response_figure(report), "response"), is_whole=True
        )
    return made


def _plan_tables(report: PlanReport) -> str:
    groups, channels = group_table(report.plan), plan_table(report.plan)
    head = [("Group", ""), *_FIGURES, ("Held by", "")]
    rows = [[str(row["group"]), *_figures(row, report), str(row["binding_limits"])] for row in rows_of(groups)]
    fits = len(rows) <= _ROWS_ON_A_PAGE
    by_group = section("The plan by group", table(head, rows, ["Total", *_sums(groups, report), ""]), is_whole=fits)
    head = [("Group", ""), ("Channel", ""), ("Share of group", "number"), *_FIGURES]
    rows = [
        [str(row["group"]), _channel_cell(row), percent(number(row["share_of_group"])), *_figures(row, report)]
        for row in rows_of(channels)
    ]
    beyond = any(row["beyond_history"] is True for row in rows_of(channels))  # it may be unknown
    note = paragraph("* More than in any past window of this length: there the model extrapolates.", "note")
    total = ["Total", "", "", *_sums(channels, report)]
    fits = len(rows) <= _ROWS_ON_A_PAGE
    listed = section("The plan by channel", table(head, rows, total), note if beyond else "", is_whole=fits)
    return by_group + listed


_FIGURES: list[tuple[str, Kind]] = [
    (name, "number") for name in ("Spend", "Share", "Reference", "Change", "Response", "from", "to", "ROI", "mROI")
]


def _channel_cell(row: dict[str, object]) -> str:
    assumed = f" (assumed part of {row['assumed_part_of']})" if row.get("assumed_part_of") else ""
    return f"{row['channel']}{' *' if row['beyond_history'] is True else ''}{assumed}"


def _figures(row: dict[str, object], report: PlanReport) -> list[str]:
    return [
        whole_money(number(row["spend"]), report.currency),
        percent(number(row["share_of_budget"])),
        whole_money(number(row["reference_spend"]), report.currency),
        change_of(number(row["change"]), report.currency),
        compact(number(row["response"])),
        compact(number(row["response_low"])),
        compact(number(row["response_high"])),
        ratio(number(row["roi"])),
        ratio(number(row["mroi"])),
    ]


def _sums(of: pd.DataFrame, report: PlanReport) -> Sequence[str]:
    response, money = report.headlines[1], report.currency
    return [
        whole_money(column_of(of, "spend").sum(), money),
        percent(column_of(of, "share_of_budget").sum()),
        whole_money(column_of(of, "reference_spend").sum(skipna=False), money),
        change_of(column_of(of, "change").sum(skipna=False), money),
        compact(response.value),
        compact(response.low),
        compact(response.high),
        ratio(response.value / report.plan.total) if report.plan.total > 0 else UNKNOWN,
        "",
    ]


def _media_plan(report: PlanReport) -> str:
    """The media plan beside the optimum: what it delivers, its money and its response by date."""
    found = report.media_plan
    if found is None:
        return ""
    if isinstance(found, MarkedText):
        return section("Plan over time", paragraph(in_style(found)))
    said = paragraph(delivers_in_words(found, report.currency))
    said += "".join(paragraph(in_style(note), "note") for note in (*found.plan.notes, *found.notes))
    made = section(f"Plan over time: {found.plan.name}", said)
    if found.plan.horizon is not None:
        made += section(
            "Its money by date", chart_html(media_money_figure(report, found), "media-money"), is_whole=True
        )
    if found.dates is not None:
        chart = chart_html(media_response_figure(report, found), "media-response")
        made += section("Its response by date", chart, is_whole=True)
    dates = media_plan_dates(found)
    shown = [name for name in ("Total", "Response", "Response from", "Response to") if name in dates]
    rows = [
        [
            label,
            *(
                whole_money(number(row[name]), report.currency) if name == "Total" else compact(number(row[name]))
                for name in shown
            ),
        ]
        for label, row in zip(map(str, date_labels(dates.index)), rows_of(dates), strict=True)
    ]
    head: list[tuple[str, Kind]] = [("Date", ""), *((name.replace("Total", "Spend"), "number") for name in shown)]
    return made + section("By date", table(head, rows), is_whole=len(rows) <= _ROWS_ON_A_PAGE)


def _why(report: PlanReport) -> str:
    reasons = section("Why these spends", bullets(report.reasons))
    stated = limits_table(report.plan)
    limits = stated[stated["channels"] != "all"]
    if limits.empty:
        return reasons + section("Limits", paragraph("There are none besides the budget."))
    rows = [
        [
            str(row["limit"]),
            "yes" if row["holds"] else "no",
            ratio(number(row["worth"])) if row["holds"] else "",
        ]
        for row in rows_of(limits)
    ]
    head: list[tuple[str, Kind]] = [("Limit", ""), ("Holds the plan back", "short"), ("Shadow price", "number")]
    explained = "The shadow price is what one more unit of money would bring if it loosened the limit."
    worth = bullets(("", sentence) for sentence in report.limits)
    return reasons + section("Limits", table(head, rows), paragraph(explained, "note"), worth)


def _curves(report: PlanReport) -> str:
    first, *others = (chart_html(figure, f"curves-{place}") for place, figure in enumerate(curve_figures(report)))
    more = "".join(f'<div class="whole">{figure}</div>' for figure in others)
    has_reference = report.plan.has_reference
    marks = "Dot: reference spend. Diamond: the plan." if has_reference else "Diamond: the plan."
    explained = f"Response to each group's spend over the window. {marks} Dashed: more than ever spent."
    return section("Response curves", paragraph(explained, "note"), first, is_whole=True) + more


def _checks(report: PlanReport) -> str:
    found = report.consistency
    if found is None:
        return section("Checks", paragraph(_NO_CHECKS))
    rows = [[check.name, "holds" if check.holds else "does not hold", check.finding] for check in found.checks]
    cases, worth = in_style(cases_of(report.plan.problem.utility)), found.cost_of_grouping_money
    more = (
        f"with these groups it would take {whole_money(worth, report.currency)} more budget to earn as much"
        if math.isfinite(worth)
        else "no larger budget makes up for it under these limits and on the known curves"
    )
    cost = (
        f"Deciding over groups with these splits gives up {compact(found.cost_of_grouping)} {report.target}{cases} "
        f"against deciding channel by channel under the same limits; {more}."
    )
    head: list[tuple[str, Kind]] = [("Check", ""), ("Result", "short"), ("Finding", "")]
    return section("Checks", table(head, rows), paragraph(cost))


def _footer(report: PlanReport) -> str:
    mark = f"Fingerprint of {report.source}: {report.fingerprint or 'unknown'}."
    return f"<footer>{text(mark)} Made with mmm_groups on {text(report.made.strftime('%Y-%m-%d'))}.</footer>"

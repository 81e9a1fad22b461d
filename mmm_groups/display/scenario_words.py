"""Saved scenarios in words: how old they are, and what they bring."""

from datetime import UTC, datetime

from mmm_groups.display.numbers import compact, compact_money, percent
from mmm_groups.scenario.scenario import Scenario


def ago(moment: datetime) -> str:
    """How long ago something was, as people say it; the date if it was not today."""
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'s' * (minutes > 1)} ago"
    if minutes < 24 * 60:
        hours = minutes // 60
        return f"{hours} hour{'s' * (hours > 1)} ago"
    return f"on {moment:%Y-%m-%d}"


def summary_in_words(scenario: Scenario) -> str:
    """The figures that were saved with a scenario, in one line."""
    window = f"{scenario.window.start:%Y-%m-%d} to {scenario.window.end:%Y-%m-%d}" if scenario.window else "no dates"
    summary = scenario.summary
    where = f"{scenario.source.name}, {window}"
    if summary is None:
        return f"No plan yet. {where}"
    said = f"{compact_money(summary.total, scenario.settings.currency)} brings {compact(summary.response)}"
    if summary.probability_better is not None:
        said += f", P(better) {percent(summary.probability_better)}"
    return f"{said}. {where}"

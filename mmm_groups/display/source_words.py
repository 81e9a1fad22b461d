"""The open model or file of curves in sentences, with what it cannot answer: the same words on every page."""

import math

import numpy as np
import pandas as pd

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.display.numbers import money, percent, plain, ratio
from mmm_groups.model.calendar import period_word
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.spend_history import is_shorter, reference_spend
from mmm_groups.numerics.digits import decimals_of
from mmm_groups.scenario.references import GivenReference, LastYearReference, Reference

_ORIGINS = {"netCDF": "a netCDF file", "CSV": "a CSV", "Meridian": "Meridian"}

NO_DRAWS = "the file holds no draws"
NO_REFERENCE = "the file does not say what was spent"


def source_in_words(source: PlanningSource) -> str:
    """What is open, as Markdown."""
    if isinstance(source, FittedModel):
        return (
            f"**{len(source.channels)} channels**, {len(source.dates)} dates from {source.dates[0]:%Y-%m-%d} to "
            f"{source.dates[-1]:%Y-%m-%d}, outcome **{plain(source.target)}**, {source.draws} posterior draws."
        )
    count = len(source.channels)
    # Meridian's file names no outcome.
    outcome = "" if source.origin == "Meridian" else f", outcome **{plain(source.target)}**"
    return (
        f"**Curves from {_ORIGINS[source.origin]}**, no model behind them: **{count} channel{'s' * (count != 1)}**"
        f"{outcome}, {_uncertainty(source.curves)}."
    )


def limits_in_words(source: CurveFile) -> str:
    """What cannot be done with curves alone, and what this file leaves open."""
    sentences = [
        "You can group, optimise, split and export as with a model. A plan cannot be verified on a model, and another "
        "window needs other curves."
    ]
    if not source.curves.has_draws:
        sentences.append(
            f"The plan is the best for the mean: P(better) and the intervals of groups and plans are not available, "
            f"because {NO_DRAWS}."
        )
    if not source.curves.has_reference:
        sentences.append(
            f"There is no reference plan, because {NO_REFERENCE}: groups start with an even split, and the budget with "
            "half of what the curves reach."
        )
    if not source.curves.has_largest_spend:
        sentences.append("No range is marked as beyond history, because the file does not say what was spent when.")
    return " ".join(sentences)


def window_in_words(source: CurveFile) -> str:
    """For which window the curves are, as Markdown."""
    if source.horizon is None:
        return (
            "The curves are for **one window**, whose dates the file does not say. All money is over that whole window."
        )
    count = f"{source.horizon.periods} {period_word(source.frequency)}"
    return f"The curves are for **{source.horizon}** ({count}). All money is over that whole window."


def exactness_in_words(source: PlanningSource, curves: ResponseCurves) -> str:
    """Where the curves come from, and how exact they are."""
    if isinstance(source, CurveFile):
        return f"Taken from “{plain(source.path.name)}” as they stand, with straight lines between the points it gives."
    return (
        "Read from the model's own graph. Summed curves and the model's own evaluation of random joint plans differ by "
        f"at most {percent(curves.origin.measured_error, 4)}, in any posterior draw."
    )


def is_latest_spend(curves: ResponseCurves) -> bool:
    """True if the reference is what the latest dates spent; False if it was given, or without history."""
    if curves.historical_spend.empty:
        return False
    latest = reference_spend(curves.historical_spend, curves.periods).reindex(curves.reference_spend.index)
    return bool(np.allclose(latest, curves.reference_spend, rtol=1e-9))


def reference_dates(curves: ResponseCurves) -> str:
    """Over which dates the reference was spent, where it is the latest spend: `the last 13 weeks`."""
    word = period_word("" if curves.horizon is None else curves.horizon.frequency)
    if is_shorter(curves.historical_spend, curves.periods):
        return f"{curves.periods} {word} like the {len(curves.historical_spend)} of the history"
    return f"the last {curves.periods} {word}" if curves.periods > 1 else f"the last {word.removesuffix('s')}"


def reference_help(source: PlanningSource, curves: ResponseCurves | None, chosen: Reference) -> str:
    """What the reference spend is."""
    if isinstance(chosen, LastYearReference):
        return "Money spent on the same dates of the latest year in history. Chosen on the Start page."
    if isinstance(chosen, GivenReference) and chosen.of:
        return f"What “{chosen.of}” spends over the window, as you chose. The choice is on the Start page."
    if curves is not None and not curves.historical_spend.empty and not is_latest_spend(curves):
        return "A reference spend that was given for this plan; it need not be what the latest dates spent."
    if curves is not None and is_shorter(curves.historical_spend, curves.periods):
        word = period_word("" if curves.horizon is None else curves.horizon.frequency)
        return (
            f"All money of the history, which has {len(curves.historical_spend)} {word}, scaled up to the "
            f"{curves.periods} of the planning window."
        )
    if isinstance(source, FittedModel):
        return "Money spent over the latest dates of the training data, as many as the planning window has."
    if source.curves.has_reference and source.curves.historical_spend.empty:
        return "What was spent over such a window, as the file says."
    return "Money spent over the latest dates of the history in the file, as many as the window has."


def interval_mass(curves: ResponseCurves | None, mass: float) -> float:
    """What the intervals shown hold: the planner's choice, or what the file says of its own; NaN if it does not say."""
    return mass if curves is None or curves.band is None else curves.band.mass


def interval_label(curves: ResponseCurves | None, mass: float) -> str:
    """`interval_mass` in words; empty if it is unknown."""
    shown = interval_mass(curves, mass)
    return "" if math.isnan(shown) else percent(shown)


def missing_intervals(table: pd.DataFrame, curves: ResponseCurves | None) -> str:
    """Why a table has no interval in some rows or in all; empty if it has them."""
    if curves is None or curves.has_draws or "response_low" not in table:
        return ""
    if curves.band is None:
        return f"Intervals are not available: {NO_DRAWS}, only a mean."
    if table["response_low"].notna().all():
        return "The intervals are those of the file."
    return f"The intervals are those of the file, for single channels; groups of several have none, because {NO_DRAWS}."


def budget_in_words(budget: float, curves: ResponseCurves, currency: str) -> str:
    """The budget beside the reference spend, or beside how far the curves reach."""
    given = money(budget, currency)
    if not curves.has_reference:
        reach = money(float(curves.upper.sum()), currency)
        return f"{given}; {NO_REFERENCE}, so there is nothing to hold it against. The curves reach {reach} in all."
    spent = money(float(curves.reference_spend.sum()), currency)
    latest = f" spent over {reference_dates(curves)}" if is_latest_spend(curves) else ""
    return f"{given}, against a reference of {spent}{latest}."


def unusual_budget_in_words(budget: float, curves: ResponseCurves, currency: str) -> str:
    """The question that a budget far from the reference spend asks."""
    times = budget / float(curves.reference_spend.sum())
    spent = money(float(curves.reference_spend.sum()), currency)
    size = f"{percent(times, decimals_of(100 * times, 2))} of" if times < 1 else f"{ratio(times)} times"
    given = money(budget, currency)
    return f"{given} for the whole window is {size} the reference spend of {spent}. Is that what you mean?"


def missing_band(curves: ResponseCurves, members: int) -> str:
    """Why a curve is drawn without its interval; empty if it has one."""
    if curves.has_draws or (curves.band is not None and members == 1):
        return ""
    if curves.band is None:
        return f"No interval is drawn: {NO_DRAWS}, only a mean."
    return f"No interval is drawn: {NO_DRAWS}, and the intervals of single channels do not add up to one of the group."


def even_split_reason(curves: ResponseCurves) -> str:
    """Why a group's split cannot follow history."""
    if not curves.has_reference:
        return NO_REFERENCE
    return "nothing was spent in the reference period, so history gives none"


def unknown_of_a_plan(curves: ResponseCurves) -> list[str]:
    """Which questions about a plan these curves cannot answer, in sentences."""
    sentences = []
    if not curves.has_reference:
        sentences.append(f"No comparison with a reference: {NO_REFERENCE}.")
    elif not curves.has_draws:
        sentences.append(f"P(better) and the interval of the difference are not available: {NO_DRAWS}.")
    return sentences


def _uncertainty(curves: ResponseCurves) -> str:
    if curves.has_draws:
        return f"{curves.draws} draws"
    if curves.band is None:
        return "a mean without any uncertainty"
    known = "" if math.isnan(curves.band.mass) else f" of {percent(curves.band.mass)}"
    return f"a mean with an interval{known}, no draws"

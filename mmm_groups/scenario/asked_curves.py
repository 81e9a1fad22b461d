"""The curves that a scenario asks for: its window, flighting, prices, reach, reference and sub-channels."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from mmm_groups.curves.extraction import response_curves
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import FlightingError, ScenarioError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting, flighting_from_json, years_earlier
from mmm_groups.model.spend_history import checked_reference
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.scenario.fields import TableFlighting
from mmm_groups.scenario.references import GivenReference, LastYearReference, LatestReference, Reference
from mmm_groups.scenario.scenario import Scenario


def scenario_curves(
    scenario: Scenario,
    source: PlanningSource,
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda step: None,
) -> ResponseCurves:
    """The curves that a scenario plans on: its window, flighting, prices, reach, reference and sub-channels.

    Raises
    ------
    ScenarioError
        If the source is a file of curves, and the scenario asks for what only a model can answer.
    """
    if isinstance(source, FittedModel):
        window = scenario.window
        curves = response_curves(
            source,
            None if window is None else pd.Timestamp(window.start),
            None if window is None else pd.Timestamp(window.end),
            flighting=flighting_of(scenario),
            prices=scenario.prices,
            budget=scenario.reach,
            use_cache=use_cache,
            progress=progress,
        )
    else:
        refuse_other_curves(scenario, source)
        curves = source.curves
    return with_reference(curves, scenario.reference).with_subchannels(scenario.sub_channels)


def flighting_of(scenario: Scenario) -> Flighting:
    """How each channel's money is spread over the window's dates."""
    return flighting_from_json(scenario.flighting.model_dump(), scenario.source.channels)


def refuse_other_curves(scenario: Scenario, source: CurveFile) -> None:
    """Raise ScenarioError if a scenario asks a file of curves for what only a model can answer."""
    asked = []
    horizon, window = source.horizon, scenario.window
    if window is not None and (
        horizon is None or (window.start, window.end) != (horizon.start.date(), horizon.end.date())
    ):
        asked.append(
            f"the window {window.start} to {window.end} (the file is for {horizon or 'dates it does not say'})"
        )
    if isinstance(scenario.flighting, TableFlighting) or flighting_of(scenario) != "even":
        asked.append("a flighting")
    if scenario.prices:
        asked.append("prices per unit")
    if scenario.reach is not None:
        asked.append("curves that reach further")
    if asked:
        raise ScenarioError(
            f"The scenario '{scenario.name}' asks for {', '.join(asked)}, but '{source.name}' holds curves alone. Run "
            "it on a model, or make a scenario on these curves."
        )


def with_reference(curves: ResponseCurves, reference: Reference) -> ResponseCurves:
    """The curves with the reference that a scenario chooses.

    Raises
    ------
    CurvesError
        If given amounts do not name every channel, or others.
    ScenarioError
        If nothing is known of the year before.
    """
    mark: object
    match reference:
        case LatestReference():
            return curves
        case LastYearReference():
            spends, mark = _a_year_before(curves), {"kind": reference.kind}
        case GivenReference():
            spends, mark = checked_reference(list(curves.channels), reference.spends), reference.spends
    return replace(curves, reference_spend=spends, origin=curves.origin.changed(mark))


def _a_year_before(curves: ResponseCurves) -> Numbers:
    history, horizon = curves.historical_spend, curves.horizon
    if history.empty or horizon is None:
        raise ScenarioError(
            "The reference is the spend of a year before, but these curves do not say what was spent when. Choose the "
            "latest spend, or give the amounts."
        )
    try:
        return history.reindex(years_earlier(history, horizon)).sum()
    except FlightingError as error:
        raise ScenarioError(
            f"The reference is the spend of a year before {horizon}, but history only reaches from "
            f"{history.index[0]:%Y-%m-%d} to {history.index[-1]:%Y-%m-%d}. Choose the latest spend, or give amounts."
        ) from error

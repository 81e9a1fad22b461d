"""Run a scenario: the same calls as the app makes, so the same numbers."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from mmm_groups.curves.extraction import response_curves
from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ScenarioError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.shares import SplitRule
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting
from mmm_groups.model.spend_history import checked_reference
from mmm_groups.numerics.intervals import hdi
from mmm_groups.plan.optimize import optimize
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import split_plan
from mmm_groups.scenario.fields import GivenReference, MemberSplit, PlanSummary, Reference, Source, TableFlighting
from mmm_groups.scenario.move import moved
from mmm_groups.scenario.row_limits import RowLimit, limit_rows, stated_rows
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.sub_channel_limits import stated_on_sets

REPRODUCED = 1e-6
"""Relative to the whole plan: figures that differ by less are the same, computed on another machine."""


def source_of(source: PlanningSource) -> Source:
    """How a scenario names a model or a file of curves."""
    return Source(
        kind="curves" if isinstance(source, CurveFile) else "model",
        name=source.name,
        sha256=source.identity,
        channels=source.channels,
    )


def run_scenario(
    scenario: Scenario,
    source: PlanningSource,
    *,
    mapping: Mapping[str, str | None] | None = None,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """The plan that a scenario asks for; on the same source the same numbers as in the app.

    Parameters
    ----------
    scenario : Scenario
    source : FittedModel or CurveFile
        What the scenario was made on, or another one.
    mapping : mapping, optional
        For a source with other channels: old channel to new one, or to None to leave it out; see `moved`.
    use_cache : bool
        Read curves from the cache folder, and write them there.
    progress : callable
        Called with the name of each long step as it begins.

    Raises
    ------
    ScenarioError
        If the scenario has no goal yet, or the source has other channels and no mapping says what becomes of them.
    MmmGroupsError
        Whatever the window, prices, groups, splits and limits raise on this source.
    """
    if scenario.source.channels != source.channels or mapping is not None:
        scenario = moved(scenario, source_of(source), mapping).scenario
    return plan_on(scenario, scenario_curves(scenario, source, use_cache=use_cache, progress=progress))


def plan_on(scenario: Scenario, curves: ResponseCurves) -> Plan:
    """The plan that a scenario asks for on curves that were read for it; errors as `run_scenario`."""
    if scenario.goal is None:
        raise ScenarioError(f"The scenario '{scenario.name}' has no goal yet. Type the number of its goal and save it.")
    groups = scenario.all_groups(curves.channels)
    limits = scenario.limits_in_force(groups)
    rows = limit_rows(groups, with_channels=scenario.channel_limits)
    stated = stated_rows(rows, lambda name: limits.get(name, RowLimit()), curves.reference_spend)
    on_sets = stated_on_sets(scenario.constraints, limits, groups, scenario.sub_channels, curves.reference_spend)
    plan = optimize(
        curves,
        goal=scenario.goal,
        groups=ChannelGroups(groups),
        method=scenario.method,
        split=split_on(scenario, curves, scenario.splits),
        constraints=[*stated, *on_sets],
        utility=scenario.utility,
    )
    if scenario.resplit is not None:
        plan = split_plan(plan, split_on(scenario, curves, scenario.resplit))
    return replace(plan, interval=scenario.settings.interval)


def split_on(scenario: Scenario, curves: ResponseCurves, splits: tuple[MemberSplit, ...]) -> dict[str, SplitRule]:
    """The split of every group of several channels; even where history gives none and nobody typed one."""
    typed = {frozenset(split.channels): split.shares for split in splits}
    rules: dict[str, SplitRule] = {}
    for name, members in scenario.all_groups(curves.channels).items():
        if len(members) == 1:
            continue
        rule = typed.get(frozenset(members), scenario.default_split)
        has_history = curves.reference_of(members) > 0
        rules[name] = dict.fromkeys(members, 1 / len(members)) if rule == "historical" and not has_history else rule
    return rules


def scenario_curves(
    scenario: Scenario,
    source: PlanningSource,
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda step: None,
) -> ResponseCurves:
    """The curves that a scenario plans on: its window, flighting, prices, reach, reference and parts of channels.

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
            flighting=_flighting(scenario),
            prices=scenario.prices,
            budget=scenario.reach,
            use_cache=use_cache,
            progress=progress,
        )
    else:
        refuse_other_curves(scenario, source)
        curves = source.curves
    return with_reference(curves, scenario.reference).with_subchannels(scenario.sub_channels)


def _flighting(scenario: Scenario) -> Flighting:
    chosen = scenario.flighting
    if isinstance(chosen, TableFlighting):
        return pd.DataFrame(dict(chosen.weights), index=pd.DatetimeIndex(chosen.dates))
    if not chosen.by_channel:
        return chosen.rule
    return dict.fromkeys(scenario.source.channels, chosen.rule) | chosen.by_channel


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
    if isinstance(scenario.flighting, TableFlighting) or _flighting(scenario) != "even":
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
    """The curves with the reference that a scenario gives, if it gives one.

    Raises
    ------
    CurvesError
        If it does not name every channel, or others.
    """
    if not isinstance(reference, GivenReference):
        return curves
    spends = checked_reference(list(curves.channels), reference.spends)
    return replace(curves, reference_spend=spends, origin=curves.origin.changed(reference.spends))


def summary_of(scenario: Scenario, plan: Plan) -> PlanSummary:
    """The figures of a scenario's plan that are kept with it."""
    low, high = (float(end) for end in hdi(plan.response.values, scenario.settings.interval))
    return PlanSummary(
        answers_to=scenario.inputs_hash,
        groups={str(name): _money(spend) for name, spend in plan.spends.items()},
        channels={str(name): _money(spend) for name, spend in plan.channel_spends.items()},
        group_response={str(name): _known(value) for name, value in plan.groups["response"].items()},
        response=float(plan.response.mean()),
        response_low=_known(low),
        response_high=_known(high),
        reference_response=_known(float(plan.reference_response.mean())),
        probability_better=_known(plan.probability_better),
        objective=plan.objective,
        upper_bound=_known(plan.upper_bound),
    )


def departures(summary: PlanSummary, plan: Plan) -> tuple[str, ...]:
    """What in a plan differs from the summary that was kept, in sentences; none if the numbers are the same."""
    found = []
    now = {str(name): float(spend) for name, spend in plan.channel_spends.items()}
    size = max(summary.total, 1e-300)
    for name in dict.fromkeys([*summary.channels, *now]):
        then, spend = summary.channels.get(name, 0.0), now.get(name, 0.0)
        if abs(spend - then) > REPRODUCED * size:
            found.append(f"{name} gets {spend:,.0f}; when the scenario was saved it got {then:,.0f}.")
    response = float(plan.response.mean())
    if abs(response - summary.response) > REPRODUCED * max(abs(summary.response), 1e-300):
        found.append(f"The response is {response:,.0f}; when the scenario was saved it was {summary.response:,.0f}.")
    return tuple(found)


def _money(spend: float) -> float:
    return 0.0 if -1e-6 < spend < 0 else float(spend)  # rounding of the simplex


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

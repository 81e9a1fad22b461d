"""Run a scenario: the same calls as the app makes, so the same numbers."""

from collections.abc import Callable, Mapping

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.plan.plan import Plan
from mmm_groups.scenario.asked_curves import scenario_curves
from mmm_groups.scenario.fields import Source
from mmm_groups.scenario.on_curves import plan_on
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.transfer import transfer


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
        For a source with other channels: old channel to new one, or to None to leave it out; see `transfer`.
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
        scenario = transfer(scenario, source_of(source), mapping).scenario
    return plan_on(scenario, scenario_curves(scenario, source, use_cache=use_cache, progress=progress))

"""What a scenario means on curves: the split of its groups, its limits as constraints, its plan."""

from dataclasses import replace

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ScenarioError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.shares import SplitRule, rules_by_members
from mmm_groups.plan.optimize import optimize
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import split_plan
from mmm_groups.problem.constraints import Constraint
from mmm_groups.scenario.fields import MemberSplit
from mmm_groups.scenario.row_limits import limit_rows, stated_rows
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.sub_channel_limits import constraints_on_split_channels, constraints_on_sums


def split_on(scenario: Scenario, curves: ResponseCurves, splits: tuple[MemberSplit, ...]) -> dict[str, SplitRule]:
    """The split of every group of several channels; even where history gives none and nobody typed one."""
    given: dict[frozenset[str], SplitRule] = {frozenset(split.channels): split.shares for split in splits}
    return rules_by_members(curves, scenario.all_groups(curves.channels), given, scenario.default_split)


def constraints_on(scenario: Scenario, curves: ResponseCurves) -> list[Constraint]:
    """The constraints of the rows, then those on sums of channels.

    Raises
    ------
    ConstraintError
        If a row cannot be met by itself.
    """
    rows = limit_rows(scenario.all_groups(curves.channels), with_channels=scenario.channel_limits)
    limits = scenario.row_limits(rows)
    return stated_rows(rows, limits.__getitem__, curves.reference_spend) + constraints_on_sets(scenario, curves)


def split_channel_constraints(scenario: Scenario, curves: ResponseCurves) -> tuple[Constraint, ...]:
    """What limits typed on channels that are split now mean for their sub-channels together."""
    return constraints_on_split_channels(scenario.split_channel_limits(), scenario.sub_channels, curves.reference_spend)


def constraints_on_sets(scenario: Scenario, curves: ResponseCurves) -> list[Constraint]:
    """Constraints on sums of channels, and the limits typed on split channels; see `constraints_on_sums`."""
    groups = scenario.all_groups(curves.channels)
    limits = scenario.split_channel_limits()
    return constraints_on_sums(scenario.constraints, limits, groups, scenario.sub_channels, curves.reference_spend)


def plan_on(scenario: Scenario, curves: ResponseCurves) -> Plan:
    """The plan that a scenario asks for on curves that were read for it; errors as `run_scenario`."""
    if scenario.goal is None:
        raise ScenarioError(f"The scenario '{scenario.name}' has no goal yet. Type the number of its goal and save it.")
    plan = optimize(
        curves,
        goal=scenario.goal,
        groups=ChannelGroups(scenario.all_groups(curves.channels)),
        method=scenario.method,
        split=split_on(scenario, curves, scenario.splits),
        constraints=constraints_on(scenario, curves),
        utility=scenario.utility,
    )
    if scenario.resplit is not None:
        plan = split_plan(plan, split_on(scenario, curves, scenario.resplit))
    return replace(plan, interval=scenario.settings.interval)

"""What typing changes: functions that make the next scenario out of one.

They leave the values as they were typed, so that nothing half typed is lost; `checked` says whether they can be stored.
"""

from collections.abc import Mapping
from typing import Literal

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import ConstraintError
from mmm_groups.problem.goals import FixedBudget, Goal
from mmm_groups.scenario.fields import Kept, LimitRow, MemberSplit, RowKey, RuleFlighting, TableFlighting
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.sub_channel_limits import in_force_and_at_rest

Shares = Mapping[str, float] | Literal["historical", "marginal_roi"]


def checked(scenario: Scenario) -> Scenario:
    """The scenario as a document says it.

    Raises
    ------
    ScenarioError, MmmGroupsError
        If something in it cannot be stored; the text names what.
    """
    return Scenario(**scenario.model_dump())


def changed(scenario: Scenario, **fields: object) -> Scenario:
    """The scenario with other values in some fields."""
    if unknown := sorted(set(fields) - set(Scenario.model_fields)):
        raise TypeError(f"A scenario has no {unknown}.")
    return scenario.model_copy(update=fields)


def with_kept(scenario: Scenario, **fields: object) -> Scenario:
    """The scenario with other values among those that are not in force."""
    if unknown := sorted(set(fields) - set(Kept.model_fields)):
        raise TypeError(f"A scenario keeps no {unknown}.")
    return changed(scenario, kept=scenario.kept.model_copy(update=fields))


def with_goal(scenario: Scenario, inputs: GoalInputs, budget: float) -> Scenario:
    """The scenario with the goal and the utility that are chosen; it has no goal while its number is not typed."""
    goal: Goal | None
    try:
        goal = inputs.goal(budget)
    except ConstraintError:
        goal = None
    kept = None if isinstance(goal, FixedBudget) else budget
    chosen = changed(scenario, goal=goal, utility=inputs.chosen_utility())
    return with_kept(chosen, goal_inputs=inputs, budget=kept)


def with_flighting(
    scenario: Scenario, chosen: RuleFlighting | TableFlighting, table: TableFlighting | None = None
) -> Scenario:
    """The scenario with another flighting; `table` is the planner's own, kept while a rule is chosen."""
    kept = None if isinstance(chosen, TableFlighting) else table
    return with_kept(changed(scenario, flighting=chosen), flighting=kept)


def typed_limits(scenario: Scenario) -> dict[RowKey, RowLimit]:
    """What is typed in every row of limits, also in those of parts of channels that are not split now."""
    return {(row.of, row.key): row.limit for row in (*scenario.limits, *scenario.kept.limits)}


def with_limits(scenario: Scenario, limits: Mapping[RowKey, RowLimit]) -> Scenario:
    """The scenario with these limits in its rows, and no others; those of parts that are not there now are kept."""
    there = {*scenario.source.channels, *scenario.channels}
    rows = [LimitRow.model_construct(of=of, key=key, limit=limit) for (of, key), limit in limits.items()]
    in_force = tuple(row for row in rows if row.of == "group" or row.key in there)
    resting = tuple(row for row in rows if row.of == "channel" and row.key not in there)
    return with_kept(changed(scenario, limits=in_force), limits=resting)


def with_channels_split(scenario: Scenario, assumed: tuple[SubChannels, ...]) -> Scenario:
    """The scenario with these channels split into parts; limits on parts that are gone are kept until they are back."""
    new = changed(scenario, sub_channels=assumed)
    known = {*new.channels, *new.source.channels}
    holds, resting = in_force_and_at_rest([*scenario.constraints, *scenario.kept.constraints], known)
    new = with_kept(changed(new, constraints=tuple(holds)), constraints=tuple(resting))
    return with_limits(new, typed_limits(scenario))


def with_split(
    scenario: Scenario,
    channels: tuple[str, ...],
    *,
    shares: Shares | None = None,
    locked: tuple[str, ...] | None = None,
) -> Scenario:
    """The scenario with other shares, or other locked ones, of the group with exactly these channels."""
    old = scenario.split_of(channels)
    split = MemberSplit.model_construct(
        channels=channels if old is None else old.channels,
        shares=(old.shares if old else "historical") if shares is None else _plain(shares),
        locked=(old.locked if old else ()) if locked is None else locked,
    )
    splits = {frozenset(one.channels): one for one in scenario.splits} | {frozenset(channels): split}
    if split.shares == "historical" and not split.locked:
        del splits[frozenset(channels)]
    return changed(scenario, splits=tuple(splits.values()))


def _plain(shares: Shares) -> dict[str, float] | Literal["historical", "marginal_roi"]:
    return shares if isinstance(shares, str) else dict(shares)

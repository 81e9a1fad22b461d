"""Curves and plans on the command line."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import date

from mmm_groups.command_line.amounts import amount
from mmm_groups.command_line.exporting import export_form, exported
from mmm_groups.command_line.options import channels_of, pairs, source_named
from mmm_groups.command_line.outcome import DEPARTED, DONE, OutputError, plan_text, progress, put, tell
from mmm_groups.command_line.saved_scenarios import scenario_from
from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.errors import ConstraintError, ScenarioError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.constraints import Constraint, ConstraintBuilder
from mmm_groups.problem.goals import FixedBudget, Goal, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.problem.utilities import MEAN, ConditionalValueAtRisk, Quantile, StatedUtility
from mmm_groups.scenario.asked_curves import scenario_curves
from mmm_groups.scenario.document import scenario_json
from mmm_groups.scenario.fields import Group, RuleFlighting, Window
from mmm_groups.scenario.on_curves import plan_on
from mmm_groups.scenario.run import source_of
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.summary import departures, summary_of
from mmm_groups.scenario.transfer import transfer


def run(asked: Namespace) -> int:
    """Run a scenario, show its plan, and say where its figures depart from the saved ones."""
    stored = scenario_from(asked.scenario)
    scenario, plan = _planned(stored, asked)
    put(plan_text(plan), None)
    # Figures that answer to other inputs, or to other channels, are not those of this question.
    is_same = stored.summary is not None and not stored.is_stale and stored.source == scenario.source
    found = departures(stored.summary, plan) if is_same and stored.summary is not None else ()
    for sentence in found:
        tell(sentence)
    if asked.check and not is_same:
        raise ScenarioError(
            f"The scenario '{stored.name}' holds no figures for these inputs on these channels, so there is nothing to "
            "check against. Run it with --output and check that file."
        )
    if asked.output is not None:
        put(_with_figures(scenario, plan), asked.output)
    return DEPARTED if asked.check and found else DONE


def optimize_model(asked: Namespace) -> int:
    """Find the best plan from options."""
    source = source_named(asked)
    scenario = _typed(asked, source)
    plan = plan_on(scenario, scenario_curves(scenario, source, progress=progress))
    put(plan_text(plan), None)
    if asked.output is not None:
        put(_with_figures(scenario, plan), asked.output)
    return DONE


def curves(asked: Namespace) -> int:
    """Read curves into a file."""
    source = source_named(asked)
    read = scenario_curves(_asked_of(asked, source), source, progress=progress)
    try:
        read.save(asked.output)
    except OSError as error:
        raise OutputError(f"'{asked.output}' cannot be written: {error}. Name another file with --output.") from error
    tell(f"Wrote {asked.output}.")
    return DONE


def export(asked: Namespace) -> int:
    """Write a scenario's plan in the form that the file's ending or `--format` names."""
    form = export_form(asked.format, asked.output)
    scenario, plan = _planned(scenario_from(asked.scenario), asked)
    put(exported(form, asked.table, scenario, plan), asked.output)
    return DONE


def _planned(stored: Scenario, asked: Namespace) -> tuple[Scenario, Plan]:
    """A scenario as it reads on the named source, and its plan there; what was left out is told."""
    source = source_named(asked)
    scenario = stored
    mapping = {**pairs(asked.map, "--map", "OLD=NEW"), **dict.fromkeys(asked.leave_out)}
    if mapping or stored.source.channels != source.channels:
        made = transfer(stored, source_of(source), mapping or None)
        scenario = made.scenario
        for sentence in made.changes:
            tell(sentence)
    elif stored.source.sha256 != source.identity:
        tell(f"'{source.name}' is not the file that '{stored.name}' was made on, but has the same channels.")
        scenario = stored.model_copy(update={"source": source_of(source)})
    return scenario, plan_on(scenario, scenario_curves(scenario, source, progress=progress))


def _with_figures(scenario: Scenario, plan: Plan) -> str:
    return scenario_json(scenario.model_copy(update={"summary": summary_of(scenario, plan)}), indent=2)


def _asked_of(asked: Namespace, source: PlanningSource) -> Scenario:
    """What options ask of the curves."""
    if (asked.start is None) != (asked.end is None):
        raise ScenarioError("Give --start and --end together, or neither for the window after the data.")
    window = None
    if asked.start is not None:
        window = Window(start=_date(asked.start), end=_date(asked.end))
    elif isinstance(source, FittedModel):
        horizon = source.next_horizon()
        window = Window(start=horizon.start.date(), end=horizon.end.date())
    return Scenario(
        name="Plan",
        source=source_of(source),
        window=window,
        flighting=RuleFlighting(rule=asked.flighting),
        reach=asked.reach,
    )


def _typed(asked: Namespace, source: PlanningSource) -> Scenario:
    groups = pairs(asked.group, "--group", "NAME=A,B")
    return Scenario(
        **_asked_of(asked, source).model_dump()
        | {
            "name": asked.name,
            "groups": [
                Group(id=f"g{place + 1}", name=name, color=place % 10, channels=channels_of(name, listed))
                for place, (name, listed) in enumerate(groups.items())
            ],
            "method": asked.method,
            "default_split": asked.split,
            "goal": _goal(asked),
            "utility": _utility(asked),
            "constraints": _constraints(asked),
        }
    )


def _goal(asked: Namespace) -> Goal:
    if asked.budget is not None:
        return FixedBudget(asked.budget)
    if asked.target_roi is not None:
        return TargetRoi(asked.target_roi)
    if asked.target_mroi is not None:
        return TargetMarginalRoi(asked.target_mroi)
    if asked.target_response is not None:
        return TargetResponse(asked.target_response)
    return MaxProfit(asked.max_profit)


def _utility(asked: Namespace) -> StatedUtility:
    if asked.quantile is not None:
        return Quantile(asked.quantile)
    return MEAN if asked.cvar is None else ConditionalValueAtRisk(asked.cvar)


def _constraints(asked: Namespace) -> list[Constraint]:
    least, most = _amounts(asked.min, "--min"), _amounts(asked.max, "--max")
    bounds = [
        ConstraintBuilder.spend_bounds(name, least.get(name), most.get(name)) for name in dict.fromkeys([*least, *most])
    ]
    return [*bounds, *(ConstraintBuilder.lock(*pair) for pair in _amounts(asked.lock, "--lock").items())]


def _amounts(given: Sequence[str], option: str) -> dict[str, float]:
    found = {}
    for name, text in pairs(given, option, "NAME=MONEY").items():
        try:
            found[name] = amount(text)
        except ArgumentTypeError as error:
            raise ConstraintError(f"{option} {name}={text}: {error}") from error
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(f"'{text}' is no date. Write it like 2026-01-05.") from error

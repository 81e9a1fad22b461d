"""Two to four scenarios side by side: what was typed differently, what is spent, and how sure the difference is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmm_groups.errors import ScenarioError
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.constraints import ChangeBounds, Constraint
from mmm_groups.problem.goals import FixedBudget
from mmm_groups.problem.limits import limits_of
from mmm_groups.scenario.fields import MemberSplit, RuleFlighting, TableFlighting
from mmm_groups.scenario.references import GivenReference, LastYearReference
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

FEWEST, MOST = 2, 4
UNKNOWN_DRAWS = "the curves hold no draws"
OTHER_DRAWS = "the plans come from different models, whose draws do not belong together"


@dataclass(frozen=True)
class Run:
    """A scenario with the plan that it gave."""

    scenario: Scenario
    plan: Plan

    @property
    def draws_key(self) -> str:
        """Equal for plans whose draws are the same posterior samples, one by one."""
        return self.plan.problem.channel_curves.origin.model_hash or self.scenario.source.sha256


@dataclass(frozen=True)
class Difference:
    """Response of one plan minus that of another, draw by draw.

    Attributes
    ----------
    first, second : str
        Names of the scenarios.
    mean : float
        Mean response of the first less that of the second, in units of the target.
    low, high : float
        Highest-density interval of the difference; NaN if it is unknown.
    probability_first_better, probability_second_better : float
        Share of draws in which that one earns strictly more; NaN if it is unknown. Draws in which both earn the same
        count for neither.
    unknown : str
        Why the interval and the probability are unknown; empty if they are known.
    """

    first: str
    second: str
    mean: float
    low: float
    high: float
    probability_first_better: float
    probability_second_better: float
    unknown: str = ""

    @property
    def turned(self) -> "Difference":
        """The same pair seen from the second one's side."""
        return Difference(
            self.second,
            self.first,
            -self.mean,
            -self.high,
            -self.low,
            self.probability_second_better,
            self.probability_first_better,
            self.unknown,
        )


@dataclass(frozen=True)
class ScenarioComparison:
    """What `compare_scenarios` finds; scenarios are columns, or rows of `totals`, in the order given.

    Attributes
    ----------
    inputs : pd.DataFrame, inputs x scenarios
        What was typed, in words, where it differs; empty text where a scenario has no such input.
    group_spends, channel_spends : pd.DataFrame, names x scenarios
        In currency over the window; NaN where a scenario has no such group or channel.
    channel_responses : pd.DataFrame, channels x scenarios
        Mean response, in units of the target.
    totals : pd.DataFrame, indexed by scenario
        spend, response with its interval, roi.
    differences : tuple[Difference, ...]
        For each pair, the earlier scenario first.
    """

    inputs: pd.DataFrame
    group_spends: pd.DataFrame
    channel_spends: pd.DataFrame
    channel_responses: pd.DataFrame
    totals: pd.DataFrame
    differences: tuple[Difference, ...]

    def difference(self, first: str, second: str) -> Difference:
        """The difference of one pair in the order asked for.

        Raises
        ------
        ScenarioError
            If there is no such pair.
        """
        for found in self.differences:
            if (found.first, found.second) == (first, second):
                return found
            if (found.first, found.second) == (second, first):
                return found.turned
        raise ScenarioError(f"'{first}' and '{second}' are not compared here; {list(self.totals.index)} are.")


def compare_scenarios(runs: Sequence[Run], interval: float | None = None) -> ScenarioComparison:
    """Compare two to four scenarios.

    Parameters
    ----------
    runs : sequence of Run
    interval : float, optional
        Mass of the intervals; default: that of the first scenario's settings.

    Raises
    ------
    ScenarioError
        If there are fewer than two or more than four, two have one name, or their outcomes differ.
    """
    runs = list(runs)
    names = [run.scenario.name for run in runs]
    if not FEWEST <= len(runs) <= MOST:
        raise ScenarioError(f"{FEWEST} to {MOST} scenarios can be compared; these are {len(runs)}.")
    if len(set(names)) < len(names):
        raise ScenarioError(f"Two of the scenarios {names} have one name. Rename one, so that they can be told apart.")
    targets = list(dict.fromkeys(run.plan.target for run in runs))
    if len(targets) > 1:
        raise ScenarioError(f"The scenarios plan for different outcomes, {targets}, so their responses do not compare.")
    mass = runs[0].scenario.settings.interval if interval is None else interval
    by_channel = {name: run.plan.channels["response"] for name, run in zip(names, runs, strict=True)}
    return ScenarioComparison(
        inputs=inputs_that_differ([run.scenario for run in runs]),
        group_spends=_beside({name: run.plan.spends for name, run in zip(names, runs, strict=True)}, "group"),
        channel_spends=_beside({name: r.plan.channel_spends for name, r in zip(names, runs, strict=True)}, "channel"),
        channel_responses=_beside(by_channel, "channel"),
        totals=pd.DataFrame([_total(run, mass) for run in runs], index=pd.Index(names, name="scenario")),
        differences=tuple(_difference(first, second, mass) for first, second in combinations(runs, 2)),
    )


def inputs_that_differ(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """What was typed differently, in words: inputs x scenarios, one column a scenario."""
    typed = {scenario.name: typed_in_words(scenario) for scenario in scenarios}
    rows = list(dict.fromkeys(row for inputs in typed.values() for row in inputs))
    table = pd.DataFrame(
        {name: [inputs.get(row, "") for row in rows] for name, inputs in typed.items()},
        index=pd.Index(rows, name="input"),
        dtype=object,
    )
    return table[[len(set(values)) > 1 for values in table.to_numpy().tolist()]]


def typed_in_words(scenario: Scenario) -> dict[str, MarkedText]:
    """Every input that a plan depends on, by name, in words."""
    found = {"Planned on": f"{scenario.source.name} ({scenario.source.sha256[:8]})"}
    if scenario.window is not None:
        found["Window"] = f"{scenario.window.start} to {scenario.window.end}"
    found["Flighting"] = _flighting_in_words(scenario.flighting)
    found |= {f"Price per unit of {name}": f"{marked(price):.6g}" for name, price in sorted(scenario.prices.items())}
    if scenario.reach is not None:
        found["Curves reach"] = f"{marked_amount(scenario.reach)} each"
    groups = scenario.all_groups()
    found |= {f"Group {name}": ", ".join(inside) for name, inside in groups.items() if inside != (name,)}
    found["Method"] = scenario.method.replace("_", " ")
    found["Split"] = scenario.default_split.replace("_", " ")
    found |= _splits_in_words("Split of", scenario.splits, groups)
    found |= _splits_in_words("Final split of", scenario.resplit or (), groups)
    found["Goal"] = "none yet" if scenario.goal is None else _stated(scenario.goal)
    found["Utility"] = _stated(scenario.utility)
    stated = [_limit_in_words(item, groups) for item in scenario.constraints]
    stated += [_row_in_words(name, limit) for name, limit in scenario.limits_in_force(groups).items()]
    if stated:
        found["Limits"] = "; ".join(sorted(stated, key=MarkedText))
    if isinstance(scenario.reference, GivenReference):
        amounts = ", ".join(f"{name} {marked_amount(spend)}" for name, spend in scenario.reference.spends.items())
        found["Reference"] = f"{scenario.reference.of}: {amounts}" if scenario.reference.of else amounts
    elif isinstance(scenario.reference, LastYearReference):
        found["Reference"] = "the same dates a year before"
    found["Interval"] = f"{marked(scenario.settings.interval):.0%}"
    return {name: MarkedText(text) for name, text in found.items()}


def _flighting_in_words(flighting: RuleFlighting | TableFlighting) -> str:
    if isinstance(flighting, TableFlighting):
        mark = f"{marked(sum(map(sum, flighting.weights.values()))):,.6g}"
        return f"own table for {', '.join(flighting.weights)}; its numbers add up to {mark}"
    exceptions = [f"{name} {rule}" for name, rule in flighting.by_channel.items() if rule != flighting.rule]
    return "; ".join([flighting.rule, *exceptions]).replace("_", " ")


def _splits_in_words(what: str, splits: tuple[MemberSplit, ...], groups: dict[str, tuple[str, ...]]) -> dict[str, str]:
    of = {frozenset(inside): name for name, inside in groups.items()}
    return {
        f"{what} {of[frozenset(split.channels)]}": split.shares.replace("_", " ")
        if isinstance(split.shares, str)
        else ", ".join(f"{channel} {marked(share):.4%}" for channel, share in sorted(split.shares.items()))
        for split in splits
        if frozenset(split.channels) in of
    }


def _stated(statement: object) -> str:
    """A goal or a utility in words: its kind and its numbers."""
    values = {name: value for name, value in dict(statement).items() if value is not None}  # type: ignore[call-overload]
    kind = str(values.pop("kind")).replace("_", " ")
    numbers = ", ".join(f"{name.replace('_', ' ')} {marked(value):,.10g}" for name, value in values.items())
    return f"{kind}: {numbers}" if numbers else kind


def _limit_in_words(constraint: Constraint, groups: dict[str, tuple[str, ...]]) -> str:
    if isinstance(constraint, ChangeBounds):
        ends = [f"{marked(end):+.4%}" if end is not None else "open" for end in (constraint.lower, constraint.upper)]
        return f"{', '.join(constraint.channels)} from {ends[0]} to {ends[1]} of the reference"
    # The goal only adds limits of the budget, which are told apart: any goal does.
    stated = limits_of(FixedBudget(0.0), [constraint], groups)
    return "; ".join(limit.label.marked for limit in stated if not limit.is_on_budget)


def _row_in_words(name: str, limit: RowLimit) -> str:
    if limit.unit == "change":
        ends = [f"{marked(end):+.6g} %" if end is not None else "open" for end in (limit.lower, limit.upper)]
        return f"{name} from {ends[0]} to {ends[1]} of the reference"
    if limit.lower == limit.upper:
        return f"{name} locked at {marked(limit.lower):,.10g}"
    ends = [
        f"{word} {marked(end):,.10g}"
        for word, end in (("at least", limit.lower), ("at most", limit.upper))
        if end is not None
    ]
    return f"{name} {' and '.join(ends)}"


def _beside(columns: dict[str, Numbers], what: str) -> pd.DataFrame:
    rows = list(dict.fromkeys(str(name) for column in columns.values() for name in column.index))
    return pd.DataFrame({name: column.reindex(rows) for name, column in columns.items()}, index=rows).rename_axis(what)


def _total(run: Run, mass: float) -> dict[str, float]:
    draws = run.plan.response.values
    low, high = hdi(draws, mass)
    mean, spend = float(draws.mean()), run.plan.total
    return {
        "spend": spend,
        "response": mean,
        "response_low": float(low),
        "response_high": float(high),
        "roi": mean / spend if spend > 0 else float("nan"),
    }


def _difference(first: Run, second: Run, mass: float) -> Difference:
    ours: NDArray[np.float64] = first.plan.response.values
    theirs: NDArray[np.float64] = second.plan.response.values
    names = first.scenario.name, second.scenario.name
    mean = float(ours.mean() - theirs.mean())
    nan = float("nan")
    if not (first.plan.has_draws and second.plan.has_draws):
        return Difference(*names, mean, nan, nan, nan, nan, UNKNOWN_DRAWS)
    if first.draws_key != second.draws_key or len(ours) != len(theirs):
        return Difference(*names, mean, nan, nan, nan, nan, OTHER_DRAWS)
    low, high = hdi(ours - theirs, mass)
    better, worse = float((ours > theirs).mean()), float((ours < theirs).mean())
    return Difference(*names, mean, float(low), float(high), better, worse)

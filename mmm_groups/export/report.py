"""What a report on a plan says, whatever its form: figures, sentences, inputs."""

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from mmm_groups.evaluation.consistency import ConsistencyReport
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.assumptions import assumptions_of
from mmm_groups.plan.explain import limit_sentences, reference_sentence, sentences_of
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.uplift import roi_of, uplift_of
from mmm_groups.problem.goals import FixedBudget, Goal, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.problem.utilities import cases_of
from mmm_groups.scenario.comparison import typed_in_words
from mmm_groups.scenario.scenario import Scenario

Unit = Literal["money", "response", "ratio", "share"]


@dataclass(frozen=True)
class Headline:
    """One figure that a report begins with.

    Attributes
    ----------
    label : str
    value : float
        NaN where it is unknown.
    unit : Unit
        Currency, units of the target, response per currency, or a share of 1.
    low, high : float
        Ends of its interval; NaN where there is none.
    is_change : bool
        True for a difference, which is written with its sign.
    """

    label: str
    value: float
    unit: Unit
    low: float = math.nan
    high: float = math.nan
    is_change: bool = False


@dataclass(frozen=True)
class PlanReport:
    """A plan with everything that a report says about it.

    Attributes
    ----------
    plan : Plan
    consistency : ConsistencyReport or None
        None where its search was not asked for: then the report says so.
    source : str
        Name of the model or the file of curves.
    made : datetime
        When the report was made, with its time zone.
    currency : str
        Symbol put before money.
    title : str
    scenario : Scenario or None
        What the planner typed; without it the inputs are read off the plan.
    media_plan : PlanEvaluation, MarkedText or None
        The media plan that stands beside it, or why that cannot be evaluated.
    """

    plan: Plan
    consistency: ConsistencyReport | None
    source: str
    made: datetime
    currency: str = ""
    title: str = "Budget plan"
    scenario: Scenario | None = None
    media_plan: PlanEvaluation | MarkedText | None = None

    @property
    def target(self) -> str:
        """Name of the outcome."""
        return self.plan.target

    @property
    def fingerprint(self) -> str:
        """Identifies the model file, or else the curves; empty for curves that nobody can name."""
        curves = self.plan.problem.channel_curves
        if curves.origin.model_hash:
            return curves.origin.model_hash
        return curves.origin.fingerprint if self.scenario is None else self.scenario.source.sha256

    @property
    def window(self) -> str:
        """The planning window in words."""
        horizon = self.plan.problem.channel_curves.horizon
        return f"{horizon} ({horizon.periods} dates)" if horizon else "the curves' own window"

    @cached_property
    def headlines(self) -> tuple[Headline, ...]:
        """Spend, response, change against the reference and its probability, ROI, and what grouping gives up."""
        plan = self.plan
        low, high = hdi(plan.response.values, plan.interval)
        change = uplift_of(plan)
        cost = math.nan if self.consistency is None else self.consistency.cost_of_grouping
        return (
            Headline("Spend", plan.total, "money"),
            Headline("Response", float(plan.response.mean()), "response", float(low), float(high)),
            Headline("Against the reference", change.mean, "response", change.low, change.high, is_change=True),
            Headline("P(better than the reference)", plan.probability_better, "share"),
            Headline("ROI", roi_of(plan), "ratio"),
            Headline(f"Grouping gives up{MarkedText(cases_of(plan.problem.utility))}", cost, "response"),
        )

    @property
    def reference_sentence(self) -> str:
        """What the plan brings against the reference, in one sentence."""
        return reference_sentence(self.plan, self.currency)

    @cached_property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """(group, why it gets what it gets); the first one is on the budget, under an empty name."""
        budget, *groups = sentences_of(self.plan, self.currency)
        named = zip(map(str, self.plan.groups.index), groups, strict=True)
        return (("", budget), *((name, text.removeprefix(f"**{name}** ")) for name, text in named))

    @cached_property
    def limits(self) -> tuple[str, ...]:
        """What loosening each limit that holds the plan would bring, dearest first."""
        return tuple(limit_sentences(self.plan, self.currency))

    @cached_property
    def assumptions(self) -> dict[str, MarkedText]:
        """Topic to sentence."""
        return assumptions_of(self.plan)

    @cached_property
    def inputs(self) -> dict[str, str]:
        """What the planner typed, by name, in words."""
        if self.scenario is not None:
            notes = {"Notes": self.scenario.notes} if self.scenario.notes else {}
            return {"Scenario": self.scenario.name, **typed_in_words(self.scenario), **notes}
        problem = self.plan.problem
        groups = problem.groups
        return {
            "Planned on": self.source,
            "Window": self.window,
            **{f"Group {name}": ", ".join(inside) for name, inside in groups.items() if inside != (name,)},
            "Method": problem.group_curves.method.replace("_", " "),
            "Goal": goal_in_words(problem.goal, self.currency, self.target),
            "Limits": "; ".join(limit.label for limit in problem.limits if limit.named) or "none",
        }


def goal_in_words(goal: Goal, currency: str, target: str) -> MarkedText:
    """A goal with its numbers."""
    least, most = (None, None) if isinstance(goal, FixedBudget) else (goal.min_budget, goal.max_budget)
    ends = [] if least is None else [f"with a budget of at least {currency}{marked_exactly(least)}"]
    ends += [] if most is None else [f"with a budget of at most {currency}{marked_exactly(most)}"]
    match goal:
        case FixedBudget(total=total):
            said = f"the most response for a budget of {currency}{marked_exactly(total)}"
        case TargetRoi(value=value):
            said = f"the most response at an ROI of at least {marked_exactly(value)}"
        case TargetMarginalRoi(value=value):
            said = f"spend while the next unit of money brings at least {marked_exactly(value)}"
        case TargetResponse(value=value):
            said = f"the least money that reaches {marked_exactly(value)} {target}"
        case MaxProfit(margin=margin):
            said = f"the largest profit at {currency}{marked_exactly(margin)} for each unit of response"
    return MarkedText(", ".join([said, *ends]))

"""An optimised plan as a planner keeps it, with everything about it that is worked out once, and only if asked for."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd

from mmm_groups.errors import MmmGroupsError
from mmm_groups.evaluation.consistency import ConsistencyReport, consistency
from mmm_groups.evaluation.pymc_comparison import Comparison
from mmm_groups.evaluation.stability import HonestUplift, Stability, honest_uplift, stability
from mmm_groups.groups.shares import SplitRule
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.explain import limit_sentences, sentences_of
from mmm_groups.plan.frontier import Frontier, frontier_of, totals_around
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import best_shares
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.suggestions.sweep import Sweep

ResultView = Literal["spend", "response", "budgets", "certainty"]

_LONG = 1.5  # seconds: what solves again many times would hold up the page beyond this
_BUDGETS, _FEW_BUDGETS = 25, 7


@dataclass
class Answers:
    """What was asked about one plan and takes long; None until it is asked.

    Attributes
    ----------
    verified : ConsistencyReport or None
        The report with the model's own evaluation.
    compared : Comparison or None
        PyMC-Marketing's optimiser on the same question.
    frontier : Frontier or None
        The best plans of other budgets.
    told : dict
        Currency to sentences.
    """

    verified: ConsistencyReport | None = None
    compared: Comparison | None = None
    frontier: Frontier | None = None
    told: dict[str, tuple[list[MarkedText], list[MarkedText]]] = field(default_factory=dict)


@dataclass
class WhatIf:
    """Where the planner moved a plan's money to, to see the price.

    Attributes
    ----------
    tenths : list of int or None
        Shares of the plan's money by group, in tenths of a percent; None: nothing is moved.
    locked : tuple of int
        Rows whose sliders are locked.
    partner : str or None
        The group that gives and takes; None: all others do, in proportion.
    key : str
        Names this plan's sliders: what the browser still sends about an older plan is no news about this one.
    """

    tenths: list[int] | None = None
    locked: tuple[int, ...] = ()
    partner: str | None = None
    key: str = field(default_factory=lambda: f"what-if {uuid.uuid4().hex}")


@dataclass(frozen=True)
class Result:
    """An optimised plan, with the inputs it answers to.

    Attributes
    ----------
    plan : Plan
    inputs : tuple
        What was typed.
    split : dict
        The shares of every group that does not follow history.
    seconds : float
        How long the optimiser took.
    answers : Answers
        What takes long and was asked for.
    what_if : WhatIf
        Where the planner moved this plan's money to.
    """

    plan: Plan
    inputs: tuple[object, ...]
    split: dict[str, SplitRule]
    seconds: float = 0.0
    answers: Answers = field(default_factory=Answers, compare=False)
    what_if: WhatIf = field(default_factory=WhatIf, compare=False)

    @property
    def is_slow(self) -> bool:
        """True if solving again takes so long that it is only done when asked for."""
        problem = self.plan.problem
        is_mean = isinstance(problem.utility, MeanResponse)
        return problem.channel_curves.is_conditional or not is_mean or self.seconds > _LONG

    @cached_property
    def report(self) -> ConsistencyReport:
        """The plan's consistency, worked out once."""
        return consistency(self.plan)

    @property
    def has_report(self) -> bool:
        """True if the report is there, or takes no time."""
        return "report" in self.__dict__ or not self.is_slow

    @cached_property
    def best(self) -> dict[str, pd.Series]:
        """Group to its best shares at its spend in the plan, worked out once for all groups of several channels."""
        groups = self.plan.problem.groups
        return {name: best_shares(self.plan, name) for name, inside in groups.items() if len(inside) > 1}

    @cached_property
    def honest(self) -> HonestUplift | str:
        """The uplift without the optimiser's curse, or why there is none."""
        try:
            return honest_uplift(self.plan)
        except MmmGroupsError as error:
            return error.text

    @property
    def has_honest(self) -> bool:
        """True if the honest uplift is there, or takes no time."""
        return "honest" in self.__dict__ or not self.is_slow

    @cached_property
    def stability(self) -> Stability:
        """The best plans of single draws; raises MmmGroupsError where there is none."""
        return stability(self.plan)

    def sentences(self, currency: str) -> tuple[list[MarkedText], list[MarkedText]]:
        """Why the plan is as it is, and what its limits are worth, in sentences; worked out once a currency."""
        told = self.answers.told
        if currency not in told:
            told[currency] = (sentences_of(self.plan, currency), limit_sentences(self.plan, currency))
        return told[currency]

    def frontier(self, progress: Callable[[float], None] | None = None) -> Frontier:
        """The best plans of other budgets; raises MmmGroupsError where there is none."""
        if self.answers.frontier is None:
            totals = totals_around(self.plan, _FEW_BUDGETS if self.is_slow else _BUDGETS)
            self.answers.frontier = frontier_of(self.plan, totals, progress)
        return self.answers.frontier


@dataclass(frozen=True)
class KeptSweep:
    """A finished sweep, with the inputs it answers to: others make it stale."""

    sweep: Sweep
    inputs: str
    seconds: float

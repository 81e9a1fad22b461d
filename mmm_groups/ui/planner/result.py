"""An optimised plan as a planner has it, with what is worked out about it once, and only if somebody asks."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from mmm_groups.errors import MmmGroupsError
from mmm_groups.evaluation.consistency import ConsistencyReport, consistency
from mmm_groups.evaluation.pymc_comparison import Comparison
from mmm_groups.evaluation.stability import HonestUplift, Stability, honest_uplift, stability
from mmm_groups.groups.shares import SplitRule
from mmm_groups.numerics.labelled import Numbers
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.optimizer.out_of_reach import takes_a_search
from mmm_groups.plan.elbow_room import elbow_room
from mmm_groups.plan.explain import limit_sentences, sentences_of
from mmm_groups.plan.frontier import Frontier, frontier_of, totals_around
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import best_shares
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.suggestions.sweep import Sweep

ResultView = Literal["spend", "response", "budgets", "certainty"]

_LONG = 1.5  # seconds: what solves again many times would hold up the page beyond this
_LONG_AT_A_DRAG = 0.1  # seconds: the same for what is solved some times at every step of a drag
_BUDGETS, _FEW_BUDGETS = 25, 7


@dataclass
class Answers:
    """What was worked out about one plan so far; None until it is asked for.

    Attributes
    ----------
    report : ConsistencyReport or None
        The plan's consistency.
    verified : ConsistencyReport or None
        The report with the model's own evaluation.
    compared : Comparison or None
        PyMC-Marketing's optimiser on the same question.
    best : dict or None
        Group of several channels to its best shares at its spend in the plan.
    honest : HonestUplift, MarkedText or None
        The uplift without the optimiser's curse, or why there is none.
    stability : Stability or None
        The best plans of single draws.
    frontier : Frontier or None
        The best plans of other budgets.
    sentences : dict
        Currency to why the plan is as it is, and what its limits are worth.
    rooms : dict
        Share of the response that may be given up to each group's elbow room.
    """

    report: ConsistencyReport | None = None
    verified: ConsistencyReport | None = None
    compared: Comparison | None = None
    best: dict[str, Numbers] | None = None
    honest: HonestUplift | MarkedText | None = None
    stability: Stability | None = None
    frontier: Frontier | None = None
    sentences: dict[str, tuple[list[MarkedText], list[MarkedText]]] = field(default_factory=dict)
    rooms: dict[float, pd.DataFrame] = field(default_factory=dict)


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
    worth : tuple of (list of int, float) or None
        What a move is worth in budget, with the shares that it was worked out for, where that takes a search.
    """

    tenths: list[int] | None = None
    locked: tuple[int, ...] = ()
    partner: str | None = None
    key: str = field(default_factory=lambda: f"what-if {uuid.uuid4().hex}")
    worth: tuple[list[int], float] | None = None


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
        What was worked out about it so far.
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

    @property
    def takes_long_to_price(self) -> bool:
        """True if what a move is worth waits until it is asked for: it is solved for at every step of a drag."""
        return self.is_slow or (self.seconds > _LONG_AT_A_DRAG and takes_a_search(self.plan.problem))

    @property
    def report(self) -> ConsistencyReport:
        """The plan's consistency."""
        if self.answers.report is None:
            self.answers.report = consistency(self.plan)
        return self.answers.report

    @property
    def has_report(self) -> bool:
        """True if the report is there, or takes no time."""
        return self.answers.report is not None or not self.is_slow

    @property
    def best(self) -> dict[str, Numbers]:
        """Group of several channels to its best shares at its spend in the plan."""
        if self.answers.best is None:
            groups = self.plan.problem.groups
            self.answers.best = {name: best_shares(self.plan, name) for name in groups if len(groups[name]) > 1}
        return self.answers.best

    @property
    def honest(self) -> HonestUplift | MarkedText:
        """The uplift without the optimiser's curse, or why there is none."""
        if self.answers.honest is None:
            try:
                self.answers.honest = honest_uplift(self.plan)
            except MmmGroupsError as error:
                self.answers.honest = error.text
        return self.answers.honest

    @property
    def has_honest(self) -> bool:
        """True if the honest uplift is there, or takes no time."""
        return self.answers.honest is not None or not self.is_slow

    @property
    def stability(self) -> Stability:
        """The best plans of single draws; raises MmmGroupsError where there is none."""
        if self.answers.stability is None:
            self.answers.stability = stability(self.plan)
        return self.answers.stability

    def sentences(self, currency: str) -> tuple[list[MarkedText], list[MarkedText]]:
        """Why the plan is as it is, and what its limits are worth, in sentences."""
        known = self.answers.sentences
        if currency not in known:
            known[currency] = (sentences_of(self.plan, currency), limit_sentences(self.plan, currency))
        return known[currency]

    def elbow_room(self, within: float) -> pd.DataFrame:
        """Each group's elbow room: see `plan.elbow_room`; raises NotAdditiveError where there is none."""
        if within not in self.answers.rooms:
            self.answers.rooms[within] = elbow_room(self.plan, within)
        return self.answers.rooms[within]

    def frontier(self, progress: Callable[[float], None] | None = None) -> Frontier:
        """The best plans of other budgets; raises MmmGroupsError where there is none."""
        if self.answers.frontier is None:
            totals = totals_around(self.plan, _FEW_BUDGETS if self.is_slow else _BUDGETS)
            self.answers.frontier = frontier_of(self.plan, totals, progress)
        return self.answers.frontier


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep, with the inputs it answers to: others make it stale."""

    sweep: Sweep
    inputs: str
    seconds: float

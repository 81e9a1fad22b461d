"""Every goal with every utility answers every question about its plan, or says in words why there is no answer."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import get_args

import pytest
from support.curves import uncertain

import mmm_groups as mg
from mmm_groups.evaluation.decision_levels import decision_levels
from mmm_groups.numerics.labelled import by_name
from mmm_groups.optimizer import local_search, quantile
from mmm_groups.plan.binding_limits import dearest_limits
from mmm_groups.plan.explain import limit_sentences, sentences_of
from mmm_groups.plan.frontier import frontier_of, totals_around
from mmm_groups.plan.split import best_shares
from mmm_groups.plan.uplift import response_steps, uplift_of
from mmm_groups.plan.what_if import moved_plan, spend_bounds
from mmm_groups.problem.goals import Goal
from mmm_groups.problem.utilities import StatedUtility

C = mg.ConstraintBuilder
GOALS: list[Goal] = [
    mg.FixedBudget(60.0),
    mg.TargetRoi(0.6),
    mg.TargetMarginalRoi(0.3),
    mg.TargetResponse(16.0),
    mg.MaxProfit(3.0),
]
UTILITIES: list[StatedUtility] = [mg.MeanResponse(), mg.ConditionalValueAtRisk(0.3), mg.Quantile(0.2)]
SETTINGS = {
    "free": [],
    "limited": [C.group_max_ratio(["c2"], 0.3), C.spend_bounds("G", lower=5.0), C.change_bounds(["c0"], upper=2.0)],
    "without draws": [C.group_max_ratio(["c2"], 0.3)],
}
PAIR = mg.ChannelGroups({"G": ["c0", "c1"]})


@pytest.fixture(autouse=True, scope="module")
def _little_effort() -> Iterator[None]:
    """The search for a quantile ends after its first try: what is asked here is that every question has an answer."""
    with pytest.MonkeyPatch.context() as held:
        few: dict[str, object] = {"_FEW": 0, "_FINISHED": 1, "_TURNS": 1, "_KICKS": ()}
        for name, value in (few | {"ROUNDS": 2, "_FIRST_ROUNDS": 1}).items():
            held.setattr(quantile, name, value)
        coarse = partial(local_search.local_search, sizes=local_search.FINE[:4])
        held.setattr(quantile, "local_search", coarse)
        yield
        planned.cache_clear()


@cache
def planned(goal: Goal, utility: StatedUtility, setting: str) -> mg.Plan:
    draws = 1 if setting == "without draws" else 6
    curves = uncertain(channels=3, draws=draws, points=40)
    return mg.optimize(curves, goal=goal, utility=utility, groups=PAIR, constraints=SETTINGS[setting])


def told(plan: mg.Plan) -> object:
    return plan.groups, plan.channels, sentences_of(plan), limit_sentences(plan), dearest_limits(plan)


def checked(plan: mg.Plan) -> object:
    report = mg.consistency(plan)
    assert report.holds, report
    return decision_levels(report), report.honest if plan.has_draws else None


def split_anew(plan: mg.Plan) -> object:
    return [mg.split_plan(plan, {"G": shares}) for shares in ({"c0": 0.6, "c1": 0.4}, by_name(best_shares(plan, "G")))]


def moved(plan: mg.Plan) -> object:
    bounds = spend_bounds(plan)
    spends = by_name(plan.spends)
    some = min(1.0, spends["G"])
    return bounds, moved_plan(plan, spends | {"G": spends["G"] - some, "c2": spends["c2"] + some})


QUESTIONS: dict[str, Callable[[mg.Plan], object]] = {
    "plan in words": told,
    "stability": lambda plan: mg.stability(plan).table,
    "frontier": lambda plan: frontier_of(plan, totals_around(plan, 2)).table,
    "honest uplift": mg.honest_uplift,
    "consistency": checked,
    "another split": split_anew,
    "what if": moved,
    "uplift": lambda plan: (uplift_of(plan), response_steps(plan)),
}


def kind_of(stated: Goal | StatedUtility) -> str:
    return stated.kind


UNKNOWN_WITHOUT_DRAWS = {"stability", "honest uplift"}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("utility", [*UTILITIES[:2], pytest.param(UTILITIES[2], marks=pytest.mark.slow)], ids=kind_of)
@pytest.mark.parametrize("goal", GOALS, ids=kind_of)
def test_every_question_has_an_answer(goal: Goal, utility: StatedUtility, setting: str, question: str) -> None:
    if setting == "without draws" and (question in UNKNOWN_WITHOUT_DRAWS or utility.kind != "mean_response"):
        with pytest.raises(mg.MmmGroupsError, match="draws"):
            QUESTIONS[question](planned(goal, utility, setting))
    else:
        assert QUESTIONS[question](planned(goal, utility, setting)) is not None


def test_every_goal_and_utility_is_asked() -> None:
    assert {type(goal) for goal in GOALS} == set(get_args(get_args(Goal)[0]))
    assert {type(utility) for utility in UTILITIES} == set(get_args(get_args(StatedUtility)[0]))

"""What is worked out about a media plan: what it delivers, the reference beside it, the best use of its money."""

import logging
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock, Thread

from mmm_groups.curves.planning_source import PlanningSource
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.media_plan.evaluate import evaluate
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable, leaves_on_the_table
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.numerics.labelled import by_name
from mmm_groups.scenario.references import GivenReference, LastYearReference
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.server_cache import shared

_LOG = logging.getLogger("mmm_groups.plan_findings")
_prepared: set[str] = set()
_starting = Lock()


@dataclass(frozen=True)
class _Asked:
    """What a plan is evaluated on."""

    plan: MediaPlan
    source: PlanningSource
    curves: ResponseCurves


def shown_plan(current: Planner) -> MediaPlan | None:
    """The plan that is looked at, on the dates and channels that are planned now.

    Raises
    ------
    MediaPlanError
        If it is for another window or other channels.
    """
    kept = current.scenario.media_plans.shown_plan
    return None if kept is None else kept.over(PlanGrid.of(current.known_curves))


def reference_plan(current: Planner) -> MediaPlan:
    """The reference as a plan over the window's dates.

    Raises
    ------
    MediaPlanError
        If what was spent is unknown.
    """
    curves, chosen = current.known_curves, current.scenario.reference
    if isinstance(chosen, LastYearReference):
        return MediaPlan.from_history(curves, rule="last_year", name="Last year, same dates")
    if not isinstance(chosen, GivenReference):
        return MediaPlan.from_history(curves, rule="latest", name="Latest dates")
    kept = current.scenario.media_plans.named(chosen.of)
    window = curves.horizon
    is_same = kept is not None and kept.window is not None and window is not None
    if is_same and kept is not None and set(kept.money) == set(curves.channels):
        spent = {name: float(spend) for name, spend in curves.reference_spend.items()}
        if all(abs(kept.totals[str(name)] - spend) <= 1e-6 * max(spend, 1.0) for name, spend in spent.items()):
            return kept.over(PlanGrid.of(curves))
    return MediaPlan.from_totals(by_name(curves.reference_spend), curves, name=chosen.of or "Given reference")


def evaluation_of(current: Planner, plan: MediaPlan) -> PlanEvaluation:
    """What a plan delivers; worked out once for every session that asks for the same.

    Raises
    ------
    MmmGroupsError
        If the model cannot answer for it.
    """
    curves = current.known_curves
    return _evaluated(_key(plan, curves), current.interval, _Asked(plan, current.source, curves))


@shared(6)
def _evaluated(key: str, interval: float, asked: _Asked) -> PlanEvaluation:
    source, curves = asked.source, asked.curves
    if not isinstance(source, FittedModel):
        return evaluate(asked.plan, curves, interval=interval)
    assumed = curves.origin.assumed
    return evaluate(asked.plan, source, prices=curves.prices, sub_channels=assumed, interval=interval)


def prepare(current: Planner) -> None:
    """Evaluate the reference in the background, so that the model is built and compiled when a plan is brought."""
    if not isinstance(current.source, FittedModel):
        return
    try:
        plan, curves = reference_plan(current), current.known_curves
        asked = _key(plan, curves), current.interval, _Asked(plan, current.source, curves)
    except MmmGroupsError:
        return  # there is no reference to begin with
    with _starting:
        if asked[0] in _prepared:
            return
        _prepared.add(asked[0])
    Thread(target=_prepare, args=asked, name="prepare-evaluation", daemon=True).start()


def _prepare(key: str, interval: float, asked: _Asked) -> None:
    try:
        _evaluated(key, interval, asked)
    except MmmGroupsError as error:  # said when a plan is brought
        _LOG.info("%s", error)


def best_of(current: Planner, plan: MediaPlan) -> LeftOnTheTable:
    """The best use of a plan's money under the limits that are typed.

    Raises
    ------
    MmmGroupsError
        If its money cannot be spent under them.
    """
    scenario = current.scenario
    stated = (
        _key(plan, current.known_curves),
        repr(sorted(current.groups.items())),
        scenario.method,
        repr(current.split),
        tuple(constraint.model_dump_json() for constraint in current.constraints()),
        scenario.utility.model_dump_json(),
    )
    return _left(stated, current.interval, (current, plan))


@shared(6)
def _left(stated: tuple[object, ...], interval: float, asked: tuple[Planner, MediaPlan]) -> LeftOnTheTable:
    current, plan = asked
    return leaves_on_the_table(
        evaluation_of(current, plan),
        current.known_curves,
        groups=ChannelGroups(current.groups),
        method=current.scenario.method,
        split=current.split,
        constraints=current.constraints(),
        utility=current.scenario.utility,
    )


def _key(plan: MediaPlan, curves: ResponseCurves) -> str:
    if not curves.origin.fingerprint:
        raise RuntimeError("Curves without a fingerprint would be mistaken for each other.")
    money = sha256(plan.money.to_numpy(dtype=float).tobytes()).hexdigest()
    return f"{curves.origin.fingerprint} {plan.name} {money} {list(plan.money)}"

"""A sheet becomes a media plan of the scenario as soon as nothing about it is open."""

from mmm_groups.errors import MmmGroupsError, TwoReadingsError
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_table import read_plan_table
from mmm_groups.scenario.media_plans import KeptPlan
from mmm_groups.ui.planner.plan_draft import PlanDraft
from mmm_groups.ui.planner.planner import Planner


def read_draft(current: Planner, content: str | bytes, file: str, name: str) -> PlanDraft:
    """What a sheet says, or why it cannot be read."""
    known = {*current.channels, *current.groups}
    names = current.scenario.media_plans.names
    before = {written: meant for written, meant in names.items() if meant is None or meant in known}
    draft = PlanDraft(name, content, file, before=before)
    try:
        draft.table = read_plan_table(
            content, current.known_curves, groups=current.groups, file=file, decimal=current.decimal
        )
    except MmmGroupsError as error:
        draft.refused, draft.has_two_readings = error.text, isinstance(error, TwoReadingsError)
    return draft


def adopt_draft(current: Planner, draft: PlanDraft) -> None:
    """Keep the sheet's plan in the scenario and show it, if nothing about it is open."""
    if draft.table is None or draft.is_open:
        return
    draft.refused = None
    try:
        plan = MediaPlan.from_table(
            draft.table,
            current.known_curves,
            mapping=draft.mapping,
            missing=draft.missing,
            outside=draft.outside,
            name=draft.name,
        )
    except MmmGroupsError as error:
        draft.refused = error.text
        return
    keep_plan(current, plan, draft.mapping)


def keep_plan(current: Planner, plan: MediaPlan, names: dict[str, str | None] | None = None) -> None:
    """Keep a plan in the scenario, in place of one of the same name, and show it."""
    current.change(media_plans=current.scenario.media_plans.with_plan(KeptPlan.of(plan), names))

"""Bring a plan: paste it, upload it, take past spend, the optimum or a saved scenario, or type it."""

from collections.abc import Callable

import streamlit as st

from mmm_groups.display.media_plan_words import dates_word
from mmm_groups.display.numbers import compact_money, plain
from mmm_groups.errors import MediaPlanError, MmmGroupsError, StoreError
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.scenario.media_plans import MediaPlans
from mmm_groups.ui.frame.reference_choice import reference_choice
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.taking import adopt_draft, keep_plan, read_draft
from mmm_groups.ui.work.saved_scenarios import listed, saved_scenario

_PASTED, _FILE, _SAVED = "plan-paste", "plan-file", "plan-scenario"
_PLACEHOLDER = "week\tTV\tSearch\n2026-01-05\t40,000\t12,000\n2026-01-12\t40,000\t15,000"


def bring_plan(current: Planner) -> None:
    """Every way to bring a plan; folded away while one is shown."""
    has_plan = current.scenario.media_plans.shown is not None
    is_read = current.plan_draft is not None and current.plan_draft.table is not None
    label = "Bring another plan" if has_plan or is_read else "Bring a plan"
    folded = has_plan or is_read
    # Another key is another box: once a plan is there, it stands folded away again.
    key = f"{current.scenario.media_plans.shown} {'' if current.plan_draft is None else current.plan_draft.name}"
    with st.expander(label, expanded=not folded, icon=":material/content_paste:", key=f"bring-plan-{key}"):
        paste, ready = st.columns([3, 2], gap="medium")
        with paste:
            st.text_area(
                "Paste a table from a spreadsheet",
                key=_PASTED,
                height=132,
                placeholder=_PLACEHOLDER,
                help="Copy the cells in Excel or Sheets, with their headings, and paste them here. Dates may run down "
                "or across, by day, week, month or quarter, or there may be one total for each channel or group.",
            )
            with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
                st.button(
                    "Read the table",
                    key="read-plan",
                    type="primary",
                    on_click=safe_change(_paste),
                    icon=":material/done:",
                )
        with ready:
            st.file_uploader(
                "Or upload CSV or Excel",
                type=["csv", "txt", "tsv", "xlsx"],
                key=_FILE,
                max_upload_size=20,
                on_change=safe_change(_upload),
            )
            _ready_plans(current)


def _ready_plans(current: Planner) -> None:
    st.caption("Or start from")
    word, has_optimum = dates_word(current.known_curves), current.result is not None and not current.is_stale
    ways: dict[str, tuple[str, str, Callable[[], None], bool]] = {
        f"Last year, same {word}": ("last_year", ":material/history:", _last_year, True),
        f"Latest {word}": ("latest", ":material/update:", _latest, True),
        "The optimum": ("optimum", ":material/trophy:", _optimum, has_optimum),
        "An empty grid": ("empty", ":material/grid_on:", _empty, True),
    }
    with st.container(horizontal=True, gap="xsmall"):
        for label, (what, icon, take, is_there) in ways.items():
            st.button(
                label,
                key=f"take-{what}",
                icon=icon,
                on_click=safe_change(take),
                disabled=not is_there,
                help=None if is_there else "Optimise first: there is no optimum yet, or it is an older one.",
            )
        with st.popover("A saved scenario", icon=":material/bookmark:", key="take-saved", on_change="rerun") as place:
            if place.open:
                _saved_scenarios()


def _saved_scenarios() -> None:
    try:
        names = {item.latest.scenario_id: (item.latest.name, item.latest.number) for item in listed()}
    except StoreError as error:
        st.error(plain(error), icon=":material/cloud_off:")
        return
    if not names:
        st.caption("No scenario is saved yet.")
        return
    st.selectbox(
        "Scenario",
        list(names),
        index=None,
        key=_SAVED,
        format_func=lambda key: names[key][0],
        placeholder="Choose one",
        on_change=safe_change(_saved),
        args=(names,),
    )


def _saved(names: dict[str, tuple[str, int]]) -> None:
    chosen = st.session_state[_SAVED]
    if chosen is not None:
        _scenario(*names[chosen], chosen)


def plan_bar(current: Planner) -> None:
    """Which of the kept plans is shown, and what it is compared with; rename it or drop it."""
    plans = current.scenario.media_plans
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="plan-bar"):
        names = [plan.name for plan in plans.kept]
        st.selectbox(
            "Plan",
            names,
            format_func=lambda name: _with_total(plans, name, current.currency),
            width=400,
            **tied("shown-plan", plans.shown, _show),
        )
        reference_choice(current, key="plan-reference")
        with st.popover("Rename or remove", icon=":material/edit:", type="tertiary"):
            st.text_input("Name of this plan", max_chars=100, **tied("plan-name", plans.shown or "", _rename))
            st.button("Remove it", key="drop-plan", icon=":material/delete:", on_click=safe_change(_drop))


def _with_total(plans: MediaPlans, name: str, currency: str) -> str:
    kept = plans.named(name)
    return name if kept is None else f"{name} · {compact_money(kept.total, currency)}"


def _show(own: Planner, name: str) -> None:
    own.change(media_plans=own.scenario.media_plans.model_copy(update={"shown": name}))
    own.plan_draft = None


def _rename(own: Planner, name: str) -> None:
    plans, name = own.scenario.media_plans, name.strip()
    if not name or plans.shown is None or name == plans.shown:
        return
    if plans.named(name) is not None:
        raise MediaPlanError(f"There is a plan called “{name}” already. Choose another name.")
    own.change(media_plans=plans.renamed(plans.shown, name))
    if own.plan_draft is not None:
        own.plan_draft.name = name


def _drop() -> None:
    own = planner()
    plans = own.scenario.media_plans
    if plans.shown is not None:
        own.change(media_plans=plans.without(plans.shown))
    own.plan_draft = None


def _paste() -> None:
    content = str(st.session_state[_PASTED])
    if not content.strip():
        raise MediaPlanError("There is nothing to read yet. Paste a table with its headings into the field.")
    _read(content, "the pasted table", "Pasted plan")
    st.session_state[_PASTED] = ""


def _upload() -> None:
    upload = st.session_state[_FILE]
    if upload is not None:
        _read(upload.getvalue(), upload.name, upload.name.rpartition(".")[0] or upload.name)


def _read(content: str | bytes, file: str, name: str) -> None:
    own = planner()
    own.plan_draft = read_draft(own, content, file, _free(own, name))
    adopt_draft(own, own.plan_draft)


def _free(own: Planner, name: str) -> str:
    """The name, with a number after it if a plan has it already."""
    taken = {plan.name for plan in own.scenario.media_plans.kept}
    numbered = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
    return next(one for one in numbered if one not in taken)


def _take(make: Callable[[Planner], MediaPlan]) -> None:
    own = planner()
    own.plan_draft = None
    keep_plan(own, make(own))


def _last_year() -> None:
    _take(lambda own: _past(own, "last_year", "Last year, same"))


def _latest() -> None:
    _take(lambda own: _past(own, "latest", "Latest"))


def _past(own: Planner, rule: str, name: str) -> MediaPlan:
    curves = own.known_curves
    return MediaPlan.from_history(curves, rule=rule, name=f"{name} {dates_word(curves)}")


def _optimum() -> None:
    _take(lambda own: MediaPlan.from_plan(own.final().plan, name="The optimum"))


def _empty() -> None:
    def make(own: Planner) -> MediaPlan:
        curves = own.known_curves
        nothing = dict.fromkeys(PlanGrid.of(curves).channels, 0.0)
        name = _free(own, "Typed plan")
        plan = MediaPlan.from_totals(nothing, curves, name=name)
        return plan.with_money(plan.money)

    _take(make)
    st.session_state["plan-grid"] = True  # opens the grid


def _scenario(name: str, number: int, scenario_id: str) -> None:
    own = planner()
    summary = saved_scenario(scenario_id, number).summary
    if summary is None:
        raise MediaPlanError(f"The scenario “{name}” was saved without a plan. Open it, optimise and save it again.")
    try:
        plan = MediaPlan.from_totals(summary.channels, own.known_curves, name=name)
    except MmmGroupsError as error:
        raise MediaPlanError(f"The plan of “{name}” does not fit here. {error.text.marked}") from error
    own.plan_draft = None
    keep_plan(own, plan)

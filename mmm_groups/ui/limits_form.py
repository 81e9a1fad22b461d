"""Limits as the planner types them: a table of bounds, and constraints on sets of channels."""

import pandas as pd
import streamlit as st

from mmm_groups.constraints import Constraint, ConstraintBuilder
from mmm_groups.errors import MmmGroupsError
from mmm_groups.limits import limits_of, members_of
from mmm_groups.ui.state import Planner

_KINDS = {
    "together at least (money)": "min_spend",
    "together at most (money)": "max_spend",
    "together at least (% of the total)": "min_ratio",
    "together at most (% of the total)": "max_ratio",
    "at most so many times what others spend": "ratio",
}


def bounds_table(planner: Planner) -> None:
    """Minimum and maximum of every group; the same number in both locks it."""
    reference = planner.known_curves.reference_spend
    names = list(planner.groups)
    rows = pd.DataFrame(
        {
            "Reference": [float(reference[list(planner.groups[name])].sum()) for name in names],
            "Minimum": [planner.bounds.get(planner.bound_key(name), (None, None))[0] for name in names],
            "Maximum": [planner.bounds.get(planner.bound_key(name), (None, None))[1] for name in names],
        },
        index=pd.Index(names, name="Group"),
    ).astype("float64")
    # The table is drawn from what is stored, and its edits are stored at once: a new key for each stored state keeps
    # the two from being applied on top of each other.
    key = f"bounds-{hash((tuple(names), tuple(sorted(planner.bounds.items()))))}"
    edited = st.data_editor(
        rows,
        key=key,
        width="stretch",
        height="content",
        disabled=["_index", "Reference"],
        column_config={
            "_index": st.column_config.TextColumn("Group"),
            "Reference": st.column_config.NumberColumn(format="%,.0f", help="What was spent lately."),
            "Minimum": st.column_config.NumberColumn(
                format="%,.0f", min_value=0.0, help="Least money over the window; empty: none."
            ),
            "Maximum": st.column_config.NumberColumn(
                format="%,.0f",
                min_value=0.0,
                help="Most money over the window; empty: none. Equal to the minimum: locked.",
            ),
        },
    )
    changed = dict(planner.bounds)
    for name, low, high in zip(names, edited["Minimum"], edited["Maximum"], strict=True):
        pair = (None if pd.isna(low) else float(low), None if pd.isna(high) else float(high))
        if pair == (None, None):
            changed.pop(planner.bound_key(name), None)
        else:
            changed[planner.bound_key(name)] = pair
    if changed != planner.bounds:
        planner.bounds = changed
        st.rerun()
    _say_unused(planner)


def set_constraints(planner: Planner) -> None:
    """List the constraints on sets of channels and offer to add one."""
    for place, constraint in enumerate(planner.set_constraints):
        text, button = st.columns([8, 1], vertical_alignment="center")
        text.markdown(f":material/rule: {_in_words(planner, constraint)}")
        if button.button("", key=f"drop-{place}", icon=":material/delete:", type="tertiary", help="Remove this limit"):
            del planner.set_constraints[place]
            st.rerun()
    with st.popover("Add a limit on several channels", icon=":material/add:"):
        _add_form(planner)


def _add_form(planner: Planner) -> None:
    choices = list(dict.fromkeys([*planner.groups, *planner.model.channels]))
    with st.form("add-constraint", border=False):
        names = st.multiselect("Channels or groups", choices, key="limit-names")
        kind = _KINDS[st.selectbox("spend", list(_KINDS), key="limit-kind")]
        value = st.number_input("Value", min_value=0.0, value=0.0, key="limit-value", help="Money, percent or times.")
        others = st.multiselect("Others (only for “times what others spend”)", choices, key="limit-others")
        if st.form_submit_button("Add limit"):
            try:
                added = _stated(planner, kind, names, value, others)
                limits_of(planner.problem().goal, [*planner.constraints(), added], planner.groups)
            except MmmGroupsError as error:
                st.error(str(error))
            else:
                planner.set_constraints.append(added)
                st.rerun()


def _stated(planner: Planner, kind: str, names: list[str], value: float, others: list[str]) -> Constraint:
    build = ConstraintBuilder
    inside = members_of(names, planner.groups)  # stored by channel, so that regrouping does not change its meaning
    if kind == "min_spend":
        return build.group_min_spend(inside, value)
    if kind == "max_spend":
        return build.group_max_spend(inside, value)
    if kind == "min_ratio":
        return build.group_min_ratio(inside, value / 100)
    if kind == "max_ratio":
        return build.group_max_ratio(inside, value / 100)
    return build.ratio_between(inside, members_of(others, planner.groups), max=value)


def _in_words(planner: Planner, constraint: Constraint) -> str:
    return "; ".join(limit.label for limit in limits_of(planner.goal, [constraint], planner.groups)[1:])


def _say_unused(planner: Planner) -> None:
    used = {planner.bound_key(name) for name in planner.groups}
    unused = [key for key in planner.bounds if key not in used]
    if unused:
        names = {group.id: group.name for group in planner.board.groups}
        st.caption(
            f"Kept, but not used while they are no groups of their own: limits of "
            f"{', '.join(names.get(key, key) for key in unused)}."
        )

"""Limits as the planner types them: a table of bounds, and constraints on sets of channels."""

import pandas as pd
import streamlit as st

from mmm_groups.constraints import Constraint, ConstraintBuilder
from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.limits import limits_of, members_of
from mmm_groups.ui.format import plain
from mmm_groups.ui.source_words import reference_help
from mmm_groups.ui.state import Planner, group_key, planner, tied

_KINDS = {
    "together at least (money)": "min_spend",
    "together at most (money)": "max_spend",
    "together at least (% of the total)": "min_ratio",
    "together at most (% of the total)": "max_ratio",
    "at most so many times what others spend": "ratio",
}


def budget_input(current: Planner) -> None:
    """The money for the whole window."""
    st.number_input(
        f"Budget for {current.window} ({plain(current.currency) or 'currency'})",
        min_value=1.0,
        step=10_000.0,
        format="%.0f",
        help="Money over the whole planning window.",
        **tied("budget", current.budget, lambda own, budget: setattr(own, "budget", budget)),
    )


def bounds_table(current: Planner) -> None:
    """Minimum and maximum of every group; the same number in both locks it."""
    reference = current.known_curves.reference_spend
    names = list(current.groups)
    columns = ["Reference", "Minimum", "Maximum"] if current.known_curves.has_reference else ["Minimum", "Maximum"]
    rows = pd.DataFrame(
        {
            "Reference": [float(reference[list(current.groups[name])].sum(skipna=False)) for name in names],
            "Minimum": [current.bounds.get(current.bound_key(name), (None, None))[0] for name in names],
            "Maximum": [current.bounds.get(current.bound_key(name), (None, None))[1] for name in names],
        },
        index=pd.Index(names, name="Group"),
    ).astype("float64")[columns]
    # Edits are stored in a callback, before the page runs: a rerun of our own would swallow the click that ended the
    # edit. What is stored is part of the key, so that the table never applies an edit a second time.
    key = f"bounds-{hash((tuple(names), tuple(sorted(current.bounds.items()))))}"
    st.data_editor(
        rows,
        key=key,
        on_change=_store_bounds,
        args=(key, [current.bound_key(name) for name in names]),
        width="stretch",
        height="content",
        placeholder="no limit",
        disabled=["_index", "Reference"],
        column_config={
            "_index": st.column_config.TextColumn("Group"),
            "Reference": st.column_config.NumberColumn(format="%,.0f", help=reference_help(current.source)),
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
    _say_unused(current)


def _say_unused(current: Planner) -> None:
    unused = [key for key in current.bounds if key not in {current.bound_key(name) for name in current.groups}]
    names = {group_key(group.id): group.name for group in current.board.groups}
    if unused:
        kept = ", ".join(plain(names.get(key, key.removeprefix("channel "))) for key in unused)
        st.caption(f"Kept, but not used while they are no groups of their own: the limits of {kept}.")


def _store_bounds(key: str, bound_keys: list[str]) -> None:
    current = planner()
    for row, edit in st.session_state[key]["edited_rows"].items():
        stored = current.bounds.get(bound_keys[int(row)], (None, None))
        changed = (edit.get("Minimum", stored[0]), edit.get("Maximum", stored[1]))
        if changed == (None, None):
            current.bounds.pop(bound_keys[int(row)], None)
        else:
            current.bounds[bound_keys[int(row)]] = changed


def set_constraints(planner: Planner) -> None:
    """List the constraints on sets of channels and offer to add one."""
    for place, constraint in enumerate(planner.named_constraints()):
        text, button = st.columns([8, 1], vertical_alignment="center")
        text.markdown(f":material/rule: {plain(_in_words(planner, constraint))}")
        if button.button("", key=f"drop-{place}", icon=":material/delete:", type="tertiary", help="Remove this limit"):
            del planner.set_constraints[place]
            st.rerun()
    with st.popover("Add a limit on several channels", icon=":material/add:"):
        _add_form(planner)


def _add_form(planner: Planner) -> None:
    choices = list(dict.fromkeys([*planner.groups, *planner.source.channels]))
    number = planner.limits_added  # a new form for each limit, and the same one while it is mended
    with st.form(f"add-limit-{number}", border=False):
        kind = _KINDS[st.selectbox("The limit", list(_KINDS), key=f"limit-kind-{number}")]
        names = st.multiselect("Channels or groups", choices, key=f"limit-names-{number}")
        value = st.number_input(
            "Money, percent or times", min_value=0.0, value=None, key=f"limit-value-{number}", placeholder="a number"
        )
        others = st.multiselect("Others (only for “times what others spend”)", choices, key=f"limit-others-{number}")
        if st.form_submit_button("Add limit"):
            try:
                added = _stated(planner, kind, names, value, others)
                limits_of(planner.goal, [*planner.constraints(), added], planner.groups)
            except MmmGroupsError as error:
                st.error(plain(str(error)))
            else:
                planner.set_constraints.append(added)
                planner.limits_added += 1
                st.rerun()


def _stated(planner: Planner, kind: str, names: list[str], value: float | None, others: list[str]) -> Constraint:
    build = ConstraintBuilder
    if not names or value is None:
        raise ConstraintError("Choose at least one channel or group, and type a number.")
    if kind in ("min_ratio", "max_ratio") and value > 100:
        raise ConstraintError(f"A share of the total is at most 100 %; you typed {value:g}.")
    if kind == "ratio" and not others:
        raise ConstraintError("Choose the others whose spend is the measure.")
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

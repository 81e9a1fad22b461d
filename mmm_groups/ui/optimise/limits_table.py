"""The table of limits: minimum and maximum of every group, and of the channels inside, with presets."""

from collections.abc import Callable

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from mmm_groups.display.numbers import number, plain
from mmm_groups.display.presentation import look, number_style
from mmm_groups.display.source_words import reference_help
from mmm_groups.numerics.digits import stated_decimals
from mmm_groups.scenario.row_limits import AT_LEAST_REFERENCE, AT_REFERENCE, RowLimit, Unit, within
from mmm_groups.ui.optimise.feasibility import Feasibility, is_in_conflict
from mmm_groups.ui.panels.amount_field import amount_field
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.choices import one_of

_PRESETS = (10, 20, 30, 50)
_CHANGE = "± %"
_MOST_ROWS = 14
_ASKED = "mmm_groups.asked-about"
_CLASHES, _INSIDE = "⚠ ", "↳ "


def limits_table(current: Planner, feasibility: Feasibility) -> None:
    """Minimum and maximum of every row; the same number in both locks it, rows that clash are marked."""
    rows = current.limit_rows()
    _presets(current, list(rows))
    clashing = [_is_clashing(current, feasibility, name, members) for name, members in rows.items()]
    table = _table(current, rows, clashing)
    limits = tuple(sorted((key, limit) for key, limit in current.limits.items()))
    # Edits are stored in a callback, before the page runs: a rerun of our own would swallow the click that ended the
    # edit. What is stored is part of the key, so that the table never applies an edit a second time.
    key = f"bounds-{hash((tuple(rows), repr(limits), tuple(clashing), current.currency))}"
    st.data_editor(
        _styled(table, clashing),
        key=key,
        on_change=safe_change(_store_rows),
        args=(key, list(rows)),
        width="stretch",
        height="content" if len(rows) <= _MOST_ROWS else 35 * (_MOST_ROWS + 1) + 3,
        hide_index=True,
        placeholder="no limit",
        disabled=["Group", "Reference"],
        column_config=_columns(current),
    )
    if any(len(members) > 1 for members in current.groups.values()):
        st.toggle(
            "Limits on channels inside groups",
            help="Rows for the channels of each group. What is typed there is kept when you switch this off.",
            **tied("channel-limits", current.scenario.channel_limits, lambda own, on: own.change(channel_limits=on)),
        )
    _say_unused(current)


def _presets(current: Planner, names: list[str]) -> None:
    has_reference = current.known_curves.has_reference
    st.multiselect(
        "Presets for",
        names,
        key="preset-rows",
        placeholder="Presets for all rows (or choose some)",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, gap="xsmall"):
        if has_reference:
            for percent in _PRESETS:
                _preset(f"±{percent} %", within(percent), names, f"At most {percent} % away from the reference spend.")
            _preset("Lock", AT_REFERENCE, names, "Locked at the reference spend.")
            _preset(
                "Commit",
                AT_LEAST_REFERENCE,
                names,
                "At least the reference spend: only what the budget has beyond it is placed.",
            )
        _preset("Clear", None, names, "No limits.")
        if current.limits_before is not None:
            st.button(
                "",
                key="preset-undo",
                icon=":material/undo:",
                on_click=safe_change(_undo),
                type="tertiary",
                help="Bring back the limits before the last preset.",
            )
    _ask_about_unspent(current)


def _ask_about_unspent(current: Planner) -> None:
    """What groups may get that spent nothing: so many percent of nothing would lock them at 0 without a word."""
    asked = [name for name in st.session_state.get(_ASKED, ()) if name in current.limit_rows()]
    if not asked:
        return
    names = plain(", ".join(asked))
    st.warning(
        f"{names} spent nothing in the reference, and a change in percent of nothing is nothing. So no limit was set "
        "there. What may each get at most?",
        icon=":material/help:",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        amount_field(
            "At most", "unspent-most", None, _cap, of=current.budget, of_what="the budget", placeholder="5 %, or 50k"
        )
        st.button("Nothing", key="unspent-nothing", on_click=safe_change(_cap_now), args=(0.0,))
        st.button("No limit", key="unspent-free", on_click=safe_change(_cap_now), args=(None,), type="tertiary")


def _cap_now(most: float | None) -> None:
    _cap(planner(), most)


def _cap(current: Planner, most: float | None) -> None:
    """Give the groups that were asked about their answer."""
    for name in st.session_state.pop(_ASKED, ()):
        if most is not None and name in current.limit_rows():
            current.set_limits({name: RowLimit(upper=most)})


def _preset(label: str, limit: RowLimit | None, names: list[str], explained: str) -> None:
    st.button(label, key=f"preset-{label}", on_click=safe_change(_apply), args=(limit, names), help=explained)


def _apply(limit: RowLimit | None, names: list[str]) -> None:
    current = planner()
    rows = current.limit_rows()
    chosen = [one_of(rows, name) for name in st.session_state["preset-rows"] or names]
    current.limits_before = current.limits
    is_around = limit is not None and limit.unit == "change" and limit.upper not in (None, 0.0)
    unspent = [name for name in chosen if is_around and current.reference_of(rows[name]) == 0]
    st.session_state[_ASKED] = tuple(unspent)
    current.set_limits({name: None if name in unspent else limit for name in chosen})


def _undo() -> None:
    current = planner()
    if current.limits_before is not None:
        current.replace_limits(current.limits_before)
        current.limits_before = None


def _is_clashing(current: Planner, feasibility: Feasibility, name: str, members: tuple[str, ...]) -> bool:
    limit = current.row_limit(name)
    if limit.fault:
        return True
    return is_in_conflict(current, feasibility, limit.stated(name, current.reference_of(members)))


def _table(current: Planner, rows: dict[str, tuple[str, ...]], clashing: list[bool]) -> pd.DataFrame:
    units = _units(current)
    limits = [current.row_limit(name) for name in rows]
    marked = [
        f"{_CLASHES if clash else ''}{'' if name in current.groups else _INSIDE}{name}"
        for name, clash in zip(rows, clashing, strict=True)
    ]
    table = pd.DataFrame(
        {
            "Group": marked,
            "Reference": pd.Series([current.reference_of(members) for members in rows.values()], dtype="float64"),
            "Minimum": pd.Series([limit.lower for limit in limits], dtype="float64"),
            "Maximum": pd.Series([limit.upper for limit in limits], dtype="float64"),
            "In": [units[limit.unit] for limit in limits],
        }
    )
    return table if current.known_curves.has_reference else table.drop(columns=["Reference", "In"])


def _units(current: Planner) -> dict[Unit, str]:
    return {"money": current.currency or "money", "change": _CHANGE}


def _styled(table: pd.DataFrame, clashing: list[bool]) -> Styler:
    shown = written(table, {"Reference": number} if "Reference" in table else {})
    return shown.apply(_painted(clashing), axis=0) if any(clashing) else shown


def _typed_format(current: Planner) -> str:
    """How amounts that can be edited are written: the editor knows no other separators than the English ones."""
    ends = [end for limit in current.limits.values() for end in (limit.lower, limit.upper) if end is not None]
    digits = max(map(stated_decimals, ends), default=0)
    return f"%{',' if number_style().is_english else ''}.{digits}f"


def _painted(clashing: list[bool]) -> Callable[[pd.Series], list[str]]:
    """Paint what cannot be edited in the rows that clash: the editor leaves editable cells as they are."""
    return lambda column: [f"background-color: {look().alarm}" if clash else "" for clash in clashing]


def _columns(current: Planner) -> dict[str, ColumnConfig]:
    column, money = st.column_config.NumberColumn, current.currency or "money"
    typed = _typed_format(current)
    kinds = f"Money over the window, or with “{_CHANGE}” the change against the reference in percent, such as −20."
    return {
        "Group": st.column_config.TextColumn(width=115),
        "Reference": column(help=reference_help(current.source, current.curves, current.scenario.reference), width=85),
        "Minimum": column(format=typed, help=f"The least; empty: no limit. {kinds}", width=88),
        "Maximum": column(
            format=typed, help=f"The most; empty: no limit. Equal to the minimum: locked. {kinds}", width=88
        ),
        "In": st.column_config.SelectboxColumn(
            options=list(_units(current).values()),
            required=True,
            width=60,
            help=f"{money}: over the window. {_CHANGE}: change against the reference. What is typed is converted.",
        ),
    }


def _say_unused(current: Planner) -> None:
    used = {current.scenario.row_key(name) for name in current.limit_rows()}
    unused = [key for key, limit in current.limits.items() if key not in used and not limit.is_empty]
    names = {("group", group.id): group.name for group in current.scenario.groups}
    if unused:
        kept = ", ".join(plain(names.get(key, key[1])) for key in unused)
        st.caption(f"Kept, but not used while they are no rows of their own: the limits of {kept}.")


def _store_rows(key: str, names: list[str]) -> None:
    current = planner()
    rows = current.limit_rows()
    for place, edit in st.session_state[key]["edited_rows"].items():
        name = names[int(place)]
        limit = current.row_limit(name)
        unit: Unit = "change" if edit.get("In") == _CHANGE else "money"
        if "In" in edit and unit != limit.unit:
            changed = limit.in_unit(unit, current.reference_of(rows[name]))
            if changed.unit != unit:
                st.toast(f"{plain(name)} has no reference spend from which a change could be counted.")
            limit = changed
        typed = {end: edit[column] for end, column in (("lower", "Minimum"), ("upper", "Maximum")) if column in edit}
        limit = limit.model_copy(update=typed)
        current.set_limits({name: None if limit == RowLimit() else limit})

"""Limits from a CSV or Excel table: a template with those typed now, a preview, and one step that can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.problem.constraints import Constraint, MaxMoved
from mmm_groups.problem.limits import members_of
from mmm_groups.scenario.fields import RowKey
from mmm_groups.scenario.limit_table import LimitLine, limit_lines, read_limit_lines
from mmm_groups.scenario.row_limits import RowLimit, Unit
from mmm_groups.tables.ends import with_ends
from mmm_groups.tables.formulas import inert_csv
from mmm_groups.tables.lined_table import understood
from mmm_groups.tables.spreadsheet import read_table, write_table
from mmm_groups.ui.optimise.feasibility import limits_in
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner

_BEFORE = "mmm_groups.limits_before_import"
_EXPLAINED = (
    "One line a limit. **names**: a group or channel, or several with semicolons between, which are limited together. "
    "**minimum**, **maximum**: empty for no limit. **unit**: *money* over the window, *change %* against the reference "
    "(−20 is 20 % less), *share %* of all money, *times* what the names in **compared_with** spend, *money or nothing* "
    "(at least the minimum, or off), or *steps* of the minimum."
)
_SHOWN = 30


@dataclass(frozen=True)
class ImportedLimits:
    """Limits as the planner keeps them: those of rows, and those on sets of channels."""

    rows: Mapping[RowKey, RowLimit]
    sets: tuple[Constraint, ...]
    channel_limits: bool


def limits_from_table(current: Planner) -> None:
    """Template, upload, preview, and undo."""
    before = st.session_state.get(_BEFORE)
    if before is not None and before[0] is current:
        st.button(
            "Bring back the limits of before", key="limits-undo", icon=":material/undo:", on_click=safe_change(_undo)
        )
    with st.expander("Limits from a table", icon=":material/upload_file:", key="limits-import"):
        st.caption(_EXPLAINED)
        _template(current)
        upload = st.file_uploader(
            "CSV or Excel file", type=["csv", "txt", "xlsx"], key="limits-file", max_upload_size=20
        )
        if upload is not None:
            try:
                _preview(current, upload.getvalue(), upload.name)
            except MmmGroupsError as error:
                st.error(plain(error), icon=":material/error:")


def imported(current: Planner, lines: tuple[LimitLine, ...]) -> ImportedLimits:
    """Limits of a table in the planner's own form; sets are kept by channel, so that regrouping changes no meaning."""
    rows: dict[RowKey, RowLimit] = {}
    sets: list[Constraint] = _on_plans(current)
    inside = False
    for line in lines:
        if len(line.names) == 1 and line.unit in ("money", "change %"):
            (name,) = line.names
            unit: Unit = "money" if line.unit == "money" else "change"
            rows[current.scenario.row_key(name)] = RowLimit(lower=line.lower, upper=line.upper, unit=unit)
            inside = inside or name not in current.groups
        else:
            names, others = (tuple(members_of(part, current.groups)) for part in (line.names, line.others))
            sets += LimitLine(line.line, names, line.lower, line.upper, line.unit, others).constraints()
    return ImportedLimits(rows, tuple(sets), current.scenario.channel_limits or inside)


def _on_plans(current: Planner) -> list[Constraint]:
    """Limits on moved money: they are on a whole plan, so no table holds them, and none takes them away."""
    return [stated for stated in current.scenario.constraints if isinstance(stated, MaxMoved)]


def _template(current: Planner) -> None:
    try:
        table = limit_lines(current.constraints(), list(current.limit_rows()))
    except ConstraintError as error:
        st.caption(plain(f"The template is offered again once the limits above are mended. {error.text.marked}"))
        return
    with st.container(horizontal=True, gap="small"):
        for label, data, ending, mime in (
            ("Template as CSV", lambda: with_ends(inert_csv(table), "limits"), "csv", "text/csv"),
            ("as Excel", partial(write_table, table, "Limits"), "xlsx", "application/vnd.ms-excel"),
        ):
            st.download_button(
                label,
                data,
                file_name=current.file_name("limits", ending),
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
                key=f"limits-template-{ending}",
            )


def _preview(current: Planner, content: bytes, name: str) -> None:
    table = read_table(content, name)
    lines = read_limit_lines(table, current.groups, current.known_curves.reference_spend)
    labels = [limit.label for line in lines for stated in line.constraints() for limit in limits_in(current, stated)]
    kept = _on_plans(current)
    there = bool(current.limits or len(current.scenario.constraints) > len(kept))
    replaced = " They take the place of all limits that are there now." if there else ""
    replaced += " The limit on money moved away from a plan stays." if kept else ""
    count = {0: "There are no limits", 1: "One limit"}.get(len(labels), f"{len(labels)} limits")
    st.markdown(plain(f"{count} in {name}.{replaced}"))
    st.caption(plain(understood(table)))
    st.markdown("\n".join(f"- {plain(words)}" for words in labels[:_SHOWN]))
    if len(labels) > _SHOWN:
        st.caption(f"And {len(labels) - _SHOWN} more.")
    st.button("Use these limits", key="use-limits", type="primary", on_click=safe_change(_use), args=(lines,))


def _use(lines: tuple[LimitLine, ...]) -> None:
    current = planner()
    made = imported(current, lines)
    _swap(current, made)


def _undo() -> None:
    current, before = st.session_state.pop(_BEFORE)
    _swap(current, before)


def _swap(current: Planner, made: ImportedLimits) -> None:
    """Take over limits; those that were there can be brought back."""
    was = ImportedLimits(current.limits, current.scenario.constraints, current.scenario.channel_limits)
    st.session_state[_BEFORE] = (current, was)
    current.replace_limits(made.rows)
    current.change(constraints=made.sets, channel_limits=made.channel_limits)
    current.limits_before = None

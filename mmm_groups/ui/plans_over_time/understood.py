"""What was understood of a sheet, and what it leaves open: names, channels without money, money outside the window."""

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import compact_money, money, plain
from mmm_groups.media_plan.plan_table import NameMatch, PlanTable
from mmm_groups.model.calendar import one_period
from mmm_groups.sentences import some_of
from mmm_groups.tables.written_numbers import Mark
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.plan_draft import PlanDraft
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.taking import adopt_draft, read_draft

_LEAVE_OUT = "Leave it out"
_SIDE_BY_SIDE = 3
_MISSING = {"zero": "No money", "reference": "What they spent in the reference"}
_MARKS: dict[Mark, str] = {".": "50,000.00 (English)", ",": "50.000,00 (continental)"}
_OUTSIDE = {"leave_out": "Leave it out", "keep": "Keep it on the dates inside"}


def understood_panel(current: Planner) -> None:
    """Questions that are open, then what was read."""
    draft = current.plan_draft
    if draft is None:
        return
    if draft.has_two_readings:
        _two_readings()
    elif draft.refused is not None:
        st.error(plain(draft.refused), icon=":material/error:")
    if draft.table is None:
        return
    is_open = draft.is_open
    if is_open:
        with st.container(border=True, key="plan-questions"):
            st.markdown(f"**Before “{plain(draft.name)}” can be evaluated**")
            _names(current, draft)
            _channels(current, draft)
            _outside(current, draft, draft.table)
    with st.expander(_summary(current, draft), icon=":material/fact_check:", key="plan-understood"):
        _read(current, draft, draft.table)


def _two_readings() -> None:
    """Ask what the sheet's comma or point means, where no number of it says so."""
    with st.container(border=True, key="plan-questions"):
        st.segmented_control(
            "No number of this table shows which mark begins the decimals. How is it written?",
            list(_MARKS),
            format_func=_MARKS.__getitem__,
            key="plan-decimal",
            on_change=safe_change(_read_again),
        )


def _read_again() -> None:
    own, mark = planner(), st.session_state["plan-decimal"]
    if own.plan_draft is not None and mark is not None:
        old = own.plan_draft
        own.decimal = mark
        own.plan_draft = read_draft(own, old.content, old.file, old.name)
        adopt_draft(own, own.plan_draft)


def _summary(current: Planner, draft: PlanDraft) -> str:
    table = draft.table
    assert table is not None
    known = len(table.names) - len(draft.open_names)
    total = compact_money(table.total, current.currency)
    horizon = table.grid.horizon
    unit = one_period(horizon.frequency) if table.unit == "model's dates" and horizon is not None else table.unit
    how = "one amount each" if unit == "total" else "periods of several lengths" if unit == "mixed" else f"by {unit}"
    return plain(f"Understood: {known} of {len(table.names)} names, {total} in all, {how}")


def _names(current: Planner, draft: PlanDraft) -> None:
    """A choice for every name that is not known; those answered here stay, so that they can be changed."""
    table = draft.table
    assert table is not None
    asked = [match for match in table.unmatched if match.written in {*draft.open_names, *draft.answers}]
    if not asked:
        return
    st.caption("These names are neither channels nor groups here. What do they mean?")
    for begin in range(0, len(asked), _SIDE_BY_SIDE):
        row = asked[begin : begin + _SIDE_BY_SIDE]
        for place, match in zip(st.columns(_SIDE_BY_SIDE, gap="small"), row, strict=False):
            with place:
                _name(current, draft, match)


def _name(current: Planner, draft: PlanDraft, match: NameMatch) -> None:
    groups = [name for name, members in current.groups.items() if members != (name,)]
    known = list(dict.fromkeys([*match.suggestions, *groups, *current.channels]))
    key = f"plan-name-{match.written}"
    options = [*known, _LEAVE_OUT]
    chosen = draft.answers.get(match.written, "") if match.written in draft.answers else ""
    index = None if chosen == "" else options.index(_LEAVE_OUT if chosen is None else chosen)
    st.selectbox(
        plain(f"{match.written} ({compact_money(match.money, current.currency)})"),
        options,
        index=index,
        key=key,
        placeholder="Choose a channel or group",
        format_func=lambda name: f"{name} (group)" if name in groups else name,
        on_change=safe_change(_answer_name),
        args=(match.written, key),
    )


def _answer_name(written_name: str, key: str) -> None:
    own = planner()
    chosen = st.session_state[key]
    if own.plan_draft is None or chosen is None:
        return
    own.plan_draft.answers[written_name] = None if chosen == _LEAVE_OUT else chosen
    adopt_draft(own, own.plan_draft)


def _channels(current: Planner, draft: PlanDraft) -> None:
    if draft.open_names:
        return  # a name may still turn out to be one of them
    left_out = draft.left_out
    if not left_out:
        return
    choices = list(_MISSING) if current.known_curves.has_reference else ["zero"]
    st.segmented_control(
        plain(f"Not in the sheet: {some_of(list(left_out))}. What do they get?"),
        choices,
        default=draft.missing,
        format_func=_MISSING.__getitem__,
        key="plan-missing",
        on_change=safe_change(_answer),
        args=("missing", "plan-missing"),
    )


def _outside(current: Planner, draft: PlanDraft, table: PlanTable) -> None:
    if not draft.has_outside:
        return
    amount, partly = money(table.outside, current.currency), money(table.straddling, current.currency)
    of_it = "" if amount == partly else f"{partly} of it "
    where = f", {of_it}in a {table.unit} that is partly inside" if table.straddling > 0 else ""
    st.segmented_control(
        plain(f"{amount} falls on days outside the window, {current.window}{where}. What becomes of it?"),
        list(_OUTSIDE) if table.straddling > 0 else ["leave_out"],
        default=draft.outside,
        format_func=_OUTSIDE.__getitem__,
        key="plan-outside",
        on_change=safe_change(_answer),
        args=("outside", "plan-outside"),
    )
    st.caption("To plan other dates, choose the planning window on the Start page, and bring the sheet again.")


def _answer(what: str, key: str) -> None:
    own = planner()
    if own.plan_draft is None:
        return
    setattr(own.plan_draft, what, st.session_state[key])
    adopt_draft(own, own.plan_draft)


def _read(current: Planner, draft: PlanDraft, table: PlanTable) -> None:
    mapping = draft.mapping
    for note in table.notes:
        st.markdown(f"- {plain(note)}")
    for found in table.totals:
        agrees = abs(found.stated - found.found) <= 0.005 * max(abs(found.stated), 1.0)
        mark = ":material/check:" if agrees else ":material/error:"
        said = f"“{found.name}” says {money(found.stated, current.currency)}; the amounts add up to"
        st.markdown(f"- {mark} {plain(f'{said} {money(found.found, current.currency)}.')}")
    if table.ignored:
        st.markdown(f"- {plain(f'Not read: {some_of(list(table.ignored))}.')}")
    rows = pd.DataFrame(
        {
            "In the sheet": [match.written for match in table.names],
            "Here": [_meaning(match, mapping) for match in table.names],
            "Money": [match.money for match in table.names],
        }
    )
    st.dataframe(
        written(rows, {"Money": lambda amount: money(amount, current.currency)}),
        key="plan-matches",
        hide_index=True,
        width="stretch",
        height=min(38 * (len(rows) + 1), 320),
    )
    changeable = [match.written for match in table.names]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.selectbox("Change what a name means", changeable, index=None, key="plan-rematch", width=280)
        if name is not None:
            _name(current, draft, next(match for match in table.names if match.written == name))


def _meaning(match: NameMatch, mapping: dict[str, str | None]) -> str:
    if match.written in mapping:
        meant = mapping[match.written]
        return "left out" if meant is None else meant
    return match.known or "?"

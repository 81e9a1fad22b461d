"""What if: sliders that move a plan's money between groups, with what that costs at every moment of a drag."""

import math
from functools import partial

import pandas as pd
import streamlit as st

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, money, percent, plain, signed
from mmm_groups.display.presentation import look
from mmm_groups.display.what_if_words import interval_in_words, is_at_plan, move_price_in_words, moves_in_words
from mmm_groups.errors import MmmGroupsError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.rounding import Cents
from mmm_groups.numerics.tolerances import SAME
from mmm_groups.plan.measures import on_average
from mmm_groups.plan.what_if import MovedPlan, moved_plan, spend_bounds, spends_at
from mmm_groups.problem.utilities import cases_of
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.planner.last_net import safe_change, session_fragment
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result, WhatIf
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.widgets.sliders.bounds import slider_bounds
from mmm_groups.ui.widgets.sliders.relink import WHOLE, from_shares, to_shares
from mmm_groups.ui.widgets.sliders.widget import discard_split, read_split, split_sliders

_IN_PROPORTION = "all others, in proportion"
_MANY, _HEIGHT = 9, 460


@session_fragment
def what_if_panel() -> None:
    """Sliders for the groups' shares of the money, with what the move costs; the page itself does not run again."""
    current = planner()
    result = current.shown
    if result is None or len(result.plan.spends) < 2 or result.plan.total <= 0:
        return
    st.subheader("What if?", anchor=False)
    st.caption("Move money between groups, away from the plan, and see what it costs. The money in all stays the same.")
    bounds = spend_bounds(result.plan)
    # What grows and shrinks while a slider is dragged stands below it: above, it would take the slider from the hand.
    figures = st.container()
    place = st.container(height=_HEIGHT, border=False) if len(result.plan.spends) > _MANY else st.container()
    try:
        moved = _moved(result, bounds)
    except MmmGroupsError as error:
        moved = None
        st.error(plain(error), icon=":material/error:")
    if moved is not None:
        with figures:
            _figures(current, moved, _worth(result, moved))
    _below(current, result, moved)
    with place:  # last: the browser sends the next step of a drag as soon as the sliders are there
        _sliders(current, result, moved, bounds)


def _shown(result: Result) -> list[int]:
    """Shares of the plan's money, in tenths of a percent, as the sliders stand."""
    tenths = result.what_if.tenths
    return _at_plan(result) if tenths is None else tenths


def _at_plan(result: Result) -> list[int]:
    return from_shares((result.plan.spends / result.plan.spends.sum()).tolist())


def _as_spent(tenths: list[int], moved: MovedPlan) -> list[int]:
    """Where the sliders stand: at the money, not at a share that limits let nobody spend."""
    spent = moved.spends / moved.spends.sum()
    is_near = all(abs(stands - WHOLE * share) <= 1 for stands, share in zip(tenths, spent, strict=True))
    return tenths if is_near else from_shares(spent.tolist())


def _moved(result: Result, bounds: pd.DataFrame) -> MovedPlan:
    names = [str(name) for name in result.plan.spends.index]
    stands = list(zip(names, _at_plan(result), _shown(result), strict=True))
    kept = frozenset(name for name, before, now in stands if before == now)
    if len(kept) == len(names):
        return moved_plan(result.plan, by_name(result.plan.spends))
    shares = dict(zip(names, to_shares(_shown(result)), strict=True))
    return moved_plan(result.plan, by_name(spends_at(result.plan, shares, kept, bounds)))


def _worth(result: Result, moved: MovedPlan) -> float:
    """What the move is worth in budget; NaN where it takes a search that nobody asked for yet."""
    if not result.takes_long_to_price or is_at_plan(moved):
        return moved.worth
    known = result.what_if.worth
    return known[1] if known is not None and known[0] == _shown(result) else float("nan")


def _figures(current: Planner, moved: MovedPlan, worth: float) -> None:
    target, between = plain(current.source.target), plain(interval_in_words(moved))
    cases = plain(cases_of(moved.plan.problem.utility))
    brings, against, priced, better = st.columns(4, gap="small")
    brings.metric(
        "Brings",
        compact(float(moved.response.mean())),
        border=True,
        help=f"Incremental {target} with the sliders as they stand, mean.",
    )
    against.metric(
        "Against the plan",
        signed(compact(moved.difference), moved.difference),
        border=True,
        help=f"Mean difference from the plan's response, draw by draw. {between}".strip(),
    )
    priced.metric(
        "Worth in budget",
        signed(compact_money(worth, current.currency), worth) if math.isfinite(worth) else UNKNOWN,
        border=True,
        help="How much more or less budget has a best plan that brings what the moved money does"
        f"{cases or ' on average'}." + " It takes a search: see the button below." * (not math.isfinite(worth)),
    )
    better.metric(
        "P(better than the plan)",
        UNKNOWN if is_at_plan(moved) else percent(moved.probability_better),
        border=True,
        help="Share of posterior draws in which the moved money earns more than the plan.",
    )


def _sliders(current: Planner, result: Result, moved: MovedPlan | None, bounds: pd.DataFrame) -> None:
    names = [str(name) for name in result.plan.spends.index]
    ends, held_by = slider_bounds(
        bounds.assign(lower=bounds["lower"] / result.plan.total, upper=bounds["upper"] / result.plan.total),
        _at_plan(result),
    )
    held = {row for row, (least, most) in enumerate(ends) if least == most}
    notes = {}
    if moved is not None:
        change = moved.spends - result.plan.spends
        notes = {
            name: f"{money(float(moved.spends[name]), current.currency)}"
            + (f" ({signed(compact_money(by, current.currency), by)})" if abs(by) > 5e-4 * result.plan.total else "")
            for name in names
            for by in [float(change[name])]
        }
    split_sliders(
        names=names,
        tenths=_shown(result) if moved is None else _as_spent(_shown(result), moved),
        locked=tuple(sorted({*result.what_if.locked, *held})),
        notes=notes,
        color=look().ink,
        colors=current.colors_for(names),
        bounds=ends,
        held_by=held_by,
        partner=result.what_if.partner,
        key=result.what_if.key,
        on_change=safe_change(partial(_take, result.what_if.key)),
    )


def _below(current: Planner, result: Result, moved: MovedPlan | None) -> None:
    """Who gives and takes, the limits that hold, and where to go from here."""
    is_moved = result.what_if.tenths not in (None, _at_plan(result))
    if moved is not None:
        worth = _worth(result, moved)
        said = move_price_in_words(moved, current.source.target, current.currency, worth)
        st.markdown(plain(f"{moves_in_words(moved, current.currency)} {said}".strip()))
        between = interval_in_words(moved)
        if between and not is_at_plan(moved):
            st.caption(plain(f"Difference{on_average(result.plan)}: {between}."))
        if result.takes_long_to_price and is_moved and not math.isfinite(worth):
            _ask_for_worth(result, moved)
    if moved is not None and moved.broken:
        broken = "; ".join(limit.marked for limit in moved.broken)
        st.error(plain(f"This breaks a limit: {broken}."), icon=":material/error:")
    elif moved is not None and moved.plan.problem.constraints:
        st.caption(":material/check: All limits hold. The ticks on the sliders mark how far they let a group go.")
    names = [str(name) for name in result.plan.spends.index]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="what-if-buttons"):
        chosen = st.selectbox(
            "Who gives and takes",
            [_IN_PROPORTION, *names],
            index=0 if result.what_if.partner is None else names.index(result.what_if.partner) + 1,
            key=f"{result.what_if.key}-partner",
            width=280,
            help="When a slider moves: all other groups in proportion to their spends, or one group alone.",
        )
        result.what_if.partner = None if chosen == _IN_PROPORTION else one_of(names, chosen)
        st.button(
            "Back to the optimum",
            key="what-if-back",
            icon=":material/undo:",
            disabled=not is_moved,
            on_click=safe_change(_back),
            args=(result.what_if.key,),
        )
        keeps = st.button(
            "Keep as custom limits",
            key="what-if-keep",
            icon=":material/lock:",
            disabled=not is_moved or moved is None or bool(moved.broken) or current.is_stale,
            help="Locks the groups at these spends in the table of limits and optimises again. Undo stands beside the "
            "presets.",
        )
    if keeps and moved is not None:
        _keep(current, moved)
        st.rerun()


def _ask_for_worth(result: Result, moved: MovedPlan) -> None:
    """A button, where pricing a move takes a search for the best plan of several budgets."""
    if st.button("Work out what this is worth in budget", key="what-if-worth", icon=":material/query_stats:"):
        with st.spinner("Finding the best plans of other budgets …"):
            result.what_if.worth = (list(_shown(result)), moved.worth)
        st.rerun()


def _keep(current: Planner, moved: MovedPlan) -> None:
    """Lock what was moved at its spend; under a fixed budget the largest group takes the rest, to the last cent."""
    change = (moved.spends - moved.plan.spends).abs()
    locked = [str(name) for name in moved.spends.index if change[name] > SAME * moved.plan.total]
    if current.goal_inputs.kind == "fixed_budget" and len(locked) == len(moved.spends):
        locked.remove(str(moved.spends.idxmax()))
    current.limits_before = current.limits
    decimals = Cents.of(moved.plan.total).decimals
    amounts = {name: round(float(moved.spends[name]), decimals) for name in locked}
    current.set_limits({name: RowLimit(lower=amount, upper=amount) for name, amount in amounts.items()})
    if current.takes_a_search:
        return
    try:
        current.optimise()
    except MmmGroupsError as error:
        st.toast(plain(error), icon=":material/error:")
    else:
        st.toast(
            f"{len(locked)} groups are locked at their moved spends, and the plan follows.", icon=":material/lock:"
        )


def _take(key: str) -> None:
    result = planner().shown
    if result is None or key != result.what_if.key:
        return
    sent = read_split(key, [str(name) for name in result.plan.spends.index])
    result.what_if.locked = tuple(sent["locked"])
    result.what_if.tenths = sent["tenths"]


def _back(key: str) -> None:
    discard_split(key)
    result = planner().shown
    if result is not None:
        result.what_if.tenths, result.what_if.locked = None, WhatIf().locked

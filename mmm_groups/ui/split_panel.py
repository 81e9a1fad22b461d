"""The sliders of one group with the price of its split."""

import json
from collections.abc import Callable
from functools import partial

import streamlit as st

from mmm_groups.plan import Plan
from mmm_groups.split import SplitPrices, best_shares, split_prices
from mmm_groups.ui.format import compact, compact_money, money, plain, signed
from mmm_groups.ui.split_sliders import discard_split, from_shares, read_split, split_sliders, to_shares
from mmm_groups.ui.state import Planner, planner


def split_panel(current: Planner, group: str) -> Callable[[], None]:
    """Response of the group now, by history and at best, the ready splits, and a place for the sliders.

    Returns
    -------
    callable
        Puts the sliders into their place. To be called last: the browser sends the next step of a drag as soon as the
        sliders are there, which would cut off whatever is drawn after them.
    """
    result = current.result
    assert result is not None  # the page sends people to Optimise first
    plan = current.final_plan()
    assert plan is not None
    members = current.groups[group]
    best = best_shares(result.plan, group)
    prices = split_prices(plan, group, best.to_dict())
    _figures(current, plan, group, prices)
    left, middle, right = st.columns(3)
    left.button(
        "Historical shares",
        on_click=_set,
        args=(members, None),
        width="stretch",
        disabled=members not in current.custom_splits,
        help="Shares of the reference spend.",
    )
    middle.button(
        "Best shares (marginal ROI)",
        on_click=_set,
        args=(members, to_shares(from_shares(best.tolist()))),
        width="stretch",
        help="The shares at which moving money inside the group brings nothing more, at this plan's spend.",
    )
    right.caption("Drag to set your own shares. The lock keeps a share while you move the others.")
    place = st.container()

    def put_sliders() -> None:
        with place:
            _sliders(current, plan, group)

    return put_sliders


def _sliders(current: Planner, plan: Plan, group: str) -> None:
    members = current.groups[group]
    shares, channels = plan.problem.curves.shares_at(plan.spends)[group], plan.channels
    split_sliders(
        names=members,
        tenths=from_shares(shares.tolist()),
        locked=current.locked.get(members, ()),
        notes={
            channel: f"{money(channels.spend[channel], current.currency)} · mROI {channels.mroi[channel]:.2f}"
            for channel in members
        },
        color=current.colors()[group],
        key=_key(members),
        on_change=partial(_moved, members),
    )


def _moved(members: tuple[str, ...]) -> None:
    sent = read_split(_key(members))
    current = planner()
    current.locked[members] = tuple(sent["locked"])
    group = next(name for name, inside in current.groups.items() if inside == members)
    plan = current.final_plan()
    shown = None if plan is None else from_shares(plan.problem.curves.shares_at(plan.spends)[group].tolist())
    if sent["tenths"] != shown:
        current.custom_splits[members] = dict(zip(members, to_shares(sent["tenths"]), strict=True))


def _key(members: tuple[str, ...]) -> str:
    return f"split {json.dumps(members)}"


def _set(members: tuple[str, ...], shares: list[float] | None) -> None:
    current = planner()
    discard_split(_key(members))  # a drag that is still on its way must not undo the button
    if shares is None:
        current.custom_splits.pop(members, None)
    else:
        current.custom_splits[members] = dict(zip(members, shares, strict=True))


def _figures(current: Planner, plan: Plan, group: str, prices: SplitPrices) -> None:
    spend, now, historical, best = st.columns(4)
    target = current.model.target
    spend.metric(f"{plain(group)} spends", compact_money(plan.spends[group], current.currency), border=True)
    now.metric(
        f"Brings ({target})", compact(prices.current), border=True, help="Posterior mean, with the shares below."
    )
    historical.metric(
        "Against the historical split",
        signed(compact(prices.over_historical), prices.over_historical),
        border=True,
        help=f"The historical split of the same money brings {compact(prices.historical)}.",
    )
    best.metric(
        "Against the best split",
        signed(compact(prices.over_best), prices.over_best),
        border=True,
        help=f"The best split of the same money under the same limits brings {compact(prices.best)}.",
    )

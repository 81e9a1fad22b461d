"""The sliders of one group with the price of its split."""

import json
import math
from collections.abc import Callable
from functools import partial

import streamlit as st

from mmm_groups.split import split_prices
from mmm_groups.ui.format import compact, compact_money, money, plain, signed
from mmm_groups.ui.results_kept import Result
from mmm_groups.ui.source_words import even_split_reason
from mmm_groups.ui.split_sliders import discard_split, from_shares, read_split, split_sliders, to_shares
from mmm_groups.ui.state import Planner, planner


def split_figures(current: Planner, final: Result, group: str) -> None:
    """What the group's money earns with the present shares, against the historical and the best ones."""
    optimum = current.result
    assert optimum is not None  # the page sends people to Optimise first
    prices = split_prices(final.plan, group, optimum.best[group].to_dict())
    spend, now, historical, best = st.columns(4)
    spend.metric(
        f"{plain(group)} spends",
        compact_money(final.plan.spends[group], current.currency),
        border=True,
        help="In the plan.",
    )
    now.metric(
        f"Brings ({plain(current.source.target)})",
        compact(prices.current),
        border=True,
        help="Posterior mean, with the shares below.",
    )
    historical.metric(
        "Against the historical split",
        signed(compact(prices.over_historical), prices.over_historical),
        border=True,
        help=f"The historical split of the same money brings {compact(prices.historical)}."
        if math.isfinite(prices.historical)
        else f"Not available: {even_split_reason(current.known_curves)}.",
    )
    best.metric(
        "Against the best split",
        signed(compact(prices.over_best), prices.over_best),
        border=True,
        help=f"The best split of the same money under the same limits brings {compact(prices.best)}.",
    )


def ready_splits(current: Planner, group: str) -> None:
    """Buttons for the historical and the best shares."""
    optimum = current.result
    assert optimum is not None
    members = current.groups[group]
    left, middle, right = st.columns(3)
    is_even = group in current.without_history
    left.button(
        "Even shares" if is_even else "Historical shares",
        on_click=_set,
        args=(members, None),
        width="stretch",
        disabled=members not in current.custom_splits,
        help=f"The same for all: {even_split_reason(current.known_curves)}."
        if is_even
        else "Shares of the reference spend.",
    )
    middle.button(
        "Best shares (marginal ROI)",
        on_click=_set,
        args=(members, optimum.best[group].to_dict()),
        width="stretch",
        help="The shares at which moving money inside the group brings nothing more, at this plan's spend.",
    )
    right.caption("Drag to set your own shares. The lock keeps a share while you move the others.")


def split_place(current: Planner, final: Result | None, group: str) -> Callable[[], None]:
    """A place for the sliders.

    Returns
    -------
    callable
        Puts the sliders into their place. To be called last: the browser sends the next step of a drag as soon as the
        sliders are there, which would cut off whatever is drawn after them.
    """
    place = st.container()

    def put_sliders() -> None:
        with place:
            _sliders(current, final, group)

    return put_sliders


def _sliders(current: Planner, final: Result | None, group: str) -> None:
    members = current.groups[group]
    notes = {}
    if final is not None:
        channels = final.plan.channels
        notes = {
            channel: f"{money(channels.spend[channel], current.currency)} · mROI {channels.mroi[channel]:.2f}"
            for channel in members
        }
    split_sliders(
        names=members,
        tenths=_shown(current, group),
        locked=current.locked.get(members, ()),
        notes=notes,
        color=current.colors()[group],
        key=_key(members),
        on_change=partial(_moved, members),
    )


def _shown(current: Planner, group: str) -> list[int]:
    """The group's shares in tenths of a percent: what is stored stays exact, only the sliders are rounded."""
    optimum = current.result
    assert optimum is not None
    shares = current.group_curves().paths[group].shares_at(float(optimum.plan.spends[group]))
    return from_shares(shares.tolist())


def _moved(members: tuple[str, ...]) -> None:
    sent = read_split(_key(members))
    current = planner()
    current.locked[members] = tuple(sent["locked"])
    group = next(name for name, inside in current.groups.items() if inside == members)
    if sent["tenths"] != _shown(current, group):
        current.custom_splits[members] = dict(zip(members, to_shares(sent["tenths"]), strict=True))


def _key(members: tuple[str, ...]) -> str:
    return f"split {json.dumps(members)}"


def _set(members: tuple[str, ...], shares: dict[str, float] | None) -> None:
    current = planner()
    discard_split(_key(members))  # a drag that is still on its way must not undo the button
    if shares is None:
        current.custom_splits.pop(members, None)
    else:
        current.custom_splits[members] = shares

"""The sliders of one group, with what its split gives up or gains."""

import math
from collections.abc import Callable
from functools import partial

import streamlit as st

from mmm_groups.display.numbers import compact, compact_money, money, plain, ratio, signed
from mmm_groups.display.source_words import even_split_reason
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.share_bounds import share_bounds
from mmm_groups.plan.split import SplitPrices, split_prices
from mmm_groups.problem.utilities import Utility, cases_of
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result
from mmm_groups.ui.widgets.sliders.bounds import slider_bounds
from mmm_groups.ui.widgets.sliders.relink import from_shares, to_shares
from mmm_groups.ui.widgets.sliders.widget import discard_split, read_split, split_sliders
from mmm_groups.ui.widgets.widget_state import key_of

HISTORICAL, BEST, CUSTOM = "historical", "marginal_roi", "custom"
_SAME = 1e-4  # of the response: a smaller loss is called small, without the money that would make up for it
_EQUAL = 1e-6  # of the response: smaller differences are rounding


def split_figures(current: Planner, final: Result, group: str) -> str:
    """What the group's money earns with the present shares, against the historical and the best ones.

    Returns
    -------
    str
        The same in sentences, as Markdown. To be put below the sliders: it grows and shrinks while they are dragged.
    """
    optimum = _optimum(current)
    prices = split_prices(final.plan, group, by_name(optimum.best[group]))
    whole, before = float(final.plan.response.mean()), float(optimum.plan.response.mean())
    cases = plain(cases_of(final.plan.problem.utility))
    measured = f" The difference is that of the whole plan{cases}." if cases else ""
    spend, now, historical, best, plan = st.columns(5)
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
        help=f"The historical split of the same money brings {compact(prices.historical)}.{measured}"
        if math.isfinite(prices.historical)
        else f"Not available: {even_split_reason(current.known_curves)}.",
    )
    best.metric(
        "Against the best split",
        signed(compact(prices.over_best), prices.over_best),
        border=True,
        help=f"The best split of the same money under the same limits brings {compact(prices.best)}.{measured}",
    )
    plan.metric(
        "The whole plan brings",
        compact(whole),
        border=True,
        help=f"All groups together, with every split as it is set now. As it was optimised: {compact(before)}.",
    )
    return plain(split_price_in_words(prices, group, final.plan.problem.utility, current))


def split_price_in_words(prices: SplitPrices, group: str, utility: Utility, current: Planner) -> str:
    """What the present split of a group gives up or gains, in sentences.

    Parameters
    ----------
    prices : SplitPrices
    group : str
    utility : Utility
        In whose cases it gives up or gains.
    current : Planner
    """
    target, lost, gained = f"{current.source.target}{cases_of(utility)}", -prices.over_best, prices.over_historical
    verb_end, subject = "s", "It"
    if lost < _EQUAL * abs(prices.best):
        said = f"No other split of {group}’s money brings more than this one."
    elif lost < _SAME * abs(prices.best):
        said = f"The best split of {group}’s money brings only {compact(lost)} {target} more than this one."
    else:
        verb_end, subject = "", "They"
        said = f"These shares bring {compact(lost)} {target} less than the best split would."
        if math.isfinite(prices.worth):
            said += f" {compact_money(prices.worth, current.currency)} more for {group} would make up for it."
    if math.isnan(gained):
        return said
    if abs(gained) < _EQUAL * abs(prices.historical):
        return f"{said} {subject} earn{verb_end} what the historical split earns."
    more = "more" if gained > 0 else "less"
    return f"{said} {subject} bring{verb_end} {compact(abs(gained))} {target} {more} than the historical split."


def ready_splits(current: Planner, group: str) -> None:
    """Choose how the group is split: as it was, as earns most, or by own shares."""
    even = group in current.without_history
    names = {
        HISTORICAL: "Even shares" if even else "Historical shares",
        BEST: "Best shares (marginal ROI)",
        CUSTOM: "Custom shares",
    }
    rule = rule_of(current, group)
    st.segmented_control(
        "Split by",
        list(names),
        **tied("split-rule", rule, partial(_take_rule, group)),
        format_func=lambda choice: names[choice],
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    said = {
        HISTORICAL: f"The same for all: {even_split_reason(current.known_curves)}."
        if even
        else "Each channel has the share of the reference spend it had.",
        BEST: "At these shares, moving money inside the group brings nothing more, at this plan’s spend.",
        CUSTOM: "Your own shares. The lock keeps a share while you move the others.",
    }
    st.caption(plain(said[rule]))


def rule_of(current: Planner, group: str) -> str:
    """By which rule the group's shares are what they are: `HISTORICAL`, `BEST` or `CUSTOM`."""
    members = current.groups[group]
    own = current.own_shares(members)
    if own is None:
        return HISTORICAL
    if isinstance(own, str):
        return BEST
    best = _optimum(current).best[group].to_dict()
    return BEST if all(math.isclose(own[name], best[name], abs_tol=1e-9) for name in members) else CUSTOM


def _take_rule(group: str, current: Planner, rule: str) -> None:
    members = current.groups[group]
    if rule == HISTORICAL:
        _set(current, members, None)
    elif rule == BEST:
        _set(current, members, by_name(_optimum(current).best[group]))
    else:  # hold on to what is shown, from where it can be moved
        _set(current, members, dict(zip(members, to_shares(_shown(current, group)), strict=True)))


def _optimum(current: Planner) -> Result:
    if current.result is None:
        raise RuntimeError("The split page sends people to Optimise before there is a plan.")
    return current.result


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
    typed = current.scenario.split_of(members)
    bounds = share_bounds((final or _optimum(current)).plan, group)
    ends, held_by = slider_bounds(bounds, _shown(current, group))
    notes = {}
    if final is not None:
        channels = final.plan.channels
        notes = {
            channel: f"{money(channels.spend[channel], current.currency)} · mROI {ratio(channels.mroi[channel])}"
            for channel in members
        }
    split_sliders(
        names=members,
        tenths=_shown(current, group),
        locked=tuple(map(members.index, typed.locked)) if typed else (),
        notes=notes,
        color=current.colors()[group],
        bounds=ends,
        held_by=held_by,
        key=_key(members),
        on_change=safe_change(partial(_moved, members)),
    )
    if held_by:
        listed = "; ".join(f"{channel} {said}" for channel, said in held_by.items())
        st.caption(plain(f"The ticks mark how far limits let a share go at this spend: {listed}."))


def _shown(current: Planner, group: str) -> list[int]:
    """The group's shares in tenths of a percent: what is stored stays exact, only the sliders are rounded."""
    shares = current.group_curves().paths[group].shares_at(float(_optimum(current).plan.spends[group]))
    return from_shares(shares.tolist())


def _moved(members: tuple[str, ...]) -> None:
    sent = read_split(_key(members), members)
    current = planner()
    group = next((name for name, inside in current.groups.items() if inside == members), None)
    if group is None:
        return  # the channels were grouped otherwise meanwhile, in the same message
    current.set_split(members, locked=tuple(members[place] for place in sent["locked"]))
    if sent["tenths"] != _shown(current, group):
        current.set_split(members, dict(zip(members, to_shares(sent["tenths"]), strict=True)))


def _key(members: tuple[str, ...]) -> str:
    return key_of("split", *members)


def _set(current: Planner, members: tuple[str, ...], shares: dict[str, float] | None) -> None:
    discard_split(_key(members))  # a drag that is still on its way must not undo the choice
    current.set_split(members, "historical" if shares is None else shares)

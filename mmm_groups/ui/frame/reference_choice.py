"""Which reference plans are held against: one choice for every page."""

from contextlib import suppress

import streamlit as st

from mmm_groups.display.media_plan_words import dates_word, reference_name
from mmm_groups.display.numbers import compact_money
from mmm_groups.errors import MmmGroupsError, StoreError
from mmm_groups.scenario.references import GivenReference, LastYearReference, LatestReference, Reference
from mmm_groups.ui.planner.open_planners import tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.work.saved_scenarios import listed, saved_scenario

_LATEST, _LAST_YEAR, _GIVEN = "latest", "last_year", "given"
_PLAN, _SCENARIO = "plan ", "scenario "


def reference_choice(current: Planner, *, key: str, label: str = "Compare with") -> None:
    """A select box of everything that plans can be held against; the choice counts on every page."""
    names = _choices(current)
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        help="The reference: plans are compared with it on every page, and limits in ± % count from it. Changing it "
        "makes the optimum stale.",
        width=300,
        **tied(key, _chosen(current, names), _choose),
    )


def _choices(current: Planner) -> dict[str, str]:
    chosen = current.scenario.reference
    curves = current.modelled_curves
    word = dates_word(curves)
    names = {_LATEST: f"Latest {word}"}
    if not curves.historical_spend.empty and curves.horizon is not None:
        names[_LAST_YEAR] = f"Last year, same {word}"
    if isinstance(chosen, GivenReference) and _name_of(current, chosen) == _GIVEN:
        names[_GIVEN] = (
            f"{reference_name(chosen, curves)} ({compact_money(sum(chosen.spends.values()), current.currency)})"
        )
    names |= {_PLAN + plan.name: f"Plan: {plan.name}" for plan in current.scenario.media_plans.kept}
    with suppress(StoreError):  # the page's frame says that the database fails
        names |= {
            f"{_SCENARIO}{item.latest.scenario_id} {item.latest.number}": f"Scenario: {item.latest.name}"
            for item in listed()
        }
    return names


def _name_of(current: Planner, given: GivenReference) -> str:
    kept = current.scenario.media_plans.named(given.of)
    return _GIVEN if kept is None or _by_channel(current, kept.totals) != given.spends else _PLAN + given.of


def _chosen(current: Planner, names: dict[str, str]) -> str:
    chosen = current.scenario.reference
    if isinstance(chosen, GivenReference):
        return _name_of(current, chosen)
    return _LAST_YEAR if isinstance(chosen, LastYearReference) and _LAST_YEAR in names else _LATEST


def _choose(own: Planner, key: str) -> None:
    before = own.scenario
    own.change(reference=_reference(own, key))
    try:
        own.ask_again()
    except MmmGroupsError:
        own.scenario = before
        own.ask_again()
        raise


def _reference(own: Planner, key: str) -> Reference:
    if key == _LAST_YEAR:
        return LastYearReference()
    if key.startswith(_PLAN):
        kept = own.scenario.media_plans.named(key.removeprefix(_PLAN))
        if kept is not None:
            return GivenReference(spends=_by_channel(own, kept.totals), of=kept.name)
    if key.startswith(_SCENARIO):
        scenario_id, _, number = key.removeprefix(_SCENARIO).rpartition(" ")
        saved = saved_scenario(scenario_id, int(number))
        if saved.summary is None:
            raise MmmGroupsError(
                f"The scenario “{saved.name}” was saved without a plan. Open it, optimise and save it again."
            )
        return GivenReference(spends=_by_channel(own, saved.summary.channels), of=saved.name)
    return own.scenario.reference if key == _GIVEN else LatestReference()


def _by_channel(own: Planner, spends: dict[str, float]) -> dict[str, float]:
    """Spends by the source's channels: those of sub-channels belong to the channel that they are parts of."""
    parent = {part: split.parent for split in own.scenario.sub_channels for part in split.parts}
    found: dict[str, float] = {}
    for name, spend in spends.items():
        channel = parent.get(name, name)
        found[channel] = found.get(channel, 0.0) + spend
    return found

"""The what-if row as the planner reads it: at the plan, moved, kept, and back."""

import math
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import figures, opened, read

from mmm_groups.display.what_if_words import move_price_in_words, moves_in_words
from mmm_groups.errors import SplitError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.what_if import moved_plan
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.sliders.relink import from_shares
from mmm_groups.ui.widgets.sliders.widget import split_sliders


def tenths_of(planner: Planner) -> list[int]:
    assert planner.result is not None
    return from_shares((planner.result.plan.spends / planner.result.plan.total).tolist())


def moved(planner: Planner, giver: str, taker: str, by: int) -> Planner:
    """The planner with a slider moved by tenths of a percent."""
    assert planner.result is not None
    names, tenths = list(planner.result.plan.spends.index), tenths_of(planner)
    tenths[names.index(giver)] -= by
    tenths[names.index(taker)] += by
    planner.result.what_if.tenths = tenths
    return planner


def run_now(at: AppTest) -> Planner:
    found: Planner = next(iter(at.session_state["mmm_groups.planners"].values()))
    return found


def test_at_the_plan_nothing_is_lost(planned: Planner) -> None:
    at = opened("optimise", planned)
    assert "Nothing is moved: the sliders stand at the plan" in read(at)
    assert figures(at)["Against the plan"] == "0"
    assert figures(at)["P(better than the plan)"] == "–"
    assert at.button(key="what-if-keep").disabled
    assert at.button(key="what-if-back").disabled


def test_a_move_tells_its_price_on_the_channels_own_curves(planned: Planner) -> None:
    assert planned.result is not None
    plan = planned.result.plan
    at = opened("optimise", moved(planned, "Meta", "Google", 100))
    # A tenth of the money from Meta to Google, each at its historical split, read from the channels' curves.
    spends = plan.channel_spends.copy()
    for group, by in (("Meta", -0.1), ("Google", 0.1)):
        spent = planned.known_curves.reference_spend[list(planned.groups[group])]
        spends[spent.index] += by * plan.total * spent / spent.sum()
    lost = planned.known_curves.response_at(by_name(spends)).sum("channel") - plan.response
    assert float(lost.mean()) < 0
    told = float(figures(at)["Against the plan"].replace("−", "-").removesuffix("k"))
    assert told == pytest.approx(float(lost.mean()) / 1000, rel=0.02)
    chance = float((lost > 0).mean())
    assert figures(at)["P(better than the plan)"] == f"{100 * chance:.0f} %"
    assert re.search(r"From Meta €4[34]\dk to Google €4[34]\dk\. This brings", read(at))
    assert "94 % interval" in read(at)


def test_what_was_moved_is_kept_as_locks_and_undone(planned: Planner) -> None:
    at = opened("optimise", moved(planned, "Meta", "Google", 50))
    assert planned.result is not None
    before = planned.result.plan.spends.copy()
    at.button(key="what-if-keep").click().run()
    assert not at.exception, at.exception
    now = run_now(at)
    assert now.result is not None
    assert not now.is_stale
    after = now.result.plan.spends
    assert after["Meta"] == pytest.approx(before["Meta"] - 0.05 * after.sum(), abs=0.002 * after.sum())
    assert after["Google"] == pytest.approx(before["Google"] + 0.05 * after.sum(), abs=0.002 * after.sum())
    limit = now.row_limit("Meta")
    assert limit.lower == limit.upper == pytest.approx(after["Meta"], abs=0.01)
    assert "Nothing is moved" in read(at)
    at.button(key="preset-undo").click().run()
    assert run_now(at).limits == {}


def test_back_to_the_optimum(planned: Planner) -> None:
    at = opened("optimise", moved(planned, "Meta", "Google", 50))
    at.button(key="what-if-back").click().run()
    assert not at.exception, at.exception
    assert "Nothing is moved" in read(at)


def test_a_broken_set_limit_is_named_and_nothing_can_be_kept(grouped: Planner) -> None:
    from mmm_groups import ConstraintBuilder

    limit = ConstraintBuilder.group_max_spend(["facebook", "instagram", "search", "youtube"], 2_000_000)
    grouped.change(constraints=(limit,))
    grouped.optimise()
    at = opened("optimise", moved(grouped, "tv", "Google", 60))
    assert "This breaks a limit: Meta + Google at most 2,000,000" in read(at)
    assert at.button(key="what-if-keep").disabled


def test_limits_that_hold_are_said_to(grouped: Planner) -> None:
    grouped.set_limits({"Google": RowLimit(upper=900_000.0)})
    grouped.optimise()
    assert "All limits hold" in read(opened("optimise", moved(grouped, "tv", "Meta", 10)))


def test_gains_and_rounding_in_words(planned: Planner) -> None:
    assert planned.result is not None
    plan = planned.result.plan
    worse = by_name(plan.spends) | {"tv": plan.spends["tv"] - 5e5, "Meta": plan.spends["Meta"] + 5e5}
    found = moved_plan(plan, worse)
    said = move_price_in_words(found, "sales", "€", found.worth)
    assert re.search(r" sales less than the plan; the best plan of a budget €\d+k smaller brings as little\. It", said)
    assert "; the best" not in move_price_in_words(found, "sales", "€", math.nan)
    assert moves_in_words(found, "€") == "From tv €500k to Meta €500k."


def test_a_partner_that_is_no_row_is_refused() -> None:
    with pytest.raises(SplitError, match=r"'c' cannot give and take: the sliders are \['a', 'b'\]"):
        split_sliders(
            names=["a", "b"],
            tenths=[500, 500],
            locked=(),
            notes={},
            color="#000000",
            partner="c",
            key="x",
            on_change=lambda: None,
        )


def test_where_pricing_takes_a_search_it_is_asked_for(planned: Planner) -> None:
    assert planned.result is not None
    planned.result = replace(planned.result, seconds=9.0)
    at = opened("optimise", moved(planned, "Meta", "Google", 50))
    assert figures(at)["Worth in budget"] == "–"
    assert "smaller brings as little" not in read(at)
    at.button(key="what-if-worth").click().run()
    assert not at.exception, at.exception
    assert figures(at)["Worth in budget"].startswith("−€")
    assert "smaller brings as little" in read(at)

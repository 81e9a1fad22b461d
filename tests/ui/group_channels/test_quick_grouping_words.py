"""What quick grouping offers and suggests, and what it says before it does it."""

from types import SimpleNamespace
from typing import Any

import pytest

from mmm_groups.suggestions.suggested_groups import SuggestedGroup
from mmm_groups.ui.group_channels.quick_grouping import in_words, quick_groups, reasons_in_words
from mmm_groups.ui.widgets.board.layout import initial_state
from mmm_groups.ui.widgets.board.regroup import regrouping

pytestmark = pytest.mark.unit

CELLS = tuple(f"{geo} · {name}" for geo in ("US", "DE") for name in ("fb_video", "fb_feed", "tv"))


def planner_of(channels: tuple[str, ...], dims: tuple[str, ...], groups: dict[str, list[str]]) -> Any:
    return SimpleNamespace(
        source=SimpleNamespace(dims=dims), channels=channels, board=initial_state(list(channels), groups)
    )


def test_a_panel_model_is_grouped_by_its_dims_by_channel_and_by_name() -> None:
    offers, reasons = quick_groups(planner_of(CELLS, ("geo",), {}))
    assert list(offers) == ["Group by geo", "Group by channel", "Group by platform", "Group names that begin alike"]
    assert reasons == []
    assert in_words(offers["Group by platform"]) == "Makes one group of 4 channels: Meta."
    assert in_words(offers["Group by geo"]) == "Makes 2 groups of 3 channels each: US, DE."
    assert in_words(offers["Group by channel"]) == "Makes 3 groups of 2 channels each: fb_video, fb_feed, tv."
    assert in_words(offers["Group names that begin alike"]) == "Makes one group of 4 channels: fb."


def test_what_it_takes_from_the_planners_own_groups_is_said() -> None:
    mine = {"Social": ["US · fb_video", "DE · fb_video"], "Mixed": ["US · tv", "US · fb_feed"]}
    offers, _ = quick_groups(planner_of(CELLS, ("geo",), mine))
    assert in_words(offers["Group names that begin alike"]) == (
        "Makes one group of 4 channels: fb. Mixed gives up 1 of its 2 channels. Social is dissolved; undo brings it "
        "back."
    )
    assert in_words(offers["Ungroup everything"]) == "Social, Mixed are dissolved; undo brings them back."


def test_a_national_model_without_common_beginnings_says_so() -> None:
    offers, reasons = quick_groups(planner_of(("tv", "radio"), (), {}))
    assert offers == {}
    assert reasons == [
        "No two channels have names of one platform, such as facebook and instagram.",
        "No two channels have names that begin alike, such as facebook_video and facebook_feed.",
    ]


def test_labels_that_cannot_be_taken_apart_say_so() -> None:
    offers, reasons = quick_groups(planner_of(("US · a · b", "US · c"), ("geo",), {}))
    assert offers == {}
    assert "Group them by hand" in reasons[0]


def test_long_lists_and_done_work_are_short() -> None:
    channels = [f"g{i}_{part}" for i in range(8) for part in ("a", "b")]
    state = initial_state(channels, {})
    groups = {f"g{i}": [f"g{i}_a", f"g{i}_b"] for i in range(8)}
    offer = regrouping(state, groups)
    assert in_words(offer) == "Makes 8 groups of 2 channels each: g0, g1, g2, g3, g4 and 3 more."
    assert in_words(regrouping(offer.after, groups)) == "The board already looks like this."


def test_reasons_are_said_in_words() -> None:
    assert reasons_in_words(SuggestedGroup("Meta", ("facebook", "instagram"), "Meta", "", 0.5)) == (
        "facebook, instagram. All belong to Meta. Their spend did not move together (correlation 0.50)."
    )
    assert reasons_in_words(SuggestedGroup("tv and 2 more", ("tv", "radio", "press"), "", "", 0.91)) == (
        "tv, radio, press. Their spend moved together (correlation at least 0.91), so the model can hardly tell their "
        "effects apart."
    )
    assert reasons_in_words(SuggestedGroup("fb", ("fb_a", "fb_b"), "", "fb", float("nan"))) == (
        "fb_a, fb_b. All names have “fb” in common."
    )
